#include "server/controller/reconcile.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

static void begin_with(const char *policy)
{
	end();
	kit = controller_kit_new(policy);
}

TestSuite(reconcile, .init = begin, .fini = end);

Test(reconcile, a_cluster_becomes_ready_in_few_writes)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
	/* A Service, four pods, at most two of the status; Events are not written here. */
	cr_expect_leq(fake_cluster_writes(kit->cluster), 7u, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
}

static void expect_events(const char *events)
{
	buf_add_char(&kit->events, '\0');
	cr_expect_str_eq(kit->events.at, events);
	kit->events.len = 0;
}

/* One Event for each kind of deed of a round, however many pods it was done to. */
Test(reconcile, what_was_done_to_pods_is_told_once_it_is_done)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	cr_expect(controller_kit_write(kit));
	expect_events("");
	controller_kit_settle(kit);
	expect_events("CreatedHeadPod: created head pod a-head-* and 3 worker pods\n");
	controller_kit_scale(kit, "a", 4);
	controller_kit_settle(kit);
	expect_events("CreatedWorkerPod: created worker pod a-workers-worker-*\n");
	controller_kit_scale(kit, "a", 1);
	controller_kit_settle(kit);
	expect_events("DeletedWorkerPod: deleted 3 worker pods: fewer workers are asked for\n");
	controller_kit_suspend(kit, "a", true);
	controller_kit_settle(kit);
	expect_events("DeletedPod: deleted 2 pods: the cluster is suspended\n");
}

Test(reconcile, what_is_as_it_should_be_is_left_alone)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	const size_t writes = fake_cluster_writes(kit->cluster);

	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
}

static void writes_then_kill(size_t writes)
{
	controller_kit_begin(kit);
	for (size_t i = 0; i < writes; i++) {
		if (!controller_kit_write(kit))
			break;
	}
	controller_kit_kill(kit);
}

enum { WRITES = 8, RESTARTS = 5 };

/* After each write, before each of the next ones; watches tell of nothing in between. */
Test(reconcile, a_kill_between_any_two_writes_leaves_nothing_twice)
{
	for (size_t n = 0; n < WRITES; n++) {
		controller_kit_free(&kit);
		begin();
		controller_kit_apply(kit, "a", 3);
		writes_then_kill(n);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 3);
	}
}

Test(reconcile, kills_again_and_again_leave_nothing_twice)
{
	controller_kit_apply(kit, "a", 6);
	controller_kit_apply(kit, "b", 2);
	for (size_t i = 0; i < RESTARTS; i++)
		writes_then_kill(i);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 6);
	controller_kit_expect(kit, "b", 2);
}

Test(reconcile, a_kill_while_scaling_leaves_the_number_that_was_asked_for)
{
	for (size_t n = 0; n < WRITES; n++) {
		controller_kit_free(&kit);
		begin();
		controller_kit_apply(kit, "a", 5);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_scale(kit, "a", n % 2 ? 9 : 1);
		controller_kit_kill(kit);
		writes_then_kill(n);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", n % 2 ? 9 : 1);
	}
}

static size_t pods_after(bool suspended)
{
	controller_kit_suspend(kit, "a", suspended);
	controller_kit_tell_of(kit, "a");
	while (controller_kit_write(kit))
		;
	return controller_kit_pods(kit, "a", "headgroup") +
	       controller_kit_pods(kit, "a", "workers");
}

/* The next round goes by what the status says, and no watch tells of one that is our own. */
Test(reconcile, a_cluster_is_suspended_and_resumed)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(pods_after(true), 0u);
	controller_kit_settle(kit);
	cr_expect_eq(pods_after(false), 3u);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 2);
}

Test(reconcile, an_answer_that_is_lost_makes_nothing_twice)
{
	for (size_t n = 0; n < WRITES; n++) {
		controller_kit_free(&kit);
		begin();
		controller_kit_apply(kit, "a", 3);
		fake_cluster_lose(kit->cluster, n);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 3);
	}
}

Test(reconcile, a_lost_answer_and_a_kill_make_nothing_twice)
{
	for (size_t n = 0; n < WRITES; n++) {
		controller_kit_free(&kit);
		begin();
		controller_kit_apply(kit, "a", 3);
		fake_cluster_lose(kit->cluster, n);
		writes_then_kill(n + 1);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 3);
	}
}

