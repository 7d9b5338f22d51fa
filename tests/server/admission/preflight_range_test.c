#include "server/admission/preflight.h"

#include <criterion/criterion.h>

#include "tests/support/preflight_kit.h"

/* The legacy operator's bound over all podTypes holds for what LimitRanges make of them, too. */
Test(preflight, a_completed_legacy_cluster_is_bounded_by_its_max_workers)
{
	static const char CLUSTER[] = "apiVersion: v1\n"
				      "kind: LimitRange\n"
				      "metadata: {name: a, namespace: team}\n"
				      "spec: {limits: [{type: Container, default: {cpu: 2}}]}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: ResourceQuota\n"
				      "metadata: {name: team, namespace: team}\n"
				      "spec: {hard: {requests.cpu: %d}}\n";
	static const char OBJECT[] =
		"apiVersion: cluster.ray.io/v1\n"
		"kind: RayCluster\n"
		"metadata: {name: demo, namespace: team}\n"
		"spec:\n"
		"  maxWorkers: 3\n"
		"  headPodType: head\n"
		"  podTypes:\n"
		"  - {name: head, podConfig: {apiVersion: v1, kind: Pod, spec: {containers: "
		"[{name: ray-node, image: 'rayproject/ray:1.12.0'}]}}}\n"
		"  - {name: worker, minWorkers: 0, maxWorkers: 9, podConfig: {apiVersion: v1, "
		"kind: Pod, spec: {containers: [{name: ray-node, image: "
		"'rayproject/ray:1.12.0'}]}}}\n";
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	/* The head and three workers of two CPUs each. */
	for (int hard = 7; hard <= 8; hard++) {
		struct facts *facts = facts_kit_read(arena_printf(&arena, CLUSTER, hard), NULL);
		const struct verdict_case it = {
			.object = str_from(OBJECT), .policy = policy, .facts = facts};

		cr_expect_eq(preflight_kit_listen(&arena, &it, "RG1722").warnings, hard == 7, "%d",
			hard);
		facts_free(&facts);
	}
	policy_free(&policy);
	arena_done(&arena);
}

Test(preflight, a_limit_range_completes_containers_before_they_are_judged)
{
	static const char RANGE[] =
		"apiVersion: v1\n"
		"kind: LimitRange\n"
		"metadata: {name: a, namespace: team}\n"
		"spec: {limits: [{type: Container, default: {cpu: 4}, defaultRequest: {cpu: 3}, "
		"max: {cpu: 6}, maxLimitRequestRatio: {cpu: 2}}]}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: LimitRange\n"
		"metadata: {name: b, namespace: team}\n"
		"spec: {limits: [{type: Container, default: {cpu: 9}}]}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: Node\n"
		"metadata: {name: n1}\n"
		"status: {allocatable: {cpu: 2, memory: 16Gi}}\n";
	static const struct {
		const char *name, *container, *rule;
		size_t warnings;
	} CASES[] = {
		{"the first default wins, and is allowed", "", "RG1711", 0},
		{"the default request counts for nodes", "", "RG1731", 1},
		{"a limit of its own is kept", "resources: {limits: {cpu: 7}}, ", "RG1711", 1},
		{"a small one fits the node", "resources: {limits: {cpu: 2}}, ", "RG1731", 0},
		{"a request above the default limit", "resources: {requests: {cpu: 5}}, ", "RG1711",
			1},
		{"a request of its own far below it", "resources: {requests: {cpu: 1}}, ", "RG1711",
			1},
		{"in the ratio", "resources: {requests: {cpu: 1}, limits: {cpu: 2}}, ", "RG1711",
			0},

		{"beyond the ratio", "resources: {requests: {cpu: 1}, limits: {cpu: 2100m}}, ",
			"RG1711", 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct heard heard =
			preflight_kit_hear(RANGE, "", CASES[i].container, CASES[i].rule);

		cr_expect_eq(heard.warnings, CASES[i].warnings, "%s: %zu", CASES[i].name,
			heard.warnings);
	}
}

Test(preflight, a_ratio_needs_a_request_and_a_limit)
{
	static const char RANGE[] =
		"apiVersion: v1\n"
		"kind: LimitRange\n"
		"metadata: {name: a, namespace: team}\n"
		"spec: {limits: [{type: Container, maxLimitRequestRatio: {cpu: 2}}]}\n";

	cr_expect_eq(preflight_kit_hear(RANGE, "", "", "RG1711").warnings, 1u);
	cr_expect_eq(preflight_kit_hear(RANGE, "", "resources: {requests: {cpu: 1}}, ", "RG1711")
			     .warnings,
		1u);
	cr_expect_eq(
		preflight_kit_hear(RANGE, "", "resources: {limits: {cpu: 1}}, ", "RG1711").warnings,
		0u);
}
