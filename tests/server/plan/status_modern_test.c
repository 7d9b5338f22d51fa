/* What a status says, and when it is written. */
#include "server/plan/status_modern.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define THREE THREE_WITH("")
#define THREE_WITH(head)                                                                           \
	"  headGroupSpec: {" head "template: {spec: {containers: [{name: r, image: i, resources: " \
	"{limits: {cpu: 2, memory: 4Gi}}}]}}}\n"                                                   \
	"  workerGroupSpecs:\n"                                                                    \
	"  - {groupName: w, replicas: 3, maxReplicas: 5, template: {spec: {containers: "           \
	"[{name: r, image: i, resources: {limits: {cpu: 500m, memory: 1Gi}}}]}}}\n"

/* What the status of a cluster that is ready says, written so many seconds ago. */
/* With room for one more. */
#define TWO_OF_THREE                                                                               \
	"pod h headgroup running ready ip=10.0.0.1\npod a w running ready\npod b w running "       \
	"ready\n"

#define READY(updated)                                                                             \
	"service demo-head-svc None\n"                                                             \
	"pod h headgroup running ready ip=10.0.0.1\n"                                              \
	"pod a w running ready\npod b w running ready\npod c w running ready\n" STORED(            \
		"ready", "3", updated)
/* The same, but that it has no owner of these, or either of them. */
#define ORPHANED(head, worker)                                                                     \
	"service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1" head               \
	"\npod a w running ready" worker "\npod b w running ready\npod c w running ready\n"
#define STORED(state, ready, updated) STORED_WITH(state, ready, updated, "")
#define STORED_WITH(state, ready, updated, more)                                                   \
	"status {state: " state ", observedGeneration: 7, desiredCPU: 3500m, desiredMemory: 7Gi, " \
	"desiredGPU: '0', desiredTPU: '0', desiredWorkerReplicas: 3, minWorkerReplicas: 0, "       \
	"maxWorkerReplicas: 5, availableWorkerReplicas: " ready ", readyWorkerReplicas: " ready    \
	", "                                                                                       \
	"head: {podIP: 10.0.0.1, podName: h, serviceIP: 10.0.0.1, serviceName: demo-head-svc}, "   \
	"endpoints: {client: '10001'}, lastUpdateTime: '" updated "', conditions: ["               \
	"{type: HeadPodReady, status: 'True', reason: HeadPodRunningAndReady, message: '', "       \
	"lastTransitionTime: x}, "                                                                 \
	"{type: RayClusterProvisioned, status: 'True', reason: AllPodRunningAndReadyFirstTime, "   \
	"message: All Ray Pods are ready for the first time, lastTransitionTime: x}, "             \
	"{type: RayClusterSuspending, status: 'False', reason: RayClusterSuspending, message: "    \
	"'', "                                                                                     \
	"lastTransitionTime: x}, "                                                                 \
	"{type: RayClusterSuspended, status: 'False', reason: RayClusterSuspended, message: '', "  \
	"lastTransitionTime: x}, "                                                                 \
	"{type: Accepted, status: 'True', reason: Accepted, observedGeneration: 7, "               \
	"message: 'of this size it is kept: headgroup=1, w=3', lastTransitionTime: x}" more "]}\n"
#define LONG_AGO "2023-11-14T22:00:00Z"
#define JUST_NOW "2023-11-14T22:29:58Z"
/* By the clock of whoever wrote it, which was ahead of ours. */
#define IN_AN_HOUR "2023-11-14T23:30:00Z"

/* The conditions that stay as they are. */
#define HEAD_UP "HeadPodReady True HeadPodRunningAndReady: \n"
#define PROVISIONED                                                                                \
	"RayClusterProvisioned True AllPodRunningAndReadyFirstTime: All Ray Pods are ready for "   \
	"the first time\n"
#define AWAKE                                                                                      \
	"RayClusterSuspending False RayClusterSuspending: \nRayClusterSuspended False "            \
	"RayClusterSuspended: \n"
