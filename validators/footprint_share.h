/*
 * What a user reads where a cluster comes to too much: how much of it nobody wrote, and what he can
 * lower.
 */
#pragma once

#include "validators/footprint.h"

/* A line of a footprint: of a whole object, of one of its groups, or of one pod of that. */
struct footprint_share {
	const struct policy *policy;
	const struct ray_object *object;
	const struct ray_group *group; /* NULL: of the whole object */
	bool one_pod;
	struct str name; /* "requests.cpu" */
	enum footprint_column column;
};

/*
 * ` (500m of it for "autoscaler", which the controller adds)`: each container that is added and
 * without which it would be less. Empty where there is none.
 */
struct str footprint_added(struct arena *arena, const struct footprint_share *share);

/* "lower maxReplicas or its pods' resources": the fields by which it comes to less. */
struct str footprint_way_out(struct arena *arena, const struct raycluster *cluster, struct str name,
	enum footprint_column column);
