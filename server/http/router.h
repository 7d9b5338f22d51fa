/*
 * What a handler sees of HTTP: a request, a response, and the table of routes that leads to it.
 * Nothing here knows a socket.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/str.h"
#include "server/http/limits.h"
#include "server/http/refusal.h"

struct arena;

/* All of it is borrowed and gone when the handler returns. */
struct http_request {
	struct str method;
	struct str path;
	struct str query; /* without '?', not decoded */
	struct str content_type;
	struct str body;
	struct arena *arena; /* empty at the start, forgotten at the end of the request */
	int64_t received;    /* clock_now() when the headers were whole */
	int64_t deadline;    /* clock_now() at which the client has given up */
};

enum { HTTP_HEADERS_MAX = 4, HTTP_HEADER_VALUE_MAX = 64 };

/*
 * Handlers set status and type and write into body; the body is sent from where it lies and freed
 * by the listener. A status of 0 is answered with 500.
 */
struct http_response {
	int status;
	const char *content_type; /* a literal; NULL for none */
	struct buf body;
	struct http_header {
		const char *name; /* a literal */
		char value[HTTP_HEADER_VALUE_MAX];
	} headers[HTTP_HEADERS_MAX];
	size_t header_count;
};

/*
 * Answers with a metav1.Status: a sentence that says what is wrong and what to do. Replaces what
 * the body held. `retry_after` in seconds also becomes the header; 0 for none.
 */
void http_respond_status(struct http_response *response, int status, int retry_after,
	const char *format, ...) PRINTF_LIKE(4, 5);

/* Called in the thread that read the request; several at once for different requests. */
typedef void http_handler_fn(
	const struct http_request *request, struct http_response *response, void *data);

struct http_route {
	const char *method; /* "GET" takes HEAD too */
	const char *path;
	const char *content_type; /* what the body must be; NULL for a route that reads none */
	http_handler_fn *handler;
	void *data;
};

struct http_router {
	const struct http_route *routes;
	size_t count;
};

/* The route, or NULL and why there is none. `content_type` is the request's header. */
const struct http_route *http_router_find(const struct http_router *router, struct str method,
	struct str path, enum http_refusal *refusal);
/* Whether the route takes a body with this Content-Type. */
bool http_route_takes(const struct http_route *route, struct str content_type);
/* The answer to a refused request; `path` for the Allow header, `limits` for what was met. */
void http_router_refuse(const struct http_router *router, const struct http_limits *limits,
	enum http_refusal refusal, struct str path, struct http_response *response);
