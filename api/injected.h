/*
 * What a controller adds to the pods that a user wrote: the one table that the footprint counts by
 * and the planner builds by. Figures of KubeRay 1.7.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"

enum injected_place {
	INJECTED_CONTAINER,  /* beside the user's containers */
	INJECTED_INIT_FIRST, /* before the user's init containers */
	INJECTED_INIT_LAST,  /* behind them */
};

/* One injected container of one pod, with what it asks for. */
struct injected {
	const char *name;
	enum injected_place place;
	struct resource_list requests, limits;
};

enum { INJECTED_MAX = 4 }; /* containers that one pod can get */

/*
 * What the policy's target adds to a pod of that group, into `out`; returns how many. Values live
 * in the arena or in the model (autoscalerOptions.resources replace the default ones whole).
 */
size_t injected_containers(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group,
	struct injected out[INJECTED_MAX]);

/*
 * Whether a worker gets wait-gcs-ready. With us it waits for its head by itself, except in Ray
 * before 2.9, whose patience cannot be set. Without a policy: as KubeRay.
 */
bool injected_waits_for_head(const struct policy *policy, const struct raycluster *cluster);

/* Where a RayJob's entrypoint is submitted from. */
enum injected_submission {
	INJECTED_NOWHERE, /* no RayJob, or nothing is added for it (HTTPMode, InteractiveMode) */
	INJECTED_IN_POD,  /* a pod of its own: the submitterPodTemplate, else one with `out` */
	INJECTED_IN_HEAD, /* SidecarMode: `out` is one more container of the head */
};
enum injected_submission injected_submitter(
	struct arena *arena, const struct ray_object *object, struct injected *out);
