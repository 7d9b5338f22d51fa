/* Who leads next knows of what was accepted only what the status says: it goes on all the same. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

/* A head has 1 CPU, 1.5 where it autoscales; so has a worker 1. */
static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(restart_quota, .fini = end);

static void restart(void)
{
	controller_kit_restart(kit);
}

static const char *cluster(const char *name)
{
	return controller_kit_cluster(kit, name);
}

static void expect_workers(const char *name, size_t workers)
{
	cr_expect_eq(controller_kit_pods(kit, name, "workers"), workers, "%s has %zu, not %zu: %s",
		name, controller_kit_pods(kit, name, "workers"), workers, cluster(name));
}

/* "a" asks for 30 workers and has two, since "b" has three: 3.5 and 4 of 8 CPUs. */
static void begin_in_part(void)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("8", "charge: now\n"));
	controller_kit_apply(kit, "a", 0);
	controller_kit_autoscale(kit, "a");
	controller_kit_apply(kit, "b", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 30);
	controller_kit_settle(kit);
	expect_workers("a", 2);
	expect_workers("b", 3);
}

Test(restart_quota, what_was_accepted_in_part_stays_as_it_is)
{
	begin_in_part();
	const size_t writes = fake_cluster_writes(kit->cluster);

	kit->events.len = 0;
	restart();
	expect_workers("a", 2);
	expect_workers("b", 3);
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
	cr_expect_eq(kit->events.len, 0u, "%.*s", STR_ARG(buf_str(&kit->events)));
	cr_expect_not_null(strstr(cluster("a"), "\"reason\":\"QuotaExceeded\""));
	cr_expect_not_null(
		strstr(cluster("a"), "is kept: headgroup=1, workers=2; charged: requests.cpu="));
}

Test(restart_quota, and_grows_to_what_fits)
{
	begin_in_part();
	restart();
	controller_kit_scale(kit, "b", 1);
	controller_kit_settle(kit);
	expect_workers("a", 4);
	expect_workers("b", 1);
	restart();
	expect_workers("a", 4);
	controller_kit_delete(kit, "b");
	controller_kit_settle(kit);
	expect_workers("a", 6);
	cr_expect_not_null(
		strstr(cluster("a"), "is kept: headgroup=1, workers=6; charged: requests.cpu="));
	/* All that is asked for is there; who is to go only its autoscaler says. */
	controller_kit_scale(kit, "a", 5);
	controller_kit_settle(kit);
	expect_workers("a", 6);
	cr_expect_not_null(strstr(cluster("a"), "\"reason\":\"Accepted\""));
}

/* Room came while nobody led. */
Test(restart_quota, and_takes_what_was_freed_in_between)
{
	begin_in_part();
	controller_kit_kill(kit);
	controller_kit_delete(kit, "b");
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	expect_workers("a", 6);
}

/* Another autoscaler's patch in between: of the generation before the last only its size is known.
 */
Test(restart_quota, and_may_ask_for_something_else_in_between)
{
	static const int ASKED[] = {40, 3, 2};

	for (size_t i = 0; i < ARRAY_LEN(ASKED); i++) {
		end();
		begin_in_part();
		controller_kit_kill(kit);
		controller_kit_scale(kit, "a", ASKED[i]);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		expect_workers("a", 2);
		expect_workers("b", 3);
		cr_expect_eq(strstr(cluster("a"), "QuotaExceeded") != NULL, ASKED[i] > 2, "%zu", i);
	}
}

/* It is charged for its two workers, neither for all that it asks for nor for nothing. */
Test(restart_quota, and_is_charged_for_what_was_accepted)
{
	begin_in_part();
	controller_kit_kill(kit);
	controller_kit_delete(kit, "b");
	controller_kit_apply(kit, "c", 4);
	controller_kit_apply(kit, "d", 0);
	/* What is judged first has room, whoever that is; "a" keeps what it has. */
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	const size_t pods = controller_kit_pods(kit, "c", NULL) +
			    controller_kit_pods(kit, "d", NULL) +
			    controller_kit_pods(kit, "a", "workers");

	cr_expect_geq(controller_kit_pods(kit, "a", "workers"), 2u);
	cr_expect_eq(pods, 6u);
}

