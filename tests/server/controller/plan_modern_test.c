/* What a round asks for, by what is there (controller reference: §4-§11). */
#include "server/controller/plan_modern.h"

#include <criterion/criterion.h>

#include "tests/support/plan_kit.h"

#define HEAD                "  headGroupSpec: {template: {spec: {containers: [{name: r, image: i}]}}}\n"
#define TEMPLATE            "template: {spec: {containers: [{name: r, image: i}]}}"
#define WORKERS(name, more) "  - {groupName: " name ", " more ", " TEMPLATE "}\n"
#define GROUPS              "  workerGroupSpecs:\n"
#define THREE               HEAD GROUPS WORKERS("w", "replicas: 3")
#define HEAD_IS_THERE                                                                              \
	"service demo-head-svc None\n"                                                             \
	"pod h headgroup running ready\n"

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
	 {NULL, THREE, "first\n"},
	 "create Service demo-head-svc\n"
	 "create Pod demo-head-*\n"
	 "create Pod demo-w-worker-* index=0\n"
	 "create Pod demo-w-worker-* index=1\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"what is there is not made again",
	 {NULL, THREE, HEAD_IS_THERE
	  "pod a w running ready index=0\npod b w index=2\npod c w untold index=1\n"},
	 ""},
	{"the smallest index that is free is taken",
	 {NULL, THREE, HEAD_IS_THERE "pod a w index=1\n"},
	 "create Pod demo-w-worker-* index=0\n"
	 "create Pod demo-w-worker-* index=2\n"},
	{"pods of others are nobody's capacity",
	 {NULL, THREE, HEAD_IS_THERE "pod x w foreign running ready\npod a w index=0\npod b w index=1\n"},
	 "create Pod demo-w-worker-* index=2\n"},
};
/* clang-format on */

Test(plan_modern, starts_what_is_missing)
{
	expect_all(STARTS, ARRAY_LEN(STARTS));
}
