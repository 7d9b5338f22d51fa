#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_ENV                                                                                   \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  enableInTreeAutoscaling: true\n"                                                        \
	"  autoscalerOptions: {env: [%s]}\n"                                                       \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"

/* They become a container's, and the API server refuses that like any other. */
Test(env, variables_of_the_autoscaler_are_judged_like_a_containers)
{
	static const struct {
		const char *rule, *env;
		enum field_severity grade;
	} CASES[] = {
		{"RG0640", "{name: LEVEL, value: a}", FIELD_SEVERITY_OFF},
		{"RG0640", "{name: 'A=B', value: a}", FIELD_SEVERITY_ERROR},
		{"RG0640", "{name: A, value: a}, {name: '', value: a}", FIELD_SEVERITY_ERROR},
		{"RG0641", "{name: A, value: a, valueFrom: {fieldRef: {fieldPath: metadata.name}}}",
			FIELD_SEVERITY_ERROR},
		{"RG0642", "{name: A, valueFrom: {fieldRef: {fieldPath: spec.hostname}}}",
			FIELD_SEVERITY_ERROR},
		{"RG0642", "{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_ENV, CASES[i].env), CASES[i].grade,
			"%s: %s", CASES[i].rule, CASES[i].env);
}
