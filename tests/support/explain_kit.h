/*
 * What explain reads, as YAML: a cluster "demo" of namespace ns with a group "w", its pods, Events
 * and Services; and whether a word is told of it.
 */
#pragma once

#include "server/explain/diagnose.h"

/* It is 10:00:00; all began at 09:00:00. */
enum { EXPLAIN_KIT_NOW = 1767261600 };
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
#define OWNED   ", ownerReferences: [{uid: u-demo, controller: true}]"
#define ROLE    OF_RBAC "Role, " META("demo", OWNED) "}\n"
#define BINDING OF_RBAC "RoleBinding, " META("demo", OWNED) "}\n"
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
#define FREE_QUOTA                                                                                 \
	"- {apiVersion: v1, kind: ResourceQuota, " META(                                           \
		"q", "") ", spec: {scopes: [Terminating]}, status: {hard: {pods: 10}, used: "      \
			 "{pods: 9}}}\n"
#define REFUSED                                                                                    \
	EVENT("RayCluster", "demo", "FailedToCreateWorkerPod",                                     \
		"pods \"x\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, "    \
		"limited: pods=1")

/* `words` stand in the report of the first cluster of `items`; or do not. */
struct explain_example {
	const char *what, *items, *words;
	bool told;
};

void explain_kit_expect(const struct explain_example *examples, size_t count);

struct explain_kit {
	struct arena arena;
	struct policy *policy;
	struct explain_input in;
};

void explain_kit_begin(struct explain_kit *kit, const char *items);
void explain_kit_end(struct explain_kit *kit);
