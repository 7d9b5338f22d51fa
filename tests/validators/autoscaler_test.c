#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

#define VERSION_UNSAID                                                                             \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  rayVersion: '%s'\n"                                                                     \
	"  enableInTreeAutoscaling: true\n"                                                        \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"

/* ray#54518 is in 2.48, whatever KubeRay's API text says of 2.47. */
Test(autoscaler, ray_uses_v2_untold_from_2_48_on)
{
	static const struct {
		const char *version;
		enum field_severity restarts, stalls;
	} CASES[] = {
		{"2.10.0", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"2.47.1", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"2.48.0", FIELD_SEVERITY_WARN, FIELD_SEVERITY_WARN},
		{"2.52.0", FIELD_SEVERITY_WARN, FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const v = CASES[i].version;

		cr_assert_eq(
			verdict_grade("RG0709", VERSION_UNSAID, v), CASES[i].restarts, "%s", v);
		cr_assert_eq(verdict_grade("RG1506", VERSION_UNSAID, v), CASES[i].stalls, "%s", v);
	}
}

/* What goes into no pod is refused by nobody but the CRD and KubeRay's look at the spec. */
/* clang-format off */
static const struct {
	const char *rule, *options;
	enum field_severity off;
} IDLE[] = {
	{"RG0501", "\"resources\":{\"limits\":{\"cpu\":\"1\"},\"requests\":{\"cpu\":\"2\"}}", FIELD_SEVERITY_WARN},
	{"RG0502", "\"resources\":{\"limits\":{\"foo\":3}}", FIELD_SEVERITY_WARN},
	{"RG0640", "\"env\":[{\"name\":\"a=b\"}]", FIELD_SEVERITY_WARN},
	{"RG0643", "\"envFrom\":[{}]", FIELD_SEVERITY_WARN},
	{"RG0660", "\"securityContext\":{\"privileged\":true,\"allowPrivilegeEscalation\":false}", FIELD_SEVERITY_WARN},
	{"RG0108", "\"imagePullPolicy\":\"Sometimes\"", FIELD_SEVERITY_WARN},
	{"RG0104", "\"version\":\"v3\"", FIELD_SEVERITY_ERROR},
	{"RG0705", "\"idleTimeoutSeconds\":-1", FIELD_SEVERITY_ERROR},
	{"RG0706", "\"env\":[{\"name\":\"KUBERAY_GEN_AUTOSCALER_START_CMD\",\"value\":\"x\"}]", FIELD_SEVERITY_ERROR},
};
/* clang-format on */

Test(autoscaler, what_it_does_not_use_while_it_is_off_is_told)
{
	for (size_t i = 0; i < ARRAY_LEN(IDLE); i++) {
		char off[256], on[512];

		snprintf(off, sizeof(off), "\"autoscalerOptions\":{%s}", IDLE[i].options);
		snprintf(on, sizeof(on), "\"enableInTreeAutoscaling\":true,%s", off);
		cr_expect_eq(rules_kit_grade(&(struct rules_example){.spec = off}, IDLE[i].rule),
			IDLE[i].off, "%s %s", IDLE[i].rule, IDLE[i].options);
		cr_expect_eq(rules_kit_grade(&(struct rules_example){.spec = on}, IDLE[i].rule),
			FIELD_SEVERITY_ERROR, "%s %s", IDLE[i].rule, IDLE[i].options);
		char *const was = rules_kit_object(&(struct rules_example){.spec = off});
		char *const is = rules_kit_object(&(struct rules_example){.spec = on});

		/* Nobody has made it as it is now; what was an error before stays one. */
		cr_expect_eq(rules_kit_update(was, is, IDLE[i].rule),
			IDLE[i].off == FIELD_SEVERITY_ERROR ? FIELD_SEVERITY_WARN
							    : FIELD_SEVERITY_ERROR,
			"%s %s, switched on", IDLE[i].rule, IDLE[i].options);
		cr_expect_eq(rules_kit_update(is, is, IDLE[i].rule), FIELD_SEVERITY_WARN,
			"%s %s, as it was", IDLE[i].rule, IDLE[i].options);
		free(was);
		free(is);
	}
}
