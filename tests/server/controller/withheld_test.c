/*
 * A spec that was never accepted, and a process that does not know what was: of that spec nothing
 * is made, whatever is lost. What was accepted is known by what it is made of, as the status says.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/support/controller_kit.h"
#include "tests/support/review.h"

#define MAX                 "\"maxReplicas\":1000"
#define HEAD_PARAMS(params) "\"headGroupSpec\":{\"rayStartParams\":" params

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

TestSuite(withheld, .init = begin, .fini = end);

static void lead(void)
{
	controller_kit_lead(kit);
}

static void tell(void)
{
	controller_kit_hear(kit);
}

static const char *cluster(const char *name)
{
	return controller_kit_cluster(kit, name);
}

static bool says(const char *name, const char *words)
{
	return controller_kit_says(kit, name, words);
}

static void expect_pods(const char *name, size_t pods)
{
	controller_kit_expect_pods(kit, name, pods);
}

#define WORKER_CPU                                                                                 \
	"\"rayStartParams\":{},\"template\":{\"spec\":{\"containers\":[{\"name\":\"ray\","         \
	"\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{\"cpu\":\"%s\","           \
	"\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"%s\""

static void set_worker_cpu(const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	controller_kit_edit(kit, "a", arena_printf(&arena, MAX "," WORKER_CPU, from, from).at,
		arena_printf(&arena, MAX "," WORKER_CPU, to, to).at);
}

static void make_and_kill(int workers)
{
	controller_kit_apply(kit, "a", workers);
	lead();
	expect_pods("a", (size_t)workers + 1);
	controller_kit_kill(kit);
}

Test(withheld, of_what_came_while_nobody_led_nothing_is_made)
{
	make_and_kill(2);
	set_worker_cpu("1", "5");
	controller_kit_lose(kit, "/pods/a-workers-");
	lead();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	cr_expect(says("a", "not replaced: 2 of \\\"workers\\\"; what was accepted is not known"),
		"%s", cluster("a"));
	cr_expect_not_null(strstr(buf_str(&kit->events).at, "PodsWithheld: not replaced"));
	expect_pods("a", 1);
	/* What is there is no more of it than what is lost next. */
	controller_kit_lose(kit, "/pods/a-head-");
	controller_kit_lose(kit, "/services/");
	tell();
	expect_pods("a", 0);
	cr_expect_null(fake_cluster_get(kit->cluster, "/api/v1/namespaces/ns/services/a-head-svc"));
	cr_expect(says("a", "not replaced: 1 of \\\"headgroup\\\", 2 of \\\"workers\\\""), "%s",
		cluster("a"));
	set_worker_cpu("5", "1");
	tell();
	controller_kit_expect(kit, "a", 2);
	cr_expect_not(says("a", "PodsWithheld"), "%s", cluster("a"));
}

/* Restart by restart it is no nearer to being accepted. */
Test(withheld, however_often_it_is_restarted)
{
	make_and_kill(2);
	set_worker_cpu("1", "5");
	for (int i = 0; i < 3; i++) {
		controller_kit_lose(kit, "/pods/a-");
		lead();
		expect_pods("a", 0);
		cr_expect(says("a", "is kept: headgroup=1, workers=2; charged: requests.cpu=3; "
				    "made of: "),
			"%s", cluster("a"));
		controller_kit_kill(kit);
	}
	set_worker_cpu("5", "2");
	lead();
	controller_kit_expect(kit, "a", 2);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "2"), 2u);
}

/* Not even where the rules and the quota have nothing against what it is made of. */
Test(withheld, what_is_refused_for_its_size_is_made_where_it_is_the_same_otherwise)
{
	make_and_kill(2);
	controller_kit_scale(kit, "a", 30);
	controller_kit_lose(kit, "/pods/a-");
	lead();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	cr_expect_not(says("a", "PodsWithheld"), "%s", cluster("a"));
	/* Another image makes it another one, and what was before is not known any more. */
	controller_kit_kill(kit);
	controller_kit_edit(kit, "a", "ray:2.52.0", "ray:2.52.1");
	controller_kit_lose(kit, "/pods/a-workers-");
	lead();
	expect_pods("a", 1);
	/* Until it is back at that, if too large still. */
	controller_kit_edit(kit, "a", "ray:2.52.1", "ray:2.52.0");
	tell();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	cr_expect_not(says("a", "PodsWithheld"), "%s", cluster("a"));
}

