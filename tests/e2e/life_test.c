/* What changes while the program runs, and how it ends: nobody who asked is left without answer. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "certs/serving_mint.h"
#include "tests/e2e/load.h"
#include "tests/e2e/reviews.h"
#include "tests/support/certs_kit.h"

enum { THREADS = 8 };

TestSuite(e2e_life, .timeout = 300);

#define POLICY_HEAD "apiVersion: raygate.dev/v1\nkind: Policy\n"

struct with_policy {
	struct arena arena;
	struct server_process server;
	struct http_client *client;
};

static struct with_policy start_with_policy(const char *text)
{
	struct with_policy w = {0};
	char *const folder = kit_folder();
	char path[512];

	arena_init(&w.arena, 65536);
	kit_write(folder, "policy.yaml", text);
	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	w.server = server_process_start_in(folder, (const char *const[]){"--policy", path, NULL});
	w.client = server_process_open(&w.server);
	return w;
}

static void stop_with_policy(struct with_policy *w)
{
	http_client_close(&w->client);
	server_process_stop(&w->server);
	arena_done(&w->arena);
}

static void change_policy(struct with_policy *w, const char *text, const char *log)
{
	kit_write(w->server.folder, "policy.yaml", text);
	cr_assert_eq(kill(w->server.pid, SIGHUP), 0);
	server_process_expect_log(&w->server, log);
}

static bool is_admitted(struct with_policy *w)
{
	const struct review_text four = {.cpu = "4", .dry_run = true};

	return ask_review(&w->arena, w->client, "/validate", review_text(&w->arena, &four)).allowed;
}

Test(e2e_life, a_new_policy_is_in_force_at_once)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);

	cr_expect(is_admitted(&w));
	change_policy(&w, POLICY_HEAD "quotas: {ray: {cpu: 2}}\n", "new policy in force");
	cr_expect_not(is_admitted(&w));
	cr_expect_float_eq(
		server_process_metric(&w.server, "raygate_policy_reloads_total{result=\"taken\"}"),
		1, 0.1);
	stop_with_policy(&w);
}

/* It is the file that is looked at, not only the signal: a ConfigMap's change sends none. */
Test(e2e_life, a_new_policy_is_noticed_without_a_signal)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);

	kit_write(w.server.folder, "policy.yaml", POLICY_HEAD "quotas: {ray: {cpu: 2}}\n");
	server_process_expect_log(&w.server, "new policy in force");
	cr_expect_not(is_admitted(&w));
	stop_with_policy(&w);
}

static void expect_policy_check(struct with_policy *w, const char *text)
{
	struct http_reply reply = {0};

	cr_expect_eq(server_process_get(&w->server, "/readyz?verbose", &reply), 200);
	cr_expect(str_contains(buf_str(&reply.body), text), "%.*s", STR_ARG(buf_str(&reply.body)));
	http_reply_done(&reply);
}

Test(e2e_life, a_broken_policy_is_shouted_about_and_the_old_one_stays)
{
	struct with_policy w = start_with_policy(POLICY_HEAD "quotas: {ray: {cpu: 2}}\n");

	server_process_await_metric(&w.server, "raygate_health{part=\"policy\"}", 1);
	change_policy(&w, POLICY_HEAD "quotas: {ray: {cpu: lots}}\n", "new policy is broken");
	cr_expect_not(is_admitted(&w));
	cr_expect_float_eq(
		server_process_metric(&w.server, "raygate_policy_reloads_total{result=\"kept\"}"),
		1, 0.1);
	expect_policy_check(&w, "[-]policy");
	server_process_await_metric(&w.server, "raygate_health{part=\"policy\"}", 0);
	change_policy(&w, POLICY_HEAD, "new policy in force");
	cr_expect(is_admitted(&w));
	expect_policy_check(&w, "[+]policy ok");
	server_process_await_metric(&w.server, "raygate_health{part=\"policy\"}", 1);
	stop_with_policy(&w);
}

/* A memory limit is asked of them alone, and there may be none of them: no reason to refuse. */
Test(e2e_life, a_policy_that_adds_nothing_to_clusters_of_2022_is_told)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);

	change_policy(&w, POLICY_HEAD "defaults: {worker: {requests: {cpu: 1}}}\n",
		"no cluster of cluster.ray.io would get the defaults: it breaks RG1115");
	stop_with_policy(&w);
}

