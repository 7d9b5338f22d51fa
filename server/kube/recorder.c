#include "server/kube/recorder.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/thread.h"
#include "server/kube/event_series.h"
#include "server/kube/stop.h"

enum { MESSAGE_LIMIT = 1024, NAME_BEFORE_TIME = 200, LAST_WORDS_SECONDS = 2 };

static const struct kube_resource EVENTS = {"", "v1", "events", false};

/* An event that waits, with the memory of its strings. */
struct waiting {
	struct waiting *next;
	struct kube_event event;
	int64_t when; /* clock_wall() */
	int64_t due;  /* clock_now() */
	char text[];
};

struct line {
	struct waiting *first, **last;
	size_t count, room;
};

struct kube_recorder {
	struct kube_client *client;
	const char *component, *host;
	pthread_t thread;
	struct kube_stop *stop;           /* ends a write that hangs at the end */
	struct kube_event_series *series; /* of the thread alone */
	_Atomic uint64_t dropped;
	pthread_mutex_t mutex;
	pthread_cond_t more;
	struct line soon, later;
	bool ending; /* nothing more is taken */
	bool ended;  /* nor written */
};

/* The members that are strings. */
static const size_t TEXTS[] = {
	offsetof(struct kube_event, api_version),
	offsetof(struct kube_event, kind),
	offsetof(struct kube_event, namespace),
	offsetof(struct kube_event, name),
	offsetof(struct kube_event, uid),
	offsetof(struct kube_event, resource_version),
	offsetof(struct kube_event, reason),
	offsetof(struct kube_event, message),
};

static const char **text_at(struct kube_event *event, size_t i)
{
	return (void *)((char *)event + TEXTS[i]);
}

static struct waiting *copy_of(struct kube_event event)
{
	size_t size = sizeof(struct waiting);

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		const char **const text = text_at(&event, i);

		if (*text == NULL)
			*text = "";
		size += strlen(*text) + 1;
	}
	struct waiting *const copy = mem_alloc(size);
	char *to = copy->text;

	copy->when = clock_wall();
	copy->due = clock_now() + event.later_ms * CLOCK_MILLISECOND;
	copy->event = event;
	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		const char **const text = text_at(&copy->event, i);
		const size_t len = strlen(*text) + 1;

		memcpy(to, *text, len);
		*text = to;
		to += len;
	}
	return copy;
}

static void push(struct line *line, struct waiting *waiting)
{
	if (line->first == NULL)
		line->last = &line->first;
	*line->last = waiting;
	line->last = &waiting->next;
	line->count++;
}

static struct waiting *pop(struct line *line)
{
	struct waiting *const waiting = line->first;

	line->first = waiting->next;
	line->count--;
	return waiting;
}

void kube_recorder_add(struct kube_recorder *recorder, const struct kube_event *event)
{
	struct waiting *waiting = copy_of(*event);
	struct line *const line = event->later_ms ? &recorder->later : &recorder->soon;

	pthread_mutex_lock(&recorder->mutex);
	const bool room = line->count < line->room && !recorder->ending;

	if (room) {
		push(line, waiting);
		pthread_cond_signal(&recorder->more);
	}
	pthread_mutex_unlock(&recorder->mutex);
	if (!room) {
		atomic_fetch_add(&recorder->dropped, 1);
		mem_free(&waiting);
	}
}

uint64_t kube_recorder_dropped(const struct kube_recorder *recorder)
{
	return atomic_load(&recorder->dropped);
}

/* The one whose turn it is, if any. At the end nothing gives way any more. */
static struct waiting *next_of(struct kube_recorder *recorder)
{
	if (recorder->soon.first)
		return pop(&recorder->soon);
	if (recorder->later.first &&
		(recorder->ending || recorder->later.first->due <= clock_now()))
		return pop(&recorder->later);
	return NULL;
}

/* NULL at the end. */
static struct waiting *take(struct kube_recorder *recorder)
{
	struct waiting *waiting;

	pthread_mutex_lock(&recorder->mutex);
	while ((waiting = next_of(recorder)) == NULL && !recorder->ending) {
		if (recorder->later.first)
			clock_wait(&recorder->more, &recorder->mutex, recorder->later.first->due);
		else
			pthread_cond_wait(&recorder->more, &recorder->mutex);
	}
	pthread_mutex_unlock(&recorder->mutex);
	return waiting;
}

