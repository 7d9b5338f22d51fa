#include "server/kube/reflector.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/thread.h"
#include "server/kube/backoff.h"
#include "server/kube/known.h"
#include "server/kube/lines.h"
#include "server/kube/list.h"
#include "server/kube/watch_event.h"

enum {
	WATCH_SECONDS = 300, /* and up to as much again, so that not all end at once */
	WATCH_SLACK = 30,    /* after which a server that does not end it itself is given up */
	FAILURES = 5,        /* in a row, then the list is made anew: the version may be at fault */
	ARENA_BLOCK = 8 * 1024,
	ARENA_KEPT = 1024 * 1024,
	ITEM_DEPTH = 2, /* of an item's root below a list's, of an object's below a line's: */
	OBJECT_DEPTH = 1,
};

#define BACKOFF_FIRST (500 * CLOCK_MILLISECOND)
#define BACKOFF_MOST  (30 * CLOCK_SECOND)
#define BACKOFF_AWAY  CLOCK_SECOND
/* A watch that ends sooner and told nothing is a failure. */
#define WATCH_LEAST CLOCK_SECOND

static const struct json_place MANAGED_FIELDS[] = {
	{2, "managedFields"},
	{0, NULL},
};

struct kube_reflector {
	struct kube_reflector_options options;
	struct json_place list_skip[KUBE_REFLECTOR_SKIPS + 1];
	struct json_place watch_skip[KUBE_REFLECTOR_SKIPS + 1];
	struct kube_stop *stop;
	pthread_t thread;
	atomic_bool synced;
	/* Of the thread alone from here on. */
	struct kube_known known;
	char version[KUBE_VERSION_SIZE];
	bool listed; /* the version is good to watch from */
	bool in_trouble;
	struct kube_return backoff;
	/* Of the watch that goes on. */
	struct kube_lines lines;
	struct arena arena;
	size_t told;      /* lines */
	bool away;        /* nobody was reached */
	bool expired;     /* its version is too old: no trouble, it is what a list is for */
	struct err fault; /* of a line; code is ERR_NONE when there is none */
};

static void tell_trouble(struct kube_reflector *reflector, const struct err *err)
{
	if (!err && !reflector->in_trouble)
		return;
	reflector->in_trouble = err != NULL;
	if (reflector->options.handler.trouble)
		reflector->options.handler.trouble(reflector->options.handler.context, err);
}

/* Longer each time, until something goes well. */
static void pause_a_little(struct kube_reflector *reflector)
{
	kube_stop_wait(reflector->stop,
		clock_now() + kube_return_next(&reflector->backoff, reflector->away));
}

static void note_failure(struct kube_reflector *reflector, const struct err *err)
{
	if (kube_stop_asked(reflector->stop))
		return;
	tell_trouble(reflector, err);
	pause_a_little(reflector);
}

static void note_success(struct kube_reflector *reflector)
{
	kube_return_reset(&reflector->backoff);
	tell_trouble(reflector, NULL);
}

/* Whoever is told of lists keeps the names himself. */
static void see(struct kube_reflector *reflector, const struct kube_watch_event *seen)
{
	if (reflector->options.handler.listing == NULL)
		kube_known_see(&reflector->known, seen->namespace, seen->name);
}

static void begin_list(struct kube_reflector *reflector)
{
	const struct kube_handler *const handler = &reflector->options.handler;

	kube_known_begin(&reflector->known);
	if (handler->listing)
		handler->listing(handler->context);
}

static void take_item(void *context, const struct json_node *object, struct arena *arena)
{
	struct kube_reflector *const reflector = context;
	struct kube_watch_event item;

	if (!kube_watch_object(object, arena, &item))
		return;
	see(reflector, &item);
	reflector->options.handler.object(reflector->options.handler.context, object, arena);
}

static void list_again(void *context)
{
	begin_list(context);
}

