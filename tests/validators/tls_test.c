#include <criterion/criterion.h>

#include "tests/support/verdict_grade.h"

#define WITH_ENV                                                                                   \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {tlsOptions: "       \
	"{enabled: true}, headGroupSpec: {template: {spec: {containers: [{name: h, image: ray, "   \
	"env: [{name: A, value: b}, {name: %s, value: '1'}]}]}}}}}"

Test(tls, each_variable_of_a_pod_is_looked_at)
{
	cr_expect_eq(verdict_grade("RG0922", WITH_ENV, "RAY_USE_TLS"), FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG0922", WITH_ENV, "RAY_USE_TLSX"), FIELD_SEVERITY_OFF);
}
