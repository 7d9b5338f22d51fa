#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"

/* A cluster whose workers' pod spec has these members beside Ray's container. */
static enum field_severity grade(const char *more_containers, const char *members)
{
	char text[1024];

	snprintf(text, sizeof(text),
		"{\"apiVersion\":\"ray.io/"
		"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"a\"},"
		"\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"ray-head\",\"image\":\"ray\"}]}}},\"workerGroupSpecs\":[{\"groupName\":\"w\","
		"\"template\":{\"spec\":{\"containers\":[{\"name\":\"ray-worker\",\"image\":"
		"\"ray\"}%s]%s}}}]}}",
		more_containers, members);
	return rules_kit_judge(text, "RG0622");
}

Test(reserved, no_container_of_a_worker_has_the_name_of_the_one_that_waits)
{
	static const struct {
		const char *more, *members;
		enum field_severity grade;
	} CASES[] = {
		{"", ",\"initContainers\":[{\"name\":\"wait-gcs-ready\",\"image\":\"x\"}]",
			FIELD_SEVERITY_ERROR},
		{",{\"name\":\"wait-gcs-ready\",\"image\":\"x\"}", "", FIELD_SEVERITY_ERROR},
		{",{\"name\":\"wait-gcs\",\"image\":\"x\"}",
			",\"initContainers\":[{\"name\":\"wait\",\"image\":\"x\"}]",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(grade(CASES[i].more, CASES[i].members), CASES[i].grade, "%zu", i);
}
