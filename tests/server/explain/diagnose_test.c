/*
 * What is found of a cluster, where a word of it makes the difference; whole screens are in
 * tests/golden/explain.
 */
#include "server/explain/diagnose.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "server/explain/logs_wanted.h"
#include "server/explain/report.h"

/* It is 10:00:00; all began at 09:00:00. */
enum { NOW = 1767261600 };
#define AT(time) "'2026-01-01T" time "Z'"

#define META(name, more)                                                                           \
	"metadata: {name: " name ", namespace: ns, uid: u-" name                                   \
	", creationTimestamp: " AT("09:00:00") more "}"
#define TEMPLATE "template: {spec: {containers: [{name: r, image: i}]}}"
#define CLUSTER(more, groups)                                                                      \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META(                                       \
		"demo", "") ", spec: {" more "headGroupSpec: {" TEMPLATE                           \
			    "}, workerGroupSpecs: [" groups "]}, status: {state: ''}}\n"
#define CLUSTER_THAT(type, words, groups)                                                          \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META(                                       \
		"demo", "") ", spec: {headGroupSpec: {" TEMPLATE "}, workerGroupSpecs: [" groups   \
			    "]}, status: {state: '', conditions: "                                 \
			    "[{type: " type ", status: 'True', message: '" words "'}]}}\n"
#define SERVICE_TAKEN                                                                              \
	"Service \"demo-head-svc\": services \"demo-head-svc\" already exists, with no owner"
#define SERVICE                                                                                    \
	"- {apiVersion: v1, kind: Service, " META(                                                 \
		"demo-head-svc", ", ownerReferences: [{uid: u-demo}]") ", spec: {}}\n"
#define SERVICE_FOR(selector)                                                                      \
	"- {apiVersion: v1, kind: Service, " META("demo-head-svc",                                 \
		", ownerReferences: [{uid: u-demo}]") ", spec: {selector: " selector "}}\n"
#define ENDPOINT                                                                                   \
	"- {apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, " META("demo-head-svc-x",        \
		", labels: {kubernetes.io/service-name: demo-head-svc}") ", endpoints: "           \
									 "[{conditions: {ready: "  \
									 "true}}]}\n"
#define HEAD_LABELS                                                                                \
	"ray.io/cluster: demo, ray.io/node-type: head, ray.io/identifier: demo-head, "             \
	"app.kubernetes.io/name: kuberay, app.kubernetes.io/created-by: kuberay-operator"
#define AS_MADE "{" HEAD_LABELS "}"
#define HEAD_AS_MADE                                                                               \
	POD("h", ", labels: {" HEAD_LABELS ", ray.io/group: headgroup}", R,                        \
		UP "containerStatuses: [" RUNS("r") "]")
#define STRANGER "- {apiVersion: v1, kind: Service, " META("demo-head-svc", "") ", spec: {}}\n"
#define KEPT_AWAY                                                                                  \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo",                                \
		", annotations: {ray.io/disable-provisioned-head-restart: 'true'}") ", spec: "     \
										    "{headGroupSp" \
										    "ec: "         \
										    "{" TEMPLATE   \
										    "}, "          \
										    "workerGroupS" \
										    "pecs: "       \
										    "[" ONE_OF_ONE \
										    "]}, status: " \
										    "{state: '', " \
										    "conditions: " \
										    "[{type: "     \
										    "RayClusterPr" \
										    "ovisioned, "  \
										    "status: "     \
										    "'True'}]}}\n"
#define OTHER_QUOTA       "- {apiVersion: v1, kind: ResourceQuota, " META("other", "") ", spec: {}}\n"
#define GROUP(name, more) "{groupName: " name ", " more TEMPLATE "}"
#define ONE_OF_ONE        GROUP("w", "replicas: 1, maxReplicas: 5, ")

#define NEW_IMAGE                                                                                  \
	"{groupName: w, replicas: 1, maxReplicas: 5, template: {spec: {containers: [{name: r, "    \
	"image: new}]}}}"
#define NEEDING(cpu, memory)                                                                       \
	"{groupName: w, replicas: 1, maxReplicas: 5, template: {spec: {containers: [{name: r, "    \
	"image: i, resources: {limits: {cpu: " cpu ", memory: " memory "}}}]}}}"
#define REQUESTING(cpu)                                                                            \
	"{groupName: w, replicas: 1, maxReplicas: 5, template: {spec: {containers: [{name: r, "    \
	"image: i, resources: {requests: {cpu: " cpu "}}}]}}}"
