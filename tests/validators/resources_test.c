#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

static enum field_severity judge(const char *resources, const char *rule)
{
	char members[512];

	snprintf(members, sizeof(members), "\"image\":\"rayproject/ray:2.52.0\",\"resources\":{%s}",
		resources);
	return rules_kit_grade(&(struct rules_example){.container = members}, rule);
}

Test(resources, bounds_are_where_kubernetes_and_ray_have_them)
{
	static const struct {
		const char *resources, *rule;
		enum field_severity grade;
	} CASES[] = {
		{"\"limits\":{\"memory\":\"1Gi\"},\"requests\":{\"memory\":1073741824}", "RG0501",
			FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":\"1Gi\"},\"requests\":{\"memory\":1073741825}", "RG0501",
			FIELD_SEVERITY_ERROR},
		{"\"requests\":{\"memory\":\"9Ti\"}", "RG0501", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":\"1Mi\"}", "RG0506", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":1048575}", "RG0506", FIELD_SEVERITY_ERROR},
		{"\"limits\":{\"memory\":\"4294967296000m\"}", "RG0506", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":0}", "RG0506", FIELD_SEVERITY_OFF},
		{"\"requests\":{\"memory\":\"512m\"}", "RG0506", FIELD_SEVERITY_WARN},
		{"\"limits\":{\"cpu\":\"999999m\"}", "RG0507", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"cpu\":\"1e3\"}", "RG0507", FIELD_SEVERITY_WARN},
		{"\"limits\":{\"cpu\":\"1e30\"}", "RG0507", FIELD_SEVERITY_WARN},
		{"\"limits\":{\"cpu\":\"1e30\"}", "RG0512", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":\"1G\"}", "RG0514", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"memory\":999999999}", "RG0514", FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(judge(CASES[i].resources, CASES[i].rule), CASES[i].grade, "%s %s",
			CASES[i].rule, CASES[i].resources);
}

Test(resources, names_are_kubernetes_own_or_have_a_domain)
{
	static const struct {
		const char *name;
		enum field_severity grade;
	} CASES[] = {
		{"cpu", FIELD_SEVERITY_OFF},
		{"ephemeral-storage", FIELD_SEVERITY_OFF},
		{"hugepages-1Gi", FIELD_SEVERITY_OFF},
		{"nvidia.com/gpu", FIELD_SEVERITY_OFF},
		{"nvidia.com/mig-1g.5gb", FIELD_SEVERITY_OFF},
		{"nvidia.com/gpu.shared", FIELD_SEVERITY_OFF},
		{"aws.amazon.com/neuroncore", FIELD_SEVERITY_OFF},
		{"example.com/My_Device", FIELD_SEVERITY_OFF},
		{"nvidia.com/gpus", FIELD_SEVERITY_WARN},
		{"nvidia.com/GPU", FIELD_SEVERITY_WARN},
		{"gpu", FIELD_SEVERITY_ERROR},
		{"CPU", FIELD_SEVERITY_ERROR},
		{"storage", FIELD_SEVERITY_ERROR},
		{"pods", FIELD_SEVERITY_ERROR},
		{"a/b/c", FIELD_SEVERITY_ERROR},
		{"", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char resources[128];

		snprintf(resources, sizeof(resources), "\"limits\":{\"%s\":1}", CASES[i].name);
		cr_assert_eq(judge(resources, "RG0502"), CASES[i].grade, "%s", CASES[i].name);
	}
}

Test(resources, devices_are_whole_and_limited_as_requested)
{
	static const struct {
		const char *resources;
		enum field_severity grade;
	} CASES[] = {
		{"\"limits\":{\"nvidia.com/gpu\":1}", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"nvidia.com/gpu\":2},\"requests\":{\"nvidia.com/gpu\":2}",
			FIELD_SEVERITY_OFF},
		{"\"limits\":{\"nvidia.com/gpu\":2},\"requests\":{\"nvidia.com/gpu\":1}",
			FIELD_SEVERITY_ERROR},
		{"\"requests\":{\"nvidia.com/gpu\":1}", FIELD_SEVERITY_ERROR},
		{"\"requests\":{\"ephemeral-storage\":\"1Gi\"}", FIELD_SEVERITY_OFF},
		{"\"requests\":{\"batch.kubernetes.io/x\":\"0.5\"}", FIELD_SEVERITY_OFF},
		{"\"limits\":{\"cpu\":1,\"hugepages-2Mi\":\"4Mi\"},\"requests\":{\"hugepages-2Mi\":"
		 "\"2Mi\"}",
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(judge(CASES[i].resources, "RG0503"), CASES[i].grade, "%s",
			CASES[i].resources);
}

#define WITH_POD                                                                                   \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {%s, containers: [{name: h, image: ray}]}}}}}"

/* What a pod asks for as a whole is judged like what a container asks for. */
Test(resources, those_of_a_whole_pod_are_judged)
{
	static const struct {
		const char *rule, *members;
		enum field_severity grade;
	} CASES[] = {
		{"RG0501", "resources: {requests: {memory: 2Gi}, limits: {memory: 1Gi}}",
			FIELD_SEVERITY_ERROR},
		{"RG0501", "resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}",
			FIELD_SEVERITY_OFF},
		{"RG0503", "resources: {requests: {hugepages-2Mi: 2Mi, cpu: 1}}",
			FIELD_SEVERITY_ERROR},
		{"RG0504", "resources: {limits: {hugepages-2Mi: 2Mi}}", FIELD_SEVERITY_ERROR},
		{"RG0504", "resources: {limits: {hugepages-2Mi: 1Mi, cpu: 1}}",
			FIELD_SEVERITY_ERROR},
		{"RG0504", "resources: {limits: {hugepages-2Mi: 2Mi, cpu: 1}}", FIELD_SEVERITY_OFF},
		{"RG0517", "overhead: {cpu: 1}", FIELD_SEVERITY_ERROR},
		{"RG0517", "overhead: {cpu: 1}, runtimeClassName: kata", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_POD, CASES[i].members),
			CASES[i].grade, "%s: %s", CASES[i].rule, CASES[i].members);
}
