#include "server/admission/preflight.h"

#include <criterion/criterion.h>

#include "tests/support/preflight_kit.h"

static const char NODES[] = "apiVersion: v1\n"
			    "kind: Node\n"
			    "metadata: {name: n1, labels: {zone: a, cores: '8'}}\n"
			    "spec: {taints: [{key: team, value: ml, effect: NoSchedule}]}\n"
			    "status: {allocatable: {cpu: 8, memory: 16Gi}}\n"
			    "---\n"
			    "apiVersion: v1\n"
			    "kind: Node\n"
			    "metadata: {name: n2, labels: {zone: b}}\n"
			    "spec: {taints: [{key: soft, effect: PreferNoSchedule}]}\n"
			    "status: {allocatable: {cpu: 1500m, memory: 16Gi}}\n";

#define TERM(text)                                                                                 \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "               \
	"{nodeSelectorTerms: [" text "]}}}, tolerations: [{operator: Exists}], "

Test(preflight, a_pod_goes_to_a_node_that_it_selects_and_tolerates_and_fits)
{
	/* The worker asks for 2 CPU and so fits n1 alone. */
	static const struct {
		const char *pod;
		bool held;
	} CASES[] = {
		{"", false},
		{"tolerations: [{operator: Exists}], ", true},
		{"tolerations: [{key: team, operator: Exists}], ", true},
		{"tolerations: [{key: team, value: ml}], ", true},
		{"tolerations: [{key: team, operator: Equal, value: ml, effect: NoSchedule}], ",
			true},
		{"tolerations: [{key: team, value: other}], ", false},
		{"tolerations: [{key: team, operator: Exists, effect: NoExecute}], ", false},
		{"tolerations: [{operator: Exists}], nodeSelector: {zone: a}, ", true},
		{"tolerations: [{operator: Exists}], nodeSelector: {zone: b}, ", false},
		{"tolerations: [{operator: Exists}], nodeSelector: {zone: a, other: x}, ", false},
		{"tolerations: [{operator: Exists}], nodeName: n1, ", true},
		{"tolerations: [{operator: Exists}], nodeName: n3, ", false},
		{TERM("{matchExpressions: [{key: zone, operator: In, values: [a, c]}]}"), true},
		{TERM("{matchExpressions: [{key: zone, operator: In, values: [c]}]}"), false},
		{TERM("{matchExpressions: [{key: zone, operator: NotIn, values: [b]}]}"), true},
		{TERM("{matchExpressions: [{key: zone, operator: NotIn, values: [a]}]}"), false},
		{TERM("{matchExpressions: [{key: none, operator: NotIn, values: [a]}]}"), true},
		{TERM("{matchExpressions: [{key: zone, operator: Exists}]}"), true},
		{TERM("{matchExpressions: [{key: none, operator: Exists}]}"), false},
		{TERM("{matchExpressions: [{key: none, operator: DoesNotExist}]}"), true},
		{TERM("{matchExpressions: [{key: zone, operator: DoesNotExist}]}"), false},
		{TERM("{matchExpressions: [{key: cores, operator: Gt, values: ['7']}]}"), true},
		{TERM("{matchExpressions: [{key: cores, operator: Gt, values: ['8']}]}"), false},
		{TERM("{matchExpressions: [{key: cores, operator: Lt, values: ['9']}]}"), true},
		{TERM("{matchExpressions: [{key: zone, operator: Lt, values: ['9']}]}"), false},
		{TERM("{matchFields: [{key: metadata.name, operator: In, values: [n1]}]}"), true},
		{TERM("{matchFields: [{key: metadata.name, operator: NotIn, values: [n1]}]}"),
			false},
		{TERM("{matchExpressions: [{key: zone, operator: In, values: [a]}, {key: cores, "
		      "operator: DoesNotExist}]}"),
			false},
		{TERM("{matchExpressions: [{key: zone, operator: In, values: [c]}]}, "
		      "{matchExpressions: [{key: zone, operator: In, values: [a]}]}"),
			true},
		{TERM("{}"), false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct heard heard = preflight_kit_hear(NODES, CASES[i].pod, SIZED, "RG1731");

		cr_expect_eq(heard.warnings, !CASES[i].held, "case %zu: %s", i, CASES[i].pod);
	}
}

Test(preflight, a_cordoned_node_holds_nothing_new)
{
	static const char CLUSTER[] = "apiVersion: v1\n"
				      "kind: Node\n"
				      "metadata: {name: n1}\n"
				      "spec: {unschedulable: true}\n"
				      "status: {allocatable: {cpu: 8, memory: 16Gi}}\n";
	struct policy *policy = policy_empty();
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	struct findings findings;
	struct arena arena;

	arena_init(&arena, 65536);
	const struct verdict_case it = {.object = preflight_kit_object(&arena, "", SIZED, 1),
		.policy = policy,
		.facts = facts};

	verdict_judge(&arena, &it, &findings);
	/* The head's pod and the worker's. */
	cr_assert_eq(findings.count, 2u);
	cr_expect(str_contains(findings.items[0].error->message, "of 1: 1 cordoned"), "%.*s",
		STR_ARG(findings.items[0].error->message));
	facts_free(&facts);
	policy_free(&policy);
	arena_done(&arena);
}

/* What is said of two workers' pods in a cluster of one small node, by a policy with these nodes.
 */
static void expect_with_nodes(const char *nodes, const char *pod, const char *words)
{
	static const char CLUSTER[] = "apiVersion: v1\n"
				      "kind: Node\n"
				      "metadata: {name: n1}\n"
				      "status: {allocatable: {cpu: 1, memory: 8Gi}}\n";
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	struct findings findings;
	struct field_errors errors;
	struct arena arena;
	struct err err = {0};

	arena_init(&arena, 65536);
	field_errors_init(&errors, &arena, NULL);
	struct policy *policy = policy_decode(
		arena_printf(
			&arena, "apiVersion: raygate.dev/v1\nkind: Policy\nnodes: [%s]\n", nodes),
		"test", &errors, &err);

	cr_assert(policy, "%s: %s", nodes, err.text);
	const struct verdict_case it = {.object = preflight_kit_object(&arena, pod, SIZED, 2),
		.policy = policy,
		.facts = facts};

	verdict_judge(&arena, &it, &findings);
	cr_expect_eq(findings.count, words ? 1u : 0u, "%s %s", nodes, pod);
	if (words && findings.count)
		cr_expect(str_contains(findings.items[0].error->message, words), "%.*s",
			STR_ARG(findings.items[0].error->message));
	facts_free(&facts);
	policy_free(&policy);
	arena_done(&arena);
}

Test(preflight, a_node_of_the_policy_holds_a_pod_as_one_that_is_there)
{
	static const struct {
		const char *nodes, *pod, *words; /* NULL: it is held */
	} CASES[] = {
		{"", "", "of 1: 1 too small (n1 has 1 of the 2 cpu)"},
		{"{name: big, allocatable: {cpu: 8, memory: 16Gi}}", "", NULL},
		{"{name: small, allocatable: {cpu: 1500m, memory: 16Gi}}", "",
			"of 1 and 1 of the policy: 2 too small (small has 1500m of the 2 cpu)"},
		{"{name: none, allocatable: {cpu: 8}}", "", "too small"},
		{"{name: a, allocatable: {cpu: 8, memory: 16Gi}, labels: {pool: a}}",
			"nodeSelector: {pool: a}, ", NULL},
		{"{name: a, allocatable: {cpu: 8, memory: 16Gi}, labels: {pool: a}}",
			"nodeSelector: {pool: b}, ", "2 not selected"},
		{"{name: a, allocatable: {cpu: 8, memory: 16Gi}, taints: [{key: gpu, effect: "
		 "NoSchedule}]}",
			"", "1 with taints"},
		{"{name: a, allocatable: {cpu: 8, memory: 16Gi}, taints: [{key: gpu, effect: "
		 "NoSchedule}]}",
			"tolerations: [{key: gpu, operator: Exists}], ", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		expect_with_nodes(CASES[i].nodes, CASES[i].pod, CASES[i].words);
}
