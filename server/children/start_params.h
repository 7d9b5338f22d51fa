/*
 * The parameters of `ray start` for one group: what the user wrote in rayStartParams, and what
 * KubeRay 1.7 adds from the group's resources and labels and from where the head is
 * (controllers/ray/common/pod.go: updateRayStartParams…, setMissingRayStartParams).
 */
#pragma once

#include "api/raycluster.h"

struct start_param {
	struct str key, value;
};

struct start_params {
	struct arena *arena; /* holds everything */
	struct start_param *items;
	size_t count, room;
};

/* The user's own, and what resources and labels of the group make of them. */
void start_params_of_group(
	struct start_params *params, struct arena *arena, const struct ray_group *group);
/* What is missing on every node; `head_address` ("host:port") is for workers. */
void start_params_complete(struct start_params *params, bool head, struct str head_address);

/* NULL when the key is not there. */
const struct str *start_params_get(const struct start_params *params, const char *key);
void start_params_set(struct start_params *params, struct str key, struct str value);

/*
 * "ray start --head  --block …": every flag with a space in front and behind, in byte order, as
 * clients have seen it from KubeRay. What the Ray container has of CPU, memory, GPUs and other
 * accelerators becomes a parameter where the user gave none; `params` has them afterwards.
 */
struct str start_command(struct start_params *params, bool head, const struct container *ray);
