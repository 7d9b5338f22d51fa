#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"

Test(ingress, ingress_paths_are_those_of_an_ingress)
{
	static const struct {
		const char *options;
		enum field_severity grade;
	} CASES[] = {
		{"\"path\":\"/\"", FIELD_SEVERITY_OFF},
		{"\"path\":\"/ray/(.*)\",\"pathType\":\"ImplementationSpecific\"",
			FIELD_SEVERITY_OFF},
		{"\"path\":\"ray\"", FIELD_SEVERITY_ERROR},
		{"\"path\":\"/a//b\"", FIELD_SEVERITY_ERROR},
		{"\"path\":\"/a//b\",\"pathType\":\"ImplementationSpecific\"", FIELD_SEVERITY_OFF},
		{"\"host\":\"*.example.com\"", FIELD_SEVERITY_OFF},
		{"\"host\":\"*\"", FIELD_SEVERITY_ERROR},
		{"\"host\":\"10.0.0.1\"", FIELD_SEVERITY_ERROR},
		{"\"tls\":[{\"hosts\":[\"Ray.example.com\"]}]", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char head[256];

		snprintf(head, sizeof(head), "\"enableIngress\":true,\"ingressOptions\":{%s}",
			CASES[i].options);
		cr_assert_eq(rules_kit_grade(&(struct rules_example){.head = head}, "RG1009"),
			CASES[i].grade, "%s", CASES[i].options);
	}
}
