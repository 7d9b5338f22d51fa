#include "server/http/exchange.h"

#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "server/http/duration.h"

static void count(atomic_llong *counter, long long n)
{
	atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

void http_core_init(
	struct http_core *core, const struct http_router *router, const struct http_limits *limits)
{
	*core = (struct http_core){.router = *router, .limits = *limits};
	http_budgets_init(&core->budgets, limits);
	pthread_mutex_init(&core->arenas_lock, NULL);
}

void http_core_done(struct http_core *core)
{
	for (size_t i = 0; i < core->arena_count; i++)
		arena_done(&core->arenas[i]);
	pthread_mutex_destroy(&core->arenas_lock);
}

static struct arena arena_borrow(struct http_core *core)
{
	struct arena arena;

	pthread_mutex_lock(&core->arenas_lock);
	if (core->arena_count)
		arena = core->arenas[--core->arena_count];
	else
		arena_init(&arena, (size_t)http_limit(&core->limits, HTTP_LIMIT_ARENA));
	pthread_mutex_unlock(&core->arenas_lock);
	return arena;
}

void http_core_trim(struct http_core *core)
{
	pthread_mutex_lock(&core->arenas_lock);
	for (size_t i = 0; i < core->arena_count; i++)
		arena_trim(&core->arenas[i]);
	pthread_mutex_unlock(&core->arenas_lock);
}

static void arena_return(struct http_core *core, struct arena arena)
{
	arena_reset(&arena);
	pthread_mutex_lock(&core->arenas_lock);
	if (core->arena_count < HTTP_ARENAS_MAX) {
		core->arenas[core->arena_count++] = arena;
		arena = (struct arena){0};
	}
	pthread_mutex_unlock(&core->arenas_lock);
	arena_done(&arena);
}

void http_exchange_begin(struct http_exchange *x, struct http_core *core, struct str target)
{
	assert(!x->open);
	x->open = true;
	x->refusal = HTTP_REFUSAL_NONE;
	x->route = NULL;
	x->request = (struct http_request){0};
	x->arrived = 0;
	x->target_len = target.len;
	if (target.len > sizeof(x->target)) {
		x->refusal = HTTP_REFUSAL_TARGET_LONG;
		x->target_len = sizeof(x->target);
	}
	if (x->target_len)
		memcpy(x->target, target.at, x->target_len);
	http_body_begin(&x->body, HTTP_BODY_UNKNOWN);
	count(&core->counters.requests, 1);
	count(&core->counters.in_flight, 1);
}

/* What ?timeout= says, within bounds; what is no duration counts as not said. */
static int64_t deadline_of(struct str query, const struct http_limits *limits, int64_t now)
{
	const int64_t most = http_limit(limits, HTTP_LIMIT_REQUEST_MS) * CLOCK_MILLISECOND;
	struct str text;
	int64_t timeout;

	if (!http_query_get(query, "timeout", &text) || !http_duration_parse(text, &timeout) ||
		timeout <= 0 || timeout > most)
		timeout = most;
	return now + timeout;
}

static bool wants_continue(const struct http_head *head)
{
	return str_is_nocase(head->expect, "100-continue");
}

/* Refusals of what is asked for; the framing is sound by now. */
static enum http_refusal judge_request(
	struct http_exchange *x, struct http_core *core, const struct http_head *head)
{
	enum http_refusal refusal = HTTP_REFUSAL_NONE;
	const bool has_body = http_head_length(head) > 0 || http_head_is_chunked(head);

	if (head->is_strangers)
		return HTTP_REFUSAL_STRANGER;
	if (head->expect.len && !wants_continue(head))
		return HTTP_REFUSAL_EXPECT;
	if (atomic_load_explicit(&core->counters.in_flight, memory_order_relaxed) >
		http_limit(&core->limits, HTTP_LIMIT_IN_FLIGHT))
		return HTTP_REFUSAL_BUSY;
	x->route = http_router_find(&core->router, head->method, x->request.path, &refusal);
	if (x->route == NULL)
		return refusal;
	if (http_head_length(head) > http_limit(&core->limits, HTTP_LIMIT_BODY))
		return HTTP_REFUSAL_TOO_LARGE;
	if (has_body && head->content_encoding.len &&
		!str_is_nocase(head->content_encoding, "identity"))
		return HTTP_REFUSAL_CONTENT_ENCODING;
	if (head->content_types > 1 || !http_route_takes(x->route, head->content_type))
		return HTTP_REFUSAL_MEDIA_TYPE;
	return HTTP_REFUSAL_NONE;
}

enum http_next http_exchange_head(
	struct http_exchange *x, struct http_core *core, struct http_head *head, int64_t now)
{
	const bool too_long = x->refusal == HTTP_REFUSAL_TARGET_LONG;

	x->body_started = now;
	x->request.received = now;
	x->request.method = head->method;
	x->request.content_type = head->content_type;
	head->target = (struct str){x->target, x->target_len};
	const enum http_refusal framing = http_head_judge(head);

	if (framing != HTTP_REFUSAL_NONE) {
		x->refusal = framing;
		return HTTP_NEXT_ANSWER;
	}
	const long long length = http_head_length(head);

	http_head_split_target(head->target, &x->request.path, &x->request.query);
	x->request.deadline = deadline_of(x->request.query, &core->limits, now);
	if (!too_long)
		x->refusal = judge_request(x, core, head);
	http_body_begin(&x->body, length);
	/* A refused body is read to its end where that is cheap: the client surely gets its
	 * answer, and the connection lives on. */
	const bool costly = wants_continue(head) || http_exchange_hangs_up(x) ||
			    length > http_limit(&core->limits, HTTP_LIMIT_BODY);

	return x->refusal != HTTP_REFUSAL_NONE && costly ? HTTP_NEXT_ANSWER : HTTP_NEXT_READ;
}

bool http_exchange_body(struct http_exchange *x, struct http_core *core, struct str bytes)
{
	x->arrived += bytes.len;
	count(&core->counters.bytes_in, (long long)bytes.len);
	if (x->arrived > (size_t)http_limit(&core->limits, HTTP_LIMIT_BODY) &&
		x->refusal == HTTP_REFUSAL_NONE)
		x->refusal = HTTP_REFUSAL_TOO_LARGE;
	if (x->refusal == HTTP_REFUSAL_NONE && !http_body_add(&x->body, &core->budgets, bytes))
		x->refusal = HTTP_REFUSAL_MEMORY;
	if (x->refusal == HTTP_REFUSAL_NONE)
		return true;
	http_body_drop(&x->body);
	return x->arrived <= (size_t)http_limit(&core->limits, HTTP_LIMIT_BODY_DISCARD);
}

int64_t http_exchange_body_deadline(const struct http_exchange *x, const struct http_core *core)
{
	const struct http_limits *const limits = &core->limits;
	const int64_t grace = http_limit(limits, HTTP_LIMIT_BODY_GRACE_MS) * CLOCK_MILLISECOND;
	const int64_t most = http_limit(limits, HTTP_LIMIT_BODY_MS) * CLOCK_MILLISECOND;
	const int64_t earned =
		(int64_t)x->arrived * (CLOCK_SECOND / http_limit(limits, HTTP_LIMIT_RATE));

	return x->body_started + (grace + earned < most ? grace + earned : most);
}

static void run_handler(
	struct http_exchange *x, struct http_core *core, struct http_response *response)
{
	struct arena arena = arena_borrow(core);

	x->request.arena = &arena;
	x->request.body = http_body_str(&x->body);
	x->route->handler(&x->request, response, x->route->data);
	x->request.arena = NULL;
	arena_return(core, arena);
	if (response->status == 0)
		http_respond_status(response, 500, 0,
			"the server gave no answer; this is a fault of the server, please report "
			"it");
}

static void run_or_refuse(
	struct http_exchange *x, struct http_core *core, struct http_response *response)
{
	size_t charged = 0;

	if (x->refusal == HTTP_REFUSAL_NONE &&
		!http_work_begin(&core->budgets, x->body.len, &charged))
		x->refusal = HTTP_REFUSAL_MEMORY;
	if (x->refusal == HTTP_REFUSAL_NONE) {
		run_handler(x, core, response);
		http_work_end(&core->budgets, charged);
	} else {
		count(&core->counters.refused[x->refusal], 1);
		http_router_refuse(
			&core->router, &core->limits, x->refusal, x->request.path, response);
	}
}

void http_exchange_answer(struct http_exchange *x, struct http_core *core, int64_t now,
	struct http_response *response)
{
	*response = (struct http_response){0};
	if (x->refusal == HTTP_REFUSAL_NONE && now >= x->request.deadline)
		x->refusal = HTTP_REFUSAL_LATE;
	run_or_refuse(x, core, response);
	/* The body's memory is free for the next one while this answer travels. */
	http_body_drop(&x->body);
	count(&core->counters.bytes_out, (long long)response->body.len);
	if (core->on_done == NULL)
		return;
	core->on_done(
		&(struct http_done){
			.route = x->route,
			.status = response->status,
			.refusal = x->refusal,
			.nanoseconds = clock_now() - x->request.received,
			.bytes_in = x->arrived,
			.bytes_out = response->body.len,
		},
		core->on_done_data);
}

bool http_exchange_hangs_up(const struct http_exchange *x)
{
	return http_refusal_row(x->refusal)->hang_up;
}

void http_exchange_end(struct http_exchange *x, struct http_core *core)
{
	if (!x->open)
		return;
	x->open = false;
	http_body_drop(&x->body);
	count(&core->counters.in_flight, -1);
}
