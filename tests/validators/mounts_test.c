#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/buf.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

#define MOUNTS(list)   "\"image\":\"ray\",\"volumeMounts\":[" list "]"
#define SIDECAR(mount) ",{\"name\":\"logs\",\"image\":\"x\",\"volumeMounts\":[" mount "]}"

Test(mounts, volumes_that_the_controller_adds_need_not_be_declared)
{
	static const struct {
		const char *name;
		struct rules_example example;
		enum field_severity grade;
	} CASES[] = {
		{"logs of an autoscaled head",
			{.spec = "\"enableInTreeAutoscaling\":true",
				.more = SIDECAR(
					"{\"name\":\"ray-logs\",\"mountPath\":\"/tmp/ray\"}")},
			FIELD_SEVERITY_OFF},
		{"logs without an autoscaler",
			{.more = SIDECAR("{\"name\":\"ray-logs\",\"mountPath\":\"/tmp/ray\"}")},
			FIELD_SEVERITY_ERROR},
		{"shared memory of a sidecar",
			{.more = SIDECAR("{\"name\":\"shared-mem\",\"mountPath\":\"/dev/shm\"}")},
			FIELD_SEVERITY_OFF},
		{"shared memory that Ray mounts itself",
			{.container = MOUNTS(
				 "{\"name\":\"shared-mem\",\"mountPath\":\"/dev/shm\"}")},
			FIELD_SEVERITY_ERROR},
		{"shared memory with a directory of its own for plasma",
			{.head = "\"rayStartParams\":{\"plasma-directory\":\"/data\"}",
				.more = SIDECAR(
					"{\"name\":\"shared-mem\",\"mountPath\":\"/dev/shm\"}")},
			FIELD_SEVERITY_ERROR},
		{"certificates with TLS",
			{.spec = "\"tlsOptions\":{\"enabled\":true}",
				.more = SIDECAR("{\"name\":\"ray-tls\",\"mountPath\":\"/tls\"}")},
			FIELD_SEVERITY_OFF},
		{"certificates without",
			{.more = SIDECAR("{\"name\":\"ray-tls\",\"mountPath\":\"/tls\"}")},
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(rules_kit_grade(&CASES[i].example, "RG0680"), CASES[i].grade, "%s",
			CASES[i].name);
}

Test(mounts, a_mount_that_was_broken_before_is_only_a_warning)
{
	static const struct rules_example OLD = {
		.container = MOUNTS("{\"name\":\"gone\",\"mountPath\":\"/x\"}")};
	static const struct rules_example SAME = {.head = "\"rayStartParams\":{\"num-cpus\":\"2\"}",
		.container = MOUNTS("{\"name\":\"gone\",\"mountPath\":\"/x\"}")};
	static const struct rules_example OTHER = {
		.container = MOUNTS("{\"name\":\"lost\",\"mountPath\":\"/x\"}")};
	char *const old = rules_kit_object(&OLD);
	char *const same = rules_kit_object(&SAME);
	char *const other = rules_kit_object(&OTHER);

	cr_assert_eq(rules_kit_update(old, same, "RG0680"), FIELD_SEVERITY_WARN);
	cr_assert_eq(rules_kit_update(old, other, "RG0680"), FIELD_SEVERITY_ERROR);
	free(old);
	free(same);
	free(other);
}

Test(mounts, very_many_volumes_and_mounts_are_judged_in_time)
{
	CLEANUP(buf_done) struct buf volumes = {0};
	CLEANUP(buf_done) struct buf mounts = {0};

	buf_add_cstr(&volumes, "\"volumes\":[{\"name\":\"x\"}");
	buf_add_cstr(&mounts,
		"\"image\":\"ray\",\"volumeMounts\":[{\"name\":\"y\",\"mountPath\":\"/\"}");
	for (int i = 0; i < 50000; i++) {
		buf_printf(&volumes, ",{\"name\":\"v%d\"}", i);
		buf_printf(&mounts, ",{\"name\":\"v%d\",\"mountPath\":\"/%d\"}", i, i);
	}
	const struct rules_example example = {
		.pod = (buf_add_cstr(&volumes, "]"), buf_add_char(&volumes, '\0'), volumes.at),
		.container = (buf_add_cstr(&mounts, "]"), buf_add_char(&mounts, '\0'), mounts.at)};

	cr_assert_eq(rules_kit_grade(&example, "RG0680"), FIELD_SEVERITY_ERROR);
}

#define WITH_CONTAINER                                                                             \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {volumes: [{name: disk, persistentVolumeClaim: {claimName: a}}, "       \
	"{name: made, ephemeral: {}}, {name: empty, emptyDir: {}}], containers: [{name: h, "       \
	"image: ray, %s}]}}}}}"
#define FROM_FILE(volume, path)                                                                    \
	"env: [{name: A, valueFrom: {fileKeyRef: {key: k, path: " path ", volumeName: " volume     \
	"}}}]"

Test(mounts, devices_and_files_are_of_volumes_that_can_hold_them)
{
	static const struct {
		const char *rule, *members;
		enum field_severity grade;
	} CASES[] = {
		{"RG0684", "volumeDevices: [{name: disk, devicePath: /d}]", FIELD_SEVERITY_OFF},
		{"RG0684", "volumeDevices: [{name: made, devicePath: /d}]", FIELD_SEVERITY_OFF},
		{"RG0684", "volumeDevices: [{name: empty, devicePath: /d}]", FIELD_SEVERITY_ERROR},
		{"RG0684", "volumeDevices: [{name: gone, devicePath: /d}]", FIELD_SEVERITY_OFF},
		{"RG0680", "volumeDevices: [{name: gone, devicePath: /d}]", FIELD_SEVERITY_ERROR},
		{"RG0680", FROM_FILE("empty", "a"), FIELD_SEVERITY_OFF},
		{"RG0680", FROM_FILE("gone", "a"), FIELD_SEVERITY_ERROR},
		{"RG0641", FROM_FILE("empty", "a/b"), FIELD_SEVERITY_OFF},
		{"RG0641", FROM_FILE("empty", "a/../b"), FIELD_SEVERITY_ERROR},
		{"RG0641", FROM_FILE("empty", "''"), FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_CONTAINER, CASES[i].members),
			CASES[i].grade, "%s: %s", CASES[i].rule, CASES[i].members);
}

Test(mounts, what_is_read_only_below_its_mounts_is_not_shared)
{
	static const struct {
		const char *mount;
		enum field_severity grade;
	} CASES[] = {
		{"readOnly: true, recursiveReadOnly: Enabled", FIELD_SEVERITY_OFF},
		{"recursiveReadOnly: Enabled", FIELD_SEVERITY_ERROR},
		{"readOnly: true, recursiveReadOnly: Enabled, mountPropagation: None",
			FIELD_SEVERITY_OFF},
		{"readOnly: true, recursiveReadOnly: Enabled, mountPropagation: HostToContainer",
			FIELD_SEVERITY_ERROR},
		{"readOnly: true, recursiveReadOnly: IfPossible, mountPropagation: HostToContainer",
			FIELD_SEVERITY_ERROR},
		{"readOnly: true, recursiveReadOnly: Disabled, mountPropagation: HostToContainer",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(
			verdict_grade("RG0683",
				"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, "
				"spec: {headGroupSpec: {template: {spec: {volumes: [{name: v, "
				"emptyDir: {}}], containers: [{name: h, image: ray, volumeMounts: "
				"[{name: v, mountPath: /a, %s}]}]}}}}}",
				CASES[i].mount),
			CASES[i].grade, "%s", CASES[i].mount);
}