/* Nothing is told between the first write and the last. */
Test(reconcile, what_was_asked_for_counts_before_any_watch_tells)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	while (controller_kit_write(kit))
		;
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 4u);
	clock_advance(5 * CLOCK_SECOND);
	while (controller_kit_write(kit))
		;
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 4u);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
}

Test(reconcile, what_no_watch_tells_of_is_looked_up)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_begin(kit);
	while (controller_kit_write(kit))
		;
	/* Somebody was faster than the watch. */
	struct arena arena;
	const char *path;

	arena_init(&arena, 1024);
	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path) != NULL;) {
		if (strstr(path, "-worker-")) {
			fake_cluster_delete(kit->cluster, arena_str(&arena, str_from(path)).at);
			break;
		}
	}
	arena_done(&arena);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 1u);
	for (int i = 0; i < 4; i++) {
		clock_advance(20 * CLOCK_SECOND);
		while (controller_kit_write(kit))
			;
	}
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 2u);
}

Test(reconcile, a_refusal_is_tried_again_until_it_goes_well)
{
	controller_kit_apply(kit, "a", 5);
	fake_cluster_refuse(kit->cluster, "/pods", 403, "Forbidden", 3);
	controller_kit_begin(kit);
	while (controller_kit_write(kit))
		;
	/* One of a kind was refused, the others of its group were not even tried. */
	cr_expect_leq(controller_kit_pods(kit, "a", NULL), 1u);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 5);
}

static bool status_has(const char *words)
{
	controller_kit_tell(kit);
	return controller_kit_says(kit, "a", words);
}

/* A quota leaves room for two workers of five, and somebody asks for two then. */
Test(reconcile, what_is_not_asked_for_any_more_is_no_failure)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	fake_cluster_refuse(kit->cluster, "/pods", 403, "Forbidden", 1000);
	controller_kit_scale(kit, "a", 5);
	controller_kit_tell(kit);
	for (int i = 0; i < 5; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
	cr_expect(status_has("FailedCreateWorkerPod"));
	controller_kit_scale(kit, "a", 2);
	controller_kit_tell(kit);
	for (int i = 0; i < 5; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
	cr_expect_not(status_has("FailedCreateWorkerPod"));
}

Test(reconcile, a_service_of_somebody_else_is_in_the_way_and_told)
{
	controller_kit_apply(kit, "a", 1);
	fake_cluster_put(kit->cluster, "/api/v1/namespaces/ns/services/a-head-svc",
		"{\"metadata\":{\"name\":\"a-head-svc\",\"namespace\":\"ns\"},\"spec\":{}}");
	controller_kit_begin(kit);
	for (int i = 0; i < 5; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
	controller_kit_tell(kit);
	cr_expect_not_null(strstr(controller_kit_cluster(kit, "a"), "FailedCreateService"));
	fake_cluster_delete(kit->cluster, "/api/v1/namespaces/ns/services/a-head-svc");
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 1);
}

Test(reconcile, the_api_server_comes_back)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	cr_expect(controller_kit_write(kit));
	fake_cluster_set_away(kit->cluster, true);
	for (int i = 0; i < 10; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(10 * CLOCK_SECOND);
	}
	fake_cluster_set_away(kit->cluster, false);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
}

/* Tries all that there is to write while nobody answers, and again a second after. */
static void write_before_an_answer_and_after(void)
{
	fake_cluster_set_away(kit->cluster, true);
	while (controller_kit_write(kit))
		;
	fake_cluster_set_away(kit->cluster, false);
	clock_advance(CLOCK_SECOND);
	while (controller_kit_write(kit))
		;
}

/* It is not given up, which would leave it for whoever looks after 30 s whether it is there. */
Test(reconcile, what_nobody_answered_is_asked_for_again_at_once)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	cr_assert(controller_kit_write(kit));
	write_before_an_answer_and_after();
	controller_kit_expect_pods(kit, "a", 4);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
	controller_kit_scale(kit, "a", 1);
	controller_kit_tell(kit);
	write_before_an_answer_and_after();
	controller_kit_expect_pods(kit, "a", 2);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 1);
}

Test(reconcile, who_does_not_lead_writes_nothing)
{
	controller_kit_apply(kit, "a", 3);
	kit->leads = false;
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(fake_cluster_writes(kit->cluster), 0u);
}

Test(reconcile, a_cluster_that_is_gone_is_forgotten_in_the_middle_of_it)
{
	controller_kit_apply(kit, "a", 30);
	controller_kit_begin(kit);
	for (int i = 0; i < 5; i++)
		cr_expect(controller_kit_write(kit));
	controller_kit_delete(kit, "a");
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	const size_t pods = controller_kit_pods(kit, "a", NULL);

	cr_expect_lt(pods, 10u, "%zu", pods);
	cr_expect_eq(world_count(kit->world, WORLD_CLUSTERS, DIALECT_MODERN), 0u);
}

