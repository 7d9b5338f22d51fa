/*
 * Many threads on one controller's world, queue and writers: watches that tell, a planner, writers
 * whose answers come, are refused or get lost, and a reader of statistics.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "server/controller/workqueue.h"
#include "server/controller/writers.h"

enum { CLUSTERS = 12, TELLERS = 3, ROUNDS = 400, THREADS = 4 };

struct stage {
	struct world *world;
	struct workqueue *queue;
	struct writers *writers;
	atomic_int written, finished;
	atomic_bool ending;
};

static void fail(const char *what)
{
	fprintf(stderr, "controller: %s\n", what);
	exit(1);
}

static void put(struct stage *s, enum world_kind kind, struct arena *arena, struct str json)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 32, .nodes = 4096};
	struct json_doc doc;
	struct err err;

	if (!json_read(arena, json, &LIMITS, &doc, &err))
		fail(err.text);
	world_put(s->world, kind, DIALECT_MODERN, doc.root, arena);
}

static void tell_once(struct stage *s, struct arena *arena, unsigned dice)
{
	const unsigned n = dice % CLUSTERS;

	put(s, WORLD_CLUSTERS, arena,
		arena_printf(arena,
			"{\"metadata\":{\"name\":\"c%u\",\"namespace\":\"n%u\",\"uid\":\"u%u\","
			"\"generation\":%u},\"spec\":{\"a\":%u},\"status\":{\"b\":%u}}",
			n, n % 3, n, dice % 7, dice % 5, dice));
	put(s, WORLD_PODS, arena,
		arena_printf(arena,
			"{\"metadata\":{\"name\":\"p%u\",\"namespace\":\"n%u\",\"uid\":\"%u\","
			"\"labels\":{\"ray.io/cluster\":\"c%u\",\"ray.io/group\":\"g%u\"}},"
			"\"status\":{\"phase\":\"Running\"}}",
			dice % 100, n % 3, dice, n, dice % 4));
	put(s, WORLD_SERVICES, arena,
		arena_printf(arena,
			"{\"metadata\":{\"name\":\"s%u\",\"namespace\":\"n%u\","
			"\"labels\":{\"ray.io/cluster\":\"c%u\"}},\"spec\":{\"ports\":[]}}",
			n, n % 3, n));
	if (dice % 11 == 0)
		world_drop(s->world, WORLD_CLUSTERS, DIALECT_MODERN,
			arena_printf(arena, "n%u", n % 3), arena_printf(arena, "c%u", n));
	if (dice % 5 == 0)
		world_drop(s->world, WORLD_PODS, DIALECT_MODERN, arena_printf(arena, "n%u", n % 3),
			arena_printf(arena, "p%u", dice % 100));
	if (dice % 97 == 0) {
		world_listing(s->world, WORLD_PODS, DIALECT_MODERN);
		world_listed(s->world, WORLD_PODS, DIALECT_MODERN);
	}
}

static void *tell(void *context)
{
	struct arena arena;
	unsigned dice = (unsigned)(uintptr_t)&arena;

	arena_init(&arena, 4096);
	for (int i = 0; i < ROUNDS; i++) {
		dice = dice * 1103515245 + 12345;
		tell_once(context, &arena, dice >> 8);
		arena_reset(&arena);
	}
	arena_done(&arena);
	return NULL;
}

static void changed(void *context, const struct world_key *key)
{
	workqueue_add(((struct stage *)context)->queue, key);
}

static enum write_end perform(void *context, const struct write *write)
{
	struct stage *const s = context;
	const int n = atomic_fetch_add(&s->written, 1);
	const struct world_outcome outcome = {.action = write->action,
		.child = write->child,
		.name = write->name,
		.group = write->group,
		.code = 403,
		.message = STR("no")};

	if (n % 7 == 0) {
		world_write_refused(s->world, &write->key, write->uid, &outcome);
		return WRITE_REFUSED;
	}
	if (n % 5 == 0) {
		world_write_unanswered(s->world, &write->key, write->uid, &outcome);
		return WRITE_GIVEN_UP;
	}
	world_write_done(s->world, &write->key, write->uid, &outcome);
	return WRITE_DONE;
}

static void withdrawn(void *context, const struct write *write)
{
	const struct world_outcome outcome = {.action = write->action,
		.child = write->child,
		.name = write->name,
		.group = write->group};

	world_write_withdrawn(((struct stage *)context)->world, &write->key, write->uid, &outcome);
}

static void finished(
	void *context, const struct world_key *key, struct str uid, enum writers_end end)
{
	struct stage *const s = context;

	(void)uid;
	atomic_fetch_add(&s->finished, 1);
	if (end == WRITERS_BADLY || end == WRITERS_BADLY_ASKED)
		workqueue_back_off(s->queue, key);
}

static struct write *create(
	const struct world_key *key, struct str uid, const struct action *action)
{
	struct write *const write = write_new();

	write->key = (struct world_key){DIALECT_MODERN, arena_str(&write->arena, key->namespace),
		arena_str(&write->arena, key->name)};
	write->uid = arena_str(&write->arena, uid);
	write->stage = WRITE_PODS;
	write->action = ACTION_CREATE;
	write->name = arena_str(&write->arena, action->name);
	write->group = STR("g0");
	return write;
}

static void round_of(struct stage *s, const struct world_key *key, struct arena *arena)
{
	struct observed seen;
	struct acceptance_view view;

	if (writers_busy(s->writers, key))
		return;
	if (!world_observe(s->world, key, arena, &seen, &view)) {
		writers_drop(s->writers, key);
		return;
	}
	if (!view.known)
		world_settle(s->world, key, seen.uid,
			&(struct acceptance_settled){.generation = seen.generation,
				.accepted = seen.generation % 2,
				.reason = "QuotaExceeded"});
	struct write *first = NULL;

	for (unsigned i = 0; i < 3 && seen.pod_count < 50; i++) {
		const struct action action = {.kind = ACTION_CREATE,
			.name = arena_printf(arena, "x%u-%zu", i, seen.pod_count),
			.expected = {.group = STR("g0")}};
		struct write *const write = create(key, seen.uid, &action);

		write->slow = world_expect(s->world, key, seen.uid, &action);
		write->next = first;
		first = write;
	}
	if (first)
		writers_submit(s->writers, first);
}

static void *plan(void *context)
{
	struct stage *const s = context;
	struct arena arena;
	struct world_key key;

	arena_init(&arena, 65536);
	while (workqueue_take(s->queue, &arena, &key)) {
		round_of(s, &key, &arena);
		arena_reset(&arena);
	}
	arena_done(&arena);
	return NULL;
}

static void *count(void *context)
{
	struct stage *const s = context;

	while (!atomic_load(&s->ending)) {
		(void)workqueue_stats(s->queue);
		(void)world_count(s->world, WORLD_PODS, DIALECT_MODERN);
	}
	return NULL;
}

static void start(pthread_t *thread, void *(*run)(void *), struct stage *s)
{
	if (pthread_create(thread, NULL, run, s) != 0)
		fail("no thread");
}

int main(void)
{
	struct stage s = {.queue = workqueue_new(CLOCK_MILLISECOND)};
	pthread_t tellers[TELLERS], planner, counter;
	struct err err;

	s.world = world_new(&(struct world_options){changed, &s});
	s.writers = writers_new(
		&(struct writers_options){THREADS, perform, withdrawn, finished, &s, NULL});
	if (!writers_start(s.writers, &err))
		fail(err.text);
	start(&planner, plan, &s);
	start(&counter, count, &s);
	for (int i = 0; i < TELLERS; i++)
		start(&tellers[i], tell, &s);
	for (int i = 0; i < TELLERS; i++)
		pthread_join(tellers[i], NULL);
	const int64_t until = clock_now() + 60 * CLOCK_SECOND;

	while (atomic_load(&s.finished) < CLUSTERS)
		if (clock_now() > until)
			fail("no round ever ends");
	workqueue_stop(s.queue);
	writers_stop(s.writers);
	atomic_store(&s.ending, true);
	pthread_join(planner, NULL);
	pthread_join(counter, NULL);
	writers_free(&s.writers);
	world_forget_children(s.world);
	world_free(&s.world);
	workqueue_free(&s.queue);
	printf("controller: %d writes, %d rounds\n", s.written, s.finished);
	return 0;
}
