#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define CLUSTER(spec, groups)                                                                      \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {" spec              \
	"headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}, "               \
	"workerGroupSpecs: [{groupName: stays, maxReplicas: 1, template: {spec: {containers: "     \
	"[{name: w, image: ray}]}}}" groups "]}}"
#define GROUP(members)                                                                             \
	", {groupName: goes, " members "template: {spec: {containers: [{name: w, image: ray}]}}}"
#define RENAMED                                                                                    \
	", {groupName: comes, replicas: 1, maxReplicas: 2, template: {spec: {containers: "         \
	"[{name: w, image: ray}]}}}"

Test(update, a_group_goes_once_nothing_of_it_can_be_left)
{
	static const struct {
		const char *old, *now;
		enum field_severity grade;
	} CASES[] = {
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, ")), CLUSTER("", ""),
			FIELD_SEVERITY_ERROR},
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, ")), CLUSTER("", RENAMED),
			FIELD_SEVERITY_ERROR},
		{CLUSTER("", GROUP("replicas: 0, minReplicas: 1, maxReplicas: 2, ")),
			CLUSTER("", ""), FIELD_SEVERITY_ERROR},
		{CLUSTER("", GROUP("replicas: 0, maxReplicas: 2, ")), CLUSTER("", ""),
			FIELD_SEVERITY_OFF},
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 0, ")), CLUSTER("", ""),
			FIELD_SEVERITY_OFF},
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, suspend: true, ")),
			CLUSTER("", ""), FIELD_SEVERITY_OFF},
		{CLUSTER("suspend: true, ", GROUP("replicas: 1, maxReplicas: 2, ")),
			CLUSTER("", ""), FIELD_SEVERITY_OFF},
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, ")),
			CLUSTER("suspend: true, ", ""), FIELD_SEVERITY_OFF},
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, ")),
			CLUSTER("upgradeStrategy: {type: Recreate}, ", ""), FIELD_SEVERITY_OFF},
		/* The autoscaler may have made what the old version does not count. */
		{CLUSTER("enableInTreeAutoscaling: true, ", GROUP("maxReplicas: 2, ")),
			CLUSTER("enableInTreeAutoscaling: true, ", ""), FIELD_SEVERITY_WARN},
		{CLUSTER("enableInTreeAutoscaling: true, ", GROUP("maxReplicas: 0, ")),
			CLUSTER("enableInTreeAutoscaling: true, ", ""), FIELD_SEVERITY_OFF},
		{CLUSTER("enableInTreeAutoscaling: true, ",
			 GROUP("maxReplicas: 2, suspend: true, ")),
			CLUSTER("enableInTreeAutoscaling: true, ", ""), FIELD_SEVERITY_OFF},
		{CLUSTER("enableInTreeAutoscaling: true, suspend: true, ",
			 GROUP("maxReplicas: 2, ")),
			CLUSTER("enableInTreeAutoscaling: true, ", ""), FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade_update("RG1301", CASES[i].old, CASES[i].now),
			CASES[i].grade, "case %zu", i);
}

/* Our own controller deletes what belongs to no group. */
Test(update, a_group_may_go_where_raygate_ends_its_pods)
{
	static const struct {
		const char *old;
		enum field_severity grade;
	} CASES[] = {
		{CLUSTER("", GROUP("replicas: 1, maxReplicas: 2, ")), FIELD_SEVERITY_WARN},
		{CLUSTER("enableInTreeAutoscaling: true, ", GROUP("maxReplicas: 2, ")),
			FIELD_SEVERITY_WARN},
		{CLUSTER("", GROUP("replicas: 0, maxReplicas: 2, ")), FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			verdict_grade_update_of_raygate("RG1301", CASES[i].old, CLUSTER("", "")),
			CASES[i].grade, "case %zu", i);
}

/* Which KubeRay takes for no answer, and our own controller for false. */
Test(update, a_suspend_that_is_taken_away_resumes_before_our_controller)
{
	static const char ASLEEP[] = CLUSTER("suspend: true, ", "");
	static const char AWAKE[] = CLUSTER("", "");

	cr_expect_eq(verdict_grade_update("RG1308", ASLEEP, AWAKE), FIELD_SEVERITY_WARN);
	cr_expect_eq(verdict_grade_update_of_raygate("RG1308", ASLEEP, AWAKE), FIELD_SEVERITY_OFF);
}