#define ACCEPTED "Accepted True Accepted of 7: of this size it is kept: headgroup=1, w=3\n"

struct example {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *status;
};

static void expect_status(const struct example *e)
{
	struct arena arena;
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	plan_modern(plan_kit_observe(&arena, &e->cluster), &round);
	const struct str status = plan_kit_status(&arena, &round);

	cr_expect(str_is(status, e->status), "%s: expected\n%s\ngot\n%s\n", e->what, e->status,
		status.at);
	round_done(&round);
	arena_done(&arena);
}

/* clang-format off */
static const struct example WRITES[] = {
	{"a new cluster",
	 {NULL, THREE, "first\n"},
	 "observedGeneration 7\n"
	 "desiredCPU \"3500m\"\n"
	 "desiredMemory \"7Gi\"\n"
	 "desiredGPU \"0\"\n"
	 "desiredTPU \"0\"\n"
	 "desiredWorkerReplicas 3\n"
	 "minWorkerReplicas 0\n"
	 "maxWorkerReplicas 5\n"
	 "availableWorkerReplicas 0\n"
	 "readyWorkerReplicas 0\n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 "RayClusterProvisioned False RayClusterPodsProvisioning now: RayCluster Pods are being provisioned for first time\n"
	 "RayClusterSuspending False RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended now: \n"
	 "Accepted True Accepted of 7 now: of this size it is kept: headgroup=1, w=3\n"},
	{"one that is ready, and has been",
	 {NULL, THREE, READY(LONG_AGO)},
	 ""},
	{"while its head is taken back it stays so",
	 {NULL, THREE, ORPHANED(" stray", "") STORED("ready", "3", LONG_AGO)},
	 ""},
	{"and while workers are",
	 {NULL, THREE, ORPHANED("", " stray") STORED("ready", "3", LONG_AGO)},
	 ""},
	{"not while it is to be suspended, which waits for no owner",
	 {NULL, THREE "  suspend: true\n", ORPHANED("", " stray") STORED("ready", "3", LONG_AGO)},
	 "availableWorkerReplicas 2\nreadyWorkerReplicas 2\n" HEAD_UP PROVISIONED
	 "RayClusterSuspending True RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended: \nAccepted True Accepted of 7: \n"},
	{"it becomes ready: at once, with all that waited",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n"
	  "status observedGeneration: 7\nstatus lastUpdateTime: '" JUST_NOW "'\n"
	  "status desiredCPU: 3500m\nstatus desiredMemory: 7Gi\nstatus desiredGPU: '0'\nstatus desiredTPU: '0'\n"
	  "status desiredWorkerReplicas: 3\nstatus minWorkerReplicas: 0\nstatus maxWorkerReplicas: 5\n"
	  "status availableWorkerReplicas: 0\nstatus readyWorkerReplicas: 0\n"
	  "status conditions: [{type: Accepted, status: 'True', reason: Accepted, observedGeneration: 7, "
	  "message: 'of this size it is kept: headgroup=1, w=3', lastTransitionTime: x}, {type: Others, status: 'True'}]\n"},
	 "availableWorkerReplicas 3\n"
	 "readyWorkerReplicas 3\n"
	 "head {\"podIP\":\"10.0.0.1\",\"podName\":\"h\",\"serviceIP\":\"10.0.0.1\",\"serviceName\":\"demo-head-svc\"}\n"
	 "endpoints {\"client\":\"10001\"}\n"
	 "state \"ready\"\n"
	 "stateTransitionTimes {\"ready\":\"" PLAN_KIT_NOW_TEXT "\"}\n"
	 ACCEPTED
	 "Others True : \n"
	 "HeadPodReady True HeadPodRunningAndReady now: \n"
	 "RayClusterProvisioned True AllPodRunningAndReadyFirstTime now: All Ray Pods are ready for the first time\n"
	 "RayClusterSuspending False RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended now: \n"},
	{"without its Service nobody finds the head: not ready",
	 {NULL, THREE, TWO_OF_THREE "pod c w running ready\nfailure Service demo-head-svc is taken\n"
	  "status {observedGeneration: 7, desiredWorkerReplicas: 3}\n"},
	 "desiredCPU \"3500m\"\ndesiredMemory \"7Gi\"\ndesiredGPU \"0\"\ndesiredTPU \"0\"\n"
	 "minWorkerReplicas 0\nmaxWorkerReplicas 5\navailableWorkerReplicas 3\nreadyWorkerReplicas 3\n"
	 "head {\"podIP\":\"10.0.0.1\",\"podName\":\"h\"}\n"
	 "HeadPodReady True HeadPodRunningAndReady now: \n"
	 "RayClusterProvisioned False RayClusterPodsProvisioning now: RayCluster Pods are being provisioned for first time\n"
	 "RayClusterSuspending False RayClusterSuspending now: \nRayClusterSuspended False RayClusterSuspended now: \n"
	 "ReplicaFailure True FailedCreateService now: Service \"demo-head-svc\": is taken\n"
	 "Accepted True Accepted of 7 now: of this size it is kept: headgroup=1, w=3\n"},
	{"a worker less, a moment after the last write: not yet",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running\npod c w running ready\n" STORED("ready", "3", JUST_NOW)},
	 ""},
	{"later it is told, and the cluster stays ready",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "readyWorkerReplicas 2\n"},
	{"so too where the last write is one to come: when it was nobody knows",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running\npod c w running ready\n" STORED("ready", "3", IN_AN_HOUR)},
	 "readyWorkerReplicas 2\n"},
	{"and where nothing has changed it stays",
	 {NULL, THREE, READY(IN_AN_HOUR)},
	 ""},
	{"a worker that ends is neither available nor ready",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready deleting\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "availableWorkerReplicas 2\n"
	 "readyWorkerReplicas 2\n"},
	{"a port that nodes have is told as theirs",
	 {NULL, THREE_WITH("serviceType: NodePort, "), "service demo-head-svc 10.0.0.9 NodePort\n" TWO_OF_THREE "pod c w running ready\n"
	  STORED("ready", "3", LONG_AGO)},
	 "head {\"podIP\":\"10.0.0.1\",\"podName\":\"h\",\"serviceIP\":\"10.0.0.9\",\"serviceName\":\"demo-head-svc\"}\n"
	 "endpoints {\"client\":\"30001\"}\n"},
	{"one of the pod's that has a name by that",
	 {NULL, THREE_WITH("serviceType: LoadBalancer, "), "service demo-head-svc 10.0.0.9 LoadBalancer\n" TWO_OF_THREE "pod c w running ready\n"
	  STORED("ready", "3", LONG_AGO)},
	 "head {\"podIP\":\"10.0.0.1\",\"podName\":\"h\",\"serviceIP\":\"10.0.0.9\",\"serviceName\":\"demo-head-svc\"}\n"
	 "endpoints {\"client\":\"ray-client\"}\n"},
	{"a head that was asked for has no name yet",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup untold\npod a w running ready\npod b w running ready\npod c w running ready\n"
	  STORED("''", "3", LONG_AGO)},
	 "head {\"serviceName\":\"demo-head-svc\",\"podIP\":null,\"podName\":null,\"serviceIP\":null}\n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"a head that is not ready is told with its reason, and nothing is ready without it",
	 {NULL, THREE, "service demo-head-svc None\n"
	  "pod h headgroup running unready ip=10.0.0.1 reason=CrashLoopBackOff : containers with unready status: [r]; r: back-off\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "state \"\"\n"
	 "HeadPodReady False CrashLoopBackOff now: containers with unready status: [r]; r: back-off\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"a head whose node nobody hears of is told as such",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running unready lost ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "state \"\"\n"
	 "HeadPodReady False NodeLost now: the node of the head Pod has not been heard of\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"nor is it ready there because it was so when it was last heard of",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup unknown ready lost ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "state \"\"\n"
	 "HeadPodReady False NodeLost now: the node of the head Pod has not been heard of\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"a head that is gone leaves its addresses",
	 {NULL, THREE, "service demo-head-svc None\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("ready", "3", LONG_AGO)},
	 "head {\"serviceName\":\"demo-head-svc\",\"podIP\":null,\"podName\":null,\"serviceIP\":null}\n"
	 "state \"\"\n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"a reason that Kubernetes would refuse is not written",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running unready ip=10.0.0.1 reason=no-reason : words\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("''", "3", LONG_AGO)},
	 "HeadPodReady False Unknown now: words\n"
	 PROVISIONED AWAKE ACCEPTED},
	{"all failures are told, each once, without names that are new each time",
	 {NULL, THREE, TWO_OF_THREE STORED("ready", "3", JUST_NOW)
	  "failure Pod w pods \"demo-w-worker-abcde\" is forbidden: exceeded quota: q\n"
	  "failure Pod w pods \"demo-w-worker-fghij\" is forbidden: exceeded quota: q\n"
	  "failure Service demo-head-svc port is taken\n"},
	 "availableWorkerReplicas 2\nreadyWorkerReplicas 2\n"
	 "head {\"podIP\":\"10.0.0.1\",\"podName\":\"h\",\"serviceIP\":null,\"serviceName\":null}\n"
	 HEAD_UP PROVISIONED AWAKE ACCEPTED
	 "ReplicaFailure True FailedCreateWorkerPod now: Pod of \"w\": exceeded quota: q; Service \"demo-head-svc\": port is taken\n"},
	{"other words for the same failure can wait",
	 {NULL, THREE, TWO_OF_THREE "service demo-head-svc None\nfailure Pod w used: cpu=5\n"
	  STORED_WITH("ready", "3", JUST_NOW, ", {type: ReplicaFailure, status: 'True', "
		      "reason: FailedCreateWorkerPod, message: 'Pod of w: used: cpu=4', lastTransitionTime: x}")},
	 ""},
	{"a failure that is over is taken away at once",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n"
	  STORED_WITH("ready", "3", JUST_NOW, ", {type: ReplicaFailure, status: 'True', "
		      "reason: FailedCreateWorkerPod, message: m, lastTransitionTime: x}")},
	 HEAD_UP PROVISIONED AWAKE ACCEPTED},
	{"what has no answer, and what is not the cluster's own, is no failure of it",
	 {NULL, THREE, READY(JUST_NOW) "silence Pod w\nfailure RayCluster demo conflict\n"},
	 ""},
	{"the spec is not accepted: of the last one that was, and what stays",
	 {NULL, THREE, READY(JUST_NOW) "verdict InvalidSpec headgroup=1 w=3\n"},
	 HEAD_UP PROVISIONED AWAKE
	 "Accepted False InvalidSpec now: spec is wrong. Of this size it is kept: headgroup=1, w=3\n"},
	{"asked to suspend it is what it was, until its pods are gone",
	 {NULL, "  suspend: true\n" THREE, READY(JUST_NOW)},
	 HEAD_UP PROVISIONED
	 "RayClusterSuspending True RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended: \n"
	 "Accepted True Accepted of 7: \n"},
	{"pods that are there though it is suspended: it is suspended anew",
	 {NULL, "  suspend: true\n" THREE, "pod a w running ready\nstatus conditions: [{type: RayClusterSuspended, status: 'True', "
	  "reason: RayClusterSuspended, message: '', lastTransitionTime: x}]\n"},
	 "observedGeneration 7\n"
	 "desiredCPU \"3500m\"\n"
	 "desiredMemory \"7Gi\"\n"
	 "desiredGPU \"0\"\n"
	 "desiredTPU \"0\"\n"
	 "desiredWorkerReplicas 3\n"
	 "minWorkerReplicas 0\n"
	 "maxWorkerReplicas 5\n"
	 "availableWorkerReplicas 1\n"
	 "readyWorkerReplicas 1\n"
	 "RayClusterSuspended False RayClusterSuspended now: \n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 "RayClusterProvisioned False RayClusterPodsProvisioning now: RayCluster Pods are being provisioned for first time\n"
	 "RayClusterSuspending True RayClusterSuspending now: \n"
	 "Accepted True Accepted of 7 now: \n"},
	{"pods that wait, by group and reason",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w unscheduled reason=Unschedulable : 0/1 nodes are available: 1 Insufficient cpu.\n"
	  "pod b w unscheduled reason=Unschedulable : 0/1 nodes are available: 1 Insufficient cpu.\n"
	  "pod c w reason=ImagePullBackOff : r: no such image\n" STORED("ready", "0", JUST_NOW)},
	 HEAD_UP PROVISIONED AWAKE ACCEPTED
	 "PodsPending True Unschedulable now: 2 of \"w\": 0/1 nodes are available: 1 Insufficient cpu.; 1 of \"w\": r: no such image\n"},
	{"of pods that end and of those that clean up none is waited for",
	 {NULL, THREE, READY(LONG_AGO) "pod d w deleting unscheduled reason=Unschedulable : m\n"
	  "pod c redis cleanup unscheduled reason=Unschedulable : m\n"},
	 ""},
	{"GPUs of several kinds are counted together, suspended groups not",
	 {NULL, "  headGroupSpec: {template: {spec: {containers: [{name: r, image: i}]}}}\n  workerGroupSpecs:\n"
	  "  - {groupName: g, replicas: 2, numOfHosts: 2, template: {spec: {containers: [{name: r, image: i, resources: "
	  "{limits: {nvidia.com/gpu: 1, amd.com/gpu: 2, google.com/tpu: 4}, requests: {cpu: 1}}}]}}}\n"
	  "  - {groupName: s, replicas: 9, suspend: true, template: {spec: {containers: [{name: r, image: i, resources: {limits: {cpu: 9}}}]}}}\n",
	  "first\n"},
	 "observedGeneration 7\n"
	 "desiredCPU \"4\"\n"
	 "desiredMemory \"0\"\n"
	 "desiredGPU \"12\"\n"
	 "desiredTPU \"16\"\n"
	 "desiredWorkerReplicas 4\n"
	 "minWorkerReplicas 0\n"
	 "maxWorkerReplicas 2147483647\n"
	 "availableWorkerReplicas 0\n"
	 "readyWorkerReplicas 0\n"
	 "HeadPodReady False HeadPodNotFound now: Head Pod not found\n"
	 "RayClusterProvisioned False RayClusterPodsProvisioning now: RayCluster Pods are being provisioned for first time\n"
	 "RayClusterSuspending False RayClusterSuspending now: \n"
	 "RayClusterSuspended False RayClusterSuspended now: \n"
	 "Accepted True Accepted of 7 now: of this size it is kept: headgroup=1, g=4\n"},
	{"a spec that cannot be read",
	 {NULL, "  []", "verdict InvalidSpec\n"},
	 "observedGeneration 7\n"
	 "Accepted False InvalidSpec now: spec is wrong\n"},
};

