/* ray.io/v1alpha1 lacks fields of ray.io/v1: they are as unknown as to an API server. */
#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "tests/support/verdict.h"

#define OBJECT(kind, version)                                                                      \
	"apiVersion: ray.io/" version "\n"                                                         \
	"kind: " kind "\n"                                                                         \
	"metadata: {name: example}\n"
#define CLUSTER(fields, head, group)                                                               \
	"{rayVersion: 2.56.0, headGroupSpec: {" head ","                                           \
	" template: {spec: {containers: [{name: head, image: ray}]}}},"                            \
	" workerGroupSpecs: [{groupName: w, replicas: 1, minReplicas: 1, maxReplicas: 1, " group   \
	", template: {spec: {containers: [{name: w, image: ray}]}}}], " fields "}"
#define PARAMS "rayStartParams: {}"
#define OF(version, fields, head, group)                                                           \
	OBJECT("RayCluster", version) "spec: " CLUSTER(fields, head, group)
#define JOB(version, fields)                                                                       \
	OBJECT("RayJob", version)                                                                  \
	"spec: {" fields ", rayClusterSpec: " CLUSTER("", PARAMS, PARAMS) "}"
#define SERVICE(version, fields)                                                                   \
	OBJECT("RayService", version)                                                              \
	"spec: {" fields ", rayClusterConfig: " CLUSTER("", PARAMS, PARAMS) "}"

/* As `check` does, with the defaults. */
static void judge(const char *manifest, struct findings *findings, struct arena *arena)
{
	struct policy *policy = policy_empty();
	const struct verdict_case it = {
		.object = str_from(manifest), .policy = policy, .defaults = true};

	verdict_judge(arena, &it, findings);
	policy_free(&policy);
}

static size_t errors_of(const char *rule, const char *manifest)
{
	struct findings findings;
	struct arena arena;
	size_t count = 0;

	arena_init(&arena, 65536);
	judge(manifest, &findings, &arena);
	for (size_t i = 0; i < findings.errors; i++)
		count += str_is(str_from(rule), findings.items[i].rule->id);
	arena_done(&arena);
	return count;
}

Test(older_version, what_only_the_current_one_has_is_an_unknown_field)
{
	static const struct {
		const char *manifest;
		size_t unknown;
	} CASES[] = {
		{OF("v1", "authOptions: {mode: token}", "labels: {a: b}", "numOfHosts: 2"), 0},
		{OF("v1alpha1", "suspend: false", PARAMS, PARAMS), 0},
		{OF("v1alpha1", "authOptions: {mode: token}", PARAMS, PARAMS), 1},
		{OF("v1alpha1", "autoscalerOptions: {version: v2}", PARAMS, PARAMS), 1},
		{OF("v1alpha1", "", "labels: {a: b}, " PARAMS, PARAMS), 1},
		{OF("v1alpha1", "", PARAMS, "numOfHosts: 1, " PARAMS), 1},
		{OF("v1alpha1", "\"auth\\u004fptions\": null", PARAMS, PARAMS), 1},
		{JOB("v1", "entrypoint: e, backoffLimit: 2, submissionMode: HTTPMode"), 0},
		{JOB("v1alpha1", "entrypoint: e, backoffLimit: 2, submissionMode: HTTPMode"), 2},
		{SERVICE("v1", "suspend: false"), 0},
		{SERVICE("v1alpha1", "suspend: false, serveConfigV2: ''"), 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			errors_of("RG0102", CASES[i].manifest), CASES[i].unknown, "case %zu", i);
}

Test(older_version, what_only_the_older_one_asks_for_is_required_in_it)
{
	static const struct {
		const char *manifest;
		size_t missing;
	} CASES[] = {
		{OF("v1", "", "enableIngress: false", "scaleStrategy: {}"), 0},
		{OF("v1alpha1", "", PARAMS, PARAMS), 0},
		{OF("v1alpha1", "", "enableIngress: false", "scaleStrategy: {}"), 2},
		{JOB("v1", "submissionMode: InteractiveMode"), 0},
		{JOB("v1alpha1", "suspend: false"), 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			errors_of("RG0103", CASES[i].manifest), CASES[i].missing, "case %zu", i);
}

/* What is dropped is not judged: here a word that is none, and no hosts. */
Test(older_version, what_it_drops_is_not_there)
{
	static const char *const MANIFEST =
		OF("v1alpha1", "authOptions: {mode: what}", PARAMS, "numOfHosts: 0, " PARAMS);
	CLEANUP(buf_done) struct buf text = {0};
	struct findings findings;
	struct arena arena;

	arena_init(&arena, 65536);
	judge(MANIFEST, &findings, &arena);
	verdict_print(&findings, &text);
	cr_expect_eq(findings.errors, 2, "%s", buf_str(&text).at);
	cr_expect_eq(errors_of("RG0102", MANIFEST), 2);
	arena_done(&arena);
}

/* `check` says so with the defaults that the gate adds: none of them is unknown. */
Test(older_version, no_default_is_a_field_that_it_lacks)
{
	cr_expect_eq(errors_of("RG0102", OF("v1alpha1", "suspend: false", PARAMS, PARAMS)), 0);
}
