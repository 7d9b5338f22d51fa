/* A listener's certificates change and its life ends, while clients go on asking. */
#include "server/http/listener.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/http_client.h"
#include "tests/support/listener_kit.h"

static struct listener_kit start(bool tls, int64_t retire_ms)
{
	struct http_limits limits = http_limits_default();

	limits.value[HTTP_LIMIT_SWEEP_MS] = 20;
	limits.value[HTTP_LIMIT_RETIRE_MS] = retire_ms;
	return listener_kit_start(tls, &limits);
}

static struct buf peer_of(const struct http_client *client)
{
	struct buf copy = {0};

	buf_add(&copy, http_client_peer(client));
	return copy;
}

static void swap(struct listener_kit *kit)
{
	struct mint_pair pair CLEANUP(mint_pair_done) = listener_kit_pair(kit);
	struct err err;

	cr_assert(
		listener_swap(kit->listener, str_from(pair.key_pem), str_from(pair.cert_pem), &err),
		"%s", err.text);
}

Test(listener_life, a_new_certificate_is_served_and_the_old_connection_is_told_to_close)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true, 60000);
	struct http_client *old CLEANUP(http_client_close) = http_client_connect(kit.port, true);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	struct buf before CLEANUP(buf_done) = peer_of(old);

	cr_assert_eq(http_client_ask(old, "GET", "/hello", NULL, &reply), 200);
	swap(&kit);
	struct http_client *new CLEANUP(
		http_client_close) = http_client_open(&(struct http_client_options){
		.port = kit.port, .tls = true, .ca_pem = kit.ca.cert_pem, .name = "localhost"});

	cr_assert_not_null(new);
	cr_assert_not(str_eq(http_client_peer(new), buf_str(&before)));
	cr_assert_eq(http_client_ask(old, "GET", "/hello", NULL, &reply), 200);
	cr_assert(str_is(http_reply_header(&reply, "Connection"), "close"));
	cr_assert(http_client_is_ended(old));
	cr_assert_eq(http_client_ask(new, "GET", "/hello", NULL, &reply), 200);
	cr_assert_eq(http_reply_header(&reply, "Connection").len, 0);
}

Test(listener_life, an_old_connection_that_stays_idle_is_ended_in_the_end)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true, 100);
	struct http_client *old CLEANUP(http_client_close) = http_client_connect(kit.port, true);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert_eq(http_client_ask(old, "GET", "/hello", NULL, &reply), 200);
	swap(&kit);
	cr_assert(http_client_is_ended(old));
	cr_assert_eq(listener_kit_stats(&kit).accepted, 1);
}

Test(listener_life, a_bad_pair_changes_nothing)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true, 60000);
	struct mint_pair other CLEANUP(mint_pair_done) = listener_kit_pair(&kit);
	struct http_client *old CLEANUP(http_client_close) = http_client_connect(kit.port, true);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	struct err err;

	cr_assert_not(listener_swap(
		kit.listener, str_from(kit.pair.key_pem), str_from(other.cert_pem), &err));
	cr_assert_not(listener_swap(kit.listener, STR("x"), STR("y"), &err));
	cr_assert_eq(http_client_ask(old, "GET", "/hello", NULL, &reply), 200);
	cr_assert_eq(http_reply_header(&reply, "Connection").len, 0);
	struct http_client *new CLEANUP(http_client_close) = http_client_connect(kit.port, true);

	cr_assert(str_eq(http_client_peer(new), http_client_peer(old)));
}

/* Asks without a pause, on a new connection whenever the last answer said so. */
struct asker {
	const struct listener_kit *kit;
	atomic_bool *enough;
	atomic_int *asked;
	int answered, failed, reconnects;
	bool may_be_refused; /* the port may be closed by now */
};

/*
 * What the kernel took and nobody accepted is reset when the port is closed. In clear text a client
 * sees that only at its first request; a handshake shows that somebody had accepted.
 */
static bool was_never_accepted(
	const struct asker *asker, bool fresh, const struct http_reply *reply)
{
	return asker->may_be_refused && !asker->kit->tls && fresh && reply->status == 0;
}

static void *asker_main(void *data)
{
	struct asker *const asker = data;
	struct http_client *client CLEANUP(http_client_close) = NULL;
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	while (!atomic_load(asker->enough)) {
		const bool fresh = client == NULL;

		if (client == NULL) {
			client = http_client_open(&(struct http_client_options){
				.port = asker->kit->port, .tls = asker->kit->tls});
			asker->reconnects++;
			if (client == NULL && asker->may_be_refused)
				return NULL;
			cr_assert_not_null(client);
		}
		if (http_client_ask(client, "POST", "/echo", "{}", &reply) == 200)
			asker->answered++;
		else if (was_never_accepted(asker, fresh, &reply))
			return NULL;
		else
			asker->failed++;
		atomic_fetch_add(asker->asked, 1);
		if (reply.status == 0 || http_reply_header(&reply, "Connection").len)
			http_client_close(&client);
	}
	return NULL;
}

enum { ASKERS = 6 };

struct load {
	pthread_t threads[ASKERS];
	struct asker askers[ASKERS];
	atomic_bool enough;
	atomic_int asked;
};

