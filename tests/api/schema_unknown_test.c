/* What is said of a field that is misspelt, or stands in the wrong place. */
#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "tests/support/verdict_grade.h"

#define CONTAINER(fields)      "{name: c, image: ray" fields "}"
#define POD(fields, container) "{spec: {containers: [" CONTAINER(container) "]" fields "}}"
#define CLUSTER(fields, head, group)                                                               \
	"{headGroupSpec: {template: " head "}, workerGroupSpecs: [{groupName: w, template: "       \
	"{spec: {containers: [{name: c, image: ray}]}}" group "}]" fields "}"
#define OF(root, spec)                                                                             \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: " spec root "}"
#define PLAIN           POD("", "")
#define IN_ROOT(fields) OF(", " fields, CLUSTER("", PLAIN, ""))
#define IN_SPEC(fields) OF("", CLUSTER(", " fields, PLAIN, ""))
#define IN_HEAD(fields)                                                                            \
	OF("", "{headGroupSpec: {template: " PLAIN ", " fields "}, workerGroupSpecs: []}")
#define IN_GROUP(fields)     OF("", CLUSTER("", PLAIN, ", " fields))
#define IN_POD(fields)       OF("", CLUSTER("", POD(", " fields, ""), ""))
#define IN_CONTAINER(fields) OF("", CLUSTER("", POD("", ", " fields), ""))
#define IN_JOB_CLUSTER(fields)                                                                     \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {entrypoint: e, "        \
	"rayClusterSpec: " CLUSTER(", " fields, PLAIN, "") "}}"
#define IN_OLDER(fields)                                                                           \
	"{apiVersion: ray.io/v1alpha1, kind: RayCluster, metadata: {name: a}, spec: " CLUSTER(     \
		"", PLAIN, ", " fields) "}"
#define IN_LEGACY(fields)                                                                          \
	"{apiVersion: cluster.ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {"           \
	"headPodType: h, podTypes: [{name: h, podConfig: {apiVersion: v1, kind: Pod, metadata: "   \
	"{}, spec: {containers: [{name: c, image: ray}]}}, " fields "}]}}"
#define IN_LEGACY_SPEC(fields)                                                                     \
	"{apiVersion: cluster.ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {"           \
	"headPodType: h, podTypes: [{name: h, podConfig: {apiVersion: v1, kind: Pod, metadata: "   \
	"{}, spec: {containers: [{name: c, image: ray}]}}}], " fields "}}"
#define OF_LEGACY(here)                                                                            \
	"unknown field: a RayCluster spec of cluster.ray.io/v1 has it, one of ray.io/v1 has " here
#define OF_MODERN(here)                                                                            \
	"unknown field: a RayCluster spec of ray.io/v1 has it, one of cluster.ray.io/v1 has " here
#define MEANT(where, name)    "unknown field in " where "; did you mean \"" name "\"?"
#define MOVED(where, home)    "unknown field: " where " has no such field, but " home
#define MOVED_OUT(where, why) "unknown field: " where " has no such field, " why ": take it out"
#define MISSED(where, name)   "unknown field in " where ", which needs \"" name "\": write that name"

