/*
 * What a cluster is charged whose spec was refused, was changed while nobody led, or was first seen
 * when it ran already: what was accepted or runs, neither less nor all that it asks for.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

/* A head has 1 CPU, 1.5 where it autoscales; so has a worker 1. */
static void begin(void)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(charged, .init = begin, .fini = end);

static void lead(void)
{
	controller_kit_lead(kit);
}

static void restart(void)
{
	controller_kit_restart(kit);
}

static void tell(void)
{
	controller_kit_hear(kit);
}

static const char *cluster(const char *name)
{
	return controller_kit_cluster(kit, name);
}

static void expect_pods(const char *name, size_t pods)
{
	controller_kit_expect_pods(kit, name, pods);
}

static bool says(const char *name, const char *words)
{
	return controller_kit_says(kit, name, words);
}

/* Another one of so many workers has room, and one of one worker more has not. */
static void expect_room(int workers)
{
	controller_kit_apply(kit, "more", workers + 1);
	tell();
	expect_pods("more", 0);
	controller_kit_delete(kit, "more");
	tell();
	controller_kit_apply(kit, "most", workers);
	tell();
	controller_kit_expect(kit, "most", (size_t)workers);
}

/* --- growth within what was accepted --- */

#define LARGEST "\"maxReplicas\":1000"

static const char *const MAX[] = {LARGEST, "\"maxReplicas\":3", "\"maxReplicas\":9"};

#define REPLICAS "\"groupName\":\"workers\",\"replicas\":"

/* It is charged 4.5: a sidecar, a head, and the three workers that it may have. */
static void begin_with_a_largest_size(void)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_autoscale(kit, "a");
	controller_kit_edit(kit, "a", MAX[0], MAX[1]);
	lead();
	expect_pods("a", 2);
}

Test(charged, what_was_accepted_can_be_grown_into_while_more_is_refused)
{
	for (int restarts = 0; restarts < 2; restarts++) {
		end();
		begin();
		begin_with_a_largest_size();
		controller_kit_edit(kit, "a", MAX[1], MAX[2]);
		tell();
		cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
		if (restarts)
			restart();
		controller_kit_scale(kit, "a", 2);
		tell();
		expect_pods("a", 3);
		controller_kit_scale(kit, "a", 7);
		tell();
		expect_pods("a", 4);
		cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
		if (restarts)
			restart();
		expect_room(0);
		expect_pods("a", 4);
	}
}

/* However many workers it is to have at least. */
Test(charged, nor_does_a_larger_least_size_keep_it_from_growing)
{
	begin_with_a_largest_size();
	controller_kit_edit(kit, "a", MAX[1], MAX[2]);
	controller_kit_edit(kit, "a", "\"minReplicas\":0", "\"minReplicas\":8");
	tell();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 4);
	expect_room(0);
}

/* --- what changed while nobody led --- */

/* The older ones are judged first. */
static void make_it_the_youngest(void)
{
	controller_kit_edit(kit, "a", "2027-01-15T08", "2027-01-15T09");
}

Test(charged, what_is_scaled_while_nobody_leads_is_charged_at_its_largest)
{
	controller_kit_apply(kit, "b", 1);
	controller_kit_apply(kit, "c", 1);
	controller_kit_suspend(kit, "b", true);
	controller_kit_suspend(kit, "c", true);
	begin_with_a_largest_size();
	controller_kit_kill(kit);
	controller_kit_scale(kit, "a", 2);
	make_it_the_youngest();
	controller_kit_suspend(kit, "b", false);
	controller_kit_suspend(kit, "c", false);
	lead();
	expect_pods("a", 3);
	expect_pods("b", 0);
	expect_pods("c", 0);
	cr_expect(says("a", "\"reason\":\"Accepted\""), "%s", cluster("a"));
	controller_kit_scale(kit, "a", 3);
	tell();
	expect_pods("a", 4);
}

#define WORKER_CPU                                                                                 \
	"\"maxReplicas\":1000,\"rayStartParams\":{},\"template\":{\"spec\":{\"containers\":[{"     \
	"\"name\":\"ray\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{"         \
	"\"cpu\":\"%s\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"%s\""

static void set_worker_cpu(const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	controller_kit_edit(kit, "a", arena_printf(&arena, WORKER_CPU, from, from).at,
		arena_printf(&arena, WORKER_CPU, to, to).at);
}

