#include "server/controller/reconcile.h"

#include <sys/random.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/log.h"
#include "server/controller/settle.h"
#include "server/controller/submit.h"
#include "server/kube/backoff.h"
#include "validators/validate.h"

/* After a round that ended badly: what it made itself tells of itself, too. */
#define ASKED_AGAIN CLOCK_SECOND

enum { ARENA_BLOCK = 64 * 1024, ARENA_KEPT = 4 * 1024 * 1024, RESYNC_JITTER = 20 };

struct reconciler {
	struct reconciler_options options;
	struct arena arena; /* of a round */
};

struct reconciler *reconciler_new(const struct reconciler_options *options)
{
	struct reconciler *const r = mem_alloc(sizeof(*r));

	r->options = *options;
	arena_init(&r->arena, ARENA_BLOCK);
	return r;
}

void reconciler_free(struct reconciler **reconciler)
{
	if (*reconciler)
		arena_done(&(*reconciler)->arena);
	mem_free(reconciler);
}

static void forget(struct reconciler *r, const struct world_key *key)
{
	writers_drop(r->options.writers, key);
	workqueue_drop(r->options.queue, key);
}

static void draw(struct observed *seen)
{
	/* Without chance there are no secrets to be had either. */
	if (getrandom(seen->random, sizeof(seen->random), 0) != sizeof(seen->random))
		memset(seen->random, 0, sizeof(seen->random));
	memcpy(&seen->seed, seen->random, sizeof(seen->seed));
	seen->seed = hash_str(
		hash_process_key(), (struct str){(const char *)seen->random, sizeof(seen->random)});
}

/* False when there is nothing to be looked at. */
static bool observe(struct reconciler *r, const struct world_key *key, struct observed *seen,
	struct acceptance_view *view)
{
	if (!world_observe(r->options.world, key, &r->arena, seen, view))
		return false;
	seen->object = validate_decode(&r->arena, RAY_CLUSTER, key->dialect, seen->root);
	seen->domain = r->options.domain;
	seen->now = clock_wall() / CLOCK_SECOND;
	draw(seen);
	return true;
}

static void plan_again(
	struct reconciler *r, const struct world_key *key, const struct round *round, int64_t doubt)
{
	const int64_t resync = kube_jitter(ROUND_RESYNC_S * CLOCK_SECOND, RESYNC_JITTER);
	const bool sooner = round->again && round->again < ROUND_RESYNC_S;
	int64_t due = clock_now() + (sooner ? round->again * CLOCK_SECOND : resync);

	if (doubt && doubt < due)
		due = doubt;
	workqueue_add_at(r->options.queue, key, due);
}

static void note_ready(struct reconciler *r, const struct world_key *key,
	const struct observed *seen, const struct submitted *submitted)
{
	const struct reconciler_server *const server = &r->options.server;
	int64_t created;

	if (!submitted->becomes_ready || server->ready == NULL)
		return;
	if (clock_parse_rfc3339(json_str(&r->arena, json_get(json_get(seen->root, "metadata"),
							    "creationTimestamp")),
		    &created))
		server->ready(server->context, key->dialect, seen->now - created / CLOCK_SECOND);
}

static void log_look(const struct world_key *key, const struct observed *seen,
	const struct round *round, const struct submitted *submitted)
{
	size_t running = 0;
	size_t ready = 0;

	if (!log_wants(LOG_LEVEL_DEBUG))
		return;
	for (size_t i = 0; i < seen->pod_count; i++) {
		running += seen->pods[i].phase == POD_RUNNING;
		ready += seen->pods[i].ready == POD_READY_TRUE;
	}
	LOG(DEBUG, "looked", KV("namespace", key->namespace), KV("rayCluster", key->name),
		KV_INT("pods", seen->pod_count), KV_INT("running", running), KV_INT("ready", ready),
		KV("verdict", seen->verdict.reason), KV_INT("actions", round->count),
		KV_INT("writes", submitted->writes), KV_INT("again", round->again));
}

static void plan(struct reconciler *r, const struct world_key *key, struct observed *seen,
	struct acceptance_view *view)
{
	struct round round;
	const struct submit_to to = {r->options.world, r->options.queue, r->options.writers,
		r->options.tell, r->options.context};

