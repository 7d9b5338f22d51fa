/* The label that names its cluster is taken off what is ours, or names another. */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(relabelled, .init = begin, .fini = end);

#define OF_A "\"ray.io/cluster\":\"a\""
#define OF_B "\"ray.io/cluster\":\"b\""

/* One word of the first object with this in its path is another; a watch tells of it alone. */
static void relabel(const char *part, const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);
	const char *json, *path;

	arena_init(&arena, 65536);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;) {
		const char *const found = strstr(path, part) ? strstr(json, from) : NULL;

		if (found == NULL)
			continue;
		const struct str text = arena_printf(
			&arena, "%.*s%s%s", (int)(found - json), json, to, found + strlen(from));

		world_put(kit->world, controller_kit_kind(kit, path), kit->dialect,
			controller_kit_read(&arena, text.at), &arena);
		fake_cluster_put(kit->cluster, arena_str(&arena, str_from(path)).at, text.at);
		return;
	}
	cr_assert_fail("nothing at %s has %s", part, from);
}

static void write_all(void)
{
	while (controller_kit_write(kit))
		;
}

Test(relabelled, a_pod_that_goes_to_another_cluster_is_replaced_at_once)
{
	static const char *const PARTS[] = {"/pods/a-head-", "/pods/a-workers-"};

	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		write_all();
		relabel(PARTS[i], OF_A, OF_B);
		write_all();
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u, "%s", PARTS[i]);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 2);
	}
}

#define SERVICES "/api/v1/namespaces/ns/services/"

static bool has(const char *path, const char *words)
{
	const char *const json = fake_cluster_get(kit->cluster, path);

	return json && strstr(json, words);
}

/* Calls of an hour in which nothing happens. */
static size_t calls_of_an_hour(void)
{
	size_t calls = 0;

	for (int s = 0; s < 3600; s++) {
		while (controller_kit_write(kit))
			calls++;
		clock_advance(CLOCK_SECOND);
	}
	return calls;
}

/* As KubeRay makes the one for hosts: no watch of ours has told of it. */
Test(relabelled, a_service_that_kuberay_made_gets_the_label_and_is_left_alone)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_edit(kit, "a", "\"groupName\":\"workers\",",
		"\"groupName\":\"workers\",\"numOfHosts\":2,");
	fake_cluster_put(kit->cluster, SERVICES "a-headless",
		"{\"metadata\":{\"name\":\"a-headless\",\"namespace\":\"ns\",\"labels\":{\"ray.io/"
		"headless-worker-svc\":\"a\"},\"ownerReferences\":[{\"uid\":\"uid-of-a\","
		"\"controller\":true}]},\"spec\":{\"clusterIP\":\"None\"}}");
	controller_kit_lead(kit);
	cr_expect(has(SERVICES "a-headless", OF_A));
	cr_expect(has(SERVICES "a-headless", "\"ray.io/headless-worker-svc\":\"a\""));
	cr_expect(controller_kit_says(kit, "a", "\"state\":\"ready\""));
	const size_t writes = fake_cluster_writes(kit->cluster);

	cr_expect_lt(calls_of_an_hour(), 5u);
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes);
}

/* A watch by the label tells that what has lost it is gone. */
static void take_label_off(const char *part, const char *name)
{
	relabel(part, OF_A, "\"other\":\"a\"");
	world_drop(kit->world, WORLD_SERVICES, kit->dialect, STR("ns"), str_from(name));
}

Test(relabelled, the_heads_service_gets_its_label_back)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_lead(kit);
	take_label_off("/services/a-head-svc", "a-head-svc");
	write_all();
	cr_expect(has(SERVICES "a-head-svc", OF_A));
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 1);
	cr_expect(controller_kit_says(kit, "a", "\"serviceName\":\"a-head-svc\""));
	/* The other cluster's is not his either. */
	relabel("/services/a-head-svc", OF_A, OF_B);
	write_all();
	cr_expect(has(SERVICES "a-head-svc", OF_A));
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 1);
}

/* While no watch tells of the label that it got back, nobody asks for it again and again. */
Test(relabelled, what_no_watch_tells_of_is_not_asked_for_without_end)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_lead(kit);
	relabel("/services/a-head-svc", OF_A, OF_B);
	cr_expect_lt(calls_of_an_hour(), 250u);
}

/* Its name is the user's own, and cannot be had again; who took it off is told. */
Test(relabelled, a_head_with_a_name_of_its_own_is_told_to_be_in_the_way)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_edit(kit, "a", "\"headGroupSpec\":{\"rayStartParams\":{},\"template\":{",
		"\"headGroupSpec\":{\"rayStartParams\":{},\"template\":{\"metadata\":{\"name\":"
		"\"boss\"},");
	controller_kit_lead(kit);
	relabel("/pods/boss", OF_A, OF_B);
	for (int s = 0; s < 60; s++) {
		write_all();
		clock_advance(CLOCK_SECOND);
	}
	cr_expect(has("/api/v1/namespaces/ns/pods/boss", OF_B));
	cr_expect(controller_kit_says(kit, "a", "FailedCreateHeadPod"), "%s",
		controller_kit_cluster(kit, "a"));
}

