#include "server/http/listener.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "tests/support/http_client.h"
#include "tests/support/listener_kit.h"

/* Most of this must hold in clear text and in TLS alike. */
static const bool BOTH[] = {false, true};

static struct listener_kit start(bool tls)
{
	const struct http_limits limits = http_limits_default();

	return listener_kit_start(tls, &limits);
}

static int ask(struct http_client *client, const char *method, const char *path, const char *body)
{
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	return http_client_ask(client, method, path, body, &reply);
}

static char *filled(size_t len)
{
	char *const text = mem_alloc(len + 1);

	memset(text, 'x', len);
	return text;
}

Test(listener, many_requests_follow_on_one_connection)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		for (int n = 0; n < 20; n++) {
			cr_assert_eq(
				http_client_ask(client, "POST", "/echo", "{\"a\":1}", &reply), 200);
			cr_assert_str_eq(reply.body.at, "{\"a\":1}");
			cr_assert(str_is(
				http_reply_header(&reply, "Content-Type"), "application/json"));
			cr_assert_eq(http_reply_header(&reply, "Connection").len, 0);
			cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 200);
			cr_assert_str_eq(reply.body.at, "hello\n");
		}
		cr_assert_eq(listener_kit_stats(&kit).accepted, 1);
		cr_assert_eq(listener_kit_stats(&kit).requests, 40);
	}
}

Test(listener, a_trusting_client_accepts_the_certificate_and_tls_1_2_too)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true);
	struct http_client *client CLEANUP(
		http_client_close) = http_client_open(&(struct http_client_options){
		.port = kit.port, .tls = true, .ca_pem = kit.ca.cert_pem, .name = "localhost"});

	cr_assert_not_null(client);
	cr_assert_eq(ask(client, "GET", "/hello", NULL), 200);
	kit_run("echo | openssl s_client -connect 127.0.0.1:%d -tls1_2 >/dev/null 2>&1", kit.port);
	kit_run("! (echo | openssl s_client -connect 127.0.0.1:%d -tls1_1 "
		"-cipher DEFAULT@SECLEVEL=0 >/dev/null 2>&1)",
		kit.port);
}

Test(listener, requests_sent_at_once_are_answered_in_order)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};
		struct buf all CLEANUP(buf_done) = {0};
		char want[16];

		for (int n = 0; n < 50; n++)
			buf_printf(&all,
				"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n%04d",
				n);
		cr_assert(http_client_send(client, buf_str(&all)));
		for (int n = 0; n < 50; n++) {
			cr_assert(http_client_read(client, &reply), "answer %d", n);
			snprintf(want, sizeof(want), "%04d", n);
			cr_assert_str_eq(reply.body.at, want);
		}
	}
}

Test(listener, a_request_cut_at_any_byte_is_the_same_request)
{
	static const char REQUEST[] = "POST /echo?timeout=5s HTTP/1.1\r\nHost: a\r\n"
				      "Content-Type: application/json\r\n"
				      "Content-Length: 7\r\n\r\n{\"a\":1}";
	static const char CHUNKED[] = "POST /echo HTTP/1.1\r\nHost: a\r\n"
				      "Content-Type: application/json\r\n"
				      "Transfer-Encoding: chunked\r\n\r\n"
				      "3;x=y\r\n{\"a\r\n4\r\n\":1}\r\n0\r\nTrailer: x\r\n\r\n";
	static const struct str REQUESTS[] = {STR_INIT(REQUEST), STR_INIT(CHUNKED)};
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (size_t r = 0; r < ARRAY_LEN(REQUESTS); r++) {
		for (size_t cut = 1; cut < REQUESTS[r].len; cut++) {
			cr_assert(http_client_send(client, (struct str){REQUESTS[r].at, cut}));
			cr_assert(http_client_send(client, str_from_offset(REQUESTS[r], cut)));
			cr_assert(http_client_read(client, &reply), "%zu cut at %zu", r, cut);
			cr_assert_eq(reply.status, 200, "%zu cut at %zu", r, cut);
			cr_assert_str_eq(reply.body.at, "{\"a\":1}");
		}
		for (size_t at = 0; at < REQUESTS[r].len; at++)
			cr_assert(http_client_send(client, (struct str){REQUESTS[r].at + at, 1}));
		cr_assert(http_client_read(client, &reply));
		cr_assert_str_eq(reply.body.at, "{\"a\":1}");
	}
}

