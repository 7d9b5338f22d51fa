#include "api/policy.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/review.h"

#define HEAD "apiVersion: raygate.dev/v1\nkind: Policy\n"

/* A wrong policy, where that is, and what is said. */
static const struct {
	const char *text, *place, *words;
} WRONG[] = {
	{"", NULL, "there is nothing in it"},
	{"- a\n", NULL, "a policy is a map"},
	{"a: [\n", "line 2, column 1", ""},
	{HEAD "---\n" HEAD, "line 4, column 1", "a second document"},
	{HEAD "kind: Policy\n", "line 3, column 1", "already"},
	{"apiVersion: raygate.dev/v2\nkind: Policy\n", "line 1, column 13", "raygate.dev/v1"},
	{"apiVersion: raygate.dev/v1\nkind: Policies\n", "line 2, column 7", "Policy"},
	{"kind: Policy\n", "line 1, column 1", "apiVersion: Required value"},
	{"apiVersion: raygate.dev/v1\n", "line 1, column 1", "kind: Required value"},
	{HEAD "enforcment: warn\n", "line 3", "did you mean \"enforcement\"?"},
	{HEAD "enforcement: maybe\n", "line 3, column 14", "enforcement: Unsupported value"},
	{HEAD "enforcement: 1\n", "line 3, column 14", "enforcement: Invalid value"},
	{HEAD "charge: later\n", "line 3, column 9", "charge: Unsupported value"},
	{HEAD "target:\n  controller: other\n", "line 4, column 15", "target.controller"},
	{HEAD "target:\n  featureGates: {A: 1}\n", "line 4, column 21", "target.featureGates[A]"},
	{HEAD "target:\n  version: 1.7\n", "line 4, column 12", "target.version"},
	{HEAD "defaults:\n  head:\n    requests: {cpu: much}\n", "line 5, column 21",
		"defaults.head.requests[cpu]"},
	{HEAD "defaults: {head: {requests: {cpu: -2}}}\n", "line 3, column 35",
		"defaults.head.requests[cpu]: Invalid value: -2: must be 0 or more"},
	{HEAD "defaults: {worker: {limits: {memory: -1Gi}}}\n", "line 3, column 38",
		"defaults.worker.limits[memory]"},
	{HEAD "defaults: {worker: {requests: {cpu: 2}, limits: {cpu: 1500m}}}\n",
		"line 3, column 37",
		"defaults.worker.requests[cpu]: Invalid value: 2: must be at most"},
	{HEAD "defaults:\n  workers: {}\n", "line 4", "did you mean \"worker\"?"},
	{HEAD "defaults: 3\n", "line 3, column 11", "defaults: Invalid value"},
	{HEAD "limits:\n  pod: {cpus: 1}\n", "line 4, column 15", "limits.pod[cpus]"},
	{HEAD "limits:\n  cluster: {pods: x}\n", "line 4, column 19", "limits.cluster[pods]"},
	{HEAD "quotas: 3\n", "line 3, column 9", "quotas: Invalid value: 3: must be a map"},
	{HEAD "quotas:\n  a: {requests.cpu: x}\n", "line 4, column 21", "quotas[a][requests.cpu]"},
	{HEAD "quotas: {a: {cpu: -1}}\n", "line 3, column 19", "quotas[a][cpu]: Invalid value: -1"},
	{HEAD "limits: {pod: {limits.memory: -1}}\n", "line 3, column 31", "must be 0 or more"},
	{HEAD "quotas:\n  a: {gpu: 1}\n", "line 4, column 12", "unknown amount"},
	{HEAD "quotas: {\"team-*\": {pods: 1}}\n", "line 3, column 20",
		"must be one namespace: name each, or write \"*\" for all that are not named"},
	{HEAD "quotas: {Ray_x: {pods: 1}}\n", "line 3", "; did you mean \"ray-x\"?"},
	{HEAD "quotas: {\"\": {pods: 1}}\n", "line 3", "must be a namespace, or \"*\""},
	{HEAD "quotas: {a.b: {pods: 1}}\n", "line 3", "quotas[a.b]: Invalid value: \"a.b\""},
	{HEAD "quotas: {a: {cpu: 1, requests.cpu: 2}}\n", "line 3, column 19",
		"is short for requests.cpu, which is there, too: remove one"},
	{HEAD "limits: {pod: {requests.memory: 1, memory: 2}}\n", "line 3, column 44",
		"is short for requests.memory"},
	{HEAD "quotas: {a: {count/rayclusters: \"1.5\"}}\n", "line 3, column 33",
		"must be a whole number"},
	{HEAD "limits: {group: {pods: 500m}}\n", "line 3, column 24", "must be a whole number"},
	{HEAD "profiles:\n- name: a\n  head:\n    env: [{name: A}, {name: B}, {name: A}]\n",
		"line 6, column 40",
		"profiles[0].head.env[2].name: Invalid value: \"A\": is there"},
	{HEAD "rules: [a]\n", "line 3, column 8", "rules: Invalid value"},
	{HEAD "rules: {RG0101: fatal}\n", "line 3, column 17", "must be error, warn or off"},
	{HEAD "nodes: [{name: a}]\n", "line 3, column 9", "nodes[0].allocatable: Required value"},
	{HEAD "nodes: [{allocatable: {}}]\n", "line 3, column 9", "nodes[0].name: Required value"},
	{HEAD "nodes: [{name: a, allocatable: {cpu: x}}]\n", "line 3, column 38",
		"nodes[0].allocatable[cpu]"},
	{HEAD "nodes: [{name: a, allocatable: {}, taints: [{key: k, effect: Never}]}]\n",
		"line 3, column 62", "nodes[0].taints[0].effect"},
	{HEAD "nodes: [{name: a, allocatable: {}}, {name: a, allocatable: {}}]\n",
		"line 3, column 44", "nodes[1].name: Duplicate value"},
	{HEAD "profiles: {}\n", "line 3, column 11", "profiles: Invalid value"},
	{HEAD "profiles:\n- namespace: a\n", "line 4", "did you mean \"namespaces\"?"},
	{HEAD "profiles:\n- head: {nodeSelector: {a: 1}}\n", "line 4, column 28",
		"nodeSelector[a]"},
	{HEAD "prices: {cpu: -1}\n", "line 3, column 15", "prices[cpu]"},
	{HEAD "prices: {cpu: \"1\"}\n", "line 3, column 15", "must be a number"},
	{HEAD "prices: [1]\n", "line 3, column 9", "prices: Invalid value"},
	{HEAD "charge: x\nenforcement: y\nprices: 1\n", "", "4 mistakes, the first: policy 'test'"},
};

