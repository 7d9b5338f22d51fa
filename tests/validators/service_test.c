#include <criterion/criterion.h>
#include <stdio.h>

#include "base/attr.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict_grade.h"

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

#define WITH_SERVICE                                                                               \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: "                    \
	"{headServiceAnnotations: {%s}, headGroupSpec: {serviceType: %s, headService: "            \
	"{metadata: {labels: {%s}}, spec: {%s}}, template: {spec: {containers: [{name: h, image: " \
	"ray}]}}}}}"

Test(service, settings_go_with_the_type_of_the_service)
{
	static const struct {
		const char *annotations, *type, *labels, *spec;
		bool refused;
	} CASES[] = {
		{"a.b/c: d", "ClusterIP", "a: b", "clusterIP: None", false},
		{"a b: c", "ClusterIP", "", "", true},
		{"", "ClusterIP", "a: b c", "", true},
		{"", "LoadBalancer", "", "loadBalancerClass: a/b", false},
		{"", "NodePort", "", "loadBalancerClass: a/b", true},
		{"", "NodePort", "", "type: LoadBalancer, loadBalancerClass: a/b", false},
		{"", "LoadBalancer", "", "loadBalancerSourceRanges: [10.0.0.0/8]", false},
		{"", "ClusterIP", "", "loadBalancerSourceRanges: [10.0.0.0/8]", true},
		{"", "ClusterIP", "", "loadBalancerSourceRanges: []", false},
		{"", "NodePort", "", "externalTrafficPolicy: Local", false},
		{"", "ClusterIP", "", "externalTrafficPolicy: Local", true},
		{"", "ClusterIP", "", "externalTrafficPolicy: Local, externalIPs: [192.0.2.1]",
			false},
		{"", "ClusterIP", "", "allocateLoadBalancerNodePorts: false", true},
		{"", "ClusterIP", "", "healthCheckNodePort: 0", false},
		{"", "LoadBalancer", "", "clusterIP: None", true},
		{"", "NodePort", "", "clusterIP: ''", false},
		{"", "ClusterIP", "", "clusterIP: 10.0.0", true},
		{"", "ClusterIP", "", "ipFamilies: [IPv6, IPv4]", false},
		{"", "ClusterIP", "", "ipFamilies: [IPv4, IPv4]", true},
		{"", "ClusterIP", "", "ipFamilies: [ipv4]", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1011", WITH_SERVICE, CASES[i].annotations,
				     CASES[i].type, CASES[i].labels, CASES[i].spec),
			CASES[i].refused ? FIELD_SEVERITY_ERROR : FIELD_SEVERITY_OFF,
			"{%s} %s {%s} {%s}", CASES[i].annotations, CASES[i].type, CASES[i].labels,
			CASES[i].spec);
}

#define SERVED "{apiVersion: ray.io/v1, kind: RayService, metadata: {name: a}, spec: {%s}}"
#define PORTS(list)                                                                                \
	"rayClusterConfig: {headGroupSpec: {template: {spec: {containers: [{name: head, image: "   \
	"ray" list "}]}}}}"

/* KubeRay's own ports have one; where some are declared it takes those alone. */
Test(service, a_ray_service_has_a_port_of_serve)
{
	static const struct {
		const char *fields;
		enum field_severity grade;
	} CASES[] = {
		{PORTS(", ports: [{name: client, containerPort: 10001}]"), FIELD_SEVERITY_WARN},
		{PORTS(", ports: [{name: server, containerPort: 8000}]"), FIELD_SEVERITY_WARN},
		{PORTS(", ports: [{name: serve, containerPort: 8000}]"), FIELD_SEVERITY_OFF},
		{PORTS(", ports: [{name: serve-grpc, containerPort: 9000}]"), FIELD_SEVERITY_OFF},
		{PORTS(""), FIELD_SEVERITY_OFF},
		{PORTS(", ports: []"), FIELD_SEVERITY_OFF},
		{"serveService: {spec: {ports: [{name: serve, port: 8000}]}}, " PORTS(
			 ", ports: [{name: client, containerPort: 10001}]"),
			FIELD_SEVERITY_OFF},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG1002", SERVED, CASES[i].fields), CASES[i].grade, "%s",
			CASES[i].fields);
}

#define SERVE_SERVICE(text) "serveService: " text ", " PORTS("")

/* What the API server refuses of it is never made. */
/* clang-format off */
static const struct {
	const char *fields;
	enum field_severity grade;
} SERVE_SERVICES[] = {
	{SERVE_SERVICE("{metadata: {name: x_y}}"), FIELD_SEVERITY_ERROR},
	{SERVE_SERVICE("{metadata: {labels: {'a b': c}}}"), FIELD_SEVERITY_ERROR},
	{SERVE_SERVICE("{spec: {clusterIP: foo}}"), FIELD_SEVERITY_ERROR},
	{SERVE_SERVICE("{spec: {loadBalancerSourceRanges: [10.0.0.0/8]}}"), FIELD_SEVERITY_ERROR},
	{SERVE_SERVICE("{spec: {ipFamilies: [IPv5]}}"), FIELD_SEVERITY_ERROR},
	{SERVE_SERVICE("{metadata: {name: x-y, labels: {a: b}}, spec: {type: LoadBalancer, "
		"loadBalancerSourceRanges: [10.0.0.0/8]}}"), FIELD_SEVERITY_OFF},
	{SERVE_SERVICE("{}"), FIELD_SEVERITY_OFF},
	{SERVE_SERVICE("{spec: {clusterIP: None}}"), FIELD_SEVERITY_OFF},
	{PORTS(""), FIELD_SEVERITY_OFF},
	/* it is not made */
	{"upgradeStrategy: {type: NewClusterWithIncrementalUpgrade}, "
		SERVE_SERVICE("{metadata: {name: x_y}}"), FIELD_SEVERITY_OFF},
};
/* clang-format on */

Test(service, the_service_of_serve_can_be_made)
{
	for (size_t i = 0; i < ARRAY_LEN(SERVE_SERVICES); i++)
		cr_expect_eq(verdict_grade("RG1249", SERVED, SERVE_SERVICES[i].fields),
			SERVE_SERVICES[i].grade, "%s", SERVE_SERVICES[i].fields);
}