/* It is taken for made, and no watch will ever tell of it. */
Test(relabelled, a_pod_without_the_label_from_its_first_moment_is_replaced_in_time)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_begin(kit);
	write_all();
	relabel("/pods/a-workers-", OF_A, "\"other\":\"a\"");
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 0u);
	clock_advance((WORLD_PATIENCE_S + 1) * CLOCK_SECOND);
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 1u);
}

static const struct {
	const char *meta, *words;
} TAKEN[] = {
	{"\"labels\":{" OF_B "}",
		", and has no controller: delete it, or name the head's otherwise "
		"(headService.metadata.name)"},
	{"\"labels\":{" OF_B "},\"ownerReferences\":[{\"kind\":\"Deployment\",\"name\":\"x\"},{"
	 "\"kind\":\"RayCluster\",\"name\":\"b\",\"uid\":\"uid-of-b\",\"controller\":true}]",
		", and its controller is RayCluster \\\"b\\\": delete it, or name the head's "},
	{"\"ownerReferences\":[{\"apiVersion\":\"cluster.ray.io/"
	 "v1\",\"kind\":\"RayCluster\",\"name\":"
	 "\"a\",\"uid\":\"other\",\"controller\":true}]",
		", and its controller is RayCluster \\\"a\\\" of cluster.ray.io/v1: delete it, "
		"or "},
	{"\"ownerReferences\":[{\"kind\":\"RayCluster\",\"name\":\"a\",\"uid\":\"earlier\","
	 "\"controller\":true}]",
		", and is of an earlier RayCluster of this name: it goes with that one"},
};

static size_t events_of(const char *reason)
{
	struct str rest = buf_str(&kit->events);
	size_t count = 0;

	while (rest.len)
		count += str_starts(str_cut(&rest, '\n'), reason);
	return count;
}

/*
 * Whose it is that has the name is told once, and what to do. Workers would join whatever stands
 * behind it, so there are no pods until it is gone.
 */
Test(relabelled, a_service_that_is_somebody_elses_is_told_to_be_in_the_way)
{
	for (size_t i = 0; i < ARRAY_LEN(TAKEN); i++) {
		struct arena arena CLEANUP(arena_done);

		arena_init(&arena, 4096);
		end();
		begin();
		controller_kit_apply(kit, "a", 1);
		fake_cluster_put(kit->cluster, SERVICES "a-head-svc",
			arena_printf(&arena,
				"{\"metadata\":{\"name\":\"a-head-svc\",\"namespace\":\"ns\",%s},"
				"\"spec\":{}}",
				TAKEN[i].meta)
				.at);
		controller_kit_begin(kit);
		cr_expect_lt(calls_of_an_hour(), 250u);
		cr_expect(controller_kit_says(kit, "a", "\"reason\":\"FailedCreateService\""));
		cr_expect(controller_kit_says(kit, "a", TAKEN[i].words), "%s",
			controller_kit_cluster(kit, "a"));
		cr_expect_eq(events_of("FailedToCreateService"), 1u, "%.*s",
			STR_ARG(buf_str(&kit->events)));
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 0u);
		cr_expect_not(controller_kit_says(kit, "a", "\"state\":\"ready\""));
		fake_cluster_delete(kit->cluster, SERVICES "a-head-svc");
		controller_kit_settle(kit);
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 2u);
	}
}

/* Nobody else has the name: what waits for the Service does no harm. */
Test(relabelled, where_a_service_may_not_be_made_pods_are)
{
	controller_kit_apply(kit, "a", 1);
	fake_cluster_refuse(kit->cluster, "/services", 403, "Forbidden", SIZE_MAX);
	controller_kit_begin(kit);
	write_all();
	clock_advance(CLOCK_SECOND);
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 2u);
}

/* Its pods were made before somebody took the name of its Service: they stay, none are added. */
Test(relabelled, where_a_service_was_taken_from_a_cluster_it_does_not_grow)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	fake_cluster_put(kit->cluster, SERVICES "a-head-svc",
		"{\"metadata\":{\"name\":\"a-head-svc\",\"namespace\":\"ns\"},\"spec\":{}}");
	controller_kit_tell(kit);
	controller_kit_scale(kit, "a", 5);
	controller_kit_tell(kit);
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 2u);
	controller_kit_scale(kit, "a", 1);
	controller_kit_tell(kit);
	write_all();
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 1u);
}
