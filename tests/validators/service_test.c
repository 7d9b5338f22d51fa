#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"

static enum field_severity judge_ports(const char *ports, const char *head, const char *rule)
{
	char members[512];

	snprintf(members, sizeof(members), "\"image\":\"ray\",\"ports\":[%s]", ports);
	return rules_kit_grade(&(struct rules_example){.container = members, .head = head}, rule);
}

#define PORT(name, number) "{\"name\":\"" name "\",\"containerPort\":" number "}"
#define OWN(ports)         "\"headService\":{\"spec\":{\"ports\":[" ports "]}}"

Test(service, ports_of_the_head_service_are_kuberays_and_the_containers)
{
	static const struct {
		const char *name, *ports, *head, *rule;
		enum field_severity grade;
	} CASES[] = {
		{"none", "", NULL, "RG1001", FIELD_SEVERITY_OFF},
		{"metrics by its name", PORT("metrics", "8080"), NULL, "RG1001",
			FIELD_SEVERITY_OFF},
		{"metrics elsewhere", PORT("metrics", "9090") "," PORT("web", "8080"), NULL,
			"RG1001", FIELD_SEVERITY_OFF},
		{"8080 by another name", PORT("web", "8080"), NULL, "RG1001", FIELD_SEVERITY_ERROR},
		{"8080 without a name", "{\"containerPort\":8080}", NULL, "RG1001",
			FIELD_SEVERITY_ERROR},
		{"one number, two protocols",
			PORT("dns", "53") ",{\"name\":\"udp\",\"containerPort\":53,\"protocol\":"
					  "\"UDP\"}",
			NULL, "RG1001", FIELD_SEVERITY_ERROR},
		{"own port of a default name", "", OWN("{\"name\":\"client\",\"port\":1}"),
			"RG1003", FIELD_SEVERITY_ERROR},
		{"own port of a default number", "", OWN("{\"name\":\"x\",\"port\":10001}"),
			"RG1003", FIELD_SEVERITY_ERROR},
		{"the container declares others", PORT("gcs-server", "6379"),
			OWN("{\"name\":\"client\",\"port\":10001}"), "RG1003", FIELD_SEVERITY_OFF},
		{"own port without a name", "", OWN("{\"port\":22}"), "RG1003",
			FIELD_SEVERITY_ERROR},
		{"own port over UDP", "",
			OWN("{\"name\":\"x\",\"port\":10001,\"protocol\":\"UDP\"}"), "RG1003",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(judge_ports(CASES[i].ports, CASES[i].head, CASES[i].rule),
			CASES[i].grade, "%s", CASES[i].name);
}

Test(service, ingress_paths_are_those_of_an_ingress)
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
