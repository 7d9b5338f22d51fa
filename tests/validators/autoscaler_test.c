#include <criterion/criterion.h>

#include "base/attr.h"
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
