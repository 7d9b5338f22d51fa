#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_TERM                                                                                  \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        affinity:\n"                                                                      \
	"          podAntiAffinity:\n"                                                             \
	"            requiredDuringSchedulingIgnoredDuringExecution:\n"                            \
	"            - topologyKey: kubernetes.io/hostname\n"                                      \
	"              labelSelector: {%s}\n"                                                      \
	"        containers: [{name: head, image: ray}]\n"

Test(scheduling, selectors_of_affinity_are_looked_into)
{
	static const struct {
		const char *selector;
		enum field_severity grade;
	} CASES[] = {
		{"matchLabels: {team: blue}", FIELD_SEVERITY_OFF},
		{"matchLabels: {team: 'blue team'}", FIELD_SEVERITY_ERROR},
		{"matchLabels: {'the team': blue}", FIELD_SEVERITY_ERROR},
		{"matchExpressions: [{key: team, operator: In, values: [blue]}]",
			FIELD_SEVERITY_OFF},
		{"matchExpressions: [{key: team, operator: In}]", FIELD_SEVERITY_ERROR},
		{"matchExpressions: [{key: team, operator: In, values: [b, 'blue team']}]",
			FIELD_SEVERITY_ERROR},
		{"matchExpressions: [{key: team, operator: Exists}]", FIELD_SEVERITY_OFF},
		{"matchExpressions: [{key: team, operator: Exists, values: [blue]}]",
			FIELD_SEVERITY_ERROR},
		{"matchExpressions: [{key: a, operator: Exists}, {key: team, operator: NotIn}]",
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0613", WITH_TERM, CASES[i].selector), CASES[i].grade,
			"%s", CASES[i].selector);
}

#define WITH_POD                                                                                   \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        %s\n"                                                                             \
	"        containers: [{name: head, image: ray}]\n"
#define NODES(expression)                                                                          \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "               \
	"{nodeSelectorTerms: [{matchExpressions: [{" expression "}]}]}}}"
#define APART(term)                                                                                \
	"affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{" term     \
	"}]}}"
#define SPREAD(members) "topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, " members "}]"

Test(scheduling, terms_are_judged_as_the_api_server_does)
{
	static const struct {
		const char *rule, *members;
		enum field_severity grade;
	} CASES[] = {
		{"RG0613", NODES("key: gpus, operator: Gt, values: ['4']"), FIELD_SEVERITY_OFF},
		{"RG0613", NODES("key: gpus, operator: Lt, values: ['4', '5']"),
			FIELD_SEVERITY_ERROR},
		{"RG0613", NODES("key: gpus, operator: Gt"), FIELD_SEVERITY_ERROR},
		{"RG0613", APART("topologyKey: kubernetes.io/hostname"), FIELD_SEVERITY_OFF},
		{"RG0613", APART("topologyKey: 'the host'"), FIELD_SEVERITY_ERROR},
		{"RG0613", APART("topologyKey: ''"), FIELD_SEVERITY_ERROR},
		{"RG0613", APART("topologyKey: zone, namespaces: [Team]"), FIELD_SEVERITY_ERROR},
		{"RG0614", SPREAD("whenUnsatisfiable: DoNotSchedule, minDomains: 1"),
			FIELD_SEVERITY_OFF},
		{"RG0614", SPREAD("whenUnsatisfiable: DoNotSchedule, minDomains: 0"),
			FIELD_SEVERITY_ERROR},
		{"RG0614", SPREAD("whenUnsatisfiable: ScheduleAnyway, minDomains: 1"),
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_POD, CASES[i].members),
			CASES[i].grade, "%s", CASES[i].members);
}

Test(scheduling, groups_of_a_pods_processes_have_numbers_that_linux_has)
{
	static const struct {
		const char *members;
		enum field_severity grade;
	} CASES[] = {
		{"securityContext: {supplementalGroups: [0, 2147483647]}", FIELD_SEVERITY_OFF},
		{"securityContext: {supplementalGroups: [1, 2147483648]}", FIELD_SEVERITY_ERROR},
		{"securityContext: {supplementalGroups: [-1]}", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0661", WITH_POD, CASES[i].members), CASES[i].grade,
			"%s", CASES[i].members);
}
