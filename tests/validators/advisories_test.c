#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_VERSION                                                                               \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  rayVersion: '%s'\n"                                                                     \
	"  enableInTreeAutoscaling: true\n"                                                        \
	"  autoscalerOptions: {version: v2}\n"                                                     \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: '%s'}]}}}\n"

Test(advisories, the_version_agrees_with_the_tag_as_far_as_both_say)
{
	static const struct {
		const char *version, *image;
		enum field_severity grade;
	} CASES[] = {
		{"2.52.0", "rayproject/ray:2.52.0", FIELD_SEVERITY_OFF},
		{"2.52.0", "rayproject/ray:2.52.0-py310-gpu", FIELD_SEVERITY_OFF},
		{"2.52", "rayproject/ray:2.52.1", FIELD_SEVERITY_OFF},
		{"2.52.1", "rayproject/ray:2.52-gpu", FIELD_SEVERITY_OFF},
		{"2.52.1", "rayproject/ray:2.52.0", FIELD_SEVERITY_WARN},
		{"2.53.0", "rayproject/ray:2.52.0", FIELD_SEVERITY_WARN},
		{"2.53.0", "rayproject/ray:latest", FIELD_SEVERITY_OFF},
		{"2.53.0", "rayproject/ray", FIELD_SEVERITY_OFF},
		{"2.53.0", "registry.example.com/team/app:1.0.0", FIELD_SEVERITY_OFF},
		{"nightly", "rayproject/ray:2.52.0", FIELD_SEVERITY_OFF},
		{"", "rayproject/ray:2.52.0", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(
			verdict_grade("RG1502", WITH_VERSION, CASES[i].version, CASES[i].image),
			CASES[i].grade, "%s and %s", CASES[i].version, CASES[i].image);
}

Test(advisories, a_range_of_versions_ends_before_the_one_that_mends_it)
{
	static const struct {
		const char *version;
		enum field_severity unusable, stalls;
	} CASES[] = {
		{"2.9.3", FIELD_SEVERITY_WARN, FIELD_SEVERITY_OFF},
		{"2.10.0", FIELD_SEVERITY_OFF, FIELD_SEVERITY_WARN},
		{"2.48.0", FIELD_SEVERITY_OFF, FIELD_SEVERITY_WARN},
		{"2.49.0", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"2.49.0rc1", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
		{"3.0.0", FIELD_SEVERITY_OFF, FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const v = CASES[i].version;

		cr_assert_eq(verdict_grade("RG1505", WITH_VERSION, v, "ray"), CASES[i].unusable,
			"%s", v);
		cr_assert_eq(
			verdict_grade("RG1506", WITH_VERSION, v, "ray"), CASES[i].stalls, "%s", v);
	}
}

Test(advisories, the_embedded_store_is_there_from_2_56_on)
{
	static const char WITH_BACKEND[] =
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: example}\nspec:\n"
		"  rayVersion: '%s'\n"
		"  gcsFaultToleranceOptions: {backend: %s}\n"
		"  headGroupSpec: {template: {spec: {containers: [{name: head, image: '%s'}]}}}\n";
	static const struct {
		const char *version, *backend, *image;
		enum field_severity grade;
	} CASES[] = {
		{"2.55.1", "rocksdb", "ray", FIELD_SEVERITY_WARN},
		{"2.56.0", "rocksdb", "ray", FIELD_SEVERITY_OFF},
		{"2.55.1", "redis", "ray", FIELD_SEVERITY_OFF},
		{"", "rocksdb", "rayproject/ray:2.52.0", FIELD_SEVERITY_WARN},
		{"", "rocksdb", "rayproject/ray:nightly", FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1516", WITH_BACKEND, CASES[i].version,
				     CASES[i].backend, CASES[i].image),
			CASES[i].grade, "%zu", i);
}

Test(advisories, a_group_without_a_container_has_no_cpu_to_detect)
{
	static const char EMPTY[] =
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: example}\nspec:\n"
		"  rayVersion: 2.40.0\n"
		"  enableInTreeAutoscaling: true\n"
		"  headGroupSpec: {template: {spec: {containers: [%s]}}}\n";

	cr_expect_eq(verdict_grade("RG1508", EMPTY, ""), FIELD_SEVERITY_OFF);
	cr_expect_eq(verdict_grade("RG1508", EMPTY,
			     "{name: a, image: ray, resources: {requests: {cpu: 1}}}"),
		FIELD_SEVERITY_WARN);
}

#define SYNCED(meta, replicas)                                                                     \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c, " meta "}, spec: {"         \
	"enableInTreeAutoscaling: true, headGroupSpec: {template: {spec: {containers: [{name: h, " \
	"image: ray}]}}}, workerGroupSpecs: [{groupName: a, replicas: 0, maxReplicas: 9, "         \
	"template: {spec: {containers: [{name: w, image: ray}]}}}, {groupName: b, "                \
	"replicas: " replicas                                                                      \
	", maxReplicas: 9, template: {spec: {containers: [{name: w, image: ray}]}}}]}}"

/* What the cluster stores has the autoscaler's numbers, which are no mistake. */
Test(advisories, only_a_manifest_of_gitops_has_replicas_too_many)
{
	static const struct {
		const char *object;
		enum field_severity grade;
	} CASES[] = {
		{SYNCED("annotations: {argocd.argoproj.io/sync-wave: '1'}", "2"),
			FIELD_SEVERITY_WARN},
		{SYNCED("labels: {kustomize.toolkit.fluxcd.io/name: x}", "2"), FIELD_SEVERITY_WARN},
		{SYNCED("labels: {helm.toolkit.fluxcd.io/name: x}", "2"), FIELD_SEVERITY_WARN},
		{SYNCED("labels: {argocd.argoproj.io/instance: x}", "0"), FIELD_SEVERITY_OFF},
		{SYNCED("labels: {argocd.example.com/instance: x}", "2"), FIELD_SEVERITY_OFF},
		{SYNCED("labels: {argocd.argoproj.io/instance: x}, resourceVersion: '7'", "2"),
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1514", "%s", CASES[i].object), CASES[i].grade, "%s",
			CASES[i].object);
	cr_expect_eq(
		verdict_grade_update("RG1514", SYNCED("labels: {argocd.argoproj.io/x: y}", "1"),
			SYNCED("labels: {argocd.argoproj.io/x: y}", "2")),
		FIELD_SEVERITY_OFF);
}
