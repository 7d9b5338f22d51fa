#include "tests/support/listener_kit.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/mem.h"

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int waiting;
	bool is_open;
} gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, false};

static void say_hello(
	const struct http_request *request, struct http_response *response, void *data)
{
	(void)request;
	response->status = 200;
	response->content_type = "text/plain";
	buf_add_cstr(&response->body, data);
}

static void echo(const struct http_request *request, struct http_response *response, void *data)
{
	(void)data;
	response->status = 200;
	response->content_type = "application/json";
	/* Through the arena, as a real handler would. */
	buf_add(&response->body, arena_str(request->arena, request->body));
}

static void answer_big(
	const struct http_request *request, struct http_response *response, void *data)
{
	(void)request;
	(void)data;
	response->status = 200;
	memset(buf_reserve(&response->body, LISTENER_KIT_BIG), 'x', LISTENER_KIT_BIG);
	response->body.len = LISTENER_KIT_BIG;
}

static void wait_at_gate(
	const struct http_request *request, struct http_response *response, void *data)
{
	pthread_mutex_lock(&gate.lock);
	gate.waiting++;
	pthread_cond_broadcast(&gate.changed);
	while (!gate.is_open)
		pthread_cond_wait(&gate.changed, &gate.lock);
	gate.waiting--;
	pthread_mutex_unlock(&gate.lock);
	say_hello(request, response, data);
}

static void tell_patience(
	const struct http_request *request, struct http_response *response, void *data)
{
	(void)data;
	response->status = 200;
	buf_add_i64(&response->body, (request->deadline - request->received) / CLOCK_MILLISECOND);
}

static void say_nothing(
	const struct http_request *request, struct http_response *response, void *data)
{
	(void)request;
	(void)response;
	(void)data;
}

static char hello[] = "hello\n";

static const struct http_route ROUTES[] = {
	{"GET", "/hello", NULL, say_hello, hello},
	{"POST", "/echo", "application/json", echo, NULL},
	{"POST", "/any", NULL, echo, NULL},
	{"GET", "/big", NULL, answer_big, NULL},
	{"GET", "/gate", NULL, wait_at_gate, hello},
	{"GET", "/patience", NULL, tell_patience, NULL},
	{"GET", "/nothing", NULL, say_nothing, NULL},
};

struct mint_pair listener_kit_pair(const struct listener_kit *kit)
{
	const char *const hosts[] = {"localhost", "127.0.0.1"};
	const struct mint_request request = {
		.ca = &kit->ca, .hosts = hosts, .host_count = 2, .now = time(NULL)};
	struct mint_pair pair = {0};
	struct err err;

	cr_assert(mint_serving(&request, &pair, &err), "%s", err.text);
	return pair;
}

static struct listener_kit start_kit(
	bool tls, const struct http_limits *limits, const char *client_ca)
{
	struct listener_kit kit = {.tls = tls};
	struct err err;

	if (tls) {
		kit.ca = kit_ca(time(NULL));
		kit.pair = listener_kit_pair(&kit);
	}
	const struct listener_options options = {
		.address = "127.0.0.1:0",
		.router = {ROUTES, ARRAY_LEN(ROUTES)},
		.key = str_from(kit.pair.key_pem),
		.cert = str_from(kit.pair.cert_pem),
		.client_ca = str_from(client_ca),
		.limits = *limits,
	};

	cr_assert(listener_start(&options, &kit.listener, &err), "%s", err.text);
	kit.port = listener_port(kit.listener);
	return kit;
}

struct listener_kit listener_kit_start(bool tls, const struct http_limits *limits)
{
	return start_kit(tls, limits, NULL);
}

struct listener_kit listener_kit_start_for(const struct mint_pair *client_ca)
{
	const struct http_limits limits = http_limits_default();

	return start_kit(true, &limits, client_ca->cert_pem);
}

struct listener_stats listener_kit_stats(const struct listener_kit *kit)
{
	struct listener_stats stats;

	listener_read_stats(kit->listener, &stats);
	return stats;
}

void listener_kit_done(struct listener_kit *kit)
{
	listener_kit_open_gate();
	listener_stop(&kit->listener);
	mint_pair_done(&kit->pair);
	mint_pair_done(&kit->ca);
}

void listener_kit_wait_at_gate(int count)
{
	pthread_mutex_lock(&gate.lock);
	while (gate.waiting < count)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

void listener_kit_open_gate(void)
{
	pthread_mutex_lock(&gate.lock);
	gate.is_open = true;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}