Test(listener, errors_of_http_have_their_status_and_the_connection_lives_on)
{
	static const struct {
		const char *request;
		int status;
		const char *reason;
	} CASES[] = {
		{"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", 404, "NotFound"},
		{"GET /echo HTTP/1.1\r\nHost: a\r\n\r\n", 405, "MethodNotAllowed"},
		{"POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", 405,
			"MethodNotAllowed"},
		{"BREW /hello HTTP/1.1\r\nHost: a\r\n\r\n", 405, "MethodNotAllowed"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", 415,
			"UnsupportedMediaType"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/yaml\r\n"
		 "Content-Length: 2\r\n\r\n{}",
			415, "UnsupportedMediaType"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
		 "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
			415, "UnsupportedMediaType"},
		{"POST /echo HTTP/1.1\r\nHost: a\r\nExpect: cake\r\nContent-Length: 0\r\n\r\n", 417,
			""},
		{"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 500, "InternalError"},
	};

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		for (size_t n = 0; n < ARRAY_LEN(CASES); n++) {
			char reason[64];

			snprintf(reason, sizeof(reason), "\"reason\":\"%s\"", CASES[n].reason);
			cr_assert(http_client_printf(client, "%s", CASES[n].request));
			cr_assert(http_client_read(client, &reply), "%s", CASES[n].request);
			cr_assert_eq(reply.status, CASES[n].status, "%s: %d", CASES[n].request,
				reply.status);
			cr_assert(str_contains(buf_str(&reply.body), reason), "%s", reply.body.at);
			cr_assert(str_is(
				http_reply_header(&reply, "Content-Type"), "application/json"));
		}
		cr_assert_eq(ask(client, "GET", "/hello", NULL), 200);
		cr_assert_eq(listener_kit_stats(&kit).accepted, 1);
	}
}

Test(listener, doubtful_framing_is_answered_with_400_and_nothing_after_it_is_read)
{
	static const char *const CASES[] = {
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: "
		"3\r\n\r\nabc",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: "
		"4\r\n\r\nabc",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, "
		"chunked\r\n\r\n0\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc",
		"GET /hello HTTP/1.1\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"GET /hel lo HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET hello HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET /hello HTTP/1.1\r\n Host: a\r\n\r\n",
		"GET /hello HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);

		for (size_t n = 0; n < ARRAY_LEN(CASES); n++) {
			struct http_client *client CLEANUP(http_client_close) =
				http_client_connect(kit.port, BOTH[i]);
			struct http_reply reply CLEANUP(http_reply_done) = {0};

			cr_assert(http_client_printf(client,
				"%sGET /hello HTTP/1.1\r\nHost: smuggled\r\n\r\n", CASES[n]));
			cr_assert(http_client_read(client, &reply), "%s", CASES[n]);
			cr_assert_eq(reply.status, 400, "%d: %s", reply.status, CASES[n]);
			cr_assert_not(http_client_read(client, &reply), "%s", CASES[n]);
		}
	}
}

Test(listener, a_body_as_large_as_the_limit_is_read_and_one_more_byte_is_not)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct http_limits limits = http_limits_default();

		limits.value[HTTP_LIMIT_BODY] = 1024 * 1024;
		limits.value[HTTP_LIMIT_BODY_DISCARD] = 2048 * 1024;
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};
		char *body CLEANUP(mem_free) = filled(1024 * 1024);

		cr_assert_eq(http_client_ask(client, "POST", "/echo", body, &reply), 200);
		cr_assert_eq(reply.body.len, 1024 * 1024);
		cr_assert(http_client_printf(client,
			"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n"));
		cr_assert(http_client_read(client, &reply), "the length alone is enough to refuse");
		cr_assert_eq(reply.status, 413);
		cr_assert(http_client_is_ended(client));
		cr_assert_eq(listener_kit_stats(&kit).memory_large, 0);
	}
}

Test(listener, a_length_that_no_number_holds_is_too_large)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	static const char *const LENGTHS[] = {
		"9223372036854775807", "18446744073709551615", "99999999999999999999999"};

	for (size_t i = 0; i < ARRAY_LEN(LENGTHS); i++) {
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, false);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		cr_assert(http_client_printf(client,
			"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n", LENGTHS[i]));
		cr_assert(http_client_read(client, &reply));
		cr_assert_eq(reply.status, 413, "%s: %d", LENGTHS[i], reply.status);
	}
}

Test(listener, chunks_beyond_the_limit_are_refused_and_endless_ones_cut_off)
{
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_BODY] = 64 * 1024;
	limits.value[HTTP_LIMIT_BODY_DISCARD] = 256 * 1024;
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	char *piece CLEANUP(mem_free) = filled(4096);

	cr_assert(http_client_printf(
		client, "POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
	for (int n = 0; n < 32; n++)
		cr_assert(http_client_printf(client, "1000\r\n%s\r\n", piece));
	cr_assert(http_client_printf(client, "0\r\n\r\n"));
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 413);
	cr_assert_eq(ask(client, "GET", "/hello", NULL), 200, "the rest was read in between");

	bool sent = http_client_printf(
		client, "POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

	for (int n = 0; sent && n < 100000; n++)
		sent = http_client_printf(client, "1000\r\n%s\r\n", piece);
	cr_assert_not(sent);
	cr_assert_eq(listener_kit_stats(&kit).memory_small, 0);
}

Test(listener, a_client_that_asks_first_is_told_to_go_on_or_why_not)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		cr_assert(http_client_printf(client, "POST /any HTTP/1.1\r\nHost: a\r\n"
						     "Expect: 100-continue\r\n"
						     "Content-Length: 3\r\n\r\n"));
		cr_assert(http_client_read(client, &reply));
		cr_assert_eq(reply.status, 100);
		cr_assert(http_client_printf(client, "abc"));
		cr_assert(http_client_read(client, &reply));
		cr_assert_eq(reply.status, 200);
		cr_assert_str_eq(reply.body.at, "abc");
		cr_assert(http_client_printf(client, "POST /echo HTTP/1.1\r\nHost: a\r\n"
						     "Expect: 100-Continue\r\n"
						     "Content-Length: 3\r\n\r\n"));
		cr_assert(http_client_read(client, &reply));
		cr_assert_eq(reply.status, 415, "before a byte of the body was sent");
	}
}

