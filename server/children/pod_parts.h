/* The steps that make a pod, each in a file of its own; pod.c runs them in KubeRay's order. */
#pragma once

#include "server/children/container_edit.h"
#include "server/children/start_params.h"

struct pod_draft {
	const struct child_context *c;
	const struct ray_group *group;
	struct json_edit *pod, *meta, *spec;
	struct json_edit *ray; /* container 0 */
	struct start_params params;
	struct str start; /* "ray start …" */
};

/* A volume of that name, whose source is missing, where there is none yet; else NULL. */
struct json_edit *pod_add_volume(struct pod_draft *d, const char *name);
/* A sidecar of the head, where the cluster autoscales. */
void pod_add_autoscaler(struct pod_draft *d);
/* Before the worker starts, its head must answer. */
void pod_add_wait_for_head(struct pod_draft *d);
/* Where the GCS keeps its state, and how long workers wait for it. */
void pod_add_fault_tolerance(struct pod_draft *d);
/* /dev/shm and, with an autoscaler, the logs that it shares with the head. */
void pod_add_volumes(struct pod_draft *d);
/* The environment of the Ray container and of init containers. */
void pod_add_env(struct pod_draft *d);
/* Liveness and readiness, each where the user has none. */
void pod_add_probes(struct pod_draft *d);
