#include "server/controller/world.h"

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"

static struct arena arena;
static struct world *world;
static unsigned changes; /* that were told of since the last look */

static void changed(void *context, const struct world_key *key)
{
	(void)context;
	(void)key;
	changes++;
}

static void begin(void)
{
	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	arena_init(&arena, 65536);
	world = world_new(&(struct world_options){changed, NULL});
}

static void end(void)
{
	world_free(&world);
	arena_done(&arena);
	clock_release();
}

TestSuite(world, .init = begin, .fini = end);

static void put(enum world_kind kind, enum dialect dialect, const char *json)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 32, .nodes = 4096};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	world_put(world, kind, dialect, doc.root, &arena);
}

#define CLUSTER(uid, version, more) CLUSTER_OF("2", uid, version, more)
#define OF_GENERATION(n, version)   CLUSTER_OF(n, UID_ONE, version, "")
#define CLUSTER_OF(generation, uid, version, more)                                                 \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"a\","      \
	"\"namespace\":\"ns\",\"generation\":" generation ",\"resourceVersion\":\"" version        \
	"\",\"uid\":\"" uid "\",\"managedFields\":[{}]},\"spec\":{\"x\":1}" more "}"
#define UID_ONE                  "3b9c1b60-0a6e-4d0c-8c3a-51f0f5a1d003"
#define UID_TWO                  "3b9c1b60-0a6e-4d0c-8c3a-51f0f5a1d004"
#define POD(name, owner, status) POD_OF(UID_TWO, name, owner, status)
#define POD_OF(uid, name, owner, status)                                                           \
	"{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"ns\",\"uid\":\"" uid                 \
	"\",\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/group\":\"g\",\"ray.io/node-type\":"     \
	"\"worker\"},\"ownerReferences\":[{\"controller\":true,\"uid\":\"" owner                   \
	"\"}]},\"status\":{" status "}}"

#define UNREADY(more)                                                                              \
	"\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"" more                            \
	"},{\"type\":\"ContainersReady\",\"status\":\"True\"}]"

static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};

static bool look(struct observed *seen)
{
	struct acceptance_view view;

	return world_observe(world, &KEY, &arena, seen, &view);
}

static bool tells(void)
{
	const bool told = changes > 0;

	changes = 0;
	return told;
}

Test(world, an_object_is_there_as_it_was_told)
{
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_MODERN,
		CLUSTER(UID_ONE, "7", ",\"status\":{\"state\":\"ready\"}"));
	cr_assert(look(&seen));
	cr_expect(str_is(seen.uid, UID_ONE));
	cr_expect_eq(seen.generation, 2);
	cr_expect(json_str_is(json_get(json_get(seen.root, "status"), "state"), STR("ready")));
	cr_expect_not_null(json_get(json_get(seen.root, "spec"), "x"));
	cr_expect_null(json_get(json_get(seen.root, "metadata"), "managedFields"));
	cr_expect(seen.first);
}

Test(world, only_what_a_round_looks_at_is_told)
{
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	cr_expect(tells());
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "8", ""));
	cr_expect_not(tells());
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "9", ",\"more\":1"));
	cr_expect(tells());
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Pending\""));
	cr_expect(tells());
	put(WORLD_PODS, DIALECT_MODERN,
		POD("p", UID_ONE, "\"phase\":\"Pending\",\"startTime\":\"now\""));
	cr_expect_not(tells());
	/* On which node it is no round asks. */
	put(WORLD_PODS, DIALECT_MODERN,
		POD("p", UID_ONE,
			"\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\","
			"\"status\":"
			"\"True\"}]},\"spec\":{\"nodeName\":\"n\""));
	cr_expect_not(tells());
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Running\""));
	cr_expect(tells());
	put(WORLD_PODS, DIALECT_MODERN,
		POD("p", UID_ONE, "\"phase\":\"Running\"," UNREADY(",\"reason\":\"Gates\"")));
	cr_expect(tells());
	/* Not ready it was before; its node is lost by now. */
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Running\"," UNREADY("")));
	cr_expect(tells());
	/* For another time it is so since another moment. */
	put(WORLD_PODS, DIALECT_MODERN,
		POD("p", UID_ONE,
			"\"phase\":\"Running\"," UNREADY(
				",\"lastTransitionTime\":\"2027-01-15T08:00:00Z\"")));
	cr_expect(tells());
	world_drop(world, WORLD_PODS, DIALECT_MODERN, STR("ns"), STR("p"));
	cr_expect(tells());
	world_drop(world, WORLD_PODS, DIALECT_MODERN, STR("ns"), STR("p"));
	cr_expect_not(tells());
}