#define WORKER_MADE(name, image, limits)                                                           \
	POD(name, LABELS("worker", "w"),                                                           \
		"{name: r, image: " image ", resources: {limits: {" limits ", memory: 2Gi}}}",     \
		UP "containerStatuses: [" RUNS("r") "]")
#define V2 "enableInTreeAutoscaling: true, autoscalerOptions: {version: v2}, "
#define LABELS(type, group)                                                                        \
	", labels: {ray.io/cluster: demo, ray.io/node-type: " type ", ray.io/group: " group "}"
#define POD(name, labels, containers, status)                                                      \
	"- {apiVersion: v1, kind: Pod, " META(name, labels) ", spec: {nodeName: n, containers: "   \
							    "[" containers "]}, status: {" status  \
							    "}}\n"
#define UP                                                                                         \
	"phase: Running, conditions: [{type: Ready, status: 'True', lastTransitionTime: " AT(      \
		"09:00:00") "}], "
#define RUNS(name)                                                                                 \
	"{name: " name                                                                             \
	", ready: true, restartCount: 0, state: {running: {startedAt: " AT("09:00:00") "}}}"
#define R          "{name: r, image: i}"
#define HEAD       POD("h", LABELS("head", "headgroup"), R, UP "containerStatuses: [" RUNS("r") "]")
#define AUTOSCALED "enableInTreeAutoscaling: true, "
#define HEAD_WITH_AUTOSCALER                                                                       \
	POD("h", LABELS("head", "headgroup"), R ", {name: autoscaler, image: i}",                  \
		UP "containerStatuses: [" RUNS("r") ", " RUNS("autoscaler") "]")
#define LEAVING_HEAD(name, time, more)                                                             \
	POD(name, LABELS("head", "headgroup") ", deletionTimestamp: " AT(time) more, R,            \
		UP "containerStatuses: [" RUNS("r") "]")
#define FINALIZER ", finalizers: [x.y/z]"
#define WITH_NAME(name)                                                                            \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META(                                       \
		name, "") ", spec: {headGroupSpec: {" TEMPLATE "}}, status: {state: ''}}\n"
/* With a status like that, of a spec of that generation. */
#define CLUSTER_WHOSE(generation, status)                                                          \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META(                                       \
		"demo", ", generation: " generation) ", spec: {headGroupSpec: {" TEMPLATE          \
						     "}, workerGroupSpecs: [" ONE_OF_ONE           \
						     "]}, status: {" status "}}\n"
#define RAYGATES(generation, head)                                                                 \
	"observedGeneration: " generation ", head: {podName: " head                                \
	"}, conditions: [{type: Accepted, status: 'True'}]"
#define OF_RBAC "- {apiVersion: rbac.authorization.k8s.io/v1, kind: "
#define ROLE    OF_RBAC "Role, " META("demo", "") "}\n"
#define BINDING OF_RBAC "RoleBinding, " META("demo", "") "}\n"
#define ACCOUNT(name, time)                                                                        \
	"- {apiVersion: v1, kind: ServiceAccount, metadata: {name: " name                          \
	", namespace: ns, creationTimestamp: " AT(time) "}}\n"
#define AUTOSCALED_WELL CLUSTER(AUTOSCALED, ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP ROLE BINDING
#define OWN_ACCOUNT                                                                                \
	"- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo",                                \
		"") ", spec: {enableInTreeAutoscaling: true, headGroupSpec: {template: {spec: "    \
		    "{serviceAccountName: mine, containers: [{name: r, image: i}]}}}, "            \
		    "workerGroupSpecs: [" ONE_OF_ONE "]}, status: {state: ''}}\n"
#define WORKER_OF(name, group, status) POD(name, LABELS("worker", group), R, status)
#define WORKER(status)                 WORKER_OF("w1", "w", status)
#define WORKER_UP                      WORKER(UP "containerStatuses: [" RUNS("r") "]")
#define WORKER_THAT(more)                                                                          \
	POD("w1", LABELS("worker", "w"), "{name: r, image: i, " more "}",                          \
		UP "containerStatuses: [" RUNS("r") "]")
#define DELETED_WORKER(time)                                                                       \
	POD("w1", LABELS("worker", "w") ", deletionTimestamp: " AT(time), R,                       \
		UP "containerStatuses: [" RUNS("r") "]")