static bool list(struct kube_reflector *reflector, struct err *err)
{
	const struct kube_reflector_options *const options = &reflector->options;
	const struct kube_list_handler handler = {take_item, list_again, reflector};
	const struct kube_call call = {
		.verb = KUBE_LIST,
		.at = {.resource = options->resource, .namespace = options->namespace},
		.label_selector = options->label_selector,
		.field_selector = options->field_selector,
		.metadata_only = options->metadata_only,
		.limit = options->page,
		.reply_limit = KUBE_REFLECTOR_LINE,
		.skip = reflector->list_skip,
		.stop = reflector->stop,
		.shares = options->is_quiet,
	};

	begin_list(reflector);
	if (!kube_list(options->client, &call, &handler, reflector->version, err))
		return false;
	kube_known_sweep(&reflector->known, options->handler.gone, options->handler.context);
	/* Its pages were larger than what is kept of them. */
	mem_trim();
	reflector->listed = true;
	atomic_store(&reflector->synced, true);
	if (options->handler.synced)
		options->handler.synced(options->handler.context);
	return true;
}

static bool take_error(struct kube_reflector *reflector, const struct kube_status *error)
{
	reflector->expired = kube_status_is_expired(error);
	if (!reflector->expired)
		kube_status_err(error, &reflector->fault);
	return false;
}

static void take_event(struct kube_reflector *reflector, const struct kube_watch_event *event)
{
	const struct kube_handler *const handler = &reflector->options.handler;

	if (event->type == KUBE_WATCH_OBJECT) {
		see(reflector, event);
		handler->object(handler->context, event->object, &reflector->arena);
	} else if (event->type == KUBE_WATCH_GONE) {
		kube_known_forget(&reflector->known, event->namespace, event->name);
		handler->gone(handler->context, event->namespace, event->name);
	}
}

static bool take_line(void *context, struct str line)
{
	struct kube_reflector *const reflector = context;
	struct kube_watch_event event;

	arena_reset(&reflector->arena);
	if (!kube_watch_event_read(
		    line, reflector->watch_skip, &reflector->arena, &event, &reflector->fault)) {
		/* What it said is lost: only a list can tell. */
		reflector->listed = false;
		return false;
	}
	if (event.type == KUBE_WATCH_ERROR)
		return take_error(reflector, &event.error);
	take_event(reflector, &event);
	snprintf(reflector->version, sizeof(reflector->version), "%.*s", STR_ARG(event.version));
	if (reflector->told++ == 0)
		note_success(reflector);
	if (reflector->arena.used > ARENA_KEPT) {
		arena_reset(&reflector->arena);
		arena_trim(&reflector->arena);
	}
	return !kube_stop_asked(reflector->stop);
}

/* What the last event took: the next one is far away. */
static void give_back(struct kube_reflector *reflector)
{
	arena_done(&reflector->arena);
	if (reflector->lines.begun.len == 0)
		kube_lines_done(&reflector->lines);
}

static bool take_piece(void *context, struct str piece)
{
	struct kube_reflector *const reflector = context;
	const bool goes_on = kube_lines_take(&reflector->lines, piece, take_line, reflector);

	if (reflector->options.is_quiet)
		give_back(reflector);
	if (goes_on)
		return true;
	if (reflector->lines.too_long) {
		err_set(&reflector->fault, ERR_TOO_LARGE, "a watch's line has more than %zu bytes",
			reflector->lines.limit);
		reflector->listed = false;
	}
	return false;
}