Test(policy, what_is_wrong_is_told_with_its_place)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
		struct field_errors errors;
		struct err err = {0};

		field_errors_init(&errors, &arena, NULL);
		cr_expect_null(policy_decode(str_from(WRONG[i].text), "test", &errors, &err), "%s",
			WRONG[i].text);
		cr_expect(
			WRONG[i].place == NULL || str_contains(str_from(err.text), WRONG[i].place),
			"%s\nis said to be at\n%s", WRONG[i].text, err.text);
		cr_expect(str_contains(str_from(err.text), WRONG[i].words), "%s\nis told as\n%s",
			WRONG[i].text, err.text);
		arena_reset(&arena);
	}
	arena_done(&arena);
}

static enum field_severity severity_of(const struct policy *policy, const char *rule)
{
	enum field_severity severity = FIELD_SEVERITY_ERROR;

	cr_expect(policy_severity(policy, str_from(rule), &severity), "%s", rule);
	return severity;
}

/* `off` without quotes is false in YAML 1.1. */
Test(policy, a_rule_is_as_grave_as_it_says)
{
	struct policy *policy = review_policy(
		HEAD "rules: {RG0102: off, RG0101: \"off\", RG0304: warn, RG0103: error}\n");
	enum field_severity severity;

	cr_expect_eq(severity_of(policy, "RG0101"), FIELD_SEVERITY_OFF);
	cr_expect_eq(severity_of(policy, "RG0102"), FIELD_SEVERITY_OFF);
	cr_expect_eq(severity_of(policy, "RG0103"), FIELD_SEVERITY_ERROR);
	cr_expect_eq(severity_of(policy, "RG0304"), FIELD_SEVERITY_WARN);
	cr_expect_not(policy_severity(policy, STR("RG0305"), &severity));
	policy_free(&policy);
}

Test(policy, a_namespace_has_its_own_quota_or_that_of_all_others)
{
	struct policy *policy =
		review_policy(HEAD "quotas: {a: {cpu: 1}, \"*\": {limits.memory: 2Gi, pods: 3}}\n");
	const struct policy_quota *const own = policy_quota(policy, STR("a"));
	const struct policy_quota *const other = policy_quota(policy, STR("b"));

	cr_assert(own && other && own != other);
	cr_expect_not_null(policy_amount(&own->hard, "requests.cpu"), "cpu is short for it");
	cr_expect_null(policy_amount(&own->hard, "cpu"));
	cr_expect_null(policy_amount(&own->hard, "pods"));
	cr_expect_not_null(policy_amount(&other->hard, "limits.memory"));
	cr_expect_eq(quantity_cmp(policy_amount(&other->hard, "pods")->hard, quantity_whole(3)), 0);
	policy_free(&policy);
	policy = review_policy(HEAD "quotas: {a: {cpu: 1}}\n");
	cr_expect_null(policy_quota(policy, STR("b")), "it is unlimited");
	policy_free(&policy);
}

Test(policy, a_gate_is_on_off_or_not_said)
{
	struct policy *policy = review_policy(HEAD "target: {featureGates: {A: true, B: false}}\n");

	cr_expect_eq(policy_gate(policy, "A"), POLICY_GATE_ON);
	cr_expect_eq(policy_gate(policy, "B"), POLICY_GATE_OFF);
	cr_expect_eq(policy_gate(policy, "Other"), POLICY_GATE_UNSAID);
	policy_free(&policy);
}

Test(policy, without_a_word_rules_are_enforced_and_nothing_is_added)
{
	struct policy *const policies[] = {policy_empty(), review_policy(HEAD)};

	for (size_t i = 0; i < ARRAY_LEN(policies); i++) {
		struct policy *policy = policies[i];

		cr_expect_eq(policy->enforcement, POLICY_DENY);
		cr_expect_eq(policy->charge, POLICY_CHARGE_MAXIMUM);
		cr_expect_eq(policy->profile_count + policy->price_count + policy->quota_count, 0);
		cr_expect_eq(policy->head.requests.count + policy->worker.limits.count, 0);
		policy_free(&policy);
	}
}
