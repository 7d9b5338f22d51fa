#include "server/admission/preflight.h"

#include <criterion/criterion.h>

#include "tests/support/preflight_kit.h"

static const char *quota_with(struct arena *arena, const char *scopes)
{
	return arena_printf(arena,
		"apiVersion: v1\n"
		"kind: ResourceQuota\n"
		"metadata: {name: team, namespace: team}\n"
		"spec: {hard: {pods: 1}, %s}\n",
		scopes)
		.at;
}

Test(preflight, a_quota_counts_the_pods_that_its_scopes_fit)
{
	static const struct {
		const char *scopes;
		const char *pod, *container;
		bool over; /* of two pods one is allowed */
	} CASES[] = {
		{"scopes: []", "", SIZED, true},
		{"scopes: [BestEffort]", "", SIZED, false},
		{"scopes: [BestEffort]", "", "", false},
		{"scopes: [NotBestEffort]", "", SIZED, true},
		{"scopes: [NotBestEffort]", "", "", false},
		{"scopes: [NotTerminating]", "", SIZED, true},
		{"scopes: [NotTerminating]", "activeDeadlineSeconds: 60, ", SIZED, false},
		{"scopes: [Terminating]", "activeDeadlineSeconds: 60, ", SIZED, false},
		{"scopes: [CrossNamespacePodAffinity]", "", SIZED, false},
		{"scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
		 "NotIn, values: [high]}]}",
			"", SIZED, true},
		{"scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
		 "NotIn, values: [high]}]}",
			"priorityClassName: high, ", SIZED, false},
		{"scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
		 "DoesNotExist}]}",
			"", SIZED, true},
		{"scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
		 "DoesNotExist}]}",
			"priorityClassName: high, ", SIZED, false},
		{"scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: "
		 "Exists}]}",
			"priorityClassName: high, ", SIZED, false},
		{"scopes: [NotTerminating, BestEffort]", "", SIZED, false},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct heard heard = preflight_kit_hear(quota_with(&arena, CASES[i].scopes),
			CASES[i].pod, CASES[i].container, "RG1721");

		cr_expect_eq(heard.warnings, CASES[i].over, "case %zu: %s", i, CASES[i].scopes);
	}
	arena_done(&arena);
}

Test(preflight, containers_of_a_pod_with_resources_of_its_own_need_none)
{
	static const char QUOTA[] = "apiVersion: v1\n"
				    "kind: ResourceQuota\n"
				    "metadata: {name: team, namespace: team}\n"
				    "spec: {hard: {limits.cpu: 100}}\n";

	cr_expect_eq(preflight_kit_hear(QUOTA, "", "", "RG1723").warnings, 1u);
	cr_expect_eq(preflight_kit_hear(QUOTA, "", SIZED, "RG1723").warnings, 0u);
	cr_expect_eq(
		preflight_kit_hear(QUOTA, "resources: {limits: {cpu: 1}}, ", "", "RG1723").warnings,
		0u);
}

/* What an update of the number of workers is told under a quota of pods; the head is one more. */
Test(preflight, the_pods_of_the_cluster_itself_count_once)
{
	static const struct {
		const char *name;
		int hard, used, old_replicas, replicas;
		bool over;
	} CASES[] = {
		{"its own pods make room for it", 4, 3, 2, 3, false},
		{"one too many", 4, 3, 2, 4, true},
		{"others hold the rest", 4, 4, 2, 3, true},
		{"over already, and no more", 4, 9, 2, 2, false},
		{"over already, and more", 4, 9, 2, 3, true},
		{"its pods are not all there yet", 4, 1, 2, 3, false},
	};
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct facts *facts =
			facts_kit_read(arena_printf(&arena,
					       "apiVersion: v1\n"
					       "kind: ResourceQuota\n"
					       "metadata: {name: team, namespace: team}\n"
					       "status: {hard: {pods: %d}, used: {pods: %d}}\n",
					       CASES[i].hard, CASES[i].used),
				NULL);
		const struct verdict_case it = {
			.object = preflight_kit_object(&arena, "", SIZED, CASES[i].replicas),
			.old = preflight_kit_object(&arena, "", SIZED, CASES[i].old_replicas),
			.policy = policy,
			.facts = facts,
		};

		cr_expect_eq(preflight_kit_listen(&arena, &it, "RG1721").warnings, CASES[i].over,
			"%s", CASES[i].name);
		facts_free(&facts);
	}
	policy_free(&policy);
	arena_done(&arena);
}
