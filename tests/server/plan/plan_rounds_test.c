/* How many pods one round asks for, and how they are shared out. */
#include <criterion/criterion.h>

#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/plan_kit.h"

#define TEMPLATE          "template: {spec: {containers: [{name: r, image: i}]}}"
#define GROUP(name, more) "  - {groupName: " name ", " more ", " TEMPLATE "}\n"
#define WITH(groups)      "  headGroupSpec: {" TEMPLATE "}\n  workerGroupSpecs:\n" groups
#define IS_THERE                                                                                   \
	"status observedGeneration: 7\nservice demo-head-svc None\nservice demo-headless None\n"   \
	"pod h headgroup running ready\n"
#define ONE_HOST "pod x v replica=v-abc index=0 host=0 age=5\n"

static const struct {
	const char *what, *groups, *there;
	size_t v, w; /* pods that are asked for */
} ROUNDS[] = {
	{"no more than a round may", WITH(GROUP("w", "replicas: 100")), "", 0, 64},
	{"of several groups each in its turn",
		WITH(GROUP("v", "replicas: 100") GROUP("w", "replicas: 100")), "", 32, 32},
	{"what one leaves the other has",
		WITH(GROUP("v", "replicas: 10") GROUP("w", "replicas: 100")), "", 10, 54},
	{"of what does not fit as a whole nothing",
		WITH(GROUP("v", "replicas: 9, numOfHosts: 40") GROUP("w", "replicas: 9")), "", 40,
		9},
	{"a replica that is larger than a round has one of its own",
		WITH(GROUP("v", "replicas: 2, numOfHosts: 70") GROUP("w", "replicas: 9")), "", 70,
		0},
	{"unless others were there before it",
		WITH(GROUP("w", "replicas: 9") GROUP("v", "replicas: 2, numOfHosts: 70")), "", 0,
		9},
	{"a replica that is completed is no exception",
		WITH(GROUP("v", "replicas: 1, numOfHosts: 70")), ONE_HOST, 64, 0},
	{"and what it gets the others lack",
		WITH(GROUP("v", "replicas: 1, numOfHosts: 61") GROUP("w", "replicas: 9")), ONE_HOST,
		60, 4},
};

static size_t count_of(const struct round *round, struct str group)
{
	size_t count = 0;

	for (size_t i = 0; i < round->count; i++) {
		const struct action *const action = &round->actions[i];

		count += action->kind == ACTION_CREATE && action->child == CHILD_POD &&
			 str_eq(action->expected.group, group);
	}
	return count;
}

Test(plan_rounds, have_room_for_so_many_pods)
{
	for (size_t i = 0; i < ARRAY_LEN(ROUNDS); i++) {
		struct arena arena CLEANUP(arena_done);
		struct round round;

		arena_init(&arena, 65536);
		round_init(&round, &arena);
		const struct plan_kit_cluster cluster = {NULL, ROUNDS[i].groups,
			arena_printf(&arena, "%s%s", IS_THERE, ROUNDS[i].there).at};

		plan_modern(plan_kit_observe(&arena, &cluster), &round);
		cr_expect_eq(count_of(&round, STR("v")), ROUNDS[i].v, "%s", ROUNDS[i].what);
		cr_expect_eq(count_of(&round, STR("w")), ROUNDS[i].w, "%s", ROUNDS[i].what);
		round_done(&round);
	}
}

Test(plan_rounds, have_so_much_room_for_a_legacy_cluster_too)
{
	static const struct plan_kit_cluster CLUSTER = {NULL,
		"  maxWorkers: 100\n  headPodType: h\n  podTypes:\n"
		"  - {name: h, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n"
		"  - {name: v, minWorkers: 60, podConfig: {spec: {containers: [{name: r, image: "
		"i}]}}}\n"
		"  - {name: w, minWorkers: 40, podConfig: {spec: {containers: [{name: r, image: "
		"i}]}}}\n",
		"service demo-ray-head None\npod head h head running ready ip=10.0.0.1\n"};
	struct arena arena CLEANUP(arena_done);
	struct round round;

	arena_init(&arena, 65536);
	round_init(&round, &arena);
	plan_legacy(plan_kit_observe_legacy(&arena, &CLUSTER), &round);
	cr_expect_eq(count_of(&round, STR("v")), 60u, "%zu", count_of(&round, STR("v")));
	cr_expect_eq(count_of(&round, STR("w")), 4u, "%zu", count_of(&round, STR("w")));
	round_done(&round);
}

/* The name of the one worker that a round asks for, while these are given up. */
static struct str name_beside(struct arena *arena, struct str given_up)
{
	struct round round;

	round_init(&round, arena);
	const struct plan_kit_cluster cluster = {NULL,
		arena_printf(arena,
			WITH(GROUP("w", "replicas: 1, scaleStrategy: {workersToDelete: ['%.*s']}")),
			STR_ARG(given_up))
			.at,
		IS_THERE};

	plan_modern(plan_kit_observe(arena, &cluster), &round);
	cr_assert_eq(count_of(&round, STR("w")), 1u);
	const struct str name = arena_str(arena, round.actions[0].name);

	round_done(&round);
	return name;
}

/* It would be deleted as soon as it is there. */
Test(plan_rounds, a_name_that_is_given_up_is_not_drawn)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	const struct str drawn = name_beside(&arena, STR("another"));

	cr_expect(str_eq(name_beside(&arena, STR("yet-another")), drawn), "one seed, one name");
	cr_expect_not(str_eq(name_beside(&arena, drawn), drawn));
}
