/* What somebody else made and we take over: another controller, or an earlier cluster of the name.
 */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("6", ""));
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(takeover, .init = begin, .fini = end);

/* What `kubectl delete --cascade=orphan` of an earlier "a" left: a head, a worker, a Service. */
static void put_orphans(void)
{
	controller_kit_put_pod(kit, "old-head", "headgroup", NULL);
	controller_kit_put_pod(kit, "old-worker", "workers", NULL);
	fake_cluster_put(kit->cluster, "/api/v1/namespaces/ns/services/a-head-svc",
		"{\"metadata\":{\"name\":\"a-head-svc\",\"namespace\":\"ns\",\"uid\":\"old-svc\","
		"\"labels\":{\"ray.io/cluster\":\"a\"}},\"spec\":{\"clusterIP\":\"None\"}}");
}

static bool has_owner(const char *path, const char *uid)
{
	const char *const json = fake_cluster_get(kit->cluster, path);

	return json && strstr(json, "\"controller\":true") && strstr(json, uid);
}

Test(takeover, what_an_earlier_one_left_is_taken_in)
{
	controller_kit_apply(kit, "a", 2);
	put_orphans();
	controller_kit_lead(kit);
	controller_kit_expect(kit, "a", 2);
	fake_cluster_put(kit->cluster, "/api/v1/namespaces/ns/services/own",
		"{\"metadata\":{\"name\":\"own\",\"namespace\":\"ns\",\"labels\":{\"ray.io/"
		"cluster\":\"a\"}}}");
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	cr_expect_not(has_owner("/api/v1/namespaces/ns/services/own", "uid-of-a"));
	cr_expect(has_owner("/api/v1/namespaces/ns/pods/old-head", "uid-of-a"));
	cr_expect(has_owner("/api/v1/namespaces/ns/pods/old-worker", "uid-of-a"));
	cr_expect(has_owner("/api/v1/namespaces/ns/services/a-head-svc", "uid-of-a"));
}

static void write_for_seconds(int seconds)
{
	for (int i = 0; i < seconds; i++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
}

/* Who may not look whose pods they are says so, and makes what is missing. */
Test(takeover, what_may_not_be_looked_at_is_told_and_does_not_hold_up_the_rest)
{
	controller_kit_apply(kit, "a", 1);
	put_orphans();
	fake_cluster_forbid(kit->cluster, "/namespaces/ns/rayclusters/a");
	controller_kit_begin(kit);
	write_for_seconds(5);
	cr_expect_not(has_owner("/api/v1/namespaces/ns/pods/old-head", "uid-of-a"));
	/* The one that was left, and a new one. */
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 2u);
}

/* One that is being deleted gives its pods away, and no watch has told of it yet. */
Test(takeover, what_is_given_away_is_not_taken_back)
{
	static const char A[] = "/apis/ray.io/v1/namespaces/ns/rayclusters/a";
	struct arena arena CLEANUP(arena_done);

	controller_kit_apply(kit, "a", 1);
	controller_kit_begin(kit);
	put_orphans();
	controller_kit_tell(kit);
	arena_init(&arena, 4096);
	const char *const json = fake_cluster_get(kit->cluster, A);

	fake_cluster_put(kit->cluster, A,
		arena_printf(&arena,
			"{\"metadata\":{\"deletionTimestamp\":\"2027-01-15T08:00:00Z\",%s",
			json + strlen("{\"apiVersion\":\"ray.io/"
				      "v1\",\"kind\":\"RayCluster\",\"metadata\":{"))
			.at);
	write_for_seconds(5);
	cr_expect_not(has_owner("/api/v1/namespaces/ns/pods/old-head", "uid-of-a"));
	cr_expect_not(has_owner("/api/v1/namespaces/ns/pods/old-worker", "uid-of-a"));
}

