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

#define WITH_PASSWORD                                                                              \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: "                    \
	"{gcsFaultToleranceOptions: {redisAddress: 'redis:6379', redisPassword: {valueFrom: "      \
	"{%s}}}, headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}}}"

/* It becomes a variable of the head. */
Test(env, a_redis_password_has_a_source_like_any_variable)
{
	static const struct {
		const char *rule, *source;
		enum field_severity grade;
	} CASES[] = {
		{"RG0641", "secretKeyRef: {name: a, key: b}", FIELD_SEVERITY_OFF},
		{"RG0641", "secretKeyRef: {key: b}", FIELD_SEVERITY_ERROR},
		{"RG0641", "secretKeyRef: {name: a, key: b c}", FIELD_SEVERITY_ERROR},
		{"RG0641", "secretKeyRef: {name: a, key: b}, configMapKeyRef: {name: a, key: b}",
			FIELD_SEVERITY_ERROR},
		{"RG0642", "fieldRef: {fieldPath: metadata.name}", FIELD_SEVERITY_OFF},
		{"RG0642", "fieldRef: {fieldPath: metadata}", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_PASSWORD, CASES[i].source),
			CASES[i].grade, "%s: %s", CASES[i].rule, CASES[i].source);
}
