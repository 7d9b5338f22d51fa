#include "base/attr.h"
#include "tests/support/verdict.h"
#include "tests/support/verdict_grade.h"
#include <criterion/criterion.h>
#include <stdio.h>

#define WITH_LIMITS                                                                                \
	"apiVersion: cluster.ray.io/v1\n"                                                          \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headPodType: head\n"                                                                    \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n"                                                                            \
	"  - name: head\n"                                                                         \
	"    rayResources: {%s}\n"                                                                 \
	"    podConfig:\n"                                                                         \
	"      apiVersion: v1\n"                                                                   \
	"      kind: Pod\n"                                                                        \
	"      metadata: {generateName: head-}\n"                                                  \
	"      spec:\n"                                                                            \
	"        containers:\n"                                                                    \
	"        - name: ray-node\n"                                                               \
	"          image: rayproject/ray:1.13.0\n"                                                 \
	"          resources: {limits: {%s}}\n"

static void expect_told(const char *limits, const char *written)
{
	struct policy *policy = policy_empty();
	struct findings findings;
	struct arena arena;
	size_t told = 0;

	arena_init(&arena, 65536);
	const struct str end = arena_printf(&arena, ": write %s", written);
	const struct verdict_case it = {
		.object = arena_printf(&arena, WITH_LIMITS, "", limits), .policy = policy};

	verdict_judge(&arena, &it, &findings);
	for (size_t i = 0; i < findings.errors; i++)
		told += str_ends(findings.items[i].error->message, end.at);
	cr_expect_eq(told, 1u, "%s: %zu", limits, told);
	arena_done(&arena);
	policy_free(&policy);
}

Test(legacy_resources, a_limit_has_a_form_that_the_operator_reads)
{
	static const struct {
		const char *limits;
		enum field_severity grade;
	} CASES[] = {
		{"cpu: 1", FIELD_SEVERITY_OFF},
		{"cpu: '1'", FIELD_SEVERITY_OFF},
		{"cpu: 500m", FIELD_SEVERITY_OFF},
		{"cpu: 1001m", FIELD_SEVERITY_OFF},
		{"cpu: '0.5'", FIELD_SEVERITY_ERROR},
		{"cpu: 1k", FIELD_SEVERITY_ERROR},
		{"cpu: '1e3'", FIELD_SEVERITY_ERROR},
		{"cpu: 1u", FIELD_SEVERITY_ERROR},
		{"nvidia.com/gpu: 1", FIELD_SEVERITY_OFF},
		{"nvidia.com/gpu: '1k'", FIELD_SEVERITY_ERROR},
		{"memory: 1Gi", FIELD_SEVERITY_OFF},
		{"memory: 512Mi", FIELD_SEVERITY_OFF},
		{"memory: 1.5Gi", FIELD_SEVERITY_OFF},
		{"memory: 1G", FIELD_SEVERITY_OFF},
		{"memory: 1073741824", FIELD_SEVERITY_OFF},
		{"memory: '1073741824'", FIELD_SEVERITY_OFF},
		{"memory: 1000000k", FIELD_SEVERITY_ERROR},
		{"memory: '1e9'", FIELD_SEVERITY_ERROR},
		{"memory: 1Ei", FIELD_SEVERITY_ERROR},
		{"memory: 128974848000m", FIELD_SEVERITY_ERROR},
		{"memory: '.5Gi'", FIELD_SEVERITY_ERROR},
		{"ephemeral-storage: '1e9'", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1117", WITH_LIMITS, "", CASES[i].limits),
			CASES[i].grade, "%s", CASES[i].limits);
}

/* Whatever is refused of an amount: what the message says to write is taken as it is. */
Test(legacy_resources, what_is_to_be_written_is_told_in_one_round)
{
	static const struct {
		const char *limits, *name, *written;
	} CASES[] = {
		{"cpu: 0.5", "cpu", "500m"},
		{"cpu: 1.5", "cpu", "1500m"},
		{"cpu: '0.5'", "cpu", "500m"},
		{"cpu: '2.0'", "cpu", "2"},
		{"cpu: 1u", "cpu", "1m"},
		{"cpu: '1k'", "cpu", "1000"},
		{"nvidia.com/gpu: '1e1'", "nvidia.com/gpu", "10"},
		{"memory: '.5Gi'", "memory", "512Mi"},
		{"memory: '1e9'", "memory", "1000000000"},
		{"memory: 1000000k", "memory", "1000000000"},
		{"memory: 128974848000m", "memory", "123Mi"},
		{"memory: 1Ei", "memory", "1152921504606846976"},
	};
	static const char *const RULES[] = {"RG0106", "RG1117", "RG1121"};
	char again[100];

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		expect_told(CASES[i].limits, CASES[i].written);
		snprintf(again, sizeof(again), "%s: %s", CASES[i].name, CASES[i].written);
		for (size_t r = 0; r < ARRAY_LEN(RULES); r++)
			cr_expect_eq(verdict_grade(RULES[r], WITH_LIMITS, "", again),
				FIELD_SEVERITY_OFF, "%s %s", RULES[r], again);
	}
}

