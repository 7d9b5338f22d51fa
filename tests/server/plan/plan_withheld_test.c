/* While a spec is refused and what was accepted is not known: nothing is made of it. */
#include <criterion/criterion.h>

#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE            "template: {spec: {containers: [{name: r, image: i}]}}"
#define HEAD                "  headGroupSpec: {" TEMPLATE "}\n"
#define WORKERS(name, more) "  - {groupName: " name ", " more ", " TEMPLATE "}\n"
#define WITH(more)          HEAD "  workerGroupSpecs:\n" WORKERS("w", more)
#define REFUSED(sizes)      "withheld\nverdict InvalidSpec " sizes "\n"
#define H                   "pod h headgroup running ready\n"
#define A                   "pod a w running ready\n"
#define B                   "pod b w running ready\n"
#define WRONG               "warning InvalidSpec: spec is wrong\n"
#define WITHHELD(what)                                                                             \
	WRONG                                                                                      \
	"warning PodsWithheld: not replaced: " what                                                \
	"; what was accepted is not known since a restart, and of a spec that is refused no pod "  \
	"is made: apply one that is accepted\n"

#define LEGACY                                                                                     \
	"  headPodType: h\n  podTypes:\n"                                                          \
	"  - {name: h, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n"                  \
	"  - {name: w, minWorkers: 2, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n"

struct example {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *actions;
};

static void expect_all(const struct example *examples, size_t count, plan_fn plan)
{
	for (size_t i = 0; i < count; i++) {
		const struct example *const e = &examples[i];
		struct arena arena;
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan(plan == plan_modern ? plan_kit_observe(&arena, &e->cluster)
					 : plan_kit_observe_legacy(&arena, &e->cluster),
			&round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, e->actions), "%s: expected\n%sgot\n%s", e->what,
			e->actions, actions.at);
		round_done(&round);
		arena_done(&arena);
	}
}

