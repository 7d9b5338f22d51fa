#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define CLUSTER(groups)                                                                            \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {containers: [{name: h, image: ray}]}}}, workerGroupSpecs: [" groups    \
	"]}}"
#define GROUP(name, members)                                                                       \
	"{groupName: " name ", " members "template: {spec: {containers: [{name: w, image: "        \
	"ray}]}}},"

/* As many as an int32 holds are counted, one more is not. */
Test(workers, all_pods_together_fit_an_int32)
{
	static const struct {
		const char *groups;
		enum field_severity grade;
	} CASES[] = {
		{GROUP("a", "replicas: 2147483647, "), FIELD_SEVERITY_OFF},
		{GROUP("a", "replicas: 1073741823, numOfHosts: 2, "), FIELD_SEVERITY_OFF},
		{GROUP("a", "replicas: 1073741824, numOfHosts: 2, "), FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 2147483646, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_OFF},
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 2147483647, suspend: true, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_OFF},
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 1, suspend: true, "),
			FIELD_SEVERITY_OFF},
		{GROUP("a", "minReplicas: 2147483646, ") GROUP("b", "minReplicas: 1, "),
			FIELD_SEVERITY_OFF},
		{GROUP("a", "minReplicas: 2147483647, ") GROUP("b", "minReplicas: 1, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 2147483647, maxReplicas: 5, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char text[4096];

		snprintf(text, sizeof(text), CLUSTER("%s"), CASES[i].groups);
		cr_expect_eq(
			verdict_grade("RG0306", "%s", text), CASES[i].grade, "%s", CASES[i].groups);
	}
}

/* What was too many stays a warning while each number that makes it up is as it was. */
Test(workers, too_many_pods_are_old_while_no_group_changes)
{
	static const char OLD[] = CLUSTER(GROUP("a", "replicas: 2147483647, ")
			GROUP("b", "replicas: 2, ") GROUP("c", "replicas: 3, "));
	static const struct {
		const char *now;
		enum field_severity grade;
	} CASES[] = {
		{CLUSTER(GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 2, ")
				 GROUP("c", "replicas: 4, ")),
			FIELD_SEVERITY_WARN},
		{CLUSTER(GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 3, ")
				 GROUP("c", "replicas: 3, ")),
			FIELD_SEVERITY_ERROR},
		{CLUSTER(GROUP("a", "replicas: 2147483646, ") GROUP("b", "replicas: 2, ")
				 GROUP("c", "replicas: 3, ")),
			FIELD_SEVERITY_ERROR},
		{CLUSTER(GROUP("a", "replicas: 2147483647, ") GROUP(
			 "b", "replicas: 2, numOfHosts: 2, ") GROUP("c", "replicas: 3, ")),
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade_update("RG0306", OLD, CASES[i].now), CASES[i].grade,
			"case %zu", i);
}