/* Nobody has to send a signal to learn that the next start would fail. */
Test(e2e_life, a_policy_whose_file_is_gone_is_told_and_stays)
{
	static const char POLICY[] = POLICY_HEAD "quotas: {ray: {cpu: 2}}\n";
	struct with_policy w = start_with_policy(POLICY);

	kit_run("rm '%s/policy.yaml'", w.server.folder);
	server_process_expect_log(&w.server, "the policy's file is gone");
	cr_expect_not(is_admitted(&w));
	server_process_await_metric(&w.server, "raygate_policy_reloads_total{result=\"kept\"}", 1);
	expect_policy_check(&w, "[-]policy");
	kit_write(w.server.folder, "policy.yaml", POLICY);
	server_process_expect_log(&w.server, "new policy in force");
	expect_policy_check(&w, "[+]policy ok");
	stop_with_policy(&w);
}

Test(e2e_life, a_policy_that_became_a_pipe_does_not_keep_the_end_waiting)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);

	kit_run("cd '%s' && mkfifo p && mv p policy.yaml", w.server.folder);
	server_process_expect_log(&w.server, "new policy is broken");
	stop_with_policy(&w);
}

/* Whether the thread is the one of that name. */
static bool is_called(pid_t pid, const char *thread, const char *name)
{
	char path[64], text[32] = "";

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/comm", pid, thread);
	FILE *const file = fopen(path, "r");

	if (file == NULL)
		return false;
	const bool read = fgets(text, sizeof(text), file) != NULL;

	fclose(file);
	return read && strncmp(text, name, strlen(name)) == 0;
}

/* 0: it has none of that name. */
static pid_t find_thread(pid_t pid, const char *name)
{
	char path[32];
	pid_t thread = 0;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	DIR *const folder = opendir(path);

	cr_assert_not_null(folder);
	for (const struct dirent *entry; thread == 0 && (entry = readdir(folder));) {
		if (is_called(pid, entry->d_name, name))
			thread = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	closedir(folder);
	return thread;
}

/*
 * Stops one thread of the process, as a file system does that does not answer. The thread takes its
 * name itself, and may have begun later than the server answers.
 */
static pid_t hold_thread(pid_t pid, const char *name)
{
	pid_t thread;

	while ((thread = find_thread(pid, name)) == 0)
		sched_yield();
	cr_assert_eq(ptrace(PTRACE_SEIZE, thread, NULL, NULL), 0);
	cr_assert_eq(ptrace(PTRACE_INTERRUPT, thread, NULL, NULL), 0);
	cr_assert_eq(waitpid(thread, NULL, __WALL), thread);
	return thread;
}

Test(e2e_life, a_policy_that_hangs_is_told_and_does_not_hold_up_the_end, .timeout = 60)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);
	const pid_t thread = hold_thread(w.server.pid, "policy");

	server_process_await_metric(&w.server, "raygate_health{part=\"policy\"}", 0);
	expect_policy_check(&w, "its file system does not answer");
	cr_expect(is_admitted(&w));
	http_client_close(&w.client);
	cr_assert_eq(kill(w.server.pid, SIGTERM), 0);
	cr_assert_eq(waitpid(thread, NULL, __WALL), thread);
	cr_expect_eq(server_process_wait(&w.server), 0);
	server_process_expect_log(&w.server, "something hangs");
	server_process_done(&w.server);
	arena_done(&w.arena);
}

Test(e2e_life, a_certificate_that_clients_refuse_is_told_at_the_start)
{
	char *const folder = kit_folder();
	const int64_t then = clock_wall() / CLOCK_SECOND - 500 * (int64_t)KIT_DAY;
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(then);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, "localhost", then);

	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	kit_write(folder, "ca.crt", ca.cert_pem);
	struct server_process server = server_process_start_in(folder, NULL);

	server_process_expect_log(&server, "expired on ");
	server_process_stop(&server);
}

