/* When a status is written: what may wait for more does, for as long as it may. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

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

TestSuite(reconcile_status, .init = begin, .fini = end);

static void write_all(void)
{
	while (controller_kit_write(kit))
		;
}

/* In half a second. */
Test(reconcile_status, a_first_status_comes_soon_after_all_else_is_done)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 4u);
	cr_expect_eq(controller_kit_status_writes(kit, "a"), 0u);
	clock_advance(CLOCK_SECOND / 2);
	write_all();
	cr_expect_eq(controller_kit_status_writes(kit, "a"), 1u);
}

Test(reconcile_status, and_says_what_is_so_by_then)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	while (controller_kit_pods(kit, "a", NULL) < 4)
		cr_assert(controller_kit_write(kit));
	controller_kit_run_pods(kit);
	controller_kit_tell(kit);
	write_all();
	controller_kit_expect(kit, "a", 3);
	cr_expect_eq(controller_kit_status_writes(kit, "a"), 1u);
}

/* Of many rounds of writes it waits for the first seconds'. */
Test(reconcile_status, a_first_status_does_not_wait_for_hundreds_of_pods)
{
	controller_kit_apply(kit, "a", 300);
	controller_kit_begin(kit);
	while (controller_kit_status_writes(kit, "a") == 0) {
		cr_assert(controller_kit_write(kit));
		clock_advance(20 * CLOCK_MILLISECOND);
	}
	cr_expect_leq(controller_kit_pods(kit, "a", NULL), 130u);
}

/* Large clusters' pods, and in the middle of them a small one without anything to be said. */
static void be_busy(void)
{
	controller_kit_apply(kit, "big", 60);
	controller_kit_apply(kit, "large", 60);
	controller_kit_apply(kit, "small", 1);
	controller_kit_begin(kit);
	while (controller_kit_pods(kit, "small", NULL) < 2)
		cr_assert(controller_kit_write(kit));
	cr_expect_lt(controller_kit_pods(kit, "big", NULL), 10u);
}

Test(reconcile_status, a_first_status_waits_while_much_is_to_be_written)
{
	be_busy();
	write_all();
	cr_expect_eq(controller_kit_status_writes(kit, "small"), 0u);
	/* Nothing else happens, and there is nothing more to give way to. */
	clock_advance(5 * CLOCK_SECOND);
	write_all();
	cr_expect_eq(controller_kit_status_writes(kit, "small"), 1u);
}

Test(reconcile_status, but_not_for_ever)
{
	be_busy();
	for (int i = 0; i < 10; i++) {
		cr_assert(controller_kit_write(kit));
		cr_expect_eq(controller_kit_status_writes(kit, "small"), 0u, "after %d s", 3 * i);
		clock_advance(3 * CLOCK_SECOND);
	}
	while (controller_kit_status_writes(kit, "small") == 0)
		cr_assert(controller_kit_write(kit));
	cr_expect_lt(controller_kit_pods(kit, "big", NULL), 20u);
}

Test(reconcile_status, what_people_wait_for_is_written_among_much_else)
{
	be_busy();
	controller_kit_run_pods(kit);
	controller_kit_tell(kit);
	while (controller_kit_status_writes(kit, "small") == 0)
		cr_assert(controller_kit_write(kit));
	cr_expect_lt(controller_kit_pods(kit, "big", NULL), 20u);
	controller_kit_expect(kit, "small", 1);
}

static long ready_workers(void)
{
	const char *const json = controller_kit_cluster(kit, "a");
	const char *const at = strstr(json, "\"readyWorkerReplicas\":");

	return at ? strtol(strchr(at, ':') + 1, NULL, 10) : -1;
}

/* A counter that is kept back for more, of which nothing comes: not even a watch tells any more. */
static void keep_back(void)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_fail_readiness(kit, "-worker-");
	controller_kit_tell(kit);
	write_all();
	cr_expect_eq(ready_workers(), 3);
}

Test(reconcile_status, what_was_kept_back_is_written_though_nothing_more_comes)
{
	keep_back();
	clock_advance(CLOCK_SECOND);
	write_all();
	cr_expect_eq(ready_workers(), 2);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_status_writes(kit, "a"), 2u);
}

Test(reconcile_status, and_after_a_kill_too)
{
	keep_back();
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	write_all();
	clock_advance(CLOCK_SECOND);
	write_all();
	cr_expect_eq(ready_workers(), 2);
}

/* Nobody has told of it yet. */
static void replace_cluster(void *context)
{
	(void)context;
	controller_kit_delete(kit, "a");
	controller_kit_apply(kit, "a", 3);
	controller_kit_edit(kit, "a", "\"uid-of-a\"", "\"another\"");
}