/* clang-format off */
static const struct example MODERN[] = {
	{"a pod that ends is none of those that stay",
	 {NULL, WITH("replicas: 1"), REFUSED("headgroup=1 w=2") H "pod a w running ready deleting age=900\n" B}, WRONG},
	{"as many as it has at least are asked for",
	 {NULL, WITH("replicas: 0, minReplicas: 2"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"what runs stays, and nothing is told where nothing is missing",
	 {NULL, WITH("replicas: 2"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"what is missing is told, Services and all are not made",
	 {NULL, WITH("replicas: 2"), "first\n" REFUSED("headgroup=1 w=2") A},
	 WITHHELD("1 of \"headgroup\", 1 of \"w\"")},
	{"what failed stays to be looked at, and is missing",
	 {NULL, WITH("replicas: 2"), REFUSED("headgroup=1 w=2") "pod h headgroup failed\n" A "pod b w failed\n"},
	 WITHHELD("1 of \"headgroup\", 1 of \"w\"")},
	{"what is on its way out is missing",
	 {NULL, WITH("replicas: 2"), REFUSED("headgroup=1 w=2") H A "pod b w running deleting\n"},
	 WITHHELD("1 of \"w\"")},
	{"a group that the spec lacks stays, and is missed",
	 {NULL, WITH("replicas: 2"), REFUSED("headgroup=1 v=2") H "pod c v running ready\n"},
	 WITHHELD("1 of \"v\"")},
	{"a pod without a controller is not taken in for it",
	 {NULL, WITH("replicas: 1"), REFUSED("headgroup=1 w=1") H "pod a w running ready stray\n"},
	 WITHHELD("1 of \"w\"")},
	{"a greatest size ends nobody",
	 {NULL, WITH("replicas: 5, maxReplicas: 1"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"nor does a number that is none",
	 {NULL, WITH("replicas: many"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"nor one that is larger than any",
	 {NULL, WITH("replicas: 9999999999"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"more hosts than there were end nobody",
	 {NULL, WITH("replicas: 2, numOfHosts: 4"), REFUSED("headgroup=1 w=2") H A B}, WRONG},
	{"nor do fewer",
	 {NULL, WITH("replicas: 2, numOfHosts: 1"), REFUSED("headgroup=1 w=4") H
	  "pod a w running replica=x index=0 host=0\npod b w running replica=x index=0 host=1\n"
	  "pod c w running replica=y index=1 host=0\npod d w running replica=y index=1 host=1\n"}, WRONG},
	{"a host that is lost is missing, and its replica stays",
	 {NULL, WITH("replicas: 2, numOfHosts: 1"), REFUSED("headgroup=1 w=4") H
	  "pod a w running replica=x index=0 host=0\npod b w running replica=x index=0 host=1\n"
	  "pod d w running replica=y index=1 host=1\n"},
	 WITHHELD("1 of \"w\"")},
	{"fewer that are asked for go, and are not missed",
	 {NULL, WITH("replicas: 1"), REFUSED("headgroup=1 w=2") H A "pod b w running unready\n"},
	 "delete b: fewer workers are asked for\n" WRONG},
	{"what failed goes first",
	 {NULL, WITH("replicas: 1"), REFUSED("headgroup=1 w=2") H A "pod b w failed\n"},
	 "delete b: fewer workers are asked for\n" WRONG},
	{"by replicas, of however many hosts they are",
	 {NULL, WITH("replicas: 1, numOfHosts: 7"), REFUSED("headgroup=1 w=4") H
	  "pod a w running ready replica=x index=0 host=0\npod b w running ready replica=x index=0 host=1\n"
	  "pod c w running replica=y index=1 host=0\npod d w running ready replica=y index=1 host=1\n"},
	 "delete c: fewer workers are asked for\ndelete d: fewer workers are asked for\n" WRONG},
	{"the autoscaler names who goes, and nobody else does",
	 {NULL, "  enableInTreeAutoscaling: true\n" WITH("replicas: 0, scaleStrategy: {workersToDelete: [b]}"),
	  REFUSED("headgroup=1 w=2") H A B},
	 "delete b: workersToDelete names it\n" WRONG},
	{"a group that is suspended goes",
	 {NULL, WITH("replicas: 2, suspend: true"), REFUSED("headgroup=1 w=2") H A B},
	 "delete b: the group is suspended\ndelete a: the group is suspended\n" WRONG},
	{"all that is suspended goes, and is not missed",
	 {NULL, "  suspend: true\n" WITH("replicas: 2"), REFUSED("headgroup=1 w=2") H A
	  "status conditions: [{type: RayClusterSuspending, status: 'True'}]\n"},
	 "delete h: the cluster is suspended\ndelete a: the cluster is suspended\n" WRONG},
	{"what was told is not told again",
	 {NULL, WITH("replicas: 2"), REFUSED("headgroup=1 w=2") H A
	  "status conditions: [{type: PodsWithheld, status: 'True', reason: AcceptedSpecUnknown, message: m}]\n"},
	 WRONG},
};

static const struct example OF_2022[] = {
	{"what runs stays, the Service and pods of other heads too",
	 {NULL, LEGACY, REFUSED("h=1 w=2") "pod h h head running ready launch=x ip=1.2.3.4\n"
	  "pod a w running launch=y\npod b w running launch=z\n"}, WRONG},
	{"what is missing is told, and not made",
	 {NULL, LEGACY, "first\n" REFUSED("h=1 w=2") "pod a w running launch=y\npod b w failed launch=y\n"},
	 WITHHELD("1 of \"h\", 1 of \"w\"")},
	{"a type that the spec lacks stays, and is missed",
	 {NULL, LEGACY, REFUSED("h=1 v=2") "pod h h head running ready launch=x ip=1.2.3.4\npod a v running launch=y\n"},
	 WITHHELD("1 of \"v\"")},
	{"a spec without a head is told of in the same way",
	 {NULL, "  podTypes: []\n", REFUSED("h=1 w=2") "pod a w running launch=y\n"},
	 WITHHELD("1 of \"h\", 1 of \"w\"")},
};
/* clang-format on */

Test(plan_withheld, nothing_is_made_and_only_what_is_asked_for_ends)
{
	expect_all(MODERN, ARRAY_LEN(MODERN), plan_modern);
}

Test(plan_withheld, the_same_of_a_cluster_of_2022)
{
	expect_all(OF_2022, ARRAY_LEN(OF_2022), plan_legacy);
}
