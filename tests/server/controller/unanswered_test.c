/*
 * Writes that nobody answers, or only with a failure of the API server's own, as when a webhook for
 * pods is away: whatever becomes of them there are as many pods as are wanted, made of what is
 * wanted then, and it is told why they do not come.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

enum { EVER = 1000000, LONG_AFTER = 300 };

static struct controller_kit *kit;

static void begin(enum dialect dialect, int workers)
{
	kit = controller_kit_new_of(dialect, NULL);
	controller_kit_apply(kit, "a", workers);
}

static void end(void)
{
	controller_kit_free(&kit);
}

/* Seconds, in which all is done that is to be done, pods run and watches tell; the most pods. */
static size_t pass(int seconds)
{
	size_t most = 0;

	for (int i = 0; i < seconds; i++) {
		for (int k = 0; k < 500 && controller_kit_write(kit); k++)
			;
		const size_t now = controller_kit_pods(kit, "a", NULL);

		most = now > most ? now : most;
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		clock_advance(CLOCK_SECOND);
	}
	return most;
}

static void fail(int code, size_t count)
{
	fake_cluster_refuse(kit->cluster, "/pods", code, "InternalError", count);
}

static const struct {
	const char *what;
	enum dialect dialect;
	bool scales_itself;
	int code; /* 0: nobody answers at all */
	int seconds;
} OUTAGES[] = {
	{"a webhook that is away for a minute", DIALECT_MODERN, false, 500, 75},
	{"… where Ray's autoscaler picks who goes", DIALECT_MODERN, true, 500, 75},
	{"… for long", DIALECT_MODERN, true, 500, 1200},
	{"an API server that has no time", DIALECT_MODERN, true, 504, 600},
	{"one that has too much to do", DIALECT_MODERN, true, 429, 600},
	{"one that is away", DIALECT_MODERN, true, 0, 90},
	{"a webhook, and the older dialect", DIALECT_LEGACY, false, 500, 600},
	{"an API server, and the older dialect", DIALECT_LEGACY, false, 0, 90},
};

Test(unanswered, there_are_never_more_pods_than_are_wanted)
{
	for (size_t i = 0; i < ARRAY_LEN(OUTAGES); i++) {
		begin(OUTAGES[i].dialect, 2);
		if (OUTAGES[i].scales_itself)
			controller_kit_autoscale(kit, "a");
		controller_kit_begin(kit);
		/* The head is there; of the workers nobody knows. */
		while (controller_kit_pods(kit, "a", NULL) == 0 && controller_kit_write(kit))
			;
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		if (OUTAGES[i].code)
			fail(OUTAGES[i].code, EVER);
		fake_cluster_set_away(kit->cluster, OUTAGES[i].code == 0);
		int tries = 0;

		for (int s = 0; s < OUTAGES[i].seconds; s++) {
			while (controller_kit_write(kit))
				tries++;
			clock_advance(CLOCK_SECOND);
		}
		cr_expect_lt(tries, 60 + OUTAGES[i].seconds / 5, "%s: it tries more and more: %d",
			OUTAGES[i].what, tries);
		fail(0, 0);
		fake_cluster_set_away(kit->cluster, false);
		cr_expect_leq(pass(LONG_AFTER), 3u, "%s", OUTAGES[i].what);
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u, "%s", OUTAGES[i].what);
		end();
	}
}

/* Each was made, and only its answer was lost: it is met, and counts. */
Test(unanswered, what_was_made_all_the_same_is_found, .fini = end)
{
	begin(DIALECT_MODERN, 5);
	controller_kit_autoscale(kit, "a");
	controller_kit_begin(kit);
	for (int i = 0; i < 200; i++) {
		fake_cluster_lose(kit->cluster, 0);
		controller_kit_write(kit);
		clock_advance(CLOCK_SECOND);
		cr_assert_leq(controller_kit_pods(kit, "a", NULL), 6u);
	}
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 6u);
}

/* Fewer are wanted by then: one that was made and is not asked for any more is found, and goes. */
Test(unanswered, what_was_made_and_is_not_wanted_any_more_goes, .fini = end)
{
	begin(DIALECT_MODERN, 1);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_scale(kit, "a", 2);
	controller_kit_tell(kit);
	fake_cluster_lose(kit->cluster, 0);
	cr_assert(controller_kit_write(kit));
	cr_assert_eq(controller_kit_pods(kit, "a", NULL), 3u);
	controller_kit_scale(kit, "a", 1);
	controller_kit_tell_of(kit, "a");
	/* No watch tells of it, so that it has to be looked up. */
	for (int i = 0; i < 200; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
	controller_kit_expect(kit, "a", 1);
}

Test(unanswered, pods_are_made_of_what_is_wanted_when_they_are_made, .fini = end)
{
	begin(DIALECT_MODERN, 2);
	fail(500, EVER);
	controller_kit_begin(kit);
	pass(10);
	controller_kit_edit(kit, "a", "\"cpu\":\"1\"", "\"cpu\":\"2\"");
	controller_kit_tell(kit);
	fail(0, 0);
	pass(LONG_AFTER);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "1"),
		controller_kit_pods(kit, "a", "workers"), "what was not edited");
	cr_expect_eq(controller_kit_pods_with_cpu(kit, "2"), 1u, "the head");
}

