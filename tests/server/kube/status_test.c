#include "server/kube/status.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "server/kube/retry.h"

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 4096);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(kube_status, .init = setup, .fini = teardown);

static const struct json_node *node_of(const char *json)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 32, .nodes = 10000};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

Test(kube_status, a_status_is_decoded_with_its_causes)
{
	struct kube_status status;

	cr_assert(kube_status_decode(
		node_of("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
			"\"status\":\"Failure\",\"message\":\"no "
			"\\\"x\\\"\",\"reason\":\"Invalid\","
			"\"details\":{\"name\":\"x\",\"causes\":[{\"reason\":\"FieldValueInvalid\","
			"\"message\":\"m\",\"field\":\"spec.a\"},{\"field\":\"spec.b\"}],"
			"\"retryAfterSeconds\":3},\"code\":422}"),
		&arena, &status));
	cr_assert_eq(status.code, 422);
	cr_assert(str_is(status.reason, "Invalid"));
	cr_assert(str_is(status.message, "no \"x\""));
	cr_assert_eq(status.retry_after_s, 3);
	cr_assert_eq(status.cause_count, 2);
	cr_assert(str_is(status.causes[0].reason, "FieldValueInvalid"));
	cr_assert(str_is(status.causes[0].field, "spec.a"));
	cr_assert(str_is(status.causes[1].field, "spec.b"));
	cr_assert_eq(status.causes[1].message.len, 0);
}

Test(kube_status, what_is_no_status_is_not_taken_for_one)
{
	static const char *const CASES[] = {"{}", "[]", "3", "\"Status\"", "{\"kind\":\"Pod\"}",
		"{\"kind\":{}}", "{\"code\":404}"};
	struct kube_status status;

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_not(
			kube_status_decode(node_of(CASES[i]), &arena, &status), "%s", CASES[i]);
	cr_assert_not(kube_status_decode(NULL, &arena, &status));
}

Test(kube_status, odd_members_do_no_harm)
{
	struct kube_status status;
	CLEANUP(buf_done) struct buf many = {0};

	cr_assert(kube_status_decode(node_of("{\"kind\":\"Status\",\"code\":\"x\",\"reason\":7,"
					     "\"message\":null,\"details\":[3],\"x\":1}"),
		&arena, &status));
	cr_assert_eq(status.code, 0);
	cr_assert_eq(status.reason.len, 0);
	buf_add_cstr(&many, "{\"kind\":\"Status\",\"code\":99999999999,\"details\":{\"causes\":[");
	for (int i = 0; i < 1000; i++)
		buf_add_cstr(&many, i ? ",{}" : "{}");
	buf_add_cstr(&many, "]}}");
	buf_add_char(&many, '\0');
	cr_assert(kube_status_decode(node_of(many.at), &arena, &status));
	cr_assert_eq(status.code, 0);
	cr_assert_eq(status.cause_count, KUBE_CAUSES_LIMIT);
}

Test(kube_status, a_code_becomes_one_of_our_errors)
{
	static const struct {
		int code;
		enum err_code err;
	} CASES[] = {
		{400, ERR_INVALID},
		{401, ERR_FORBIDDEN},
		{403, ERR_FORBIDDEN},
		{404, ERR_NOT_FOUND},
		{409, ERR_CONFLICT},
		{410, ERR_UNAVAILABLE},
		{413, ERR_TOO_LARGE},
		{422, ERR_INVALID},
		{429, ERR_UNAVAILABLE},
		{500, ERR_UNAVAILABLE},
		{503, ERR_UNAVAILABLE},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct kube_status status = {.code = CASES[i].code, .message = STR("words")};
		struct err err;

		cr_assert_not(kube_status_err(&status, &err));
		cr_assert_eq(err.code, CASES[i].err, "%d", CASES[i].code);
		cr_assert_str_eq(err.text, "words");
	}
}

Test(kube_status, a_proxy_that_speaks_html_is_quoted_on_one_line)
{
	const struct kube_status status =
		kube_status_of_text(502, STR("\r\n<html>\n<b>Bad\x01Gateway</b>\xff\n"), &arena);

	cr_assert_eq(status.code, 502);
	cr_assert(str_is(status.message,
			  "HTTP status 502 without a Status: '<html> <b>Bad Gateway</b> '"),
		"%.*s", STR_ARG(status.message));
}

Test(kube_status, only_what_is_safe_is_tried_again)
{
	static const struct {
		struct kube_answer answer;
		bool whole, read, write;
	} CASES[] = {
		{{.fault = KUBE_FAULT_CONNECT}, false, true, true},
		{{.fault = KUBE_FAULT_BROKEN}, false, true, false},
		{{.fault = KUBE_FAULT_TIMEOUT}, false, false, false},
		{{.fault = KUBE_FAULT_TRUST}, false, false, false},
		{{.fault = KUBE_FAULT_TOO_LARGE}, false, false, false},
		{{.fault = KUBE_FAULT_ENDED}, false, false, false},
		{{.fault = KUBE_FAULT_US}, false, false, false},
		{{.status = 200}, true, false, false},
		{{.status = 404}, true, false, false},
		{{.status = 409}, true, false, false},
		{{.status = 409, .retry_after = 1}, true, false, false},
		{{.status = 410}, true, false, false},
		{{.status = 429}, true, true, true},
		{{.status = 429, .retry_after = 1}, true, true, true},
		{{.status = 500}, true, true, false},
		{{.status = 500, .retry_after = 1}, true, true, true},
		{{.status = 501, .retry_after = 1}, true, false, false},
		{{.status = 503}, true, true, false},
		{{.status = 503, .retry_after = 1}, true, true, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_assert_eq(kube_may_retry(true, CASES[i].whole, &CASES[i].answer), CASES[i].read,
			"read %zu", i);
		cr_assert_eq(kube_may_retry(false, CASES[i].whole, &CASES[i].answer),
			CASES[i].write, "write %zu", i);
	}
}
