/*
 * What the children of one RayCluster have in common: the cluster they come from, and the names
 * that follow from it. Immutable while children are planned.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"
#include "base/json_edit.h"

/* As KubeRay 1.7 has them. */
#define LABEL_RAY_NODE   "ray.io/is-ray-node"
#define LABEL_CLUSTER    "ray.io/cluster"
#define LABEL_NODE_TYPE  "ray.io/node-type"
#define LABEL_GROUP      "ray.io/group"
#define LABEL_IDENTIFIER "ray.io/identifier"
#define LABEL_APP        "app.kubernetes.io/name"
#define LABEL_CREATED_BY "app.kubernetes.io/created-by"
#define LABEL_CRD        "ray.io/originated-from-crd"
#define APP_NAME         "kuberay"
#define CREATED_BY       "kuberay-operator"
#define HEAD_GROUP       "headgroup"
#define MANAGED_BY       "ray.io/kuberay-operator"

struct child_context {
	struct arena *arena;
	/* Its target says whose pods they are; NULL: KubeRay's. Whoever wants ours sets it. */
	const struct policy *policy;
	const struct ray_object *object; /* a RayCluster of either dialect */
	const struct raycluster *cluster;
	struct str name, namespace, uid; /* of the cluster */
	struct str head_service;         /* the name of the Service that leads to it */
	struct str head_fqdn;            /* "<service>.<namespace>.svc.<domain>" */
	struct str head_port;            /* the GCS's, as the user wrote it */
	struct str service_account;      /* the autoscaler's: his own, or one made for it */
	bool own_service_account;
	bool token_auth;
	bool fault_tolerant;    /* the GCS keeps its state elsewhere … */
	bool embedded_store;    /* … in RocksDB on a volume, not in a Redis */
	struct str store_claim; /* the volume's claim, of that */
};

/*
 * `namespace` is that of the request where the object names none; `domain` is the cluster's DNS
 * domain, "" is cluster.local.
 */
void child_context_init(struct child_context *c, struct arena *arena,
	const struct ray_object *object, struct str namespace, struct str domain);

/*
 * The name that the spec gives the head's Service; and that another one leads to it, which is there
 * already, so that pods go by that.
 */
struct str child_head_service_asked(const struct child_context *c);
void child_use_head_service(struct child_context *c, struct str name, struct str domain);

/* The cluster as the controller, in the metadata's ownerReferences. */
void child_put_owner(const struct child_context *c, struct json_edit *meta);
/*
 * {apiVersion, kind, metadata: {namespace, ownerReferences: the cluster}}; the name is missing.
 * A cluster that has no uid yet cannot own anything, and is left out.
 */
struct json_edit *child_new(
	const struct child_context *c, const char *api_version, const char *kind);

/* By which its pods know it: a podType's own name, also the head's; else a head is "headgroup". */
struct str child_group_name(const struct ray_group *group);

/* False where spec.managedBy leaves it to another controller, Kueue's, say. */
bool child_is_managed_here(const struct raycluster *cluster);

/* Whether pods are made as we make them, where that differs from KubeRay. */
bool child_is_of_raygate(const struct child_context *c);

/* Get or make a member that is an object or an array. */
struct json_edit *child_object(struct json_edit *object, const char *key);
struct json_edit *child_array(struct json_edit *object, const char *key);
/* Sets the member where it is absent. */
void child_default_str(struct json_edit *object, const char *key, struct str value);

/* The labels that a RayCluster's Service, ServiceAccount and the like all have. */
void child_put_owner_labels(const struct child_context *c, struct json_edit *labels);
