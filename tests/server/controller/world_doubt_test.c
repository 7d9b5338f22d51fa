/* What is known of pods that nobody answered for, whatever becomes of them later. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "server/controller/world.h"
#include "tests/support/controller_kit.h"

enum { AT_ONCE = 2 };

static struct controller_kit *kit;
static struct arena arena;
static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
static const struct str NAMES[AT_ONCE] = {STR_INIT("p"), STR_INIT("q")};

static void begin(void)
{
	arena_init(&arena, 65536);
	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", AT_ONCE);
	controller_kit_begin(kit);
}

static void end(void)
{
	controller_kit_free(&kit);
	arena_done(&arena);
}

TestSuite(world_doubt, .init = begin, .fini = end);

static const struct observed *look(void)
{
	struct observed *const seen = arena_array(&arena, 1, sizeof(*seen));
	struct acceptance_view view;

	cr_assert(world_observe(kit->world, &KEY, &arena, seen, &view));
	return seen;
}

/*
 * A round that asks for both, each the second host of a replica of its own; whether nobody answered
 * for them before.
 */
static bool ask(void)
{
	struct action asked[AT_ONCE];
	const struct round round = {.actions = asked, .count = AT_ONCE};
	const struct str uid = look()->uid;
	bool slow = false;

	for (size_t i = 0; i < AT_ONCE; i++)
		asked[i] = (struct action){.kind = ACTION_CREATE,
			.child = CHILD_POD,
			.name = NAMES[i],
			.expected = {.group = STR("workers"),
				.role = POD_WORKER,
				.replica_name = NAMES[i],
				.replica_index = (int32_t)i,
				.host_index = 1}};
	world_forget_unasked(kit->world, &KEY, uid, &round);
	for (size_t i = 0; i < AT_ONCE; i++)
		slow |= world_expect(kit->world, &KEY, uid, &asked[i]);
	return slow;
}

static struct world_outcome outcome_of(size_t i)
{
	return (struct world_outcome){.action = ACTION_CREATE,
		.child = CHILD_POD,
		.name = NAMES[i],
		.group = STR("workers"),
		.message = STR("nobody answered")};
}

/* Which names have not been told of for too long. */
static size_t overdue(void)
{
	struct world_doubt *doubts;
	int64_t next;

	return world_doubts(kit->world, &KEY, &arena, &doubts, &next);
}

static bool miss(size_t i)
{
	const struct world_outcome outcome = outcome_of(i);

	return world_write_unanswered(kit->world, &KEY, look()->uid, &outcome);
}

/* Pods of a group stand for one another. */
Test(world_doubt, what_nobody_answered_for_is_slow_until_somebody_does)
{
	const struct world_outcome made = outcome_of(0);

	cr_expect_not(ask());
	miss(0);
	cr_expect(ask());
	world_write_done(kit->world, &KEY, look()->uid, &made);
	cr_expect_not(ask());
	world_write_refused(kit->world, &KEY, look()->uid, &made);
	cr_expect_not(ask(), "a refusal is an answer");
}

Test(world_doubt, the_place_of_a_pod_in_doubt_is_known)
{
	ask();
	miss(1);
	const struct observed *const seen = look();

	cr_assert_eq(seen->doubt_count, 1u);
	cr_expect(str_is(seen->doubts[0].name, "q"));
	cr_expect(str_is(seen->doubts[0].group, "workers"));
	cr_expect(str_is(seen->doubts[0].replica_name, "q"));
	cr_expect_eq(seen->doubts[0].role, POD_WORKER);
	cr_expect_eq(seen->doubts[0].replica_index, 1);
	cr_expect_eq(seen->doubts[0].host_index, 1);
}

/* The first try may have been done for all that the second one says. */
Test(world_doubt, a_later_try_that_is_refused_or_withdrawn_ends_no_doubt)
{
	const struct world_outcome first = outcome_of(0), second = outcome_of(1);
	const struct str uid = look()->uid;

	ask();
	miss(0);
	miss(1);
	cr_expect_eq(look()->doubt_count, 2u);
	ask();
	cr_expect_eq(look()->doubt_count, 0u);
	world_write_refused(kit->world, &KEY, uid, &first);
	world_write_withdrawn(kit->world, &KEY, uid, &second);
	cr_expect_eq(look()->doubt_count, 2u);
	cr_expect_eq(look()->pod_count, 0u);
}