Test(unanswered, none_are_made_for_a_cluster_that_is_suspended_by_then, .fini = end)
{
	begin(DIALECT_MODERN, 2);
	fail(500, EVER);
	controller_kit_begin(kit);
	pass(10);
	controller_kit_suspend(kit, "a", true);
	controller_kit_tell(kit);
	fail(0, 0);
	cr_expect_eq(pass(LONG_AFTER), 0u);
	cr_expect(controller_kit_says(kit, "a", "\"state\":\"suspended\""));
}

static size_t count(const struct buf *text, const char *words)
{
	size_t found = 0;

	for (size_t i = 0; i + strlen(words) <= text->len; i++)
		found += memcmp(text->at + i, words, strlen(words)) == 0;
	return found;
}

Test(unanswered, it_is_told_once_who_fails_and_is_over_when_pods_are_made, .fini = end)
{
	begin(DIALECT_MODERN, 2);
	fail(500, EVER);
	controller_kit_begin(kit);
	pass(120);
	cr_expect(controller_kit_says(kit, "a", "\"type\":\"ReplicaFailure\",\"status\":\"True\""));
	cr_expect_eq(count(&kit->events, "FailedToCreateHeadPod"), 1u, "%.*s",
		STR_ARG(buf_str(&kit->events)));
	fail(0, 0);
	pass(LONG_AFTER);
	cr_expect_not(controller_kit_says(kit, "a", "ReplicaFailure"));
	controller_kit_expect(kit, "a", 2);
}

/* An API server that starts anew fails now and then, and one with much to do turns some away. */
Test(unanswered, a_single_failure_is_not_told)
{
	static const int CODES[] = {500, 429};

	for (size_t i = 0; i < ARRAY_LEN(CODES); i++) {
		begin(DIALECT_MODERN, 2);
		fail(CODES[i], 1);
		controller_kit_begin(kit);
		pass(LONG_AFTER);
		controller_kit_expect(kit, "a", 2);
		cr_expect_eq(count(&kit->events, "Failed"), 0u, "%d: %.*s", CODES[i],
			STR_ARG(buf_str(&kit->events)));
		end();
	}
}

/* In contrast to an API server that is away, which nobody needs to be told of for each cluster. */
Test(unanswered, that_no_answer_comes_at_all_is_told_the_second_time, .fini = end)
{
	begin(DIALECT_MODERN, 2);
	fake_cluster_hang(kit->cluster, "/pods");
	controller_kit_begin(kit);
	while (controller_kit_write(kit))
		;
	cr_expect_not(controller_kit_says(kit, "a", "ReplicaFailure"));
	pass(120);
	cr_expect(controller_kit_says(
			  kit, "a", "no answer in time: a webhook that is asked may hang"),
		"%s", controller_kit_cluster(kit, "a"));
	cr_expect_eq(count(&kit->events, "FailedToCreateHeadPod"), 1u, "%.*s",
		STR_ARG(buf_str(&kit->events)));
	fake_cluster_hang(kit->cluster, NULL);
	pass(LONG_AFTER);
	cr_expect_not(controller_kit_says(kit, "a", "ReplicaFailure"));
	controller_kit_expect(kit, "a", 2);
}

static size_t refused, unanswered;

static void count_end(void *context, const char *verb, const char *result)
{
	(void)context;
	(void)verb;
	refused += strcmp(result, "refused") == 0;
	unanswered += strcmp(result, "unanswered") == 0;
}

/* Who has too much to do has judged nothing. */
Test(unanswered, to_be_turned_away_is_no_refusal)
{
	static const int CODES[] = {403, 422, 429, 500};

	for (size_t i = 0; i < ARRAY_LEN(CODES); i++) {
		begin(DIALECT_MODERN, 0);
		fail(CODES[i], 1);
		controller_kit_begin(kit);
		kit->performer.count = count_end;
		refused = unanswered = 0;
		controller_kit_settle(kit);
		cr_expect_eq(refused, CODES[i] < 429 ? 1u : 0u, "%d", CODES[i]);
		cr_expect_eq(unanswered, CODES[i] < 429 ? 0u : 1u, "%d", CODES[i]);
		end();
	}
}
