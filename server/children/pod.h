/*
 * The pods of a RayCluster of ray.io, as KubeRay 1.7 makes them. A pod is the user's template with
 * what Ray needs laid over it; nothing of the template is lost.
 *
 * Not made: what mTLS and the history server add to pods (validators/unsupported.h).
 */
#pragma once

#include "server/children/child.h"

/* The head's pod, the caller's; NULL where the cluster has no head or its template no container. */
struct json_edit *pod_of_head(const struct child_context *c);

/* Which of a group's pods it is; by this alone they differ, besides their names. */
struct pod_place {
	uint32_t replica;        /* the smallest index that no other replica has */
	uint32_t host;           /* of the replica, from 0 */
	struct str replica_name; /* shared by its hosts; where a replica is one host, not read */
};

/* A worker of that group; NULL as above. */
struct json_edit *pod_of_worker(const struct child_context *c, const struct ray_group *group,
	const struct pod_place *place);
