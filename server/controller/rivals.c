#include "server/controller/rivals.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/strmap.h"
#include "base/thread.h"
#include "server/kube/reflector.h"
#include "server/kube/stop.h"

enum {
	SECONDS_UNSAID = 15,
	SECONDS_MOST = 180, /* the longest that is known to be set is 137, renewed each 26 */
	SELECTOR = 280,
	TIME = 40,
	NAME = 256,
};

/* How long the API server may take to say whether a Lease has run out, and when it is asked again.
 */
#define PATIENCE (5 * CLOCK_SECOND)
#define RETRY    CLOCK_SECOND

static const struct kube_resource LEASES = {"coordination.k8s.io", "v1", "leases", false};

/* A Lease of one namespace. */
struct lease {
	uint64_t spec;       /* its hash */
	int64_t until;       /* clock_now(): unless it is renewed before */
	bool over;           /* it was not, says the API server */
	char acquired[TIME]; /* as its holder says */
	char holder[NAME];
};

struct kind {
	struct rivals *owner;
	enum rival rival;
	char selector[SELECTOR];
	struct kube_reflector *reflector;
	struct strmap leases; /* namespace → struct lease */
	int64_t retry;        /* clock_now(): not asked before */
	bool known;
};

struct rivals {
	struct rivals_options options;
	pthread_mutex_t mutex;
	pthread_cond_t more;
	/* One tells what there is to be told, the other asks, which may take long. */
	pthread_t teller, asker;
	bool tells, asks, stopped;
	bool noted; /* something that was not told yet */
	struct kube_stop *stop;
	struct kind kinds[RIVALS];
};

/* Wakes the threads: so nobody is called under the mutex. */
static void note(struct rivals *r)
{
	r->noted = true;
	pthread_cond_broadcast(&r->more);
}

static void copy(char *out, size_t size, struct arena *arena, const struct json_node *node)
{
	snprintf(out, size, "%.*s", STR_ARG(json_str(arena, node)));
}

/* The namespace that the holder says it keeps alone; NULL of one that keeps all, and of nobody. */
static const char *said_to_keep(const struct lease *lease)
{
	const char *const mark = strstr(lease->holder, RIVAL_CONTROLLER_OF);

	return mark ? mark + strlen(RIVAL_CONTROLLER_OF) : NULL;
}

/*
 * Whether the holder keeps the Lease's own namespace, and no other. Nobody keeps a namespace by a
 * Lease elsewhere: who may write there has no say here.
 */
static bool keeps_alone(const struct lease *lease, struct str namespace)
{
	const char *const kept = said_to_keep(lease);

	return kept && str_is(namespace, kept);
}

/* Of each holder once. */
static void log_keeper(const struct rivals *r, const struct lease *lease, struct str namespace)
{
	const char *const kept = said_to_keep(lease);

	if (kept == NULL || r->options.watched)
		return;
	if (keeps_alone(lease, namespace))
		LOG(INFO, "a namespace has a controller of its own, which is left to it",
			KV("namespace", namespace), KV("holder", str_from(lease->holder)));
	else
		LOG(WARN, "a namespace is not left to who keeps it by a Lease in another one",
			KV("namespace", str_from(kept)), KV("lease", namespace),
			KV("holder", str_from(lease->holder)));
}

static int64_t duration_of(const struct json_node *spec)
{
	int64_t seconds;

	if (!json_i64(json_get(spec, "leaseDurationSeconds"), &seconds) || seconds <= 0)
		seconds = SECONDS_UNSAID;
	return (seconds < SECONDS_MOST ? seconds : SECONDS_MOST) * CLOCK_SECOND;
}

static void take(void *context, const struct json_node *object, struct arena *arena)
{
	struct kind *const kind = context;
	const struct json_node *const spec = json_get(object, "spec");
	const struct str namespace =
		json_str(arena, json_get(json_get(object, "metadata"), "namespace"));
	const uint64_t hash = spec ? hash_str(hash_process_key(), json_raw(spec)) : 0;

	pthread_mutex_lock(&kind->owner->mutex);
	struct lease *lease = strmap_find(&kind->leases, namespace);

	if (lease == NULL) {
		lease = mem_alloc(sizeof(*lease));
		strmap_set(&kind->leases, namespace, lease);
	}
	if (hash != lease->spec) {
		lease->spec = hash;
		lease->until = clock_now() + duration_of(spec);
		lease->over = false;
		const bool same =
			json_str_is(json_get(spec, "holderIdentity"), str_from(lease->holder));

		copy(lease->holder, sizeof(lease->holder), arena, json_get(spec, "holderIdentity"));
		if (!same)
			log_keeper(kind->owner, lease, namespace);
		copy(lease->acquired, sizeof(lease->acquired), arena,
			json_get(spec, "acquireTime"));
	}
	note(kind->owner);
	pthread_mutex_unlock(&kind->owner->mutex);
}

static void drop(void *context, struct str namespace, struct str name)
{
	struct kind *const kind = context;
	struct lease *lease;

	(void)name;
	pthread_mutex_lock(&kind->owner->mutex);
	lease = strmap_remove(&kind->leases, namespace);
	note(kind->owner);
	pthread_mutex_unlock(&kind->owner->mutex);
	mem_free(&lease);
}

