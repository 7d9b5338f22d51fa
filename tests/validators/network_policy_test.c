#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH_POLICY                                                                                \
	"apiVersion: ray.io/v1\n"                                                                  \
	"kind: RayCluster\n"                                                                       \
	"metadata: {name: example}\n"                                                              \
	"spec:\n"                                                                                  \
	"  networkPolicy: {%s}\n"                                                                  \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"

Test(network_policy, lookups_leave_by_a_rule_that_lets_udp_53_out)
{
	static const struct {
		const char *policy;
		enum field_severity grade;
	} CASES[] = {
		{"mode: DenyAll", FIELD_SEVERITY_WARN},
		{"", FIELD_SEVERITY_WARN},
		{"mode: DenyAllEgress", FIELD_SEVERITY_WARN},
		{"mode: DenyAllIngress", FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{}]}", FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{to: [{podSelector: {}}]}]}", FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{ports: [{protocol: UDP, port: 53}]}]}", FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{ports: [{protocol: UDP}]}]}", FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{ports: [{protocol: UDP, port: dns}]}]}",
			FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{ports: [{protocol: UDP, port: 1, endPort: 100}]}]}",
			FIELD_SEVERITY_OFF},
		{"head: {egressRules: [{ports: [{protocol: UDP, port: 54, endPort: 100}]}]}",
			FIELD_SEVERITY_WARN},
		{"head: {egressRules: [{ports: [{protocol: TCP, port: 53}]}]}",
			FIELD_SEVERITY_WARN},
		{"head: {egressRules: [{ports: [{port: 53}]}]}", FIELD_SEVERITY_WARN},
		{"worker: {egressRules: [{}]}", FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(verdict_grade("RG0965", WITH_POLICY, CASES[i].policy), CASES[i].grade,
			"{%s}", CASES[i].policy);
}