#define OF(name, label)                                                                            \
	"{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"ns\",\"uid\":\"" UID_TWO             \
	"\",\"labels\":{\"ray.io/cluster\":\"" label                                               \
	"\",\"ray.io/group\":\"g\",\"ray.io/node-type"                                             \
	"\":\"worker\"}},\"spec\":{},\"status\":{\"phase\":\"Running\"}}"

/* The one that has it now, and the one that lacks it. */
Test(world, what_goes_to_another_cluster_is_told_of_both)
{
	const struct action service = {
		.kind = ACTION_CREATE, .child = CHILD_SERVICE, .name = STR("x")};
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	for (enum world_kind kind = WORLD_PODS; kind <= WORLD_SERVICES; kind++) {
		put(kind, DIALECT_MODERN, OF("x", "a"));
		changes = 0;
		put(kind, DIALECT_MODERN, OF("x", "b"));
		cr_expect_eq(changes, 2u, "kind %d: %u", (int)kind, changes);
	}
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count + seen.service_count, 0u);
	/* Whose it is the API server says, when it refuses another one of that name. */
	world_expect(world, &KEY, STR(UID_ONE), &service);
	cr_assert(look(&seen));
	cr_expect_eq(seen.service_count, 0u);
	cr_expect_eq(world_count(world, WORLD_SERVICES, DIALECT_MODERN), 1u);
	/* The other one has nothing any more, and was never there itself. */
	for (enum world_kind kind = WORLD_PODS; kind <= WORLD_SERVICES; kind++)
		put(kind, DIALECT_MODERN, OF("x", "a"));
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count + seen.service_count, 2u);
}

static void settle(int64_t generation, bool accepted)
{
	world_settle(world, &KEY, STR(UID_ONE),
		&(struct acceptance_settled){
			.generation = generation, .accepted = accepted, .reason = "R"});
}

Test(world, clusters_are_counted_by_state_and_verdict)
{
	static const struct {
		const char *object;
		enum world_state state;
	} CASES[] = {
		{CLUSTER(UID_ONE, "7", ""), WORLD_PENDING},
		{CLUSTER(UID_ONE, "8", ",\"status\":{\"state\":\"ready\"}"), WORLD_READY},
		{CLUSTER(UID_ONE, "9", ",\"status\":{\"state\":\"suspended\"}"), WORLD_SUSPENDED},
		{CLUSTER(UID_ONE, "10", ",\"status\":{\"state\":\"failed\"}"), WORLD_FAILED},
		{CLUSTER(UID_ONE, "11", ",\"status\":{\"phase\":\"Running\"}"), WORLD_READY},
		{CLUSTER(UID_ONE, "12", ",\"status\":{\"phase\":\"Error\"}"), WORLD_FAILED},
		{CLUSTER(UID_ONE, "13", ",\"status\":{\"phase\":\"Updating\"}"), WORLD_PENDING},
	};
	struct world_tally tally;

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		put(WORLD_CLUSTERS, DIALECT_MODERN, CASES[i].object);
		tally = world_tally(world, DIALECT_MODERN);
		cr_expect_eq(tally.clusters[CASES[i].state][WORLD_UNJUDGED], 1u, "row %zu", i);
	}
	settle(2, true);
	tally = world_tally(world, DIALECT_MODERN);
	cr_expect_eq(tally.clusters[WORLD_PENDING][WORLD_ACCEPTED], 1u);
	settle(2, false);
	tally = world_tally(world, DIALECT_MODERN);
	cr_expect_eq(tally.clusters[WORLD_PENDING][WORLD_REFUSED], 1u);
	cr_expect_eq(tally.clusters[WORLD_PENDING][WORLD_ACCEPTED], 0u);
	/* Its pods alone are no cluster. */
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, ""));
	world_drop(world, WORLD_CLUSTERS, DIALECT_MODERN, STR("ns"), STR("a"));
	tally = world_tally(world, DIALECT_MODERN);
	cr_expect_eq(tally.clusters[WORLD_PENDING][WORLD_UNJUDGED], 0u);
	cr_expect_eq(tally.clusters[WORLD_PENDING][WORLD_REFUSED], 0u);
}