Test(legacy_resources, ray_resources_soften_what_could_not_be_read)
{
	cr_assert_eq(
		verdict_grade("RG1117", WITH_LIMITS, "CPU: 1", "cpu: '0.5'"), FIELD_SEVERITY_WARN);
}

Test(legacy_resources, ray_resources_are_whole_numbers)
{
	static const struct {
		const char *resources;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"CPU: 0", FIELD_SEVERITY_OFF},
		{"CPU: 2.0", FIELD_SEVERITY_OFF},
		{"CPU: 0.5", FIELD_SEVERITY_ERROR},
		{"CPU: -1", FIELD_SEVERITY_ERROR},
		{"CPU: '1'", FIELD_SEVERITY_ERROR},
		{"CPU: true", FIELD_SEVERITY_ERROR},
		{"CPU: [1]", FIELD_SEVERITY_ERROR},
		{"CPU: 1e30", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1119", WITH_LIMITS, CASES[i].resources,
				     "cpu: 1, memory: 1Gi"),
			CASES[i].grade, "%s", CASES[i].resources);
}

Test(legacy_resources, memory_is_needed_unless_ray_resources_give_it)
{
	cr_assert_eq(verdict_grade("RG1115", WITH_LIMITS, "", "cpu: 1"), FIELD_SEVERITY_ERROR);
	cr_assert_eq(verdict_grade("RG1115", WITH_LIMITS, "", ""), FIELD_SEVERITY_ERROR);
	cr_assert_eq(verdict_grade("RG1115", WITH_LIMITS, "", "memory: 0"), FIELD_SEVERITY_ERROR);
	cr_assert_eq(verdict_grade("RG1115", WITH_LIMITS, "memory: 1073741824", "cpu: 1"),
		FIELD_SEVERITY_OFF);
}

Test(legacy_resources, two_gpus_are_two_by_their_names)
{
	static const struct {
		const char *limits;
		enum field_severity grade;
	} CASES[] = {
		{"nvidia.com/gpu: 1", FIELD_SEVERITY_OFF},
		{"nvidia.com/gpu: 1, amd.com/GPU: 1", FIELD_SEVERITY_ERROR},
		{"nvidia.com/gpu: 1, google.com/tpu: 4", FIELD_SEVERITY_OFF},
		{"cpu: 1, example.com/vcpu: 1", FIELD_SEVERITY_ERROR},
		{"memory: 1Gi, hugepages-2Mi: 1Gi", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1118", WITH_LIMITS, "", CASES[i].limits),
			CASES[i].grade, "%s", CASES[i].limits);
}

static size_t findings_of_operator(enum policy_controller controller, const char *limits)
{
	static const char *const RULES[] = {"RG1115", "RG1117", "RG1118", "RG1121"};
	struct policy *policy = policy_empty();
	struct findings findings;
	struct arena arena;
	size_t count = 0;

	policy->target.controller = controller;
	arena_init(&arena, 65536);
	const struct verdict_case it = {
		.object = arena_printf(&arena, WITH_LIMITS, "", limits), .policy = policy};

	verdict_judge(&arena, &it, &findings);
	for (size_t i = 0; i < findings.errors + findings.warnings; i++) {
		for (size_t rule = 0; rule < ARRAY_LEN(RULES); rule++)
			count += str_is(str_from(findings.items[i].rule->id), RULES[rule]);
	}
	arena_done(&arena);
	policy_free(&policy);
	return count;
}

Test(legacy_resources, what_the_operator_cannot_read_our_controller_can)
{
	static const char *const LIMITS[] = {"cpu: 1", "cpu: '0.5', memory: 1Gi",
		"cpu: 1, memory: 1G", "cpu: 1, memory: 1Gi, nvidia.com/gpu: 1, amd.com/gpu: 1"};

	for (size_t i = 0; i < ARRAY_LEN(LIMITS); i++) {
		cr_expect_eq(findings_of_operator(POLICY_CONTROLLER_KUBERAY, LIMITS[i]), 1u, "%s",
			LIMITS[i]);
		cr_expect_eq(findings_of_operator(POLICY_CONTROLLER_RAYGATE, LIMITS[i]), 0u, "%s",
			LIMITS[i]);
	}
}

Test(legacy_resources, a_limit_that_nobody_can_read_is_not_missing)
{
	static const struct {
		const char *limits;
		const char *rule;
		enum field_severity grade;
	} CASES[] = {
		{"cpu: 1", "RG1115", FIELD_SEVERITY_ERROR},
		{"cpu: 1, memory: null", "RG1115", FIELD_SEVERITY_ERROR},
		{"cpu: 1, memory: 1GB", "RG1115", FIELD_SEVERITY_OFF},
		{"cpu: 1, memory: 1.5", "RG1115", FIELD_SEVERITY_OFF},
		{"memory: 1Gi", "RG1116", FIELD_SEVERITY_WARN},
		{"cpu: one, memory: 1Gi", "RG1116", FIELD_SEVERITY_OFF},
		{"cpu: 0.5, memory: 1Gi", "RG1116", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_LIMITS, "", CASES[i].limits),
			CASES[i].grade, "%s: %s", CASES[i].rule, CASES[i].limits);
}
