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

/* What was too many stays a warning while it does not become more. */
Test(workers, too_many_pods_are_old_while_they_do_not_become_more)
{
	static const struct {
		const char *old, *now;
		enum field_severity grade;
	} CASES[] = {
		/* Another group. */
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 2, "),
			GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_WARN},
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 2, "),
			GROUP("a", "replicas: 2147483646, ") GROUP("b", "replicas: 3, "),
			FIELD_SEVERITY_WARN},
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 2, "),
			GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 3, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 2, "),
			GROUP("a", "replicas: 2147483647, ")
				GROUP("b", "replicas: 2, numOfHosts: 2, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 2147483647, "),
			GROUP("a", "replicas: 2147483647, ") GROUP("b", "replicas: 1, "),
			FIELD_SEVERITY_ERROR},
		/* The least counts, whatever is wanted. */
		{GROUP("a", "replicas: 1, minReplicas: 1000000, numOfHosts: 3000, "),
			GROUP("a", "replicas: 0, minReplicas: 1000000, numOfHosts: 3000, "),
			FIELD_SEVERITY_WARN},
		{GROUP("a", "replicas: 1, minReplicas: 1000000, numOfHosts: 3000, "),
			GROUP("a", "replicas: 1, minReplicas: 900000, numOfHosts: 3000, "),
			FIELD_SEVERITY_WARN},
		{GROUP("a", "replicas: 1, minReplicas: 1000000, numOfHosts: 3000, "),
			GROUP("a", "replicas: 1, minReplicas: 1000001, numOfHosts: 3000, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "replicas: 1, minReplicas: 1000000, numOfHosts: 3000, "),
			GROUP("a", "replicas: 1000001, minReplicas: 1000000, numOfHosts: 3000, "),
			FIELD_SEVERITY_ERROR},
		{GROUP("a", "suspend: true, minReplicas: 1000000, numOfHosts: 3000, "),
			GROUP("a", "minReplicas: 1000000, numOfHosts: 3000, "),
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char old[4096], now[4096];

		snprintf(old, sizeof(old), CLUSTER("%s"), CASES[i].old);
		snprintf(now, sizeof(now), CLUSTER("%s"), CASES[i].now);
		cr_expect_eq(
			verdict_grade_update("RG0306", old, now), CASES[i].grade, "case %zu", i);
	}
}

/* An update of bounds that are out of order is refused where it brings them further out. */
Test(workers, bounds_get_no_further_out_of_order)
{
	static const struct {
		const char *what, *old, *now;
		enum field_severity grade;
	} CASES[] = {
		{"as they were", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 512, maxReplicas: 4, "), FIELD_SEVERITY_WARN},
		{"a lower least", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 511, maxReplicas: 4, "), FIELD_SEVERITY_WARN},
		{"both raised, and nearer", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 513, maxReplicas: 6, "), FIELD_SEVERITY_WARN},
		{"a higher least", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 513, maxReplicas: 4, "), FIELD_SEVERITY_ERROR},
		{"a lower greatest", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 512, maxReplicas: 3, "), FIELD_SEVERITY_ERROR},
		{"mended", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 4, maxReplicas: 4, "), FIELD_SEVERITY_OFF},
		{"in order before", GROUP("a", "minReplicas: 4, maxReplicas: 4, "),
			GROUP("a", "minReplicas: 5, maxReplicas: 4, "), FIELD_SEVERITY_ERROR},
		{"another group's", GROUP("a", "minReplicas: 512, maxReplicas: 4, "),
			GROUP("b", "minReplicas: 511, maxReplicas: 4, "), FIELD_SEVERITY_ERROR},
		{"of one that moved", GROUP("a", "minReplicas: 9, maxReplicas: 4, "),
			GROUP("b", "") GROUP("a", "minReplicas: 8, maxReplicas: 4, "),
			FIELD_SEVERITY_WARN},
		{"the greatest negative, and then in the way",
			GROUP("a", "minReplicas: 9, maxReplicas: -4, "),
			GROUP("a", "minReplicas: 9, maxReplicas: 4, "), FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char old[4096], now[4096];

		snprintf(old, sizeof(old), CLUSTER("%s"), CASES[i].old);
		snprintf(now, sizeof(now), CLUSTER("%s"), CASES[i].now);
		cr_expect_eq(verdict_grade_update("RG0302", old, now), CASES[i].grade, "%s",
			CASES[i].what);
	}
}

/* Both are the largest that the schema takes. */
Test(workers, the_pods_of_one_group_are_counted_exactly)
{
	verdict_expect_told("RG0306",
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: "
		"{headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}, "
		"workerGroupSpecs: [{groupName: g, minReplicas: 2147483647, maxReplicas: "
		"2147483647, replicas: 2147483647, numOfHosts: 2147483647, template: {spec: "
		"{containers: [{name: w, image: ray}]}}}]}}",
		"makes 4611686014132420609 worker pods in all, more than KubeRay can count "
		"(2147483647): lower minReplicas, or numOfHosts");
}

#define LARGEST(name) GROUP(name, "replicas: 2147483647, numOfHosts: 2147483647, ")

/* An int64 has room for two of them. */
Test(workers, more_pods_than_an_int64_holds_are_too_many)
{
	cr_expect_eq(verdict_grade("RG0306", CLUSTER("%s"), LARGEST("a") LARGEST("b") LARGEST("c")),
		FIELD_SEVERITY_ERROR);
}
