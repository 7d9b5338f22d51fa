/*
 * Many at once: small requests without end, hundreds of connections, silent ones. Memory stays
 * bounded and no descriptor is lost. HOSTILE=long sends a million requests.
 */
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/sanitize.h"
#include "server/http/limits.h"
#include "tests/e2e/reviews.h"
#include "tests/support/server_process.h"

enum {
	SENDERS = 4,
	PIPELINE = 50,     /* requests sent before the first answer is read */
	CONNECTIONS = 500, /* at once */
	MI = 1024 * 1024,
};

#if SANITIZED_ADDRESS
enum { RSS_MAX_MI = 2048 }; /* most of it what the sanitizer keeps back */
#else
enum { RSS_MAX_MI = 120 };
#endif

static struct arena arena;
static struct server_process server;

static void start(void)
{
	arena_init(&arena, 65536);
	server = server_process_start(NULL);
}

static void stop(void)
{
	const double rss = server_process_metric(&server, "process_resident_memory_bytes") / MI;

	cr_expect_lt(rss, RSS_MAX_MI, "%.1f MiB", rss);
	server_process_stop(&server);
	arena_done(&arena);
}

TestSuite(e2e_crowd, .init = start, .fini = stop, .timeout = 600);

static bool is_long(void)
{
	const char *const hostile = getenv("HOSTILE");

	return hostile && strcmp(hostile, "long") == 0;
}

/* What small requests there are, and how each is answered. */
static const struct {
	const char *method, *path, *body;
	int status;
} SMALL[] = {
	{"POST", "/validate", "{}", 400},
	{"POST", "/mutate", "", 400},
	{"POST", "/other", "[]", 404},
	{"GET", "/mutate", "", 405},
	{"POST", "/validate", NULL, 200},
	{"POST", "/mutate", NULL, 200},
	{"POST", "/validate", "\xFF", 400},
};

struct sender {
	pthread_t thread;
	struct buf requests;
	int batches;
	atomic_int wrong; /* the answers that were not as they must be */
};

static void write_requests(struct buf *out)
{
	const struct str review = review_text(&arena, &(struct review_text){.dry_run = true});

	for (size_t i = 0; i < PIPELINE; i++) {
		const size_t n = i % ARRAY_LEN(SMALL);
		const struct str body = SMALL[n].body ? str_from(SMALL[n].body) : review;

		buf_printf(out,
			"%s %s HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
			"Content-Length: %zu\r\n\r\n",
			SMALL[n].method, SMALL[n].path, body.len);
		buf_add(out, body);
	}
}

static void *send_batches(void *data)
{
	struct sender *const sender = data;
	struct http_client *client = server_process_try_open(&server);
	struct http_reply reply = {0};

	for (int b = 0; client && b < sender->batches; b++) {
		if (!http_client_send(client, buf_str(&sender->requests)))
			sender->wrong++;
		for (size_t i = 0; i < PIPELINE; i++) {
			if (!http_client_read(client, &reply) ||
				reply.status != SMALL[i % ARRAY_LEN(SMALL)].status)
				sender->wrong++;
		}
		if (sender->wrong)
			break;
	}
	if (client == NULL)
		sender->wrong++;
	http_client_close(&client);
	http_reply_done(&reply);
	return NULL;
}

Test(e2e_crowd, a_million_small_requests_are_answered_each_as_it_must_be)
{
	const int total = is_long() ? 1000 * 1000 : 20 * 1000;
	struct sender senders[SENDERS] = {0};

	for (size_t i = 0; i < SENDERS; i++) {
		senders[i].batches = total / SENDERS / PIPELINE;
		write_requests(&senders[i].requests);
		cr_assert_eq(
			pthread_create(&senders[i].thread, NULL, send_batches, &senders[i]), 0);
	}
	for (size_t i = 0; i < SENDERS; i++) {
		pthread_join(senders[i].thread, NULL);
		cr_expect_eq(senders[i].wrong, 0);
		buf_done(&senders[i].requests);
	}
}

Test(e2e_crowd, five_hundred_connections_are_all_served)
{
	const struct str review = review_text(&arena, &(struct review_text){.dry_run = true});
	const double before = server_process_metric(&server, "process_open_fds");
	struct http_client *clients[CONNECTIONS];
	struct http_reply reply = {0};

	/* A new connection must ask soon, or it is ended; after its first request it may wait. */
	for (size_t i = 0; i < CONNECTIONS; i++) {
		clients[i] = server_process_open(&server);
		cr_assert(post(clients[i], "/validate", review));
	}
	for (size_t i = 0; i < 2 * CONNECTIONS; i++) {
		struct http_client *const client = clients[i % CONNECTIONS];

		cr_assert(http_client_read(client, &reply), "%zu", i);
		cr_assert_eq(reply.status, 200);
		if (i < CONNECTIONS)
			cr_assert(post(client, "/validate", review));
	}
	cr_expect_float_eq(
		server_process_metric(&server, "raygate_http_connections"), CONNECTIONS, 0.5);
	for (size_t i = 0; i < CONNECTIONS; i++)
		http_client_close(&clients[i]);
	http_reply_done(&reply);
	server_process_await_metric(&server, "raygate_http_connections", 0);
	const double after = server_process_metric(&server, "process_open_fds");

	cr_expect_leq(after, before + 2, "%g descriptors, then %g", before, after);
}

