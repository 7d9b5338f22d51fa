/* A RayJob or RayService, from whose spec KubeRay makes a RayCluster. */
#pragma once

#include "server/explain/input.h"

/* The name of its cluster, by its status; "" where it has none. */
struct str ray_owner_cluster(struct arena *arena, const struct json_node *owner);
/* Why it has none, in its own words where it has any. `type`: "rayjob", "rayservice". */
struct str ray_owner_waits(const struct explain_input *in, const struct json_node *owner,
	const char *type, const char *namespace);
