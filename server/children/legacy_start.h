/*
 * How Ray starts in a legacy pod. The operator of 2022 ran the commands by exec in a container that
 * slept; here the container runs them itself, in front of a loop that ends when Ray does.
 */
#pragma once

#include "server/children/container_edit.h"

/* Shell commands, in the order in which they run. */
struct legacy_commands {
	struct str *items;
	size_t count;
	size_t setup; /* so many at the front run before the head must answer */
};

/*
 * Setup commands of the podType, then headStartRayCommands or workerStartRayCommands. Where the
 * latter are absent, Ray is started as the operator's chart had it; an empty list starts nothing.
 */
struct legacy_commands legacy_commands_of(
	const struct child_context *c, const struct ray_group *type);

/* What Ray is told of the podType, {"CPU":1,"GPU":0,"memory":751619276}: limits of container 0. */
struct str legacy_resources(struct arena *arena, const struct ray_group *type);

/* The port of the head's GCS, by its commands. */
struct str legacy_head_port(const struct child_context *c);

/*
 * Starts Ray in container 0, which `container` is, and knows by a startup probe when it is up; or,
 * where it does something of its own, leaves the commands in its environment.
 */
void legacy_put_start(
	const struct child_context *c, const struct ray_group *type, struct json_edit *container);
