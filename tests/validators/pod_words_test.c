#include <criterion/criterion.h>

#include "base/attr.h"
#include "tests/support/verdict_grade.h"

#define WITH(pod, container)                                                                       \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {headGroupSpec: "    \
	"{template: {spec: {" pod "containers: [{name: h, image: ray" container "}]}}}}}"
#define POD(member)       WITH(member ", ", "")
#define CONTAINER(member) WITH("", ", " member)
#define MOUNT(member)     CONTAINER("volumeMounts: [{name: v, mountPath: /v, " member "}]")
#define SPREAD(member)                                                                             \
	POD("topologySpreadConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: "         \
	    "ScheduleAnyway, " member "}]")
#define VOLUME(source) POD("volumes: [{name: v, " source "}]")
#define RESTART(rule)  CONTAINER("restartPolicy: Never, restartPolicyRules: [" rule "]")

/* What a v1.35 API server says of empty words: some have a default, others are wrong. */
Test(pod_words, an_empty_word_is_refused_where_it_has_no_default)
{
	static const struct {
		const char *object;
		enum field_severity grade;
	} CASES[] = {
		{POD("dnsPolicy: ''"), FIELD_SEVERITY_OFF},
		{POD("restartPolicy: ''"), FIELD_SEVERITY_OFF},
		{POD("tolerations: [{key: a, operator: '', effect: ''}]"), FIELD_SEVERITY_OFF},
		{CONTAINER("imagePullPolicy: ''"), FIELD_SEVERITY_OFF},
		{CONTAINER("terminationMessagePolicy: ''"), FIELD_SEVERITY_OFF},
		{CONTAINER("ports: [{containerPort: 1, protocol: ''}]"), FIELD_SEVERITY_OFF},
		{CONTAINER("livenessProbe: {httpGet: {port: 1, scheme: ''}}"), FIELD_SEVERITY_OFF},
		{VOLUME("hostPath: {path: /a, type: ''}"), FIELD_SEVERITY_OFF},
		{VOLUME("image: {reference: a, pullPolicy: ''}"), FIELD_SEVERITY_OFF},
		{POD("os: {name: ''}"), FIELD_SEVERITY_ERROR},
		{POD("preemptionPolicy: ''"), FIELD_SEVERITY_ERROR},
		{POD("securityContext: {fsGroupChangePolicy: ''}"), FIELD_SEVERITY_ERROR},
		{POD("securityContext: {supplementalGroupsPolicy: ''}"), FIELD_SEVERITY_ERROR},
		{POD("securityContext: {seLinuxChangePolicy: ''}"), FIELD_SEVERITY_ERROR},
		{POD("securityContext: {seLinuxChangePolicy: MountOption}"), FIELD_SEVERITY_OFF},
		{CONTAINER("securityContext: {procMount: ''}"), FIELD_SEVERITY_ERROR},
		{CONTAINER("restartPolicy: ''"), FIELD_SEVERITY_ERROR},
		{CONTAINER("resizePolicy: [{resourceName: cpu, restartPolicy: ''}]"),
			FIELD_SEVERITY_ERROR},
		{RESTART("{action: Restart, exitCodes: {operator: '', values: [1]}}"),
			FIELD_SEVERITY_ERROR},
		{MOUNT("mountPropagation: ''"), FIELD_SEVERITY_ERROR},
		{MOUNT("readOnly: true, recursiveReadOnly: ''"), FIELD_SEVERITY_ERROR},
		{SPREAD("nodeAffinityPolicy: ''"), FIELD_SEVERITY_ERROR},
		{SPREAD("nodeTaintsPolicy: ''"), FIELD_SEVERITY_ERROR},
		{SPREAD("labelSelector: {matchExpressions: [{key: a, operator: ''}]}"),
			FIELD_SEVERITY_ERROR},
		{POD("affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
		     "{nodeSelectorTerms: [{matchExpressions: [{key: a, operator: ''}]}]}}}"),
			FIELD_SEVERITY_ERROR},
		{VOLUME("azureDisk: {diskName: a, diskURI: 'https://a', cachingMode: ''}"),
			FIELD_SEVERITY_ERROR},
		{VOLUME("azureDisk: {diskName: a, diskURI: 'https://a', kind: ''}"),
			FIELD_SEVERITY_ERROR},
		{VOLUME("ephemeral: {volumeClaimTemplate: {spec: {volumeMode: '', accessModes: "
			"[ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}"),
			FIELD_SEVERITY_ERROR},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade("RG0108", "%s", CASES[i].object), CASES[i].grade, "%s",
			CASES[i].object);
}

/* Newer servers know more actions than we do, and none of them an empty one. */
Test(pod_words, a_restart_rule_has_an_action)
{
	cr_expect_eq(verdict_grade("RG0638", "%s",
			     RESTART("{action: '', exitCodes: {operator: In, values: [1]}}")),
		FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG0638", "%s",
			     RESTART("{action: Restart, exitCodes: {operator: In, values: [1]}}")),
		FIELD_SEVERITY_OFF);
}