/* It ended before, and began anew then. */
#define RESTARTED(phase, time)                                                                     \
	phase "containerStatuses: [{name: r, ready: true, restartCount: 2, state: {running: "      \
	      "{startedAt: " AT(                                                                   \
		      time) "}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]"
#define WAITS_TO_RESTART                                                                           \
	"phase: Running, containerStatuses: [{name: r, restartCount: 2, state: {waiting: {reason:" \
	" CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1, reason: Error}}}]"
#define ENDED                                                                                      \
	"containerStatuses: [{name: r, restartCount: 0, state: {terminated: {exitCode: 9, "        \
	"reason: Error}}}]"
#define EVENT(kind, name, why, words)                                                              \
	"- {apiVersion: v1, kind: Event, type: Warning, " META(                                    \
		"e", "") ", involvedObject: "                                                      \
			 "{kind: " kind ", name: " name "}, reason: " why                          \
			 ", lastTimestamp: " AT("09:59:00") ", message: '" words "'}\n"
#define QUOTA(scopes)                                                                              \
	"- {apiVersion: v1, kind: ResourceQuota, " META(                                           \
		"q", "") ", spec: {" scopes                                                        \
			 "hard: {pods: 1}}, status: {hard: {pods: 1}, used: {pods: 1}}}\n"
#define REFUSED                                                                                    \
	EVENT("RayCluster", "demo", "FailedToCreateWorkerPod",                                     \
		"pods \"x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, "    \
		"limited: pods=1")

struct example {
	const char *what, *items, *words;
	bool told;
};

