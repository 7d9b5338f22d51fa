/* Suspending: all pods go, whatever the spec says by then, and come again when it is resumed. */
#include <criterion/criterion.h>

#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE "template: {spec: {containers: [{name: r, image: i}]}}"
#define WITH(more)                                                                                 \
	"  headGroupSpec: {" TEMPLATE "}\n  workerGroupSpecs:\n  - {groupName: w, " more           \
	", " TEMPLATE "}\n"
#define HEAD_IS_THERE                                                                              \
	"status observedGeneration: 7\n"                                                           \
	"service demo-head-svc None\n"                                                             \
	"pod h headgroup running ready\n"

/* clang-format off */
static const struct {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *actions;
} SUSPENSION[] = {
	{"asked to suspend, it first says so",
	 {NULL, "  suspend: true\n" WITH("replicas: 1"), HEAD_IS_THERE "pod a w running\n"},
	 ""},
	{"then its own pods go, each once",
	 {NULL, "  suspend: true\n" WITH("replicas: 1"), HEAD_IS_THERE
	  "pod a w running\npod b w running deleting\npod x w foreign running\n"
	  "status conditions: [{type: RayClusterSuspending, status: 'True'}]\n"},
	 "delete h: the cluster is suspended\n"
	 "delete a: the cluster is suspended\n"},
	{"to the end, whatever the spec says by then",
	 {NULL, WITH("replicas: 1"), HEAD_IS_THERE
	  "status conditions: [{type: RayClusterSuspending, status: 'True'}]\n"},
	 "delete h: the cluster is suspended\n"},
	{"suspended it has no pods, and keeps what it has besides",
	 {NULL, "  suspend: true\n" WITH("replicas: 1"), "status observedGeneration: 7\n"
	  "status conditions: [{type: RayClusterSuspended, status: 'True'}]\n"},
	 "create Service demo-head-svc needed\n"},
	{"pods of a suspension that was asked for again go as well",
	 {NULL, "  suspend: true\n" WITH("replicas: 1"), HEAD_IS_THERE
	  "status conditions: [{type: RayClusterSuspended, status: 'True'}, {type: RayClusterSuspending, status: 'True'}]\n"},
	 "delete h: the cluster is suspended\n"},
	{"it resumes when nobody asks for it any more",
	 {NULL, WITH("replicas: 1"), "status observedGeneration: 7\nservice demo-head-svc None\n"
	  "status conditions: [{type: RayClusterSuspended, status: 'True'}]\n"},
	 "create Pod demo-head-*\n"
	 "create Pod demo-w-worker-* index=0\n"},
};
/* clang-format on */

Test(plan_suspend, suspends_and_resumes)
{
	for (size_t i = 0; i < ARRAY_LEN(SUSPENSION); i++) {
		struct arena arena CLEANUP(arena_done);
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_modern(plan_kit_observe(&arena, &SUSPENSION[i].cluster), &round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, SUSPENSION[i].actions), "%s: expected\n%sgot\n%s",
			SUSPENSION[i].what, SUSPENSION[i].actions, actions.at);
		round_done(&round);
	}
}