/* Whatever else it asks for. */
Test(withheld, what_runs_stays)
{
	static const char *const EDITS[][2] = {
		{MAX, MAX ",\"numOfHosts\":4"},
		{MAX, "\"maxReplicas\":1,\"numOfHosts\":9"},
		{MAX, "\"maxReplicas\":-5"},
		{"\"groupName\":\"workers\"", "\"groupName\":\"Others\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(EDITS); i++) {
		end();
		begin();
		make_and_kill(2);
		controller_kit_edit(kit, "a", EDITS[i][0], EDITS[i][1]);
		controller_kit_edit(
			kit, "a", HEAD_PARAMS("{}"), HEAD_PARAMS("{\"num-cpus\":\"two\"}"));
		lead();
		cr_expect(says("a", "\"Accepted\",\"status\":\"False\""), "%s", cluster("a"));
		expect_pods("a", 3);
	}
}

Test(withheld, fewer_may_be_asked_for_and_none)
{
	make_and_kill(3);
	controller_kit_edit(kit, "a", HEAD_PARAMS("{}"), HEAD_PARAMS("{\"num-cpus\":\"two\"}"));
	lead();
	expect_pods("a", 4);
	controller_kit_scale(kit, "a", 1);
	tell();
	expect_pods("a", 2);
	cr_expect_not(says("a", "PodsWithheld"), "%s", cluster("a"));
	controller_kit_suspend(kit, "a", true);
	tell();
	expect_pods("a", 0);
	controller_kit_suspend(kit, "a", false);
	tell();
	expect_pods("a", 0);
	cr_expect(says("a", "not replaced: 1 of \\\"headgroup\\\", 1 of \\\"workers\\\""), "%s",
		cluster("a"));
	controller_kit_delete(kit, "a");
	tell();
	cr_expect_null(cluster("a"));
}

/* The head goes, and workers of it stay: a worker belongs to one head. */
Test(withheld, of_a_cluster_of_2022_nothing_is_made_either)
{
	end();
	kit = controller_kit_new_of(DIALECT_LEGACY, CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
	make_and_kill(2);
	controller_kit_edit(kit, "a",
		"\"limits\":{\"cpu\":\"1\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"1\"",
		"\"limits\":{\"cpu\":\"5\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"5\"");
	controller_kit_lose(kit, "/pods/a-head");
	lead();
	expect_pods("a", 2);
	cr_expect(says("a", "not replaced: 1 of \\\"head\\\""), "%s", cluster("a"));
	controller_kit_edit(kit, "a",
		"\"limits\":{\"cpu\":\"5\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"5\"",
		"\"limits\":{\"cpu\":\"1\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"1\"");
	tell();
	controller_kit_expect(kit, "a", 2);
}

/* Written before a status told what that was made of. */
Test(withheld, a_status_that_does_not_say_what_was_accepted_gives_nothing_away)
{
	make_and_kill(2);
	controller_kit_edit(kit, "a", "; made of: ", "; nothing: ");
	controller_kit_scale(kit, "a", 30);
	controller_kit_lose(kit, "/pods/a-workers-");
	lead();
	expect_pods("a", 1);
	cr_expect(says("a", "PodsWithheld"), "%s", cluster("a"));
}

/* What was accepted may have broken a rule already, and with its text that is known still. */
Test(withheld, a_mistake_that_was_there_before_is_none_after_a_restart)
{
	controller_kit_apply(kit, "a", 2);
	kit->policy->enforcement = POLICY_WARN;
	controller_kit_edit(
		kit, "a", "\"rayStartParams\":{}", "\"rayStartParams\":{\"num-cpus\":\"two\"}");
	lead();
	kit->policy->enforcement = POLICY_DENY;
	controller_kit_kill(kit);
	controller_kit_scale(kit, "a", 3);
	lead();
	cr_expect(says("a", "\"reason\":\"Accepted\""), "%s", cluster("a"));
	expect_pods("a", 4);
}

static void change_policy(const char *policy)
{
	policy_free(&kit->policy);
	kit->policy = review_policy(policy);
	kit->policy->target.controller = POLICY_CONTROLLER_RAYGATE;
}

/* Nobody has told what was accepted was charged, and it is not known what that was. */
Test(withheld, what_is_not_known_is_not_taken_to_have_cost_as_much_as_what_is_there)
{
	end();
	kit = controller_kit_new(NULL);
	make_and_kill(2);
	change_policy(CONTROLLER_KIT_QUOTA("6", ""));
	set_worker_cpu("1", "5");
	for (int i = 0; i < 2; i++) {
		lead();
		cr_expect(says("a", "\"QuotaExceeded\""), "%d: %s", i, cluster("a"));
		expect_pods("a", 3);
		set_worker_cpu(i ? "4" : "5", i ? "1" : "4");
		tell();
		cr_expect_eq(says("a", "\"QuotaExceeded\""), i == 0, "%d: %s", i, cluster("a"));
		controller_kit_kill(kit);
	}
}

/* Of smaller workers more would fit, but what would be made are those that were accepted. */
Test(withheld, in_part_it_grows_only_where_it_is_the_same)
{
	end();
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
	controller_kit_apply(kit, "a", 2);
	controller_kit_autoscale(kit, "a");
	lead();
	set_worker_cpu("1", "500m");
	controller_kit_scale(kit, "a", 30);
	tell();
	cr_expect(says("a", "\"QuotaExceeded\""), "%s", cluster("a"));
	expect_pods("a", 3);
	set_worker_cpu("500m", "1");
	tell();
	expect_pods("a", 5);
}
