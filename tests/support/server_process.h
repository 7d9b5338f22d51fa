/*
 * The built program as a process of its own: `raygate serve --offline` on ports of the system's
 * choice with a certificate minted into a folder of its own. The program is the one in the
 * environment variable RAYGATE.
 *
 * Nothing here sleeps: what the server does is told by its log and its metrics, and each wait for
 * them is bounded. A server dies with the test that started it.
 */
#pragma once

#include <sys/types.h>

#include "tests/support/http_client.h"

struct server_process {
	pid_t pid;
	int webhook_port, ops_port;
	char *folder; /* temporary: tls.crt, tls.key, ca.crt, and what the test puts there */
	char *ca_pem;
	struct server_log *log; /* what it wrote to standard error until now */
};

/* More options of `serve`, NULL at the end; or NULL for none. Fails the test if it does not serve.
 */
struct server_process server_process_start(const char *const *options);
/* As server_process_start() in this folder, which the server owns from now on. */
struct server_process server_process_start_in(char *folder, const char *const *options);
/* SIGTERM, exit 0 and no report of a sanitizer; else the test fails. Removes the folder. */
void server_process_stop(struct server_process *server);

/* The other half of server_process_stop(), after a signal that the test sent: the exit code. */
int server_process_wait(struct server_process *server);
/* Fails the test when a sanitizer has reported something; frees what belongs to the server. */
void server_process_done(struct server_process *server);

/* Waits for one more line of the log that contains `text`, behind those that were waited for. */
void server_process_expect_log(struct server_process *server, const char *text);

/* A TLS connection that trusts the minted CA alone. NULL when it is refused. */
struct http_client *server_process_try_open(const struct server_process *server);
/* The same, but the test fails. */
struct http_client *server_process_open(const struct server_process *server);
/* GET on the ops port, over a connection of its own; the status. */
int server_process_get(
	const struct server_process *server, const char *path, struct http_reply *reply);
/* The value of a metric by its whole name, labels included; 0 when it is not there. */
double server_process_metric(const struct server_process *server, const char *name);
/* Asks until the metric is `value`; the test fails when it does not become so. */
void server_process_await_metric(
	const struct server_process *server, const char *name, double value);
/* Asks the ops port until what it answers contains `text`; the test fails when it does not. */
void server_process_await_line(const struct server_process *server, const char *path,
	const char *text, struct http_reply *reply);

struct program_run {
	int exit_code; /* 128 + the signal's number when one ended it */
	char *out, *error;
};
/* Runs the program with these arguments to its end, within bounds. */
struct program_run program_run(const char *const *arguments);
void program_run_done(struct program_run *run);
