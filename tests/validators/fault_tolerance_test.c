#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_BACKEND                                                                               \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  gcsFaultToleranceOptions: {%s}\n"                                                       \
	"  headGroupSpec:\n"                                                                       \
	"    template:\n"                                                                          \
	"      spec:\n"                                                                            \
	"        volumes: [{name: %s, emptyDir: {}}]\n"                                            \
	"        containers:\n"                                                                    \
	"        - {name: head, image: ray, volumeMounts: [{name: %s, mountPath: %s}]}\n"

Test(fault_tolerance, the_store_of_rocksdb_is_kept_free_and_only_where_it_is_used)
{
	static const struct {
		const char *options, *volume, *path;
		enum field_severity grade;
	} CASES[] = {
		{"backend: rocksdb", "data", "/data", FIELD_SEVERITY_OFF},
		{"backend: rocksdb", "gcs-storage", "/data", FIELD_SEVERITY_ERROR},
		{"backend: rocksdb", "data", "/data/gcs", FIELD_SEVERITY_ERROR},
		{"backend: redis", "gcs-storage", "/data/gcs", FIELD_SEVERITY_OFF},
		{"redisAddress: 'redis:6379'", "gcs-storage", "/data/gcs", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0811", WITH_BACKEND, CASES[i].options,
				     CASES[i].volume, CASES[i].volume, CASES[i].path),
			CASES[i].grade, "%zu", i);
}

#define PLAIN(more)                                                                                \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {" more              \
	"headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}}}"

/* Our own controller has no feature gates of KubeRay. */
Test(fault_tolerance, rocksdb_hangs_on_a_gate_of_kuberay_alone)
{
	const char *const with = PLAIN("gcsFaultToleranceOptions: {backend: rocksdb}, ");

	cr_expect_eq(verdict_grade_update("RG0807", PLAIN(""), with), FIELD_SEVERITY_WARN);
	cr_expect_eq(
		verdict_grade_update_of_raygate("RG0807", PLAIN(""), with), FIELD_SEVERITY_OFF);
}
