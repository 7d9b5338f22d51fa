#include "server/controller/term.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "server/controller/deeds.h"
#include "server/controller/feed.h"
#include "server/controller/perform.h"
#include "server/kube/stop.h"

enum { EVENT_LATER_MS = 30000 };

/* Its fields are set before any of its threads begins. */
struct term {
	struct term_options options;
	struct kube_stop *stop;
	struct performer performer;
	struct workqueue *queue;
	struct writers *writers;
	struct reconciler *reconciler;
	struct kube_recorder *recorder;
	struct rivals *rivals;
	struct feed feeds[DIALECTS][WORLD_KINDS];
	uint64_t kept; /* rivals_kept() when it was looked at last */
	atomic_bool works[DIALECTS];
	pthread_t planner;
	bool plans;
};

static bool is_left(void *context, const struct world_key *key)
{
	const struct term *const term = context;

	return rivals_keep(term->rivals, key->namespace);
}

static bool may(void *context, const struct world_key *key)
{
	const struct term *const term = context;

	return atomic_load(&term->works[key->dialect]) && !is_left(context, key);
}

static void withdrawn(void *context, const struct write *write)
{
	const struct term *const term = context;
	const struct world_outcome outcome = {
		.action = write->action,
		.child = write->child,
		.name = write->name,
		.group = write->group,
	};

	if (!write->look)
		world_write_withdrawn(term->performer.world, &write->key, write->uid, &outcome);
}

/* What was asked for before another controller came is its to do by now. */
static enum write_end perform_write(void *context, const struct write *write)
{
	const struct term *const term = context;

	if (may(context, &write->key))
		return perform(&term->performer, write);
	withdrawn(context, write);
	return WRITE_GIVEN_UP;
}

static void finished(
	void *context, const struct world_key *key, struct str uid, enum writers_end end)
{
	const struct term *const term = context;

	reconciler_finished(term->reconciler, key, uid, end);
}

/* That all goes as it should gives way to the writes that make it go. */
static void tell_event(void *context, const struct kube_event *event)
{
	const struct term *const term = context;
	struct kube_event told = *event;

	if (!event->warning && writers_are_busy(term->writers))
		told.later_ms = EVENT_LATER_MS;
	kube_recorder_add(term->recorder, &told);
}

static void did(
	void *context, const struct world_key *key, struct str uid, const struct deeds *deeds)
{
	deeds_tell(deeds, key, uid, tell_event, context);
}

static struct reconciler_options reconciler_options(struct term *term)
{
	const struct controller_options *const o = term->options.controller;

	return (struct reconciler_options){
		.world = term->options.world,
		.queue = term->queue,
		.writers = term->writers,
		.plans = {o->plans[0], o->plans[1]},
		.domain = o->domain,
		.server = o->server,
		.may = may,
		.is_left = is_left,
		.tell = tell_event,
		.context = term,
	};
}

static void *plan(void *context)
{
	reconciler_run(context);
	return NULL;
}

struct term *term_new(const struct term_options *options)
{
	const struct controller_options *const o = options->controller;
	struct term *const term = mem_alloc(sizeof(*term));

	term->options = *options;
	term->stop = kube_stop_new();
	term->performer = (struct performer){
		o->client, term->stop, options->world, o->count, o->leads, o->context};
	term->queue = workqueue_new(o->gap);
	term->writers =
		writers_new(&(struct writers_options){o->threads ? o->threads : WRITERS_THREADS,
			perform_write, withdrawn, finished, term, did});
	const struct reconciler_options reconciler = reconciler_options(term);

	term->reconciler = reconciler_new(&reconciler);
	return term;
}

static bool start_feed(
	struct term *term, enum dialect dialect, enum world_kind kind, struct err *err)
{
	struct feed *const feed = &term->feeds[dialect][kind];

	*feed = (struct feed){
		.client = term->options.controller->client,
		.world = term->options.world,
		.dialect = dialect,
		.kind = kind,
		.namespace = term->options.controller->watched,
		.told = term->options.news,
		.blind = term->options.blind,
		.context = term->options.context,
	};
	return feed_start(feed, err);
}

static bool start_feeds(struct term *term, struct err *err)
{
	for (enum dialect i = 0; i < DIALECTS; i++) {
		if (term->options.controller->plans[i] == NULL)
			continue;
		if (!start_feed(term, i, WORLD_PODS, err) ||
			!start_feed(term, i, WORLD_SERVICES, err))
			return false;
		if (i == DIALECT_MODERN && !start_feed(term, i, WORLD_CLAIMS, err))
			return false;
	}
	return true;
}

