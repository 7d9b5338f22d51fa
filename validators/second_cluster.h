/* Whether KubeRay answers a change of a RayService by a second RayCluster beside the first. */
#pragma once

#include "api/ray_object.h"

/*
 * After KubeRay 1.7's shouldPrepareNewCluster(). `old` is the root of the version before. False of
 * all other kinds.
 */
bool second_cluster_is_made(const struct json_node *old, const struct ray_object *object);
