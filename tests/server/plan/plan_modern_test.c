/* What a round asks for, by what is there. */
#include "server/plan/plan_modern.h"

#include <criterion/criterion.h>

#include "tests/support/plan_kit.h"

#define TEMPLATE            "template: {spec: {containers: [{name: r, image: i}]}}"
#define HEAD                "  headGroupSpec: {" TEMPLATE "}\n"
#define GROUPS              "  workerGroupSpecs:\n"
#define WORKERS(name, more) "  - {groupName: " name ", " more ", " TEMPLATE "}\n"
#define WITH(more)          HEAD GROUPS WORKERS("w", more)
#define AUTOSCALED          "  enableInTreeAutoscaling: true\n"
#define HEAD_IS_THERE                                                                              \
	"status observedGeneration: 7\n"                                                           \
	"service demo-head-svc None\n"                                                             \
	"pod h headgroup running ready\n"
/* For a reason of its own. */
#define WAITS(n) "pod p" n " w unscheduled reason=Unschedulable : m" n "\n"

struct example {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *actions;
};

static void expect_actions(const struct example *e)
{
	struct arena arena;
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	plan_modern(plan_kit_observe(&arena, &e->cluster), &round);
	const struct str actions = plan_kit_actions(&arena, &round);

	cr_expect(str_is(actions, e->actions), "%s: expected\n%sgot\n%s", e->what, e->actions,
		actions.at);
	round_done(&round);
	arena_done(&arena);
}

static void expect_all(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_actions(&examples[i]);
}

/* clang-format off */
static const struct example STARTS[] = {
	{"a new cluster gets everything in one round",
	 {NULL, WITH("replicas: 3"), "first\n"},
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"
	 "create Pod demo-w-worker-* index=0\n"
	 "create Pod demo-w-worker-* index=1\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"what is there is not made again",
	 {NULL, WITH("replicas: 3"), HEAD_IS_THERE
	  "pod a w running ready index=0\npod b w running index=2\npod c w untold index=1\n"},
	 ""},
	{"the smallest index that is free is taken",
	 {NULL, WITH("replicas: 3"), HEAD_IS_THERE "pod a w running index=1\n"},
	 "create Pod demo-w-worker-* index=0\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"replicas are held between the least and the most",
	 {NULL, HEAD GROUPS WORKERS("a", "replicas: 0, minReplicas: 1") WORKERS("b", "replicas: 9, maxReplicas: 2"),
	  HEAD_IS_THERE},
	 "create Pod demo-a-worker-* index=0\n"
	 "create Pod demo-b-worker-* index=0\n"
	 "create Pod demo-b-worker-* index=1\n"},
	{"pods of others are nobody's capacity, and are left alone",
	 {NULL, WITH("replicas: 3"), HEAD_IS_THERE
	  "pod x w foreign failed\npod y gone foreign running\npod z headgroup foreign running ready\n"
	  "pod a w running index=0\npod b w running index=1\n"},
	 "create Pod demo-w-worker-* index=2\n"},
	{"pods that end are no capacity, but their index is theirs",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE "pod a w running ready deleting index=0\npod b w running index=1\n"},
	 "create Pod demo-w-worker-* index=2\n"},
	{"a head without workers",
	 {NULL, HEAD, "first\n"},
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"},
	{"the pod that cleans a Redis is no worker",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod c redis cleanup running\npod a w running\n"},
	 ""},
};

