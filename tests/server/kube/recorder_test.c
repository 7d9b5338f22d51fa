#include "server/kube/recorder.h"

#include <criterion/criterion.h>

#include "base/clock.h"
#include "server/kube/event_series.h"
#include "tests/support/kube_kit.h"

#define EVENTS "/api/v1/namespaces/ns/events"
#define POST   "POST " EVENTS "?fieldManager=raygate"

static const struct kube_event EVENT = {
	.api_version = "ray.io/v1",
	.kind = "RayCluster",
	.namespace = "ns",
	.name = "demo",
	.uid = "u-1",
	.warning = true,
	.reason = "OverQuota",
	.message = "it asks for \"4\" CPU",
};

/* Decisions on events that differ as told; 'n' new, 'a' again, '-' dropped, capital: combined. */
static char decide(struct kube_event_series *series, struct kube_event_keys keys, int64_t now)
{
	const struct kube_event_decision decision = kube_event_series_decide(series, &keys, now);

	if (decision.verdict == KUBE_EVENT_DROP)
		return '-';
	if (decision.verdict == KUBE_EVENT_AGAIN)
		return decision.combined ? 'A' : 'a';
	kube_event_series_named(series, decision.key, "name");
	return decision.combined ? 'N' : 'n';
}

Test(kube_event_series, the_same_again_is_counted_and_a_flood_is_dropped)
{
	struct kube_event_series *series = kube_event_series_new();
	const struct kube_event_keys keys = {1, 2, 3}, other = {4, 5, 6};

	cr_assert_eq(decide(series, keys, 0), 'n');
	for (int i = 1; i < KUBE_SERIES_BURST; i++)
		cr_assert_eq(decide(series, keys, i), 'a', "%d", i);
	cr_assert_eq(decide(series, keys, 30), '-');
	cr_assert_eq(decide(series, other, 30), 'n');
	cr_assert_eq(decide(series, keys, 299 * CLOCK_SECOND), '-');
	cr_assert_eq(decide(series, keys, 301 * CLOCK_SECOND), 'a');
	cr_assert_eq(decide(series, keys, 302 * CLOCK_SECOND), '-');
	kube_event_series_free(&series);
}

Test(kube_event_series, events_that_differ_in_words_alone_become_one)
{
	struct kube_event_series *series = kube_event_series_new();
	char verdicts[16] = "";

	for (uint64_t i = 0; i < 12; i++)
		verdicts[i] = decide(series, (struct kube_event_keys){1, 2, 100 + i}, 1);
	cr_assert_str_eq(verdicts, "nnnnnnnnnNAA");
	/* After the window they are looked at one by one again. */
	cr_assert_eq(decide(series, (struct kube_event_keys){1, 2, 200}, 700 * CLOCK_SECOND), 'n');
	kube_event_series_free(&series);
}

Test(kube_event_series, what_could_not_be_written_is_new_again)
{
	struct kube_event_series *series = kube_event_series_new();
	const struct kube_event_keys keys = {1, 2, 3};

	for (int i = 0; i < 3; i++) {
		const struct kube_event_decision decision =
			kube_event_series_decide(series, &keys, 1);

		cr_assert_eq(decision.verdict, KUBE_EVENT_NEW);
		kube_event_series_named(series, decision.key, "");
	}
	kube_event_series_free(&series);
}

Test(kube_event_series, more_objects_than_there_is_room_for_do_no_harm)
{
	struct kube_event_series *series = kube_event_series_new();

	for (uint64_t i = 1; i < 3 * KUBE_SERIES_SLOTS; i++)
		cr_assert_eq(decide(series, (struct kube_event_keys){i, i, i}, (int64_t)i), 'n');
	/* The last is still known, the first is forgotten. */
	cr_assert_eq(decide(series,
			     (struct kube_event_keys){3 * KUBE_SERIES_SLOTS - 1,
				     3 * KUBE_SERIES_SLOTS - 1, 3 * KUBE_SERIES_SLOTS - 1},
			     99999),
		'a');
	cr_assert_eq(decide(series, (struct kube_event_keys){1, 1, 1}, 99999), 'n');
	kube_event_series_free(&series);
}

Test(kube_recorder, an_event_is_written_and_then_counted_up, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .status = 201, .reply = "{}",
			.body = "\"reason\":\"OverQuota\",\"message\":\"it asks for \\\"4\\\" "
				"CPU\","
				"\"type\":\"Warning\",\"source\":{\"component\":\"raygate\","
				"\"host\":\"here\"}"),
		API_STEP(.expect = "PATCH " EVENTS "/demo.18*", .reply = "{}",
			.body = "{\"count\":2,\"lastTimestamp\":\"20"),
		/* The first is too old to be there. */
		API_STEP(.expect = "PATCH " EVENTS "/demo.18*", .status = 404, .reply = "{}"),
		API_STEP(.expect = POST, .status = 201, .reply = "{}", .body = "\"count\":1}"),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_recorder *recorder = NULL;

	cr_assert(kube_recorder_start(kit->client, "raygate", "here", &recorder, &kit->err));
	for (int i = 0; i < 3; i++)
		kube_recorder_add(recorder, &EVENT);
	cr_assert(api_server_wait(kit->server, 4));
	cr_assert_eq(kube_recorder_dropped(recorder), 0);
	kube_recorder_stop(&recorder);
	kube_kit_free(&kit);
}

