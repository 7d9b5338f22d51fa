/* The controller's own watches, before an API server that breaks off and forgets. */
#include "server/controller/feed.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/kube_kit.h"

#define ALL   "GET /api/v1/pods?labelSelector=ray.io%2Fcluster&limit=500"
#define WATCH "GET /api/v1/pods?watch=true&allowWatchBookmarks=true&labelSelector=ray.io%2Fcluster&"
#define SINCE WATCH "resourceVersion="

#define POD(name, version, phase)                                                                  \
	"{\"metadata\":{\"namespace\":\"ns\",\"name\":\"" name "\",\"resourceVersion\":\"" version \
	"\",\"uid\":\"u-" name "\",\"labels\":{\"ray.io/cluster\":\"a\"}},\"status\":{\"phase\":"  \
	"\"" phase "\"}}"
#define PODS(version, items)                                                                       \
	"{\"metadata\":{\"resourceVersion\":\"" version "\"},\"items\":[" items "]}"
#define EVENT(type, pod) "{\"type\":\"" type "\",\"object\":" pod "}\n"
#define EXPIRED          "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}"

#define FORBIDDEN "{\"kind\":\"Status\",\"code\":403,\"reason\":\"Forbidden\",\"message\":\"no\"}"

static void count_up(void *context)
{
	atomic_fetch_add((atomic_int *)context, 1);
}

static void count_change(void *context, const struct world_key *key)
{
	cr_expect(str_is(key->name, "a"));
	count_up(context);
}

static char blind[256];

static void note_blind(void *context, enum dialect dialect, enum world_kind kind, const char *why)
{
	const size_t len = strlen(blind);

	(void)context;
	cr_expect_eq(dialect, DIALECT_MODERN);
	cr_expect_eq(kind, WORLD_PODS);
	snprintf(blind + len, sizeof(blind) - len, "[%s]", why ? why : "");
}

struct feed_case {
	const char *what;
	const struct api_step *steps;
	size_t count;
	size_t pods;        /* that are known when all was played */
	int changes, lists; /* that were told until then */
};

#define CASE(what, steps, pods, changes, lists)                                                    \
	{                                                                                          \
		what, steps, ARRAY_LEN(steps), pods, changes, lists                                \
	}

static void play(const struct feed_case *c)
{
	atomic_int changes = 0, lists = 0;
	struct kube_kit *kit = kube_kit_new(c->steps, c->count, false);
	struct world *world = world_new(&(struct world_options){count_change, &changes});
	struct feed feed = {
		.client = kit->client,
		.world = world,
		.dialect = DIALECT_MODERN,
		.kind = WORLD_PODS,
		.told = count_up,
		.blind = note_blind,
		.context = &lists,
	};

	cr_expect_not(feed_is_synced(&feed));
	cr_assert(feed_start(&feed, &kit->err), "%s", kit->err.text);
	/* A watch begins when all before it was taken in. */
	cr_expect(api_server_wait(kit->server, c->count), "%s: not all was asked for", c->what);
	cr_expect(feed_is_synced(&feed));
	feed_stop(&feed);
	cr_expect_eq(world_count(world, WORLD_PODS, DIALECT_MODERN), c->pods, "%s", c->what);
	cr_expect_eq(atomic_load(&changes), c->changes, "%s: %d", c->what, changes);
	cr_expect_eq(atomic_load(&lists), c->lists, "%s: %d", c->what, lists);
	world_free(&world);
	kube_kit_free(&kit);
}

Test(feed, what_a_watch_loses_is_made_up_for, .timeout = 60)
{
	static const struct api_step CUT[] = {
		API_STEP(.expect = ALL, .reply = PODS("5", POD("p", "4", "Pending"))),
		/* In the middle of the second event. */
		API_STEP(.expect = SINCE "5*", .fault = API_FAULT_CUT,
			.reply = EVENT("ADDED", POD("q", "6", "Pending"))
				EVENT("DELETED", POD("q", "7", "Pending"))),
		API_STEP(.expect = SINCE "6*", .piece = 999,
			.reply = EVENT("DELETED", POD("q", "7", "Pending"))),
		API_STEP(.expect = SINCE "7*", .hold = true),
	};
	static const struct api_step GONE[] = {
		API_STEP(.expect = ALL,
			.reply = PODS("5", POD("p", "4", "Pending") "," POD("q", "5", "Pending"))),
		API_STEP(.expect = SINCE "5*", .status = 410, .reply = EXPIRED),
		API_STEP(.expect = ALL,
			.reply = PODS("20", POD("q", "5", "Pending") "," POD("r", "9", "Pending"))),
		API_STEP(.expect = SINCE "20*", .hold = true),
	};
	static const struct api_step GONE_LATER[] = {
		API_STEP(.expect = ALL, .reply = PODS("5", POD("p", "4", "Pending"))),
		API_STEP(.expect = SINCE "5*", .piece = 999,
			.reply = EVENT("MODIFIED", POD("p", "6", "Running"))
				EVENT("ERROR", EXPIRED)),
		API_STEP(.expect = ALL, .reply = PODS("20", "")),
		API_STEP(.expect = SINCE "20*", .hold = true),
	};
	static const struct feed_case CASES[] = {
		CASE("a line that is cut is told anew", CUT, 1, 3, 1),
		CASE("410: who is not in the new list is gone", GONE, 2, 4, 2),
		CASE("410 in the stream: the same", GONE_LATER, 0, 3, 2),
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		play(&CASES[i]);
}

/* A right that is taken away, or not there from the first. */
Test(feed, what_may_not_be_followed_is_told_once_and_when_it_is_over, .timeout = 60)
{
	static const struct api_step STEPS[] = {
		API_STEP(.expect = ALL, .status = 403, .reply = FORBIDDEN),
		API_STEP(.expect = ALL, .status = 403, .reply = FORBIDDEN),
		API_STEP(.expect = ALL, .reply = PODS("5", POD("p", "4", "Pending"))),
		API_STEP(.expect = SINCE "5*", .hold = true),
	};
	static const struct feed_case RIGHTS = CASE("a right comes late", STEPS, 1, 1, 1);

	blind[0] = 0;
	play(&RIGHTS);
	cr_expect_str_eq(blind, "[pods cannot be followed: GET pods: no][]");
}
