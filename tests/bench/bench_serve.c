/*
 * `raygate serve --offline` as a user runs it: exec to the first answer, its memory idle and with
 * many clients, and its CPU a review against nginx that answers with a constant, in turns, where
 * there is an nginx. Memory and the time to the first answer have no reference in the same run:
 * the best of several starts counts. How both servers are asked: tests/bench/tls_load.h.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/bench/tls_client.h"
#include "tests/bench/tls_load.h"
#include "tests/support/files.h"

enum { STARTS = 11, ROUNDS = 15, CLIENTS = 1000 };

static const char REVIEW[] = "tests/bench/data/update-12k.json";

static const char NGINX[] =
	"daemon off; master_process off; worker_processes 1;\n"
	"pid %s/nginx.pid; error_log %s/nginx.log;\n"
	"events { worker_connections 64; }\n"
	"http {\n"
	"  access_log off; keepalive_requests 100000000; client_max_body_size 8m;\n"
	"  client_body_temp_path %s/body; proxy_temp_path %s/proxy; fastcgi_temp_path %s/fastcgi;\n"
	"  uwsgi_temp_path %s/uwsgi; scgi_temp_path %s/scgi;\n"
	"  server {\n"
	"    listen 127.0.0.1:%d ssl; ssl_certificate %s/tls.crt; ssl_certificate_key %s/tls.key;\n"
	"    location / { default_type application/json; return 200 '{\"kind\":"
	"\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"response\":{\"uid\":"
	"\"f81b5dbc-570c-426d-acd2-91425ff6bf7e\",\"allowed\":true}}\\n'; }\n"
	"  }\n"
	"}\n";

struct child {
	pid_t pid;
	int port;
};

static void die(const char *what)
{
	fprintf(stderr, "bench_serve: %s\n", what);
	exit(2);
}

/* One that nobody listens on; it is taken a moment later. */
static int free_port(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t len = sizeof(at);
	const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) != 0 ||
		getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		die("no port is free");
	close(fd);
	return ntohs(at.sin_port);
}

static struct child run(char *const *argv, int port)
{
	struct child child = {.port = port};

	fflush(NULL); /* or the child prints it again */
	child.pid = fork();
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (freopen("/dev/null", "w", stderr) && freopen("/dev/null", "w", stdout))
			execvp(argv[0], argv);
		_exit(127);
	}
	if (child.pid < 0)
		die("a process cannot be started");
	return child;
}

static struct child run_raygate(const char *folder)
{
	CLEANUP(buf_done) struct buf webhook = {0}, ops = {0}, certs = {0};
	char *program = getenv("RAYGATE");
	char serve[] = "serve", offline[] = "--offline";
	const int port = free_port();

	if (program == NULL)
		die("RAYGATE names no program");
	buf_printf(&webhook, "--webhook-bind-address=127.0.0.1:%d%c", port, 0);
	buf_printf(&ops, "--ops-bind-address=127.0.0.1:%d%c", free_port(), 0);
	buf_printf(&certs, "--cert-dir=%s%c", folder, 0);
	return run((char *[]){program, serve, offline, webhook.at, ops.at, certs.at, NULL}, port);
}

static void end(struct child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
}

/* Asks again and again until there is an answer; the client that got it. */
static struct tls_client *first_answer(const struct child *child, struct str review)
{
	const int64_t until = clock_now() + 20 * CLOCK_SECOND;

	while (clock_now() < until) {
		struct tls_client *client = tls_client_open(child->port);

		if (client && tls_client_post(client, "/validate", review))
			return client;
		tls_client_close(&client);
		clock_sleep_until(clock_now() + CLOCK_MILLISECOND / 4);
	}
	end(&(struct child){.pid = child->pid});
	die("a server does not answer");
	return NULL;
}

