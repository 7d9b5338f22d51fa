/*
 * The whole webhook against a constant answer on the same listener, in turns in one run: CPU time
 * of the server process alone, which is forked off and asked over TLS with keep-alive by clients
 * of which each sends its next request when it is answered, as an API server's connections do
 * (tests/bench/tls_load.h). For comparison, and with no gate: a single client, clients that the
 * server has to wake, and 16 that all send at once and wait for one another. The latter make a
 * constant answer look cheap, and the ratio large, since the server never has to wait for work.
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
#include "tests/bench/tls_load.h"
#include "tests/support/files.h"

enum { ROUNDS = 15 };

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

struct server {
	pid_t pid;
	int port;
};

static struct server start(void)
{
	struct server server = {0};
	int ends[2];

	if (pipe(ends) != 0 || (server.pid = fork()) < 0)
		exit(2);
	if (server.pid == 0) {
		tls_load_take_side(true);
		serve(ends[1]);
	}
	tls_load_take_side(false);
	if (read(ends[0], &server.port, sizeof(server.port)) != sizeof(server.port))
		exit(2);
	return server;
}

typedef double load_fn(struct tls_load *load, const char *path, struct str body, int requests);

/* What is sent, how often, by how many clients in which way. */
struct load {
	const char *what;
	struct str body;
	int requests, clients;
	load_fn *run;
	double gate, aim; /* no gate: for comparison */
};

/* Microseconds of the server's CPU a request. */
static double measure(const struct server *server, struct tls_load *clients,
	const struct load *load, const char *path)
{
	const double us = load->run(clients, path, load->body, load->requests);

	if (us >= 0)
		return us;
	fprintf(stderr, "bench_webhook: %s was not answered with 200\n", path);
	kill(server->pid, SIGKILL);
	exit(2);
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

static bool told(const struct load *load, double *ratios, double *full)
{
	const double ratio = median(ratios);
	const bool slow = load->gate > 0 && ratio > load->gate;

	printf("%s against a constant answer: %.2fx (min %.2f, max %.2f; %.1f us CPU", load->what,
		ratio, ratios[0], ratios[ROUNDS - 1], median(full));
	if (load->gate > 0)
		printf("; gate %.2f, aim %.2f", load->gate, load->aim);
	printf(")%s\n", slow ? "  TOO SLOW" : "");
	return !slow;
}

static bool compare(const struct server *server, const struct load *load)
{
	struct tls_load *clients = tls_load_open(server->pid, server->port, load->clients);
	double ratios[ROUNDS], full[ROUNDS];

	if (clients == NULL)
		exit(2);
	measure(server, clients, load, "/validate");
	for (int i = 0; i < ROUNDS; i++) {
		full[i] = measure(server, clients, load, "/validate");
		ratios[i] = full[i] / measure(server, clients, load, "/constant");
	}
	tls_load_close(&clients);
	return told(load, ratios, full);
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
	struct err err;
	bool fast = true;

	arena_init(&arena, 65536);
	if (!files_read("tests/bench/data/update-12k.json", &text, &err))
		die("data", &err);
	const struct str usual = buf_str(&text), big = big_review(&arena);
	const struct load loads[] = {
		{"12 KB UPDATE review", usual, 2000, 16, tls_load_run, 1.6, 1.35},
		{"  the same of a single client", usual, 1000, 1, tls_load_run, 0, 0},
		{"  the same of 16 that are woken", usual, 2000, 16, tls_load_run_asleep, 0, 0},
		{"  the same of 16 that send at once", usual, 2000, 16, tls_load_run_in_step, 0, 0},
		{"1 MB CREATE review", big, 20, 4, tls_load_run, 4, 2.2},
	};
	const struct server server = start();

	for (size_t i = 0; i < ARRAY_LEN(loads); i++)
		fast = compare(&server, &loads[i]) && fast;
	kill(server.pid, SIGKILL);
	waitpid(server.pid, NULL, 0);
	arena_done(&arena);
	return fast ? 0 : 1;
}
