/* Clients that are broken, gone, greedy or very many: none of them may hold what others need. */
#include "server/http/listener.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/http_client.h"
#include "tests/support/listener_kit.h"

static const bool BOTH[] = {false, true};

/* Whoever has left is seen soon; nobody has to hurry. */
static struct http_limits quick_sweeps(void)
{
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_SWEEP_MS] = 20;
	return limits;
}

/* Waits until a number of the stats has been reached; the kit's patience is the test's. */
static struct listener_stats wait_for(
	const struct listener_kit *kit, bool (*is_there)(const struct listener_stats *stats))
{
	const int64_t until = clock_now() + 20 * CLOCK_SECOND;
	struct listener_stats stats;

	do {
		stats = listener_kit_stats(kit);
		if (is_there(&stats))
			return stats;
		clock_sleep_until(clock_now() + CLOCK_MILLISECOND);
	} while (clock_now() < until);
	cr_assert_fail("it does not come about");
	return stats;
}

static bool nobody_is_there(const struct listener_stats *stats)
{
	return stats->connections == 0 && stats->in_flight == 0;
}

static bool serves(const struct listener_kit *kit)
{
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit->port, kit->tls);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	return http_client_ask(client, "GET", "/hello", NULL, &reply) == 200;
}

Test(listener_hostile, garbage_ends_the_connection_and_nothing_else)
{
	static const struct str CASES[] = {
		STR_INIT("\x00\x00\x00\x00\r\n\r\n"),
		STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03garbage"),
		STR_INIT("\r\n\r\n\r\n\r\n \r\n\r\n"),
		STR_INIT("GET\r\n\r\n"),
		STR_INIT("GET \r\n\r\n"),
		STR_INIT("GET  HTTP/1.1\r\n\r\n"),
		STR_INIT(" GET / HTTP/1.1\r\n\r\n"),
		STR_INIT("GET /hello HTTP/9.9\r\nHost: a\r\n\r\n"),
		STR_INIT("GET /hello SPDY/1.1\r\nHost: a\r\n\r\n"),
		STR_INIT("GET /hello\r\n\r\n"),
		STR_INIT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		STR_INIT("GET /%00%ff%zz?%00=%00&&&= HTTP/1.1\r\nHost: a\r\n: \r\n\r\n"),
		STR_INIT("GET /\xff\xfe HTTP/1.1\r\nHost: \xff\r\n\xff: x\r\n\r\n"),
		STR_INIT("POST /any HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n \r\n\tz\r\n\r\n"),
		STR_INIT("POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "ffffffffffffffff\r\nx"),
		STR_INIT("POST /any HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
			 "fffffffffffffffff\r\nx"),
		STR_INIT("POST /any HTTP/1.1\r\nHost: a\r\nCookie: ;;=;\",,;=\"\r\n\r\n"),
	};

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		const struct http_limits limits = quick_sweeps();
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);

		for (size_t n = 0; n < ARRAY_LEN(CASES); n++) {
			for (int raw = 0; raw <= (int)BOTH[i]; raw++) {
				struct http_client *client CLEANUP(http_client_close) =
					http_client_connect(kit.port, BOTH[i] && !raw);

				struct http_reply reply CLEANUP(http_reply_done) = {0};
				const int64_t start = clock_now();

				http_client_send(client, CASES[n]);
				http_client_end_sending(client);
				/* Answers, or an alert of TLS, and then the end. */
				while (http_client_read(client, &reply))
					continue;
				cr_assert_lt(clock_now() - start, 10 * CLOCK_SECOND, "case %zu", n);
			}
		}
		cr_assert(serves(&kit));
		wait_for(&kit, nobody_is_there);
	}
}

Test(listener_hostile, a_client_that_leaves_at_any_byte_leaves_nothing_behind)
{
	static const char REQUEST[] = "POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n"
				      "0123456789012345678901234567890123456789";

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct http_limits limits = http_limits_default();

		limits.value[HTTP_LIMIT_SWEEP_MS] = 20;
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);

		for (size_t cut = 1; cut < sizeof(REQUEST); cut += BOTH[i] ? 5 : 1) {
			struct http_client *client = http_client_connect(kit.port, BOTH[i]);

			cr_assert(http_client_send(client, (struct str){REQUEST, cut}));
			if (cut % 2)
				http_client_reset(&client);
			else
				http_client_close(&client);
		}
		const struct listener_stats stats = wait_for(&kit, nobody_is_there);

		cr_assert_eq(stats.memory_small + stats.memory_large, 0);
	}
}

