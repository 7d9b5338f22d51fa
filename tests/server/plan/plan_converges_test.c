/*
 * Whatever happened to a cluster: once nothing happens any more, it has what it asks for, no more
 * and no less, and nothing is done to it.
 */
#include <criterion/criterion.h>

#include "server/children/child.h"
#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/plan_world.h"

enum { HISTORIES = 60, ROUGH_ROUNDS = 60, CALM_ROUNDS = 80, QUIET_ROUNDS = 20 };

static void pass(struct world *world, int rounds, unsigned seconds)
{
	for (int i = 0; i < rounds; i++) {
		world_pass(world, 1 + world_draw(world, seconds));
		world_round(world, world->legacy ? plan_legacy : plan_modern);
	}
}

static int wanted(const struct world *world, const struct world_group *group)
{
	return group->suspended || world->suspended ? 0 : group->replicas * group->hosts;
}

static void expect_pods(const struct world *world, unsigned seed)
{
	int all = !world->suspended;
	const int heads = world_ready(world, HEAD_GROUP);

	cr_expect_eq(heads, all, "seed %u: %d heads", seed, heads);
	for (size_t i = 0; i < world->group_count; i++) {
		const struct world_group *const group = &world->groups[i];
		const int ready = world_ready(world, group->name);
		const int asked = wanted(world, group);

		/* Where there is an autoscaler, it alone takes workers away. */
		cr_expect(ready == asked || (world->autoscaled && ready > asked),
			"seed %u: %d of \"%s\", not %d", seed, ready, group->name, asked);
		all += world->autoscaled ? ready : asked;
	}
	cr_expect_eq(world_present(world), all, "seed %u: %d pods, not %d", seed,
		world_present(world), all);
}

static void expect_status(const struct world *world, unsigned seed)
{
	const char *const state =
		world->suspended ? "\"state\":\"suspended\"" : "\"state\":\"ready\"";
	int workers = 0;

	for (size_t i = 0; i < world->group_count; i++)
		workers += world_ready(world, world->groups[i].name);
	const struct str counter = arena_printf(
		(struct arena *)(uintptr_t)&world->arena, "\"readyWorkerReplicas\":%d,", workers);

	cr_expect(
		str_contains(world->status, state), "seed %u: %.*s", seed, STR_ARG(world->status));
	cr_expect(str_contains(world->status, counter.at), "seed %u lacks %s: %.*s", seed,
		counter.at, STR_ARG(world->status));
	cr_expect_not(str_contains(world->status, "ReplicaFailure"), "seed %u", seed);
}

static void live_through(unsigned seed)
{
	struct world *const world = mem_alloc(sizeof(*world));

	world_init(world, seed);
	world->rough = true;
	pass(world, ROUGH_ROUNDS, 10);
	world->rough = false;
	pass(world, CALM_ROUNDS, 30);
	const size_t actions = world->actions;

	pass(world, QUIET_ROUNDS, 30);
	cr_expect_eq(world->actions, actions, "seed %u: %zu actions though nothing happens", seed,
		world->actions - actions);
	expect_pods(world, seed);
	expect_status(world, seed);
	world_done(world);
	free(world);
}

Test(plan_converges, after_any_history)
{
	for (unsigned seed = 1; seed <= HISTORIES; seed++)
		live_through(seed);
}

/* From apply to ready the status is written as it begins and as it is done. */
Test(plan_converges, with_two_writes_of_the_status)
{
	struct world *const world = mem_alloc(sizeof(*world));

	world_init(world, 1);
	world->autoscaled = false;
	world->group_count = 1;
	world->groups[0] = (struct world_group){.name = "a", .replicas = 3, .hosts = 1};
	world_round(world, plan_modern);
	for (size_t i = 0; i < world->pod_count; i++)
		world->pods[i].ready = world->now + 4;
	for (int i = 0; i < 10; i++) {
		world_pass(world, 1);
		world_round(world, plan_modern);
	}
	cr_expect_eq(world_ready(world, "a"), 3);
	cr_expect_eq(world->status_writes, 2u);
	world_done(world);
	free(world);
}

static void expect_legacy(const struct world *world, unsigned seed)
{
	int all = 1;

	cr_expect_eq(world_ready(world, "h"), 1, "seed %u", seed);
	for (size_t i = 0; i < world->group_count; i++) {
		const int ready = world_ready(world, world->groups[i].name);

		cr_expect_eq(ready, world->groups[i].replicas, "seed %u: %d of \"%s\", not %d",
			seed, ready, world->groups[i].name, world->groups[i].replicas);
		all += ready;
	}
	cr_expect_eq(world_present(world), all, "seed %u: %d pods, not %d", seed,
		world_present(world), all);
	cr_expect(str_contains(world->status, "\"phase\":\"Running\""), "seed %u: %.*s", seed,
		STR_ARG(world->status));
}

Test(plan_converges, after_any_history_of_a_legacy_cluster)
{
	for (unsigned seed = 1; seed <= HISTORIES; seed++) {
		struct world *const world = mem_alloc(sizeof(*world));

		world_init(world, seed);
		world->legacy = true;
		world->rough = true;
		pass(world, ROUGH_ROUNDS, 10);
		world->rough = false;
		pass(world, CALM_ROUNDS, 30);
		const size_t actions = world->actions;

		pass(world, QUIET_ROUNDS, 30);
		cr_expect_eq(world->actions, actions, "seed %u: %zu actions", seed,
			world->actions - actions);
		expect_legacy(world, seed);
		world_done(world);
		free(world);
	}
}
