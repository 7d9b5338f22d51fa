/*
 * Starts in order, waits for a signal, stops in reverse.
 *
 * Threads: this one waits for signals (and another, at the end, for this one); who looks at the
 * policy's file has one; each listener has a keeper and a pool (http/listener.h); the certificate's
 * watcher has one (certs/serving_watch.h); in a cluster the keeper of certificates has one
 * (cert_keeper.h), and so have the election, the recorder of Events, each watch, and the connection
 * of those that share one (kube/); the replica that leads has those of the controller besides
 * (controller/controller.h), which share its world, queue and writers. They share the policy
 * snapshot, the ledger, the metrics and the health board, each with a mutex of its own file, and
 * the atomics of struct app. All else is immutable after the start.
 */
#include "server/cmd_serve.h"

#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/code_pages.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/thread.h"
#include "server/commands.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"
#include "server/serve/welcome.h"

#define STOP_TIME (5 * CLOCK_SECOND) /* of the parts, each of which takes a moment */

enum {
	QUOTA_CLUSTERS_MAX = 10000, /* that one process keeps count of by itself */
	/* What a cluster stores is counted, however much it is; this is more than any has room for.
	 */
	QUOTA_CLUSTERS_STORED = 1000000,
	HEAPS = 2,
};

static bool start_counting(struct server *s, struct err *err)
{
	(void)err;
	s->app.metrics = telemetry_new();
	s->app.health = health_new();
	s->app.ledger = s->offline ? ledger_new(QUOTA_CLUSTERS_MAX)
				   : ledger_new_watched(QUOTA_CLUSTERS_STORED);
	return true;
}

static void stop_counting(struct server *s)
{
	ledger_free(&s->app.ledger);
	health_free(&s->app.health);
	metrics_free(&s->app.metrics);
}

static const struct part {
	bool (*start)(struct server *s, struct err *err);
	void (*stop)(struct server *s);
} PARTS[] = {
	{start_counting, stop_counting},
	{serve_policy_start, serve_policy_stop},
	{serve_ports_start, serve_ports_stop},
	{serve_cluster_start, serve_cluster_stop},
	{serve_events_start, serve_events_stop},
	{serve_controller_start, serve_controller_stop},
	{serve_facts_start, serve_facts_stop},
	{serve_ledger_start, serve_ledger_stop},
	/* Says first that we are not ready, before the folder's pair is served. */
	{serve_certificates_start, serve_certificates_stop},
	{serve_files_start, serve_files_stop},
	{serve_leader_start, serve_leader_stop},
	{serve_policy_watch, serve_policy_unwatch},
};

static bool start(struct server *s, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++)
		if (!PARTS[i].start(s, err))
			return false;
	return true;
}

static void stop(struct server *s)
{
	for (size_t i = ARRAY_LEN(PARTS); i > 0; i--)
		PARTS[i - 1].stop(s);
}

/* The SIGTERM or SIGINT that came. SIGHUP looks at the policy and the certificate at once. */
static int wait_for_end(struct server *s, const sigset_t *signals)
{
	for (;;) {
		const int signal = sigwaitinfo(signals, NULL);

		if (signal == SIGTERM || signal == SIGINT)
			return signal;
		if (signal == SIGHUP) {
			serve_files_poke(s);
			serve_certificates_poke(s);
			serve_policy_poke(s);
		}
	}
}

/* Somebody who asks again does not want to wait: the second signal ends the process at once. */
static void let_signals_kill(void)
{
	sigset_t ends;

	/* Whoever started us may have them ignored. */
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
}

static void *end_all_the_same(void *unused)
{
	(void)unused;
	clock_sleep_until(clock_now() + STOP_TIME);
	LOG(WARN, "something hangs, as where a file system does not answer: ended without it");
	_exit(EXIT_FINE);
}

/* Nothing is served any more: what still hangs after a while, and cannot be joined, is left. */
static void bound_the_stop(void)
{
	pthread_t thread;

	if (thread_start(&thread, "end", end_all_the_same, NULL))
		pthread_detach(thread);
}

static void welcome(const struct server *s)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct str policy = settings_str(s->settings, SETTING_POLICY);
	const struct welcome lines = {
		.webhook_port = listener_port(s->app.webhook),
		.ops_port = listener_port(s->ops),
		.cert_dir = serve_files_dir(s),
		.policy = policy.len ? policy.at : "",
	};

	if (settings_bool(s->settings, SETTING_NO_WELCOME))
		return;
	welcome_print(&lines, &text);
	fwrite(text.at, 1, text.len, stdout);
	fflush(stdout);
}

static int run(struct server *s, const sigset_t *signals)
{
	struct err err;

	if (!start(s, &err)) {
		fprintf(stderr, "raygate serve: %s\n", err.text);
		return EXIT_UNREADABLE;
	}
	if (s->offline)
		welcome(s);
	/* What minting keys and setting up libraries took is not wanted again. */
	mem_trim();
	code_pages_give_back();
	const int signal = wait_for_end(s, signals);

	/* readyz first, so that endpoints leave us while we still answer */
	s->app.draining = true;
	let_signals_kill();
	serve_policy_rest(s);
	LOG(INFO, "shutting down", KV("signal", strsignal(signal)));
	serve_leader_stop(s); /* another one may lead while we drain */
	serve_ports_drain(s);
	LOG(INFO, "stopped");
	bound_the_stop();
	return EXIT_FINE;
}

/* Blocked before any thread starts, so that only this one takes them. */
static void take_signals(sigset_t *signals)
{
	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGINT);
	sigaddset(signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void start_log(const struct server *s)
{
	enum log_level level = LOG_LEVEL_INFO;
	enum log_format format = LOG_FORMAT_AUTO;

	log_level_from_name(settings_str(s->settings, SETTING_LOG_LEVEL), &level);
	log_format_from_name(settings_str(s->settings, SETTING_LOG_FORMAT), &format);
	log_start(level, format);
}

static int serve(struct server *s)
{
	sigset_t signals;
	struct err err;

	if (s->settings->argument_count)
		return commands_usage_error(
			"serve", "takes no arguments; --help lists the options");
	if (!serve_certificates_check(s, &err))
		return commands_usage_error("serve", "%s", err.text);
	s->offline = settings_bool(s->settings, SETTING_OFFLINE);
	start_log(s);
	take_signals(&signals);
	const int code = run(s, &signals);

	stop(s);
	return code;
}

/*
 * A heap for each thread that allocates would be most of what a server with twenty threads holds.
 * They seldom want one at the same time: a request's memory is its arena.
 */
static void share_heaps(void)
{
	mallopt(M_ARENA_MAX, HEAPS);
}

int cmd_serve(struct settings *settings)
{
	struct server server = {.settings = settings};

	share_heaps();
	return serve(&server);
}