static void synced(void *context)
{
	struct kind *const kind = context;

	pthread_mutex_lock(&kind->owner->mutex);
	kind->known = true;
	note(kind->owner);
	pthread_mutex_unlock(&kind->owner->mutex);
}

static bool is_held(const struct lease *lease)
{
	return lease && lease->holder[0] && !lease->over;
}

/* As far as the watch has told, which may be silent because it is broken. */
static bool has_run_out(const struct lease *lease, int64_t at)
{
	return is_held(lease) && at >= lease->until;
}

/*
 * Of two of us the one that led first goes on, by what both say, which both read: else each would
 * stand back for the other. While our own Lease was not told of, we do.
 */
static bool goes_before(const struct kind *kind, struct str namespace, const struct lease *other)
{
	const struct str own_namespace = str_from(kind->owner->options.namespace);
	const struct lease *const own = strmap_find(&kind->leases, own_namespace);

	if (!str_ends(str_from(other->holder), RIVAL_CONTROLLER))
		return false;
	if (!is_held(own))
		return true;
	const int order = str_cmp(str_from(other->acquired), str_from(own->acquired));

	return order < 0 || (order == 0 && str_cmp(namespace, own_namespace) < 0);
}

static bool stands_in_the_way(
	const struct kind *kind, struct str namespace, const struct lease *lease)
{
	if (!is_held(lease))
		return false;
	if (kind->rival == RIVAL_KUBERAY)
		return true;
	return !str_is(namespace, kind->owner->options.namespace) &&
	       goes_before(kind, namespace, lease);
}

bool rivals_known(struct rivals *r, enum rival rival)
{
	pthread_mutex_lock(&r->mutex);
	const bool known = r->kinds[rival].known;

	pthread_mutex_unlock(&r->mutex);
	return known;
}

bool rivals_met(struct rivals *r, enum rival rival, char who[RIVAL_NAME])
{
	const struct kind *const kind = &r->kinds[rival];
	const struct strmap_entry *entry;
	bool met = false;

	pthread_mutex_lock(&r->mutex);
	for (size_t at = 0; !met && (entry = strmap_next(&kind->leases, &at)) != NULL;) {
		const struct lease *const lease = entry->value;

		met = stands_in_the_way(kind, entry->key, lease);
		if (met)
			snprintf(who, RIVAL_NAME, "%.60s/%.250s", entry->key.at, lease->holder);
	}
	pthread_mutex_unlock(&r->mutex);
	return met;
}

static bool is_kept(const struct lease *lease, struct str namespace)
{
	return is_held(lease) && keeps_alone(lease, namespace);
}

bool rivals_keep(struct rivals *r, struct str namespace)
{
	if (r->options.watched)
		return false;
	pthread_mutex_lock(&r->mutex);
	const bool keep =
		is_kept(strmap_find(&r->kinds[RIVAL_RAYGATE].leases, namespace), namespace);

	pthread_mutex_unlock(&r->mutex);
	return keep;
}

uint64_t rivals_kept(struct rivals *r)
{
	const struct kind *const kind = &r->kinds[RIVAL_RAYGATE];
	const struct strmap_entry *entry;
	uint64_t hash = 0;

	pthread_mutex_lock(&r->mutex);
	for (size_t at = 0; (entry = strmap_next(&kind->leases, &at)) != NULL;) {
		if (is_kept(entry->value, entry->key))
			hash += hash_str(hash_process_key(), entry->key);
	}
	pthread_mutex_unlock(&r->mutex);
	return hash;
}

static int64_t due_of(const struct kind *kind, const struct lease *lease)
{
	return lease->until > kind->retry ? lease->until : kind->retry;
}

/* When the first of those that are held is to be asked for; 0 when none is. */
static int64_t soonest(const struct rivals *r)
{
	int64_t until = 0;

	for (size_t i = 0; i < RIVALS; i++) {
		const struct kind *const kind = &r->kinds[i];
		const struct strmap_entry *entry;

		for (size_t at = 0; (entry = strmap_next(&kind->leases, &at)) != NULL;) {
			const struct lease *const lease = entry->value;

			if (is_held(lease) && (until == 0 || due_of(kind, lease) < until))
				until = due_of(kind, lease);
		}
	}
	return until;
}

/* Until there is something to be told; false at the end. */
static bool wait_for_news(struct rivals *r)
{
	while (!r->noted && !r->stopped)
		pthread_cond_wait(&r->more, &r->mutex);
	r->noted = false;
	return !r->stopped;
}

/* Until a Lease seems to have run out; false at the end. */
static bool wait_for_an_end(struct rivals *r)
{
	bool due = false;

	while (!r->stopped && !due) {
		const int64_t until = soonest(r);

		if (until)
			due = !clock_wait(&r->more, &r->mutex, until);
		else
			pthread_cond_wait(&r->more, &r->mutex);
	}
	return !r->stopped;
}