	settle(r->options.world, key, &r->arena, seen, view);
	round_init(&round, &r->arena);
	/* What the cluster keeps is read first: it may say what lost pods are to be made of. */
	if (seen->accepted_unread && !seen->accepted_unreadable) {
		world_unchecked(r->options.world, key, seen->uid);
		(void)submit(&to, key, seen, &round);
		return;
	}
	r->options.plans[key->dialect](seen, &round);
	world_forget_unasked(r->options.world, key, seen->uid, &round);
	if (!round.checks)
		world_unchecked(r->options.world, key, seen->uid);
	const struct submitted submitted = submit(&to, key, seen, &round);
	int64_t doubt;
	struct world_doubt *doubts;

	(void)world_doubts(r->options.world, key, &r->arena, &doubts, &doubt);
	if (submitted.writes == 0)
		world_checked(r->options.world, key, seen->uid);
	note_ready(r, key, seen, &submitted);
	log_look(key, seen, &round, &submitted);
	plan_again(r, key, &round, doubt);
	round_done(&round);
}

static void look(struct reconciler *r, const struct world_key *key)
{
	const struct reconciler_server *const server = &r->options.server;
	struct observed seen;
	struct acceptance_view view;

	/* What was accepted is then his to settle. */
	if (r->options.is_left(r->options.context, key)) {
		world_forget_work_on(r->options.world, key);
		return;
	}
	if (!r->options.may(r->options.context, key))
		return;
	if (!world_has(r->options.world, key)) {
		forget(r, key);
		return;
	}
	if (writers_busy(r->options.writers, key))
		return;
	if (submit_doubts(r->options.world, r->options.writers, key, &r->arena))
		return;
	if (!observe(r, key, &seen, &view))
		return;
	seen.policy = server->policy(server->context);
	plan(r, key, &seen, &view);
	server->policy_done(server->context, seen.policy);
}

void reconciler_recall(struct reconciler *r, const struct world_key *key)
{
	const struct reconciler_server *const server = &r->options.server;
	struct observed seen;
	struct acceptance_view view;

	arena_reset(&r->arena);
	if (!observe(r, key, &seen, &view) || view.known)
		return;
	seen.policy = server->policy(server->context);
	settle_recalled(r->options.world, key, &r->arena, &seen);
	server->policy_done(server->context, seen.policy);
}

static void look_and_tell(struct reconciler *r, const struct world_key *key)
{
	const struct reconciler_server *const server = &r->options.server;
	const int64_t from = clock_now();

	look(r, key);
	workqueue_take_time(r->options.queue, writers_are_busy(r->options.writers));
	if (server->looked)
		server->looked(server->context, key->dialect, clock_now() - from);
}

static void begin(struct reconciler *r)
{
	const bool large = r->arena.used > ARENA_KEPT;

	arena_reset(&r->arena);
	if (large)
		arena_trim(&r->arena);
}

bool reconciler_step(struct reconciler *r)
{
	struct world_key key;

	begin(r);
	if (!workqueue_try(r->options.queue, &r->arena, &key))
		return false;
	look_and_tell(r, &key);
	return true;
}

void reconciler_run(struct reconciler *r)
{
	struct world_key key;

	for (begin(r); workqueue_take(r->options.queue, &r->arena, &key); begin(r)) {
		look_and_tell(r, &key);
		writers_wait_for_room(r->options.writers);
	}
}

void reconciler_finished(
	struct reconciler *r, const struct world_key *key, struct str uid, enum writers_end end)
{
	if (end == WRITERS_BADLY || end == WRITERS_BADLY_ASKED || end == WRITERS_UNDONE) {
		world_unchecked(r->options.world, key, uid);
		if (end == WRITERS_UNDONE)
			workqueue_hold_off(r->options.queue, key);
		else
			workqueue_back_off(r->options.queue, key);
		if (end == WRITERS_BADLY_ASKED)
			workqueue_add_at(r->options.queue, key, clock_now() + ASKED_AGAIN);
		return;
	}
	world_checked(r->options.world, key, uid);
	workqueue_forget(r->options.queue, key);
	/* After a status that nothing hangs on there is nothing new to be seen. */
	if (end != WRITERS_QUIETLY)
		workqueue_add(r->options.queue, key);
}
