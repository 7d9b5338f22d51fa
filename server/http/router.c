#include "server/http/router.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/http/head.h"

/* metav1.StatusReason of a code; codes without one of their own have the empty reason. */
static const struct {
	int status;
	const char *reason;
} REASONS[] = {
	{400, "BadRequest"},
	{401, "Unauthorized"},
	{403, "Forbidden"},
	{404, "NotFound"},
	{405, "MethodNotAllowed"},
	{408, "Timeout"},
	{409, "Conflict"},
	{413, "RequestEntityTooLarge"},
	{415, "UnsupportedMediaType"},
	{422, "Invalid"},
	{429, "TooManyRequests"},
	{500, "InternalError"},
	{503, "ServiceUnavailable"},
	{504, "Timeout"},
};

static const char *reason_of(int status)
{
	for (size_t i = 0; i < ARRAY_LEN(REASONS); i++) {
		if (REASONS[i].status == status)
			return REASONS[i].reason;
	}
	return "";
}

/* At most HTTP_HEADERS_MAX of them, values shorter than HTTP_HEADER_VALUE_MAX. */
static void add_header(struct http_response *response, const char *name, struct str value)
{
	assert(response->header_count < HTTP_HEADERS_MAX && value.len < HTTP_HEADER_VALUE_MAX);
	struct http_header *const header = &response->headers[response->header_count++];

	header->name = name;
	memcpy(header->value, value.at, value.len);
	header->value[value.len] = '\0';
}

void http_respond_status(
	struct http_response *response, int status, int retry_after, const char *format, ...)
{
	char message[512];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);

	struct buf *const body = &response->body;

	response->status = status;
	response->content_type = "application/json";
	body->len = 0;
	buf_add(body, STR("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
			  "\"status\":\"Failure\",\"message\":"));
	buf_add_json_str(body, str_from(message));
	buf_printf(body, ",\"reason\":\"%s\"", reason_of(status));
	if (retry_after) {
		char seconds[16];

		snprintf(seconds, sizeof(seconds), "%d", retry_after);
		buf_printf(body, ",\"details\":{\"retryAfterSeconds\":%d}", retry_after);
		add_header(response, "Retry-After", str_from(seconds));
	}
	buf_printf(body, ",\"code\":%d}\n", status);
}

static bool takes_method(const struct http_route *route, struct str method)
{
	return str_is(method, route->method) ||
	       (str_is(method, "HEAD") && strcmp(route->method, "GET") == 0);
}

const struct http_route *http_router_find(const struct http_router *router, struct str method,
	struct str path, enum http_refusal *refusal)
{
	bool found = false;

	for (size_t i = 0; i < router->count; i++) {
		const struct http_route *const route = &router->routes[i];

		if (!str_is(path, route->path))
			continue;
		if (takes_method(route, method))
			return route;
		found = true;
	}
	*refusal = found ? HTTP_REFUSAL_METHOD : HTTP_REFUSAL_PATH;
	return NULL;
}

bool http_route_takes(const struct http_route *route, struct str content_type)
{
	return route->content_type == NULL || http_media_type_is(content_type, route->content_type);
}

static void add_allow(
	const struct http_router *router, struct str path, struct http_response *response)
{
	char allow[HTTP_HEADER_VALUE_MAX] = "";
	size_t len = 0;

	for (size_t i = 0; i < router->count; i++) {
		const struct http_route *const route = &router->routes[i];
		const bool is_get = strcmp(route->method, "GET") == 0;

		if (!str_is(path, route->path) || len + strlen(route->method) + 10 > sizeof(allow))
			continue;
		len += (size_t)snprintf(allow + len, sizeof(allow) - len, "%s%s%s", len ? ", " : "",
			route->method, is_get ? ", HEAD" : "");
	}
	add_header(response, "Allow", (struct str){allow, len});
}

void http_router_refuse(const struct http_router *router, const struct http_limits *limits,
	enum http_refusal refusal, struct str path, struct http_response *response)
{
	const struct http_refusal_row *const row = http_refusal_row(refusal);
	enum http_limit limit;

	if (http_refusal_limit(refusal, &limit))
		http_respond_status(response, row->status, row->retry_after,
			"%s (limit '%s': %lld %s)", row->sentence, http_limit_row(limit)->name,
			(long long)http_limit(limits, limit), http_limit_row(limit)->unit);
	else
		http_respond_status(response, row->status, row->retry_after, "%s", row->sentence);
	if (refusal == HTTP_REFUSAL_METHOD)
		add_allow(router, path, response);
}