static const struct example CHILDREN[] = {
	{"the autoscaler has an account of its own",
	 {NULL, AUTOSCALED HEAD, "first\n"},
	 "create ServiceAccount demo needed\n"
	 "create Role demo\n"
	 "create RoleBinding demo\n"
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"},
	{"or the user's",
	 {NULL, AUTOSCALED "  headGroupSpec: {template: {spec: {serviceAccountName: mine, containers: [{name: r, image: i}]}}}\n",
	  "first\n"},
	 "create Role demo\n"
	 "create RoleBinding demo\n"
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"},
	{"what no watch tells of is asked for again when the spec has changed, which is a first time",
	 {NULL, AUTOSCALED HEAD, "first\nstatus observedGeneration: 6\nservice demo-head-svc None\npod h headgroup running ready\n"},
	 "create ServiceAccount demo needed\n"
	 "create Role demo\n"
	 "create RoleBinding demo\n"},
	{"and not otherwise, though no status tells of it yet",
	 {NULL, AUTOSCALED HEAD, "status observedGeneration: 6\nservice demo-head-svc None\npod h headgroup running ready\n"},
	 ""},
	{"nor when it does",
	 {NULL, AUTOSCALED HEAD, HEAD_IS_THERE},
	 ""},
	{"a refused Service holds up no pods",
	 {NULL, HEAD, "failure Service demo-head-svc no\n"},
	 "create Service demo-head-svc\n"
	 "create Pod demo-head-*\n"
	 "warning FailedToCreateService: Service \"demo-head-svc\": no\n"},
	{"one that is somebody else's does",
	 {NULL, HEAD, "taken Service demo-head-svc taken\n"},
	 "create Service demo-head-svc\n"
	 "warning FailedToCreateService: Service \"demo-head-svc\": taken\n"},
	{"a refused pod may be for want of an account",
	 {NULL, AUTOSCALED HEAD, "status observedGeneration: 7\nservice demo-head-svc None\n"
	  "failure Pod headgroup error looking up service account ns/demo\n"},
	 "create ServiceAccount demo needed\n"
	 "create Role demo\n"
	 "create RoleBinding demo\n"
	 "create Pod demo-head-*\n"
	 "warning FailedToCreateHeadPod: Pod of \"headgroup\": error looking up service account ns/demo\n"},
	{"a status or a text that could not be stored is for want of nothing",
	 {NULL, AUTOSCALED HEAD, HEAD_IS_THERE "failure RayCluster demo no\nfailure ControllerRevision demo no\n"},
	 ""},
	{"a token's Secret",
	 {NULL, "  rayVersion: 2.52.0\n  authOptions: {mode: token}\n" HEAD, "first\n"},
	 "create Secret demo\n"
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"},
	{"unless the user names one, or Kubernetes knows the nodes",
	 {NULL, "  authOptions: {mode: token, secretName: mine}\n" HEAD, "first\nservice demo-head-svc None\npod h headgroup running\n"},
	 ""},
	{"", {NULL, "  authOptions: {mode: token, enableK8sTokenAuth: true}\n" HEAD,
	  "first\nservice demo-head-svc None\npod h headgroup running\n"},
	 ""},
	{"where pods are as KubeRay's the Secret is, too; children_test has ours",
	 {NULL, "  authOptions: {}\n" HEAD, "first\nservice demo-head-svc None\npod h headgroup running\n"},
	 "create Secret demo\n"},
	{"a mode that is none needs no Secret",
	 {NULL, "  authOptions: {mode: disabled}\n" HEAD, "first\nservice demo-head-svc None\npod h headgroup running\n"},
	 ""},
	{"a volume for a GCS that keeps its state",
	 {NULL, "  gcsFaultToleranceOptions: {backend: rocksdb}\n" HEAD, "first\nservice demo-head-svc None\npod h headgroup running\n"},
	 "create PersistentVolumeClaim demo-gcs-pvc\n"},
	{"a Service to serve, and one for hosts",
	 {"annotations: {ray.io/enable-serve-service: 'true'}", WITH("replicas: 0, numOfHosts: 2"), "first\npod h headgroup running\n"},
	 "create Service demo-head-svc needed\n"
	 "create Service demo-serve-svc\n"
	 "create Service demo-headless\n"},
};

static const struct example HEADS[] = {
	{"a head that failed is replaced in the same round",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed age=5000\n"},
	 "delete h: it has ended\n"
	 "create Pod demo-head-* failed-before=1\n"},
	{"one that was evicted, too, and one that nobody starts again",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup running ended never\n"},
	 "delete h: it has ended\n"
	 "create Pod demo-head-* failed-before=1\n"},
	{"one whose container is started again is left alone",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup running unready ended\n"},
	 ""},
	{"the second failure in a row waits",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed failed-before=3 since=5 age=50\n"},
	 "again 35\n"},
	{"and is replaced then",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed failed-before=3 since=40 age=50\n"},
	 "delete h: it has ended\n"
	 "create Pod demo-head-* failed-before=4\n"},
	{"however often it failed, no longer than five minutes",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed failed-before=6 since=5 age=50\n"},
	 "again 295\n"},
	{"what lived long did not fail in a row",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed failed-before=3 since=40 age=5000\n"},
	 "delete h: it has ended\n"
	 "create Pod demo-head-* failed-before=1\n"},
	{"no second head while the first one ends",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup running deleting ends=20\n"},
	 "again 50\n"},
	{"but one whose node is lost is not waited for",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup running deleting ends=-31\n"},
	 "create Pod demo-head-*\n"},
	{"nor one that has ended already",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup failed deleting ends=20\n"},
	 "create Pod demo-head-*\n"},
	{"of several heads the one that is ready is kept",
	 {NULL, HEAD, "status observedGeneration: 7\nservice demo-head-svc None\n"
	  "pod a headgroup running age=900\npod b headgroup running ready age=50\npod c headgroup running ready age=60\n"},
	 "delete b: there is another head\n"
	 "delete a: there is another head\n"},
	{"a head with a name of its own waits until that is free",
	 {NULL, "  headGroupSpec: {template: {metadata: {name: own}, spec: {containers: [{name: r, image: i}]}}}\n",
	  "status observedGeneration: 7\nservice demo-head-svc None\npod own headgroup failed deleting ends=5\n"},
	 ""},
	{"and has it then",
	 {NULL, "  headGroupSpec: {template: {metadata: {name: own}, spec: {containers: [{name: r, image: i}]}}}\n",
	  "status observedGeneration: 7\nservice demo-head-svc None\n"},
	 "create Pod own\n"},
	{"a job's head is not made twice, and then its workers are left alone",
	 {"annotations: {ray.io/disable-provisioned-head-restart: 'true'}", WITH("replicas: 2"),
	  "service demo-head-svc None\nstatus observedGeneration: 7\n"
	  "status conditions: [{type: RayClusterProvisioned, status: 'True'}]\n"},
	 ""},
	{"what is wrong with the head does not hold up the workers",
	 {NULL, WITH("replicas: 1"), "status observedGeneration: 7\nservice demo-head-svc None\n"
	  "failure Pod headgroup no room\n"},
	 "create Pod demo-head-*\n"
	 "create Pod demo-w-worker-* index=0\n"
	 "warning FailedToCreateHeadPod: Pod of \"headgroup\": no room\n"},
};

static const struct example WORKER_FATES[] = {
	{"unhealthy pods are replaced in the same round, each with its own count",
	 {NULL, WITH("replicas: 3"), HEAD_IS_THERE
	  "pod a w failed index=0\npod b w running ended never index=1 failed-before=1 since=90\npod c w running index=2\n"},
	 "delete b: it has ended\n"
	 "delete a: it has ended\n"
	 "create Pod demo-w-worker-* index=3 failed-before=2\n"
	 "create Pod demo-w-worker-* index=4 failed-before=1\n"},
	{"one that rests keeps its place, and holds up nobody",
	 {NULL, WITH("replicas: 3"), HEAD_IS_THERE "pod a w failed index=0 failed-before=1 since=2\npod b w running index=1\n"},
	 "create Pod demo-w-worker-* index=2\n"
	 "again 8\n"},
	{"a group that is refused holds up no other, and tries one pod",
	 {NULL, HEAD GROUPS WORKERS("a", "replicas: 5") WORKERS("b", "replicas: 2"),
	  HEAD_IS_THERE "failure Pod a exceeded quota\n"},
	 "create Pod demo-a-worker-* index=0\n"
	 "create Pod demo-b-worker-* index=0\n"
	 "create Pod demo-b-worker-* index=1\n"
	 "warning FailedToCreateWorkerPod: Pod of \"a\": exceeded quota\n"},
	{"scaled down: what never came, waits or is not ready goes first, of the rest the youngest",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE
	  "pod a w running ready age=50\npod b w running ready age=900\npod c w running age=950\n"
	  "pod d w age=200 reason=Pulling\npod e w age=8 unscheduled reason=Unschedulable\npod f w running ready age=800\n"},
	 "delete e: fewer workers are asked for\n"
	 "delete d: fewer workers are asked for\n"
	 "delete c: fewer workers are asked for\n"
	 "delete a: fewer workers are asked for\n"
	 "again 2\n"},
	{"what has no node goes before what has one, however old it is",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w age=20 reason=Pulling\npod b w age=900 unscheduled reason=Unschedulable : m\n"},
	 "delete b: fewer workers are asked for\nwarning PodsPending: 1 of \"w\": m\nagain 280\n"},
	{"what was asked for and never told counts as a victim, and goes when it is told",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running ready\npod b w untold\n"},
	 ""},
	{"with an autoscaler nobody else picks victims",
	 {NULL, AUTOSCALED WITH("replicas: 1"), HEAD_IS_THERE "pod a w running\npod b w running\n"},
	 ""},
	{"it names them",
	 {NULL, AUTOSCALED WITH("replicas: 1, scaleStrategy: {workersToDelete: [a, h, x, other, gone]}"),
	  HEAD_IS_THERE "pod a w running ready\npod b w running\npod x w foreign running\npod other v foreign running\n"},
	 "delete a: workersToDelete names it\n"},
	{"and what it does not ask to be fewer comes again",
	 {NULL, AUTOSCALED WITH("replicas: 2, scaleStrategy: {workersToDelete: [a]}"),
	  HEAD_IS_THERE "pod a w running ready index=0\npod b w running index=1\n"},
	 "delete a: workersToDelete names it\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"a suspended group has no pods, autoscaler or not",
	 {NULL, AUTOSCALED WITH("replicas: 2, suspend: true"), HEAD_IS_THERE "pod a w running ready age=50\npod b w running\n"},
	 "delete b: the group is suspended\n"
	 "delete a: the group is suspended\n"},
	{"pods of a group that was taken out go, those of others by that name do not",
	 {NULL, WITH("replicas: 0"), HEAD_IS_THERE "pod a gone running ready\npod b gone foreign running\n"},
	 "delete a: its group is no longer there\n"},
	{"of two groups of one name the first has the pods",
	 {NULL, HEAD GROUPS WORKERS("w", "replicas: 1") WORKERS("w", "replicas: 4"), HEAD_IS_THERE "pod a w running\n"},
	 ""},
};

static const struct example HOSTS[] = {
	{"a replica is made whole",
	 {NULL, WITH("replicas: 2, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"},
	 "create Pod demo-w-worker-* index=0 host=0\n"
	 "create Pod demo-w-worker-* index=0 host=1\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
	{"one that began is completed",
	 {NULL, WITH("replicas: 1, numOfHosts: 3"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w replica=w-abc index=0 host=1 age=5\n"},
	 "create Pod demo-w-worker-* index=0 host=0\n"
	 "create Pod demo-w-worker-* index=0 host=2\n"
	 "again 295\n"},
	{"one that has no number is not",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\npod a w replica=w-abc host=1 age=900 reason=X : y\n"},
	 "delete a: its replica lacks a host\n"
	 "create Pod demo-w-worker-* index=0 host=0\n"
	 "create Pod demo-w-worker-* index=0 host=1\n"
	 "warning PodsPending: 1 of \"w\": y\n"},
	{"one that lost a host is replaced as a whole",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running replica=w-abc index=0 host=1\n"},
	 "delete a: its replica lacks a host\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
	{"a host that ended takes the others along",
	 {NULL, WITH("replicas: 2, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running replica=w-abc index=0 host=0\npod b w failed replica=w-abc index=0 host=1\n"
	  "pod c w running replica=w-xyz index=1 host=0\npod d w running replica=w-xyz index=1 host=1\n"},
	 "delete a: a host of its replica has ended\n"
	 "delete b: a host of its replica has ended\n"
	 "create Pod demo-w-worker-* index=2 host=0 failed-before=1\n"
	 "create Pod demo-w-worker-* index=2 host=1\n"},
	{"a host that somebody deleted, too",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running replica=w-abc index=0 host=0\npod b w running deleting replica=w-abc index=0 host=1\n"},
	 "delete a: another host of its replica is gone\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
	{"the autoscaler names one host and means all",
	 {NULL, AUTOSCALED WITH("replicas: 1, numOfHosts: 2, scaleStrategy: {workersToDelete: [b]}"),
	  HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running replica=w-abc index=0 host=0\npod b w running replica=w-abc index=0 host=1\n"
	  "pod c w running replica=w-xyz index=1 host=0\npod d w running replica=w-xyz index=1 host=1\n"},
	 "delete a: workersToDelete names a host of its replica\n"
	 "delete b: workersToDelete names a host of its replica\n"},
	{"scaled down, the replica with the worst host goes",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running ready replica=w-abc index=0 host=0 age=900\npod b w running unready replica=w-abc index=0 host=1 age=900\n"
	  "pod c w running ready replica=w-xyz index=1 host=0\npod d w running ready replica=w-xyz index=1 host=1\n"},
	 "delete a: fewer workers are asked for\n"
	 "delete b: fewer workers are asked for\n"},
	{"one of a time when a replica had more hosts is replaced, by whomever it is scaled",
	 {NULL, AUTOSCALED WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running ready replica=w-abc index=0 host=0\npod b w running ready replica=w-abc index=0 host=1\n"
	  "pod c w running ready replica=w-abc index=0 host=2\n"},
	 "delete a: its replica has more hosts than numOfHosts\n"
	 "delete b: its replica has more hosts than numOfHosts\n"
	 "delete c: its replica has more hosts than numOfHosts\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
	{"but not for a spec that is not accepted",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\nverdict InvalidSpec headgroup=1 w=3\n"
	  "pod a w running ready replica=w-abc index=0 host=0\npod b w running ready replica=w-abc index=0 host=1\n"
	  "pod c w running ready replica=w-abc index=0 host=2\n"},
	 "warning InvalidSpec: spec is wrong\n"},
	{"hosts of a group that has single ones by now are replaced",
	 {NULL, AUTOSCALED WITH("replicas: 1"), HEAD_IS_THERE
	  "pod a w running ready replica=w-abc index=0 host=0\npod b w running ready replica=w-abc index=0 host=1\n"},
	 "delete b: its replica has more hosts than numOfHosts\n"
	 "delete a: its replica has more hosts than numOfHosts\n"
	 "create Pod demo-w-worker-* index=1\n"},
	{"and those too only for a spec that is accepted",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "verdict InvalidSpec headgroup=1 w=2\n"
	  "pod a w running ready replica=w-abc index=0 host=0\n"},
	 "warning InvalidSpec: spec is wrong\n"},
	{"pods of a time when the group had single hosts are replaced",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running ready index=0\n"},
	 "delete a: its replica lacks a host\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
};

static const struct example BOUNDS[] = {
	{"what was never accepted gets nothing",
	 {NULL, WITH("replicas: 3"), "first\nverdict InvalidSpec\n"},
	 "warning InvalidSpec: spec is wrong\n"},
	{"up to the size that was accepted pods are replaced, the head first",
	 {NULL, WITH("replicas: 9"), "status observedGeneration: 7\nservice demo-head-svc None\n"
	  "verdict QuotaExceeded headgroup=1 w=2\npod a w running index=0\n"},
	 "create Pod demo-head-*\n"
	 "create Pod demo-w-worker-* index=1\n"
	 "warning QuotaExceeded: spec is wrong\n"},
	{"fewer is always possible",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "verdict InvalidSpec headgroup=1 w=2\n"
	  "pod a w running ready\npod b w running\n"},
	 "delete b: fewer workers are asked for\n"
	 "warning InvalidSpec: spec is wrong\n"},
	{"a spec that is not accepted takes no group away",
	 {NULL, WITH("replicas: 0"), HEAD_IS_THERE "verdict InvalidSpec headgroup=1 gone=1\npod a gone running\n"},
	 "warning InvalidSpec: spec is wrong\n"},
	{"a cluster that somebody else manages is not ours at all",
	 {NULL, "  managedBy: kueue.x-k8s.io/multikueue\n" WITH("replicas: 1"), "first\npod a w failed\n"},
	 ""},
	{"one that is said to be ours is",
	 {NULL, "  managedBy: ray.io/kuberay-operator\n" HEAD, "first\n"},
	 "create Service demo-head-svc needed\n"
	 "create Pod demo-head-*\n"},
	{"what is being deleted is left to the garbage collector",
	 {"deletionTimestamp: '2023-11-14T22:00:00Z'", WITH("replicas: 3"), "first\npod a w failed\n"},
	 ""},
	{"and does not hang on KubeRay's finalizer",
	 {"deletionTimestamp: '2023-11-14T22:00:00Z', "
	  "finalizers: [a/b, ray.io/gcs-ft-redis-cleanup-finalizer]", WITH("replicas: 3"), ""},
	 "patch [{\"op\":\"test\",\"path\":\"/metadata/finalizers/1\",\"value\":\"ray.io/gcs-ft-redis-cleanup-finalizer\"},{\"op\":\"remove\",\"path\":\"/metadata/finalizers/1\"}]\n"
	 "warning RedisNotCleaned: what the cluster stored in Redis is still there: this version does not clean it\n"},
	{"even where its spec cannot be read",
	 {"deletionTimestamp: '2023-11-14T22:00:00Z', finalizers: [ray.io/gcs-ft-redis-cleanup-finalizer]", "  []", ""},
	 "patch [{\"op\":\"test\",\"path\":\"/metadata/finalizers/0\",\"value\":\"ray.io/gcs-ft-redis-cleanup-finalizer\"},{\"op\":\"remove\",\"path\":\"/metadata/finalizers/0\"}]\n"
	 "warning RedisNotCleaned: what the cluster stored in Redis is still there: this version does not clean it\n"},
	{"nor where it says nothing of whose it is",
	 {"deletionTimestamp: '2023-11-14T22:00:00Z', finalizers: [ray.io/gcs-ft-redis-cleanup-finalizer]",
	  "  managedBy: [1]\n" HEAD, ""},
	 "patch [{\"op\":\"test\",\"path\":\"/metadata/finalizers/0\",\"value\":\"ray.io/gcs-ft-redis-cleanup-finalizer\"},{\"op\":\"remove\",\"path\":\"/metadata/finalizers/0\"}]\n"
	 "warning RedisNotCleaned: what the cluster stored in Redis is still there: this version does not clean it\n"},
	{"a spec that cannot be read changes nothing that is there",
	 {NULL, "  []", "verdict InvalidSpec headgroup=1\npod a w failed\n"},
	 "warning InvalidSpec: spec is wrong\n"},
	{"pods that cannot be scheduled are told of, once",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE
	  "pod a w unscheduled reason=Unschedulable : 0/3 nodes are available\n"
	  "pod b w unscheduled reason=Unschedulable : 0/3 nodes are available\n"},
	 "warning PodsPending: 2 of \"w\": 0/3 nodes are available\n"},
	{"not in more kinds than anybody reads",
	 {NULL, WITH("replicas: 11"), HEAD_IS_THERE WAITS("1") WAITS("2") WAITS("3") WAITS("4") WAITS("5") WAITS("6")
	  WAITS("7") WAITS("8") WAITS("9") WAITS("8") WAITS("10")},
	 "warning PodsPending: 1 of \"w\": m1; 1 of \"w\": m2; 1 of \"w\": m3; 1 of \"w\": m4; 1 of \"w\": m5; "
	 "1 of \"w\": m6; 1 of \"w\": m7; 2 of \"w\": m8; and 2 more\n"},
	{"as soon as they had the time to be",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w age=3 unscheduled reason=Unschedulable : no\n"},
	 "again 7\n"},
	{"pods without a controller are taken in before any is made",
	 {NULL, WITH("replicas: 2"), "service demo-head-svc None\npod h headgroup running ready stray\npod a w running ready stray\n"
	  "pod b w running ready stray deleting\n"},
	 "adopt Pod h\nadopt Pod a\n"},
	{"but not what belongs to none of its groups",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running ready\npod b other running ready stray\npod c cleanup running stray\n"},
	 ""},
	{"not for ever where that is refused",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running ready stray\nrefused a not yours\n"},
	 "adopt Pod a\ncreate Pod demo-w-worker-* index=0\n"
	 "warning FailedToAdoptWorkerPod: adopt Pod \"a\": not yours\n"},
	{"a pod that is refused is told, once",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE "pod a w running ready\nfailure Pod w exceeded quota\n"},
	 "create Pod demo-w-worker-* index=0\nwarning FailedToCreateWorkerPod: Pod of \"w\": exceeded quota\n"},
	{"and not any more when it is not asked for",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running ready\nfailure Pod w exceeded quota\n"},
	 ""},
	{"a Role that is not known yet is none of its troubles",
	 {NULL, AUTOSCALED HEAD, HEAD_IS_THERE "missing RoleBinding demo not found\n"},
	 "create ServiceAccount demo needed\ncreate Role demo\ncreate RoleBinding demo\n"},
	{"what refuses a RoleBinding is",
	 {NULL, AUTOSCALED HEAD, HEAD_IS_THERE "failure RoleBinding demo no escalation\n"},
	 "create ServiceAccount demo needed\ncreate Role demo\ncreate RoleBinding demo\n"
	 "warning FailedToCreateRoleBinding: RoleBinding \"demo\": no escalation\n"},
	{"and not again while it stands in the status",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE "pod a w running ready\nfailure Pod w exceeded quota: used: cpu=5\n"
	  "status conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreateWorkerPod, message: m}]\n"},
	 "create Pod demo-w-worker-* index=0\n"},
	{"what this version does not make is told",
	 {NULL, "  upgradeStrategy: {type: Recreate}\n  networkPolicy: {}\n" HEAD, HEAD_IS_THERE},
	 "warning NotSupported: not supported by this version: networkPolicy (no NetworkPolicy is made, all pods may talk to its pods: write one for the label ray.io/cluster); "
	 "upgradeStrategy Recreate (a changed template holds for new pods alone: suspend and resume it to have all of them anew)\n"},
};
/* clang-format on */

Test(plan_modern, starts_what_is_missing)
{
	expect_all(STARTS, ARRAY_LEN(STARTS));
}

Test(plan_modern, makes_what_a_cluster_has_besides_pods)
{
	expect_all(CHILDREN, ARRAY_LEN(CHILDREN));
}

Test(plan_modern, keeps_one_head)
{
	expect_all(HEADS, ARRAY_LEN(HEADS));
}

Test(plan_modern, heals_and_scales_workers)
{
	expect_all(WORKER_FATES, ARRAY_LEN(WORKER_FATES));
}

Test(plan_modern, keeps_the_hosts_of_a_replica_together)
{
	expect_all(HOSTS, ARRAY_LEN(HOSTS));
}

Test(plan_modern, keeps_within_what_is_its_own_and_accepted)
{
	expect_all(BOUNDS, ARRAY_LEN(BOUNDS));
}