#define OLD_WORKER "/api/v1/namespaces/ns/pods/old-worker"
/* As where a webhook for updates of pods is away: it is told, and the others are made. */
Test(takeover, one_that_cannot_be_adopted_holds_up_nothing_for_long)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_put_pod(kit, "stray", "workers", NULL);
	fake_cluster_refuse(kit->cluster, "/pods/stray", 500, "InternalError", SIZE_MAX);
	controller_kit_begin(kit);
	for (int i = 0; i < 30; i++) {
		while (controller_kit_write(kit))
			;
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		clock_advance(CLOCK_SECOND);
	}
	cr_expect_eq(controller_kit_pods(kit, "a", "headgroup"), 1u);
	cr_expect(controller_kit_says(kit, "a", "AdoptWorkerPod"), "%s",
		controller_kit_cluster(kit, "a"));
}

#define WORKER(uid)                                                                                \
	"{\"metadata\":{\"name\":\"old-worker\",\"namespace\":\"ns\",\"uid\":\"" uid               \
	"\",\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/node-type\":\"worker\",\"ray.io/"        \
	"group\":"                                                                                 \
	"\"workers\"}},\"spec\":{}}"
#define ANOTHER WORKER("another")

/* Just before it would be adopted. */
static void delete_worker(void *context)
{
	(void)context;
	fake_cluster_delete(kit->cluster, OLD_WORKER);
}

static void replace_worker(void *context)
{
	(void)context;
	fake_cluster_put(kit->cluster, OLD_WORKER, ANOTHER);
}

/* So the next write is the adoption of the worker, and all else is done. */
static void leave_one_worker(void (*hook)(void *context))
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_lead(kit);
	controller_kit_scale(kit, "a", 2);
	fake_cluster_put(kit->cluster, OLD_WORKER, WORKER("old-worker"));
	controller_kit_tell(kit);
	fake_cluster_before_write(kit->cluster, hook, NULL);
	cr_assert(controller_kit_write(kit));
}

/* The API server answers 404: nothing was adopted, and another one is made in its place. */
Test(takeover, what_is_gone_before_it_is_adopted_is_made)
{
	leave_one_worker(delete_worker);
	cr_expect_null(fake_cluster_get(kit->cluster, OLD_WORKER));
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 2);
}

/* It answers 409, since it is another object: nobody's yet, and then ours. */
Test(takeover, what_came_in_its_place_is_adopted_in_its_turn)
{
	leave_one_worker(replace_worker);
	cr_expect_not(has_owner(OLD_WORKER, "uid-of-a"));
	controller_kit_settle(kit);
	cr_expect(has_owner(OLD_WORKER, "uid-of-a"));
	controller_kit_expect(kit, "a", 2);
}

/* A watch is faster than the answer: what it told of by that name is not what was adopted. */
static void tell_of_another(void *context)
{
	struct arena arena CLEANUP(arena_done);
	static const struct json_limits LIMITS = {.bytes = 4096, .depth = 16, .nodes = 256};
	struct json_doc doc;
	struct err err;

	(void)context;
	arena_init(&arena, 4096);
	cr_assert(json_read(&arena, STR(ANOTHER), &LIMITS, &doc, &err));
	world_put(kit->world, WORLD_PODS, DIALECT_MODERN, doc.root, &arena);
}

Test(takeover, by_its_name_alone_nothing_becomes_ours)
{
	struct arena arena CLEANUP(arena_done);
	const struct world_key key = {DIALECT_MODERN, STR("ns"), STR("a")};
	struct acceptance_view view;
	struct observed seen;
	size_t strays = 0;

	arena_init(&arena, 65536);
	leave_one_worker(tell_of_another);
	cr_assert(has_owner(OLD_WORKER, "uid-of-a"));
	cr_assert(world_observe(kit->world, &key, &arena, &seen, &view));
	for (size_t i = 0; i < seen.pod_count; i++) {
		cr_expect_not(str_is(seen.pods[i].uid, "another") && seen.pods[i].ours);
		strays += seen.pods[i].stray;
	}
	cr_expect_eq(strays, 1u);
}