Test(world, pods_may_come_before_their_cluster_and_stay_behind_it)
{
	struct observed seen;

	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Running\""));
	cr_expect_not(look(&seen));
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count, 1u);
	cr_expect(seen.pods[0].ours);
	cr_expect(str_is(seen.pods[0].uid, UID_TWO));
	/* Another cluster of that name, of which the pod is not. */
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_TWO, "9", ""));
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count, 1u);
	cr_expect_not(seen.pods[0].ours);
	world_drop(world, WORLD_CLUSTERS, DIALECT_MODERN, STR("ns"), STR("a"));
	cr_expect_not(look(&seen));
	cr_expect_eq(world_count(world, WORLD_PODS, DIALECT_MODERN), 1u);
}

Test(world, dialects_do_not_meet)
{
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_LEGACY, CLUSTER(UID_ONE, "7", ""));
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, ""));
	cr_expect_not(look(&seen));
	cr_expect_eq(world_count(world, WORLD_CLUSTERS, DIALECT_LEGACY), 1u);
}

Test(world, what_a_new_list_lacks_is_gone_but_not_what_is_expected)
{
	struct observed seen;
	const struct action expected = {
		.kind = ACTION_CREATE, .name = STR("x"), .expected = {.group = STR("g")}};

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, ""));
	put(WORLD_PODS, DIALECT_MODERN, POD("q", UID_ONE, ""));
	world_expect(world, &KEY, STR(UID_ONE), &expected);
	world_listing(world, WORLD_PODS, DIALECT_MODERN);
	put(WORLD_PODS, DIALECT_MODERN, POD("q", UID_ONE, ""));
	world_listed(world, WORLD_PODS, DIALECT_MODERN);
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count, 2u);
	cr_expect(str_is(seen.pods[0].name, "q") && str_is(seen.pods[1].name, "x"));
	cr_expect_eq(seen.pods[1].uid.len, 0u);
	cr_expect(seen.pods[1].ours);
	world_listing(world, WORLD_CLUSTERS, DIALECT_MODERN);
	world_listed(world, WORLD_CLUSTERS, DIALECT_MODERN);
	cr_expect_not(look(&seen));
}

Test(world, what_was_found_does_not_undo_what_a_watch_has_told)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 32, .nodes = 4096};
	const struct action expected = {.kind = ACTION_CREATE, .name = STR("p")};
	struct observed seen;
	struct json_doc old;
	struct err err;

	cr_assert(json_read(
		&arena, STR(POD("p", UID_ONE, "\"phase\":\"Pending\"")), &LIMITS, &old, &err));
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	world_expect(world, &KEY, STR(UID_ONE), &expected);
	world_put_found(world, WORLD_PODS, DIALECT_MODERN, old.root, &arena);
	cr_assert(look(&seen));
	cr_expect(str_is(seen.pods[0].uid, UID_TWO));
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Running\""));
	world_put_found(world, WORLD_PODS, DIALECT_MODERN, old.root, &arena);
	cr_assert(look(&seen));
	cr_expect_eq(seen.pods[0].phase, POD_RUNNING);
}

