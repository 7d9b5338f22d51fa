/*
 * What a cluster costs: the effective requests of its pods as the scheduler and ResourceQuota
 * count them, times hosts, times replicas, plus what the controller injects. Exact, saturating;
 * what has no bound is said to be unbounded.
 *
 * Source for one pod: "Pod Overhead", "Init containers: resource sharing within containers" and
 * "Sidecar containers" of the Kubernetes documentation; a request that is absent is its limit.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"

enum {
	FOOTPRINT_NAMES_MAX = 64
}; /* distinct names that are counted; first those that the
policy bounds */

struct footprint_line {
	struct str
		name; /* in the words of ResourceQuota: "requests.cpu", "limits.memory", "pods" */
	struct quantity least, now, most;
};

struct footprint {
	struct footprint_line *lines; /* requests and limits in order of appearance, then pods */
	size_t count;
};

/* Of a whole object: its cluster and, of a RayJob, the pod that submits it. */
void footprint_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct footprint *out);
/* Of a single pod of that group; `least`, `now` and `most` are the same. */
void footprint_of_pod(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out);
/* Of all pods of one group. */
void footprint_of_group(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out);

/* NULL when the footprint has no such line. */
const struct footprint_line *footprint_find(const struct footprint *footprint, struct str name);
enum footprint_column { FOOTPRINT_LEAST, FOOTPRINT_NOW, FOOTPRINT_MOST };
struct quantity footprint_column(const struct footprint_line *line, enum footprint_column column);
/* Whether a resource is counted in bytes: memory and storage. */
bool footprint_counts_bytes(struct str name);
/* A quantity in a unit that fits its resource: memory and storage in bytes, the rest as a count. */
struct quantity_text footprint_print(struct str name, struct quantity quantity);
