/*
 * What is found of a cluster, where a word of it makes the difference; whole screens are in
 * tests/golden/explain.
 */
#include <criterion/criterion.h>

#include "server/explain/logs_wanted.h"
#include "tests/support/explain_kit.h"

/* clang-format off */
static const struct explain_example EXAMPLES[] = {
	{"a startup probe is a probe as well", CLUSTER("", ONE_OF_ONE) HEAD WORKER(WAITS_TO_RESTART)
	 EVENT("Pod", "w1", "Killing", "Container r failed startup probe, will be restarted"),
	 "Ray did not answer its probe", true},
	{"who asked it to end is none", CLUSTER("", ONE_OF_ONE) HEAD WORKER(WAITS_TO_RESTART)
	 EVENT("Pod", "w1", "Killing", "Stopping container r"), "Ray did not answer its probe", false},
	{"a restart a moment ago is told", CLUSTER("", ONE_OF_ONE) HEAD WORKER(RESTARTED(UP, "09:55:00")),
	 "crashes: exit code 1", true},
	{"one of long ago is over", CLUSTER("", ONE_OF_ONE) HEAD WORKER(RESTARTED(UP, "09:45:00")),
	 "crashes", false},
	{"a pod that was ended is not told by how its container took it",
	 CLUSTER("", ONE_OF_ONE) HEAD WORKER("phase: Failed, reason: Evicted, " ENDED), "over: Evicted", true},
	{"one that ended by itself is", CLUSTER("", ONE_OF_ONE) HEAD WORKER("phase: Failed, " ENDED), "has ended: exit code 9", true},
	{"a name cannot be mended", WITH_NAME("a.b"), "> delete it, and apply it under another name: a name cannot be changed\n", true},
	{"and the spec need not be", WITH_NAME("a.b"), "> mend the spec", false},
	{"a head with an autoscaler, of a cluster that is to have none", CLUSTER("", ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP,
	 "1. it is not to autoscale, and its head has an autoscaler that goes on\n     pod h was made while enableInTreeAutoscaling was set\n"
	 "   > delete the pod, and a head without one is made (Ray restarts): kubectl delete pod h -n ns\n", true},
	{"one whose template has a container of that name",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", "") ", spec: {headGroupSpec: {template: {spec: {containers: "
	 "[{name: r, image: i}, {name: autoscaler, image: i}]}}}}, status: {state: ''}}\n" HEAD_WITH_AUTOSCALER,
	 "All is as asked", true},
	{"an autoscaler with all that it needs", AUTOSCALED_WELL ACCOUNT("demo", "08:59:59"), "All is as asked", true},
	{"one that is there", OWN_ACCOUNT HEAD_WITH_AUTOSCALER WORKER_UP ROLE BINDING ACCOUNT("mine", "08:00:00"), "All is as asked", true},
	{"without an autoscaler nobody needs one", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP ROLE, "All is as asked", true},
	{"of workers of two earlier templates name and difference are of one",
	 CLUSTER("", NEEDING("1", "2Gi")) HEAD
	 WORKER_MADE("w1", "old", "cpu: 1") WORKER_MADE("w2", "i", "cpu: 2") WORKER_MADE("w3", "old", "cpu: 1"),
	 "3 pods of group \"w\" are not what the template says by now\n     w1: its image is old, in the template i\n"
	 "   > what runs is not replaced when its template changes: delete them, one by one: kubectl delete pod -n ns w1\n", true},
	{"requests differ as well", CLUSTER("", REQUESTING("1")) HEAD WORKER_THAT("resources: {requests: {cpu: 2}}"),
	 "w1: cpu of its requests is 2, in the template 1\n", true},
	{"a spec that never changed is no earlier template",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", ", generation: 1") ", spec: {headGroupSpec: {" TEMPLATE "}, "
	 "workerGroupSpecs: [" NEW_IMAGE "]}, status: {state: ''}}\n" HEAD WORKER_UP, "All is as asked", true},
	{"nor is one of a group that is suspended", CLUSTER("", "{suspend: true, replicas: 1, maxReplicas: 5, groupName: w, template: {spec: "
	 "{containers: [{name: r, image: new}]}}}") HEAD WORKER_UP, "says by now", false},
	{"nor one of a cluster that is", CLUSTER("suspend: true, ", NEW_IMAGE) HEAD WORKER_UP, "says by now", false},
	{"a worker of before v2 restarts in place", CLUSTER(V2, ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP,
	 "w1: its restartPolicy is Always, and that of pods for v2 of the autoscaler is Never\n", true},
	{"the head as well", CLUSTER(V2, ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP, "1 pod of the head is not what", true},
	{"one of v2 does not",
	 CLUSTER(V2, ONE_OF_ONE) POD("h", LABELS("head", "headgroup"), R ", {name: autoscaler, image: i}], restartPolicy: Never, more: [",
		 UP "containerStatuses: [" RUNS("r") "]")
	 POD("w1", LABELS("worker", "w"), R "], restartPolicy: Never, more: [", UP "containerStatuses: [" RUNS("r") "]"),
	 "All is as asked", true},
	{"a group that the spec does not have", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP WORKER_OF("o1", "old", UP "containerStatuses: [" RUNS("r") "]"),
	 "3 pods ready, 2 asked for\nNothing is wrong", true},
	{"its pods are told", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP WORKER_OF("o1", "old", UP "containerStatuses: [" RUNS("r") "]"),
	 "note: 1 pod of a group that the spec does not have runs on\n     o1, of group \"old\"\n"
	 "   > Raygate ends such pods, KubeRay leaves them: kubectl delete pod -n ns o1\n", true},
	{"of a spec that is refused nobody knows how many are asked for",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", "") ", spec: {headGroupSpec: {" TEMPLATE "}}, "
	 "status: {conditions: [{type: Accepted, status: 'False', message: no}]}}\n" HEAD WORKER_UP,
	 "demo (ray.io/v1): 2 pods ready\n", true},
	{"the size that is kept is told, and no digest",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", "") ", spec: {headGroupSpec: {" TEMPLATE "}}, "
	 "status: {conditions: [{type: Accepted, status: 'False', message: 'no. Of this size it is kept: headgroup=1; made of: 0123456789abcdef'}]}}\n" HEAD WORKER_UP,
	 "no. Of this size it is kept: headgroup=1\n", true},
	{"and pods of it are none too many",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", "") ", spec: {headGroupSpec: {" TEMPLATE "}}, "
	 "status: {conditions: [{type: Accepted, status: 'False', message: no}]}}\n" HEAD WORKER_UP,
	 "does not have", false},
	{"a group that is suspended has none too many",
	 CLUSTER(AUTOSCALED, GROUP("w", "suspend: true, replicas: 1, maxReplicas: 5, ")) HEAD_WITH_AUTOSCALER WORKER_UP, "than are asked for", false},
	{"a status that nobody writes", CLUSTER_WHOSE("1", "") HEAD WORKER_UP,
	 "1. its status is empty, and its pods are there\n   > see in its controller's log whether it may patch rayclusters/status\n", true},
	{"what its controller says of it is shown",
	 CLUSTER_WHOSE("1", "") HEAD WORKER_UP EVENT("RayCluster", "demo", "FailedToUpdateStatus", "the status cannot be written: no"),
	 "and its pods are there\n     the status cannot be written: no\n", true},
	{"one of an earlier spec", CLUSTER_WHOSE("2", RAYGATES("1", "h")) HEAD WORKER_UP,
	 "Nothing is wrong: the head and 1 worker are ready, the head for 60m.", true},
	{"is told to be", CLUSTER_WHOSE("2", RAYGATES("1", "h")) HEAD WORKER_UP,
	 "note: its status is of an earlier spec: generation 1 of 2\n   > where it stays so: see in its controller's log whether it may patch rayclusters/status\n", true},
	{"KubeRay leaves an earlier number there", CLUSTER_WHOSE("2", "observedGeneration: 1, state: ready") HEAD WORKER_UP,
	 "All is as asked", true},
	{"one of this spec", CLUSTER_WHOSE("2", RAYGATES("2", "h")) HEAD WORKER_UP, "All is as asked", true},
	{"one that does not know the head", CLUSTER_WHOSE("1", RAYGATES("1", "other")) HEAD WORKER_UP,
	 "1. its status does not tell of the head, which is ready for 60m\n   > see in its controller's log whether it may list and watch pods\n", true},
	{"one that says that it is not ready", CLUSTER_WHOSE("1", "conditions: [{type: HeadPodReady, status: 'False'}]") HEAD WORKER_UP,
	 "its status does not tell of the head", true},
	{"the kubelet makes room for what its node needs",
	 CLUSTER("", ONE_OF_ONE) HEAD WORKER("phase: Failed, reason: Preempting, message: Preempted in order to admit critical pod"),
	 "a pod without which the node does not work took its place", true},
	{"the scheduler for who has a higher priority",
	 CLUSTER("", ONE_OF_ONE) HEAD WORKER("phase: Failed, conditions: [{type: DisruptionTarget, status: 'True', reason: PreemptionByScheduler}]"),
	 "a pod of a higher priority took its place", true},
	{"a worker that is named and stays",
	 CLUSTER("", GROUP("w", "replicas: 1, scaleStrategy: {workersToDelete: [w1]}, ")) HEAD WORKER_UP, "is to lose workers", true},
	{"a group that may grow no more",
	 CLUSTER(AUTOSCALED, GROUP("w", "replicas: 1, maxReplicas: 1, ")) HEAD_WITH_AUTOSCALER WORKER_UP, "is at its maxReplicas (1)", true},
	{"one that is switched off was not to grow",
	 CLUSTER(AUTOSCALED, GROUP("w", "replicas: 0, maxReplicas: 0, ")) HEAD_WITH_AUTOSCALER, "is at its maxReplicas", false},
	{"v2 goes without saying from 2.48 on",
	 CLUSTER(AUTOSCALED "rayVersion: 2.48.0, ", ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP, "Ray 2.48.0 takes v2", true},
	{"also in a greater major version",
	 CLUSTER(AUTOSCALED "rayVersion: 3.0.0, ", ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP, "Ray 3.0.0 takes v2", true},
	{"not before",
	 CLUSTER(AUTOSCALED "rayVersion: 2.47.1, ", ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP, "takes v2", false},
	{"a worker with an image of earlier", CLUSTER("", NEW_IMAGE) HEAD WORKER_UP,
	 "1 pod of group \"w\" is not what the template says by now\n     w1: its image is i, in the template new", true},
	{"is not as asked", CLUSTER("", NEW_IMAGE) HEAD WORKER_UP, "All is as asked", false},
	{"and nothing is wrong with it", CLUSTER("", NEW_IMAGE) HEAD WORKER_UP, "Nothing is wrong: the head and 1 worker", true},
	{"one with more memory than the template has by now",
	 CLUSTER("", NEEDING("500m", "2Gi")) HEAD WORKER_THAT("resources: {limits: {cpu: 500m, memory: 4Gi}}"),
	 "w1: memory of its limits is 4Gi, in the template 2Gi", true},
	{"an amount in other words is the same",
	 CLUSTER("", NEEDING("'0.5'", "2048Mi")) HEAD WORKER_THAT("resources: {limits: {cpu: 500m, memory: 2Gi, gpu: 1}}"),
	 "All is as asked", true},
	{"more workers than asked for, which Ray alone takes away",
	 CLUSTER(AUTOSCALED, GROUP("w", "replicas: 0, maxReplicas: 5, ")) HEAD_WITH_AUTOSCALER WORKER_UP,
	 "group \"w\" has 1 worker more than are asked for (0)", true},
	{"so many as asked for", CLUSTER(AUTOSCALED, ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP, "than are asked for", false},
	{"a number is one", CLUSTER("", NEEDING("2", "2Gi")) HEAD WORKER_THAT("resources: {limits: {cpu: '2', memory: 2Gi}}"),
	 "All is as asked", true},
	{"one that has ended is replaced", CLUSTER("", NEW_IMAGE) HEAD WORKER("phase: Failed, " ENDED), "says by now", false},
};
/* clang-format on */

Test(diagnose, a_word_makes_the_difference)
{
	explain_kit_expect(EXAMPLES, ARRAY_LEN(EXAMPLES));
}

#define SIX_GROUPS                                                                                 \
	GROUP("a", "")                                                                             \
	", " GROUP("b", "") ", " GROUP("c", "") ", " GROUP("d", "") ", " GROUP(                    \
		"e", "") ", " GROUP("f", "")
#define SIX_CRASH                                                                                  \
	WORKER_OF("a1", "a", WAITS_TO_RESTART)                                                     \
	WORKER_OF("b1", "b", WAITS_TO_RESTART)                                                     \
	WORKER_OF("c1", "c", WAITS_TO_RESTART)                                                     \
	WORKER_OF("d1", "d", WAITS_TO_RESTART)                                                     \
	WORKER_OF("e1", "e", WAITS_TO_RESTART) WORKER_OF("f1", "f", WAITS_TO_RESTART)

static const struct {
	const char *what, *items, *logs;
} LOGS[] = {
	{"where all is well, none", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP, ""},
	{"of what crashed and waits, that of the run before",
		CLUSTER("", ONE_OF_ONE) HEAD WORKER(WAITS_TO_RESTART), "w1 r previous\n"},
	{"of what ended for good, its own",
		CLUSTER("", ONE_OF_ONE) HEAD WORKER("phase: Failed, " ENDED), "w1 r\n"},
	{"of many troubles the first, and the autoscaler's",
		CLUSTER(AUTOSCALED, SIX_GROUPS) HEAD_WITH_AUTOSCALER SIX_CRASH,
		"a1 r previous\nb1 r previous\nc1 r previous\nd1 r previous\nh autoscaler\n"},
};

Test(diagnose, the_logs_that_are_wanted)
{
	for (size_t i = 0; i < ARRAY_LEN(LOGS); i++) {
		CLEANUP(buf_done) struct buf out = {0};
		struct explain_log wanted[EXPLAIN_LOGS_MAX];
		struct explain_subject s;
		struct explain_kit f;

		explain_kit_begin(&f, LOGS[i].items);
		explain_subject_init(&s, &f.in, f.in.of[EXPLAIN_CLUSTER].items[0]);
		const size_t count = explain_logs_wanted(&s, wanted);

		for (size_t k = 0; k < count; k++)
			buf_printf(&out, "%.*s %.*s%s\n", STR_ARG(wanted[k].pod),
				STR_ARG(wanted[k].container),
				wanted[k].previous ? " previous" : "");
		cr_expect(str_is(buf_str(&out), LOGS[i].logs), "%s: expected\n%sgot\n%.*s",
			LOGS[i].what, LOGS[i].logs, STR_ARG(buf_str(&out)));
		explain_kit_end(&f);
	}
}