static uint64_t key_of(const struct kube_event *event, size_t from, size_t to, uint64_t before)
{
	CLEANUP(buf_done) struct buf text = {0};
	const char *const parts[] = {event->api_version, event->kind, event->namespace, event->name,
		event->uid, event->warning ? "w" : "n", event->reason, event->message};

	buf_add(&text, (struct str){(const char *)&before, sizeof(before)});
	for (size_t i = from; i < to; i++)
		buf_add(&text, (struct str){parts[i], strlen(parts[i]) + 1});
	return hash_str(hash_process_key(), buf_str(&text));
}

static struct kube_event_keys keys_of(const struct kube_event *event)
{
	struct kube_event_keys keys;

	/* With its type: what goes as it should does not use up what is left for trouble. */
	keys.object = key_of(event, 0, 6, 0);
	keys.kind = key_of(event, 6, 7, keys.object);
	keys.words = key_of(event, 7, 8, keys.kind);
	return keys;
}

static void put(struct buf *out, const char *before, const char *value)
{
	buf_add_cstr(out, before);
	buf_add_json_str(out, str_from(value));
}

static const char *namespace_of(const struct kube_event *event)
{
	/* An object of the whole cluster has its events there. */
	return *event->namespace ? event->namespace : "default";
}

static void put_object(const struct kube_event *event, struct buf *out)
{
	put(out, ",\"involvedObject\":{\"apiVersion\":", event->api_version);
	put(out, ",\"kind\":", event->kind);
	put(out, ",\"namespace\":", event->namespace);
	put(out, ",\"name\":", event->name);
	put(out, ",\"uid\":", event->uid);
	put(out, ",\"resourceVersion\":", event->resource_version);
	buf_add_char(out, '}');
}

/* Never in the middle of a character. */
static struct str cut(const char *message, size_t limit)
{
	struct str text = str_from(message);

	if (text.len <= limit)
		return text;
	while (limit && ((unsigned char)text.at[limit] & 0xC0) == 0x80)
		limit--;
	return (struct str){text.at, limit};
}

static void put_message(const struct kube_event *event, bool combined, struct buf *out)
{
	static const char COMBINED[] = "(combined from similar events): ";
	CLEANUP(buf_done) struct buf text = {0};

	if (combined)
		buf_add_cstr(&text, COMBINED);
	buf_add(&text, cut(event->message, MESSAGE_LIMIT - text.len));
	buf_add_cstr(out, ",\"message\":");
	buf_add_json_str(out, buf_str(&text));
}

