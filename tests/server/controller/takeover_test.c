/* What somebody else made and we take over: another controller, or an earlier cluster of the name.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new("apiVersion: raygate.dev/v1\nkind: Policy\nenforcement: deny\n"
				 "quotas: {ns: {requests.cpu: \"6\"}}\n");
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(takeover, .init = begin, .fini = end);

/* What `kubectl delete --cascade=orphan` of an earlier "a" left: a head, a worker, a Service. */
static void put_orphans(void)
{
	static const char *const PODS[][2] = {{"head", "headgroup"}, {"worker", "workers"}};
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(PODS); i++)
		fake_cluster_put(kit->cluster,
			arena_printf(&arena, "/api/v1/namespaces/ns/pods/old-%s", PODS[i][0]).at,
			arena_printf(&arena,
				"{\"metadata\":{\"name\":\"old-%s\",\"namespace\":\"ns\",\"uid\":"
				"\"old-%s\","
				"\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/node-type\":\"%s\","
				"\"ray.io/"
				"group\":\"%s\"}},\"spec\":{}}",
				PODS[i][0], PODS[i][0], PODS[i][0], PODS[i][1])
				.at);
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
	controller_kit_begin(kit);
	controller_kit_settle(kit);
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

static void put_worker_of_somebody_else(int n)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 1024);
	fake_cluster_put(kit->cluster,
		arena_printf(&arena, "/api/v1/namespaces/ns/pods/a-workers-worker-%d", n).at,
		arena_printf(&arena,
			"{\"metadata\":{\"name\":\"a-workers-worker-%d\",\"namespace\":\"ns\","
			"\"uid\":"
			"\"other-%d\",\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/"
			"group\":\"workers\","
			"\"ray.io/"
			"node-type\":\"worker\"},\"ownerReferences\":[{\"controller\":true,"
			"\"uid\":\"uid-of-a\"}]},\"spec\":{},\"status\":{\"phase\":\"Running\"}}",
			n, n)
			.at);
}

/* Another controller was at work while the status said what we had accepted. */
Test(takeover, what_another_controller_made_is_not_taken_away)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_kill(kit);
	controller_kit_scale(kit, "a", 30);
	for (int n = 0; n < 4; n++)
		put_worker_of_somebody_else(n);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
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
