/*
 * Clients that are slow or silent are ended, each by the deadline that is meant for it. The hands
 * of the clock are held, and move when a test lets time pass: a machine that stands still for a
 * second is no slow client.
 */
#include "server/http/listener.h"

#include <poll.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/http_client.h"
#include "tests/support/listener_kit.h"

static const bool BOTH[] = {false, true};

enum { SHORT_MS = 500, HOUR_MS = 3600 * 1000, TICK_MS = 10, LOOKS = 20000 };

static const enum http_limit DEADLINES[] = {
	HTTP_LIMIT_HEADERS_MS,
	HTTP_LIMIT_CROWDED_MS,
	HTTP_LIMIT_CROWDED_IDLE_MS,
	HTTP_LIMIT_BODY_GRACE_MS,
	HTTP_LIMIT_BODY_MS,
	HTTP_LIMIT_REPLY_MS,
	HTTP_LIMIT_IDLE_MS,
	HTTP_LIMIT_REQUEST_MS,
};

/* Every deadline is at `ms`; the bytes of a body or an answer earn no time. */
static struct http_limits all_at(int64_t ms)
{
	struct http_limits limits = http_limits_default();

	for (size_t i = 0; i < ARRAY_LEN(DEADLINES); i++)
		limits.value[DEADLINES[i]] = ms;
	limits.value[HTTP_LIMIT_RATE] = 1024 * 1024 * 1024;
	limits.value[HTTP_LIMIT_SWEEP_MS] = 2 * TICK_MS;
	return limits;
}

/* The one that is under test is short; who is ended by another one is not ended. */
static struct http_limits with_short(enum http_limit limit)
{
	struct http_limits limits = all_at(HOUR_MS);

	limits.value[limit] = SHORT_MS;
	return limits;
}

static void hold_hands(void)
{
	clock_hold(1000 * CLOCK_SECOND, 0);
}

/* One look takes a real millisecond, and on the clock that is held a tick or nothing. */
static void wait_a_look(int tick_ms)
{
	clock_advance(tick_ms * CLOCK_MILLISECOND);
	poll(NULL, 0, 1);
}

static struct listener_stats look_until(const struct listener_kit *kit,
	bool (*is_there)(const struct listener_stats *stats), int tick_ms)
{
	for (int n = 0; n < LOOKS; n++) {
		const struct listener_stats stats = listener_kit_stats(kit);

		if (is_there(&stats))
			return stats;
		wait_a_look(tick_ms);
	}
	cr_assert_fail("it does not come about");
	return (struct listener_stats){0};
}

static bool nobody_is_there(const struct listener_stats *stats)
{
	return stats->connections == 0 && stats->in_flight == 0;
}

static bool one_is_there(const struct listener_stats *stats)
{
	return stats->connections == 1;
}

static bool two_are_there(const struct listener_stats *stats)
{
	return stats->connections == 2;
}

static bool a_request_has_begun(const struct listener_stats *stats)
{
	return stats->in_flight == 1;
}

static bool one_idles(const struct listener_stats *stats)
{
	return stats->connections == 1 && stats->in_flight == 0;
}

static bool a_reader_was_ended(const struct listener_stats *stats)
{
	return stats->reaped[HTTP_PHASE_REPLY] == 1 && nobody_is_there(stats);
}

/* Sends `text` again and again, a byte a tick, until the server has enough of it. */
static void trickle(struct http_client *client, const char *text)
{
	for (size_t i = 0; i < LOOKS; i++) {
		if (!http_client_send(client, (struct str){text + i % strlen(text), 1}))
			return;
		wait_a_look(TICK_MS);
	}
	cr_assert_fail("the server still listens");
}

static bool serves(const struct listener_kit *kit)
{
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit->port, kit->tls);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	return http_client_ask(client, "GET", "/hello", NULL, &reply) == 200;
}

Test(listener_deadline, a_silent_client_is_ended, .init = hold_hands)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		const struct http_limits limits = with_short(HTTP_LIMIT_HEADERS_MS);
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect_raw(kit.port);

		look_until(&kit, one_is_there, 0);
		const struct listener_stats stats = look_until(&kit, nobody_is_there, TICK_MS);

		cr_assert(http_client_is_ended(client));
		cr_assert_eq(stats.reaped[HTTP_PHASE_OPENING], 1);
		cr_assert_eq(stats.unheard, 1);
		cr_assert(serves(&kit));
	}
}

Test(listener_deadline, a_client_that_shakes_hands_and_says_nothing_is_ended, .init = hold_hands)
{
	const struct http_limits limits = with_short(HTTP_LIMIT_HEADERS_MS);
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(true, &limits);
	struct http_client *client CLEANUP(http_client_close) = http_client_connect(kit.port, true);
	const struct listener_stats stats = look_until(&kit, nobody_is_there, TICK_MS);

	cr_assert(http_client_is_ended(client));
	cr_assert_eq(stats.reaped[HTTP_PHASE_OPENING], 1);
}

enum { ROOM = 4 };

static struct http_limits with_little_room(void)
{
	struct http_limits limits = with_short(HTTP_LIMIT_CROWDED_MS);

