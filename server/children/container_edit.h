/* What KubeRay adds to containers: environment, mounts, the credentials of token authentication. */
#pragma once

#include "server/children/child.h"

/* Appended, also where the name is there already: the last one counts. */
void container_add_env(struct json_edit *container, const char *name, struct str value);
void container_add_env_from_field(struct json_edit *container, const char *name, const char *field);
/* Appended where the name is absent. */
void container_default_env(struct json_edit *container, const char *name, struct str value);

bool container_mounts_at(const struct json_edit *container, const char *path);
/* Returns the mount. */
struct json_edit *container_add_mount(
	struct json_edit *container, const char *volume, const char *path);

/* 200m, 256Mi: the same for requests and limits. */
void container_put_resources(struct json_edit *container, const char *cpu, const char *memory);
/* A shell that runs one script: command and args. */
void container_put_script(struct json_edit *container, struct str script);

/* Token mode: how the container finds the cluster's token. */
void container_add_token(const struct child_context *c, struct json_edit *container);
