/* What is found in the API server without a watch, and what is left of what went. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "server/controller/world_parts.h"

static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
static const struct str UID = STR_INIT("3b9c1b60-0a6e-4d0c-8c3a-51f0f5a1d003");

static struct arena arena;
static struct world *world;

static const struct json_node *read(const char *json)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 32, .nodes = 4096};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

static size_t changes;

static void note_change(void *context, const struct world_key *key)
{
	(void)context;
	changes += world_key_eq(key, &KEY);
}

static void begin(void)
{
	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	arena_init(&arena, 65536);
	changes = 0;
	world = world_new(&(struct world_options){.changed = note_change});
	world_put(world, WORLD_CLUSTERS, DIALECT_MODERN,
		read("{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		     "\"name\":\"a\",\"namespace\":\"ns\",\"generation\":1,"
		     "\"resourceVersion\":\"1\",\"uid\":"
		     "\"3b9c1b60-0a6e-4d0c-8c3a-51f0f5a1d003\"},\"spec\":{}}"),
		&arena);
}

static void end(void)
{
	world_free(&world);
	arena_done(&arena);
	clock_release();
}

TestSuite(world_found, .init = begin, .fini = end);

static struct observed look(struct acceptance_view *view)
{
	struct observed seen;

	cr_assert(world_observe(world, &KEY, &arena, &seen, view));
	return seen;
}

#define OF(cluster)                                                                                \
	"{\"metadata\":{\"name\":\"x\",\"namespace\":\"ns\",\"uid\":\"u\",\"labels\":{"            \
	"\"ray.io/cluster\":\"" cluster                                                            \
	"\"}},\"spec\":{\"clusterIP\":\"10.0.0.9\"},\"status\":{}}"

/* What we expect no watch has told of: what was found is newer. */
Test(world_found, a_service_takes_the_place_of_one_that_was_asked_for)
{
	const struct action make_it = {
		.kind = ACTION_CREATE, .child = CHILD_SERVICE, .name = STR("x")};
	struct acceptance_view view;

	world_expect(world, &KEY, UID, &make_it);
	cr_assert_eq(look(&view).service_count, 1u);
	cr_expect_eq(look(&view).services[0].cluster_ip.len, 0u);
	cr_expect(world_put_found(world, WORLD_SERVICES, DIALECT_MODERN, read(OF("a")), &arena));
	cr_expect(str_is(look(&view).services[0].cluster_ip, "10.0.0.9"));
}

static size_t clusters_kept(void)
{
	return world->sides[DIALECT_MODERN].of[WORLD_CLUSTERS].count;
}

/* A cluster that has nothing any more, and was never there itself, takes no memory. */
Test(world_found, of_a_cluster_that_its_last_child_leaves_nothing_is_kept)
{
	for (enum world_kind kind = WORLD_PODS; kind <= WORLD_SERVICES; kind++) {
		world_put(world, kind, DIALECT_MODERN, read(OF("b")), &arena);
		cr_expect_eq(clusters_kept(), 2u);
		world_put(world, kind, DIALECT_MODERN, read(OF("a")), &arena);
		cr_expect_eq(clusters_kept(), 1u, "kind %d", (int)kind);
	}
}

Test(world_found, that_what_was_accepted_cannot_be_read_is_news_once)
{
	struct acceptance_view view = {0};

	cr_expect_not(world_missed_accepted(world, &KEY, UID), "nothing was accepted");
	world_settle(world, &KEY, UID,
		&(struct acceptance_settled){.generation = 1, .accepted = true, .reason = "R"});
	cr_expect(world_missed_accepted(world, &KEY, UID));
	cr_expect_not(world_missed_accepted(world, &KEY, UID));
	look(&view);
	cr_expect_eq(view.look, ACCEPTANCE_UNREADABLE);
	/* An answer is the last word. */
	world_found_accepted(world, &KEY, UID, NULL, &arena);
	cr_expect_not(world_missed_accepted(world, &KEY, UID));
	look(&view);
	cr_expect_eq(view.look, ACCEPTANCE_READ);
}

