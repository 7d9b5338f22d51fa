#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_WORKER_PARAM                                                                          \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"          \
	"  workerGroupSpecs:\n"                                                                    \
	"  - groupName: small\n"                                                                   \
	"    minReplicas: 0\n"                                                                     \
	"    maxReplicas: 1\n"                                                                     \
	"    rayStartParams: {%s: '%s'}\n"                                                         \
	"    template: {spec: {containers: [{name: worker, image: ray}]}}\n"

/* KubeRay takes such objects, and some are in use with no worker of that group. */
Test(start_params, a_flag_of_the_head_on_workers_is_no_more_than_a_warning)
{
	static const struct {
		const char *name, *value;
		enum field_severity grade;
	} CASES[] = {
		{"port",              "6379",    FIELD_SEVERITY_WARN },
		{"redis-shard-ports", "6380",    FIELD_SEVERITY_WARN },
		{"include-dashboard", "true",    FIELD_SEVERITY_WARN },
		{"dashboard-host",    "0.0.0.0", FIELD_SEVERITY_WARN },
		{"head",              "true",    FIELD_SEVERITY_ERROR},
		{"head",              "false",   FIELD_SEVERITY_OFF  },
		{"num-cpus",          "1",       FIELD_SEVERITY_OFF  },
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(
			verdict_grade("RG0409", WITH_WORKER_PARAM, CASES[i].name, CASES[i].value),
			CASES[i].grade, "%s: %s", CASES[i].name, CASES[i].value);
}
