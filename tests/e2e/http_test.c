/* Errors of HTTP itself: each is a metav1.Status with a sentence, and none ends the server. */
#include <criterion/criterion.h>

#include "tests/e2e/reviews.h"
#include "tests/support/server_process.h"

enum { BODY_MAX = 8 * 1024 * 1024 };

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

TestSuite(e2e_http, .init = start, .fini = stop, .timeout = 120);

/* One request on a connection of its own; *reply is read. */
static struct answer send_bytes(struct str bytes, struct http_reply *reply)
{
	struct http_client *client = server_process_open(&server);

	cr_assert(http_client_send(client, bytes));
	cr_assert(http_client_read(client, reply), "no answer to %.80s", bytes.at);
	http_client_close(&client);
	return read_answer(&arena, reply);
}

Test(e2e_http, a_request_for_something_else_is_told_so)
{
	static const struct {
		const char *name, *request;
		int status;
		const char *allow;
	} CASES[] = {
		{"GET of a webhook", "GET /mutate HTTP/1.1\r\nHost: h\r\n\r\n", 405, "POST"},
		{"PUT of a webhook",
			"PUT /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 405,
			"POST"},
		{"DELETE of a webhook", "DELETE /validate HTTP/1.1\r\nHost: h\r\n\r\n", 405,
			"POST"},
		{"no such path", "POST /other HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
			404, ""},
		{"a path below one",
			"POST /mutate/x HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", 404, ""},
		{"the ops port's path", "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n", 404, ""},
		{"YAML",
			"POST /mutate HTTP/1.1\r\nHost: h\r\nContent-Type: application/yaml\r\n"
			"Content-Length: 0\r\n\r\n",
			415, ""},
		{"no type", "POST /mutate HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}", 415,
			""},
		{"no host", "GET /mutate HTTP/1.1\r\n\r\n", 400, ""},
		{"two lengths",
			"POST /mutate HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nContent-Length: 3"
			"\r\n\r\n{}",
			400, ""},
		{"length and chunked",
			"POST /mutate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
			"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
			400, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct http_reply reply = {0};
		const struct answer answer = send_bytes(str_from(CASES[i].request), &reply);
		const struct str allow = http_reply_header(&reply, "Allow");

		cr_expect_eq(
			answer.status, CASES[i].status, "%s: %d", CASES[i].name, answer.status);
		cr_expect(str_is(allow, CASES[i].allow), "%s: Allow: %.*s", CASES[i].name,
			STR_ARG(allow));
		http_reply_done(&reply);
	}
}

#define WHAT                                                                                       \
	"\"kind\":{\"kind\":\"RayCluster\"},\"resource\":{\"group\":\"ray.io\",\"resource\":"      \
	"\"rayclusters\"}"

Test(e2e_http, a_body_that_is_no_review_is_told_why)
{
	static const struct {
		const char *body, *sentence;
	} CASES[] = {
		{"", "empty"},
		{"{", "not JSON"},
		{"kind: AdmissionReview", "not JSON"},
		{"[]", "must be a JSON object"},
		{"\"AdmissionReview\"", "must be a JSON object"},
		{"{}", "its kind must be"},
		{"{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", "its kind must be"},
		{"{\"kind\":\"AdmissionReview\"}", "version '' is not served"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1beta1\"}",
			"admission.k8s.io/v1beta1' is not served"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\"}",
			"has no request"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
		 "\"request\":{}}",
			"request.uid is missing"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
		 "\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\"}}",
			"request.kind.kind is missing"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
		 "\"request\":{\"uid\":\"u\"," WHAT ",\"operation\":\"LOOK\"}}",
			"request.operation must be"},
		{"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\","
		 "\"request\":{\"uid\":\"u\"," WHAT ",\"operation\":\"CREATE\",\"object\":null}}",
			"request.object is missing"},
		{"{\"kind\":\"AdmissionReview\",\"kind\":\"AdmissionReview\"}", "not JSON"},
	};
	struct http_client *client = server_process_open(&server);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct answer answer =
			ask_review(&arena, client, "/validate", str_from(CASES[i].body));

		cr_expect_eq(answer.status, 400, "%s: %d", CASES[i].body, answer.status);
		cr_expect(str_contains(answer.message, CASES[i].sentence), "%s: %.*s",
			CASES[i].body, STR_ARG(answer.message));
	}
	http_client_close(&client);
}

/* A review with white space behind it, of exactly this size. */
static struct str padded(size_t size)
{
	const struct str review = review_text(&arena, &(struct review_text){0});
	char *const body = arena_alloc(&arena, size);

	memset(body, ' ', size);
	memcpy(body, review.at, review.len);
	return (struct str){body, size};
}

Test(e2e_http, eight_mebibytes_are_taken_and_a_byte_more_is_not)
{
	struct http_client *client = server_process_open(&server);

	cr_expect(ask_review(&arena, client, "/validate", padded(BODY_MAX)).allowed);
	http_client_close(&client);

	/* The length alone is enough: nobody should send the rest. */
	struct http_reply reply = {0};
	const struct answer answer = send_bytes(
		arena_printf(&arena,
			"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
			"Content-Length: %d\r\n\r\n",
			BODY_MAX + 1),
		&reply);

	cr_expect_eq(answer.status, 413, "%d", answer.status);
	http_reply_done(&reply);
}

Test(e2e_http, a_body_in_chunks_is_a_body)
{
	const struct str body = review_text(&arena, &(struct review_text){0});
	const struct str head =
		STR("POST /mutate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n");
	struct buf request = {0};
	struct http_reply reply = {0};

	buf_add(&request, head);
	for (size_t i = 0; i < body.len; i++)
		buf_printf(&request, "1\r\n%c\r\n", body.at[i]);
	buf_add_cstr(&request, "0\r\n\r\n");
	cr_expect(send_bytes(buf_str(&request), &reply).allowed);
	http_reply_done(&reply);
	buf_done(&request);
}

Test(e2e_http, clear_text_on_the_tls_port_ends_the_connection)
{
	struct http_client *client = http_client_connect_raw(server.webhook_port);
	struct http_reply reply = {0};

	cr_expect_eq(http_client_ask(client, "GET", "/mutate", NULL, &reply), 0);
	http_client_close(&client);
	http_reply_done(&reply);
}