/* clang-format off */
static const struct example EXAMPLES[] = {
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
	{"a pod that is to end has the time to",
	 CLUSTER("", GROUP("w", "replicas: 0, ")) HEAD DELETED_WORKER("09:59:40"), "still there", false},
	{"but not for ever",
	 CLUSTER("", GROUP("w", "replicas: 0, ")) HEAD DELETED_WORKER("09:59:20"), "still there", true},

	{"a head on its way out is no head", CLUSTER("", ONE_OF_ONE) LEAVING_HEAD("h", "10:00:20", "") WORKER_UP,
	 "demo (ray.io/v1): 1 of 2 pods ready\n\n1. the head is being deleted, and not replaced yet\n     pod h, its grace ends in 20s\n"
	 "   > wait: a new one is made once it has gone", true},
	{"nor is a worker", CLUSTER("", ONE_OF_ONE) HEAD DELETED_WORKER("09:59:40"),
	 "1. a pod of group \"w\" is being deleted, and not replaced yet\n     pod w1, its grace ended 20s ago\n   > wait: a new one is made in its place", true},
	{"one whose place is taken is none of those that are ready",
	 CLUSTER("", ONE_OF_ONE) HEAD DELETED_WORKER("09:59:40") WORKER_OF("w2", "w", UP "containerStatuses: [" RUNS("r") "]"),
	 "well: 2 of 2 pods ready\nAll is as asked: the head and 1 worker are ready", true},
	{"a Service does not lead to a head that ends", CLUSTER("", ONE_OF_ONE) LEAVING_HEAD("h", "10:00:20", "") WORKER_UP SERVICE,
	 "leads nowhere", false},
	{"a head that does not end, whose place is taken",
	 CLUSTER("", ONE_OF_ONE) LEAVING_HEAD("a", "09:58:00", FINALIZER) HEAD WORKER_UP,
	 "1. an earlier head is to end, and is still there\n     pod a, for 2m\n     finalizer x.y/z\n     a new head is there: h\n"
	 "   > whoever put x.y/z there must take it off; by hand: kubectl patch pod a -n ns --type=merge -p '{\"metadata\":{\"finalizers\":null}}'\n", true},
	{"one whose place is not", CLUSTER("", ONE_OF_ONE) LEAVING_HEAD("a", "09:58:00", FINALIZER) WORKER_UP,
	 "1. the head is to end, and is still there\n", true},
	{"a cluster that is deleted has no pods to replace",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", ", deletionTimestamp: " AT("09:59:50")) ", spec: {headGroupSpec: {" TEMPLATE "}}, status: {state: ''}}\n"
	 LEAVING_HEAD("h", "10:00:20", ""), "not replaced yet", false},
	{"a head that is not to come back is not waited for",
	 KEPT_AWAY LEAVING_HEAD("h", "10:00:20", "") WORKER_UP, "a new one is made", false},

	{"a selector that somebody changed", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP SERVICE_FOR("{app: nothing}"),
	 "1. Service demo-head-svc leads nowhere, though the head is ready\n     it looks for app=nothing, and the head has no such label\n"
	 "   > its selector is not as its controller makes it: delete it, and it is made anew: kubectl delete service demo-head-svc -n ns\n", true},
	{"is no fault of the template", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP SERVICE_FOR("{app: nothing}"), "template", false},
	{"it may lead to somebody else", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP SERVICE_FOR("{app: nothing}") ENDPOINT,
	 "1. Service demo-head-svc does not lead to the head", true},
	{"one that was taken away", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP SERVICE_FOR("{}"),
	 "it looks for no labels at all\n   > its selector is not as", true},
	{"where the selector is as made the template is at fault", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP SERVICE_FOR(AS_MADE),
	 "   > take that label out of the head's template", true},
	{"where the labels fit it is Kubernetes", CLUSTER("", ONE_OF_ONE) HEAD_AS_MADE WORKER_UP SERVICE_FOR(AS_MADE),
	 "   > where it stays so: see that Kubernetes' own controller-manager runs", true},
	{"and with an endpoint nobody", CLUSTER("", ONE_OF_ONE) HEAD_AS_MADE WORKER_UP SERVICE_FOR(AS_MADE) ENDPOINT, "All is as asked", true},

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
	{"one whose account is not there", AUTOSCALED_WELL,
	 "1. its autoscaler cannot scale: ServiceAccount \"demo\" not there\n   > wait: its controller makes it anew within 5 minutes", true},
	{"one whose binding is not there either", CLUSTER(AUTOSCALED, ONE_OF_ONE) HEAD_WITH_AUTOSCALER WORKER_UP ROLE,
	 "cannot scale: ServiceAccount \"demo\", RoleBinding \"demo\" not there\n", true},
	{"an account that is newer than the head", AUTOSCALED_WELL ACCOUNT("demo", "09:50:00"),
	 "1. its autoscaler's token is void: ServiceAccount \"demo\" is newer than the head\n", true},
	{"the user makes his own account himself", OWN_ACCOUNT HEAD_WITH_AUTOSCALER WORKER_UP ROLE BINDING,
	 "cannot scale: ServiceAccount \"mine\" not there\n   > make the ServiceAccount that the template names\n", true},
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
	{"and pods of it are none too many",
	 "- {apiVersion: ray.io/v1, kind: RayCluster, " META("demo", "") ", spec: {headGroupSpec: {" TEMPLATE "}}, "
	 "status: {conditions: [{type: Accepted, status: 'False', message: no}]}}\n" HEAD WORKER_UP,
	 "does not have", false},

	{"a group that is suspended has none too many",
	 CLUSTER(AUTOSCALED, GROUP("w", "suspend: true, replicas: 1, maxReplicas: 5, ")) HEAD_WITH_AUTOSCALER WORKER_UP, "than are asked for", false},
	{"a Service without an owner becomes the cluster's by its label",
	 CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP "- {apiVersion: v1, kind: Service, " META("demo-head-svc", ", labels: {ray.io/cluster: demo}") ", spec: {}}\n",
	 "somebody else", false},
	{"a head that ended and stays away", KEPT_AWAY POD("h", LABELS("head", "headgroup"), R, "phase: Failed, " ENDED) WORKER_UP,
	 "is not replaced: annotation", true},

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
	{"one that is ending is gone as asked",
	 CLUSTER("", GROUP("w", "replicas: 0, scaleStrategy: {workersToDelete: [w1]}, ")) HEAD DELETED_WORKER("09:59:40"),
	 "is to lose workers", false},
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

	{"a quota that is used up", CLUSTER("", ONE_OF_ONE) HEAD QUOTA(""), "\"q\" has no room", true},
	{"one of some pods alone may be none of these", CLUSTER("", ONE_OF_ONE) HEAD QUOTA("scopes: [Terminating], "), "\"q\"", false},
	{"what was refused, while a pod is missing", CLUSTER("", ONE_OF_ONE) HEAD REFUSED, "\"q\" has no room", true},
	{"of a Service whose name is taken no pod is refused",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN, ONE_OF_ONE) HEAD WORKER_UP STRANGER,
	 "1. a name that the cluster needs is somebody else's: demo-head-svc", true},
	{"and what leads elsewhere is not told to have wrong labels",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN, ONE_OF_ONE) HEAD WORKER_UP STRANGER, "2. ", false},
	{"the way out is another name",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN, ONE_OF_ONE) HEAD WORKER_UP STRANGER, "headService.metadata.name", true},
	{"a Service of somebody else's of which nobody has told",
	 CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP STRANGER, "Service demo-head-svc is somebody else's", true},
	{"a pod whose name is taken has it of its template",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"headgroup\": pods \"fixed\" already exists", ONE_OF_ONE),
	 "take metadata.name out of the template", true},
	{"two refusals are told as two",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1; "
		      "adopt Pod \"x\": admission webhook \"no\" denied the request", ONE_OF_ONE) HEAD,
	 "2. the webhook no of your cluster refuses to adopt Pod \"x\"", true},
	{"the first without the second",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1; "
		      "adopt Pod \"x\": admission webhook \"no\" denied the request", ONE_OF_ONE) HEAD,
	 "pods: 1 of 1 used, a pod asks for 1\n", true},
	{"a claim that is refused spoils nothing",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1; "
		      "PersistentVolumeClaim \"c\": persistentvolumeclaims \"c\" is forbidden: no", ONE_OF_ONE) HEAD,
	 "kubectl describe quota q -n ns", true},
	{"and is told", CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": no room; "
		      "PersistentVolumeClaim \"c\": persistentvolumeclaims \"c\" is forbidden: no", ONE_OF_ONE) HEAD,
	 "2. the API server refuses PersistentVolumeClaim \"c\"", true},
	{"each has a way out", CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": no room", ONE_OF_ONE) HEAD,
	 "> mend what it names", true},
	{"a Service for which a quota has no room is no pod",
	 CLUSTER_THAT("ReplicaFailure", "Service \"demo-head-svc\": services \"demo-head-svc\" is forbidden: exceeded quota: q, "
		      "requested: services=1, used: services=1, limited: services=1", ONE_OF_ONE) HEAD WORKER_UP,
	 "\"q\" has no room for Service \"demo-head-svc\"\n     services: 1 of 1 used, it asks for 1\n", true},
	{"a Service that is invalid is no pod",
	 CLUSTER_THAT("ReplicaFailure", "Service \"demo-head-svc\": Service \"demo-head-svc\" is invalid: spec.type: no", ONE_OF_ONE) HEAD WORKER_UP,
	 "the API server does not take Service \"demo-head-svc\": it is invalid", true},
	{"two names that are taken are two",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN "; Service \"demo-headless\": services \"demo-headless\" already exists, too", ONE_OF_ONE) HEAD WORKER_UP,
	 "2. a name that the cluster needs is somebody else's: demo-headless", true},
	{"the name of one may be chosen, the other's follows",
	 CLUSTER_THAT("ReplicaFailure", "Service \"demo-headless\": services \"demo-headless\" already exists, too", ONE_OF_ONE) HEAD WORKER_UP,
	 "or make the cluster under another name", true},
	{"what goes by itself is waited for",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN " is of an earlier RayCluster of this name: it goes with that one", ONE_OF_ONE) HEAD WORKER_UP,
	 "> wait: it is made as soon as that one is gone", true},
	{"and need not be deleted",
	 CLUSTER_THAT("ReplicaFailure", SERVICE_TAKEN " is of an earlier RayCluster of this name: it goes with that one", ONE_OF_ONE) HEAD WORKER_UP,
	 "> delete", false},
	{"one that is being deleted is waited for, too",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"headgroup\": object is being deleted: pods \"demo-head\" already exists", ONE_OF_ONE) WORKER_UP,
	 "1. what had the name before is still being deleted: demo-head\n", true},
	{"and is nobody else's",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"headgroup\": object is being deleted: pods \"demo-head\" already exists", ONE_OF_ONE) WORKER_UP,
	 "somebody else", false},
	{"a webhook that changes labels",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": it came back with the label ray.io/group \"\", not \"w\", and was deleted again: a mutating "
		      "webhook has to leave the labels of these pods alone", ONE_OF_ONE) HEAD,
	 "1. a webhook of your cluster changes the labels by which pods are found\n", true},
	{"hosts of a replica are made together",
	 CLUSTER_THAT("ReplicaFailure", "Pod of \"w\": exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3",
		      GROUP("w", "replicas: 1, maxReplicas: 1, numOfHosts: 3, ")) HEAD,
	 "a pod asks for 1\n     a replica of group \"w\" is 3 pods, which are there together or not at all\n", true},
	{"a controller that may not delete lacks a right",
	 CLUSTER_THAT("ReplicaFailure", "delete Pod \"w2\": pods \"w2\" is forbidden: User \"op\" cannot delete resource \"pods\"", ONE_OF_ONE) HEAD WORKER_UP,
	 "1. the controller lacks a right that it needs here", true},
	{"a webhook that does not answer is in the way of what was asked",
	 CLUSTER_THAT("ReplicaFailure", "delete Pod \"w2\": failed calling webhook \"hook\": no", ONE_OF_ONE) HEAD WORKER_UP,
	 "Pod \"w2\" cannot be deleted while the webhook hook does not answer", true},
	{"nor when the quota is gone", CLUSTER("", ONE_OF_ONE) HEAD REFUSED OTHER_QUOTA, "\"q\"", false},
	{"a head that is not to come back", KEPT_AWAY WORKER_UP,
	 "1. the head has gone, and is not replaced: annotation ray.io/disable-provisioned-head-restart says so", true},
	{"is missed for that alone", KEPT_AWAY WORKER_UP REFUSED, "2. ", false},
	{"and while it is there it is not told", KEPT_AWAY HEAD, "not replaced", false},
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
	{"and no more when it is there", CLUSTER("", ONE_OF_ONE) HEAD WORKER_UP REFUSED, "\"q\"", false},
};
/* clang-format on */