static double rss_mb(const struct child *child)
{
	CLEANUP(buf_done) struct buf path = {0};
	char line[128], *rest = line;

	buf_printf(&path, "/proc/%d/statm%c", (int)child->pid, 0);
	FILE *const file = fopen(path.at, "r");

	if (file == NULL || fgets(line, sizeof(line), file) == NULL)
		die("the server is gone");
	fclose(file);
	strtoul(line, &rest, 10); /* all pages; those in memory are the second number */
	return (double)strtoul(rest, NULL, 10) * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static bool told(const char *what, double value, const char *unit, double gate, double aim)
{
	printf("%s: %.1f %s (gate %.0f, aim %.0f)%s\n", what, value, unit, gate, aim,
		value > gate ? "  TOO MUCH" : "");
	return value <= gate;
}

static bool starts_fast(const char *folder, struct str review)
{
	double best = 1e9;

	for (int i = 0; i < STARTS; i++) {
		const int64_t from = clock_now();
		struct child child = run_raygate(folder);
		struct tls_client *client = first_answer(&child, review);
		const double ms = (double)(clock_now() - from) / CLOCK_MILLISECOND;

		best = ms < best ? ms : best;
		tls_client_close(&client);
		end(&child);
	}
	return told("exec to first answer, the best start", best, "ms", 20, 10);
}

static bool stays_small(const char *folder, struct str review)
{
	struct child child = run_raygate(folder);
	struct tls_client *clients[CLIENTS] = {first_answer(&child, review)};
	bool small = true;

	tls_client_close(&clients[0]);
	small = told("RSS idle offline", rss_mb(&child), "MB", 12, 10);
	for (int i = 0; i < CLIENTS; i++) {
		clients[i] = tls_client_open(child.port);
		if (clients[i] == NULL || !tls_client_post(clients[i], "/validate", review))
			die("a client of many is not answered");
		if (i + 1 == 100)
			small = told("RSS at 100 TLS connections", rss_mb(&child), "MB", 18, 13) &&
				small;
	}
	small = told("RSS at 1000 TLS connections", rss_mb(&child), "MB", 60, 45) && small;
	for (int i = 0; i < CLIENTS; i++)
		tls_client_close(&clients[i]);
	end(&child);
	return small;
}

static struct child run_nginx(const char *folder)
{
	CLEANUP(buf_done) struct buf text = {0}, path = {0};
	char program[] = "nginx", with[] = "-c", prefix[] = "-p";
	char *const in = mem_strdup(folder);
	const int port = free_port();

	buf_printf(&path, "%s/nginx.conf%c", folder, 0);
	buf_printf(&text, NGINX, folder, folder, folder, folder, folder, folder, folder, port,
		folder, folder);
	FILE *const file = fopen(path.at, "w");

	if (file == NULL || fwrite(text.at, text.len, 1, file) != 1 || fclose(file) != 0)
		die("nginx.conf cannot be written");
	const struct child child = run((char *[]){program, prefix, in, with, path.at, NULL}, port);

	free(in);
	return child;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* What is started by `fn` has the server's CPU, and the rest of this program stays off it. */
static struct child aside(struct child (*fn)(const char *folder), const char *folder)
{
	tls_load_take_side(true);
	const struct child child = fn(folder);

	tls_load_take_side(false);
	return child;
}

/* No gate: for comparison. */
struct rivalry {
	const char *what;
	int clients, requests;
	double gate, aim;
};

static double measure(struct tls_load *load, const struct rivalry *rivalry, struct str review)
{
	const double us = tls_load_run(load, "/validate", review, rivalry->requests);

	if (us < 0)
		die("a review is not answered with 200");
	return us;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), by_value);
	return values[ROUNDS / 2];
}

static bool is_as_cheap(const struct child *pair, const struct rivalry *rivalry, struct str review)
{
	struct tls_load *load[2];
	double ratios[ROUNDS], ours[ROUNDS];

	for (int i = 0; i < 2; i++) {
		load[i] = tls_load_open(pair[i].pid, pair[i].port, rivalry->clients);
		if (load[i] == NULL)
			die("a server does not answer");
	}
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = measure(load[0], rivalry, review);
		ratios[i] = ours[i] / measure(load[1], rivalry, review);
	}
	for (int i = 0; i < 2; i++)
		tls_load_close(&load[i]);
	const double ratio = median(ratios);
	const bool slow = rivalry->gate > 0 && ratio > rivalry->gate;

	printf("%s against nginx's constant answer: %.2fx (min %.2f, max %.2f; %.1f us CPU",
		rivalry->what, ratio, ratios[0], ratios[ROUNDS - 1], median(ours));
	if (rivalry->gate > 0)
		printf("; gate %.2f, aim %.2f", rivalry->gate, rivalry->aim);
	printf(")%s\n", slow ? "  TOO SLOW" : "");
	return !slow;
}

static bool is_as_cheap_as_nginx(const char *folder, struct str review)
{
	static const struct rivalry RIVALRIES[] = {
		{"12 KB UPDATE review", 16, 2000, 1.6, 1.3},
		{"  the same of a single client", 1, 1000, 0, 0},
	};
	struct child pair[2] = {aside(run_raygate, folder), aside(run_nginx, folder)};
	bool cheap = true;

	for (int i = 0; i < 2; i++) {
		struct tls_client *client = first_answer(&pair[i], review);

		tls_client_close(&client);
	}
	for (size_t i = 0; i < ARRAY_LEN(RIVALRIES); i++)
		cheap = is_as_cheap(pair, &RIVALRIES[i], review) && cheap;
	for (int i = 0; i < 2; i++)
		end(&pair[i]);
	return cheap;
}

static bool has_nginx(void)
{
	return system("nginx -v >/dev/null 2>&1") == 0;
}

static void remove_folder(const char *folder)
{
	CLEANUP(buf_done) struct buf command = {0};

	buf_printf(&command, "rm -rf '%s'%c", folder, 0);
	if (system(command.at) != 0)
		fprintf(stderr, "bench_serve: '%s' is left behind\n", folder);
}

int main(void)
{
	char folder[] = "/tmp/raygate-bench-XXXXXX";
	CLEANUP(buf_done) struct buf review = {0};
	struct rlimit files = {4096, 4096};
	struct err err;

	setrlimit(RLIMIT_NOFILE, &files);
	if (!files_read(REVIEW, &review, &err))
		die(err.text);
	if (mkdtemp(folder) == NULL)
		die("no temporary folder can be made");
	bool good = starts_fast(folder, buf_str(&review));

	good = stays_small(folder, buf_str(&review)) && good;
	if (has_nginx())
		good = is_as_cheap_as_nginx(folder, buf_str(&review)) && good;
	else
		printf("12 KB UPDATE review against nginx's constant answer: no nginx here\n");
	remove_folder(folder);
	return good ? 0 : 1;
}