static void put_worker_of_somebody_else(int n)
{
	char name[32];

	snprintf(name, sizeof(name), "a-workers-worker-%d", n);
	controller_kit_put_pod(kit, name, "workers", "uid-of-a");
}

/* Another controller was at work while the status said what we had accepted. */
Test(takeover, what_another_controller_made_is_not_taken_away)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_lead(kit);
	controller_kit_kill(kit);
	controller_kit_scale(kit, "a", 30);
	for (int n = 0; n < 4; n++)
		put_worker_of_somebody_else(n);
	controller_kit_lead(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 7u);
	/* The same, but this process was at work before the other. */
	for (int n = 4; n < 6; n++)
		put_worker_of_somebody_else(n);
	controller_kit_scale(kit, "a", 31);
	controller_kit_tell(kit);
	world_forget_work(kit->world, DIALECT_MODERN);
	controller_kit_settle(kit);
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 9u);
}

static size_t count_judged(void)
{
	const struct world_tally tally = world_tally(kit->world, DIALECT_MODERN);
	size_t count = 0;

	for (size_t i = 0; i < WORLD_STATES; i++)
		count += tally.clusters[i][WORLD_ACCEPTED];
	return count;
}

/* What was recalled before the first look counts, though nobody may look yet. */
Test(takeover, who_may_not_look_forgets_what_was_accepted_only_where_somebody_else_is_at_it)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	cr_expect_eq(count_judged(), 1u);
	kit->leads = false;
	controller_kit_scale(kit, "a", 3);
	controller_kit_tell_of(kit, "a");
	controller_kit_settle(kit);
	cr_expect_eq(count_judged(), 1u);
	kit->is_left = true;
	controller_kit_scale(kit, "a", 4);
	controller_kit_tell_of(kit, "a");
	controller_kit_settle(kit);
	cr_expect_eq(count_judged(), 0u);
	kit->leads = true;
	kit->is_left = false;
	controller_kit_scale(kit, "a", 2);
	controller_kit_tell_of(kit, "a");
	controller_kit_settle(kit);
	cr_expect_eq(count_judged(), 1u);
}

/* As an earlier one's pods are its own by now, so is the place of what that had accepted. */
Test(takeover, what_an_earlier_one_had_accepted_is_in_nobody_s_way)
{
	static const struct {
		enum dialect dialect;
		const char *path, *label;
	} CASES[] = {
		{DIALECT_MODERN, "a-accepted-spec", "ray.io/cluster"},
		{DIALECT_LEGACY, "a-accepted-podtypes", "ray-cluster-name"},
	};
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const path = arena_printf(
			&arena, "/apis/apps/v1/namespaces/ns/controllerrevisions/%s", CASES[i].path)
						 .at;

		end();
		kit = controller_kit_new_of(
			CASES[i].dialect, CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
		controller_kit_apply(kit, "a", 2);
		controller_kit_lead(kit);
		fake_cluster_put(kit->cluster, path,
			arena_printf(&arena,
				"{\"metadata\":{\"name\":\"left\",\"uid\":\"x\",\"labels\":{\"%s\":"
				"\"a\"},\"ownerReferences\":[{\"uid\":\"theirs\"}]},"
				"\"revision\":7,\"data\":{\"spec\":{}}}",
				CASES[i].label)
				.at);
		controller_kit_edit(kit, "a", "\"requests\":{\"cpu\":\"1\",", "\"requests\":{");
		controller_kit_edit(kit, "a", "\"cpu\":\"1\"", "\"cpu\":\"9\"");
		controller_kit_tell(kit);
		controller_kit_settle(kit);
		cr_expect(controller_kit_says(kit, "a", "\"QuotaExceeded\""));
		cr_expect(has_owner(path, "uid-of-a"), "%s", fake_cluster_get(kit->cluster, path));
		cr_expect_not(controller_kit_says(kit, "a", "FailedCreateControllerRevision"));
	}
}