static const struct {
	const char *what;
	struct plan_kit_cluster cluster;
	struct round_leave leave;
} LEAVES[] = {
	{"of a new cluster nobody waits to read",
	 {NULL, THREE, "first\n"}, {true, 500, 30000}},
	{"but that it is refused",
	 {NULL, THREE, "first\nverdict InvalidSpec headgroup=1 w=3\n"}, {false, 0, 0}},
	{"or what of it could not be made",
	 {NULL, THREE, "first\nfailure Pod w pods \"demo-w-worker-abcde\" is forbidden: exceeded quota: q\n"}, {false, 0, 0}},
	{"or that it is being suspended",
	 {NULL, "  suspend: true\n" THREE, "first\n"}, {false, 0, 0}},
	{"a first status of one that is ready",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n"}, {false, 0, 0}},
	{"another generation",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\nstatus observedGeneration: 6\n"}, {false, 0, 0}},
	{"a worker less",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running\npod c w running ready\n" STORED("ready", "3", LONG_AGO)}, {true, 1000, 30000}},
	{"the head is there, and its workers are not",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.9\n"
	  "pod a w running\npod b w running\npod c w running\n" STORED("''", "0", LONG_AGO)}, {true, 1000, 30000}},
	{"it becomes ready",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running ready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("''", "3", JUST_NOW)}, {false, 0, 0}},
	{"it is ready no more",
	 {NULL, THREE, "service demo-head-svc None\npod h headgroup running unready ip=10.0.0.1\n"
	  "pod a w running ready\npod b w running ready\npod c w running ready\n" STORED("ready", "3", LONG_AGO)}, {false, 0, 0}},
};
/* clang-format on */

static const struct action *find_status(const struct round *round)
{
	for (size_t i = 0; i < round->count; i++) {
		if (round->actions[i].kind == ACTION_STATUS)
			return &round->actions[i];
	}
	return NULL;
}

/* Whether it may be kept back, and for how long. */
Test(status_modern, what_people_wait_for_is_never_kept_back)
{
	for (size_t i = 0; i < ARRAY_LEN(LEAVES); i++) {
		const struct round_leave *const leave = &LEAVES[i].leave;
		struct arena arena;
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_modern(plan_kit_observe(&arena, &LEAVES[i].cluster), &round);
		const struct action *const status = find_status(&round);

		cr_assert_not_null(status, "%s", LEAVES[i].what);
		cr_expect_eq(status->leave.waits, leave->waits, "%s", LEAVES[i].what);
		cr_expect_eq(status->leave.calm_ms, leave->calm_ms, "%s", LEAVES[i].what);
		cr_expect_eq(status->leave.busy_ms, leave->busy_ms, "%s", LEAVES[i].what);
		round_done(&round);
		arena_done(&arena);
	}
}

Test(status_modern, says_what_is_there)
{
	for (size_t i = 0; i < ARRAY_LEN(WRITES); i++)
		expect_status(&WRITES[i]);
}

/* Kubernetes refuses a longer one, and a part of a character is no text. */
Test(status_modern, a_message_is_cut_to_what_kubernetes_takes)
{
	static const char BEGIN[] = "Service \"demo-head-svc\": ";
	CLEANUP(buf_done) struct buf there = {0};
	struct arena arena CLEANUP(arena_done);
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	buf_add_cstr(&there, "failure Service demo-head-svc ");
	while (there.len < 40000)
		buf_add_cstr(&there, "\xe2\x82\xac");
	const struct plan_kit_cluster cluster = {
		NULL, THREE, arena_str(&arena, buf_str(&there)).at};

	plan_modern(plan_kit_observe(&arena, &cluster), &round);
	const struct action *const status = find_status(&round);

	cr_assert_not_null(status);
	const struct json_edit *const conditions =
		json_edit_get(json_edit_get(status->body, STR("status")), STR("conditions"));
	struct str message = STR("");

	for (const struct json_edit *v = json_edit_first(conditions); v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("type"))), "ReplicaFailure"))
			message = json_edit_text(json_edit_get(v, STR("message")));
	}
	cr_expect(str_starts(message, BEGIN));
	cr_expect(message.len <= 32000 && message.len > 32000 - 3, "%zu", message.len);
	cr_expect_eq((message.len - strlen(BEGIN)) % 3, 0u, "it ends with a whole character");
	round_done(&round);
}
