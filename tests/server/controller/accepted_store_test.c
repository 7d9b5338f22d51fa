/*
 * What was accepted is kept in the cluster while another spec is refused: who comes after us makes
 * lost pods of that, of nothing else, and says so where he cannot.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/controller_kit.h"

#define POLICY    CONTROLLER_KIT_QUOTA("6", "charge: now\n")
#define REVISIONS "/apis/apps/v1/namespaces/ns/controllerrevisions/"

static struct controller_kit *kit;

/* A head has 1 CPU; so has a worker. */
static void begin(void)
{
	kit = controller_kit_new(POLICY);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(accepted_store, .init = begin, .fini = end);

static void lead(void)
{
	controller_kit_lead(kit);
}

static void tell(void)
{
	controller_kit_hear(kit);
}

/* What is refused is tried again, which would never settle. */
static void go_on(int rounds)
{
	for (int i = 0; i < rounds; i++) {
		while (controller_kit_write(kit))
			;
		controller_kit_tell(kit);
		clock_advance(5 * CLOCK_SECOND);
	}
}

static const char *cluster(void)
{
	return controller_kit_cluster(kit, "a");
}

static bool says(const char *words)
{
	return controller_kit_says(kit, "a", words);
}

static const char *revision_path(void)
{
	return kit->dialect == DIALECT_MODERN ? REVISIONS "a-accepted-spec"
					      : REVISIONS "a-accepted-podtypes";
}

static const char *revision(void)
{
	return fake_cluster_get(kit->cluster, revision_path());
}

static void expect_revision(int64_t number)
{
	char words[64];

	snprintf(words, sizeof(words), "\"revision\":%d,", (int)number);
	cr_assert_not_null(revision(), "%.*s", STR_ARG(fake_cluster_log(kit->cluster)));
	cr_expect_not_null(strstr(revision(), words), "%s", revision());
	cr_expect_not_null(strstr(revision(), "\"uid\":\"uid-of-a\",\"controller\":true"));
}

static void expect_pods(size_t pods)
{
	controller_kit_expect_pods(kit, "a", pods);
}

#define CPU "\"limits\":{\"cpu\":\"%s\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"%s\""

/* Of the head, and of all pods that are made from then on. */
static void set_cpu(const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	controller_kit_edit(kit, "a", arena_printf(&arena, CPU, from, from).at,
		arena_printf(&arena, CPU, to, to).at);
}

static void make(int workers)
{
	controller_kit_apply(kit, "a", workers);
	lead();
	expect_pods((size_t)workers + 1);
	cr_expect_null(revision());
}

static void refuse(void)
{
	set_cpu("1", "5");
	tell();
	cr_expect(says("\"QuotaExceeded\""), "%s", cluster());
}

/* Puts text in the place of some other in what is stored. */
static void edit_revision(const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);
	const char *const at = strstr(revision(), from);

	arena_init(&arena, 4096);
	cr_assert_not_null(at, "%s is not in %s", from, revision());
	fake_cluster_put(kit->cluster, revision_path(),
		arena_printf(&arena, "%.*s%s%s", (int)(at - revision()), revision(), to,
			at + strlen(from))
			.at);
}

static void expect_withheld(void)
{
	expect_pods(0);
	cr_expect(says("not replaced: 1 of \\\"headgroup\\\", 2 of \\\"workers\\\""), "%s",
		cluster());
}

static void expect_as_accepted(void)
{
	expect_pods(3);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"), 3u);
	cr_expect_not(says("PodsWithheld"), "%s", cluster());
}

Test(accepted_store, what_is_lost_comes_back_as_it_was_accepted)
{
	for (int restarts = 1; restarts < 3; restarts++) {
		end();
		begin();
		make(2);
		refuse();
		expect_revision(1);
		for (int i = 0; i < restarts; i++) {
			controller_kit_kill(kit);
			controller_kit_lose(kit, "/pods/");
			lead();
			expect_as_accepted();
			cr_expect(says("\"QuotaExceeded\""), "%s", cluster());
		}
		/* What is asked for by now is that of the accepted ones. */
		controller_kit_scale(kit, "a", 1);
		tell();
		expect_pods(2);
		cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"), 2u);
		set_cpu("5", "1");
		tell();
		controller_kit_expect(kit, "a", 1);
	}
}

Test(accepted_store, of_a_cluster_of_2022_too)
{
	end();
	kit = controller_kit_new_of(DIALECT_LEGACY, POLICY);
	make(2);
	refuse();
	expect_revision(1);
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_as_accepted();
}

/* The one write more is where something is refused that is made of something else. */
Test(accepted_store, nothing_is_stored_of_what_the_digest_tells)
{
	make(2);
	controller_kit_scale(kit, "a", 30);
	tell();
	cr_expect(says("\"QuotaExceeded\""), "%s", cluster());
	controller_kit_scale(kit, "a", 1);
	tell();
	cr_expect(says("\"reason\":\"Accepted\""), "%s", cluster());
	cr_expect_null(revision());
}