Test(world, an_end_that_was_asked_for_holds_until_it_is_refused)
{
	struct observed seen;
	const struct action end_it = {.kind = ACTION_DELETE_POD, .name = STR("p")};
	const struct world_outcome refused = {
		.action = ACTION_DELETE_POD, .name = STR("p"), .code = 403, .message = STR("no")};

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, ""));
	world_expect(world, &KEY, STR(UID_ONE), &end_it);
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, "\"phase\":\"Running\""));
	cr_assert(look(&seen));
	cr_expect(seen.pods[0].deleting);
	cr_expect(world_write_refused(world, &KEY, STR(UID_ONE), &refused));
	cr_expect_not(world_write_refused(world, &KEY, STR(UID_ONE), &refused));
	cr_assert(look(&seen));
	cr_expect_not(seen.pods[0].deleting);
	cr_assert_eq(seen.failure_count, 1u);
	cr_expect_eq(seen.failures[0].action, ACTION_DELETE_POD);
	cr_expect_eq(seen.failures[0].code, 403);
	world_write_done(world, &KEY, STR(UID_ONE), &refused);
	cr_assert(look(&seen));
	cr_expect_eq(seen.failure_count, 0u);
}

static void refuse(enum action_kind action, enum child_kind child, int first, int behind)
{
	for (int i = first; i < behind; i++) {
		char name[16];

		snprintf(name, sizeof(name), "s%d", i);
		world_write_refused(world, &KEY, STR(UID_ONE),
			&(struct world_outcome){.action = action,
				.child = child,
				.name = str_from(name),
				.code = 403,
				.message = STR("no")});
	}
}

Test(world, so_many_failures_are_kept_and_no_more)
{
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	refuse(ACTION_CREATE, CHILD_SERVICE, 0, 40);
	cr_assert(look(&seen));
	cr_expect_eq(seen.failure_count, 16u);
	cr_expect(str_is(seen.failures[15].what, "s15"));
}

Test(world, and_those_of_pods_give_way)
{
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	refuse(ACTION_DELETE_POD, CHILD_POD, 0, 40);
	refuse(ACTION_CREATE, CHILD_SERVICE_ACCOUNT, 100, 101);
	refuse(ACTION_STATUS, (enum child_kind)0, 101, 102);
	refuse(ACTION_DELETE_POD, CHILD_POD, 40, 41);
	cr_assert(look(&seen));
	cr_expect_eq(seen.failure_count, 16u);
	cr_expect(str_is(seen.failures[0].what, "s0"));
	cr_expect(str_is(seen.failures[13].what, "s13"));
	cr_expect(str_is(seen.failures[14].what, "s100"));
	cr_expect(str_is(seen.failures[15].what, "s101"));
}

static const struct world_outcome LOST = {.action = ACTION_CREATE,
	.child = CHILD_POD,
	.name = STR_INIT("p"),
	.group = STR_INIT("g"),
	.code = 500,
	.message = STR_INIT("failed calling webhook")};

static void begin_round(const struct action *action)
{
	struct action asked = *action;
	const struct round round = {.actions = &asked, .count = 1};
	world_forget_unasked(world, &KEY, STR(UID_ONE), &round);
}

/* In the second round in a row it is told, and a watch ends the doubt. */
Test(world, a_pod_that_nobody_answered_for_is_a_name_in_doubt)
{
	struct observed seen;
	const struct action make_it = {.kind = ACTION_CREATE,
		.child = CHILD_POD,
		.name = STR("p"),
		.expected = {.group = STR("g"), .role = POD_WORKER}};

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	for (int i = 0; i < 2; i++) {
		begin_round(&make_it);
		world_expect(world, &KEY, STR(UID_ONE), &make_it);
		cr_assert(look(&seen));
		cr_expect_eq(seen.pod_count, 1u);
		cr_expect_eq(seen.doubt_count, 0u);
		cr_expect_eq(world_write_unanswered(world, &KEY, STR(UID_ONE), &LOST), i == 1);
		cr_assert(look(&seen));
		cr_expect_eq(seen.pod_count, 0u);
		cr_assert_eq(seen.doubt_count, 1u);
		cr_expect(str_is(seen.doubts[0].name, "p"));
		cr_expect_eq(seen.failure_count, (size_t)i);
	}
	put(WORLD_PODS, DIALECT_MODERN, POD("p", UID_ONE, ""));
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count, 1u);
	cr_expect_eq(seen.doubt_count, 0u);
	cr_expect_not(world_write_unanswered(world, &KEY, STR(UID_ONE), &LOST), "a third time");
	cr_assert(look(&seen));
	cr_expect_eq(seen.pod_count, 1u, "what is there is not in doubt");
}

