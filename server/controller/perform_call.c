#include "server/controller/perform_call.h"

static const struct {
	struct kube_resource resource;
	const char *kind;
	bool watched; /* so one of that name which is not ours is a failure */
} CHILDREN[CHILD_KINDS] = {
	[CHILD_POD] = {{"", "v1", "pods", false}, "Pod", true},
	[CHILD_SERVICE] = {{"", "v1", "services", false}, "Service", true},
	[CHILD_SERVICE_ACCOUNT] = {{"", "v1", "serviceaccounts", false}, "ServiceAccount", false},
	[CHILD_ROLE] = {{"rbac.authorization.k8s.io", "v1", "roles", false}, "Role", false},
	[CHILD_ROLE_BINDING] = {{"rbac.authorization.k8s.io", "v1", "rolebindings", false},
		"RoleBinding", false},
	[CHILD_SECRET] = {{"", "v1", "secrets", false}, "Secret", false},
	/* Watched it is, but one of that name is the cluster's, whosever it was before. */
	[CHILD_VOLUME_CLAIM] = {{"", "v1", "persistentvolumeclaims", false},
		"PersistentVolumeClaim", false},
	[CHILD_REVISION] = {{"apps", "v1", "controllerrevisions", false}, "ControllerRevision",
		false},
};

static const struct kube_resource CLUSTERS[] = {
	[DIALECT_MODERN] = {"ray.io", "v1", "rayclusters", false},
	[DIALECT_LEGACY] = {"cluster.ray.io", "v1", "rayclusters", false},
};

/* Of what was created only that it was matters … */
static const struct json_place BRIEFLY[] = {{1, "metadata"}, {0, NULL}};
/* … and of a pod by which labels it is found. */
static const struct json_place LABELS[] = {
	{2, "annotations"}, {2, "managedFields"}, {2, "ownerReferences"}, {0, NULL}};

bool perform_is_watched(enum child_kind child)
{
	return CHILDREN[child].watched;
}

const char *perform_kind(const struct write *write)
{
	return write->action == ACTION_STATUS || write->action == ACTION_PATCH
		       ? "RayCluster"
		       : CHILDREN[write->child].kind;
}

struct kube_ref perform_child(const struct write *write, bool named)
{
	return (struct kube_ref){
		.resource = &CHILDREN[write->child].resource,
		.namespace = write->key.namespace.at,
		.name = named ? write->name.at : NULL,
	};
}

struct kube_ref perform_cluster(const struct write *write, const char *part)
{
	return (struct kube_ref){
		.resource = &CLUSTERS[write->key.dialect],
		.namespace = write->key.namespace.at,
		.name = write->key.name.at,
		.part = part,
	};
}

struct kube_call perform_call(const struct write *write)
{
	switch (write->action) {
	case ACTION_CREATE:
		return write->look ? (struct kube_call){.verb = KUBE_GET,
					     .at = perform_child(write, true)}
				   : (struct kube_call){.verb = KUBE_CREATE,
					     .at = perform_child(write, false),
					     .body = write->body,
					     .metadata_only = true,
					     .skip = write->child == CHILD_POD ? LABELS : BRIEFLY};
	case ACTION_DELETE_POD:
		return (struct kube_call){.verb = KUBE_DELETE,
			.at = perform_child(write, true),
			.only_uid = write->object_uid.at,
			.metadata_only = true,
			.skip = BRIEFLY};
	case ACTION_STATUS:
		return (struct kube_call){.verb = KUBE_PATCH_MERGE,
			.at = perform_cluster(write, "status"),
			.body = write->body};
	case ACTION_PATCH_SERVICE:
		return (struct kube_call){.verb = KUBE_PATCH_MERGE,
			.at = perform_child(write, true),
			.body = write->body};
	case ACTION_ADOPT:
	case ACTION_RELEASE:
		return (struct kube_call){.verb = KUBE_PATCH_STRATEGIC,
			.at = perform_child(write, true),
			.body = write->body,
			.metadata_only = true};
	case ACTION_PATCH:
	case ACTION_EVENT:
		break;
	}
	return (struct kube_call){.verb = KUBE_PATCH_JSON,
		.at = perform_cluster(write, NULL),
		.body = write->body,
		.metadata_only = true,
		.skip = BRIEFLY};
}