Test(accepted_store, of_several_the_last_is_kept)
{
	make(2);
	refuse();
	expect_revision(1);
	set_cpu("5", "1500m");
	controller_kit_scale(kit, "a", 1);
	tell();
	controller_kit_expect(kit, "a", 1);
	expect_revision(1);
	set_cpu("1500m", "7");
	tell();
	expect_revision(4);
	cr_expect_null(strstr(revision(), "\"cpu\":\"7\""), "%s", revision());
	/* Another refusal of the same is not worth a write. */
	const size_t writes = fake_cluster_writes(kit->cluster);

	set_cpu("7", "8");
	tell();
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes + 1, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_pods(2);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1500m"), 1u);
}

/* By the digest in the status it is known for what it is. */
Test(accepted_store, what_is_not_what_was_accepted_is_nothing)
{
	static const char *const EDITS[][2] = {
		{"\"revision\":1,", "\"revision\":2,"},
		{"\"revision\":1,", ""},
		{"\"uid\":\"uid-of-a\",\"controller\":true",
			"\"uid\":\"uid-of-b\",\"controller\":true"},
		{"\"controller\":true", "\"controller\":false"},
		{"\"cpu\":\"1\"", "\"cpu\":\"500m\""},
		{"\"image\":\"rayproject/ray:2.52.0\"", "\"image\":\"miner\""},
		{"\"data\":{\"spec\":", "\"data\":{\"speck\":"},
		{"\"data\":{\"spec\":{", "\"data\":{\"spec\":[],\"x\":{"},
		{"\"data\":{\"spec\":{", "\"data\":{\"spec\":{\"x\":1,"},
	};

	for (size_t i = 0; i < ARRAY_LEN(EDITS); i++) {
		end();
		begin();
		make(2);
		refuse();
		controller_kit_kill(kit);
		edit_revision(EDITS[i][0], EDITS[i][1]);
		controller_kit_lose(kit, "/pods/");
		lead();
		expect_withheld();
		cr_expect(says("is not known since a restart"), "%zu: %s", i, cluster());
		set_cpu("5", "1");
		tell();
		controller_kit_expect(kit, "a", 2);
	}
}

/* Sizes are those of the status and of what is asked for by now, whatever is stored. */
Test(accepted_store, what_is_stored_says_nothing_of_sizes)
{
	make(2);
	refuse();
	controller_kit_kill(kit);
	edit_revision("\"replicas\":2", "\"replicas\":50");
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_as_accepted();
}

Test(accepted_store, what_is_gone_is_not_looked_for_again)
{
	make(2);
	refuse();
	controller_kit_kill(kit);
	fake_cluster_delete(kit->cluster, revision_path());
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_withheld();
}

Test(accepted_store, what_cannot_be_read_is_looked_for_again)
{
	make(2);
	refuse();
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/");
	fake_cluster_forbid(kit->cluster, "/controllerrevisions");
	controller_kit_begin(kit);
	go_on(20);
	expect_withheld();
	cr_expect(says("cannot be read from its ControllerRevision just now"), "%s", cluster());
	/* Nobody looks all the time. */
	cr_expect_lt(kit->writes, 200);
	fake_cluster_forbid(kit->cluster, NULL);
	clock_advance(60 * CLOCK_SECOND);
	controller_kit_settle(kit);
	expect_as_accepted();
}

/* Who may not store it goes on as before, and says what he lacks. */
Test(accepted_store, what_cannot_be_stored_is_told)
{
	make(2);
	fake_cluster_forbid(kit->cluster, "/controllerrevisions");
	set_cpu("1", "5");
	controller_kit_tell(kit);
	go_on(10);
	cr_expect(says("FailedCreateControllerRevision"), "%s", cluster());
	fake_cluster_forbid(kit->cluster, NULL);
	clock_advance(60 * CLOCK_SECOND);
	controller_kit_settle(kit);
	expect_revision(1);
	cr_expect_not(says("FailedCreateControllerRevision"), "%s", cluster());
}

/* Refused whatever its size is. */
static void make_a_mistake(void)
{
	controller_kit_edit(
		kit, "a", "\"rayStartParams\":{}", "\"rayStartParams\":{\"num-cpus\":\"two\"}");
}

/* Round after round, and no time passes. */
static void suspend_at_once(void)
{
	cr_expect(says("\"InvalidSpec\""), "%s", cluster());
	controller_kit_suspend(kit, "a", true);
	controller_kit_tell_of(kit, "a");
	while (controller_kit_write(kit))
		;
	expect_pods(0);
}

/* Who has no right to ControllerRevisions does all else as soon as who has. */
Test(accepted_store, what_cannot_be_stored_holds_up_nothing_else)
{
	make(2);
	fake_cluster_forbid(kit->cluster, "/controllerrevisions");
	make_a_mistake();
	controller_kit_tell(kit);
	go_on(60);
	suspend_at_once();
}

Test(accepted_store, nor_does_what_cannot_be_read)
{
	make(2);
	make_a_mistake();
	tell();
	expect_revision(1);
	controller_kit_kill(kit);
	fake_cluster_forbid(kit->cluster, "/controllerrevisions");
	controller_kit_lose(kit, "-worker-");
	controller_kit_begin(kit);
	go_on(60);
	expect_pods(1);
	suspend_at_once();
}

