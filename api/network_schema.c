/* Services, network policies and ingresses as they stand inside a RayCluster. */
#include "api/pod.h"
#include "api/pod_parts.h"

#include "base/attr.h"

static const struct schema_field CONDITION_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "lastTransitionTime", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "message", .required = true),
	SCHEMA_CHECK(SCHEMA_INT64, "observedGeneration"),
	SCHEMA_CHECK(SCHEMA_STRING, "reason", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "status", .required = true,
		.words = SCHEMA_WORDS("True", "False", "Unknown")),
	SCHEMA_CHECK(SCHEMA_STRING, "type", .required = true),
};
static const struct schema CONDITION = SCHEMA_OF("a condition", CONDITION_ROWS, NULL);

static const struct schema_field INGRESS_PORT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "error", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "port", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "protocol", .required = true,
		.words = SCHEMA_WORDS("TCP", "UDP", "SCTP"), .judge = SCHEMA_JUDGE_POD),
};
static const struct schema INGRESS_PORT = SCHEMA_OF("a port status", INGRESS_PORT_ROWS, NULL);

static const struct schema_field LB_INGRESS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "hostname"),
	SCHEMA_CHECK(SCHEMA_STRING, "ip"),
	SCHEMA_CHECK(SCHEMA_STRING, "ipMode"),
	SCHEMA_CHECK_LIST(&INGRESS_PORT, "ports"),
};
static const struct schema LB_INGRESS = SCHEMA_OF("a load balancer ingress", LB_INGRESS_ROWS, NULL);

static const struct schema_field LOAD_BALANCER_ROWS[] = {
	SCHEMA_CHECK_LIST(&LB_INGRESS, "ingress"),
};
static const struct schema LOAD_BALANCER =
	SCHEMA_OF("a load balancer status", LOAD_BALANCER_ROWS, NULL);

static const struct schema_field SERVICE_STATUS_ROWS[] = {
	SCHEMA_CHECK_LIST(&CONDITION, "conditions", .unique = SCHEMA_WORDS("type")),
	SCHEMA_CHECK_OBJECT(&LOAD_BALANCER, "loadBalancer"),
};
static const struct schema SERVICE_STATUS =
	SCHEMA_OF("a service status", SERVICE_STATUS_ROWS, NULL);

static const struct schema_field SERVICE_PORT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "appProtocol"),
	SCHEMA_CHECK(SCHEMA_STRING, "name"),
	SCHEMA_CHECK(SCHEMA_INT32, "nodePort"),
	SCHEMA_CHECK(SCHEMA_INT32, "port", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "protocol", .words = SCHEMA_WORDS("TCP", "UDP", "SCTP"),
		.judge = SCHEMA_JUDGE_POD, .fallback = "\"TCP\""),
	SCHEMA_CHECK(SCHEMA_INT_OR_STRING, "targetPort"),
};
static const struct schema SERVICE_PORT = SCHEMA_OF("a service port", SERVICE_PORT_ROWS, NULL);

static const struct schema_field CLIENT_IP_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "timeoutSeconds"),
};
static const struct schema CLIENT_IP = SCHEMA_OF("a client IP", CLIENT_IP_ROWS, NULL);

static const struct schema_field SESSION_AFFINITY_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&CLIENT_IP, "clientIP"),
};
static const struct schema SESSION_AFFINITY =
	SCHEMA_OF("a session affinity", SESSION_AFFINITY_ROWS, NULL);

