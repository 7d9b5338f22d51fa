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
#define FIELDS(expression)                                                                         \
	"affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "               \
	"{nodeSelectorTerms: [{matchFields: [{" expression "}]}]}}}"
#define ANYWAY "whenUnsatisfiable: ScheduleAnyway, "
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
		{"RG0614", SPREAD("whenUnsatisfiable: ''"), FIELD_SEVERITY_ERROR},
		{"RG0614", SPREAD(ANYWAY "matchLabelKeys: [a], labelSelector: {}"),
			FIELD_SEVERITY_OFF},
		{"RG0614", SPREAD(ANYWAY "matchLabelKeys: [a]"), FIELD_SEVERITY_ERROR},
		{"RG0614", SPREAD(ANYWAY "matchLabelKeys: []"), FIELD_SEVERITY_OFF},
		{"RG0614", SPREAD(ANYWAY "matchLabelKeys: ['a b'], labelSelector: {}"),
			FIELD_SEVERITY_ERROR},
		{"RG0614",
			SPREAD(ANYWAY "matchLabelKeys: [a], labelSelector: {matchLabels: {a: b}}"),
			FIELD_SEVERITY_WARN},
		{"RG0614",
			SPREAD(ANYWAY "matchLabelKeys: [a], labelSelector: {matchExpressions: "
				      "[{key: a, operator: Exists}]}"),
			FIELD_SEVERITY_WARN},
		{"RG0614",
			"topologySpreadConstraints: [{maxSkew: 1, topologyKey: 'a zone', " ANYWAY
			"}]",
			FIELD_SEVERITY_WARN},
		{"RG0614", "topologySpreadConstraints: [{maxSkew: 1, topologyKey: '', " ANYWAY "}]",
			FIELD_SEVERITY_ERROR},
		{"RG0613", APART("topologyKey: zone, matchLabelKeys: [a]"), FIELD_SEVERITY_ERROR},
		{"RG0613", APART("topologyKey: zone, mismatchLabelKeys: [a]"),
			FIELD_SEVERITY_ERROR},
		{"RG0613",
			APART("topologyKey: zone, labelSelector: {}, matchLabelKeys: [a], "
			      "mismatchLabelKeys: [b]"),
			FIELD_SEVERITY_OFF},
		{"RG0613",
			APART("topologyKey: zone, labelSelector: {}, matchLabelKeys: [a], "
			      "mismatchLabelKeys: [b, a]"),
			FIELD_SEVERITY_ERROR},
		{"RG0613", FIELDS("key: metadata.name, operator: In, values: [n]"),
			FIELD_SEVERITY_OFF},
		{"RG0613", FIELDS("key: metadata.name, operator: In, values: [n, m]"),
			FIELD_SEVERITY_ERROR},
		{"RG0613", FIELDS("key: metadata.name, operator: Exists"), FIELD_SEVERITY_ERROR},
		{"RG0613", FIELDS("key: kubernetes.io/hostname, operator: In, values: [n]"),
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_POD, CASES[i].members),
			CASES[i].grade, "%s", CASES[i].members);
}

Test(scheduling, a_pods_security_has_numbers_and_names_that_linux_has)
{
	static const struct {
		const char *members;
		enum field_severity grade;
	} CASES[] = {
		{"securityContext: {supplementalGroups: [0, 2147483647]}", FIELD_SEVERITY_OFF},
		{"securityContext: {supplementalGroups: [1, 2147483648]}", FIELD_SEVERITY_ERROR},
		{"securityContext: {supplementalGroups: [-1]}", FIELD_SEVERITY_ERROR},
		{"securityContext: {seccompProfile: {type: ''}}", FIELD_SEVERITY_ERROR},
		{"securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}, {name: "
		 "net/ipv4/tcp_syncookies, value: '1'}]}",
			FIELD_SEVERITY_OFF},
		{"securityContext: {sysctls: [{name: net.core.somaxconn, value: '1'}, {name: "
		 "net.core.somaxconn, value: '2'}]}",
			FIELD_SEVERITY_ERROR},
		{"securityContext: {sysctls: [{name: Net.core, value: '1'}]}",
			FIELD_SEVERITY_ERROR},
		{"securityContext: {sysctls: [{name: '', value: '1'}]}", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0661", WITH_POD, CASES[i].members), CASES[i].grade,
			"%s", CASES[i].members);
}