Test(e2e_life, a_policy_that_changes_under_load_fails_no_request)
{
	struct with_policy w = start_with_policy(POLICY_HEAD);
	struct load *load = load_start(
		&w.server, THREADS, review_text(&w.arena, &(struct review_text){.dry_run = true}));

	for (int i = 0; i < 20; i++) {
		char text[128];

		load_await(load, 50);
		snprintf(text, sizeof(text), POLICY_HEAD "quotas: {ray: {cpu: %d}}\n", i + 1);
		change_policy(&w, text, "new policy in force");
	}
	const struct load_result result = load_stop(&load);

	cr_expect_eq(result.failed + result.refused, 0, "%lld of %lld, %lld refused", result.failed,
		result.answered, result.refused);
	stop_with_policy(&w);
}

static struct str peer_of(struct arena *arena, const struct server_process *server)
{
	struct http_client *client = server_process_open(server);
	const struct str der = arena_str(arena, http_client_peer(client));

	http_client_close(&client);
	return der;
}

static void replace_certificate(struct server_process *server)
{
	const struct serving_options options = {.dir = server->folder, .mint = true};
	struct serving_pair *pair;
	struct err err;

	cr_assert(serving_mint(&options, SERVING_KEEP_CA, &pair, &err), "%s", err.text);
	serving_free(&pair);
	cr_assert_eq(kill(server->pid, SIGHUP), 0);
	server_process_expect_log(server, "new certificate in force");
}

Test(e2e_life, certificates_are_replaced_under_load_and_no_request_fails)
{
	struct server_process server = server_process_start(NULL);
	struct arena arena;

	arena_init(&arena, 65536);
	struct str before = peer_of(&arena, &server);
	struct load *load = load_start(
		&server, THREADS, review_text(&arena, &(struct review_text){.dry_run = true}));

	for (int i = 0; i < 3; i++) {
		load_await(load, 200);
		replace_certificate(&server);
		const struct str after = peer_of(&arena, &server);

		cr_expect_not(str_eq(before, after), "a new connection sees the new certificate");
		before = after;
	}
	load_await(load, 200);
	const struct load_result result = load_stop(&load);

	cr_expect_eq(result.failed + result.refused, 0, "%lld of %lld, %lld refused", result.failed,
		result.answered, result.refused);
	server_process_stop(&server);
	arena_done(&arena);
}

Test(e2e_life, the_end_comes_under_load_and_no_request_fails)
{
	struct server_process server =
		server_process_start((const char *const[]){"--grace-period", "500ms", NULL});
	struct arena arena;

	arena_init(&arena, 65536);
	struct load *load = load_start(
		&server, THREADS, review_text(&arena, &(struct review_text){.dry_run = true}));

	load_await(load, 200);
	cr_assert_eq(kill(server.pid, SIGTERM), 0);
	cr_expect_eq(server_process_wait(&server), 0);
	load_await_refused(load);
	const struct load_result result = load_stop(&load);

	cr_expect_eq(result.failed, 0, "%lld of %lld", result.failed, result.answered);
	cr_expect_eq(result.refused, THREADS, "%lld", result.refused);
	server_process_done(&server);
	arena_done(&arena);
}

/* Also where a script started it in the background, for which shells ignore SIGINT. */
Test(e2e_life, whoever_asks_twice_to_end_it_does_not_wait)
{
	signal(SIGINT, SIG_IGN);
	struct server_process server =
		server_process_start((const char *const[]){"--grace-period", "10m", NULL});
	struct http_reply reply = {0};

	cr_assert_eq(kill(server.pid, SIGINT), 0);
	server_process_expect_log(&server, "shutting down");
	cr_expect_eq(server_process_get(&server, "/readyz", &reply), 503);
	cr_expect_eq(server_process_get(&server, "/healthz", &reply), 200);
	http_reply_done(&reply);
	cr_assert_eq(kill(server.pid, SIGINT), 0);
	cr_expect_eq(server_process_wait(&server), 128 + SIGINT);
	server_process_done(&server);
}

Test(e2e_life, idle_and_half_open_connections_do_not_hold_up_the_end)
{
	struct server_process server = server_process_start(NULL);
	struct http_client *idle = server_process_open(&server);
	struct http_client *silent = http_client_connect_raw(server.webhook_port);

	server_process_stop(&server);
	http_client_close(&idle);
	http_client_close(&silent);
}
