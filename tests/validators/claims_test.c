#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_POD                                                                                   \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {%s, containers: [{name: h, image: ray, resources: {claims: "           \
	"[%s]}}]}}}}}"

Test(claims, what_a_container_uses_is_a_claim_of_its_pod)
{
	static const struct {
		const char *pod, *used;
		enum field_severity grade;
	} CASES[] = {
		{"resourceClaims: [{name: gpu, resourceClaimName: a}]", "{name: gpu}",
			FIELD_SEVERITY_OFF},
		{"resourceClaims: [{name: a, resourceClaimName: a}, {name: gpu, "
		 "resourceClaimTemplateName: b}]",
			"{name: gpu, request: one}, {name: a}", FIELD_SEVERITY_OFF},
		{"resourceClaims: [{name: gpu, resourceClaimName: a}]", "{name: gpus}",
			FIELD_SEVERITY_ERROR},
		{"resourceClaims: []", "{name: gpu}", FIELD_SEVERITY_ERROR},
		{"nodeSelector: {}", "{name: gpu}", FIELD_SEVERITY_ERROR},
		{"nodeSelector: {}", "", FIELD_SEVERITY_OFF},
		{"resources: {claims: []}", "", FIELD_SEVERITY_OFF},
		{"resourceClaims: [{name: gpu, resourceClaimName: a}], resources: {claims: [{name: "
		 "gpu}]}",
			"", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0616", WITH_POD, CASES[i].pod, CASES[i].used),
			CASES[i].grade, "%s; %s", CASES[i].pod, CASES[i].used);
}

#define WITH_AUTOSCALER                                                                            \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: "                    \
	"{enableInTreeAutoscaling: %s, autoscalerOptions: {resources: {claims: [{name: gpu}]}}, "  \
	"headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}}}"

/* Its container stands in the head's pod. */
Test(claims, what_the_autoscaler_uses_is_a_claim_of_the_head)
{
	cr_expect_eq(verdict_grade("RG0616", WITH_AUTOSCALER, "true"), FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG0616", WITH_AUTOSCALER, "false"), FIELD_SEVERITY_OFF);
}
