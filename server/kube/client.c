#include "server/kube/client.h"

#include "base/clock.h"
#include "server/kube/backoff.h"
#include "server/kube/retry.h"
#include "server/kube/verb.h"

enum {
	ARENA_BLOCK = 16 * 1024,
	/* A page of 500 objects has some 300,000. */
	NODES = 8 * 1024 * 1024,
	DEPTH = 256,
};

#define BACKOFF_FIRST (200 * CLOCK_MILLISECOND)
#define BACKOFF_MOST  (5 * CLOCK_SECOND)

struct kube_client {
	struct kube_client_options options;
};

struct kube_client *kube_client_new(const struct kube_client_options *options)
{
	struct kube_client *const client = mem_alloc(sizeof(*client));

	client->options = *options;
	return client;
}

void kube_client_free(struct kube_client **client)
{
	if (*client)
		kube_transport_free(&(*client)->options.transport);
	mem_free(client);
}

void kube_reply_done(struct kube_reply *reply)
{
	kube_answer_done(&reply->answer);
	arena_done(&reply->arena);
	*reply = (struct kube_reply){0};
}

/* Keeps the memory for the next call. */
static void reply_begin(struct kube_reply *reply)
{
	if (reply->arena.block_size == 0)
		arena_init(&reply->arena, ARENA_BLOCK);
	arena_reset(&reply->arena);
	reply->doc = (struct json_doc){0};
	reply->refusal = (struct kube_status){0};
}

static bool read_body(const struct kube_call *call, struct kube_reply *reply, struct err *err)
{
	const struct json_limits limits = {
		.bytes = reply->answer.body.len,
		.depth = DEPTH,
		.nodes = NODES,
		.skip = call->skip,
	};
	const struct str body = buf_str(&reply->answer.body);

	if (body.len == 0)
		return true;
	if (!str_starts(str_from(reply->answer.content_type), "application/json"))
		return call->path ||
		       err_set(err, ERR_INVALID, "the API server's answer is not JSON but '%.80s'",
			       reply->answer.content_type);
	return json_read(&reply->arena, body, &limits, &reply->doc, err) ||
	       err_wrap(err, "the API server's answer");
}

/* A status of 400 or more, and redirects, which an API server has none of. */
static bool refuse(const struct kube_call *call, struct kube_reply *reply, struct err *err)
{
	const int code = reply->answer.status;
	struct err ignored;

	if (!read_body(call, reply, &ignored) ||
		!kube_status_decode(reply->doc.root, &reply->arena, &reply->refusal))
		reply->refusal =
			kube_status_of_text(code, buf_str(&reply->answer.body), &reply->arena);
	reply->refusal.code = code;
	reply->doc = (struct json_doc){0};
	return kube_status_err(&reply->refusal, err);
}

static bool conclude(const struct kube_call *call, struct kube_reply *reply, struct err *err)
{
	const int status = reply->answer.status;

	return status >= 200 && status < 300 ? read_body(call, reply, err)
					     : refuse(call, reply, err);
}

static bool try_once(const struct kube_client *client, const struct kube_call *call,
	const struct kube_request *request, struct kube_answer *answer, struct err *err)
{
	if (call->may && !call->may(call->context)) {
		answer->fault = KUBE_FAULT_HELD;
		return err_set(err, ERR_UNAVAILABLE, "not sent, since it may not be any more");
	}
	const int64_t from = clock_now();
	struct kube_transport *const transport = client->options.transport;
	const bool whole = transport->send(transport, request, answer, err);

	/* What we end ourselves tells nothing of the server. */
	if (client->options.observe && answer->fault != KUBE_FAULT_ENDED)
		client->options.observe(client->options.context, request->method, answer->status,
			clock_now() - from);
	return whole;
}

/* False when there is no time, or no will, for another try. */
static bool wait_for_next(
	const struct kube_request *request, int64_t retry_after, struct kube_backoff *backoff)
{
	/* All who were turned away at once are told the same number. */
	const int64_t wait =
		retry_after ? kube_jitter(retry_after, 10) : kube_backoff_next(backoff);

	return clock_now() + wait < request->deadline &&
	       kube_stop_wait(request->stop, clock_now() + wait);
}

static bool try_until(const struct kube_client *client, const struct kube_call *call,
	const struct kube_request *request, struct kube_answer *answer, struct err *err)
{
	const bool reads = kube_verb_row(call->verb)->reads;
	const int most = call->tries ? call->tries : KUBE_TRIES;
	struct kube_backoff backoff = {.first = BACKOFF_FIRST, .most = BACKOFF_MOST};

	for (int tries = 1;; tries++) {
		const bool whole = try_once(client, call, request, answer, err);

		if (call->verb == KUBE_WATCH || tries == most ||
			!kube_may_retry(reads, whole, answer) ||
			!wait_for_next(request, answer->retry_after, &backoff))
			return whole;
	}
}

static bool run(const struct kube_client *client, const struct kube_call *call,
	struct kube_request *request, struct kube_reply *reply, struct err *err)
{
	CLEANUP(buf_done) struct buf path = {0}, options = {0};

	if (!kube_verb_path(call, &path, err))
		return false;
	buf_add_char(&path, '\0');
	request->path = path.at;
	if (call->verb == KUBE_DELETE) {
		kube_verb_delete_options(call, &options);
		request->body = buf_str(&options);
	}
	return try_until(client, call, request, &reply->answer, err) && conclude(call, reply, err);
}

bool kube_call(struct kube_client *client, const struct kube_call *call, struct kube_reply *reply,
	struct err *err)
{
	const struct kube_verb_row *const row = kube_verb_row(call->verb);
	struct kube_request request = {
		.method = row->method,
		.content_type = row->content_type,
		.accept = call->metadata_only ? row->accept_metadata : NULL,
		.body = call->body,
		.reply_limit = call->reply_limit ? call->reply_limit : KUBE_REPLY_LIMIT,
		.deadline = clock_now() + (call->patience ? call->patience : KUBE_PATIENCE),
		.stop = call->stop ? call->stop : client->options.stop,
		.shares = call->shares,
		.piece = call->piece,
		.context = call->context,
	};

	reply_begin(reply);
	if (run(client, call, &request, reply, err))
		return true;
	if (call->path)
		return err_wrap(err, "%s %.60s", row->method, call->path);
	if (call->at.name == NULL)
		return err_wrap(err, "%s %s", row->method, call->at.resource->plural);
	return err_wrap(
		err, "%s %s '%.60s'", row->method, call->at.resource->plural, call->at.name);
}