static bool start_rivals(struct term *term, struct err *err)
{
	const struct controller_options *const o = term->options.controller;
	const struct rivals_options options = {
		.client = o->client,
		.namespace = o->namespace,
		.lease = o->lease,
		.watched = o->watched,
		.changed = term->options.news,
		.context = term->options.context,
	};

	return rivals_start(&options, &term->rivals, err);
}

bool term_start(struct term *term, struct err *err)
{
	const struct controller_options *const o = term->options.controller;

	if (!kube_recorder_start(o->client, "raygate-controller", o->host, &term->recorder, err) ||
		!start_rivals(term, err) || !start_feeds(term, err) ||
		!writers_start(term->writers, err))
		return false;
	term->plans = thread_start(&term->planner, "planner", plan, term->reconciler);
	return term->plans || err_set(err, ERR_UNAVAILABLE, "controller: no thread is to be had");
}

void term_stop(struct term *term)
{
	kube_stop_ask(term->stop);
	workqueue_stop(term->queue);
	writers_stop(term->writers);
	if (term->plans)
		pthread_join(term->planner, NULL);
	rivals_stop(&term->rivals);
	for (size_t i = 0; i < DIALECTS; i++)
		for (size_t k = 0; k < WORLD_KINDS; k++)
			feed_stop(&term->feeds[i][k]);
	kube_recorder_stop(&term->recorder);
}

void term_free(struct term **term)
{
	if (*term == NULL)
		return;
	writers_free(&(*term)->writers);
	reconciler_free(&(*term)->reconciler);
	workqueue_free(&(*term)->queue);
	kube_stop_free(&(*term)->stop);
	mem_free(term);
}

bool term_is_synced(struct term *term, enum dialect dialect)
{
	return term->rivals && feed_is_synced(&term->feeds[dialect][WORLD_PODS]) &&
	       feed_is_synced(&term->feeds[dialect][WORLD_SERVICES]) &&
	       (dialect != DIALECT_MODERN || feed_is_synced(&term->feeds[dialect][WORLD_CLAIMS])) &&
	       rivals_known(term->rivals, RIVAL_KUBERAY) &&
	       rivals_known(term->rivals, RIVAL_RAYGATE);
}

bool term_meets(struct term *term, enum dialect dialect, char who[RIVAL_NAME])
{
	return rivals_met(term->rivals, RIVAL_RAYGATE, who) ||
	       (dialect == DIALECT_MODERN && rivals_met(term->rivals, RIVAL_KUBERAY, who));
}

static void look_at_all(struct term *term, enum dialect dialect, struct arena *arena)
{
	struct world_key *keys;
	const size_t count = world_keys(term->options.world, dialect, arena, &keys);

	for (size_t i = 0; i < count; i++)
		workqueue_add(term->queue, &keys[i]);
}

/* But for what somebody else is at, who settles by then what is accepted. */
static void recall_all(struct term *term, enum dialect dialect, struct arena *arena)
{
	const struct reconciler_options options = reconciler_options(term);
	struct reconciler *reconciler = reconciler_new(&options);
	struct world_key *keys;
	const size_t count = world_keys(term->options.world, dialect, arena, &keys);

	for (size_t i = 0; i < count; i++) {
		if (!rivals_keep(term->rivals, keys[i].namespace))
			reconciler_recall(reconciler, &keys[i]);
	}
	reconciler_free(&reconciler);
}

void term_work(struct term *term, enum dialect dialect)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	world_forget_work(term->options.world, dialect);
	recall_all(term, dialect, &arena);
	atomic_store(&term->works[dialect], true);
	/* Again: what came meanwhile was passed over. */
	look_at_all(term, dialect, &arena);
}

void term_rest(struct term *term, enum dialect dialect)
{
	atomic_store(&term->works[dialect], false);
}

void term_look(struct term *term, const struct world_key *key)
{
	if (!writers_busy(term->writers, key))
		workqueue_add(term->queue, key);
}

void term_look_at_keepers(struct term *term)
{
	const uint64_t kept = term->rivals ? rivals_kept(term->rivals) : 0;
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	if (term->kept == kept)
		return;
	term->kept = kept;
	for (enum dialect i = 0; i < DIALECTS; i++) {
		if (atomic_load(&term->works[i]))
			recall_all(term, i, &arena);
		look_at_all(term, i, &arena);
	}
}

struct workqueue_stats term_queue(struct term *term)
{
	return workqueue_stats(term->queue);
}
