#include "tests/support/controller_kit.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "api/derived_names.h"
#include "base/clock.h"
#include "server/controller/deeds.h"
#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/controller_kit_parts.h"
#include "tests/support/review.h"

enum { ROUNDS_MAX = 400, WRITES_MAX = 20000 };

#define NOW (1800000000 * CLOCK_SECOND)

struct controller_kit *controller_kit_new(const char *policy)
{
	return controller_kit_new_of(DIALECT_MODERN, policy);
}

struct controller_kit *controller_kit_new_of(enum dialect dialect, const char *policy)
{
	struct controller_kit *const kit = mem_alloc(sizeof(*kit));

	clock_hold(1000 * CLOCK_SECOND, NOW);
	kit->cluster = fake_cluster_new();
	kit->policy = policy ? review_policy(policy) : policy_empty();
	if (kit->policy->target.controller == POLICY_CONTROLLER_UNSAID)
		kit->policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	kit->dialect = dialect;
	kit->leads = true;
	return kit;
}

void controller_kit_free(struct controller_kit **pointer)
{
	struct controller_kit *const kit = *pointer;

	if (kit == NULL)
		return;
	controller_kit_kill(kit);
	fake_cluster_free(&kit->cluster);
	buf_done(&kit->events);
	policy_free(&kit->policy);
	clock_release();
	mem_free(pointer);
}

static const struct policy *policy(void *context)
{
	return ((struct controller_kit *)context)->policy;
}

static void policy_done(void *context, const struct policy *done)
{
	cr_assert_eq(done, policy(context));
}

static bool may(void *context, const struct world_key *key)
{
	const struct controller_kit *const kit = context;

	return kit->leads && key->dialect == kit->dialect;
}

/* Whether the five characters that are drawn begin there. */
static bool is_suffix(const char *at)
{
	static const char ALPHABET[] = DERIVED_ALPHABET;

	return *at == '-' && strspn(at + 1, ALPHABET) == DERIVED_SUFFIX_LEN;
}

static bool is_left(void *context, const struct world_key *key)
{
	(void)key;
	return ((const struct controller_kit *)context)->is_left;
}

static void tell_event(void *context, const struct kube_event *event)
{
	struct buf *const events = &((struct controller_kit *)context)->events;

	cr_assert_not_null(event->reason);
	buf_printf(events, "%s: ", event->reason);
	for (const char *at = event->message; *at; at++) {
		buf_add_char(events, *at);
		if (is_suffix(at)) {
			buf_add_char(events, '*');
			at += DERIVED_SUFFIX_LEN;
		}
	}
	buf_add_char(events, '\n');
}

static void did(
	void *context, const struct world_key *key, struct str uid, const struct deeds *deeds)
{
	deeds_tell(deeds, key, uid, tell_event, context);
}

static void ready(void *context, enum dialect dialect, int64_t seconds)
{
	struct controller_kit *const kit = context;

	cr_expect_eq(dialect, kit->dialect);
	kit->ready++;
	kit->ready_s = seconds;
}

static void changed(void *context, const struct world_key *key)
{
	struct controller_kit *const kit = context;

	if (kit->queue)
		workqueue_add(kit->queue, key);
}

static enum write_end perform_write(void *context, const struct write *write)
{
	return perform(&((struct controller_kit *)context)->performer, write);
}

static void withdrawn(void *context, const struct write *write)
{
	struct controller_kit *const kit = context;
	const struct world_outcome outcome = {.action = write->action,
		.child = write->child,
		.name = write->name,
		.group = write->group};

	world_write_withdrawn(kit->world, &write->key, write->uid, &outcome);
}

static void finished(
	void *context, const struct world_key *key, struct str uid, enum writers_end end)
{
	struct controller_kit *const kit = context;

	reconciler_finished(kit->reconciler, key, uid, end);
}

void controller_kit_begin(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key *keys;

	arena_init(&arena, 4096);
	kit->client = fake_cluster_client(kit->cluster);
	kit->world = world_new(&(struct world_options){changed, kit});
	kit->performer = (struct performer){.client = kit->client, .world = kit->world};
	kit->writers = writers_new(&(struct writers_options){
		.perform = perform_write,
		.withdrawn = withdrawn,
		.finished = finished,
		.context = kit,
		.did = did,
	});
	controller_kit_tell(kit);
	kit->queue = workqueue_new(0);
	kit->reconciler = reconciler_new(&(struct reconciler_options){
		.world = kit->world,
		.queue = kit->queue,
		.writers = kit->writers,
		.plans = {[DIALECT_MODERN] = plan_modern, [DIALECT_LEGACY] = plan_legacy},
		.server = {.policy = policy,
			.policy_done = policy_done,
			.ready = ready,
			.context = kit},
		.may = may,
		.is_left = is_left,
		.tell = tell_event,
		.context = kit,
	});
	const size_t keys_count = world_keys(kit->world, kit->dialect, &arena, &keys);

	for (size_t i = 0; i < keys_count; i++)
		reconciler_recall(kit->reconciler, &keys[i]);
	for (size_t i = 0; i < keys_count; i++)
		workqueue_add(kit->queue, &keys[i]);
}

void controller_kit_kill(struct controller_kit *kit)
{
	writers_free(&kit->writers);
	reconciler_free(&kit->reconciler);
	workqueue_free(&kit->queue);
	world_free(&kit->world);
	kube_client_free(&kit->client);
}

void controller_kit_tell(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	const char *json;
	const char *path;

	arena_init(&arena, 65536);
	for (enum world_kind kind = 0; kind < WORLD_KINDS; kind++) {
		world_listing(kit->world, kind, kit->dialect);
		for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));) {
			if (controller_kit_kind(kit, path) == kind)
				world_put(kit->world, kind, kit->dialect,
					controller_kit_read(&arena, json), &arena);
		}
		world_listed(kit->world, kind, kit->dialect);
	}
}

void controller_kit_tell_of(struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	world_put(kit->world, WORLD_CLUSTERS, kit->dialect,
		controller_kit_read(&arena, controller_kit_cluster(kit, name)), &arena);
}

bool controller_kit_write(struct controller_kit *kit)
{
	while (reconciler_step(kit->reconciler))
		;
	cr_assert_lt(kit->writes++, WRITES_MAX, "it writes for ever");
	return writers_step(kit->writers);
}

void controller_kit_lead(struct controller_kit *kit)
{
	controller_kit_begin(kit);
	controller_kit_settle(kit);
}

void controller_kit_restart(struct controller_kit *kit)
{
	controller_kit_kill(kit);
	controller_kit_lead(kit);
}

void controller_kit_hear(struct controller_kit *kit)
{
	controller_kit_tell(kit);
	controller_kit_settle(kit);
}

void controller_kit_settle(struct controller_kit *kit)
{
	int quiet = 0;

	for (int round = 0; quiet < 4; round++) {
		bool any = false;

		cr_assert_lt(round, ROUNDS_MAX, "it never comes to rest: %.*s",
			STR_ARG(fake_cluster_log(kit->cluster)));
		while (controller_kit_write(kit))
			any = true;
		any = controller_kit_run_pods(kit) || any;
		controller_kit_tell(kit);
		quiet = any ? 0 : quiet + 1;
		clock_advance(20 * CLOCK_SECOND);
	}
}