/* Of the generation before, the template is not known any more; what it was charged is. */
Test(charged, larger_workers_are_no_less_refused_for_a_restart)
{
	for (int refused = 0; refused < 2; refused++) {
		end();
		begin();
		controller_kit_apply(kit, "a", 2);
		lead();
		expect_pods("a", 3);
		if (!refused)
			controller_kit_kill(kit);
		set_worker_cpu("1", "5");
		if (refused) {
			tell();
			controller_kit_kill(kit);
		}
		lead();
		cr_expect(says("a", "\"QuotaExceeded\""), "%d: %s", refused, cluster("a"));
		expect_pods("a", 3);
		expect_room(2);
	}
}

/* What comes in a lost pod's place is what was accepted, though more is asked for by now. */
Test(charged, what_is_made_anew_is_what_was_accepted)
{
	controller_kit_apply(kit, "a", 2);
	lead();
	set_worker_cpu("1", "5");
	tell();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	controller_kit_lose(kit, "/pods/a-workers-");
	tell();
	expect_pods("a", 3);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"), 3u);
	/* Fewer it may have, of those. */
	controller_kit_scale(kit, "a", 1);
	tell();
	expect_pods("a", 2);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"), 2u);
	set_worker_cpu("5", "1");
	tell();
	controller_kit_expect(kit, "a", 1);
	cr_expect(says("a", "\"reason\":\"Accepted\""), "%s", cluster("a"));
}

