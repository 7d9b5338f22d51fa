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
