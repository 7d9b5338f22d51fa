/* Pods whose nodes' clocks, or the API server's, are ahead of ours. */
#include <criterion/criterion.h>

#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE   "template: {spec: {containers: [{name: r, image: i}]}}"
#define HEAD       "  headGroupSpec: {" TEMPLATE "}\n"
#define WITH(more) HEAD "  workerGroupSpecs:\n  - {groupName: w, " more ", " TEMPLATE "}\n"
#define SERVED     "status observedGeneration: 7\nservice demo-head-svc None\n"
#define LEGACY                                                                                     \
	"  headPodType: h\n  podTypes:\n"                                                          \
	"  - {name: h, podConfig: {metadata: {generateName: h-}, spec: {containers: [{name: r, "   \
	"image: i}]}}}\n"

/* clang-format off */
static const struct {
	const char *what;
	void (*plan)(const struct observed *seen, struct round *round);
	struct plan_kit_cluster cluster;
	const char *actions;
} AHEAD[] = {
	{"a first failure does not rest", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed since=-600 age=900\n"},
	 "delete h: it has ended\ncreate Pod demo-head-* failed-before=1\n"},
	{"of later ones the rest begins when the pod was made", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed failed-before=3 since=-600 age=30\n"},
	 "again 10\n"},
	{"and ends, and it did not live for so long", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed failed-before=3 since=-600 age=50\n"},
	 "delete h: it has ended\ncreate Pod demo-head-* failed-before=4\n"},
	{"unless it did by our clock", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed failed-before=3 since=-600 age=900\n"},
	 "delete h: it has ended\ncreate Pod demo-head-* failed-before=1\n"},
	{"the API server's clock, a first failure", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed since=-600 age=-600\n"},
	 "delete h: it has ended\ncreate Pod demo-head-* failed-before=1\n"},
	{"a later one rests no longer than by clocks that agree", plan_modern,
	 {NULL, HEAD, SERVED "pod h headgroup failed failed-before=3 since=-600 age=-600\n"},
	 "again 40\n"},
	{"a worker", plan_modern,
	 {NULL, WITH("replicas: 1"), SERVED "pod h headgroup running ready\npod a w failed index=0 since=-600 age=900\n"},
	 "delete a: it has ended\ncreate Pod demo-w-worker-* index=1 failed-before=1\n"},
	{"a host", plan_modern,
	 {NULL, WITH("replicas: 1, numOfHosts: 2"), SERVED "service demo-headless None\npod h headgroup running ready\n"
	  "pod a w failed replica=w-abc index=0 host=0 since=-600 age=900\npod b w running ready replica=w-abc index=0 host=1\n"},
	 "delete a: a host of its replica has ended\ndelete b: a host of its replica has ended\n"
	 "create Pod demo-w-worker-* index=1 host=0 failed-before=1\ncreate Pod demo-w-worker-* index=1 host=1\n"},
	{"a legacy head", plan_legacy,
	 {NULL, LEGACY, "service demo-ray-head 10.0.0.1\npod head h head failed since=-600 age=900\n"},
	 "delete head: it has ended\ncreate Pod demo-h-* failed-before=1\n"},
};
/* clang-format on */

Test(plan_clock, a_pod_that_failed_by_a_clock_ahead_of_ours_is_replaced)
{
	for (size_t i = 0; i < ARRAY_LEN(AHEAD); i++) {
		struct arena arena CLEANUP(arena_done);
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		AHEAD[i].plan(AHEAD[i].plan == plan_modern
				      ? plan_kit_observe(&arena, &AHEAD[i].cluster)
				      : plan_kit_observe_legacy(&arena, &AHEAD[i].cluster),
			&round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, AHEAD[i].actions), "%s: expected\n%sgot\n%s",
			AHEAD[i].what, AHEAD[i].actions, actions.at);
		round_done(&round);
	}
}
