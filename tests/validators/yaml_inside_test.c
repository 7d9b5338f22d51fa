#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define JOB                                                                                        \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: j}, spec: {entrypoint: x, "        \
	"runtimeEnvYAML: \"%s\", rayClusterSpec: {headGroupSpec: {template: {spec: {containers: "  \
	"[{name: h, image: ray}]}}}}}}"

/* A key that stands twice is taken by KubeRay, whatever we think of it. */
Test(yaml_inside, what_kuberay_can_read_is_not_refused)
{
	static const struct {
		const char *text;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"# nothing", FIELD_SEVERITY_OFF},
		{"pip: [a]", FIELD_SEVERITY_OFF},
		{"pip: [a]\\n---\\nb: [", FIELD_SEVERITY_OFF},
		{"- a", FIELD_SEVERITY_ERROR},
		{"word", FIELD_SEVERITY_ERROR},
		{"pip: [a", FIELD_SEVERITY_ERROR},
		{"a: 1\\n b: 2", FIELD_SEVERITY_ERROR},
		{"a: 1\\na: 2", FIELD_SEVERITY_WARN},
		{"a: {b: 1, b: 2}\\nc: 1", FIELD_SEVERITY_WARN},
		{"a: 1\\na: 2\\nb: [", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1212", JOB, CASES[i].text), CASES[i].grade, "%s",
			CASES[i].text);
}
