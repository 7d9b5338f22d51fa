/* What probes, Prometheus and people find on the ops port. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/e2e/reviews.h"
#include "tests/support/server_process.h"

static struct arena arena;
static struct server_process server;

static void start(void)
{
	arena_init(&arena, 65536);
	server = server_process_start(NULL);
}

static void stop(void)
{
	server_process_stop(&server);
	arena_done(&arena);
}

TestSuite(e2e_ops, .init = start, .fini = stop, .timeout = 120);

Test(e2e_ops, probes_say_that_all_is_well)
{
	static const struct {
		const char *path, *body;
	} CASES[] = {
		{"/healthz", "ok\n"},
		{"/livez", "ok\n"},
		{"/readyz", "ok\n"},
		{"/readyz?verbose", "[+]listening ok\n"},
		{"/readyz?verbose", "[+]certificate ok\n"},
		{"/readyz?verbose", "[+]policy ok\n"},
		{"/readyz?verbose", "readyz check passed\n"},
		{"/", "/metrics          Prom"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct http_reply reply = {0};

		cr_expect_eq(server_process_get(&server, CASES[i].path, &reply), 200, "%s",
			CASES[i].path);
		cr_expect(str_contains(buf_str(&reply.body), CASES[i].body), "%s: %.*s",
			CASES[i].path, STR_ARG(buf_str(&reply.body)));
		http_reply_done(&reply);
	}
}

/* What /readyz?verbose says, in numbers to be alerted on. */
Test(e2e_ops, each_check_is_a_metric)
{
	struct http_reply reply = {0};
	struct str rest;
	size_t checks = 0;

	cr_assert_eq(server_process_get(&server, "/readyz?verbose", &reply), 200);
	for (rest = buf_str(&reply.body); str_starts(rest, "[+]"); checks++) {
		const struct str line = str_from_offset(rest, 3);
		const struct str name = {line.at, str_find(line, ' ')};

		cr_expect_float_eq(
			server_process_metric(&server,
				arena_printf(&arena, "raygate_health{part=\"%.*s\"}", STR_ARG(name))
					.at),
			1, 0.1, "%.*s", STR_ARG(name));
		rest = str_from_offset(rest, str_find(rest, '\n') + 1);
	}
	cr_expect_eq(checks, 4u, "%.*s", STR_ARG(buf_str(&reply.body)));
	http_reply_done(&reply);
}

Test(e2e_ops, webhooks_are_not_on_the_ops_port)
{
	struct http_client *client = http_client_connect(server.ops_port, false);

	cr_expect_eq(ask_review(&arena, client, "/mutate", STR("{}")).status, 404);
	http_client_close(&client);
}

/* The text format 0.0.4, as strictly as promtool takes it. */
struct exposition {
	struct str rest;
	char family[128]; /* of the last TYPE */
	size_t families, samples;
};

static bool is_name(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		const char c = s.at[i];
		const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && (i == 0 || c < '0' || c > '9'))
			return false;
	}
	return s.len > 0;
}

/* Name="value" with \\, \" and \n escaped, parted by commas; returns what follows the brace. */
static struct str check_labels(struct str labels)
{
	struct str rest = str_from_offset(labels, 1);

	for (;;) {
		const size_t equals = str_find(rest, '=');
		size_t at = equals + 2;

		cr_assert(is_name((struct str){rest.at, equals}), "%.*s", STR_ARG(labels));
		cr_assert_eq(rest.at[equals + 1], '"', "%.*s", STR_ARG(labels));
		for (; at < rest.len && rest.at[at] != '"'; at++)
			at += rest.at[at] == '\\';
		cr_assert_lt(at + 1, rest.len, "%.*s", STR_ARG(labels));
		rest = str_from_offset(rest, at + 1);
		if (rest.at[0] == '}')
			return str_from_offset(rest, 1);
		cr_assert_eq(rest.at[0], ',', "%.*s", STR_ARG(labels));
		rest = str_from_offset(rest, 1);
	}
}