/* Not even where other pods than these are asked for, or a number that nothing can have. */
Test(charged, what_is_refused_ends_nothing_that_runs)
{
	static const struct {
		const char *from, *to;
		bool restarts;
	} CASES[] = {
		{LARGEST, "\"maxReplicas\":1000,\"numOfHosts\":4", false},
		{LARGEST, "\"maxReplicas\":-5", false},
		{LARGEST, "\"maxReplicas\":-5", true},
		{REPLICAS "2", REPLICAS "\"many\"", false},
		{REPLICAS "2", REPLICAS "\"many\"", true},
		{REPLICAS "2", REPLICAS "9999999999", false},
		{REPLICAS "2", REPLICAS "9999999999", true},
		{REPLICAS "2,\"minReplicas\":0", REPLICAS "2,\"minReplicas\":9999999999", false},
		{REPLICAS "2,\"minReplicas\":0", REPLICAS "2,\"minReplicas\":9999999999", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		end();
		begin();
		controller_kit_apply(kit, "a", 2);
		lead();
		if (CASES[i].restarts)
			controller_kit_kill(kit);
		controller_kit_edit(kit, "a", CASES[i].from, CASES[i].to);
		if (CASES[i].restarts)
			lead();
		else
			tell();
		cr_expect(says("a", "\"Accepted\",\"status\":\"False\""), "%s", cluster("a"));
		expect_pods("a", 3);
	}
}

/* The same of a cluster of 2022, whose head is a pod type as any other. */
Test(charged, what_is_made_anew_of_a_legacy_cluster_is_what_was_accepted)
{
	end();
	kit = controller_kit_new_of(DIALECT_LEGACY, CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
	controller_kit_apply(kit, "a", 2);
	lead();
	expect_pods("a", 3);
	controller_kit_edit(kit, "a",
		"\"limits\":{\"cpu\":\"1\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"1\"",
		"\"limits\":{\"cpu\":\"5\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"5\"");
	tell();
	controller_kit_lose(kit, "/pods/a-");
	tell();
	expect_pods("a", 3);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"), 3u);
}

/* --- what is on its way out --- */

/* A finalizer holds it, and what it asked for last it never gets. */
Test(charged, what_is_edited_and_deleted_at_once_is_charged_for_what_it_has)
{
	controller_kit_apply(kit, "a", 1);
	lead();
	controller_kit_expect(kit, "a", 1);
	controller_kit_scale(kit, "a", 4);
	controller_kit_edit(kit, "a", "\"creationTimestamp\"",
		"\"finalizers\":[\"a/b\"],\"deletionTimestamp\":\"2027-01-15T08:00:00Z\","
		"\"creationTimestamp\"");
	tell();
	expect_pods("a", 2);
	expect_room(3);
}

/* --- groups that a refused spec lacks --- */

Test(charged, pods_of_a_group_that_a_refused_spec_lacks_are_charged)
{
	for (int restarts = 0; restarts < 3; restarts++) {
		end();
		begin();
		controller_kit_apply(kit, "a", 3);
		lead();
		controller_kit_edit(
			kit, "a", "\"workers\",\"replicas\":3", "\"others\",\"replicas\":9");
		tell();
		for (int i = 0; i < restarts; i++)
			restart();
		cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
		expect_pods("a", 4);
		expect_room(1);
	}
}

/* What a status says need not be ours: no sum of its numbers comes out as little. */
Test(charged, groups_that_a_status_makes_up_leave_no_room)
{
	controller_kit_apply(kit, "a", 2);
	lead();
	controller_kit_kill(kit);
	controller_kit_edit(kit, "a",
		"workers=2; charged: ", "x=2147483647, y=2147483647, workers=2147483647; was: ");
	controller_kit_edit(kit, "a", "\"minReplicas\":0", "\"minReplicas\":2000");
	lead();
	cr_expect(says("a", "\"InvalidSpec\""), "%s", cluster("a"));
	controller_kit_apply(kit, "more", 0);
	tell();
	expect_pods("more", 0);
}

/* --- what runs already when it is first seen --- */

static void put_running(const char *group)
{
	controller_kit_put_pod(kit, "h", "headgroup", "uid-of-a");
	controller_kit_put_pod(kit, "w1", group, "uid-of-a");
	controller_kit_put_pod(kit, "w2", group, "uid-of-a");
}

Test(charged, what_is_taken_over_is_charged_for_what_runs)
{
	for (int restarts = 0; restarts < 2; restarts++) {
		end();
		begin();
		controller_kit_apply(kit, "a", 9);
		put_running("workers");
		lead();
		cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
		expect_pods("a", 3);
		if (restarts)
			restart();
		expect_room(2);
		expect_pods("a", 3);
	}
}

/* And it is so before anybody is judged. */
Test(charged, what_is_taken_over_is_charged_before_the_first_is_judged)
{
	controller_kit_apply(kit, "b", 3);
	controller_kit_apply(kit, "c", 3);
	controller_kit_apply(kit, "a", 9);
	make_it_the_youngest();
	put_running("workers");
	lead();
	expect_pods("a", 3);
	expect_pods("b", 0);
	expect_pods("c", 0);
}

/* What runs is the baseline: it asks for no more than it has. */
Test(charged, what_is_taken_over_as_it_runs_is_accepted_whatever_the_quota)
{
	end();
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("2", ""));
	controller_kit_apply(kit, "a", 2);
	put_running("workers");
	lead();
	controller_kit_expect(kit, "a", 2);
	cr_expect(says("a", "\"reason\":\"Accepted\""), "%s", cluster("a"));
	controller_kit_scale(kit, "a", 3);
	tell();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
}

/* Nobody knows what a pod costs whose group the spec lacks: as much as the dearest that it has. */
Test(charged, of_what_is_taken_over_a_group_that_the_spec_lacks_is_charged_too)
{
	controller_kit_apply(kit, "a", 9);
	put_running("gone");
	lead();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	expect_room(2);
}

/* Count of clusters and all: nothing runs of one that is new. */
Test(charged, what_is_new_has_no_baseline)
{
	end();
	kit = controller_kit_new("apiVersion: raygate.dev/v1\nkind: Policy\nenforcement: deny\n"
				 "quotas: {ns: {count/rayclusters: \"1\"}}\n");
	controller_kit_apply(kit, "a", 1);
	lead();
	controller_kit_expect(kit, "a", 1);
	controller_kit_apply(kit, "b", 1);
	tell();
	expect_pods("b", 0);
	restart();
	expect_pods("b", 0);
}

/* Nothing of it was ever accepted; what it had when it was taken over its status says. */
Test(charged, what_was_taken_over_and_refused_has_its_size_after_a_restart_too)
{
	controller_kit_apply(kit, "a", 9);
	put_running("workers");
	lead();
	expect_pods("a", 3);
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/h");
	controller_kit_lose(kit, "/pods/w1");
	lead();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	expect_room(2);
}

/* The moment at which it is taken over may be one without a head. */
Test(charged, what_is_taken_over_without_its_head_gets_one)
{
	controller_kit_apply(kit, "a", 9);
	put_running("workers");
	controller_kit_lose(kit, "/pods/h");
	lead();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	expect_room(2);
}

/* Of what is new a refusal may quote anything; nothing of that is its size. */
Test(charged, a_new_spec_cannot_say_which_size_it_has)
{
	controller_kit_apply(kit, "a", 50);
	controller_kit_edit(kit, "a", "\"rayStartParams\":{}",
		"\"rayStartParams\":{\"num-cpus\":\"is kept: headgroup=1, workers=50, x\"}");
	lead();
	cr_expect(says("a", "\"InvalidSpec\""), "%s", cluster("a"));
	for (int i = 0; i < 2; i++) {
		restart();
		expect_pods("a", 0);
		cr_expect(says("a", "is kept: none"), "%s", cluster("a"));
	}
}
