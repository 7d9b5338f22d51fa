#include "tests/support/server_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "tests/support/certs_kit.h"

enum { ARGUMENTS_MAX = 32, PATIENCE_SECONDS = 60 };

/* Read by a thread, so that a server that has much to say never stands still. */
struct server_log {
	int fd;
	pthread_t reader;
	pthread_mutex_t mutex;
	pthread_cond_t grown;
	struct buf text;
	bool ended;
	size_t seen; /* bytes of text that were waited for */
};

static void *read_log(void *data)
{
	struct server_log *const log = data;
	char piece[4096];
	ssize_t got;

	while ((got = read(log->fd, piece, sizeof(piece))) > 0) {
		pthread_mutex_lock(&log->mutex);
		buf_add(&log->text, (struct str){piece, (size_t)got});
		pthread_cond_broadcast(&log->grown);
		pthread_mutex_unlock(&log->mutex);
	}
	pthread_mutex_lock(&log->mutex);
	log->ended = true;
	pthread_cond_broadcast(&log->grown);
	pthread_mutex_unlock(&log->mutex);
	return NULL;
}

static struct server_log *log_new(int fd)
{
	struct server_log *const log = mem_alloc(sizeof(*log));

	log->fd = fd;
	pthread_mutex_init(&log->mutex, NULL);
	pthread_cond_init(&log->grown, NULL);
	cr_assert_eq(pthread_create(&log->reader, NULL, read_log, log), 0);
	return log;
}

/* The reader has ended. */
static void log_free(struct server_log **log)
{
	close((*log)->fd);
	pthread_cond_destroy(&(*log)->grown);
	pthread_mutex_destroy(&(*log)->mutex);
	buf_done(&(*log)->text);
	free(*log);
	*log = NULL;
}

/* The next whole line with `text` in it, a copy; NULL when it does not come. */
static char *next_line(struct server_log *log, const char *text)
{
	struct timespec deadline;
	char *line = NULL;
	bool late = false;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PATIENCE_SECONDS;
	pthread_mutex_lock(&log->mutex);
	while (line == NULL && !late) {
		const struct str rest = str_from_offset(buf_str(&log->text), log->seen);
		const size_t end = str_find(rest, '\n');
		const struct str whole = {rest.at, end};

		if (end < rest.len) {
			log->seen += end + 1;
			if (str_contains(whole, text))
				line = strndup(whole.at, whole.len);
		} else if (log->ended) {
			break;
		} else {
			late = pthread_cond_timedwait(&log->grown, &log->mutex, &deadline) != 0;
		}
	}
	pthread_mutex_unlock(&log->mutex);
	return line;
}

void server_process_expect_log(struct server_process *server, const char *text)
{
	char *const line = next_line(server->log, text);

	cr_assert_not_null(line, "the server never said '%s':\n%.*s", text,
		STR_ARG(buf_str(&server->log->text)));
	free(line);
}

static const char *program(void)
{
	const char *const path = getenv("RAYGATE");

	cr_assert_not_null(path, "RAYGATE must hold the path of the built program");
	return path;
}

/* Never returns. The child dies with the thread that forked it. */
static _Noreturn void become(const char *const *arguments, int out, int error)
{
	const char *argv[ARGUMENTS_MAX + 2] = {program()};
	sigset_t none;

	for (size_t i = 0; i < ARGUMENTS_MAX && arguments[i]; i++)
		argv[i + 1] = arguments[i];
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(error, STDERR_FILENO);
	execv(argv[0], (char **)(uintptr_t)argv);
	_exit(127);
}

static int open_nothing(void)
{
	return open("/dev/null", O_WRONLY | O_CLOEXEC);
}

static void read_ports(struct server_process *server)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 8, .nodes = 256};
	char *const line = next_line(server->log, "\"serving\"");
	int64_t webhook = 0, ops = 0;
	struct arena arena;
	struct json_doc doc;
	struct err err;

	cr_assert_not_null(
		line, "the server does not serve:\n%.*s", STR_ARG(buf_str(&server->log->text)));
	arena_init(&arena, 4096);
	cr_assert(json_read(&arena, str_from(line), &LIMITS, &doc, &err), "%s: %s", err.text, line);
	cr_assert(json_i64(json_get(doc.root, "webhookPort"), &webhook), "%s", line);
	cr_assert(json_i64(json_get(doc.root, "opsPort"), &ops), "%s", line);
	server->webhook_port = (int)webhook;
	server->ops_port = (int)ops;
	arena_done(&arena);
	free(line);
}

struct server_process server_process_start_in(char *folder, const char *const *options)
{
	const char *arguments[ARGUMENTS_MAX + 1] = {"serve", "--offline", "--webhook-bind-address",
		"127.0.0.1:0", "--ops-bind-address", "127.0.0.1:0", "--cert-dir", folder,
		"--log-format", "json"};
	size_t count = 10;
	struct server_process server = {.folder = folder};
	int ends[2];

