#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_VARIABLE                                                                              \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {containers: [{name: h, image: ray, env: [{name: A, valueFrom: "        \
	"{%s}}]}]}}}}}"
#define WITH_FILE                                                                                  \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: v, downwardAPI: {items: [{path: a, %s}]}}], "         \
	"containers: [{name: h, image: ray}]}}}}}"

Test(downward, variables_and_files_take_what_the_api_server_gives_them)
{
	static const struct {
		const char *source;
		bool variable, file; /* whether it is accepted there */
	} CASES[] = {
		{"fieldRef: {fieldPath: metadata.name}", true, true},
		{"fieldRef: {fieldPath: status.podIP}", true, false},
		{"fieldRef: {fieldPath: metadata.labels}", false, true},
		{"fieldRef: {fieldPath: \"metadata.labels['a/b']\"}", true, true},
		{"fieldRef: {fieldPath: \"metadata.labels['A B']\"}", false, false},
		{"fieldRef: {fieldPath: \"metadata.labels['']\"}", false, false},
		{"fieldRef: {fieldPath: \"metadata.labels[']\"}", false, false},
		{"fieldRef: {fieldPath: \"metadata.annotations[']\"}", false, false},
		{"fieldRef: {fieldPath: \"metadata.labels['\"}", false, false},
		{"fieldRef: {fieldPath: \"metadata.annotations['Example.com/A']\"}", true, true},
		{"fieldRef: {fieldPath: metadata.nmae}", false, false},
		{"fieldRef: {fieldPath: metadata.name, apiVersion: v1}", true, true},
		{"fieldRef: {fieldPath: metadata.name, apiVersion: v2}", false, false},
		{"resourceFieldRef: {resource: limits.cpu}", true, false},
		{"resourceFieldRef: {resource: limits.cpu, containerName: h}", true, true},
		{"resourceFieldRef: {resource: cpu, containerName: h}", false, false},
		{"resourceFieldRef: {resource: limits.hugepages-2Mi, containerName: h}", true,
			true},
		{"resourceFieldRef: {resource: limits.cpu, containerName: h, divisor: 1m}", true,
			true},
		{"resourceFieldRef: {resource: limits.cpu, containerName: h, divisor: 2}", false,
			false},
		{"resourceFieldRef: {resource: limits.memory, containerName: h, divisor: 1Mi}",
			true, true},
		{"resourceFieldRef: {resource: limits.memory, containerName: h, divisor: 1E}", true,
			true},
		{"resourceFieldRef: {resource: limits.memory, containerName: h, divisor: 1m}",
			false, false},
		{"resourceFieldRef: {resource: limits.memory, containerName: h, divisor: 0}", true,
			true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_expect_eq(verdict_grade("RG0642", WITH_VARIABLE, CASES[i].source),
			CASES[i].variable ? FIELD_SEVERITY_OFF : FIELD_SEVERITY_ERROR,
			"variable: %s", CASES[i].source);
		cr_expect_eq(verdict_grade("RG0672", WITH_FILE, CASES[i].source),
			CASES[i].file ? FIELD_SEVERITY_OFF : FIELD_SEVERITY_ERROR, "file: %s",
			CASES[i].source);
	}
}