static void load_start(struct load *load, const struct listener_kit *kit, bool may_be_refused)
{
	atomic_init(&load->enough, false);
	atomic_init(&load->asked, 0);
	for (int i = 0; i < ASKERS; i++) {
		load->askers[i] = (struct asker){.kit = kit,
			.enough = &load->enough,
			.asked = &load->asked,
			.may_be_refused = may_be_refused};
		pthread_create(&load->threads[i], NULL, asker_main, &load->askers[i]);
	}
}

static void load_wait(struct load *load, int more)
{
	const int until = atomic_load(&load->asked) + more;

	while (atomic_load(&load->asked) < until)
		clock_sleep_until(clock_now() + CLOCK_MILLISECOND);
}

static struct asker load_stop(struct load *load)
{
	struct asker sum = {0};

	atomic_store(&load->enough, true);
	for (int i = 0; i < ASKERS; i++) {
		pthread_join(load->threads[i], NULL);
		sum.answered += load->askers[i].answered;
		sum.failed += load->askers[i].failed;
		sum.reconnects += load->askers[i].reconnects;
	}
	return sum;
}

Test(listener_life, no_request_fails_while_certificates_are_swapped_under_load)
{
	enum { SWAPS = 6 };
	struct listener_kit kit CLEANUP(listener_kit_done) = start(true, 60000);
	struct load load;

	load_start(&load, &kit, false);
	for (int i = 0; i < SWAPS; i++) {
		load_wait(&load, 50);
		swap(&kit);
	}
	load_wait(&load, 50);
	const struct asker sum = load_stop(&load);

	cr_assert_eq(sum.failed, 0, "%d of %d", sum.failed, sum.answered);
	cr_assert_geq(sum.reconnects, ASKERS * 2);
}

Test(listener_life, no_request_fails_while_the_listener_drains_under_load)
{
	static const bool BOTH[] = {false, true};

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit CLEANUP(listener_kit_done) = start(BOTH[i], 60000);
		struct load load;

		load_start(&load, &kit, true);
		load_wait(&load, 100);
		cr_assert(listener_drain(kit.listener,
			&(struct listener_drain){.grace_ms = 50, .clients_ms = 20000}));
		cr_assert_eq(listener_kit_stats(&kit).connections, 0);
		cr_assert_eq(load_stop(&load).failed, 0);
		cr_assert_null(http_client_open(&(struct http_client_options){.port = kit.port}),
			"the port is closed");
	}
}

Test(listener_life, a_drain_answers_close_and_waits_for_what_is_at_work)
{
	struct listener_kit kit CLEANUP(listener_kit_done) = start(false, 60000);
	struct http_client *at_work CLEANUP(http_client_close) =
		http_client_connect(kit.port, false);
	struct http_client *idle CLEANUP(http_client_close) = http_client_connect(kit.port, false);
	struct http_reply reply CLEANUP(http_reply_done) = {0};

	cr_assert_eq(http_client_ask(idle, "GET", "/hello", NULL, &reply), 200);
	cr_assert(http_client_printf(at_work, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"));
	listener_kit_wait_at_gate(1);
	listener_close_after_answers(kit.listener);
	struct http_client *late CLEANUP(http_client_close) = http_client_connect(kit.port, false);

	cr_assert_eq(http_client_ask(late, "GET", "/hello", NULL, &reply), 200, "still accepts");
	cr_assert(str_is(http_reply_header(&reply, "Connection"), "close"));
	listener_close_port(kit.listener);
	cr_assert_not(listener_wait(kit.listener, LISTENER_NO_REQUESTS, 50));
	listener_kit_open_gate();
	cr_assert(listener_wait(kit.listener, LISTENER_NO_REQUESTS, 20000));
	cr_assert(http_client_read(at_work, &reply));
	cr_assert(str_is(http_reply_header(&reply, "Connection"), "close"));
	cr_assert_not(listener_wait(kit.listener, LISTENER_NO_CONNECTIONS, 50), "one is idle");
	cr_assert_eq(http_client_ask(idle, "GET", "/hello", NULL, &reply), 200);
	cr_assert(listener_wait(kit.listener, LISTENER_NO_CONNECTIONS, 20000));
}

Test(listener_life, a_stop_ends_idle_and_half_told_connections_at_once)
{
	static const bool BOTH[] = {false, true};

	for (size_t i = 0; i < ARRAY_LEN(BOTH); i++) {
		struct listener_kit kit = start(BOTH[i], 60000);
		struct http_client *idle CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_client *half CLEANUP(http_client_close) =
			http_client_connect(kit.port, BOTH[i]);
		struct http_client *silent CLEANUP(http_client_close) =
			http_client_connect_raw(kit.port);
		struct http_reply reply CLEANUP(http_reply_done) = {0};

		cr_assert_eq(http_client_ask(idle, "GET", "/hello", NULL, &reply), 200);
		cr_assert(http_client_printf(
			half, "POST /any HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nx"));
		listener_kit_done(&kit);
		cr_assert(http_client_is_ended(idle));
		cr_assert(http_client_is_ended(half));
		cr_assert(http_client_is_ended(silent));
	}
}