static const struct schema_field SERVICE_SPEC_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_BOOL, "allocateLoadBalancerNodePorts"),
	SCHEMA_CHECK(SCHEMA_STRING, "clusterIP"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "clusterIPs"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "externalIPs"),
	SCHEMA_CHECK(SCHEMA_STRING, "externalName"),
	SCHEMA_CHECK(SCHEMA_STRING, "externalTrafficPolicy",
		.words = SCHEMA_WORDS("Cluster", "Local"), .judge = SCHEMA_JUDGE_POD),
	SCHEMA_CHECK(SCHEMA_INT32, "healthCheckNodePort"),
	SCHEMA_CHECK(SCHEMA_STRING, "internalTrafficPolicy",
		.words = SCHEMA_WORDS("Cluster", "Local"), .judge = SCHEMA_JUDGE_POD),
	SCHEMA_CHECK(SCHEMA_STRINGS, "ipFamilies"),
	SCHEMA_CHECK(SCHEMA_STRING, "ipFamilyPolicy",
		.words = SCHEMA_WORDS("SingleStack", "PreferDualStack", "RequireDualStack"),
		.judge = SCHEMA_JUDGE_POD),
	SCHEMA_CHECK(SCHEMA_STRING, "loadBalancerClass"),
	SCHEMA_CHECK(SCHEMA_STRING, "loadBalancerIP"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "loadBalancerSourceRanges"),
	SCHEMA_CHECK_LIST(&SERVICE_PORT, "ports", .unique = SCHEMA_WORDS("port", "protocol")),
	SCHEMA_CHECK(SCHEMA_BOOL, "publishNotReadyAddresses"),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "selector"),
	SCHEMA_CHECK(SCHEMA_STRING, "sessionAffinity", .words = SCHEMA_WORDS("None", "ClientIP"),
		.judge = SCHEMA_JUDGE_POD),
	SCHEMA_CHECK_OBJECT(&SESSION_AFFINITY, "sessionAffinityConfig"),
	SCHEMA_CHECK(SCHEMA_STRING, "trafficDistribution"),
	SCHEMA_CHECK(SCHEMA_STRING, "type",
		.words = SCHEMA_WORDS("ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
		.judge = SCHEMA_JUDGE_POD),
};
static const struct schema SERVICE_SPEC = SCHEMA_OF("a service spec", SERVICE_SPEC_ROWS, NULL);

static const struct schema_field SERVICE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "apiVersion"),
	SCHEMA_CHECK(SCHEMA_STRING, "kind"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_TEMPLATE_METADATA, "metadata"),
	SCHEMA_CHECK_OBJECT(&SERVICE_SPEC, "spec"),
	SCHEMA_CHECK_OBJECT(&SERVICE_STATUS, "status"),
};
const struct schema SCHEMA_SERVICE =
	SCHEMA_OF_STRUCT("a service", SERVICE_ROWS, struct schema_object, NULL);

static const struct schema_field POLICY_PORT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "endPort"),
	SCHEMA_CHECK(SCHEMA_INT_OR_STRING, "port"),
	SCHEMA_CHECK(SCHEMA_STRING, "protocol", .words = SCHEMA_WORDS("TCP", "UDP", "SCTP"),
		.judge = SCHEMA_JUDGE_POD),
};
static const struct schema POLICY_PORT = SCHEMA_OF("a network policy port", POLICY_PORT_ROWS, NULL);

static const struct schema_field IP_BLOCK_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "cidr", .required = true),
	SCHEMA_CHECK(SCHEMA_STRINGS, "except"),
};
static const struct schema IP_BLOCK = SCHEMA_OF("an IP block", IP_BLOCK_ROWS, NULL);

static const struct schema_field POLICY_PEER_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&IP_BLOCK, "ipBlock"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "namespaceSelector"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "podSelector"),
};
static const struct schema POLICY_PEER = SCHEMA_OF("a network policy peer", POLICY_PEER_ROWS, NULL);

static const struct schema_field EGRESS_RULE_ROWS[] = {
	SCHEMA_CHECK_LIST(&POLICY_PORT, "ports"),
	SCHEMA_CHECK_LIST(&POLICY_PEER, "to"),
};
const struct schema SCHEMA_EGRESS_RULE = SCHEMA_OF("an egress rule", EGRESS_RULE_ROWS, NULL);

static const struct schema_field INGRESS_RULE_ROWS[] = {
	SCHEMA_CHECK_LIST(&POLICY_PEER, "from"),
	SCHEMA_CHECK_LIST(&POLICY_PORT, "ports"),
};
const struct schema SCHEMA_INGRESS_RULE = SCHEMA_OF("an ingress rule", INGRESS_RULE_ROWS, NULL);

static const struct schema_field INGRESS_TLS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "hosts"),
	SCHEMA_CHECK(SCHEMA_STRING, "secretName"),
};
const struct schema SCHEMA_INGRESS_TLS = SCHEMA_OF("an ingress TLS entry", INGRESS_TLS_ROWS, NULL);