static void put_event(const struct kube_recorder *recorder, const struct waiting *waiting,
	bool combined, const char *name, struct buf *out)
{
	const struct kube_event *const event = &waiting->event;
	char when[CLOCK_TEXT];

	clock_rfc3339(waiting->when, when);
	put(out, "{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":", name);
	put(out, ",\"namespace\":", namespace_of(event));
	buf_add_char(out, '}');
	put_object(event, out);
	put(out, ",\"reason\":", event->reason);
	put_message(event, combined, out);
	put(out, ",\"type\":", event->warning ? "Warning" : "Normal");
	put(out, ",\"source\":{\"component\":", recorder->component);
	put(out, ",\"host\":", recorder->host);
	put(out, "},\"reportingComponent\":", recorder->component);
	put(out, ",\"reportingInstance\":", recorder->host);
	put(out, ",\"firstTimestamp\":", when);
	put(out, ",\"lastTimestamp\":", when);
	buf_add_cstr(out, ",\"count\":1}");
}

static bool send(struct kube_recorder *recorder, struct kube_call call, const struct buf *body)
{
	CLEANUP(kube_reply_done) struct kube_reply reply = {0};
	struct err ignored;

	call.body = buf_str(body);
	call.metadata_only = true;
	call.stop = recorder->stop;
	return kube_call(recorder->client, &call, &reply, &ignored);
}

static bool create(struct kube_recorder *recorder, const struct waiting *waiting,
	const struct kube_event_decision *decision)
{
	CLEANUP(buf_done) struct buf body = {0};
	const struct str stem = cut(waiting->event.name, NAME_BEFORE_TIME);
	char name[KUBE_EVENT_NAME];

	snprintf(name, sizeof(name), "%.*s.%llx", STR_ARG(stem), (unsigned long long)waiting->when);
	put_event(recorder, waiting, decision->combined, name, &body);
	const bool sent = send(recorder,
		(struct kube_call){.verb = KUBE_CREATE,
			.at = {&EVENTS, namespace_of(&waiting->event), NULL, NULL}},
		&body);

	kube_event_series_named(recorder->series, decision->key, sent ? name : "");
	return sent;
}

static bool count_up(struct kube_recorder *recorder, const struct waiting *waiting,
	const struct kube_event_decision *decision)
{
	CLEANUP(buf_done) struct buf body = {0};
	char when[CLOCK_TEXT];

	clock_rfc3339(waiting->when, when);
	buf_printf(&body, "{\"count\":%lld", (long long)decision->count);
	put(&body, ",\"lastTimestamp\":", when);
	put_message(&waiting->event, decision->combined, &body);
	buf_add_char(&body, '}');
	return send(recorder,
		(struct kube_call){.verb = KUBE_PATCH_MERGE,
			.at = {&EVENTS, namespace_of(&waiting->event), decision->name, NULL}},
		&body);
}

static void record(struct kube_recorder *recorder, const struct waiting *waiting)
{
	const struct kube_event_keys keys = keys_of(&waiting->event);
	const struct kube_event_decision decision =
		kube_event_series_decide(recorder->series, &keys, clock_now());

	if (decision.verdict == KUBE_EVENT_DROP)
		return;
	/* An event lives for an hour: the one that is to be counted up may be gone. */
	if (decision.verdict == KUBE_EVENT_AGAIN && count_up(recorder, waiting, &decision))
		return;
	if (!create(recorder, waiting, &decision))
		atomic_fetch_add(&recorder->dropped, 1);
}

static void *run(void *context)
{
	struct kube_recorder *const recorder = context;

	for (struct waiting *waiting; (waiting = take(recorder)) != NULL;) {
		if (!kube_stop_asked(recorder->stop))
			record(recorder, waiting);
		mem_free(&waiting);
	}
	pthread_mutex_lock(&recorder->mutex);
	recorder->ended = true;
	pthread_cond_signal(&recorder->more);
	pthread_mutex_unlock(&recorder->mutex);
	return NULL;
}

static void recorder_free(struct kube_recorder **recorder)
{
	kube_event_series_free(&(*recorder)->series);
	kube_stop_free(&(*recorder)->stop);
	pthread_cond_destroy(&(*recorder)->more);
	pthread_mutex_destroy(&(*recorder)->mutex);
	mem_free(recorder);
}

bool kube_recorder_start(struct kube_client *client, const char *component, const char *host,
	struct kube_recorder **out, struct err *err)
{
	struct kube_recorder *recorder = mem_alloc(sizeof(*recorder));

	recorder->client = client;
	recorder->component = component;
	recorder->host = host;
	recorder->soon.room = KUBE_RECORDER_ROOM;
	recorder->later.room = KUBE_RECORDER_ROOM_LATER;
	recorder->series = kube_event_series_new();
	recorder->stop = kube_stop_new();
	pthread_mutex_init(&recorder->mutex, NULL);
	pthread_cond_init(&recorder->more, NULL);
	if (!thread_start(&recorder->thread, "events", run, recorder)) {
		recorder_free(&recorder);
		return err_set(err, ERR_UNAVAILABLE, "events: no thread is to be had");
	}
	*out = recorder;
	return true;
}

void kube_recorder_stop(struct kube_recorder **pointer)
{
	struct kube_recorder *const recorder = *pointer;
	const int64_t until = clock_now() + LAST_WORDS_SECONDS * CLOCK_SECOND;

	if (recorder == NULL)
		return;
	pthread_mutex_lock(&recorder->mutex);
	recorder->ending = true;
	pthread_cond_signal(&recorder->more);
	while (!recorder->ended && clock_wait(&recorder->more, &recorder->mutex, until))
		;
	pthread_mutex_unlock(&recorder->mutex);
	kube_stop_ask(recorder->stop);
	pthread_join(recorder->thread, NULL);
	recorder_free(pointer);
}
