/*
 * Clients that mean no good, one at a time: whatever is sent, the answer is a verdict or a
 * sentence, and the server goes on. HOSTILE=long makes them more and slower.
 */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_read.h"
#include "tests/e2e/reviews.h"
#include "tests/support/server_process.h"

enum { MI = 1024 * 1024, SEED = 20260801 };

static struct arena arena;
static struct server_process server;

static void start(void)
{
	arena_init(&arena, 65536);
	server = server_process_start(NULL);
}

/* However it was treated, it answers as if nothing had been. */
static void stop(void)
{
	struct http_client *client = server_process_open(&server);
	const struct review_text plain = {.dry_run = true};

	cr_expect(ask_review(&arena, client, "/validate", review_text(&arena, &plain)).allowed);
	http_client_close(&client);
	server_process_await_metric(&server, "raygate_http_connections", 0);
	server_process_await_metric(&server, "raygate_http_body_bytes", 0);
	server_process_stop(&server);
	arena_done(&arena);
}

TestSuite(e2e_hostile, .init = start, .fini = stop, .timeout = 600);

static bool is_long(void)
{
	const char *const hostile = getenv("HOSTILE");

	return hostile && strcmp(hostile, "long") == 0;
}

/* To both webhooks. 200 is a verdict, 400 and 413 are a sentence; nothing else will do. */
static void expect_answers(struct http_client *client, struct str body, const char *what)
{
	static const char *const PATHS[] = {"/mutate", "/validate"};

	for (size_t i = 0; i < ARRAY_LEN(PATHS); i++) {
		const struct answer answer = ask_review(&arena, client, PATHS[i], body);

		cr_assert(answer.status == 200 || answer.status == 400 || answer.status == 413,
			"%s: %s: %d", PATHS[i], what, answer.status);
	}
}

/* A review whose object has `text` where `place` stands. */
static struct str review_with(const char *place, struct str text)
{
	const struct str review = review_text(&arena, &(struct review_text){.dry_run = true});
	const char *const at = memmem(review.at, review.len, place, strlen(place));
	struct buf out = {0};

	cr_assert_not_null(at);
	buf_add(&out, (struct str){review.at, (size_t)(at - review.at)});
	buf_add(&out, text);
	buf_add(&out, str_from_offset(review, (size_t)(at - review.at) + strlen(place)));
	const struct str made = arena_str(&arena, buf_str(&out));

	buf_done(&out);
	return made;
}

Test(e2e_hostile, odd_bytes_in_a_string_are_a_verdict_or_a_sentence)
{
	static const struct {
		const char *name;
		struct str text;
	} CASES[] = {
		{"NUL", STR_INIT("demo\0")},
		{"escaped NUL", STR_INIT("de\\u0000mo")},
		{"half a character", STR_INIT("demo\xC3")},
		{"overlong slash", STR_INIT("demo\xC0\xAF")},
		{"surrogate in UTF-8", STR_INIT("demo\xED\xA0\x80")},
		{"half a surrogate", STR_INIT("demo\\ud800")},
		{"beyond Unicode", STR_INIT("demo\xF5\x80\x80\x80")},
		{"a line end", STR_INIT("de\nmo")},
		{"byte order mark", STR_INIT("\xEF\xBB\xBF"
					     "demo")},
		{"right to left", STR_INIT("\xE2\x80\xAE"
					   "demo")},
		{"format", STR_INIT("%s%n%s%n")},
		{"path", STR_INIT("../../../etc/passwd")},
		{"nothing", STR_INIT("")},
	};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		expect_answers(client, review_with("demo", CASES[i].text), CASES[i].name);
	http_client_close(&client);
}

Test(e2e_hostile, numbers_beyond_every_range_are_a_verdict_or_a_sentence)
{
	static const char *const NUMBERS[] = {"2147483648", "-2147483649", "9223372036854775808",
		"18446744073709551616", "1e999999999", "-1e-999999999", "0.1", "-0", "1E400",
		"99999999999999999999999999999999999999999999", "1e18446744073709551616"};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(NUMBERS); i++) {
		const struct str group = arena_printf(&arena,
			"\"spec\":{\"workerGroupSpecs\":[{\"groupName\":\"g\",\"replicas\":%s,"
			"\"minReplicas\":%s,\"maxReplicas\":%s,\"numOfHosts\":%s}],"
			"\"headGroupSpec\"",
			NUMBERS[i], NUMBERS[i], NUMBERS[i], NUMBERS[i]);

		expect_answers(
			client, review_with("\"spec\":{\"headGroupSpec\"", group), NUMBERS[i]);
		expect_answers(client, review_with("\"512Mi\"", str_from(NUMBERS[i])), NUMBERS[i]);
		expect_answers(client, review_with("512Mi", str_from(NUMBERS[i])), NUMBERS[i]);
	}
	http_client_close(&client);
}

static struct str repeated(const char *piece, size_t times)
{
	const size_t len = strlen(piece);
	char *const text = arena_alloc(&arena, len * times);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * len, piece, len);
	return (struct str){text, len * times};
}

Test(e2e_hostile, ten_thousand_levels_are_too_deep_and_said_to_be)
{
	static const char *const PIECES[] = {"[", "{\"a\":", "[{\"a\":"};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(PIECES); i++) {
		const struct str deep = repeated(PIECES[i], 10000);

		const struct str inside = review_with("\"512Mi\"", deep);

		cr_expect_eq(ask_review(&arena, client, "/mutate", deep).status, 413);
		cr_expect_eq(ask_review(&arena, client, "/validate", inside).status, 413);
	}
	http_client_close(&client);
}

