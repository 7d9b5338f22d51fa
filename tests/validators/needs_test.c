#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_RESOURCES                                                                             \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec:\n"                                                                       \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        resources: {%s}\n"                                                                \
	"        containers:\n"                                                                    \
	"        - {name: ray, image: ray, resources: {%s}}\n"                                     \
	"        - {name: logs, image: x, resources: {requests: {cpu: 1}}}\n"

Test(needs, resources_of_the_pod_cover_those_of_its_containers)
{
	static const struct {
		const char *pod, *container;
		enum field_severity grade;
	} CASES[] = {
		{"requests: {cpu: 3}", "requests: {cpu: 2}", FIELD_SEVERITY_OFF},
		{"requests: {cpu: 2}", "requests: {cpu: 2}", FIELD_SEVERITY_ERROR},
		{"requests: {cpu: 3}, limits: {cpu: 3}", "", FIELD_SEVERITY_OFF},
		{"requests: {cpu: 3}, limits: {cpu: 2}", "", FIELD_SEVERITY_ERROR},
		{"limits: {cpu: 4}", "limits: {cpu: 4}", FIELD_SEVERITY_OFF},
		{"limits: {cpu: 4}", "limits: {cpu: 5}", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			verdict_grade("RG0517", WITH_RESOURCES, CASES[i].pod, CASES[i].container),
			CASES[i].grade, "%s and %s", CASES[i].pod, CASES[i].container);
}
