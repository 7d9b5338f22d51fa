/* Groups that are suspended, and groups whose replicas are several hosts, with all that is between.
 */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

#define GROUP     "\"groupName\":\"workers\","
#define SUSPENDED GROUP "\"suspend\":true,"
#define PAIRS     GROUP "\"numOfHosts\":2,"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(groups, .init = begin, .fini = end);

static const char *cluster(void)
{
	return controller_kit_cluster(kit, "a");
}

Test(groups, a_group_is_suspended_and_resumed)
{
	controller_kit_apply(kit, "a", 3);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_edit(kit, "a", GROUP, SUSPENDED);
	controller_kit_settle(kit);
	/* Its head runs on, and it stays ready. */
	controller_kit_expect(kit, "a", 0);
	cr_expect_not_null(strstr(cluster(), "\"desiredWorkerReplicas\":0"), "%s", cluster());
	controller_kit_edit(kit, "a", SUSPENDED, GROUP);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 3);
}

enum { WRITES = 6 };

static void kill_on_the_way(size_t writes, const char *from, const char *to)
{
	end();
	begin();
	controller_kit_apply(kit, "a", 3);
	if (strcmp(from, GROUP) != 0)
		controller_kit_edit(kit, "a", GROUP, from);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_edit(kit, "a", from, to);
	controller_kit_tell(kit);
	for (size_t i = 0; i < writes && controller_kit_write(kit); i++)
		;
	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
}

Test(groups, a_kill_on_the_way_changes_nothing_of_it)
{
	for (size_t n = 0; n < WRITES; n++) {
		kill_on_the_way(n, GROUP, SUSPENDED);
		controller_kit_expect(kit, "a", 0);
		kill_on_the_way(n, SUSPENDED, GROUP);
		controller_kit_expect(kit, "a", 3);
	}
}

/* A replica's name, and how many pods have it. */
struct replica {
	struct str name;
	size_t hosts;
};

enum { REPLICAS_MAX = 8 };

static size_t count_replicas(struct arena *arena, struct replica *out)
{
	static const char LABEL[] = "\"ray.io/worker-group-replica-name\":\"";
	const char *json;
	const char *path;
	size_t count = 0;

	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;) {
		const char *const label = strstr(path, "/pods/") ? strstr(json, LABEL) : NULL;
		size_t i = 0;

		if (label == NULL)
			continue;
		const char *const value = label + strlen(LABEL);
		const struct str name = arena_str(arena, (struct str){value, strcspn(value, "\"")});

		while (i < count && !str_eq(out[i].name, name))
			i++;
		cr_assert_lt(i, (size_t)REPLICAS_MAX);
		if (i == count)
			out[count++] = (struct replica){name, 0};
		out[i].hosts++;
	}
	return count;
}

static void expect_pairs(size_t pairs)
{
	struct replica replicas[REPLICAS_MAX];
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const size_t count = count_replicas(&arena, replicas);

	cr_expect_eq(count, pairs);
	for (size_t i = 0; i < count; i++)
		cr_expect_eq(replicas[i].hosts, 2u, "%s", replicas[i].name.at);
}

static void begin_pairs(void)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_edit(kit, "a", GROUP, PAIRS);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	expect_pairs(2);
}

/* Its other host is of no use without it, and goes, too; the other replica is left alone. */
static void expect_repaired(const struct replica *before)
{
	struct replica after[REPLICAS_MAX];
	struct arena arena CLEANUP(arena_done);
	size_t same = 0;

	arena_init(&arena, 4096);
	expect_pairs(2);
	const size_t count = count_replicas(&arena, after);

	for (size_t i = 0; i < count; i++)
		same += str_eq(after[i].name, before[0].name) ||
			str_eq(after[i].name, before[1].name);
	cr_expect_eq(same, 1u);
}

Test(groups, a_replica_that_lost_a_host_is_made_anew)
{
	struct replica before[REPLICAS_MAX];
	struct arena arena CLEANUP(arena_done);
	const char *path;

	arena_init(&arena, 4096);
	begin_pairs();
	cr_assert_eq(count_replicas(&arena, before), 2u);
	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path);) {
		if (strstr(path, "-worker-")) {
			fake_cluster_delete(kit->cluster, arena_str(&arena, str_from(path)).at);
			break;
		}
	}
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	expect_repaired(before);
	controller_kit_scale(kit, "a", 3);
	controller_kit_settle(kit);
	expect_pairs(3);
}

Test(groups, and_one_of_which_a_host_ended_whoever_is_killed_meanwhile)
{
	for (size_t n = 0; n < WRITES; n++) {
		struct replica before[REPLICAS_MAX];
		struct arena arena CLEANUP(arena_done);

		arena_init(&arena, 4096);
		end();
		begin();
		begin_pairs();
		cr_assert_eq(count_replicas(&arena, before), 2u);
		controller_kit_end_pod(kit, "-worker-");
		controller_kit_tell(kit);
		for (size_t i = 0; i < n && controller_kit_write(kit); i++)
			;
		controller_kit_kill(kit);
		controller_kit_begin(kit);
		controller_kit_settle(kit);
		expect_repaired(before);
	}
}

/* As of who copies them from a pod of a group of hosts. */
Test(groups, labels_of_hosts_in_a_template_make_no_hosts_of_single_pods)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_edit(kit, "a", "1000,\"rayStartParams\":{},\"template\":{",
		"1000,\"rayStartParams\":{},\"template\":{\"metadata\":{\"labels\":{"
		"\"ray.io/worker-group-replica-name\":\"x\",\"ray.io/worker-group-replica-index\":"
		"\"1\",\"ray.io/replica-host-index\":\"1\"}},");
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 2);
}

/* Whoever's pods the policy wants them to be: what nobody is told of is asked for again and again.
 */
Test(groups, their_service_is_followed_by_any_policy)
{
	static const char SERVICE[] = "/api/v1/namespaces/ns/services/a-headless";

	end();
	kit = controller_kit_new("apiVersion: raygate.dev/v1\nkind: Policy\n"
				 "target: {controller: kuberay, version: 1.7.0}\n");
	begin_pairs();
	cr_expect_not_null(
		strstr(fake_cluster_get(kit->cluster, SERVICE), "\"ray.io/cluster\":\"a\""));
	fake_cluster_delete(kit->cluster, SERVICE);
	controller_kit_tell(kit);
	controller_kit_settle(kit);
	cr_expect_not_null(fake_cluster_get(kit->cluster, SERVICE));
}