Test(e2e_hostile, large_bodies_of_all_kinds_are_answered)
{
	static const struct {
		const char *name, *piece;
		size_t bytes;
	} CASES[] = {
		{"3 MiB of one string", "x", 3 * MI},
		{"3 MiB of containers", "{\"name\":\"c\"},", 3 * MI},
		{"7 MiB of empty objects", "{},", 7 * MI},
		{"7 MiB of escapes", "\\u0000", 7 * MI},
		{"7 MiB of short strings", "\"\",", 7 * MI},
		{"7 MiB of members", "{\"env\":[{\"name\":\"A\"}]},", 7 * MI},
	};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const piece = CASES[i].piece;
		const bool is_list = piece[strlen(piece) - 1] == ',';
		const struct str many = repeated(piece, CASES[i].bytes / strlen(piece));
		const struct str body =
			is_list ? review_with("\"containers\":[",
					  arena_printf(
						  &arena, "\"containers\":[%.*s", STR_ARG(many)))
				: review_with("512Mi", many);

		expect_answers(client, body, CASES[i].name);
	}
	http_client_close(&client);
}

/* Every value of a real review in turn becomes one of each type of JSON. */
static void replace_each(struct str review, struct http_client *client)
{
	static const char *const VALUES[] = {
		"null", "true", "-1", "1.5", "\"\"", "\"x\"", "[]", "[null]", "{}", "{\"a\":null}"};
	const size_t step = is_long() ? 1 : 3;
	struct json_doc doc;
	struct err err;
	size_t at = 0;

	cr_assert(json_read(&arena, review,
			  &(struct json_limits){.bytes = 1 << 20, .depth = 100, .nodes = 100000},
			  &doc, &err),
		"%s", err.text);
	for (uint32_t i = 0; i < doc.count; i++) {
		const struct str place = json_raw(&doc.root[i]);
		const size_t start = (size_t)(place.at - review.at);

		for (size_t v = 0; v < ARRAY_LEN(VALUES); v++) {
			CLEANUP(buf_done) struct buf body = {0};

			if (at++ % step)
				continue;
			buf_add(&body, (struct str){review.at, start});
			buf_add_cstr(&body, VALUES[v]);
			buf_add(&body, str_from_offset(review, start + place.len));
			expect_answers(client, buf_str(&body), VALUES[v]);
		}
	}
}

Test(e2e_hostile, wrong_types_in_every_field_are_a_verdict_or_a_sentence)
{
	static const char *const FILES[] = {
		"tests/golden/reviews/recorded-ray-v1-update-kubectl-apply/01-review.json",
		"tests/golden/reviews/recorded-legacy-create-kubectl-create/01-review.json",
		"manifests/samples/reviews/refused.json",
	};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(FILES); i++)
		replace_each(read_text(&arena, FILES[i]), client);
	http_client_close(&client);
}

Test(e2e_hostile, a_review_cut_at_any_byte_is_not_json)
{
	const struct str review = read_text(&arena, "manifests/samples/reviews/refused.json");
	const struct str whole = str_trim(review);
	const size_t step = is_long() ? 1 : 7;
	struct http_client *client = server_process_open(&server);

	for (size_t len = 0; len < whole.len; len += step) {
		const struct answer answer =
			ask_review(&arena, client, "/validate", (struct str){whole.at, len});

		cr_assert_eq(answer.status, 400, "%zu bytes: %d", len, answer.status);
	}
	http_client_close(&client);
}

static unsigned next(unsigned *state)
{
	*state = *state * 1103515245u + 12345u;
	return *state >> 16;
}

/* Bytes at random, as HTTP, as a body, and as TLS. Nobody waits for an answer. */
Test(e2e_hostile, garbage_on_every_layer_is_survived)
{
	const int rounds = is_long() ? 2000 : 100;
	unsigned state = SEED;

	for (int i = 0; i < rounds; i++) {
		struct http_client *client = i % 3 ? server_process_open(&server)
						   : http_client_connect_raw(server.webhook_port);
		char garbage[512];

		for (size_t b = 0; b < sizeof(garbage); b++)
			garbage[b] = (char)next(&state);
		if (i % 3 == 1)
			expect_answers(client, (struct str){garbage, sizeof(garbage)}, "garbage");
		else
			http_client_send(client, (struct str){garbage, sizeof(garbage)});
		http_client_close(&client);
	}
}

/* Gone in the middle of the head, of the body, before the answer; in order or with a reset. */
Test(e2e_hostile, clients_that_vanish_leave_nothing_behind)
{
	const struct str body = review_text(&arena, &(struct review_text){.dry_run = true});
	const struct str request = arena_printf(&arena,
		"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%.*s",
		body.len, STR_ARG(body));
	const int rounds = is_long() ? 3000 : 200;
	const double before = server_process_metric(&server, "process_open_fds");
	unsigned state = SEED;

	for (int i = 0; i < rounds; i++) {
		struct http_client *client = server_process_open(&server);

		http_client_send(client, (struct str){request.at, 1 + next(&state) % request.len});
		if (i % 2)
			http_client_reset(&client);
		else
			http_client_close(&client);
	}
	server_process_await_metric(&server, "raygate_http_connections", 0);
	const double after = server_process_metric(&server, "process_open_fds");

	cr_expect_leq(after, before + 2, "%g descriptors, then %g", before, after);
}
