/* Pods on nodes that nobody hears of; Kubernetes deletes most of them after 300 s. */
#include <criterion/criterion.h>

#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE   "template: {spec: {containers: [{name: r, image: i}]}}"
#define HEAD       "  headGroupSpec: {" TEMPLATE "}\n"
#define WITH(more) HEAD "  workerGroupSpecs:\n  - {groupName: w, " more ", " TEMPLATE "}\n"
#define TOLERATING(list)                                                                           \
	HEAD "  workerGroupSpecs:\n  - {groupName: w, replicas: 1, template: {spec: "              \
	     "{tolerations: [" list "], containers: [{name: r, image: i}]}}}\n"
#define SERVED        "status observedGeneration: 7\nservice demo-head-svc None\n"
#define HEAD_IS_THERE SERVED "pod h headgroup running ready\n"
#define LOST_LONG_AGO "pod a w running unready lost since=601 index=0\n"

/* clang-format off */
static const struct {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *actions;
} LOST[] = {
	{"a worker that Kubernetes has not deleted for long is replaced",
	 {NULL, WITH("replicas: 2"), HEAD_IS_THERE LOST_LONG_AGO "pod b w running ready index=1\n"},
	 "delete a: its node has not been heard of for long\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"but not while it may do so",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running unready lost since=590 index=0\n"},
	 "again 10\n"},
	{"nor earlier where Kubernetes should have done so by then",
	 {NULL, TOLERATING("{operator: Exists, tolerationSeconds: 5}"),
	  HEAD_IS_THERE "pod a w running unready lost since=590 index=0\n"},
	 "again 10\n"},
	{"once it has been asked to end it is no capacity, and nobody forces it",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running unready lost deleting ends=-9000 since=9000 index=0\n"},
	 "create Pod demo-w-worker-* index=1\n"},
	{"one that was never ready is as old as it is",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running lost age=601 index=0\n"},
	 "delete a: its node has not been heard of for long\n"
	 "create Pod demo-w-worker-* index=1\n"},
	{"one that is not ready for its own sake is left alone",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w running unready since=9000 index=0\n"},
	 ""},
	{"a longer time that the spec gives is its own",
	 {NULL, TOLERATING("{key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 3600}"),
	  HEAD_IS_THERE LOST_LONG_AGO},
	 "again 2999\n"},
	{"one of all keys as well",
	 {NULL, TOLERATING("{operator: Exists, tolerationSeconds: 3600}"), HEAD_IS_THERE LOST_LONG_AGO},
	 "again 2999\n"},
	{"a very long one is one that long",
	 {NULL, TOLERATING("{operator: Exists, tolerationSeconds: 9223372036854775807}"),
	  HEAD_IS_THERE LOST_LONG_AGO},
	 "again 2147483046\n"},
	{"not a shorter one, nor one without end, nor another key's",
	 {NULL, TOLERATING("{operator: Exists}, {key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 5}, {key: gpu, operator: Exists, effect: NoExecute, tolerationSeconds: 3600}"),
	  HEAD_IS_THERE LOST_LONG_AGO},
	 "delete a: its node has not been heard of for long\n"
	 "create Pod demo-w-worker-* index=1\n"},
	{"with its head out of sight, too, it may be us who are cut off",
	 {NULL, WITH("replicas: 1"), SERVED
	  "pod h headgroup running unready lost since=9000\n" LOST_LONG_AGO},
	 ""},
	{"what a head of unknown phase said last is no proof",
	 {NULL, WITH("replicas: 1"), SERVED "pod h headgroup unknown ready lost\n" LOST_LONG_AGO},
	 ""},
	{"nor is somebody else's",
	 {NULL, WITH("replicas: 1"), SERVED "pod x headgroup foreign running ready\n" LOST_LONG_AGO},
	 "create Pod demo-head-*\n"},
	{"a head that ends is no proof",
	 {NULL, WITH("replicas: 1"), SERVED
	  "pod h headgroup running ready deleting ends=20\n" LOST_LONG_AGO},
	 "again 50\n"},
	{"a head is left to Kubernetes",
	 {NULL, HEAD, SERVED
	  "pod h headgroup running unready lost since=9000\n"},
	 ""},
	{"an autoscaled worker is replaced like any other",
	 {NULL, "  enableInTreeAutoscaling: true\n" WITH("replicas: 1"), HEAD_IS_THERE LOST_LONG_AGO},
	 "delete a: its node has not been heard of for long\n"
	 "create Pod demo-w-worker-* index=1\n"},
	{"a host takes its replica along",
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), HEAD_IS_THERE "service demo-headless None\n"
	  "pod a w running ready replica=w-abc index=0 host=0\npod b w running unready lost since=601 replica=w-abc index=0 host=1\n"},
	 "delete a: the node of a host of its replica has not been heard of for long\n"
	 "delete b: the node of a host of its replica has not been heard of for long\n"
	 "create Pod demo-w-worker-* index=1 host=0\n"
	 "create Pod demo-w-worker-* index=1 host=1\n"},
	{"what waits for a node waits, however long",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE "pod a w age=90000 unscheduled reason=Unschedulable index=0: 0/3 nodes are available\n"
	  "status conditions: [{type: PodsPending, status: 'True'}]\n"},
	 ""},
};
/* clang-format on */

Test(plan_lost, workers_are_replaced_where_nobody_else_does_it)
{
	for (size_t i = 0; i < ARRAY_LEN(LOST); i++) {
		struct arena arena CLEANUP(arena_done);
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_modern(plan_kit_observe(&arena, &LOST[i].cluster), &round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, LOST[i].actions), "%s: expected\n%sgot\n%s", LOST[i].what,
			LOST[i].actions, actions.at);
		round_done(&round);
	}
}