	for (size_t i = 0; options && options[i]; i++)
		arguments[count++] = options[i];
	cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
	server.pid = fork();
	cr_assert_geq(server.pid, 0);
	if (server.pid == 0)
		become(arguments, open_nothing(), ends[1]);
	close(ends[1]);
	server.log = log_new(ends[0]);
	read_ports(&server);
	server.ca_pem = kit_read(folder, "ca.crt");
	return server;
}

struct server_process server_process_start(const char *const *options)
{
	return server_process_start_in(kit_folder(), options);
}

static int exit_code_of(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* SIGKILL when it outlives everybody's patience, so that a test that hangs is a test that fails. */
static int wait_for(pid_t pid)
{
	const int64_t deadline = clock_now() + PATIENCE_SECONDS * CLOCK_SECOND;
	sigset_t child;
	int status = 0;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		const struct timespec moment = {.tv_nsec = 100 * 1000 * 1000};

		if (clock_now() > deadline)
			kill(pid, SIGKILL);
		sigtimedwait(&child, NULL, &moment);
	}
	return exit_code_of(status);
}

int server_process_wait(struct server_process *server)
{
	return wait_for(server->pid);
}

void server_process_done(struct server_process *server)
{
	pthread_join(server->log->reader, NULL);
	const struct str log = buf_str(&server->log->text);

	cr_expect(!str_contains(log, "Sanitizer") && !str_contains(log, "runtime error:"), "%.*s",
		STR_ARG(log));
	log_free(&server->log);
	free(server->ca_pem);
	kit_folder_done(&server->folder);
	*server = (struct server_process){0};
}

void server_process_stop(struct server_process *server)
{
	cr_assert_eq(kill(server->pid, SIGTERM), 0);
	const int code = server_process_wait(server);

	cr_expect_eq(code, 0, "exit code %d:\n%.*s", code, STR_ARG(buf_str(&server->log->text)));
	server_process_done(server);
}

struct http_client *server_process_try_open(const struct server_process *server)
{
	return http_client_open(&(struct http_client_options){.port = server->webhook_port,
		.tls = true,
		.ca_pem = server->ca_pem,
		.name = "localhost"});
}

struct http_client *server_process_open(const struct server_process *server)
{
	struct http_client *const client = server_process_try_open(server);

	cr_assert_not_null(client, "no TLS connection to the server");
	return client;
}

int server_process_get(
	const struct server_process *server, const char *path, struct http_reply *reply)
{
	struct http_client *client = http_client_connect(server->ops_port, false);
	const int status = http_client_ask(client, "GET", path, NULL, reply);

	http_client_close(&client);
	return status;
}

static bool starts_with_name(const char *line, const char *name)
{
	const size_t len = strlen(name);

	return strncmp(line, name, len) == 0 && line[len] == ' ';
}

double server_process_metric(const struct server_process *server, const char *name)
{
	struct http_reply reply = {0};
	double value = 0;

	cr_assert_eq(server_process_get(server, "/metrics", &reply), 200);
	for (const char *line = reply.body.at; line && *line;) {
		const char *const end = strchr(line, '\n');

		if (starts_with_name(line, name))
			value = strtod(line + strlen(name), NULL);
		line = end ? end + 1 : NULL;
	}
	http_reply_done(&reply);
	return value;
}

void server_process_await_metric(
	const struct server_process *server, const char *name, double value)
{
	const int64_t deadline = clock_now() + PATIENCE_SECONDS * CLOCK_SECOND;
	double is = server_process_metric(server, name);

	while ((is < value || is > value) && clock_now() < deadline)
		is = server_process_metric(server, name);
	cr_assert_float_eq(is, value, 0.5, "%s is %g, not %g", name, is, value);
}

void server_process_await_line(const struct server_process *server, const char *path,
	const char *text, struct http_reply *reply)
{
	const int64_t deadline = clock_now() + PATIENCE_SECONDS * CLOCK_SECOND;

	do
		server_process_get(server, path, reply);
	while (!str_contains(buf_str(&reply->body), text) && clock_now() < deadline);
	cr_assert(str_contains(buf_str(&reply->body), text), "no '%s' in %.*s", text,
		STR_ARG(buf_str(&reply->body)));
}

static char *read_all(int fd)
{
	struct buf text = {0};
	ssize_t got;

	while ((got = read(fd, buf_reserve(&text, 4096), 4096)) > 0)
		text.len += (size_t)got;
	close(fd);
	return buf_take(&text);
}

/* Files take whatever is written, so that neither stream waits for the other to be read. */
static int open_scratch(void)
{
	char path[] = P_tmpdir "/raygate-output-XXXXXX";
	const int fd = mkostemp(path, O_CLOEXEC);

	cr_assert_geq(fd, 0);
	unlink(path);
	return fd;
}

struct program_run program_run(const char *const *arguments)
{
	const int out = open_scratch();
	const int error = open_scratch();
	const pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid == 0)
		become(arguments, out, error);
	struct program_run run = {.exit_code = wait_for(pid)};

	lseek(out, 0, SEEK_SET);
	lseek(error, 0, SEEK_SET);
	run.out = read_all(out);
	run.error = read_all(error);
	return run;
}

void program_run_done(struct program_run *run)
{
	free(run->out);
	free(run->error);
	*run = (struct program_run){0};
}
