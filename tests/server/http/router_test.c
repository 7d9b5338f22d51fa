#include "server/http/router.h"

#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"

static void nothing(const struct http_request *request, struct http_response *response, void *data)
{
	(void)request;
	(void)response;
	(void)data;
}

static const struct http_route ROUTES[] = {
	{"POST", "/mutate", "application/json", nothing, NULL},
	{"GET", "/healthz", NULL, nothing, NULL},
	{"GET", "/both", NULL, nothing, NULL},
	{"POST", "/both", NULL, nothing, NULL},
};
static const struct http_router ROUTER = {ROUTES, ARRAY_LEN(ROUTES)};

Test(router, a_route_is_found_by_method_and_whole_path)
{
	static const struct {
		const char *method, *path;
		int route; /* index, or -1 */
		enum http_refusal refusal;
	} CASES[] = {
		{"POST", "/mutate", 0, HTTP_REFUSAL_NONE},
		{"GET", "/healthz", 1, HTTP_REFUSAL_NONE},
		{"HEAD", "/healthz", 1, HTTP_REFUSAL_NONE},
		{"POST", "/both", 3, HTTP_REFUSAL_NONE},
		{"HEAD", "/both", 2, HTTP_REFUSAL_NONE},
		{"GET", "/mutate", -1, HTTP_REFUSAL_METHOD},
		{"HEAD", "/mutate", -1, HTTP_REFUSAL_METHOD},
		{"post", "/mutate", -1, HTTP_REFUSAL_METHOD},
		{"OPTIONS", "/both", -1, HTTP_REFUSAL_METHOD},
		{"POST", "/mutate/", -1, HTTP_REFUSAL_PATH},
		{"POST", "/mutat", -1, HTTP_REFUSAL_PATH},
		{"POST", "//mutate", -1, HTTP_REFUSAL_PATH},
		{"POST", "/mutate%00", -1, HTTP_REFUSAL_PATH},
		{"POST", "/%6dutate", -1, HTTP_REFUSAL_PATH},
		{"GET", "/", -1, HTTP_REFUSAL_PATH},
		{"GET", "", -1, HTTP_REFUSAL_PATH},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		enum http_refusal refusal = HTTP_REFUSAL_NONE;
		const struct http_route *const route = http_router_find(
			&ROUTER, str_from(CASES[i].method), str_from(CASES[i].path), &refusal);
		const int index = route ? (int)(route - ROUTES) : -1;

		cr_assert_eq(index, CASES[i].route, "%s %s", CASES[i].method, CASES[i].path);
		cr_assert_eq(refusal, CASES[i].refusal, "%s %s", CASES[i].method, CASES[i].path);
	}
}

static const char *header_of(const struct http_response *response, const char *name)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcmp(response->headers[i].name, name) == 0)
			return response->headers[i].value;
	}
	return NULL;
}

Test(router, a_wrong_method_is_told_which_ones_are_right)
{
	static const struct {
		const char *path, *allow;
	} CASES[] = {{"/mutate", "POST"}, {"/healthz", "GET, HEAD"}, {"/both", "GET, HEAD, POST"}};
	const struct http_limits limits = http_limits_default();

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct http_response response = {0};

		http_router_refuse(
			&ROUTER, &limits, HTTP_REFUSAL_METHOD, str_from(CASES[i].path), &response);
		cr_assert_eq(response.status, 405);
		cr_assert_str_eq(header_of(&response, "Allow"), CASES[i].allow);
		buf_done(&response.body);
	}
}

Test(router, every_refusal_is_a_status_that_says_what_to_do)
{
	const struct http_limits limits = http_limits_default();

	for (int i = HTTP_REFUSAL_NONE + 1; i < HTTP_REFUSAL_COUNT; i++) {
		const struct http_refusal_row *const row = http_refusal_row((enum http_refusal)i);
		struct http_response response = {0};

		cr_assert_not_null(row->name, "%d", i);
		http_router_refuse(
			&ROUTER, &limits, (enum http_refusal)i, STR("/mutate"), &response);
		cr_assert(response.status >= 400 && response.status < 500, "%s", row->name);
		cr_assert_str_eq(response.content_type, "application/json");
		cr_assert(str_contains(buf_str(&response.body), row->sentence), "%s", row->name);
		cr_assert_eq(header_of(&response, "Retry-After") != NULL, response.status == 429,
			"%s", row->name);
		buf_done(&response.body);
	}
}

Test(router, a_limit_that_was_met_is_named_with_its_value)
{
	struct http_limits limits = http_limits_default();
	struct http_response response = {0};

	limits.value[HTTP_LIMIT_BODY] = 4711;
	http_router_refuse(&ROUTER, &limits, HTTP_REFUSAL_TOO_LARGE, STR("/mutate"), &response);
	cr_expect(str_contains(buf_str(&response.body), "(limit 'body': 4711 bytes)"), "%.*s",
		STR_ARG(buf_str(&response.body)));
	cr_expect(str_contains(buf_str(&response.body), "no option raises"));
	buf_done(&response.body);
}

Test(router, a_status_is_what_a_kubernetes_client_expects)
{
	struct http_response response = {0};

	buf_add_cstr(&response.body, "half an answer");
	http_respond_status(&response, 429, 1, "wait for \"%s\"", "it\n");
	cr_assert(str_is(buf_str(&response.body),
			  "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
			  "\"status\":\"Failure\",\"message\":\"wait for \\\"it\\n\\\"\","
			  "\"reason\":\"TooManyRequests\",\"details\":{\"retryAfterSeconds\":1},"
			  "\"code\":429}\n"),
		"%.*s", STR_ARG(buf_str(&response.body)));
	cr_assert_str_eq(header_of(&response, "Retry-After"), "1");
	buf_done(&response.body);
}

Test(router, a_very_long_message_is_cut_and_stays_json)
{
	struct http_response response = {0};
	char text[4096];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	http_respond_status(&response, 404, 0, "%s", text);
	cr_assert(response.body.len < 1024);
	cr_assert(str_ends(buf_str(&response.body), ",\"reason\":\"NotFound\",\"code\":404}\n"));
	buf_done(&response.body);
}
