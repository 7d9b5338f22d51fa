#include <time.h>

#include <criterion/criterion.h>

#include "tests/support/client_cert.h"
#include "tests/support/http_client.h"
#include "tests/support/listener_kit.h"

enum { HOUR = 60 * 60 };

/* The status, or 0 when the handshake or the connection ended instead. */
static int status_for(const struct listener_kit *kit, const struct mint_pair *shown)
{
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	struct http_client *client CLEANUP(http_client_close) =
		http_client_open(&(struct http_client_options){
			.port = kit->port,
			.tls = true,
			.cert_pem = shown ? shown->cert_pem : NULL,
			.key_pem = shown ? shown->key_pem : NULL,
		});

	return client ? http_client_ask(client, "POST", "/any", "{}", &reply) : 0;
}

Test(listener_client_ca, only_a_valid_certificate_of_the_ca_is_answered)
{
	struct mint_pair ours CLEANUP(mint_pair_done) = kit_ca(time(NULL) - 10 * KIT_DAY);
	struct mint_pair foreign CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	const int64_t now = time(NULL);
	const struct {
		const char *name;
		struct client_cert cert;
		int status;
	} cases[] = {
		{"a good one", {&ours, now - HOUR, now + HOUR, false}, 200},
		{"of a foreign CA", {&foreign, now - HOUR, now + HOUR, false}, 401},
		{"expired", {&ours, now - 2 * HOUR, now - HOUR, false}, 401},
		{"not valid yet", {&ours, now + HOUR, now + 2 * HOUR, false}, 401},
		{"made for a server", {&ours, now - HOUR, now + HOUR, true}, 401},
		{"expired and foreign", {&foreign, now - HOUR, now - 1, false}, 401},
	};
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start_for(&ours);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct mint_pair shown CLEANUP(mint_pair_done) = client_cert_mint(&cases[i].cert);

		cr_expect_eq(status_for(&kit, &shown), cases[i].status, "%s: %d", cases[i].name,
			status_for(&kit, &shown));
	}
	cr_expect_eq(status_for(&kit, NULL), 401, "none at all");
}

Test(listener_client_ca, a_stranger_is_told_why_and_the_connection_ends)
{
	struct mint_pair ours CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start_for(&ours);
	struct http_reply reply CLEANUP(http_reply_done) = {0};
	struct http_client *client CLEANUP(http_client_close) = http_client_connect(kit.port, true);

	cr_assert_eq(http_client_ask(client, "GET", "/hello", NULL, &reply), 401);
	cr_expect(str_contains(buf_str(&reply.body), "\"reason\":\"Unauthorized\""), "%s",
		reply.body.at);
	cr_expect(str_is(http_reply_header(&reply, "Connection"), "close"));
	cr_expect(http_client_is_ended(client));
	cr_expect_eq(listener_kit_stats(&kit).refused[HTTP_REFUSAL_STRANGER], 1);
}

Test(listener_client_ca, a_swapped_certificate_still_asks_for_the_clients)
{
	struct mint_pair ours CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	struct listener_kit kit CLEANUP(listener_kit_done) = listener_kit_start_for(&ours);
	struct mint_pair next CLEANUP(mint_pair_done) = listener_kit_pair(&kit);
	const int64_t now = time(NULL);
	struct mint_pair good CLEANUP(mint_pair_done) =
		client_cert_mint(&(struct client_cert){&ours, now - HOUR, now + HOUR, false});
	struct err err;

	cr_assert(
		listener_swap(kit.listener, str_from(next.key_pem), str_from(next.cert_pem), &err));
	cr_expect_eq(status_for(&kit, NULL), 401);
	cr_expect_eq(status_for(&kit, &good), 200);
}

Test(listener_client_ca, a_ca_that_is_no_certificate_is_refused_at_the_start)
{
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(time(NULL));
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", time(NULL));
	const struct listener_options options = {
		.address = "127.0.0.1:0",
		.key = str_from(pair.key_pem),
		.cert = str_from(pair.cert_pem),
		.client_ca = STR("no certificate"),
		.limits = http_limits_default(),
	};
	struct listener *listener;
	struct err err;

	cr_assert_not(listener_start(&options, &listener, &err));
}