Test(world_doubt, a_first_try_that_is_refused_or_withdrawn_leaves_none)
{
	const struct world_outcome first = outcome_of(0), second = outcome_of(1);
	const struct str uid = look()->uid;

	ask();
	world_write_refused(kit->world, &KEY, uid, &first);
	world_write_withdrawn(kit->world, &KEY, uid, &second);
	cr_expect_eq(look()->doubt_count, 0u);
	cr_expect_eq(look()->pod_count, 0u);
}

/* An API server that starts anew fails whatever is at work in that moment. */
Test(world_doubt, several_of_one_round_are_one_failure)
{
	ask();
	cr_expect_not(miss(0));
	cr_expect_not(miss(1));
	cr_expect_eq(look()->failure_count, 0u);
	ask();
	cr_expect(miss(0));
	cr_expect_not(miss(1), "it is told once");
	cr_expect_eq(look()->failure_count, 1u);
}

/* However long nobody answers. */
Test(world_doubt, what_is_not_answered_is_told_once)
{
	int told = 0;

	for (int i = 0; i < 600; i++) {
		ask();
		told += miss(0);
		cr_assert_eq(look()->failure_count, i > 0 ? 1u : 0u, "round %d", i);
		arena_reset(&arena);
	}
	cr_expect_eq(told, 1);
}

Test(world_doubt, another_answer_is_news)
{
	struct world_outcome refused = outcome_of(0);
	const struct str uid = look()->uid;

	refused.code = 403;
	cr_expect(world_write_refused(kit->world, &KEY, uid, &refused));
	cr_expect_not(world_write_refused(kit->world, &KEY, uid, &refused));
	refused.code = 422;
	cr_expect(world_write_refused(kit->world, &KEY, uid, &refused));
	cr_expect_eq(look()->failure_count, 1u);
}

/* It may be at work in the API server as long as that, after the answer was waited for in vain. */
Test(world_doubt, it_is_looked_up_so_long_after_nobody_answered)
{
	ask();
	clock_advance((WORLD_PATIENCE_S - 1) * CLOCK_SECOND);
	cr_expect_eq(overdue(), 0u);
	miss(0);
	miss(1);
	clock_advance((WORLD_DOUBT_S - 1) * CLOCK_SECOND);
	cr_expect_eq(overdue(), 0u);
	clock_advance(2 * CLOCK_SECOND);
	cr_expect_eq(overdue(), (size_t)AT_ONCE);
}

/* However often it is refused meanwhile: that says nothing of the first try. */
Test(world_doubt, a_refusal_does_not_put_that_off)
{
	const struct world_outcome first = outcome_of(0), second = outcome_of(1);
	const struct str uid = look()->uid;

	ask();
	miss(0);
	clock_advance((WORLD_DOUBT_S - 1) * CLOCK_SECOND);
	ask();
	world_write_refused(kit->world, &KEY, uid, &first);
	world_write_refused(kit->world, &KEY, uid, &second);
	cr_expect_eq(overdue(), 0u);
	clock_advance(2 * CLOCK_SECOND);
	cr_expect_eq(overdue(), 1u);
}

/* Names that users give may be two clusters'. */
Test(world_doubt, another_cluster_does_not_end_it)
{
	static const struct world_key OTHER = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("b")};
	const struct action asked = {.kind = ACTION_CREATE,
		.child = CHILD_POD,
		.name = NAMES[0],
		.expected = {.group = STR("workers"), .role = POD_WORKER}};

	ask();
	miss(0);
	controller_kit_apply(kit, "b", 1);
	controller_kit_tell_of(kit, "b");
	world_expect(kit->world, &OTHER, STR("uid-of-b"), &asked);
	cr_expect_eq(look()->doubt_count, 1u);
}
