#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

static enum field_severity judge_image(const char *image)
{
	char members[512];

	snprintf(members, sizeof(members), "\"image\":\"%s\"", image);
	return rules_kit_grade(&(struct rules_example){.container = members}, "RG0633");
}

Test(container, every_image_that_an_engine_reads_is_accepted)
{
	static const char *const IMAGES[] = {
		"ray",
		"rayproject/ray",
		"rayproject/ray:2.52.0",
		"rayproject/ray:2.52.0-py310_gpu.X86",
		"rayproject/"
		"ray@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		"localhost/ray",
		"localhost:5000/ray:dev",
		"registry:dev/ray",
		"registry.example.com/a/b/c/ray:latest",
		"registry.example.com:5000/ray",
		"Registry.Example.com/team/ray:1",
		"[2001:db8::1]:5000/ray:1",
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/ml/ray-gpu__x:v1",
		"us-docker.pkg.dev/project/repo/ray-head--x:abc@sha256:"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};

	for (size_t i = 0; i < ARRAY_LEN(IMAGES); i++)
		cr_assert_eq(judge_image(IMAGES[i]), FIELD_SEVERITY_OFF, "%s", IMAGES[i]);
}

Test(container, an_image_that_no_engine_reads_is_warned_of)
{
	static const char *const IMAGES[] = {
		"RayProject/ray:2.52.0",
		"rayproject/Ray:2.52.0",
		"rayproject/ray:",
		"rayproject/ray:2.52.0:gpu",
		"rayproject/ray:.2",
		"rayproject/ray:a b",
		"https://registry.example.com/ray",
		"docker://rayproject/ray",
		"/ray",
		"rayproject//ray",
		"rayproject/ray/",
		"rayproject/-ray",
		"$IMAGE",
		"{{ .Values.image }}",
		":latest",
		"rayproject/ray-:1",
		" ",
	};

	for (size_t i = 0; i < ARRAY_LEN(IMAGES); i++)
		cr_assert_eq(judge_image(IMAGES[i]), FIELD_SEVERITY_WARN, "%s", IMAGES[i]);
}

Test(container, host_ports_collide_by_number_protocol_and_address)
{
	static const struct {
		const char *name, *pod, *other;
		enum field_severity grade;
	} CASES[] = {
		{"two addresses", NULL,
			"{\"containerPort\":1,\"hostPort\":80,\"hostIP\":\"10.0.0.1\"}",
			FIELD_SEVERITY_OFF},
		{"two protocols", NULL,
			"{\"containerPort\":1,\"hostPort\":80,\"protocol\":\"UDP\"}",
			FIELD_SEVERITY_OFF},
		{"TCP unsaid", NULL, "{\"containerPort\":1,\"hostPort\":80,\"protocol\":\"TCP\"}",
			FIELD_SEVERITY_ERROR},
		{"no host port", NULL, "{\"containerPort\":8000}", FIELD_SEVERITY_OFF},
		{"host network", "\"hostNetwork\":true", "{\"containerPort\":80}",
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char more[512];

		snprintf(more, sizeof(more),
			",{\"name\":\"other\",\"image\":\"nginx\",\"ports\":[%s]}", CASES[i].other);
		const struct rules_example example = {.pod = CASES[i].pod,
			.more = more,
			.container = "\"image\":\"ray\",\"ports\":[{\"containerPort\":80,"
				     "\"hostPort\":80}]"};

		cr_assert_eq(
			rules_kit_grade(&example, "RG0635"), CASES[i].grade, "%s", CASES[i].name);
	}
}

#define WITH_INITS                                                                                 \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {containers: [{name: h, image: ray, ports: [" PORT(                     \
		80) "]}], "                                                                        \
		    "initContainers: [{name: i, image: a, ports: [%s]}, {name: j, image: a, "      \
		    "ports: [" PORT(80) "]}]}}}}}"
#define PORT(number) "{containerPort: 1" #number ", hostPort: " #number "}"

/* They run one by one, before the others. */
Test(container, host_ports_of_an_init_container_collide_with_its_own_alone)
{
	cr_expect_eq(verdict_grade("RG0635", WITH_INITS, PORT(80)), FIELD_SEVERITY_OFF);
	cr_expect_eq(
		verdict_grade("RG0635", WITH_INITS, PORT(80) ", {containerPort: 2, hostPort: 80}"),
		FIELD_SEVERITY_ERROR);
}

Test(container, an_env_name_that_only_old_versions_refuse_is_a_warning)
{
	const struct rules_example old = {
		.container = "\"image\":\"ray\",\"env\":[{\"name\":\"1ST NAME\",\"value\":\"\"}]"};
	const struct rules_example never = {
		.container = "\"image\":\"ray\",\"env\":[{\"name\":\"A=B\",\"value\":\"\"}]"};

	cr_assert_eq(rules_kit_grade(&old, "RG0640"), FIELD_SEVERITY_WARN);
	cr_assert_eq(rules_kit_grade(&never, "RG0640"), FIELD_SEVERITY_ERROR);
}

Test(container, the_submitter_of_a_job_is_judged_as_well)
{
	static const char JOB[] =
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayJob\",\"metadata\":{\"name\":\"job\"},"
		"\"spec\":{\"entrypoint\":\"true\",\"clusterSelector\":{\"ray.io/cluster\":\"c\"},"
		"\"submitterPodTemplate\":{\"spec\":{\"containers\":[{\"name\":\"Submit\","
		"\"image\":\"ray\",\"volumeMounts\":[{\"name\":\"none\",\"mountPath\":\"/"
		"x\"}]}]}}}}";

	cr_assert_eq(rules_kit_judge(JOB, "RG0630"), FIELD_SEVERITY_ERROR);
	cr_assert_eq(rules_kit_judge(JOB, "RG0680"), FIELD_SEVERITY_ERROR);
	cr_assert_eq(rules_kit_judge(JOB, "RG0511"), FIELD_SEVERITY_OFF);
}
