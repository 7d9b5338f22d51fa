/* What people and API servers get from the built program. */
#include <criterion/criterion.h>

#include "tests/e2e/reviews.h"
#include "tests/support/server_process.h"

static struct arena arena;
static struct server_process server;
static struct http_client *client;

static void start(void)
{
	arena_init(&arena, 65536);
	server = server_process_start(NULL);
	client = server_process_open(&server);
}

static void stop(void)
{
	http_client_close(&client);
	server_process_stop(&server);
	arena_done(&arena);
}

TestSuite(e2e_admission, .init = start, .fini = stop, .timeout = 120);

static struct answer ask(const char *path, struct review_text it)
{
	return ask_review(&arena, client, path, review_text(&arena, &it));
}

static struct answer ask_sample(const char *path, const char *name)
{
	return ask_review(&arena, client, path,
		read_text(&arena,
			arena_printf(&arena, "manifests/samples/reviews/%s.json", name).at));
}

Test(e2e_admission, the_reviews_that_a_newcomer_is_shown_do_what_is_said)
{
	const struct answer defaulted = ask_sample("/mutate", "defaulted");
	const struct answer refused = ask_sample("/validate", "refused");
	const struct answer over = ask_sample("/validate", "over-quota");

	cr_expect(defaulted.allowed && str_contains(defaulted.patch, "\"memory\""));
	cr_expect(!refused.allowed && refused.code == 422);
	cr_expect_geq(refused.causes, 5, "%zu causes", refused.causes);
	cr_expect(!over.allowed && over.code == 403);
	cr_expect(str_contains(over.message, "exceeds the quota"), "%.*s", STR_ARG(over.message));
}

Test(e2e_admission, a_deleted_cluster_gives_its_quota_back)
{
	cr_expect(ask("/validate", (struct review_text){.name = "a", .cpu = "3"}).allowed);
	cr_expect_not(ask("/validate", (struct review_text){.name = "b", .cpu = "2"}).allowed);
	cr_expect(
		ask("/validate", (struct review_text){.name = "a", .operation = "DELETE"}).allowed);
	cr_expect(ask("/validate", (struct review_text){.name = "b", .cpu = "2"}).allowed);
}

Test(e2e_admission, a_dry_run_is_judged_and_leaves_nothing)
{
	const struct review_text dry = {.name = "a", .cpu = "3", .dry_run = true};

	cr_expect(ask("/validate", dry).allowed);
	cr_expect(ask("/validate", dry).allowed);
	cr_expect(ask("/validate", (struct review_text){.name = "b", .cpu = "4"}).allowed);
	cr_expect_not(ask("/validate", dry).allowed, "a dry run is over quota, too");
	cr_expect(ask("/validate",
		(struct review_text){.name = "b", .operation = "DELETE", .dry_run = true})
			  .allowed);
	cr_expect_not(
		ask("/validate", dry).allowed, "a delete that is a dry run gives nothing back");
}

Test(e2e_admission, the_uid_comes_back_as_it_was_sent)
{
	char longest[4097];
	const struct {
		const char *json, *value;
	} cases[] = {
		{"\\u00e4\\ud83d\\ude00", "\xC3\xA4\xF0\x9F\x98\x80"},
		{"\xE6\x97\xA5\xE6\x9C\xAC", "\xE6\x97\xA5\xE6\x9C\xAC"},
		{"a\\\"b\\\\c\\/d\\n\\t", "a\"b\\c/d\n\t"},
		{"\\u0001", "\x01"},
		{" ", " "},
		{longest, longest},
	};

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct answer answer =
			ask("/mutate", (struct review_text){.uid = cases[i].json});

		cr_expect(str_is(answer.uid, cases[i].value), "%.40s came back as %.*s",
			cases[i].json, STR_ARG(answer.uid));
	}
}

Test(e2e_admission, a_uid_of_nul_bytes_comes_back_whole)
{
	const struct answer answer = ask("/mutate", (struct review_text){.uid = "a\\u0000b"});

	cr_expect(str_eq(answer.uid, STR("a\0b")));
}

Test(e2e_admission, a_timeout_in_the_query_is_taken_or_ignored_but_never_an_error)
{
	static const char *const QUERIES[] = {"?timeout=10s", "?timeout=1500ms", "?timeout=1h",
		"?timeout=-1s", "?timeout=", "?timeout=soon", "?a=b&timeout=5s&timeout=6s", "?"};

	for (size_t i = 0; i < ARRAY_LEN(QUERIES); i++) {
		const char *const path = arena_printf(&arena, "/validate%s", QUERIES[i]).at;
		const struct answer answer = ask(path, (struct review_text){.dry_run = true});

		cr_expect(answer.allowed, "%s", path);
	}
}

Test(e2e_admission, both_webhooks_answer_on_one_connection_as_often_as_asked)
{
	for (int i = 0; i < 200; i++) {
		cr_assert(ask("/mutate", (struct review_text){0}).allowed);
		cr_assert(ask("/validate", (struct review_text){0}).allowed);
	}
}

Test(e2e_admission, recorded_reviews_of_a_real_api_server_are_admitted)
{
	static const char *const NAMES[] = {"recorded-ray-v1-create-kubectl-apply",
		"recorded-ray-v1-update-server-side-apply", "recorded-ray-v1-delete",
		"recorded-legacy-create-kubectl-create"};

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
		const struct str body = read_text(&arena,
			arena_printf(&arena, "tests/golden/reviews/%s/01-review.json", NAMES[i])
				.at);

		cr_expect(ask_review(&arena, client, "/mutate", body).allowed, "%s", NAMES[i]);
		cr_expect(ask_review(&arena, client, "/validate", body).allowed, "%s", NAMES[i]);
	}
}