/* What goes as it should does not use up what is left for trouble. */
Test(kube_recorder, many_normal_events_leave_room_for_a_warning, .timeout = 60)
{
	static struct api_step script[KUBE_SERIES_BURST + 1] = {
		API_STEP(.expect = POST, .status = 201, .reply = "{}"),
		[KUBE_SERIES_BURST] = API_STEP(.expect = POST, .status = 201, .reply = "{}",
			.body = "\"type\":\"Warning\""),
	};
	struct kube_recorder *recorder = NULL;
	struct kube_event normal = EVENT;

	for (size_t i = 1; i < KUBE_SERIES_BURST; i++)
		script[i] = (struct api_step)API_STEP(.expect = "PATCH " EVENTS "/demo.18*",
			.reply = "{}");
	struct kube_kit *kit = KUBE_KIT(script, false);

	cr_assert(kube_recorder_start(kit->client, "raygate", "here", &recorder, &kit->err));
	normal.warning = false;
	normal.reason = "CreatedWorkerPod";
	for (int i = 0; i < 2 * KUBE_SERIES_BURST; i++)
		kube_recorder_add(recorder, &normal);
	kube_recorder_add(recorder, &EVENT);
	cr_assert(api_server_wait(kit->server, KUBE_SERIES_BURST + 1));
	kube_recorder_stop(&recorder);
	kube_kit_free(&kit);
}

/* One that gives way is written when its time has come, and at the end at once. */
Test(kube_recorder, what_may_wait_gives_way, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .status = 201, .reply = "{}", .body = "\"Urgent\""),
		API_STEP(.expect = POST, .status = 201, .reply = "{}", .body = "\"Soon\""),
		API_STEP(.expect = POST, .status = 201, .reply = "{}", .body = "\"Last\""),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_recorder *recorder = NULL;
	struct kube_event event = EVENT;

	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	cr_assert(kube_recorder_start(kit->client, "raygate", "here", &recorder, &kit->err));
	event.reason = "Soon";
	event.later_ms = 1000;
	kube_recorder_add(recorder, &event);
	event.reason = "Urgent";
	event.later_ms = 0;
	kube_recorder_add(recorder, &event);
	cr_assert(api_server_wait(kit->server, 1));
	clock_advance(CLOCK_SECOND);
	cr_assert(api_server_wait(kit->server, 2));
	event.reason = "Last";
	event.later_ms = 3600 * 1000;
	kube_recorder_add(recorder, &event);
	kube_recorder_stop(&recorder);
	cr_assert(api_server_wait(kit->server, 3));
	clock_release();
	kube_kit_free(&kit);
}

Test(kube_recorder, there_is_room_for_so_many_that_give_way, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = POST, .fault = API_FAULT_SILENT),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	struct kube_recorder *recorder = NULL;
	struct kube_event event = EVENT;

	cr_assert(kube_recorder_start(kit->client, "raygate", "here", &recorder, &kit->err));
	event.later_ms = 3600 * 1000;
	for (int i = 0; i < KUBE_RECORDER_ROOM_LATER; i++)
		kube_recorder_add(recorder, &event);
	cr_expect_eq(kube_recorder_dropped(recorder), 0);
	kube_recorder_add(recorder, &event);
	cr_expect_eq(kube_recorder_dropped(recorder), 1);
	/* What is urgent has its own. */
	kube_recorder_add(recorder, &EVENT);
	cr_expect_eq(kube_recorder_dropped(recorder), 1);
	kube_recorder_stop(&recorder);
	kube_kit_free(&kit);
}

Test(kube_recorder, the_end_does_not_wait_for_a_server_that_is_silent, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = "POST /api/v1/namespaces/default/events?fieldManager=raygate",
			.fault = API_FAULT_SILENT),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	struct kube_recorder *recorder = NULL;
	struct kube_event event = {.kind = "Node", .name = "n", .reason = "R"};
	const int64_t from = clock_now();

	cr_assert(kube_recorder_start(kit->client, "raygate", "here", &recorder, &kit->err));
	for (int i = 0; i < 3 * KUBE_RECORDER_ROOM; i++)
		kube_recorder_add(recorder, &event);
	cr_assert_geq(kube_recorder_dropped(recorder), KUBE_RECORDER_ROOM);
	cr_assert(api_server_wait(kit->server, 1));
	kube_recorder_stop(&recorder);
	cr_assert_lt(clock_now() - from, 15 * CLOCK_SECOND);
	kube_kit_free(&kit);
}