static void check_comment(struct exposition *e, struct str line)
{
	const struct str whole = line;

	str_cut(&line, ' ');
	const struct str what = str_cut(&line, ' ');
	const struct str name = str_cut(&line, ' ');

	cr_assert(is_name(name), "%.*s", STR_ARG(whole));
	cr_assert_gt(line.len, 0, "%.*s says nothing", STR_ARG(whole));
	if (str_is(what, "HELP"))
		return;
	cr_assert(str_is(what, "TYPE") && (str_is(line, "counter") || str_is(line, "gauge") ||
						  str_is(line, "histogram")),
		"%.*s", STR_ARG(whole));
	snprintf(e->family, sizeof(e->family), "%.*s", STR_ARG(name));
	e->families++;
}

static void check_sample(struct exposition *e, struct str line)
{
	size_t len = 0;
	char number[64], *end;

	while (len < line.len && line.at[len] != ' ' && line.at[len] != '{')
		len++;
	const struct str name = {line.at, len};
	struct str value = str_from_offset(line, len);

	cr_assert(is_name(name) && str_starts(name, e->family), "%.*s is not of %s", STR_ARG(line),
		e->family);
	if (value.at[0] == '{')
		value = check_labels(value);
	cr_assert(value.len > 1 && value.at[0] == ' ', "%.*s", STR_ARG(line));
	snprintf(number, sizeof(number), "%.*s", STR_ARG(str_from_offset(value, 1)));
	strtod(number, &end);
	cr_assert(end != number && *end == '\0', "%.*s", STR_ARG(line));
	e->samples++;
}

static void check_exposition(struct exposition *e)
{
	while (e->rest.len) {
		const struct str line = {e->rest.at, str_find(e->rest, '\n')};

		cr_assert_lt(line.len, e->rest.len, "the last line ends");
		if (line.len && line.at[0] == '#')
			check_comment(e, line);
		else
			check_sample(e, line);
		e->rest = str_from_offset(e->rest, line.len + 1);
	}
}

Test(e2e_ops, metrics_are_what_prometheus_reads)
{
	struct http_client *client = server_process_open(&server);
	const struct str review = review_text(&arena, &(struct review_text){0});
	struct http_reply reply = {0};

	ask_review(&arena, client, "/mutate", review);
	ask_review(&arena, client, "/validate", review);
	ask_review(&arena, client, "/validate", STR("{}"));
	cr_assert_eq(server_process_get(&server, "/metrics", &reply), 200);
	cr_expect(
		str_starts(http_reply_header(&reply, "Content-Type"), "text/plain; version=0.0.4"));
	struct exposition e = {.rest = buf_str(&reply.body)};

	check_exposition(&e);
	cr_expect(e.families >= 15 && e.samples > 30, "%zu and %zu", e.families, e.samples);
	http_reply_done(&reply);
	http_client_close(&client);
}

Test(e2e_ops, what_was_decided_is_counted)
{
	static const struct {
		const char *name;
		double value;
	} CASES[] = {
		{"raygate_admission_requests_total{webhook=\"validate\",kind=\"RayCluster\","
		 "operation=\"CREATE\",decision=\"allowed\"}",
			1},
		{"raygate_admission_requests_total{webhook=\"validate\",kind=\"RayCluster\","
		 "operation=\"CREATE\",decision=\"denied\"}",
			1},
		{"raygate_rule_violations_total{rule=\"RG1401\",namespace=\"ray\"}", 1},
		{"raygate_admission_malformed_total", 1},
		{"raygate_http_requests_total{path=\"/validate\",code=\"200\"}", 2},
		{"raygate_http_requests_total{path=\"/validate\",code=\"400\"}", 1},
		{"raygate_quota_clusters", 1},
		{"raygate_admission_duration_seconds_count{webhook=\"validate\"}", 2},
		{"raygate_http_connections", 1},
	};
	struct http_client *client = server_process_open(&server);

	ask_review(&arena, client, "/validate",
		review_text(&arena, &(struct review_text){.name = "a", .cpu = "4"}));
	ask_review(&arena, client, "/validate",
		review_text(&arena, &(struct review_text){.name = "b"}));
	ask_review(&arena, client, "/validate", STR("[]"));
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const double value = server_process_metric(&server, CASES[i].name);

		cr_expect_float_eq(value, CASES[i].value, 0.1, "%s is %g", CASES[i].name, value);
	}
	http_client_close(&client);
}