/* A counter, and what people wait for. */
Test(reconcile_status, what_came_in_a_cluster_s_place_is_not_said_to_be_as_that_was)
{
	static const char *const PARTS[] = {"-worker-", "-head-"};

	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		end();
		begin();
		controller_kit_apply(kit, "a", 3);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_fail_readiness(kit, PARTS[i]);
		controller_kit_tell(kit);
		fake_cluster_before_write(kit->cluster, replace_cluster, NULL);
		write_all();
		clock_advance(CLOCK_SECOND);
		write_all();
		cr_expect(controller_kit_says(kit, "a", "\"another\""), "%s", PARTS[i]);
		cr_expect_not(controller_kit_says(kit, "a", "\"status\""), "%s: %s", PARTS[i],
			controller_kit_cluster(kit, "a"));
	}
}

/* Rounds in which something is refused again and again are far apart. */
Test(reconcile_status, what_is_refused_does_not_keep_it_back)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	fake_cluster_refuse(kit->cluster, "/pods", 403, "Forbidden", 1000);
	controller_kit_scale(kit, "a", 4);
	controller_kit_tell(kit);
	for (int i = 0; i < 60; i++) {
		write_all();
		clock_advance(CLOCK_SECOND);
	}
	controller_kit_fail_readiness(kit, "-worker-");
	controller_kit_tell(kit);
	write_all();
	cr_expect_eq(ready_workers(), 2);
}

/* How long a cluster took is told once, whatever becomes of it. */
static void expect_ready_once(enum dialect dialect)
{
	controller_kit_free(&kit);
	kit = controller_kit_new_of(dialect, NULL);
	controller_kit_apply(kit, "a", 2);
	controller_kit_begin(kit);
	write_all();
	cr_expect_eq(kit->ready, 0u);
	clock_advance(7 * CLOCK_SECOND);
	for (int i = 0; i < 4; i++) {
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		write_all();
	}
	cr_expect_eq(kit->ready, 1u, "%d: %zu", dialect, kit->ready);
	cr_expect_eq(kit->ready_s, 7, "%d", dialect);
	controller_kit_settle(kit);
	controller_kit_end_pod(kit, "head-");
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 4);
	controller_kit_settle(kit);
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 4);
	cr_expect_eq(kit->ready, 1u, "%d: %zu", dialect, kit->ready);
}

Test(reconcile_status, how_long_it_took_to_be_ready_is_told_once)
{
	expect_ready_once(DIALECT_MODERN);
	expect_ready_once(DIALECT_LEGACY);
}

static void scale(int workers)
{
	controller_kit_scale(kit, "a", workers);
	controller_kit_tell(kit);
	write_all();
	clock_advance(CLOCK_SECOND);
	write_all();
}

/* What was refused and is not asked for any more slows down nothing that is asked for later. */
Test(reconcile_status, a_refusal_is_over_when_its_pods_are_not_wanted_any_more)
{
	controller_kit_apply(kit, "a", 0);
	controller_kit_lead(kit);
	fake_cluster_refuse(kit->cluster, "/pods", 403, "Forbidden", 1000000);
	scale(1);
	cr_expect(controller_kit_says(kit, "a", "ReplicaFailure"));
	cr_expect(str_contains(buf_str(&kit->events), "FailedToCreateWorkerPod"));
	scale(0);
	cr_expect_not(controller_kit_says(kit, "a", "ReplicaFailure"));
	fake_cluster_refuse(kit->cluster, "/pods", 0, "", 0);
	kit->events.len = 0;
	scale(3);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 3u);
	cr_expect(str_is(buf_str(&kit->events), "CreatedWorkerPod: created 3 worker pods\n"),
		"not one after the other: %.*s", STR_ARG(buf_str(&kit->events)));
}

static size_t count_lines(struct str text, const char *beginning)
{
	size_t count = 0;

	while (text.len)
		count += str_starts(str_cut(&text, '\n'), beginning);
	return count;
}

/* Events are a right of their own: whoever may not write the one may tell it by the other. */
static void expect_told_once(enum dialect dialect)
{
	end();
	kit = controller_kit_new_of(dialect, NULL);
	controller_kit_apply(kit, "a", 2);
	fake_cluster_refuse(kit->cluster, "/rayclusters/a", 403, "Forbidden", SIZE_MAX);
	controller_kit_begin(kit);
	for (int second = 0; second < 600; second++) {
		write_all();
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		clock_advance(CLOCK_SECOND);
	}
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	cr_expect_eq(count_lines(buf_str(&kit->events), "FailedToUpdateStatus: the status cannot "
							"be written: the fake says Forbidden"),
		1u, "%.*s", STR_ARG(buf_str(&kit->events)));
	fake_cluster_refuse(kit->cluster, "/rayclusters/a", 0, "", 0);
	kit->events.len = 0;
	for (int second = 0; second < 600; second++) {
		write_all();
		clock_advance(CLOCK_SECOND);
	}
	cr_expect(controller_kit_says(kit, "a", "observedGeneration"));
	cr_expect_eq(count_lines(buf_str(&kit->events), "FailedToUpdateStatus"), 0u);
}

Test(reconcile_status, one_that_may_not_be_written_is_told_by_an_event)
{
	expect_told_once(DIALECT_MODERN);
	expect_told_once(DIALECT_LEGACY);
}
