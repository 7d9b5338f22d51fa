#include "server/controller/controller.h"

#include <pthread.h>
#include <stdatomic.h>

#include "server/controller/deeds.h"
#include "server/controller/feed.h"
#include "server/controller/perform.h"
#include "server/kube/stop.h"
#include "server/kube/thread.h"

#define DIALECTS 2

/* What there is while we lead. */
struct term {
	struct kube_stop *stop;
	struct performer performer;
	struct workqueue *queue;
	struct writers *writers;
	struct reconciler *reconciler;
	struct kube_recorder *recorder;
	struct rivals *rivals;
	struct controller *owner;
	struct feed feeds[DIALECTS][WORLD_KINDS];
	uint64_t kept; /* rivals_kept() when it was looked at last */
	atomic_bool works[DIALECTS];
	pthread_t planner;
	bool plans;
};

struct controller {
	struct controller_options options;
	struct world *world;
	pthread_mutex_t lead;  /* held by whoever begins or ends a term */
	pthread_mutex_t mutex; /* over what follows */
	struct term *term;     /* NULL while we do not lead */
	atomic_bool news;      /* a state may be another one */
	bool told[DIALECTS];
	enum controller_state states[DIALECTS];
};

/*
 * What changed is looked at as soon as there is somebody to look; while a round is at work, when
 * that has ended, so nobody is woken for it.
 */
static void changed(void *context, const struct world_key *key)
{
	struct controller *const c = context;

	pthread_mutex_lock(&c->mutex);
	if (c->term && !writers_busy(c->term->writers, key))
		workqueue_add(c->term->queue, key);
	pthread_mutex_unlock(&c->mutex);
}

struct controller *controller_new(const struct controller_options *options)
{
	struct controller *const c = mem_alloc(sizeof(*c));

	c->options = *options;
	if (c->options.threads == 0)
		c->options.threads = WRITERS_THREADS;
	pthread_mutex_init(&c->lead, NULL);
	pthread_mutex_init(&c->mutex, NULL);
	c->world = world_new(&(struct world_options){changed, c});
	for (enum dialect i = 0; i < DIALECTS; i++) {
		c->states[i] = CONTROLLER_STATES;
		options->state(options->context, i, CONTROLLER_STANDS_BY, "");
	}
	return c;
}

static bool is_synced(const struct term *term, enum dialect dialect)
{
	return feed_is_synced(&term->feeds[dialect][WORLD_PODS]) &&
	       feed_is_synced(&term->feeds[dialect][WORLD_SERVICES]) &&
	       (dialect != DIALECT_MODERN || feed_is_synced(&term->feeds[dialect][WORLD_CLAIMS])) &&
	       rivals_known(term->rivals, RIVAL_KUBERAY) &&
	       rivals_known(term->rivals, RIVAL_RAYGATE);
}

static enum controller_state state_of(struct controller *c, enum dialect dialect, char *who)
{
	struct term *const term = c->term;

	who[0] = '\0';
	if (term == NULL)
		return CONTROLLER_STANDS_BY;
	if (c->options.plans[dialect] == NULL)
		return CONTROLLER_UNPLANNED;
	if (!c->told[dialect] || term->rivals == NULL || !is_synced(term, dialect))
		return CONTROLLER_READS;
	if (rivals_met(term->rivals, RIVAL_RAYGATE, who) ||
		(dialect == DIALECT_MODERN && rivals_met(term->rivals, RIVAL_KUBERAY, who)))
		return CONTROLLER_YIELDS;
	return CONTROLLER_WORKS;
}

static struct reconciler_options reconciler_options(struct controller *c, struct term *term);

static void look_at_clusters(
	struct controller *c, struct term *term, enum dialect dialect, struct arena *arena)
{
	struct world_key *keys;
	const size_t count = world_keys(c->world, dialect, arena, &keys);

	for (size_t i = 0; i < count; i++)
		workqueue_add(term->queue, &keys[i]);
}

/*
 * Before the first is planned, all that were accepted before us are counted, by others or by us
 * when we were last at work.
 */
static void begin_work(struct controller *c, struct term *term, enum dialect dialect)
{
	struct arena arena CLEANUP(arena_done);
	const struct reconciler_options options = reconciler_options(c, term);
	struct reconciler *reconciler = reconciler_new(&options);
	struct world_key *keys;

	arena_init(&arena, 4096);
	world_forget_work(c->world, dialect);
	const size_t count = world_keys(c->world, dialect, &arena, &keys);

	for (size_t i = 0; i < count; i++)
		reconciler_recall(reconciler, &keys[i]);
	reconciler_free(&reconciler);
	atomic_store(&term->works[dialect], true);
	/* Again: what came meanwhile was passed over. */
	look_at_clusters(c, term, dialect, &arena);
}