struct fixture {
	struct arena arena;
	struct policy *policy;
	struct explain_input in;
};

static void begin(struct fixture *f, const char *items)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 10000, .expanded = 1000};
	struct yaml_doc doc;
	struct err err;

	*f = (struct fixture){.policy = policy_empty()};
	arena_init(&f->arena, 65536);
	f->in = (struct explain_input){.arena = &f->arena, .policy = f->policy, .now = NOW};
	const struct str text =
		arena_printf(&f->arena, "apiVersion: v1\nkind: List\nitems:\n%s", items);

	cr_assert(yaml_read(&f->arena, text, &LIMITS, &doc, &err), "%s:\n%s", err.text, items);
	explain_add(&f->in, doc.json.root);
	f->in.of[EXPLAIN_QUOTA].looked = f->in.of[EXPLAIN_QUOTA].count > 0;
	f->in.of[EXPLAIN_SERVICE].looked = f->in.of[EXPLAIN_SERVICE].count > 0;
	for (size_t kind = EXPLAIN_ACCOUNT; kind <= EXPLAIN_BINDING; kind++)
		f->in.of[kind].looked = f->in.of[EXPLAIN_ROLE].count > 0;
	f->in.of[EXPLAIN_SLICE].looked = f->in.of[EXPLAIN_SERVICE].looked;
}

