/*
 * What one pod counts, and how many of it there will be: the parts of a footprint, for
 * validators/footprint*.c alone.
 */
#pragma once

#include "api/injected.h"

/* One container as it counts: of what kind, and what it asks for. */
enum counted_as {
	COUNTED_CONTAINER,
	COUNTED_INIT,
	COUNTED_SIDECAR, /* an init container that keeps running */
};

struct counted {
	enum counted_as as;
	const struct resource_list *requests, *limits;
	const char *added; /* its name, where the controller adds it; else NULL */
};

struct pod_count {
	const struct pod_template *template;
	struct counted *items; /* in the order in which the kubelet starts them */
	size_t count;
};

/* How many pods of a group: at least, now, at most. Unbounded where nobody said a maximum. */
struct pods {
	int64_t least, now, most;
	bool unbounded;
};

struct pods pods_of(const struct raycluster *cluster, const struct ray_group *group);

struct pod_count pod_count_of(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group);
/* Every pod that the object will have, and how many of each. Returns how many kinds there are. */
size_t pod_count_all(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct pod_count **pods, struct pods **numbers);
/*
 * A resource's request, or limit, of the whole pod; as if the container that is added by the name
 * `without` were not there, unless that is NULL.
 */
struct quantity pod_count_value(
	const struct pod_count *pod, struct str name, bool limit, const char *without);