	limits.value[HTTP_LIMIT_CONNECTIONS] = ROOM;
	return limits;
}

static bool there_is_no_room(const struct listener_stats *stats)
{
	return stats->connections == ROOM;
}

static bool two_silent_ones_were_ended(const struct listener_stats *stats)
{
	return stats->reaped[HTTP_PHASE_OPENING] == 2;
}

/* One that was heard stays, between two requests and within one. */
Test(listener_deadline, who_is_silent_gives_way_where_there_is_no_room, .init = hold_hands)
{
	const struct http_limits limits = with_little_room();
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *kept CLEANUP(http_client_close) = http_client_connect(kit.port, false);
	struct http_client *slow CLEANUP(http_client_close) = http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert_eq(http_client_ask(kept, "GET", "/hello", NULL, &reply), 200);
	cr_assert(http_client_printf(slow, "GET /hello HTTP/1.1\r\n"));
	look_until(&kit, a_request_has_begun, 0);
	struct http_client *silent CLEANUP(http_client_close) = http_client_connect_raw(kit.port);
	struct http_client *other CLEANUP(http_client_close) = http_client_connect_raw(kit.port);

	look_until(&kit, there_is_no_room, 0);
	const int64_t start = clock_now();
	struct http_client *fresh CLEANUP(http_client_close) = http_client_connect(kit.port, false);

	cr_assert(http_client_printf(fresh, "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"));
	look_until(&kit, two_silent_ones_were_ended, TICK_MS);
	cr_assert_geq(clock_now() - start, SHORT_MS * CLOCK_MILLISECOND);
	cr_assert(http_client_read(fresh, &reply));
	cr_assert_eq(reply.status, 200);
	cr_assert_eq(http_client_ask(kept, "GET", "/hello", NULL, &reply), 200);
	cr_assert(http_client_printf(slow, "Host: a\r\n\r\n"));
	cr_assert(http_client_read(slow, &reply));
	cr_assert_eq(reply.status, 200);
}

static bool all_idle_without_room(const struct listener_stats *stats)
{
	return there_is_no_room(stats) && stats->in_flight == 0;
}

static bool one_who_idles_was_ended(const struct listener_stats *stats)
{
	return stats->reaped[HTTP_PHASE_IDLE] == 1;
}

static void ask_hello(struct http_client *client)
{
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 200);
}

/* Each has asked once, and the first is the one that asked last. */
static void fill_with_idle_ones(struct listener_kit *kit, struct http_client *idle[ROOM])
{
	for (int i = 0; i < ROOM; i++) {
		idle[i] = http_client_connect(kit->port, kit->tls);
		ask_hello(idle[i]);
	}
	look_until(kit, all_idle_without_room, 0);
	clock_advance(SHORT_MS / 2 * CLOCK_MILLISECOND);
	ask_hello(idle[0]);
	look_until(kit, all_idle_without_room, 0);
}

/* One for one: whoever waits takes the place of one, and the others go on. */
static void expect_idle_one_to_give_way(bool tls)
{
	struct http_limits limits = with_little_room();

	limits.value[HTTP_LIMIT_CROWDED_IDLE_MS] = SHORT_MS;
	limits.value[HTTP_LIMIT_CROWDED_MS] = 1; /* of those who are silent alone */
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(tls, &limits);
	struct http_client *idle[ROOM];
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	fill_with_idle_ones(&kit, idle);
	const int64_t start = clock_now();
	struct http_client *fresh CLEANUP(http_client_close) = http_client_connect_raw(kit.port);

	look_until(&kit, one_who_idles_was_ended, TICK_MS);
	cr_assert_geq(clock_now() - start, SHORT_MS / 2 * CLOCK_MILLISECOND);
	look_until(&kit, there_is_no_room, 0);
	for (int n = 0; n < SHORT_MS / TICK_MS; n++)
		wait_a_look(TICK_MS);
	cr_assert_eq(listener_kit_stats(&kit).reaped[HTTP_PHASE_IDLE], 1, "nobody waits any more");
	ask_hello(idle[0]);
	for (int i = 0; i < ROOM; i++)
		http_client_close(&idle[i]);
}

Test(listener_deadline, who_has_idled_longest_gives_way_to_who_waits, .init = hold_hands)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++)
		expect_idle_one_to_give_way(BOTH[i]);
}

Test(listener_deadline, who_is_silent_has_its_time_where_there_is_room, .init = hold_hands)
{
	const struct http_limits limits = with_little_room();
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(true, &limits);
	struct http_client *silent CLEANUP(http_client_close) = http_client_connect_raw(kit.port);
	struct http_client *other CLEANUP(http_client_close) = http_client_connect_raw(kit.port);

	look_until(&kit, two_are_there, 0);
	for (int n = 0; n < 4 * SHORT_MS / TICK_MS; n++)
		wait_a_look(TICK_MS);
	cr_assert(serves(&kit));
	cr_assert_eq(listener_kit_stats(&kit).reaped[HTTP_PHASE_OPENING], 0);
}

