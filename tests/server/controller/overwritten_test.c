/* A status is ours alone: what somebody else writes into it is put right at once. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "server/controller/acceptance.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(overwritten, .init = begin, .fini = end);

#define PATH "/apis/ray.io/v1/namespaces/ns/rayclusters/a"

/* As `kubectl patch --subresource=status` does it, and a watch tells of. */
static void overwrite(const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);
	const char *const json = controller_kit_cluster(kit, "a");
	const char *const at = strstr(json, from);
	const char *const version = strstr(json, "\"resourceVersion\":\"");

	arena_init(&arena, 65536);
	cr_assert(at && version && version < at);
	const char *const number = version + strlen("\"resourceVersion\":\"");

	/* A later version, since it has one more digit. */
	fake_cluster_put(kit->cluster, PATH,
		arena_printf(&arena, "%.*s9%.*s%s%s", (int)(number - json), json,
			(int)(at - number), number, to, at + strlen(from))
			.at);
	controller_kit_tell_of(kit, "a");
}

static void write_for(int seconds)
{
	for (int s = 0; s < seconds; s++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
}

Test(overwritten, it_is_put_right_by_the_event_that_tells_of_it)
{
	static const struct {
		const char *from, *to;
	} WRITES[] = {
		{"\"state\":\"ready\"", "\"state\":\"failed\""},
		{"\"readyWorkerReplicas\":2", "\"readyWorkerReplicas\":7"},
		{"\"type\":\"HeadPodReady\",\"status\":\"True\"",
			"\"type\":\"HeadPodReady\",\"status\":\"False\""},
	};

	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	for (size_t i = 0; i < ARRAY_LEN(WRITES); i++) {
		overwrite(WRITES[i].from, WRITES[i].to);
		cr_assert(controller_kit_says(kit, "a", WRITES[i].to), "%zu", i);
		write_for(10);
		cr_expect(controller_kit_says(kit, "a", WRITES[i].from), "%zu: %s", i,
			controller_kit_cluster(kit, "a"));
	}
}

/* What is none of ours stays, and is no reason to write. */
Test(overwritten, a_member_that_we_do_not_know_stays)
{
	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	const size_t writes = controller_kit_status_writes(kit, "a");

	overwrite("\"state\":\"ready\"", "\"state\":\"ready\",\"more\":1");
	write_for(10);
	cr_expect(controller_kit_says(kit, "a", "\"more\":1"));
	cr_expect_eq(controller_kit_status_writes(kit, "a"), writes);
}

/* --- the watch's events of our own writes --- */

static unsigned changes;

static void changed(void *context, const struct world_key *key)
{
	(void)context;
	(void)key;
	changes++;
}

#define UID "11111111-1111-4111-8111-111111111111"
#define CLUSTER(version, status)                                                                   \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"a\","      \
	"\"namespace\":\"ns\",\"generation\":1,\"resourceVersion\":\"" version "\",\"uid\":\"" UID \
	"\"},\"spec\":{},\"status\":{\"state\":\"" status "\"}}"

static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};

static const struct json_node *read(struct arena *arena, const char *json)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 32, .nodes = 4096};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

/* One after the other; whether a round is asked for. */
static const struct {
	const char *what;
	enum { TOLD, ASKED, ANSWERED, ENDED } what_is;
	const char *json;
	unsigned changes;
} EVENTS[] = {
	{"it is there", TOLD, CLUSTER("5", "a"), 1},
	{"a write that the watch tells of", ASKED, NULL, 0},
	{"… before it is answered", TOLD, CLUSTER("6", "b"), 0},
	{"…", ANSWERED, CLUSTER("6", "b"), 0},
	{"somebody else's after it", TOLD, CLUSTER("7", "x"), 1},
	{"a write whose answer comes first", ASKED, NULL, 0},
	{"…", ANSWERED, CLUSTER("8", "c"), 0},
	{"… and then the event", TOLD, CLUSTER("8", "c"), 0},
	{"one that came before it is over by now", TOLD, CLUSTER("7", "x"), 0},
	{"another version of the same", TOLD, CLUSTER("9", "c"), 0},
	{"a write that gets no answer", ASKED, NULL, 0},
	{"…", ENDED, NULL, 0},
	{"and somebody else's", TOLD, CLUSTER("10", "z"), 1},
};

Test(overwritten, our_own_writes_ask_for_no_round)
{
	struct world *world = world_new(&(struct world_options){changed, NULL});
	struct arena arena CLEANUP(arena_done);
	int64_t due;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(EVENTS); i++) {
		const struct json_node *const object =
			EVENTS[i].json ? read(&arena, EVENTS[i].json) : NULL;

		changes = 0;
		clock_advance(CLOCK_SECOND);
		if (EVENTS[i].what_is == TOLD)
			world_put(world, WORLD_CLUSTERS, DIALECT_MODERN, object, &arena);
		else if (EVENTS[i].what_is == ASKED)
			cr_assert(world_may_write_status(world, &KEY, STR(UID), i, &due));
		else if (EVENTS[i].what_is == ANSWERED)
			world_wrote_status(world, &KEY, STR(UID), object, &arena);
		else
			world_unchecked(world, &KEY, STR(UID));
		cr_expect_eq(changes, EVENTS[i].changes, "%zu: %s", i, EVENTS[i].what);
	}
	world_free(&world);
}