Test(listener_hostile, a_client_that_leaves_while_its_request_is_at_work_does_no_harm)
{
	const struct http_limits limits = http_limits_default();
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(true, &limits);
	struct http_client *client = http_client_connect(kit.port, true);

	cr_assert(http_client_printf(client, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"));
	listener_kit_wait_at_gate(1);
	http_client_reset(&client);
	listener_kit_open_gate();
	wait_for(&kit, nobody_is_there);
	cr_assert(serves(&kit));
}

Test(listener_hostile, a_client_that_only_listens_any_more_gets_its_answer)
{
	const struct http_limits limits = quick_sweeps();
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert(http_client_printf(
		client, "POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"));
	http_client_end_sending(client);
	cr_assert(http_client_read(client, &reply));
	cr_assert_eq(reply.status, 200);
	cr_assert(http_client_is_ended(client));
}

Test(listener_hostile, slow_large_bodies_cannot_take_the_memory_of_small_ones)
{
	enum { HELD = 3 };
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_BODY] = 1024 * 1024;
	limits.value[HTTP_LIMIT_BODIES] = HELD * 1024 * 1024;
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *held[HELD];
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	char *body CLEANUP(mem_free) = mem_alloc(1024 * 1024 + 1);

	memset(body, 'x', 1024 * 1024);
	for (int n = 0; n < HELD; n++) {
		held[n] = http_client_connect(kit.port, false);
		cr_assert(http_client_printf(held[n],
			"POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: "
			"1048576\r\n\r\n%.1048575s",
			body));
	}
	for (int64_t full = 0; full < HELD * 1024 * 1024;)
		full = listener_kit_stats(&kit).memory_large;
	cr_assert_eq(http_client_ask(client, "POST", "/echo", body, &reply), 429);
	cr_assert(str_is(http_reply_header(&reply, "Retry-After"), "1"));
	cr_assert_eq(http_client_ask(client, "POST", "/echo", "{}", &reply), 200);
	for (int n = 0; n < HELD; n++) {
		cr_assert(http_client_printf(held[n], "x"));
		cr_assert(http_client_read(held[n], &reply));
		cr_assert_eq(reply.body.len, 1024 * 1024);
		http_client_close(&held[n]);
	}
	cr_assert_eq(http_client_ask(client, "POST", "/echo", body, &reply), 200);
	cr_assert_eq(listener_kit_stats(&kit).memory_large, 0);
	cr_assert_eq(listener_kit_stats(&kit).refused[HTTP_REFUSAL_MEMORY], 1);
}

Test(listener_hostile, requests_beyond_the_limit_in_flight_are_429)
{
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_IN_FLIGHT] = 2;
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *held[2];
	struct http_client *client CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (int n = 0; n < 2; n++) {
		held[n] = http_client_connect(kit.port, false);
		cr_assert(http_client_printf(
			held[n], "POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"));
	}
	while (listener_kit_stats(&kit).in_flight < 2)
		continue;
	cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 429);
	cr_assert(str_is(http_reply_header(&reply, "Retry-After"), "1"));
	for (int n = 0; n < 2; n++) {
		cr_assert(http_client_printf(held[n], "x"));
		cr_assert(http_client_read(held[n], &reply));
		cr_assert_eq(reply.status, 200);
		http_client_close(&held[n]);
	}
	while (listener_kit_stats(&kit).in_flight > 0)
		continue;
	cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 200);
}

Test(listener_hostile, clients_beyond_the_limit_wait_until_others_have_left)
{
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_CONNECTIONS] = 4;
	limits.value[HTTP_LIMIT_SWEEP_MS] = 20;
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start(false, &limits);
	struct http_client *held[4];
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (int n = 0; n < 4; n++) {
		held[n] = http_client_connect(kit.port, false);
		cr_assert_eq(http_client_ask(held[n], "GET", "/hello", NULL, &reply), 200);
	}
	struct http_client *late CLEANUP(http_client_close) = http_client_open(
		&(struct http_client_options){.port = kit.port, .patience_ms = 100});

	cr_assert_not_null(late, "the kernel takes the connection");
	cr_assert_eq(http_client_ask(late, "GET", "/hello", NULL, &reply), 0, "nobody answers yet");
	for (int n = 0; n < 4; n++)
		http_client_close(&held[n]);
	for (int n = 0; n < 200 && !http_client_read(late, &reply); n++)
		continue;
	cr_assert_eq(reply.status, 200);
}

struct crowd {
	const struct listener_kit *kit;
	pthread_barrier_t *ready;
	int answered;
};

static void *crowd_main(void *data)
{
	enum { EACH = 50, ROUNDS = 4 };
	struct crowd *const crowd = data;
	struct http_client *clients[EACH];
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	for (int n = 0; n < EACH; n++)
		clients[n] = http_client_connect(crowd->kit->port, crowd->kit->tls);
	pthread_barrier_wait(crowd->ready);
	for (int round = 0; round < ROUNDS; round++) {
		for (int n = 0; n < EACH; n++)
			crowd->answered +=
				http_client_ask(clients[n], "POST", "/echo", "{}", &reply) == 200;
	}
	for (int n = 0; n < EACH; n++)
		http_client_close(&clients[n]);
	return NULL;
}

Test(listener_hostile, two_hundred_clients_at_once_are_all_answered)
{
	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		enum { THREADS = 4, HOUR_MS = 3600 * 1000 };
		struct http_limits limits = http_limits_default();

		/* They wait for each other, on a slow machine for long, before one asks. */
		limits.value[HTTP_LIMIT_HEADERS_MS] = HOUR_MS;
		struct listener_kit kit CLEANUP(listener_kit_done) =
			listener_kit_start(BOTH[i], &limits);
		pthread_barrier_t ready;
		pthread_t threads[THREADS];
		struct crowd crowds[THREADS];

		pthread_barrier_init(&ready, NULL, THREADS);
		for (int n = 0; n < THREADS; n++) {
			crowds[n] = (struct crowd){.kit = &kit, .ready = &ready};
			pthread_create(&threads[n], NULL, crowd_main, &crowds[n]);
		}
		for (int n = 0; n < THREADS; n++) {
			pthread_join(threads[n], NULL);
			cr_assert_eq(
				crowds[n].answered, 200, "thread %d: %d", n, crowds[n].answered);
		}
		pthread_barrier_destroy(&ready);
		wait_for(&kit, nobody_is_there);
	}
}
