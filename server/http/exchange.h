/*
 * One request from its first line to its answer, without a socket: the listener feeds it what the
 * HTTP library has taken apart, in this order:
 *
 *	http_exchange_begin   the request line is there
 *	http_exchange_head    the headers are whole
 *	http_exchange_body    some bytes, as often as they come
 *	http_exchange_answer  all is there (or head said so): runs the handler
 *	http_exchange_end     the answer is on its way, or the client is gone; always called
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "server/http/budget.h"
#include "server/http/head.h"
#include "server/http/limits.h"
#include "server/http/refusal.h"
#include "server/http/router.h"

/* What one listener's exchanges share. Any thread may count; anyone may read. */
struct http_counters {
	atomic_llong in_flight;
	atomic_llong requests;
	atomic_llong bytes_in;  /* bodies */
	atomic_llong bytes_out; /* bodies */
	atomic_llong refused[HTTP_REFUSAL_COUNT];
};

/* One answered request, as a metric or an access log wants it. */
struct http_done {
	const struct http_route *route; /* NULL when none was found */
	int status;
	enum http_refusal refusal;
	int64_t nanoseconds; /* from the headers' end until the answer is written */
	size_t bytes_in, bytes_out;
};

typedef void http_done_fn(const struct http_done *done, void *data);

enum { HTTP_ARENAS_MAX = 64 };

struct http_core {
	struct http_router router;
	struct http_limits limits;
	struct http_budgets budgets;
	struct http_counters counters;
	http_done_fn *on_done; /* or NULL; called in the threads of the listener */
	void *on_done_data;

	/* Handlers at work hold one each; between requests they wait here with their memory. */
	pthread_mutex_t arenas_lock;
	struct arena arenas[HTTP_ARENAS_MAX];
	size_t arena_count;
};

void http_core_init(
	struct http_core *core, const struct http_router *router, const struct http_limits *limits);
void http_core_done(struct http_core *core);
/* Gives back what large requests needed; called now and then, so that a burst of them is quick. */
void http_core_trim(struct http_core *core);

enum { HTTP_TARGET_MAX = 512 };

struct http_exchange {
	bool open;                    /* between begin and end */
	char target[HTTP_TARGET_MAX]; /* a copy, since the library decodes in place */
	size_t target_len;
	enum http_refusal refusal;
	const struct http_route *route;
	struct http_request request;
	struct http_body body;
	size_t arrived; /* bytes of the body, kept or not */
	int64_t body_started;
};

void http_exchange_begin(struct http_exchange *x, struct http_core *core, struct str target);

enum http_next {
	HTTP_NEXT_READ,   /* the body, if there is one; then answer */
	HTTP_NEXT_ANSWER, /* at once, reading no further; then hang up */
};
/* head->target is set here; its other parts must live until http_exchange_end. */
enum http_next http_exchange_head(
	struct http_exchange *x, struct http_core *core, struct http_head *head, int64_t now);

/* False: this client will not stop; hang up without an answer. */
MUST_CHECK bool http_exchange_body(
	struct http_exchange *x, struct http_core *core, struct str bytes);
/* When the body must be there, or further; a later one each time that bytes have arrived. */
int64_t http_exchange_body_deadline(const struct http_exchange *x, const struct http_core *core);

/* The caller sends response->body and frees it. */
void http_exchange_answer(struct http_exchange *x, struct http_core *core, int64_t now,
	struct http_response *response);
/* Whether nothing may follow on this connection. */
bool http_exchange_hangs_up(const struct http_exchange *x);
/* Forgets everything; may be called when nothing began. */
void http_exchange_end(struct http_exchange *x, struct http_core *core);