/* Half a head, half a body, and a handshake that was never begun. */
static struct http_client *open_silent(size_t i)
{
	struct http_client *const client =
		i % 3 ? server_process_open(&server) : http_client_connect_raw(server.webhook_port);

	if (i % 3 == 1)
		http_client_printf(client, "POST /validate HTTP/1.1\r\nHost");
	else if (i % 3 == 2)
		http_client_printf(client,
			"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n"
			"Content-Type: application/json\r\n\r\n{");
	return client;
}

Test(e2e_crowd, silent_clients_take_nothing_from_the_others_and_are_ended)
{
	const size_t count = is_long() ? 300 : 60;
	struct http_client *silent[300];
	struct http_client *client = server_process_open(&server);
	const struct str review = review_text(&arena, &(struct review_text){.dry_run = true});

	for (size_t i = 0; i < count; i++)
		silent[i] = open_silent(i);
	for (size_t i = 0; i < 200; i++)
		cr_assert(ask_review(&arena, client, "/validate", review).allowed);
	for (size_t i = 0; is_long() && i < count; i++) {
		struct http_reply reply = {0};

		/* Some are told 408 first; all are ended within their deadline. */
		http_client_read(silent[i], &reply);
		cr_expect(http_client_is_ended(silent[i]), "%zu", i);
		http_reply_done(&reply);
	}
	for (size_t i = 0; i < count; i++)
		http_client_close(&silent[i]);
	http_client_close(&client);
	server_process_await_metric(&server, "raygate_http_connections", 0);
}

/* Each holds a body nearly as large as one may be: some are told to come again, none is dropped. */
Test(e2e_crowd, large_bodies_at_once_stay_within_their_memory)
{
	enum { LARGE = 24, SIZE = 4 * MI };
	struct http_client *clients[LARGE];
	char *const body = arena_alloc(&arena, SIZE);

	memset(body, ' ', SIZE);
	for (size_t i = 0; i < LARGE; i++) {
		clients[i] = server_process_open(&server);
		cr_assert(http_client_printf(clients[i],
			"POST /validate HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
			"Content-Length: %d\r\n\r\n",
			SIZE));
		cr_assert(http_client_send(clients[i], (struct str){body, SIZE - 1}));
	}
	const double held = server_process_metric(&server, "raygate_http_body_bytes");

	cr_expect_leq(held, 96.0 * MI, "%g", held);
	for (size_t i = 0; i < LARGE; i++) {
		struct http_reply reply = {0};

		cr_assert(http_client_send(clients[i], STR(" ")));
		cr_assert(http_client_read(clients[i], &reply), "%zu", i);
		cr_expect(reply.status == 400 || reply.status == 429, "%d", reply.status);
		http_reply_done(&reply);
		http_client_close(&clients[i]);
	}
	server_process_await_metric(&server, "raygate_http_body_bytes", 0);
}

static bool may_open(size_t files)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur > files;
}

/* As many as there is room for have asked once: a probe gets its answer in its three seconds. */
Test(e2e_crowd, idle_connections_keep_no_probe_out)
{
	const size_t room = (size_t)http_limit_row(HTTP_LIMIT_CONNECTIONS)->value;
	struct http_client **const idle = arena_array(&arena, room, sizeof(*idle));
	struct http_reply reply = {0};

	if (!may_open(room + 100))
		cr_skip("too few descriptors");
	for (size_t i = 0; i < room; i++) {
		idle[i] = http_client_connect(server.ops_port, false);
		cr_assert_eq(http_client_ask(idle[i], "GET", "/healthz", NULL, &reply), 200);
	}
	struct http_client *probe = http_client_open(
		&(struct http_client_options){.port = server.ops_port, .patience_ms = 3000});

	cr_assert(probe);
	cr_expect_eq(http_client_ask(probe, "GET", "/healthz", NULL, &reply), 200);
	http_client_close(&probe);
	for (size_t i = 0; i < room; i++)
		http_client_close(&idle[i]);
	http_reply_done(&reply);
}