/* Not even in the way of ours does anything end that is somebody else's. */
Test(accepted_store, somebody_else_s_of_that_name_stays)
{
	static const char THEIRS[] =
		"{\"metadata\":{\"name\":\"a-accepted-spec\",\"namespace\":\"ns\",\"uid\":\"x\","
		"\"labels\":{\"ray.io/cluster\":\"a\"},\"ownerReferences\":[{\"controller\":true,"
		"\"uid\":\"theirs\"}]},\"revision\":0}";

	make(2);
	fake_cluster_put(kit->cluster, revision_path(), THEIRS);
	set_cpu("1", "5");
	controller_kit_tell(kit);
	go_on(10);
	cr_expect_not_null(strstr(revision(), "\"theirs\""), "%s", revision());
	fake_cluster_delete(kit->cluster, revision_path());
	clock_advance(60 * CLOCK_SECOND);
	controller_kit_settle(kit);
	expect_revision(1);
}

Test(accepted_store, what_is_deleted_comes_back)
{
	make(2);
	refuse();
	fake_cluster_delete(kit->cluster, revision_path());
	const size_t writes = fake_cluster_writes(kit->cluster);

	for (int i = 0; i < 3; i++) {
		clock_advance(400 * CLOCK_SECOND);
		tell();
		expect_revision(1);
	}
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes + 1, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
}

/* With the text the old mistakes of it are known, and are none that is new. */
Test(accepted_store, what_is_there_is_judged_anew_once_it_is_known)
{
	controller_kit_apply(kit, "a", 2);
	kit->policy->enforcement = POLICY_WARN;
	controller_kit_edit(
		kit, "a", "\"rayStartParams\":{}", "\"rayStartParams\":{\"num-cpus\":\"two\"}");
	lead();
	kit->policy->enforcement = POLICY_DENY;
	refuse();
	controller_kit_kill(kit);
	set_cpu("5", "2");
	lead();
	cr_expect(says("\"reason\":\"Accepted\""), "%s", cluster());
}

static void put_pod(const char *name, const char *type, const char *group)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	fake_cluster_put(kit->cluster,
		arena_printf(&arena, "/api/v1/namespaces/ns/pods/%s", name).at,
		arena_printf(&arena,
			"{\"metadata\":{\"name\":\"%s\",\"namespace\":\"ns\",\"uid\":\"%s\","
			"\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/node-type\":\"%s\","
			"\"ray.io/group\":\"%s\"},\"ownerReferences\":[{\"controller\":true,"
			"\"uid\":\"uid-of-a\"}]},\"spec\":{}}",
			name, name, type, group)
			.at);
}

/* No generation of it was ever accepted: what was there when it was taken over is the first. */
Test(accepted_store, what_was_taken_over_is_kept_too)
{
	controller_kit_apply(kit, "a", 9);
	put_pod("h", "head", "headgroup");
	put_pod("w1", "worker", "workers");
	put_pod("w2", "worker", "workers");
	lead();
	cr_expect(says("\"QuotaExceeded\""), "%s", cluster());
	cr_expect_null(revision());
	refuse();
	expect_revision(0);
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_as_accepted();
}

/* A mistake that somebody has put into what is stored was not there before. */
Test(accepted_store, what_is_forged_is_no_excuse)
{
	static const char *const PARAMS[] = {
		"\"rayStartParams\":{}", "\"rayStartParams\":{\"num-cpus\":\"two\"}"};

	make(2);
	refuse();
	controller_kit_kill(kit);
	edit_revision(PARAMS[0], PARAMS[1]);
	set_cpu("5", "1");
	controller_kit_edit(kit, "a", PARAMS[0], PARAMS[1]);
	lead();
	cr_expect(says("\"InvalidSpec\""), "%s", cluster());
}

/* Killed wherever: of what is refused nothing is made, and what was stored is used. */
Test(accepted_store, a_kill_between_any_two_writes_makes_nothing_of_what_is_refused)
{
	bool more = true;

	for (size_t n = 0; more; n++) {
		end();
		begin();
		make(2);
		set_cpu("1", "5");
		controller_kit_tell(kit);
		for (size_t done = 0; more && done < n; done++)
			more = controller_kit_write(kit);
		const bool stored = revision() != NULL;

		controller_kit_kill(kit);
		controller_kit_lose(kit, "/pods/");
		lead();
		cr_expect_eq(controller_kit_pods_with_cpu(kit, "5"), 0u, "after %zu writes", n);
		if (stored)
			expect_as_accepted();
		else
			expect_withheld();
		set_cpu("5", "1");
		tell();
		controller_kit_expect(kit, "a", 2);
	}
}

/* It is there, and nobody heard of it. */
Test(accepted_store, with_the_answer_on_its_way)
{
	make(2);
	fake_cluster_lose(kit->cluster, 0);
	refuse();
	expect_revision(1);
	controller_kit_kill(kit);
	controller_kit_lose(kit, "/pods/");
	lead();
	expect_as_accepted();
}
