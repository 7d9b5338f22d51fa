#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_CONTAINER                                                                             \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {%s, containers: [{name: h, image: ray, %s}]}}}}}"
#define WITH_INIT                                                                                  \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {containers: [{name: h, image: ray}], initContainers: [{name: i, "      \
	"image: ray, %s}]}}}}}"
#define CPU    "{resourceName: cpu, restartPolicy: NotRequired}"
#define MEMORY "{resourceName: memory, restartPolicy: RestartContainer}"
#define RULE   "restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]"

Test(restart, resizing_is_judged_as_the_api_server_does)
{
	static const struct {
		const char *pod, *container;
		enum field_severity grade;
	} CASES[] = {
		{"nodeSelector: {}", "resizePolicy: [" CPU ", " MEMORY "]", FIELD_SEVERITY_OFF},
		{"nodeSelector: {}", "resizePolicy: []", FIELD_SEVERITY_OFF},
		{"nodeSelector: {}", "resizePolicy: [" CPU ", " MEMORY ", " CPU "]",
			FIELD_SEVERITY_ERROR},
		{"nodeSelector: {}",
			"resizePolicy: [{resourceName: pods, restartPolicy: NotRequired}]",
			FIELD_SEVERITY_ERROR},
		{"restartPolicy: Never", "resizePolicy: [" CPU "]", FIELD_SEVERITY_OFF},
		{"restartPolicy: Never", "resizePolicy: [" MEMORY "]", FIELD_SEVERITY_ERROR},
		{"restartPolicy: Always", "resizePolicy: [" MEMORY "]", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			verdict_grade("RG0637", WITH_CONTAINER, CASES[i].pod, CASES[i].container),
			CASES[i].grade, "%s; %s", CASES[i].pod, CASES[i].container);
}

Test(restart, rules_stand_beside_a_policy_and_have_exit_codes)
{
	static const struct {
		const char *container;
		enum field_severity grade, init_grade;
	} CASES[] = {
		{"restartPolicy: Never, " RULE, FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"restartPolicy: Always, " RULE, FIELD_SEVERITY_OFF, FIELD_SEVERITY_ERROR},
		{RULE, FIELD_SEVERITY_ERROR, FIELD_SEVERITY_ERROR},
		{"restartPolicyRules: []", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"restartPolicy: Never, restartPolicyRules: [{action: Restart}]",
			FIELD_SEVERITY_ERROR, FIELD_SEVERITY_ERROR},
		{"restartPolicy: Never, restartPolicyRules: [{action: restart, exitCodes: "
		 "{operator: In, values: [1]}}]",
			FIELD_SEVERITY_ERROR, FIELD_SEVERITY_ERROR},
		{"restartPolicy: Never, restartPolicyRules: [{action: RestartAllContainers, "
		 "exitCodes: {operator: In, values: [1]}}]",
			FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_expect_eq(verdict_grade("RG0638", WITH_CONTAINER, "nodeSelector: {}",
				     CASES[i].container),
			CASES[i].grade, "%s", CASES[i].container);
		cr_expect_eq(verdict_grade("RG0638", WITH_INIT, CASES[i].container),
			CASES[i].init_grade, "init: %s", CASES[i].container);
	}
}

Test(restart, a_restart_policy_that_older_clusters_do_not_know_is_told)
{
	cr_expect_eq(
		verdict_grade("RG0636", WITH_INIT, "restartPolicy: Always"), FIELD_SEVERITY_OFF);
	cr_expect_eq(
		verdict_grade("RG0636", WITH_INIT, "restartPolicy: Never"), FIELD_SEVERITY_WARN);
	cr_expect_eq(verdict_grade(
			     "RG0636", WITH_CONTAINER, "nodeSelector: {}", "restartPolicy: Always"),
		FIELD_SEVERITY_WARN);
}
