#include "server/controller/controller.h"

#include <pthread.h>
#include <stdatomic.h>

#include "server/controller/term.h"

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
	if (c->term)
		term_look(c->term, key);
	pthread_mutex_unlock(&c->mutex);
}

struct controller *controller_new(const struct controller_options *options)
{
	struct controller *const c = mem_alloc(sizeof(*c));

	c->options = *options;
	pthread_mutex_init(&c->lead, NULL);
	pthread_mutex_init(&c->mutex, NULL);
	c->world = world_new(&(struct world_options){changed, c});
	for (enum dialect i = 0; i < DIALECTS; i++) {
		c->states[i] = CONTROLLER_STATES;
		options->state(options->context, i, CONTROLLER_STANDS_BY, "");
	}
	return c;
}

static enum controller_state state_of(struct controller *c, enum dialect dialect, char *who)
{
	who[0] = '\0';
	if (c->term == NULL)
		return CONTROLLER_STANDS_BY;
	if (c->options.plans[dialect] == NULL)
		return CONTROLLER_UNPLANNED;
	if (!c->told[dialect] || !term_is_synced(c->term, dialect))
		return CONTROLLER_READS;
	return term_meets(c->term, dialect, who) ? CONTROLLER_YIELDS : CONTROLLER_WORKS;
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
		term_work(term, dialect);
	else if (term)
		term_rest(term, dialect);
	c->options.state(c->options.context, dialect, state, who);
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
			if (c->term)
				term_look_at_keepers(c->term);
		}
		pthread_mutex_unlock(&c->lead);
	}
}

static void tell_blind(void *context, enum dialect dialect, enum world_kind kind, const char *why)
{
	const struct controller *const c = context;

	if (c->options.blind)
		c->options.blind(c->options.context, dialect, kind, why);
}

static void end_term(struct controller *c)
{
	struct term *term = c->term;

	/* Whoever looks at states is kept away by c->lead. */
	term_stop(term);
	pthread_mutex_lock(&c->mutex);
	c->term = NULL;
	pthread_mutex_unlock(&c->mutex);
	term_free(&term);
	world_forget_children(c->world);
}

static bool begin_term(struct controller *c, struct err *err)
{
	struct term *const term = term_new(&(struct term_options){
		.controller = &c->options,
		.world = c->world,
		.news = look_at_all,
		.blind = tell_blind,
		.context = c,
	});

	pthread_mutex_lock(&c->mutex);
	c->term = term;
	pthread_mutex_unlock(&c->mutex);
	if (term_start(term, err))
		return true;
	end_term(c);
	return false;
}

bool controller_lead(struct controller *c, struct err *err)
{
	pthread_mutex_lock(&c->lead);
	const bool leads = c->term || begin_term(c, err);

	pthread_mutex_unlock(&c->lead);
	look_at_all(c);
	return leads;
}

void controller_yield(struct controller *c)
{
	pthread_mutex_lock(&c->lead);
	if (c->term)
		end_term(c);
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
		stats.queue = term_queue(c->term);
	pthread_mutex_unlock(&c->mutex);
	return stats;
}