Test(reconcile, a_large_cluster_does_not_delay_a_small_one)
{
	controller_kit_apply(kit, "big", 500);
	controller_kit_begin(kit);
	for (int i = 0; i < 20; i++)
		cr_expect(controller_kit_write(kit));
	controller_kit_apply(kit, "small", 1);
	controller_kit_tell(kit);
	size_t writes = 0;

	while (controller_kit_pods(kit, "small", NULL) == 0) {
		cr_assert(controller_kit_write(kit));
		writes++;
	}
	/* Its Service, its head, and in between as many of the other's. */
	cr_expect_leq(writes, 6u);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "big", 500);
	controller_kit_expect(kit, "small", 1);
}

static const char TIGHT[] = CONTROLLER_KIT_QUOTA("6", "");

/* Both were applied while nobody looked: together they ask for 8 of 6 CPUs. */
Test(reconcile, what_does_not_fit_waits_until_it_does)
{
	begin_with(TIGHT);
	controller_kit_apply(kit, "a", 3);
	controller_kit_apply(kit, "b", 3);
	controller_kit_begin(kit);
	/* Their maximum is what counts only where they autoscale. */
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
	cr_expect_eq(controller_kit_pods(kit, "b", NULL), 0u);
	/* Another process has the same view. */
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", NULL), 0u);
	controller_kit_delete(kit, "a");
	controller_kit_settle(kit);
	controller_kit_expect(kit, "b", 3);
}

/* A refused growth withholds what is more, and keeps what was there. */
Test(reconcile, a_refused_generation_keeps_the_size_of_the_one_before)
{
	begin_with(TIGHT);
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 30);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 3u);
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 3u);
	controller_kit_scale(kit, "a", 4);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 4);
}

/*
 * Ray's autoscaler asks for all that is wanted at once. It gets what there is room for, beside
 * others that wait too, and more when there is more.
 */
Test(reconcile, an_autoscaler_gets_the_part_that_fits)
{
	begin_with(CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
	controller_kit_apply(kit, "a", 0);
	controller_kit_apply(kit, "b", 0);
	controller_kit_autoscale(kit, "a");
	controller_kit_autoscale(kit, "b");
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 5);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 3u);
	controller_kit_scale(kit, "b", 5);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", "workers"), 0u);
	controller_kit_scale(kit, "a", 7);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 3u);
	controller_kit_delete(kit, "a");
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", "workers"), 4u);
	/* Another process knows by the status what was given. */
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", "workers"), 4u);
	controller_kit_scale(kit, "b", 4);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", "workers"), 4u);
}

/* It waits for its back-off, which is half a minute by now, but not where somebody asked for it. */
Test(reconcile, what_was_asked_for_during_a_round_that_failed_is_looked_at_soon)
{
	const struct world_key key = {DIALECT_MODERN, STR("ns"), STR("a")};

	controller_kit_apply(kit, "a", 1);
	controller_kit_lead(kit);
	for (int i = 0; i < 12; i++) {
		reconciler_finished(kit->reconciler, &key, STR("uid-of-a"), WRITERS_BADLY);
		clock_advance(45 * CLOCK_SECOND);
		cr_assert(reconciler_step(kit->reconciler));
	}
	reconciler_finished(kit->reconciler, &key, STR("uid-of-a"), WRITERS_BADLY);
	clock_advance(2 * CLOCK_SECOND);
	cr_expect_not(reconciler_step(kit->reconciler));
	reconciler_finished(kit->reconciler, &key, STR("uid-of-a"), WRITERS_BADLY_ASKED);
	cr_expect_not(reconciler_step(kit->reconciler), "not at once");
	clock_advance(2 * CLOCK_SECOND);
	cr_expect(reconciler_step(kit->reconciler));
	/* What it has made and taken back asks for it each time. */
	reconciler_finished(kit->reconciler, &key, STR("uid-of-a"), WRITERS_UNDONE);
	workqueue_add(kit->queue, &key);
	clock_advance(2 * CLOCK_SECOND);
	cr_expect_not(reconciler_step(kit->reconciler));
	clock_advance(4 * CLOCK_SECOND);
	cr_expect(reconciler_step(kit->reconciler));
}