/*
 * Looks whether a dialect may be reconciled. One thread at a time, by c->lead, which whoever ends
 * the term waits for.
 */
static void look_at(struct controller *c, enum dialect dialect)
{
	char who[RIVAL_NAME];

	pthread_mutex_lock(&c->mutex);
	const enum controller_state state = state_of(c, dialect, who);
	struct term *const term = c->term;
	const bool differs = state != c->states[dialect];

	c->states[dialect] = state;
	pthread_mutex_unlock(&c->mutex);
	if (!differs)
		return;
	if (term && state == CONTROLLER_WORKS)
		begin_work(c, term, dialect);
	else if (term)
		atomic_store(&term->works[dialect], false);
	c->options.state(c->options.context, dialect, state, who);
}

/* Looks whether other namespaces than before have a controller of their own. */
static void look_at_keepers(struct controller *c)
{
	struct term *const term = c->term;
	const uint64_t kept = term && term->rivals ? rivals_kept(term->rivals) : 0;
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	if (term == NULL || term->kept == kept)
		return;
	term->kept = kept;
	for (enum dialect i = 0; i < DIALECTS; i++)
		look_at_clusters(c, term, i, &arena);
}

/*
 * Never waits: whoever is at it, or begins or ends a term, looks once more when he has finished, as
 * there is news.
 */
static void look_at_all(void *context)
{
	struct controller *const c = context;

	atomic_store(&c->news, true);
	while (atomic_load(&c->news) && pthread_mutex_trylock(&c->lead) == 0) {
		if (atomic_exchange(&c->news, false)) {
			for (enum dialect i = 0; i < DIALECTS; i++)
				look_at(c, i);
			look_at_keepers(c);
		}
		pthread_mutex_unlock(&c->lead);
	}
}

static bool may(void *context, const struct world_key *key)
{
	const struct term *const term = context;

	return atomic_load(&term->works[key->dialect]) &&
	       !rivals_keep(term->rivals, key->namespace);
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

static void tell_event(void *context, const struct kube_event *event)
{
	const struct term *const term = context;

	kube_recorder_add(term->recorder, event);
}

static void did(
	void *context, const struct world_key *key, struct str uid, const struct deeds *deeds)
{
	deeds_tell(deeds, key, uid, tell_event, context);
}

static const struct policy *policy(void *context)
{
	const struct term *const term = context;
	const struct controller *const c = term->owner;

	return c->options.policy(c->options.context);
}

static void policy_done(void *context, const struct policy *policy)
{
	const struct term *const term = context;
	const struct controller *const c = term->owner;

	c->options.policy_done(c->options.context, policy);
}

static void looked(void *context, enum dialect dialect, int64_t nanoseconds)
{
	const struct term *const term = context;
	const struct controller *const c = term->owner;

	c->options.looked(c->options.context, dialect, nanoseconds);
}

static void ready(void *context, enum dialect dialect, int64_t seconds)
{
	const struct term *const term = context;
	const struct controller *const c = term->owner;

	c->options.ready(c->options.context, dialect, seconds);
}

static struct reconciler_options reconciler_options(struct controller *c, struct term *term)
{
	return (struct reconciler_options){
		.world = c->world,
		.queue = term->queue,
		.writers = term->writers,
		.plans = {c->options.plans[0], c->options.plans[1]},
		.domain = c->options.domain,
		.policy = policy,
		.policy_done = policy_done,
		.may = may,
		.tell = tell_event,
		.looked = looked,
		.ready = ready,
		.context = term,
	};
}

static void *plan(void *context)
{
	reconciler_run(context);
	return NULL;
}

static struct term *term_new(struct controller *c)
{
	struct term *const term = mem_alloc(sizeof(*term));

	term->owner = c;
	term->stop = kube_stop_new();
	term->performer = (struct performer){
		c->options.client, term->stop, c->world, c->options.count, c->options.context};
	term->queue = workqueue_new(c->options.gap);
	term->writers = writers_new(&(struct writers_options){
		c->options.threads, perform_write, withdrawn, finished, term, did});
	const struct reconciler_options options = reconciler_options(c, term);

	term->reconciler = reconciler_new(&options);
	return term;
}

/*
 * Threads that plan or write end first, so that nobody is written to once the watches have ended;
 * whoever looks at states is kept away by c->lead.
 */
static void term_end(struct controller *c, struct term *term)
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
	pthread_mutex_lock(&c->mutex);
	c->term = NULL;
	pthread_mutex_unlock(&c->mutex);
	writers_free(&term->writers);
	reconciler_free(&term->reconciler);
	workqueue_free(&term->queue);
	kube_stop_free(&term->stop);
	mem_free(&term);
	world_forget_children(c->world);
}