Test(schema_unknown, what_was_meant_is_told)
{
	static const struct {
		const char *object, *words;
	} CASES[] = {
		{IN_GROUP("replica: 1"), MEANT("a worker group", "replicas")},
		{IN_GROUP("MinReplicas: 1"), MEANT("a worker group", "minReplicas")},
		{IN_GROUP("ray_start_params: {}"), MEANT("a worker group", "rayStartParams")},
		{IN_GROUP("maxWorkers: 1"), MEANT("a worker group", "maxReplicas")},
		{IN_LEGACY("maxReplicas: 1"), MEANT("a podType", "maxWorkers")},
		{IN_SPEC("workerGroups: []"), MEANT("a RayCluster spec", "workerGroupSpecs")},
		{IN_SPEC("headGroup: {}"), MEANT("a RayCluster spec", "headGroupSpec")},
		{IN_SPEC("enableAutoscaling: true"),
			MEANT("a RayCluster spec", "enableInTreeAutoscaling")},
		{IN_CONTAINER("pullPolicy: Always"), MEANT("a container", "imagePullPolicy")},
		{IN_OLDER("numOfHost: 1"), "unknown field in a worker group; did you mean "
					   "\"numOfHosts\" of ray.io/v1?"},
		{IN_SPEC("auto: {}"), MEANT("a RayCluster spec", "autoscalerOptions")},
		/* two begin so */
		{IN_SPEC("headX: {}, hea: {}"), ": a RayCluster spec has no such field"},
		{IN_GROUP("gpu: 1"), ": a worker group has no such field"},
		{IN_GROUP("podConfig: {}"), MEANT("a worker group", "template")},
		{IN_GROUP("rayResources: {}"), MEANT("a worker group", "resources")},
		{IN_LEGACY("template: {}"), MEANT("a podType", "podConfig")},
		{IN_LEGACY("replicas: 2"), MEANT("a podType", "minWorkers")},
		{IN_SPEC("podTypes: []"), OF_LEGACY("headGroupSpec and workerGroupSpecs")},
		{IN_SPEC("headPodType: x"), OF_LEGACY("headGroupSpec")},
		{IN_JOB_CLUSTER("maxWorkers: 1"),
			OF_LEGACY("maxReplicas in each of workerGroupSpecs")},
		{IN_LEGACY_SPEC("headGroupSpec: {}"),
			OF_MODERN("headPodType, which names one of podTypes")},
		{IN_LEGACY_SPEC("suspend: true"), OF_MODERN("nothing like it")},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0102", CASES[i].object, CASES[i].words);
}

#define JOB(fields)                                                                                \
	"{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: a}, spec: {entrypoint: e, " fields \
	"}}"
#define TWICE_MISSPELT                                                                             \
	"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: {headgroupspec: "    \
	"{template: " PLAIN "}, headGroup: {}}}"
#define ANY_CLUSTER CLUSTER("", PLAIN, "")

/* The rule is the one that KubeRay and its CRD refuse by: not only a warning. */
Test(schema_unknown, what_is_needed_and_stands_there_under_another_name_is_told_once)
{
	static const struct {
		const char *rule, *object, *words;
	} CASES[] = {
		{"RG1203", JOB("rayclusterSpec: " ANY_CLUSTER),
			MISSED("a RayJob spec", "rayClusterSpec")},
		{"RG1203", JOB("clusterSelector: {}, rayClusterConfig: " ANY_CLUSTER),
			MISSED("a RayJob spec", "rayClusterSpec")},
		{"RG0103",
			"{apiVersion: ray.io/v1, kind: RayService, metadata: {name: a}, spec: {"
			"rayClusterSpec: " ANY_CLUSTER "}}",
			MISSED("a RayService spec", "rayClusterConfig")},
		{"RG0103",
			"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: "
			"{headGroup: "
			"{template: " PLAIN "}}}",
			MISSED("a RayCluster spec", "headGroupSpec")},
		{"RG0103", IN_CONTAINER("volumeMounts: [{name: v, mountpath: /x}]"),
			MISSED("a volume mount", "mountPath")},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const bool instead = str_is(str_from(CASES[i].rule), "RG1203");
		const char *const other = instead ? "RG0103" : "RG1203";

		verdict_expect_told(CASES[i].rule, CASES[i].object, CASES[i].words);
		cr_expect_eq(verdict_grade("RG0102", "%s", CASES[i].object), FIELD_SEVERITY_OFF);
		cr_expect_eq(verdict_grade(other, "%s", CASES[i].object), FIELD_SEVERITY_OFF);
	}
	/* of two only one can be it */
	verdict_expect_told("RG0103", TWICE_MISSPELT, MISSED("a RayCluster spec", "headGroupSpec"));
	verdict_expect_told("RG0102", TWICE_MISSPELT, MEANT("a RayCluster spec", "headGroupSpec"));
	/* the older one held something else */
	verdict_expect_told("RG0102", JOB("runtimeEnv: e30=, rayClusterSpec: " ANY_CLUSTER),
		MEANT("a RayJob spec", "runtimeEnvYAML") " It holds the YAML itself, where "
							 "runtimeEnv held it in base64");
	verdict_expect_told("RG0102", JOB("runtimeEnvYaml: e30=, rayClusterSpec: " ANY_CLUSTER),
		MEANT("a RayJob spec", "runtimeEnvYAML"));
	/* what is there, or not needed, is not missed */
	verdict_expect_told("RG0102", JOB("rayclusterSpec: {}, rayClusterSpec: " ANY_CLUSTER),
		MEANT("a RayJob spec", "rayClusterSpec"));
	verdict_expect_told("RG0102",
		JOB("rayclusterSpec: {}, clusterSelector: {ray.io/cluster: c}"),
		MEANT("a RayJob spec", "rayClusterSpec"));
}

#define POLICY(rules) "{apiVersion: raygate.dev/v1, kind: Policy, rules: {" rules "}}"
#define MISSPELT_JOB  JOB("rayclusterSpec: " ANY_CLUSTER)

/* Here RG0102 is an error by itself: kubectl refuses what is unknown. */
Test(schema_unknown, what_is_told_once_is_as_grave_as_the_graver_of_its_rules)
{
	static const struct {
		const char *policy, *object, *rule;
		enum field_severity grade;
	} CASES[] = {
		{POLICY("RG0103: warn"), TWICE_MISSPELT, "RG0102", FIELD_SEVERITY_ERROR},
		{POLICY("RG0103: \"off\""), TWICE_MISSPELT, "RG0102", FIELD_SEVERITY_ERROR},
		{POLICY("RG0102: warn"), TWICE_MISSPELT, "RG0103", FIELD_SEVERITY_ERROR},
		{POLICY("RG0102: warn, RG0103: warn"), TWICE_MISSPELT, "RG0103",
			FIELD_SEVERITY_WARN},
		{POLICY("RG1203: warn"), MISSPELT_JOB, "RG0102", FIELD_SEVERITY_ERROR},
		{POLICY("RG1203: warn"), MISSPELT_JOB, "RG0103", FIELD_SEVERITY_OFF},
		{POLICY("RG0102: warn, RG1203: warn"), MISSPELT_JOB, "RG1203", FIELD_SEVERITY_WARN},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(verdict_grade_by(CASES[i].policy, CASES[i].rule, CASES[i].object),
			CASES[i].grade, "case %zu", i);
}

Test(schema_unknown, a_cluster_that_is_no_object_is_told_once)
{
	cr_expect_eq(verdict_grade("RG0101", JOB("rayClusterSpec: 5")), FIELD_SEVERITY_ERROR);
	cr_expect_eq(verdict_grade("RG1203", JOB("rayClusterSpec: 5")), FIELD_SEVERITY_OFF);
	cr_expect_eq(verdict_grade("RG1203", JOB("rayClusterSpec: null")), FIELD_SEVERITY_ERROR);
}

Test(schema_unknown, a_field_in_the_wrong_place_is_told_the_right_one)
{
	static const struct {
		const char *object, *words;
	} CASES[] = {
		{IN_ROOT("rayVersion: 2.9.0"),
			MOVED("the object", "a RayCluster spec has: move it below spec")},
		{IN_SPEC("replicas: 1"),
			MOVED("a RayCluster spec",
				"a worker group has: move it below workerGroupSpecs")},
		{IN_SPEC("resources: {}"),
			MOVED("a RayCluster spec", "a container has: move it below "
						   "headGroupSpec.template.spec.containers")},
		{IN_GROUP("nodeSelector: {}"),
			MOVED("a worker group", "a pod spec has: move it below template.spec")},
		{IN_GROUP("env: []"),
			MOVED("a worker group",
				"a container has: move it below template.spec.containers")},
		{IN_POD("image: ray"),
			MOVED("a pod spec", "a container has: move it below containers")},
		{IN_CONTAINER("tolerations: []"),
			MOVED("a container", "a pod spec has: move it there")},
		{IN_CONTAINER("volumes: []"),
			MOVED("a container", "a pod spec has: move it there")},
		{IN_CONTAINER("resources: {cpu: 1}"),
			MOVED("resources", "limits and requests have: move it below them")},
		{IN_JOB_CLUSTER("shutdownAfterJobFinishes: true"),
			MOVED("a RayCluster spec", "a RayJob spec has: move it there")},
		{IN_LEGACY("tolerations: []"),
			MOVED("a podType", "a pod spec has: move it below podConfig.spec")},
		/* not from within what is none of the parts that have most fields */
		{IN_CONTAINER("livenessProbe: {image: x}"), ": a probe has no such field"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0102", CASES[i].object, CASES[i].words);
}

Test(schema_unknown, what_belongs_nowhere_is_to_be_taken_out)
{
	static const struct {
		const char *object, *words;
	} CASES[] = {
		{IN_HEAD("replicas: 1"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("minReplicas: 1"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("maxReplicas: null"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("numOfHosts: 1"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("replica: 1"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("min_replicas: 1"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("groupName: a"),
			MOVED_OUT("the head group", "the head's group is always called headgroup")},
		{IN_HEAD("scaleStrategy: {}"), MOVED_OUT("the head group", "there is one head")},
		{IN_HEAD("idleTimeoutSeconds: 1"),
			MOVED_OUT("the head group", "the head is never removed as idle")},
		{IN_HEAD("priority: 1"),
			MOVED_OUT("the head group", "only worker groups come before one another")},
		{IN_HEAD("suspend: true"), MOVED_OUT("the head group", "only worker groups and "
								       "whole clusters are "
								       "suspended")},
		{IN_HEAD("env: []"),
			MOVED("the head group",
				"a container has: move it below template.spec.containers")},
		/* Go writes it so, and the API server knows it only in the metadata of objects. */
		{OF("", "{headGroupSpec: {template: {metadata: {creationTimestamp: null}, spec: "
			"{containers: [{name: c, image: ray}]}}}}"),
			MOVED_OUT("the metadata of a template", "and it holds nothing")},
		{OF("", "{headGroupSpec: {template: {metadata: {generateName: a-}, spec: "
			"{containers: [{name: c, image: ray}]}}}}"),
			MOVED_OUT(
				"the metadata of a template", "and the controller names the pods")},
		{IN_CONTAINER("tolerations: null"),
			MOVED_OUT("a container", "and it holds nothing")},
		{IN_CONTAINER("pullPolicy: null"), MEANT("a container", "imagePullPolicy")},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		verdict_expect_told("RG0102", CASES[i].object, CASES[i].words);
}

/* A body can be full of them, and what was meant by each is not found out for nothing. */
Test(schema_unknown, what_was_meant_is_told_of_the_first_hundred)
{
	static const struct {
		int before;
		const char *words;
	} CASES[] = {
		{99, MEANT("a RayCluster spec", "headGroupSpec")},
		{100, "unknown field: a RayCluster spec has no such field"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf object = {0};

		buf_add_cstr(&object, OF("", CLUSTER("", PLAIN, "")));
		object.len -= 2; /* the spec stays open */
		for (int n = 0; n < CASES[i].before; n++)
			buf_printf(&object, ", zz%d: 1", n);
		buf_add(&object, STR(", headGroup: {}}}\0"));
		verdict_expect_told("RG0102", object.at, CASES[i].words);
	}
}

/* As `kubectl create --dry-run -o yaml` prints it. */
Test(schema_unknown, a_status_below_a_pod_is_taken_out)
{
	verdict_expect_told("RG0102",
		"{apiVersion: cluster.ray.io/v1, kind: RayCluster, metadata: {name: a}, spec: "
		"{headPodType: h, podTypes: [{name: h, podConfig: {apiVersion: v1, kind: Pod, "
		"metadata: {generateName: a-}, spec: {containers: [{name: ray-node, image: ray}]}, "
		"status: {}}}]}}",
		MOVED_OUT("a podConfig", "and a status is written by the cluster"));
}