Test(listener_deadline, a_handshake_byte_by_byte_is_ended, .init = hold_hands)
{
	const struct http_limits limits = with_short(HTTP_LIMIT_HEADERS_MS);
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(true, &limits);
	struct http_client *client CLEANUP(http_client_close) = http_client_connect_raw(kit.port);

	/* The header of a TLS record of 16,384 bytes, and nothing but its beginning. */
	cr_assert(http_client_send(client, STR("\x16\x03\x01\x40\x00\x01\x00\x3f\xfc")));
	trickle(client, "\x03");
	cr_assert_eq(look_until(&kit, nobody_is_there, 0).reaped[HTTP_PHASE_OPENING], 1);
}

static void expect_slow_headers_to_end(bool tls, bool later)
{
	const struct http_limits limits = with_short(HTTP_LIMIT_HEADERS_MS);
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(tls, &limits);
	struct http_client *client CLEANUP(http_client_close) = http_client_connect(kit.port, tls);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	if (later) {
		cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 200);
		look_until(&kit, one_idles, 0);
	}
	cr_assert(http_client_printf(client, "GET /hello HTTP/1.1\r\n"));
	look_until(&kit, a_request_has_begun, 0);
	trickle(client, "X: y\r\n");
	const struct listener_stats stats = look_until(&kit, nobody_is_there, 0);

	cr_assert_eq(stats.reaped[HTTP_PHASE_HEADERS], 1);
	cr_assert_eq(stats.abandoned, 1);
}

Test(listener_deadline, slow_headers_are_ended_in_the_first_request_and_in_later_ones,
	.init = hold_hands)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		expect_slow_headers_to_end(BOTH[i], false);
		expect_slow_headers_to_end(BOTH[i], true);
	}
}

Test(listener_deadline, a_trickled_body_is_ended, .init = hold_hands)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		const struct http_limits limits = with_short(HTTP_LIMIT_BODY_GRACE_MS);
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);

		cr_assert(http_client_printf(client,
			"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
		trickle(client, "x");
		const struct listener_stats stats = look_until(&kit, nobody_is_there, 0);

		cr_assert_eq(stats.reaped[HTTP_PHASE_BODY], 1);
		cr_assert_eq(stats.memory_small + stats.memory_large, 0);
	}
}

Test(listener_deadline, a_body_fast_enough_outlives_the_grace, .init = hold_hands)
{
	enum { PIECE = 10, PIECES = 3 * SHORT_MS / TICK_MS };
	struct http_limits limits = with_short(HTTP_LIMIT_BODY_GRACE_MS);

	limits.value[HTTP_LIMIT_RATE] = 100; /* a tenth of what is sent */
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert(http_client_printf(
		client, "POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
	for (int sent = 1; sent <= PIECES; sent++) {
		cr_assert(http_client_printf(client, "a\r\n0123456789\r\n"));
		while (listener_kit_stats(&kit).bytes_in < (long long)sent * PIECE)
			wait_a_look(0);
		wait_a_look(TICK_MS);
	}
	cr_assert(http_client_printf(client, "0\r\n\r\n"));
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.body.len, (size_t)PIECES * PIECE);
}

Test(listener_deadline, a_client_that_does_not_read_its_answer_is_ended, .init = hold_hands)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		const struct http_limits limits = with_short(HTTP_LIMIT_REPLY_MS);
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);
		struct http_client *client CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);

		/* More than the kernel keeps for a reader that does not come. */
		for (int n = 0; n < 8; n++)
			cr_assert(
				http_client_printf(client, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"));
		look_until(&kit, a_reader_was_ended, TICK_MS);
	}
}

Test(listener_deadline, an_idle_connection_has_its_own_and_longer_time, .init = hold_hands)
{
	struct http_limits limits = with_short(HTTP_LIMIT_HEADERS_MS);

	limits.value[HTTP_LIMIT_IDLE_MS] = 3 * SHORT_MS;
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(true, &limits);
	struct http_client *client CLEANUP(http_client_close) = http_client_connect(kit.port, true);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	const int64_t start = clock_now();

	cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 200);
	look_until(&kit, one_idles, 0);
	cr_assert_eq(look_until(&kit, nobody_is_there, TICK_MS).reaped[HTTP_PHASE_IDLE], 1);
	cr_assert(http_client_is_ended(client));
	cr_assert_geq(clock_now() - start, 3 * SHORT_MS * CLOCK_MILLISECOND);
}

Test(listener_deadline, a_handler_at_work_has_none_here, .init = hold_hands)
{
	const struct http_limits limits = all_at(SHORT_MS);
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *slow CLEANUP(http_client_close) = http_client_connect(kit.port, false);
	struct http_client *silent CLEANUP(http_client_close) = http_client_connect_raw(kit.port);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert(http_client_printf(slow, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"));
	listener_kit_wait_at_gate(1);
	look_until(&kit, two_are_there, 0);
	look_until(&kit, one_is_there, TICK_MS);
	cr_assert(http_client_is_ended(silent), "a deadline has passed meanwhile");
	listener_kit_open_gate();
	cr_assert(http_client_read(slow, &reply));
	cr_assert_eq(reply.status, 200);
}
