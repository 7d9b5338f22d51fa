/*
 * The whole webhook against a constant answer on the same listener, in turns in one run: CPU time
 * of the server process alone, which is forked off and asked over TLS with keep-alive. A round
 * sends a request on each of 16 connections (four, where it is of 1 MB) and then reads their
 * answers, the same for both.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "certs/serving_mint.h"
#include "server/serve/app.h"
#include "server/serve/routes.h"
#include "server/serve/telemetry.h"
#include "tests/bench/tls_client.h"
#include "tests/support/files.h"

enum { ROUNDS = 15, CONNECTIONS = 16 };

static const char ANSWER[] = "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/"
			     "v1\",\"response\":{\"uid\":"
			     "\"f81b5dbc-570c-426d-acd2-91425ff6bf7e\",\"allowed\":true}}\n";

static void constant(const struct http_request *request, struct http_response *response, void *data)
{
	(void)request;
	(void)data;
	response->status = 200;
	response->content_type = "application/json";
	buf_add_cstr(&response->body, ANSWER);
}

static void die(const char *what, const struct err *err)
{
	fprintf(stderr, "bench_webhook: %s: %s\n", what, err->text);
	exit(2);
}

/* In the child: serves until it is ended, and tells its port through the pipe. */
static void serve(int tell)
{
	const struct serving_options serving = {.mint = true};
	struct serving_pair *pair;
	struct listener *listener;
	struct app app = {.ledger = ledger_new(100), .metrics = telemetry_new()};
	struct http_route routes[ROUTES_WEBHOOK + 1];
	struct err err;

	log_start(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	app.policy = policy_store_new(NULL, &err);
	if (app.policy == NULL || !serving_load_or_mint(&serving, &pair, &err))
		die("start", &err);
	routes_webhook(&app, routes);
	routes[ROUTES_WEBHOOK] =
		(struct http_route){"POST", "/constant", "application/json", constant, NULL};
	const struct listener_options options = {
		.address = "127.0.0.1:0",
		.router = {routes, ROUTES_WEBHOOK + 1},
		.key = str_from(pair->key_pem),
		.cert = str_from(pair->cert_pem),
		.limits = http_limits_default(),
	};

	if (!listener_start(&options, &listener, &err))
		die("listen", &err);
	app.webhook = listener;
	const int port = listener_port(listener);

	if (write(tell, &port, sizeof(port)) != sizeof(port))
		exit(2);
	for (;;)
		pause();
}

struct bench {
	pid_t server;
	clockid_t clock; /* of the server's CPU time */
	struct tls_client *clients[CONNECTIONS];
};

static void start(struct bench *b)
{
	int ends[2], port = 0;

	if (pipe(ends) != 0 || (b->server = fork()) < 0)
		exit(2);
	if (b->server == 0)
		serve(ends[1]);
	if (read(ends[0], &port, sizeof(port)) != sizeof(port))
		exit(2);
	clock_getcpuclockid(b->server, &b->clock);
	for (size_t i = 0; i < CONNECTIONS; i++) {
		b->clients[i] = tls_client_open(port);
		if (b->clients[i] == NULL)
			exit(2);
	}
}

static double server_seconds(const struct bench *b)
{
	struct timespec t;

	clock_gettime(b->clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* What is sent, how often, on how many connections at once. */
struct load {
	const char *what;
	struct str body;
	int requests, at_once;
};

static void expect(const struct bench *b, bool answered, const char *path)
{
	if (answered)
		return;
	fprintf(stderr, "bench_webhook: %s was not answered with 200\n", path);
	kill(b->server, SIGKILL);
	exit(2);
}

/* Microseconds of the server's CPU a request. */
static double measure(const struct bench *b, const char *path, const struct load *load)
{
	const double from = server_seconds(b);

	for (int sent = 0; sent < load->requests; sent += load->at_once) {
		for (int i = 0; i < load->at_once; i++)
			expect(b, tls_client_send(b->clients[i], path, load->body), path);
		for (int i = 0; i < load->at_once; i++)
			expect(b, tls_client_receive(b->clients[i]), path);
	}
	return (server_seconds(b) - from) * 1e6 / load->requests;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static bool compare(const struct bench *b, const struct load *load, double gate, double aim)
{
	double ratios[ROUNDS], full[ROUNDS];

	measure(b, "/validate", load);
	for (int i = 0; i < ROUNDS; i++) {
		full[i] = measure(b, "/validate", load);
		ratios[i] = full[i] / measure(b, "/constant", load);
	}
	const double ratio = median(ratios);

	printf("%s against a constant answer: %.2fx (min %.2f, max %.2f; %.1f us CPU; gate %.2f, "
	       "aim %.2f)%s\n",
		load->what, ratio, ratios[0], ratios[ROUNDS - 1], median(full), gate, aim,
		ratio > gate ? "  TOO SLOW" : "");
	return ratio <= gate;
}

/* One big object: the same worker group many times over, under other names. */
static struct str big_review(struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text,
		"{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{"
		"\"uid\":\"big\",\"kind\":{\"group\":\"ray.io\",\"version\":\"v1\",\"kind\":"
		"\"RayCluster\"},\"resource\":{\"group\":\"ray.io\",\"version\":\"v1\","
		"\"resource\":"
		"\"rayclusters\"},\"name\":\"big\",\"namespace\":\"n\",\"operation\":\"CREATE\","
		"\"object\":{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		"\"name\":\"big\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{"
		"\"containers\":"
		"[{\"name\":\"h\",\"image\":\"rayproject/ray:2.46.0\"}]}}},\"workerGroupSpecs\":[");
	for (int i = 0; text.len < 1000 * 1000; i++)
		buf_printf(&text,
			"%s{\"groupName\":\"g%d\",\"minReplicas\":0,\"maxReplicas\":2,\"replicas\":"
			"1,"
			"\"numOfHosts\":1,\"rayStartParams\":{},\"template\":{\"metadata\":{"
			"\"labels\":"
			"{\"team\":\"a\"}},\"spec\":{\"containers\":[{\"name\":\"w\",\"image\":"
			"\"rayproject/"
			"ray:2.46.0\",\"resources\":{\"requests\":{\"cpu\":\"1\",\"memory\":"
			"\"2Gi\"},\"limits\":{\"cpu\":\"1\",\"memory\":\"2Gi\"}},\"env\":[{"
			"\"name\":\"A\","
			"\"value\":\"b\"}]}]}}}",
			i ? "," : "", i);
	buf_add_cstr(&text, "]}}}}");
	return arena_str(arena, buf_str(&text));
}

int main(void)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct arena arena;
	struct bench b;
	struct err err;

	arena_init(&arena, 65536);
	if (!files_read("tests/bench/data/update-12k.json", &text, &err))
		die("data", &err);
	start(&b);
	const struct load usual = {"12 KB UPDATE review", buf_str(&text), 2000, CONNECTIONS};
	const struct load big = {"1 MB CREATE review", big_review(&arena), 20, 4};
	bool fast = compare(&b, &usual, 1.6, 1.35);

	fast = compare(&b, &big, 4, 2.2) && fast;
	for (size_t i = 0; i < CONNECTIONS; i++)
		tls_client_close(&b.clients[i]);
	kill(b.server, SIGKILL);
	waitpid(b.server, NULL, 0);
	arena_done(&arena);
	return fast ? 0 : 1;
}