static void end(struct fixture *f)
{
	policy_free(&f->policy);
	arena_done(&f->arena);
}

static void expect(const struct example *e)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct explain_verdict verdict;
	struct fixture f;

	begin(&f, e->items);
	explain_diagnose(&f.in, f.in.of[EXPLAIN_CLUSTER].items[0], &verdict);
	explain_report_text(&verdict, false, 1000, &out);
	cr_expect_eq(str_contains(buf_str(&out), e->words), e->told, "%s: '%s' is%s in\n%.*s",
		e->what, e->words, e->told ? " not" : "", STR_ARG(buf_str(&out)));
	end(&f);
}

Test(diagnose, a_word_makes_the_difference)
{
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++)
		expect(&EXAMPLES[i]);
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
		struct fixture f;

		begin(&f, LOGS[i].items);
		explain_subject_init(&s, &f.in, f.in.of[EXPLAIN_CLUSTER].items[0]);
		const size_t count = explain_logs_wanted(&s, wanted);

		for (size_t k = 0; k < count; k++)
			buf_printf(&out, "%.*s %.*s%s\n", STR_ARG(wanted[k].pod),
				STR_ARG(wanted[k].container),
				wanted[k].previous ? " previous" : "");
		cr_expect(str_is(buf_str(&out), LOGS[i].logs), "%s: expected\n%sgot\n%.*s",
			LOGS[i].what, LOGS[i].logs, STR_ARG(buf_str(&out)));
		end(&f);
	}
}