/* As one is that has a name of its own. */
Test(world, an_end_is_of_the_pod_it_was_asked_for)
{
	struct observed seen;
	const struct action end_it = {.kind = ACTION_DELETE_POD, .name = STR("p")};

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	put(WORLD_PODS, DIALECT_MODERN, POD_OF(UID_TWO, "p", UID_ONE, ""));
	world_expect(world, &KEY, STR(UID_ONE), &end_it);
	put(WORLD_PODS, DIALECT_MODERN, POD_OF(UID_ONE, "p", UID_ONE, ""));
	cr_assert(look(&seen));
	cr_assert_eq(seen.pod_count, 1u);
	cr_expect_not(seen.pods[0].deleting, "another pod of that name does not end");
}

Test(world, the_pace_of_its_status_is_a_clusters_own)
{
	static const struct status_hold HOLD = {.calm_ms = 500};
	int64_t due = 0;

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	cr_expect(world_may_write_status(world, &KEY, STR(UID_ONE), 1, &due));
	cr_expect_not(world_may_write_status(world, &KEY, STR(UID_ONE), 1, &due));
	cr_expect_eq(due, clock_now() + CLOCK_SECOND / 2);
	cr_expect(world_holds_status(world, &KEY, STR(UID_ONE), &HOLD, &due));
	cr_expect_eq(due, clock_now() + CLOCK_SECOND / 2);
	clock_advance(CLOCK_SECOND / 2);
	cr_expect_not(world_holds_status(world, &KEY, STR(UID_ONE), &HOLD, &due));
	cr_expect(world_may_write_status(world, &KEY, STR(UID_ONE), 1, &due));
	cr_expect_not(world_holds_status(world, &KEY, STR(UID_TWO), &HOLD, &due), "not another's");
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_TWO, "8", ""));
	cr_expect(world_may_write_status(world, &KEY, STR(UID_TWO), 1, &due), "nor a later one's");
}

/* Another spec may ask for children that no watch tells of. */
Test(world, a_new_generation_is_looked_after_for_the_first_time)
{
	struct observed seen;

	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	cr_assert(look(&seen));
	world_checked(world, &KEY, STR(UID_ONE));
	cr_assert(look(&seen));
	cr_expect_not(seen.first);
	put(WORLD_CLUSTERS, DIALECT_MODERN, OF_GENERATION("3", "8"));
	cr_assert(look(&seen));
	cr_expect(seen.first);
	/* The round that ends is one of the spec before. */
	put(WORLD_CLUSTERS, DIALECT_MODERN, OF_GENERATION("4", "9"));
	world_checked(world, &KEY, STR(UID_ONE));
	cr_assert(look(&seen));
	cr_expect(seen.first);
}

Test(world, the_same_is_told_once)
{
	put(WORLD_CLUSTERS, DIALECT_MODERN, CLUSTER(UID_ONE, "7", ""));
	cr_expect(world_tells(world, &KEY, STR(UID_ONE), 1));
	cr_expect(world_tells(world, &KEY, STR(UID_ONE), 3));
	cr_expect_not(world_tells(world, &KEY, STR(UID_ONE), 1));
	cr_expect_not(world_tells(world, &KEY, STR(UID_TWO), 5));
}