static bool start_feed(struct controller *c, struct term *term, enum dialect dialect,
	enum world_kind kind, struct err *err)
{
	struct feed *const feed = &term->feeds[dialect][kind];

	*feed = (struct feed){
		.client = c->options.client,
		.world = c->world,
		.dialect = dialect,
		.kind = kind,
		.namespace = c->options.watched,
		.told = look_at_all,
		.context = c,
	};
	return feed_start(feed, err);
}

static bool start_feeds(struct controller *c, struct term *term, struct err *err)
{
	for (enum dialect i = 0; i < DIALECTS; i++) {
		if (c->options.plans[i] == NULL)
			continue;
		if (!start_feed(c, term, i, WORLD_PODS, err) ||
			!start_feed(c, term, i, WORLD_SERVICES, err))
			return false;
		if (i == DIALECT_MODERN && !start_feed(c, term, i, WORLD_CLAIMS, err))
			return false;
	}
	return true;
}

static bool start_term(struct controller *c, struct term *term, struct err *err)
{
	const struct rivals_options rivals = {
		.client = c->options.client,
		.namespace = c->options.namespace,
		.lease = c->options.lease,
		.watched = c->options.watched,
		.changed = look_at_all,
		.context = c,
	};
	struct rivals *started = NULL;

	if (!kube_recorder_start(
		    c->options.client, "raygate-controller", c->options.host, &term->recorder, err))
		return false;
	const bool followed = rivals_start(&rivals, &started, err);

	pthread_mutex_lock(&c->mutex);
	term->rivals = started;
	pthread_mutex_unlock(&c->mutex);
	if (!followed || !start_feeds(c, term, err) || !writers_start(term->writers, err))
		return false;
	term->plans = kube_thread_start(&term->planner, "planner", plan, term->reconciler);
	return term->plans || err_set(err, ERR_UNAVAILABLE, "controller: no thread is to be had");
}

bool controller_lead(struct controller *c, struct err *err)
{
	bool started = true;

	pthread_mutex_lock(&c->lead);
	if (c->term == NULL) {
		struct term *const term = term_new(c);

		pthread_mutex_lock(&c->mutex);
		c->term = term;
		pthread_mutex_unlock(&c->mutex);
		started = start_term(c, term, err);
		if (!started)
			term_end(c, term);
	}
	pthread_mutex_unlock(&c->lead);
	look_at_all(c);
	return started;
}

void controller_yield(struct controller *c)
{
	pthread_mutex_lock(&c->lead);
	if (c->term)
		term_end(c, c->term);
	pthread_mutex_unlock(&c->lead);
	look_at_all(c);
}

void controller_free(struct controller **controller)
{
	struct controller *const c = *controller;

	if (c == NULL)
		return;
	controller_yield(c);
	world_free(&c->world);
	pthread_mutex_destroy(&c->mutex);
	pthread_mutex_destroy(&c->lead);
	mem_free(controller);
}

void controller_see(struct controller *c, enum dialect dialect, const struct json_node *object,
	struct arena *arena)
{
	world_put(c->world, WORLD_CLUSTERS, dialect, object, arena);
}

void controller_unsee(
	struct controller *c, enum dialect dialect, struct str namespace, struct str name)
{
	world_drop(c->world, WORLD_CLUSTERS, dialect, namespace, name);
}

void controller_listing(struct controller *c, enum dialect dialect)
{
	world_listing(c->world, WORLD_CLUSTERS, dialect);
}

void controller_told(struct controller *c, enum dialect dialect)
{
	world_listed(c->world, WORLD_CLUSTERS, dialect);
	pthread_mutex_lock(&c->mutex);
	c->told[dialect] = true;
	pthread_mutex_unlock(&c->mutex);
	look_at_all(c);
}

void controller_policy_changed(struct controller *c)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key *keys;

	arena_init(&arena, 4096);
	for (enum dialect i = 0; i < DIALECTS; i++) {
		const size_t count = world_keys(c->world, i, &arena, &keys);

		for (size_t k = 0; k < count; k++)
			changed(c, &keys[k]);
	}
}

struct controller_stats controller_stats(struct controller *c)
{
	struct controller_stats stats = {0};

	for (enum dialect i = 0; i < DIALECTS; i++) {
		stats.clusters[i] = world_tally(c->world, i);
		stats.pods[i] = world_count(c->world, WORLD_PODS, i);
	}
	pthread_mutex_lock(&c->mutex);
	if (c->term)
		stats.queue = workqueue_stats(c->term->queue);
	pthread_mutex_unlock(&c->mutex);
	return stats;
}
