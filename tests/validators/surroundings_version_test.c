#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict.h"

#define OF(version, cluster, head, group)                                                          \
	"apiVersion: ray.io/" version "\n"                                                         \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  rayVersion: 2.56.0\n"                                                                   \
	"  headGroupSpec:\n"                                                                       \
	"    template: {spec: {containers: [{name: head, image: 'ray:2.56.0'}]}}\n"                \
	"    " head "\n"                                                                           \
	"  workerGroupSpecs:\n"                                                                    \
	"  - groupName: workers\n"                                                                 \
	"    template: {spec: {containers: [{name: worker, image: 'ray:2.56.0'}]}}\n"              \
	"    " group "\n"                                                                          \
	"  " cluster "\n"

static size_t findings_in(const char *manifest)
{
	struct policy *policy = policy_empty();
	struct findings findings;
	struct arena arena;
	size_t count = 0;

	arena_init(&arena, 65536);
	const struct verdict_case it = {.object = str_from(manifest), .policy = policy};

	verdict_judge(&arena, &it, &findings);
	for (size_t i = 0; i < findings.errors + findings.warnings; i++)
		count += str_is(str_from("RG1509"), findings.items[i].rule->id);
	arena_done(&arena);
	policy_free(&policy);
	return count;
}

Test(surroundings_version, the_old_version_drops_what_only_the_current_one_has)
{
	static const struct {
		const char *manifest;
		size_t count;
	} CASES[] = {
		{OF("v1", "authOptions: {mode: token}", "labels: {a: b}", "numOfHosts: 2"), 0},
		{OF("v1alpha1", "suspend: false", "rayStartParams: {}", "replicas: 1"), 1},
		{OF("v1alpha1", "authOptions: {mode: token}", "", ""), 2},
		{OF("v1alpha1", "autoscalerOptions: {version: v2}", "", ""), 2},
		{OF("v1alpha1", "", "labels: {a: b}", ""), 2},
		{OF("v1alpha1", "", "", "numOfHosts: 2"), 2},
		/* as it counts there, too */
		{OF("v1alpha1", "", "", "numOfHosts: 1"), 1},
		{OF("v1alpha1", "authOptions: null", "", ""), 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(findings_in(CASES[i].manifest), CASES[i].count, "case %zu", i);
}
