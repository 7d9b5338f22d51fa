#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define POD_TYPE(name, min)                                                                        \
	"  - name: " name "\n"                                                                     \
	"    minWorkers: " min "\n"                                                                \
	"    podConfig:\n"                                                                         \
	"      apiVersion: v1\n"                                                                   \
	"      kind: Pod\n"                                                                        \
	"      metadata: {generateName: ray-}\n"                                                   \
	"      spec: {containers: [{name: ray-node, image: ray}]}\n"
#define CLUSTER(head, max, min)                                                                    \
	"apiVersion: cluster.ray.io/v1\n"                                                          \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headPodType: " head "\n"                                                                \
	"  maxWorkers: " max "\n"                                                                  \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n" POD_TYPE("head", "0") POD_TYPE("worker", min)

/* One mistake, one message. */
Test(legacy, a_most_below_zero_is_told_once)
{
	cr_expect_eq(
		verdict_grade("RG0105", "%s", CLUSTER("head", "-1", "0")), FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG1105", "%s", CLUSTER("head", "-1", "0")), FIELD_SEVERITY_OFF);
	cr_expect_eq(
		verdict_grade("RG1105", "%s", CLUSTER("head", "0", "1")), FIELD_SEVERITY_ERROR);
}

Test(legacy, an_update_elsewhere_is_not_refused_for_minimums_that_did_not_fit_before)
{
	cr_assert_eq(verdict_grade_update(
			     "RG1105", CLUSTER("head", "1", "2"), CLUSTER("worker", "1", "2")),
		FIELD_SEVERITY_WARN);
	cr_assert_eq(verdict_grade_update(
			     "RG1105", CLUSTER("head", "1", "2"), CLUSTER("head", "1", "3")),
		FIELD_SEVERITY_ERROR, "another minimum is another breach");
	cr_assert_eq(verdict_grade_update(
			     "RG1105", CLUSTER("head", "3", "2"), CLUSTER("head", "1", "2")),
		FIELD_SEVERITY_ERROR, "a lower maximum is a new breach");
}

Test(legacy, a_head_that_never_existed_is_old_only_while_the_names_stay)
{
	cr_assert_eq(verdict_grade_update(
			     "RG1101", CLUSTER("haed", "2", "1"), CLUSTER("haed", "2", "2")),
		FIELD_SEVERITY_WARN);
	cr_assert_eq(verdict_grade_update(
			     "RG1101", CLUSTER("haed", "2", "1"), CLUSTER("hade", "2", "1")),
		FIELD_SEVERITY_ERROR);
}

#define WITH_PORTS                                                                                 \
	"apiVersion: cluster.ray.io/v1\n"                                                          \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headPodType: head\n"                                                                    \
	"  headServicePorts: [%s]\n"                                                               \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n" POD_TYPE("head", "0")

Test(legacy, ports_of_the_head_collide_with_default_ones_that_nobody_replaced)
{
	static const struct {
		const char *ports;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"{name: a, port: 80, targetPort: 80}", FIELD_SEVERITY_OFF},
		{"{name: a, port: 8265, targetPort: 80}", FIELD_SEVERITY_ERROR},
		{"{name: dashboard, port: 8265, targetPort: 80}", FIELD_SEVERITY_OFF},
		{"{name: dashboard, port: 80, targetPort: 80}, "
		 "{name: a, port: 8265, targetPort: 80}",
			FIELD_SEVERITY_OFF},
		{"{name: a, port: 80, targetPort: 80}, {name: b, port: 80, targetPort: 81}",
			FIELD_SEVERITY_ERROR},
		{"{name: a, port: 80, targetPort: 80}, {name: a, port: 81, targetPort: 81}",
			FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG1113", WITH_PORTS, CASES[i].ports), CASES[i].grade,
			"[%s]", CASES[i].ports);
}

#define TWO_TYPES(first, second)                                                                   \
	"apiVersion: cluster.ray.io/v1\n"                                                          \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headPodType: head\n"                                                                    \
	"  maxWorkers: 3\n"                                                                        \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n" POD_TYPE("one", first) POD_TYPE("head", "0") POD_TYPE("two", second)

Test(legacy, minimums_of_all_pod_types_are_added_up)
{
	cr_expect_eq(verdict_grade("RG1105", "%s", TWO_TYPES("1", "2")), FIELD_SEVERITY_OFF);
	cr_expect_eq(verdict_grade("RG1105", "%s", TWO_TYPES("2", "2")), FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG1105", "%s", TWO_TYPES("-1", "3")), FIELD_SEVERITY_OFF);
}

#define WITH_POD                                                                                   \
	"apiVersion: cluster.ray.io/v1\n"                                                          \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headPodType: head\n"                                                                    \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n"                                                                            \
	"  - name: head\n"                                                                         \
	"    podConfig:\n"                                                                         \
	"      apiVersion: v1\n"                                                                   \
	"      kind: Pod\n"                                                                        \
	"      metadata: {generateName: ray-}\n"                                                   \
	"      spec: {containers: [{name: ray-node, image: ray}], %s}\n"

Test(legacy, what_the_crd_drops_is_told_wherever_it_stands)
{
	static const struct {
		const char *members;
		enum field_severity grade;
	} CASES[] = {
		{"hostNetwork: true", FIELD_SEVERITY_OFF},
		{"setHostnameAsFQDN: true", FIELD_SEVERITY_WARN},
		{"initContainers: [{name: a, image: b}]", FIELD_SEVERITY_OFF},
		{"initContainers: [{name: a, image: b}, {name: c, image: d, startupProbe: {exec: "
		 "{command: [a]}}}]",
			FIELD_SEVERITY_WARN},
		{"securityContext: {seccompProfile: {type: RuntimeDefault}}", FIELD_SEVERITY_WARN},
		{"volumes: [{name: a, emptyDir: {}}]", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1114", WITH_POD, CASES[i].members), CASES[i].grade,
			"%s", CASES[i].members);
}

#define NAMED(meta)                                                                                \
	"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: example}\nspec:\n"      \
	"  headPodType: head\n"                                                                    \
	"  headStartRayCommands: [ray start --head --no-monitor]\n"                                \
	"  podTypes:\n  - name: head\n    podConfig:\n      apiVersion: v1\n      kind: Pod\n"     \
	"      metadata: {" meta "}\n"                                                             \
	"      spec: {containers: [{name: ray-node, image: ray}]}\n"

/* The operator of 2022 posts each pod of the type with it; an empty one is none. */
Test(legacy, a_fixed_name_of_pods_is_told)
{
	static const struct {
		const char *object;
		enum field_severity grade;
	} CASES[] = {
		{NAMED("generateName: ray-"), FIELD_SEVERITY_OFF},
		{NAMED("generateName: ray-, name: ''"), FIELD_SEVERITY_OFF},
		{NAMED("generateName: ray-, name: null"), FIELD_SEVERITY_OFF},
		{NAMED("generateName: ray-, name: ray"), FIELD_SEVERITY_WARN},
		{NAMED("name: ray"), FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1124", "%s", CASES[i].object), CASES[i].grade, "%s",
			CASES[i].object);
}