/* Whether any has run out by then; those are over where `over`. */
static bool look_over(struct kind *kind, int64_t then, bool over)
{
	const struct strmap_entry *entry;
	bool found = false;

	for (size_t at = 0; (entry = strmap_next(&kind->leases, &at)) != NULL;) {
		struct lease *const lease = entry->value;

		if (has_run_out(lease, then)) {
			found = true;
			lease->over = over;
		}
	}
	return found;
}

static bool ask(struct kind *kind)
{
	const struct kube_call call = {
		.verb = KUBE_LIST,
		.at = {.resource = &LEASES, .namespace = kind->owner->options.watched},
		.field_selector = kind->selector,
		.stop = kind->owner->stop,
		.patience = PATIENCE,
		.tries = 1,
	};
	struct kube_reply reply = {0};
	struct err ignored;
	const bool answered = kube_call(kind->owner->options.client, &call, &reply, &ignored);

	for (struct json_iter it = json_iter(json_get(reply.doc.root, "items"));
		answered && json_next_item(&it);)
		take(kind, it.value, &reply.arena);
	kube_reply_done(&reply);
	return answered;
}

/*
 * That a Lease was renewed may only not have been told: the watch is broken, and nobody noticed
 * yet. So the API server is asked before anybody works in its holder's place.
 */
static void make_sure(struct kind *kind)
{
	struct rivals *const r = kind->owner;

	pthread_mutex_lock(&r->mutex);
	const int64_t then = clock_now();
	const bool due = then >= kind->retry && look_over(kind, then, false);

	pthread_mutex_unlock(&r->mutex);
	if (!due)
		return;
	const bool answered = ask(kind);

	pthread_mutex_lock(&r->mutex);
	/* What the answer renewed runs on, however long it was on its way. */
	if (!answered)
		kind->retry = clock_now() + RETRY;
	else if (look_over(kind, then, true))
		note(r);
	pthread_mutex_unlock(&r->mutex);
}

static void *ask_all(void *context)
{
	struct rivals *const r = context;

	pthread_mutex_lock(&r->mutex);
	while (wait_for_an_end(r)) {
		pthread_mutex_unlock(&r->mutex);
		for (size_t i = 0; i < RIVALS; i++)
			make_sure(&r->kinds[i]);
		pthread_mutex_lock(&r->mutex);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

static void *tell_all(void *context)
{
	struct rivals *const r = context;

	pthread_mutex_lock(&r->mutex);
	while (wait_for_news(r)) {
		pthread_mutex_unlock(&r->mutex);
		r->options.changed(r->options.context);
		pthread_mutex_lock(&r->mutex);
	}
	pthread_mutex_unlock(&r->mutex);
	return NULL;
}

static bool follow(struct rivals *r, enum rival rival, const char *name, struct err *err)
{
	struct kind *const kind = &r->kinds[rival];

	kind->owner = r;
	kind->rival = rival;
	snprintf(kind->selector, sizeof(kind->selector), "metadata.name=%s", name);
	const struct kube_reflector_options options = {
		.client = r->options.client,
		.resource = &LEASES,
		.namespace = r->options.watched,
		.field_selector = kind->selector,
		.is_quiet = true,
		.handler = {.context = kind, .object = take, .gone = drop, .synced = synced},
	};

	return kube_reflector_start(&options, &kind->reflector, err);
}

bool rivals_start(const struct rivals_options *options, struct rivals **out, struct err *err)
{
	struct rivals *const r = *out = mem_alloc(sizeof(*r));

	r->options = *options;
	r->stop = kube_stop_new();
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->more, NULL);
	if (!follow(r, RIVAL_KUBERAY, "ray-operator-leader", err) ||
		!follow(r, RIVAL_RAYGATE, options->lease, err))
		return false;
	r->tells = thread_start(&r->teller, "rivals", tell_all, r);
	r->asks = r->tells && thread_start(&r->asker, "rivals-ask", ask_all, r);
	return r->asks || err_set(err, ERR_UNAVAILABLE, "rivals: no thread is to be had");
}

static void forget(struct kind *kind)
{
	const struct strmap_entry *entry;

	for (size_t at = 0; (entry = strmap_next(&kind->leases, &at)) != NULL;) {
		void *lease = entry->value;

		mem_free(&lease);
	}
	strmap_done(&kind->leases);
}

void rivals_stop(struct rivals **rivals)
{
	struct rivals *const r = *rivals;

	if (r == NULL)
		return;
	kube_stop_ask(r->stop);
	for (size_t i = 0; i < RIVALS; i++)
		kube_reflector_stop(&r->kinds[i].reflector);
	pthread_mutex_lock(&r->mutex);
	r->stopped = true;
	note(r);
	pthread_mutex_unlock(&r->mutex);
	if (r->tells)
		pthread_join(r->teller, NULL);
	if (r->asks)
		pthread_join(r->asker, NULL);
	for (size_t i = 0; i < RIVALS; i++)
		forget(&r->kinds[i]);
	kube_stop_free(&r->stop);
	pthread_cond_destroy(&r->more);
	pthread_mutex_destroy(&r->mutex);
	mem_free(rivals);
}
