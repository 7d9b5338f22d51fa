#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_PROBE                                                                                 \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        containers:\n"                                                                    \
	"        - {name: ray, image: ray, %s}\n"

Test(probes, an_action_is_complete)
{
	static const struct {
		const char *members;
		enum field_severity grade;
	} CASES[] = {
		{"livenessProbe: {exec: {command: [ls]}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {exec: {command: [ls, -l]}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {exec: {command: []}}", FIELD_SEVERITY_ERROR},
		{"livenessProbe: {exec: {}}", FIELD_SEVERITY_ERROR},
		/* the decoder tells it */
		{"livenessProbe: {exec: {command: ls}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {tcpSocket: {port: 1}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {tcpSocket: {port: 65535}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {tcpSocket: {port: 0}}", FIELD_SEVERITY_ERROR},
		{"livenessProbe: {tcpSocket: {port: 65536}}", FIELD_SEVERITY_ERROR},
		{"livenessProbe: {tcpSocket: {port: dashboard}}", FIELD_SEVERITY_OFF},
		{"livenessProbe: {tcpSocket: {port: '8265'}}", FIELD_SEVERITY_ERROR},
		{"readinessProbe: {httpGet: {port: -1}}", FIELD_SEVERITY_ERROR},
		{"readinessProbe: {httpGet: {port: 1, httpHeaders: [{name: X-A, value: b}]}}",
			FIELD_SEVERITY_OFF},
		{"readinessProbe: {httpGet: {port: 1, httpHeaders: [{name: X_A, value: b}]}}",
			FIELD_SEVERITY_ERROR},
		{"readinessProbe: {httpGet: {port: 1, httpHeaders: [{name: '', value: b}]}}",
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0650", WITH_PROBE, CASES[i].members), CASES[i].grade,
			"%s", CASES[i].members);
}
