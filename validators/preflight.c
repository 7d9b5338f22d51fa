#include "validators/preflight.h"

#include "validators/rules.h"

/* A cluster changes by the minute, so none of these refuses unless the policy says so. */
#define PREFLIGHT(id, name, origin, sentence)                                                      \
	RULE(id, name, WARN, BOTH, "0.1", origin, sentence, RULE_CHECKED_BY_ENGINE, .policy = true)

static const struct rule RULES[] = {
	PREFLIGHT(PREFLIGHT_RULE_SERVICE_ACCOUNT, "service-account-exists", NULL,
		"The service account of a pod is there: without it the API server refuses the "
		"pod."),
	PREFLIGHT(PREFLIGHT_RULE_PRIORITY_CLASS, "priority-class-exists", NULL,
		"The priority class of a pod is there: without it the API server refuses the pod."),
	PREFLIGHT(PREFLIGHT_RULE_RUNTIME_CLASS, "runtime-class-exists", NULL,
		"The runtime class of a pod is there: without it the API server refuses the pod."),
	PREFLIGHT(PREFLIGHT_RULE_SECRET, "secret-exists", NULL,
		"The secrets that a pod cannot start without are there."),
	PREFLIGHT(PREFLIGHT_RULE_VOLUME_CLAIM, "volume-claim-exists", NULL,
		"The volume claims of a pod are there: without them it stays Pending."),
	PREFLIGHT(PREFLIGHT_RULE_CERT_MANAGER, "cert-manager-is-there", "KubeRay's operator",
		"Where tlsOptions are enabled the cluster has cert-manager: without it KubeRay "
		"leaves the RayCluster alone."),
	PREFLIGHT(PREFLIGHT_RULE_SERVICE, "head-service-name-is-free", NULL,
		"No Service of somebody else has the name of the head's: beside one the head gets "
		"none, and the cluster no pods."),
	PREFLIGHT(PREFLIGHT_RULE_GCS_STORE, "gcs-store-is-not-anothers", NULL,
		"No two RayClusters keep the state of their GCS in the same claim and path."),
	PREFLIGHT(PREFLIGHT_RULE_PULL_SECRET, "pull-secret-exists", NULL,
		"The secrets that the images of a pod are pulled with are there."),
	PREFLIGHT(PREFLIGHT_RULE_RANGE_CONTAINER, "container-within-limit-range", "kuberay#2178",
		"Each container is within the LimitRanges of its namespace."),
	PREFLIGHT(PREFLIGHT_RULE_RANGE_POD, "pod-within-limit-range", NULL,
		"Each pod, with what the controller adds to it, is within the LimitRanges of its "
		"namespace."),
	PREFLIGHT(PREFLIGHT_RULE_RANGE_INJECTED, "injected-within-limit-range", NULL,
		"The LimitRanges of the namespace take the containers that the controller adds."),
	PREFLIGHT(PREFLIGHT_RULE_QUOTA_LEAST, "least-within-resource-quota", "kuberay#603",
		"The ResourceQuotas of the namespace have room for the cluster at its smallest."),
	PREFLIGHT(PREFLIGHT_RULE_QUOTA_MOST, "largest-within-resource-quota", "kuberay#4846",
		"The ResourceQuotas of the namespace have room for the cluster at its largest."),
	PREFLIGHT(PREFLIGHT_RULE_QUOTA_VALUES, "resource-quota-gets-its-values", "kuberay#1899",
		"Each container says the requests and limits that a ResourceQuota of the namespace "
		"counts."),
	PREFLIGHT(PREFLIGHT_RULE_NODE, "some-node-holds-the-pod", "kuberay#2528",
		"Some node that the cluster has could hold the pod, were it empty."),
};

const struct rule_table RULES_PREFLIGHT = RULE_TABLE(RULES);
