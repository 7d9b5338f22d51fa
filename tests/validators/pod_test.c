#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

Test(pod, an_ip_address_is_one_that_go_reads)
{
	static const struct {
		const char *ip;
		enum field_severity grade;
	} CASES[] = {
		{"10.0.0.1", FIELD_SEVERITY_OFF},
		{"010.001.000.01", FIELD_SEVERITY_OFF},
		{"0.0.0.0", FIELD_SEVERITY_OFF},
		{"::1", FIELD_SEVERITY_OFF},
		{"2001:db8::10.0.0.1", FIELD_SEVERITY_OFF},
		{"10.0.0", FIELD_SEVERITY_ERROR},
		{"10.0.0.256", FIELD_SEVERITY_ERROR},
		{"10.0.0.1/8", FIELD_SEVERITY_ERROR},
		{"fe80::1%eth0", FIELD_SEVERITY_ERROR},
		{"store", FIELD_SEVERITY_ERROR},
		{"", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char pod[128];

		snprintf(pod, sizeof(pod), "\"hostAliases\":[{\"ip\":\"%s\"}]", CASES[i].ip);
		cr_assert_eq(rules_kit_grade(&(struct rules_example){.pod = pod}, "RG0608"),
			CASES[i].grade, "%s", CASES[i].ip);
	}
}

Test(pod, tolerations_are_judged_as_the_api_server_does)
{
	static const struct {
		const char *toleration;
		enum field_severity grade;
	} CASES[] = {
		{"\"operator\":\"Exists\"", FIELD_SEVERITY_OFF},
		{"\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":0",
			FIELD_SEVERITY_OFF},
		{"\"key\":\"gpu\",\"value\":\"\"", FIELD_SEVERITY_OFF},
		{"\"key\":\"gpu\",\"operator\":\"Exists\",\"value\":\"\"", FIELD_SEVERITY_OFF},
		{"\"value\":\"x\"", FIELD_SEVERITY_ERROR},
		{"\"operator\":\"Equal\",\"value\":\"x\"", FIELD_SEVERITY_ERROR},
		{"\"key\":\"gpu\",\"value\":\"a b\"", FIELD_SEVERITY_ERROR},
		{"\"key\":\"gpu\",\"tolerationSeconds\":5", FIELD_SEVERITY_ERROR},
		{"\"key\":\"g p u\",\"operator\":\"Exists\"", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char pod[256];

		snprintf(pod, sizeof(pod), "\"tolerations\":[{%s}]", CASES[i].toleration);
		cr_assert_eq(rules_kit_grade(&(struct rules_example){.pod = pod}, "RG0612"),
			CASES[i].grade, "%s", CASES[i].toleration);
	}
}

Test(pod, wrong_types_in_every_place_break_no_rule)
{
	static const char *const PODS[] = {
		"\"affinity\":7",
		"\"affinity\":{\"nodeAffinity\":[1],\"podAffinity\":\"x\"}",
		"\"tolerations\":[null,7]",
		"\"volumes\":[null,7,{\"name\":7,\"emptyDir\":\"x\"}]",
		"\"initContainers\":[null,\"x\",{\"name\":{},\"env\":[null],\"ports\":[7]}]",
		"\"topologySpreadConstraints\":{\"maxSkew\":0}",
		"\"dnsConfig\":{\"nameservers\":{\"a\":1},\"searches\":7}",
		"\"hostAliases\":[{\"ip\":7,\"hostnames\":\"x\"}]",
		"\"resources\":{\"requests\":{\"cpu\":\"x\"},\"limits\":7}",
		"\"resourceClaims\":[7,null]",
		"\"securityContext\":{\"seccompProfile\":7,\"supplementalGroups\":[\"x\"]}",
		"\"imagePullSecrets\":[null]",
	};

	for (size_t i = 0; i < ARRAY_LEN(PODS); i++)
		rules_kit_grade(
			&(struct rules_example){.pod = PODS[i], .more = ",null,7"}, "RG0101");
}

#define WITH_POD                                                                                   \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {%s, containers: [{name: h, image: ray}]}}}}}"

Test(pod, its_settings_are_judged_as_the_api_server_does)
{
	static const struct {
		const char *rule, *members;
		enum field_severity grade;
	} CASES[] = {
		{"RG0605", "hostnameOverride: a.example.com", FIELD_SEVERITY_OFF},
		{"RG0605", "hostnameOverride: A_b", FIELD_SEVERITY_ERROR},
		{"RG0605", "hostnameOverride: a, hostNetwork: true", FIELD_SEVERITY_ERROR},
		{"RG0605", "hostnameOverride: a, setHostnameAsFQDN: true", FIELD_SEVERITY_ERROR},
		{"RG0605", "hostnameOverride: a, setHostnameAsFQDN: false", FIELD_SEVERITY_OFF},
		{"RG0605",
			"hostnameOverride: "
			"a123456789.a123456789.a123456789.a123456789.a123456789.a12345678",
			FIELD_SEVERITY_OFF},
		{"RG0605",
			"hostnameOverride: "
			"a123456789.a123456789.a123456789.a123456789.a123456789.a123456789",
			FIELD_SEVERITY_ERROR},
		{"RG0607", "dnsConfig: {searches: [a.example.com, _tcp.example.com., .]}",
			FIELD_SEVERITY_OFF},
		{"RG0607", "dnsConfig: {searches: [A.example.com]}", FIELD_SEVERITY_ERROR},
		{"RG0607", "dnsConfig: {searches: [a_.example.com]}", FIELD_SEVERITY_ERROR},
		{"RG0607", "dnsConfig: {searches: ['']}", FIELD_SEVERITY_ERROR},
		{"RG0607", "dnsConfig: {options: [{name: ndots, value: '2'}, {name: edns0}]}",
			FIELD_SEVERITY_OFF},
		{"RG0607", "dnsConfig: {options: [{value: '2'}]}", FIELD_SEVERITY_ERROR},
		{"RG0609", "nodeName: node-1, schedulingGates: [{name: a}]", FIELD_SEVERITY_ERROR},
		{"RG0609", "nodeName: node-1, schedulingGates: []", FIELD_SEVERITY_OFF},
		{"RG0609", "nodeName: node-1, readinessGates: [{conditionType: a}]",
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade(CASES[i].rule, WITH_POD, CASES[i].members),
			CASES[i].grade, "%s", CASES[i].members);
}

#define WITH_FINALIZERS                                                                            \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {metadata: {finalizers: [%s]}, spec: {containers: [{name: h, image: "          \
	"ray}]}}}}}"

/* As a v1.35 API server answered. */
Test(pod, finalizers_are_such_as_the_api_server_takes)
{
	static const struct {
		const char *list;
		enum field_severity grade;
	} CASES[] = {
		{"", FIELD_SEVERITY_OFF},
		{"a/b", FIELD_SEVERITY_OFF},
		{"example.com/x", FIELD_SEVERITY_OFF},
		{"kubernetes, orphan", FIELD_SEVERITY_OFF},
		{"foregroundDeletion", FIELD_SEVERITY_OFF},
		{"foregroundDeletion, orphan", FIELD_SEVERITY_ERROR},
		{"a", FIELD_SEVERITY_ERROR},
		{"'a b'", FIELD_SEVERITY_ERROR},
		{"''", FIELD_SEVERITY_ERROR},
		{"/x", FIELD_SEVERITY_ERROR},
		{"EX/x", FIELD_SEVERITY_ERROR},
		{"example.com/", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0601", WITH_FINALIZERS, CASES[i].list),
			CASES[i].grade, "%s", CASES[i].list);
}

Test(pod, options_of_windows_are_such_as_the_api_server_takes)
{
	static const struct {
		const char *options;
		enum field_severity grade;
	} CASES[] = {
		{"\"gmsaCredentialSpecName\":\"a.b\"", FIELD_SEVERITY_OFF},
		{"\"gmsaCredentialSpecName\":null", FIELD_SEVERITY_OFF},
		{"\"runAsUserName\":\"ContainerUser\"", FIELD_SEVERITY_OFF},
		{"\"runAsUserName\":\"NT AUTHORITY\\\\System\"", FIELD_SEVERITY_OFF},
		{"\"gmsaCredentialSpecName\":\"\"", FIELD_SEVERITY_ERROR},
		{"\"gmsaCredentialSpecName\":\"a_b\"", FIELD_SEVERITY_ERROR},
		{"\"gmsaCredentialSpecName\":\"A\"", FIELD_SEVERITY_ERROR},
		{"\"gmsaCredentialSpec\":\"\"", FIELD_SEVERITY_ERROR},
		{"\"runAsUserName\":\"\"", FIELD_SEVERITY_ERROR},
		{"\"runAsUserName\":\"a\\\\b\\\\c\"", FIELD_SEVERITY_ERROR},
		{"\"runAsUserName\":\"a@b\"", FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char text[256];

		snprintf(text, sizeof(text), "\"securityContext\":{\"windowsOptions\":{%s}}",
			CASES[i].options);
		cr_expect_eq(rules_kit_grade(&(struct rules_example){.pod = text}, "RG0661"),
			CASES[i].grade, "%s", text);
		cr_expect_eq(rules_kit_grade(&(struct rules_example){.container = text}, "RG0660"),
			CASES[i].grade, "%s", text);
	}
}
