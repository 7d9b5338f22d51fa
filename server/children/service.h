/* The Services of a RayCluster, as KubeRay 1.7 makes them. */
#pragma once

#include "server/children/child.h"

/* How everybody reaches the head; NULL where the cluster has none. */
struct json_edit *service_of_head(const struct child_context *c);
/* Of which type that one would be made. */
struct str service_type_of_head(const struct child_context *c);
/* Where applications are served: asked for by an annotation, and NULL without it or without ports.
 */
struct json_edit *service_of_serve(const struct child_context *c);
/* Names for workers that are several hosts; NULL where no group is. */
struct json_edit *service_of_hosts(const struct child_context *c);