#define IN_STATE(version, state)                                                                   \
	"{\"metadata\":{\"name\":\"a\",\"namespace\":\"ns\",\"generation\":1,\"resourceVersion\":" \
	"\"" version "\",\"uid\":\"3b9c1b60-0a6e-4d0c-8c3a-51f0f5a1d003\"},\"spec\":{},"           \
	"\"status\":{\"state\":\"" state "\"}}"

static void expect_state(const char *state)
{
	struct acceptance_view view;
	const struct observed seen = look(&view);

	cr_expect(json_str_is(json_get(json_get(seen.root, "status"), "state"), str_from(state)));
}

/* What a watch tells after the answer to a write, and is older than that. */
Test(world_found, a_status_into_which_ours_was_merged_is_put_right_though_it_is_told_late)
{
	static const struct {
		const char *what, *told;
		bool again;
	} LATE[] = {
		{"what was there before, with another label", IN_STATE("6", "before"), false},
		{"his", IN_STATE("6", "his"), true},
		{"ours", IN_STATE("7", "both"), false},
	};

	for (size_t i = 0; i < ARRAY_LEN(LATE); i++) {
		int64_t due;

		end();
		begin();
		world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(IN_STATE("5", "before")),
			&arena);
		cr_assert(world_may_write_status(world, &KEY, UID, 0, &due));
		world_wrote_status(world, &KEY, UID, read(IN_STATE("7", "both")), &arena);
		changes = 0;
		world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(LATE[i].told), &arena);
		cr_expect_eq(changes, LATE[i].again ? 1u : 0u, "%s", LATE[i].what);
		expect_state("both");
	}
}

/* A watch may tell before our write has its answer, or long after. */
Test(world_found, a_status_is_not_undone_by_an_older_one)
{
	world_wrote_status(world, &KEY, UID, read(IN_STATE("9", "new")), &arena);
	world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(IN_STATE("8", "old")), &arena);
	expect_state("new");
	world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(IN_STATE("11", "newer")), &arena);
	world_wrote_status(world, &KEY, UID, read(IN_STATE("10", "late")), &arena);
	expect_state("newer");
}

/*
 * What watches tell of while a status of ours is being written, as version and state, and the
 * answer; whether the cluster is to be looked at again when it has come.
 */
static const struct {
	const char *what;
	const char *told[2];
	const char *answer;
	bool again;
} MEANWHILE[] = {
	{"nothing", {NULL}, IN_STATE("6", "ours"), false},
	{"our own", {IN_STATE("6", "ours")}, IN_STATE("6", "ours"), false},
	{"our own, and his after it", {IN_STATE("6", "ours"), IN_STATE("7", "his")},
		IN_STATE("6", "ours"), true},
	{"his alone, after it", {IN_STATE("7", "his")}, IN_STATE("6", "ours"), true},
	{"his, into which ours was merged", {IN_STATE("6", "his"), IN_STATE("7", "both")},
		IN_STATE("7", "both"), true},
	{"his, and ours not yet", {IN_STATE("6", "his")}, IN_STATE("7", "both"), true},
	{"another label", {IN_STATE("6", "before")}, IN_STATE("7", "ours"), false},
};

Test(world_found, a_status_of_somebody_else_is_put_right_though_it_came_during_a_write)
{
	for (size_t i = 0; i < ARRAY_LEN(MEANWHILE); i++) {
		int64_t due;

		end();
		begin();
		world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(IN_STATE("5", "before")),
			&arena);
		cr_assert(world_may_write_status(world, &KEY, UID, 0, &due));
		changes = 0;
		for (size_t k = 0; k < 2 && MEANWHILE[i].told[k]; k++)
			world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, read(MEANWHILE[i].told[k]),
				&arena);
		cr_expect_eq(changes, 0u, "%s: before the answer", MEANWHILE[i].what);
		world_wrote_status(world, &KEY, UID, read(MEANWHILE[i].answer), &arena);
		cr_expect_eq(changes, MEANWHILE[i].again ? 1u : 0u, "%s", MEANWHILE[i].what);
	}
}
