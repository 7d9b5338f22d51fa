#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_RULES                                                                                 \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayJob\n"                                                                           \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  entrypoint: python job.py\n"                                                            \
	"  deletionStrategy: {deletionRules: [%s]}\n"                                              \
	"  rayClusterSpec:\n"                                                                      \
	"    headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"
#define ON(field, status, ttl, policy)                                                             \
	"{policy: " policy ", condition: {" field ": " status ", ttlSeconds: " ttl "}}, "

Test(rayjob_deletion, the_order_holds_for_each_condition_alone)
{
	static const struct {
		const char *rules;
		enum field_severity grade;
	} CASES[] = {
		{ON("jobStatus", "FAILED", "10", "DeleteWorkers")
				ON("jobStatus", "FAILED", "10", "DeleteCluster"),
			FIELD_SEVERITY_OFF},
		{ON("jobStatus", "FAILED", "10", "DeleteWorkers")
				ON("jobStatus", "FAILED", "9", "DeleteCluster"),
			FIELD_SEVERITY_ERROR},
		{ON("jobStatus", "FAILED", "10", "DeleteWorkers")
				ON("jobStatus", "FAILED", "9", "DeleteSelf"),
			FIELD_SEVERITY_ERROR},
		{ON("jobStatus", "FAILED", "10", "DeleteWorkers")
				ON("jobStatus", "SUCCEEDED", "0", "DeleteCluster"),
			FIELD_SEVERITY_OFF},
		{ON("jobStatus", "FAILED", "10", "DeleteWorkers")
				ON("jobDeploymentStatus", "Failed", "0", "DeleteCluster"),
			FIELD_SEVERITY_OFF},
		{ON("jobStatus", "FAILED", "10", "DeleteSelf")
				ON("jobStatus", "FAILED", "11", "DeleteNone"),
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1229", WITH_RULES, CASES[i].rules), CASES[i].grade,
			"[%s]", CASES[i].rules);
}

Test(rayjob_deletion, a_rule_is_the_same_by_condition_and_policy)
{
	static const struct {
		const char *rules;
		enum field_severity grade;
	} CASES[] = {
		{ON("jobStatus", "FAILED", "0", "DeleteNone")
				ON("jobStatus", "FAILED", "5", "DeleteNone"),
			FIELD_SEVERITY_ERROR},
		{ON("jobStatus", "FAILED", "0", "DeleteSelf")
				ON("jobDeploymentStatus", "Failed", "0", "DeleteSelf"),
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1228", WITH_RULES, CASES[i].rules), CASES[i].grade,
			"[%s]", CASES[i].rules);
}
