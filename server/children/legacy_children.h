/* All that a RayCluster of cluster.ray.io becomes when nothing of it is there yet. */
#pragma once

#include "server/children/child.h"

/* As children_of(), for this dialect: the Service, the head, then the workers that are held. */
struct json_edit *legacy_children_of(
	const struct child_context *c, size_t pods_max, uint64_t *left_out);
