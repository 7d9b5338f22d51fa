#include "server/controller/workqueue.h"

#include <criterion/criterion.h>

#include "base/clock.h"

static struct arena arena;

static void begin(void)
{
	arena_init(&arena, 1024);
	clock_hold(CLOCK_SECOND, CLOCK_SECOND);
}

static void end(void)
{
	clock_release();
	arena_done(&arena);
}

TestSuite(workqueue, .init = begin, .fini = end);

static struct world_key key(const char *name)
{
	return (struct world_key){DIALECT_MODERN, STR("ns"), str_from(name)};
}

static void add(struct workqueue *q, const char *name)
{
	const struct world_key it = key(name);

	workqueue_add(q, &it);
}

/* The names of those whose turn it is, in order. */
static void expect(struct workqueue *q, const char *names)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct world_key it;

	while (workqueue_try(q, &arena, &it))
		buf_printf(&text, "%s%.*s", text.len ? " " : "", STR_ARG(it.name));
	buf_add_char(&text, '\0');
	cr_expect_str_eq(text.at, names);
}

Test(workqueue, each_key_comes_once_and_in_order)
{
	struct workqueue *q = workqueue_new(0);

	add(q, "b");
	add(q, "a");
	add(q, "b");
	expect(q, "b a");
	expect(q, "");
	workqueue_free(&q);
}

Test(workqueue, the_same_name_elsewhere_is_another_key)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key legacy = {DIALECT_LEGACY, STR("ns"), STR("a")};
	const struct world_key elsewhere = {DIALECT_MODERN, STR("nsa"), STR("")};

	add(q, "a");
	workqueue_add(q, &legacy);
	workqueue_add(q, &elsewhere);
	expect(q, "a a ");
	workqueue_free(&q);
}

Test(workqueue, the_soonest_time_holds)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a"), b = key("b");

	workqueue_add_at(q, &a, clock_now() + 10 * CLOCK_SECOND);
	workqueue_add_at(q, &b, clock_now() + 5 * CLOCK_SECOND);
	workqueue_add_at(q, &a, clock_now() + 2 * CLOCK_SECOND);
	workqueue_add_at(q, &a, clock_now() + 20 * CLOCK_SECOND);
	expect(q, "");
	clock_advance(2 * CLOCK_SECOND);
	expect(q, "a");
	clock_advance(20 * CLOCK_SECOND);
	expect(q, "b");
	workqueue_free(&q);
}

Test(workqueue, many_come_in_the_order_of_their_times)
{
	struct workqueue *q = workqueue_new(0);
	CLEANUP(buf_done) struct buf names = {0};

	for (int i = 0; i < 100; i++) {
		const struct world_key it = key(arena_printf(&arena, "k%02d", i * 37 % 100).at);

		workqueue_add_at(q, &it, clock_now() + (1 + i * 37 % 100) * CLOCK_SECOND);
		buf_printf(&names, "%sk%02d", i ? " " : "", i);
	}
	buf_add_char(&names, '\0');
	clock_advance(200 * CLOCK_SECOND);
	expect(q, names.at);
	workqueue_free(&q);
}

Test(workqueue, who_fails_waits_longer_each_time_and_at_most_so_long)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a");
	int64_t waited = 0;

	for (int i = 0; i < 20; i++) {
		struct world_key out;
		int64_t wait = 0;

		workqueue_back_off(q, &a);
		for (; !workqueue_try(q, &arena, &out); wait += CLOCK_MILLISECOND)
			clock_advance(CLOCK_MILLISECOND);
		cr_assert_leq(wait, 46 * CLOCK_SECOND);
		if (i == 0)
			cr_assert_leq(wait, CLOCK_SECOND / 5);
		if (i < 8)
			cr_assert_gt(2 * wait, waited);
		waited = wait;
	}
	cr_expect_geq(waited, 29 * CLOCK_SECOND);
	workqueue_forget(q, &a);
	workqueue_back_off(q, &a);
	clock_advance(CLOCK_SECOND / 5);
	expect(q, "a");
	workqueue_free(&q);
}

Test(workqueue, news_do_not_wait_for_a_back_off)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a");

	for (int i = 0; i < 6; i++)
		workqueue_back_off(q, &a);
	add(q, "a");
	expect(q, "a");
	workqueue_free(&q);
}

Test(workqueue, between_two_looks_there_is_a_gap)
{
	struct workqueue *q = workqueue_new(20 * CLOCK_MILLISECOND);

	add(q, "a");
	expect(q, "a");
	add(q, "a");
	add(q, "b");
	expect(q, "b");
	clock_advance(20 * CLOCK_MILLISECOND);
	expect(q, "a");
	workqueue_free(&q);
}

Test(workqueue, it_is_a_longer_one_while_there_is_much_to_do)
{
	struct workqueue *q = workqueue_new(20 * CLOCK_MILLISECOND);

	workqueue_take_time(q, true);
	add(q, "new");
	expect(q, "new");
	add(q, "new");
	clock_advance(99 * CLOCK_MILLISECOND);
	add(q, "another");
	expect(q, "another");
	clock_advance(CLOCK_MILLISECOND);
	expect(q, "new");
	workqueue_take_time(q, false);
	add(q, "new");
	clock_advance(20 * CLOCK_MILLISECOND);
	expect(q, "new");
	workqueue_free(&q);
}

Test(workqueue, what_is_dropped_waits_no_more)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a"), b = key("b");

	workqueue_add_at(q, &a, clock_now() + CLOCK_SECOND);
	workqueue_add_at(q, &b, clock_now() + CLOCK_SECOND);
	workqueue_drop(q, &a);
	clock_advance(CLOCK_SECOND);
	expect(q, "b");
	workqueue_stop(q);
	add(q, "a");
	expect(q, "");
	workqueue_free(&q);
}

/* Whoever takes it finds out that it is gone. */
Test(workqueue, what_is_ready_keeps_its_turn_though_it_is_dropped)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a");

	add(q, "a");
	add(q, "b");
	workqueue_drop(q, &a);
	add(q, "a");
	expect(q, "a b");
	workqueue_drop(q, &a);
	add(q, "a");
	expect(q, "a");
	workqueue_free(&q);
}

/* Those whose time has come, and for how long the first of them has waited. */
Test(workqueue, how_many_wait_and_how_long_is_told)
{
	struct workqueue *q = workqueue_new(0);
	const struct world_key a = key("a"), b = key("b"), later = key("later");
	struct world_key out;

	workqueue_add(q, &a);
	clock_advance(3 * CLOCK_SECOND);
	workqueue_add(q, &b);
	workqueue_add_at(q, &later, clock_now() + 60 * CLOCK_SECOND);
	struct workqueue_stats stats = workqueue_stats(q);

	cr_expect_eq(stats.ready, 2u);
	cr_expect_eq(stats.waiting, 1u);
	cr_expect_eq(stats.age, 3 * CLOCK_SECOND);
	cr_assert(workqueue_try(q, &arena, &out));
	clock_advance(CLOCK_SECOND);
	stats = workqueue_stats(q);
	cr_expect_eq(stats.ready, 1u);
	cr_expect_eq(stats.age, CLOCK_SECOND);
	cr_assert(workqueue_try(q, &arena, &out));
	stats = workqueue_stats(q);
	cr_expect_eq(stats.ready, 0u);
	cr_expect_eq(stats.age, 0);
	workqueue_free(&q);
}
