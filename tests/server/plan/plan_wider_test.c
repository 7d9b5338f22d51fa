/* Which pods are hosts of one replica, whatever else wrote the labels of Ray that say so. */
#include <criterion/criterion.h>

#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE   "template: {spec: {containers: [{name: r, image: i}]}}"
#define HEAD       "  headGroupSpec: {" TEMPLATE "}\n"
#define WITH(more) HEAD "  workerGroupSpecs:\n  - {groupName: w, " more ", " TEMPLATE "}\n"
#define THERE                                                                                      \
	"status observedGeneration: 7\nservice demo-head-svc None\npod h headgroup running "       \
	"ready\n"
#define HOSTS THERE "service demo-headless None\n"

/* clang-format off */
static const struct {
	const char *what;
	struct plan_kit_cluster cluster;
	const char *actions;
} WIDER[] = {
	{"single pods that all have one replica's name have it of their template, or of a webhook",
	 {NULL, WITH("replicas: 2"), THERE
	  "pod a w running ready replica=x index=0\npod b w running ready replica=x index=1\n"},
	 ""},
	{"a host's index of the template's makes no hosts of them",
	 {NULL, WITH("replicas: 2"), THERE
	  "pod a w running ready replica=x index=0 host=1\npod b w running ready replica=x index=1 host=1\n"},
	 ""},
	{"nor do all three labels of KubeRay's time, when it numbered no replicas",
	 {NULL, WITH("replicas: 2"), THERE
	  "pod a w running ready replica=x index=0 host=1\npod b w running ready replica=x index=0 host=1\n"},
	 ""},
	{"the last host of a replica is as good as any single pod",
	 {NULL, WITH("replicas: 1"), THERE "pod a w running ready replica=w-abc index=0 host=1\n"},
	 ""},
	{"a host goes with another one that ends",
	 {NULL, WITH("replicas: 1"), THERE
	  "pod a w running ready replica=w-abc index=0 host=0\n"
	  "pod b w running ready deleting replica=w-abc index=0 host=1\n"},
	 "delete a: its replica has more hosts than numOfHosts\n"
	 "create Pod demo-w-worker-* index=1\n"},
	{"of hosts whose replica a webhook has renamed the index tells whose they are",
	 {NULL, WITH("replicas: 2, numOfHosts: 2"), HOSTS
	  "pod a w running ready replica=x index=0 host=0\npod b w running ready replica=x index=0 host=1\n"
	  "pod c w running ready replica=x index=1 host=0\npod d w running ready replica=x index=1 host=1\n"},
	 ""},
};
/* clang-format on */

Test(plan_wider, what_is_made_is_not_taken_for_hosts_of_another_time)
{
	for (size_t i = 0; i < ARRAY_LEN(WIDER); i++) {
		struct arena arena CLEANUP(arena_done);
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		plan_modern(plan_kit_observe(&arena, &WIDER[i].cluster), &round);
		const struct str actions = plan_kit_actions(&arena, &round);

		cr_expect(str_is(actions, WIDER[i].actions), "%s: expected\n%sgot\n%s",
			WIDER[i].what, WIDER[i].actions, actions.at);
		round_done(&round);
	}
}