/* False when it ended in another way than by the server's time-out; `err` tells. */
static bool watch(struct kube_reflector *reflector, struct err *err)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	const struct kube_reflector_options *const options = &reflector->options;
	const int seconds = (int)kube_jitter(WATCH_SECONDS, 100);
	const struct kube_call call = {
		.verb = KUBE_WATCH,
		.at = {.resource = options->resource, .namespace = options->namespace},
		.label_selector = options->label_selector,
		.field_selector = options->field_selector,
		.metadata_only = options->metadata_only,
		.resource_version = reflector->version,
		.watch_seconds = seconds,
		.patience = (seconds + WATCH_SLACK) * CLOCK_SECOND,
		.stop = reflector->stop,
		.shares = options->is_quiet,
		.piece = take_piece,
		.context = reflector,
	};
	const int64_t from = clock_now();

	reflector->told = 0;
	reflector->expired = false;
	reflector->fault = (struct err){0};
	kube_lines_reset(&reflector->lines);
	const bool whole = kube_call(options->client, &call, &reply, err);

	reflector->away = reply.answer.fault == KUBE_FAULT_CONNECT;
	reflector->expired = reflector->expired || kube_status_is_expired(&reply.refusal);
	reflector->listed = reflector->listed && !reflector->expired;
	if (reflector->fault.code != ERR_NONE)
		*err = reflector->fault;
	else if (whole && reflector->told == 0 && clock_now() - from < WATCH_LEAST)
		return err_set(err, ERR_UNAVAILABLE, "a watch ended as soon as it began");
	return whole;
}

/* From a list on, until it takes another one. */
static void watch_on(struct kube_reflector *reflector)
{
	int failures = 0;

	while (reflector->listed && !kube_stop_asked(reflector->stop)) {
		struct err err = {0};
		const bool well = watch(reflector, &err);

		/* Where nobody was reached, the version is not at fault. */
		if (!reflector->away)
			failures = well || reflector->told ? 0 : failures + 1;
		if (failures == FAILURES)
			reflector->listed = false;
		if (!well && !reflector->expired)
			note_failure(reflector, &err);
		else if (reflector->expired && reflector->told == 0)
			pause_a_little(reflector);
	}
}

static void *run(void *context)
{
	struct kube_reflector *const reflector = context;

	while (!kube_stop_asked(reflector->stop)) {
		struct err err;

		reflector->away = false;
		if (!list(reflector, &err)) {
			note_failure(reflector, &err);
			continue;
		}
		tell_trouble(reflector, NULL);
		watch_on(reflector);
	}
	return NULL;
}

static void put_skips(const struct json_place *skip, uint32_t depth, struct json_place *out)
{
	size_t count = 0;

	for (; skip->key; skip++) {
		assert(count < KUBE_REFLECTOR_SKIPS);
		out[count++] = (struct json_place){skip->depth + depth, skip->key};
	}
}

static void reflector_free(struct kube_reflector **reflector)
{
	if (*reflector == NULL)
		return;
	kube_stop_free(&(*reflector)->stop);
	kube_known_done(&(*reflector)->known);
	kube_lines_done(&(*reflector)->lines);
	arena_done(&(*reflector)->arena);
	mem_free(reflector);
}

bool kube_reflector_start(
	const struct kube_reflector_options *options, struct kube_reflector **out, struct err *err)
{
	struct kube_reflector *reflector CLEANUP(reflector_free) = mem_alloc(sizeof(*reflector));
	const struct json_place *const skip = options->skip ? options->skip : MANAGED_FIELDS;

	reflector->options = *options;
	put_skips(skip, ITEM_DEPTH, reflector->list_skip);
	put_skips(skip, OBJECT_DEPTH, reflector->watch_skip);
	reflector->stop = kube_stop_new();
	reflector->backoff = (struct kube_return){
		.usual = {.first = BACKOFF_FIRST, .most = BACKOFF_MOST},
		.away = {.first = BACKOFF_FIRST, .most = BACKOFF_AWAY},
	};
	reflector->lines.limit = KUBE_REFLECTOR_LINE;
	arena_init(&reflector->arena, ARENA_BLOCK);
	if (!thread_start(&reflector->thread, "watch", run, reflector))
		return err_set(err, ERR_UNAVAILABLE, "watch '%.60s': no thread is to be had",
			options->resource->plural);
	*out = reflector;
	reflector = NULL;
	return true;
}

void kube_reflector_stop(struct kube_reflector **reflector)
{
	if (*reflector == NULL)
		return;
	kube_stop_ask((*reflector)->stop);
	pthread_join((*reflector)->thread, NULL);
	reflector_free(reflector);
}

bool kube_reflector_is_synced(const struct kube_reflector *reflector)
{
	return atomic_load(&reflector->synced);
}