/* Not an autoscaler's: nothing of the growth is granted, before and after. */
Test(restart_quota, a_refused_growth_is_charged_for_what_it_grew_from)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 30);
	controller_kit_settle(kit);
	restart();
	expect_workers("a", 3);
	controller_kit_apply(kit, "b", 1);
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "b", 1);
	controller_kit_scale(kit, "b", 2);
	controller_kit_settle(kit);
	expect_workers("b", 1);
	expect_workers("a", 3);
}

static const char *const MAX[] = {"\"maxReplicas\":1000", "\"maxReplicas\":3", "\"maxReplicas\":9"};

/* Its greatest size is what it is charged for, which may be more than it has. */
Test(restart_quota, the_largest_size_that_was_accepted_is_charged_on)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
	controller_kit_apply(kit, "a", 1);
	controller_kit_autoscale(kit, "a");
	controller_kit_edit(kit, "a", MAX[0], MAX[1]);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	expect_workers("a", 1);
	controller_kit_edit(kit, "a", MAX[1], MAX[2]);
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	cr_expect_not_null(strstr(cluster("a"),
				   "is kept: headgroup=1, workers=1 of 3; charged: requests.cpu="),
		"%s", cluster("a"));
	restart();
	/* 4.5 of 6: one head has room, and no worker. */
	controller_kit_apply(kit, "b", 1);
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "b", NULL), 0u);
	controller_kit_scale(kit, "b", 0);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "b", 0);
	/* What it had by right it may have again. */
	controller_kit_edit(kit, "a", MAX[2], MAX[1]);
	controller_kit_scale(kit, "a", 3);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
}

/* The rules are not passed by a restart: what is compared with is the size alone. */
Test(restart_quota, what_the_rules_refused_they_refuse_again)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
	controller_kit_apply(kit, "a", 2);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_edit(kit, "a", "\"rayStartParams\":{}",
		"\"rayStartParams\":{\"num-cpus\":"
		"\"two\"}");
	controller_kit_scale(kit, "a", 3);
	controller_kit_settle(kit);
	cr_expect_not_null(strstr(cluster("a"), "InvalidSpec"));
	restart();
	expect_workers("a", 2);
	cr_expect_not_null(strstr(cluster("a"), "InvalidSpec"));
	cr_expect_not_null(
		strstr(cluster("a"), "is kept: headgroup=1, workers=2; charged: requests.cpu="));
	controller_kit_scale(kit, "a", 4);
	controller_kit_settle(kit);
	expect_workers("a", 2);
}

/* Of what has no size the message ends with ours, whatever it quotes. */
Test(restart_quota, a_spec_cannot_say_which_size_was_accepted)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
	controller_kit_apply(kit, "a", 3);
	controller_kit_suspend(kit, "a", true);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_edit(kit, "a", "\"rayStartParams\":{}",
		"\"rayStartParams\":{\"num-cpus\":\"is kept: headgroup=1, workers=50, x\"}");
	controller_kit_scale(kit, "a", 50);
	controller_kit_suspend(kit, "a", false);
	controller_kit_settle(kit);
	restart();
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 0u);
	cr_expect_not_null(strstr(cluster("a"), "InvalidSpec"));
}

/* Not even by a refusal that is longer than a condition's message may be. */
Test(restart_quota, the_size_is_told_behind_however_many_words)
{
	CLEANUP(buf_done) struct buf params = {0};

	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	buf_add_cstr(&params, "\"rayStartParams\":{");
	for (int i = 0; i < 400; i++)
		buf_printf(&params, "\"no-such-flag-%d of-ray=\":\"x;y\",", i);
	buf_printf(&params, "\"num-cpus\":\"two\"}%c", 0);
	controller_kit_edit(kit, "a", "\"rayStartParams\":{}", params.at);
	controller_kit_settle(kit);
	cr_expect_not_null(
		strstr(cluster("a"), "is kept: headgroup=1, workers=3; charged: requests.cpu="));
}

/* Suspended it is charged for nothing, so there may be no room to resume. */
Test(restart_quota, what_has_no_room_to_resume_stays_suspended)
{
	for (int restarts = 0; restarts < 2; restarts++) {
		end();
		kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
		controller_kit_apply(kit, "a", 3);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		controller_kit_suspend(kit, "a", true);
		controller_kit_settle(kit);
		controller_kit_apply(kit, "b", 3);
		controller_kit_tell(kit);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "b", 3);
		controller_kit_suspend(kit, "a", false);
		if (restarts)
			restart();
		controller_kit_settle(kit);
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 0u, "%d", restarts);
		controller_kit_delete(kit, "b");
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 3);
	}
}
