#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define GROUP(amount)                                                                              \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {headGroupSpec: "    \
	"{resources: {licence: '" amount "'}, template: {spec: {containers: [{name: c, image: "    \
	"ray}]}}}}}"

Test(ray_resources, the_most_that_ray_takes_is_taken)
{
	static const struct {
		const char *object;
		enum field_severity severity;
	} CASES[] = {
		{GROUP("0"), FIELD_SEVERITY_OFF},
		{GROUP("100000000000000"), FIELD_SEVERITY_OFF},
		{GROUP("100000000000001"), FIELD_SEVERITY_ERROR},
		{GROUP("1e99"), FIELD_SEVERITY_ERROR},
		{GROUP("-1"), FIELD_SEVERITY_ERROR},
		{GROUP("0.5"), FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0404", "%s", CASES[i].object), CASES[i].severity,
			"%s", CASES[i].object);
}
