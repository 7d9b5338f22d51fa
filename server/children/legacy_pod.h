/*
 * The pods and the Service of a RayCluster of cluster.ray.io, with the names and labels that the
 * Ray Kubernetes Operator of 2022 gave them.
 *
 * That operator started Ray by exec. Here the containers that only sleep, as its chart has them,
 * start Ray themselves (legacy_start.h); any other command of the user's stays as it is.
 */
#pragma once

#include "server/children/child.h"

#define LEGACY_CLUSTER   "ray-cluster-name"
#define LEGACY_NODE_TYPE "ray-node-type"
#define LEGACY_POD_TYPE  "ray-user-node-type"
#define LEGACY_NODE_NAME "ray-node-name"
#define LEGACY_LAUNCH    "ray-launch-config"
#define LEGACY_COMPONENT "cluster.ray.io/component"

/* Where the head is. A worker knows one head: when it is another, the worker is of no use. */
struct legacy_head {
	struct str ip;
	struct str uid; /* of its pod */
};

/*
 * Both have a generateName and no name; NULL where the podType has no container. The context is of
 * a cluster that has a head.
 */
struct json_edit *legacy_pod_of_head(const struct child_context *c);
struct json_edit *legacy_pod_of_worker(const struct child_context *c, const struct ray_group *type,
	const struct legacy_head *head);

struct json_edit *legacy_service(const struct child_context *c);
/* Whether a Service with these ports has what the spec asks for. */
bool legacy_ports_fit(const struct json_edit *service, const struct json_node *ports);

/*
 * The label ray-launch-config: what a pod was made from, and behind it, of a worker, for which
 * head. Equal as long as the pod need not be made anew. Of a head `head` is NULL.
 */
struct str legacy_launch(const struct child_context *c, const struct ray_group *type,
	const struct legacy_head *head);

enum legacy_match {
	LEGACY_SAME,
	LEGACY_OTHER_SPEC,
	LEGACY_OTHER_HEAD,
	LEGACY_FOREIGN, /* somebody else's: what it was made from cannot be known */
};

/* What is left in a pod's label against what it would be now. */
enum legacy_match legacy_launch_compare(struct str found, struct str now);