Test(listener, head_has_the_headers_of_get_and_no_body)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (int n = 0; n < 3; n++) {
		cr_assert_eq(http_client_ask(client, "HEAD", "/hello", NULL, &reply), 200);
		cr_assert(str_is(http_reply_header(&reply, "Content-Length"), "6"));
		cr_assert_eq(http_client_ask(client, "HEAD", "/echo", NULL, &reply), 405);
		cr_assert(str_is(http_reply_header(&reply, "Allow"), "POST"));
	}
	cr_assert_eq(ask(client, "GET", "/hello", NULL), 200);
}

Test(listener, a_body_where_none_is_needed_does_no_harm)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);

	cr_assert_eq(ask(client, "GET", "/hello", "GET /nowhere HTTP/1.1\r\n\r\n"), 200);
	cr_assert_eq(ask(client, "GET", "/hello", NULL), 200);
	cr_assert_eq(ask(client, "POST", "/any", ""), 200);
	cr_assert_eq(ask(client, "POST", "/any", NULL), 200);
}

Test(listener, the_patience_of_the_client_is_the_deadline_of_the_request)
{
	static const struct {
		const char *path, *patience;
	} CASES[] = {
		{"/patience?timeout=5s", "5000"},
		{"/patience?a=b&timeout=250ms", "250"},
		{"/patience", "30000"},
		{"/patience?timeout=", "30000"},
		{"/patience?timeout=soon", "30000"},
		{"/patience?timeout=-5s", "30000"},
		{"/patience?timeout=0s", "30000"},
		{"/patience?timeout=100h", "30000"},
	};
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_assert_eq(http_client_ask(client, "GET", CASES[i].path, NULL, &reply), 200);
		cr_assert_str_eq(reply.body.at, CASES[i].patience, "%s", CASES[i].path);
	}
}

Test(listener, a_request_that_arrives_after_its_own_deadline_is_408)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert(http_client_printf(client, "POST /any?timeout=1ns HTTP/1.1\r\nHost: a\r\n"
					     "Content-Length: 1\r\n\r\nx"));
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 408);
}

Test(listener, http_1_0_is_answered_and_closed)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert(http_client_printf(client, "GET /hello HTTP/1.0\r\n\r\n"));
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 200);
	cr_assert(http_client_is_ended(client));
}

Test(listener, a_big_answer_arrives_whole)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i]);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		for (int n = 0; n < 3; n++) {
			cr_assert_eq(http_client_ask(client, "GET", "/big", NULL, &reply), 200);
			cr_assert_eq(reply.body.len, LISTENER_KIT_BIG);
		}
	}
}

Test(listener, a_long_target_is_414_and_huge_headers_are_431)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	char *text CLEANUP(mem_free) = filled(40000);

	cr_assert(http_client_printf(client, "GET /%.600s HTTP/1.1\r\nHost: a\r\n\r\n", text));
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 414);
	cr_assert_eq(ask(client, "GET", "/hello", NULL), 200);
	http_client_printf(client, "GET /hello HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n", text);
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 431);
	cr_assert(http_client_is_ended(client));
}

Test(listener, what_prevents_the_start_is_said)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true);
	struct mint_pair other CLEANUP(mint_pair_done) = listener_kit_pair(&kit);
	struct listener *listener;
	struct err err;
	struct listener_options options = {
		.address = "127.0.0.1:0",
		.key = STR("no key"),
		.cert = str_from(kit.pair.cert_pem),
		.limits = http_limits_default(),
	};

	cr_assert_not(listener_start(&options, &listener, &err));
	cr_assert(str_contains(str_from(err.text), "HTTPS"), "%s", err.text);
	options.key = str_from(other.key_pem);
	cr_assert_not(listener_start(&options, &listener, &err), "the key of another certificate");
	options.address = "nowhere";
	cr_assert_not(listener_start(&options, &listener, &err));
	cr_assert(str_contains(str_from(err.text), "nowhere"), "%s", err.text);
}
