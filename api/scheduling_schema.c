/* Where a pod runs and how it finds others (core/v1): affinity, spreading, DNS. */
#include "api/pod_parts.h"

#include "base/attr.h"

static const struct schema_field NODE_REQUIREMENT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "key", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "operator", .required = true,
		.words = SCHEMA_WORDS("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRINGS, "values"),
};
static const struct schema NODE_REQUIREMENT =
	SCHEMA_OF("a node selector requirement", NODE_REQUIREMENT_ROWS, NULL);

static const struct schema_field NODE_TERM_ROWS[] = {
	SCHEMA_CHECK_LIST(&NODE_REQUIREMENT, "matchExpressions"),
	SCHEMA_CHECK_LIST(&NODE_REQUIREMENT, "matchFields"),
};
static const struct schema NODE_TERM = SCHEMA_OF("a node selector term", NODE_TERM_ROWS, NULL);

static const struct schema_field NODE_SELECTOR_ROWS[] = {
	SCHEMA_CHECK_LIST(&NODE_TERM, "nodeSelectorTerms", .required = true),
};
static const struct schema NODE_SELECTOR = SCHEMA_OF("a node selector", NODE_SELECTOR_ROWS, NULL);

static const struct schema_field PREFERRED_NODE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&NODE_TERM, "preference", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "weight", .required = true),
};
static const struct schema PREFERRED_NODE =
	SCHEMA_OF("a preferred node", PREFERRED_NODE_ROWS, NULL);

static const struct schema_field NODE_AFFINITY_ROWS[] = {
	SCHEMA_CHECK_LIST(&PREFERRED_NODE, "preferredDuringSchedulingIgnoredDuringExecution"),
	SCHEMA_CHECK_OBJECT(&NODE_SELECTOR, "requiredDuringSchedulingIgnoredDuringExecution"),
};
static const struct schema NODE_AFFINITY = SCHEMA_OF("a node affinity", NODE_AFFINITY_ROWS, NULL);

static const struct schema_field LABEL_REQUIREMENT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "key", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "operator", .required = true,
		.words = SCHEMA_WORDS("In", "NotIn", "Exists", "DoesNotExist"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRINGS, "values"),
};
static const struct schema LABEL_REQUIREMENT =
	SCHEMA_OF("a label selector requirement", LABEL_REQUIREMENT_ROWS, NULL);

static const struct schema_field LABEL_SELECTOR_ROWS[] = {
	SCHEMA_CHECK_LIST(&LABEL_REQUIREMENT, "matchExpressions"),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "matchLabels"),
};
const struct schema SCHEMA_LABEL_SELECTOR =
	SCHEMA_OF("a label selector", LABEL_SELECTOR_ROWS, NULL);

static const struct schema_field POD_TERM_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "labelSelector"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "matchLabelKeys"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "mismatchLabelKeys"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "namespaceSelector"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "namespaces"),
	SCHEMA_CHECK(SCHEMA_STRING, "topologyKey", .required = true),
};
static const struct schema POD_TERM = SCHEMA_OF("a pod affinity term", POD_TERM_ROWS, NULL);

static const struct schema_field PREFERRED_POD_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&POD_TERM, "podAffinityTerm", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "weight", .required = true),
};
static const struct schema PREFERRED_POD = SCHEMA_OF("a preferred pod", PREFERRED_POD_ROWS, NULL);

static const struct schema_field POD_AFFINITY_ROWS[] = {
	SCHEMA_CHECK_LIST(&PREFERRED_POD, "preferredDuringSchedulingIgnoredDuringExecution"),
	SCHEMA_CHECK_LIST(&POD_TERM, "requiredDuringSchedulingIgnoredDuringExecution"),
};
static const struct schema POD_AFFINITY = SCHEMA_OF("a pod affinity", POD_AFFINITY_ROWS, NULL);

static const struct schema_field AFFINITY_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&NODE_AFFINITY, "nodeAffinity"),
	SCHEMA_CHECK_OBJECT(&POD_AFFINITY, "podAffinity"),
	SCHEMA_CHECK_OBJECT(&POD_AFFINITY, "podAntiAffinity"),
};
const struct schema SCHEMA_AFFINITY = SCHEMA_OF("an affinity", AFFINITY_ROWS, NULL);

static const struct schema_field SPREAD_CONSTRAINT_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&SCHEMA_LABEL_SELECTOR, "labelSelector"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "matchLabelKeys"),
	SCHEMA_CHECK(SCHEMA_INT32, "maxSkew", .required = true),
	SCHEMA_CHECK(SCHEMA_INT32, "minDomains"),
	SCHEMA_CHECK(SCHEMA_STRING, "nodeAffinityPolicy", .words = SCHEMA_WORDS("Honor", "Ignore"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRING, "nodeTaintsPolicy", .words = SCHEMA_WORDS("Honor", "Ignore"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_STRING, "topologyKey", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "whenUnsatisfiable", .required = true,
		.words = SCHEMA_WORDS("DoNotSchedule", "ScheduleAnyway"),
		.judge = SCHEMA_JUDGE_POD),
};
const struct schema SCHEMA_SPREAD_CONSTRAINT =
	SCHEMA_OF("a topology spread constraint", SPREAD_CONSTRAINT_ROWS, NULL);

static const struct schema_field DNS_OPTION_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name"),
	SCHEMA_CHECK(SCHEMA_STRING, "value"),
};
static const struct schema DNS_OPTION = SCHEMA_OF("a DNS option", DNS_OPTION_ROWS, NULL);

static const struct schema_field DNS_CONFIG_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "nameservers"),
	SCHEMA_CHECK_LIST(&DNS_OPTION, "options"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "searches"),
};
const struct schema SCHEMA_DNS_CONFIG = SCHEMA_OF("a DNS configuration", DNS_CONFIG_ROWS, NULL);

static const struct schema_field HOST_ALIAS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "hostnames"),
	SCHEMA_CHECK(SCHEMA_STRING, "ip", .required = true),
};
const struct schema SCHEMA_HOST_ALIAS = SCHEMA_OF("a host alias", HOST_ALIAS_ROWS, NULL);

static const struct schema_field NAMED_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
};
const struct schema SCHEMA_NAMED = SCHEMA_OF("an object with a name", NAMED_ROWS, NULL);

static const struct schema_field POD_OS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true,
		.words = SCHEMA_WORDS("linux", "windows"), .judge = SCHEMA_JUDGE_POD_SAID),
};
const struct schema SCHEMA_POD_OS = SCHEMA_OF("an operating system", POD_OS_ROWS, NULL);

static const struct schema_field READINESS_GATE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "conditionType", .required = true),
};
const struct schema SCHEMA_READINESS_GATE =
	SCHEMA_OF("a readiness gate", READINESS_GATE_ROWS, NULL);

static const struct schema_field RESOURCE_CLAIM_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "resourceClaimName"),
	SCHEMA_CHECK(SCHEMA_STRING, "resourceClaimTemplateName"),
};
const struct schema SCHEMA_RESOURCE_CLAIM =
	SCHEMA_OF("a resource claim", RESOURCE_CLAIM_ROWS, NULL);

static const struct schema_field SCHEDULING_GROUP_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "podGroupName"),
};
const struct schema SCHEMA_SCHEDULING_GROUP =
	SCHEMA_OF("a scheduling group", SCHEDULING_GROUP_ROWS, NULL);
