/*
 * Starts in order, waits for a signal, stops in reverse.
 *
 * Threads: this one waits for signals and looks at the policy file each second; each listener has
 * a keeper and a pool (http/listener.h); the certificate's watcher has one (certs/serving_watch.h).
 * They share the policy snapshot, the ledger and the metrics, each with a mutex of its own file,
 * and the atomics of struct app. All else is immutable after the start.
 */
#include "server/cmd_serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/log.h"
#include "certs/serving_mint.h"
#include "certs/serving_watch.h"
#include "server/app.h"
#include "server/cert_dir.h"
#include "server/commands.h"
#include "server/routes.h"
#include "server/settings.h"
#include "server/telemetry.h"
#include "server/welcome.h"

enum {
	QUOTA_CLUSTERS_MAX = 10000, /* that one process keeps count of */
	CLIENTS_MS = 100 * 1000,    /* for idle clients to leave at shutdown */
	CLIENTS_OFFLINE_MS = 2000, /* for those that have just come to ask; idle ones are cut off */
	REQUESTS_MS = 10 * 1000,   /* for requests at work to end */
};

struct server {
	struct settings settings;
	struct app app;
	struct http_route webhook_routes[ROUTES_WEBHOOK];
	struct http_route ops_routes[ROUTES_OPS];
	struct listener *ops;
	struct serving_pair *pair;
	struct serving_watch *watch;
	char *cert_dir;
	bool offline;
	sigset_t signals;
};

static struct str setting_or(
	const struct server *s, enum setting setting, const char *offline, const char *cluster)
{
	if (s->settings.given[setting])
		return settings_str(&s->settings, setting);
	return str_from(s->offline ? offline : cluster);
}

static struct serving_options serving_options(const struct server *s)
{
	return (struct serving_options){.dir = s->cert_dir, .mint = s->offline};
}

static bool load_certificate(struct server *s, struct err *err)
{
	const struct str given = settings_str(&s->settings, SETTING_CERT_DIR);

	if (given.len)
		s->cert_dir = mem_strdup(given.at);
	else if (!s->offline)
		return err_set(err, ERR_INVALID,
			"--cert-dir is needed: a folder with tls.crt and tls.key");
	else if (!cert_dir_default(&s->cert_dir, err))
		return false;
	const struct serving_options options = serving_options(s);

	if (!serving_load_or_mint(&options, &s->pair, err))
		return err_wrap(err, "certificate");
	s->app.certificate_expires = s->pair->not_after;
	return true;
}

static void warn_of_policy(struct server *s)
{
	const struct policy *const policy = policy_store_acquire(s->app.policy);
	struct str id;

	for (size_t at = 0; (id = policy_next_unknown_rule(policy, &at)).len;)
		LOG(WARN, "the policy names a rule that is not there", KV("rule", id),
			KV("file", policy->source));
	policy_store_release(s->app.policy, policy);
}

static bool load_policy(struct server *s, struct err *err)
{
	const struct str path = settings_str(&s->settings, SETTING_POLICY);

	s->app.policy = policy_store_new(path.len ? path.at : NULL, err);
	if (s->app.policy)
		warn_of_policy(s);
	return s->app.policy != NULL;
}

static bool start_webhook(struct server *s, struct err *err)
{
	const struct str address =
		setting_or(s, SETTING_WEBHOOK_BIND_ADDRESS, "127.0.0.1:9443", ":9443");
	struct listener_options options = {
		.address = address.at,
		.router = {s->webhook_routes, ROUTES_WEBHOOK},
		.key = str_from(s->pair->key_pem),
		.cert = str_from(s->pair->cert_pem),
		.limits = http_limits_default(),
		.on_done = telemetry_answered,
		.on_done_data = s->app.metrics,
	};

	options.limits.value[HTTP_LIMIT_THREADS] = settings_int(&s->settings, SETTING_THREADS);
	routes_webhook(&s->app, s->webhook_routes);
	return listener_start(&options, &s->app.webhook, err) ||
	       err_wrap(err, "webhook port (--webhook-bind-address)");
}

static bool start_ops(struct server *s, struct err *err)
{
	const struct str address =
		setting_or(s, SETTING_OPS_BIND_ADDRESS, "127.0.0.1:8080", ":8080");
	struct listener_options options = {
		.address = address.at,
		.router = {s->ops_routes, ROUTES_OPS},
		.limits = http_limits_default(),
		.on_done = telemetry_answered,
		.on_done_data = s->app.metrics,
	};

	options.limits.value[HTTP_LIMIT_THREADS] = 1;
	routes_ops(&s->app, s->ops_routes);
	return listener_start(&options, &s->ops, err) ||
	       err_wrap(err, "ops port (--ops-bind-address)");
}

static void certificate_changed(
	void *context, const struct serving_pair *pair, const struct err *problem)
{
	struct app *const app = context;
	struct err err;
	const char *result = "kept";

	if (pair == NULL) {
		LOG(ERROR, "new certificate not taken, the old one stays in force",
			KV("error", problem->text));
	} else if (!listener_swap(
			   app->webhook, str_from(pair->key_pem), str_from(pair->cert_pem), &err)) {
		LOG(ERROR, "new certificate cannot be served, the old one stays in force",
			KV("error", err.text));
	} else {
		app->certificate_expires = pair->not_after;
		result = "taken";
		LOG(INFO, "new certificate in force");
	}
	metrics_count(
		app->metrics, TELEMETRY_CERTIFICATE_RELOADS, METRICS_VALUES(str_from(result)));
}

static bool start_watch(struct server *s, struct err *err)
{
	const struct serving_watch_options options = {
		.serving = serving_options(s),
		.changed = certificate_changed,
		.context = &s->app,
	};

	return serving_watch_start(&options, &s->pair, &s->watch, err) ||
	       err_wrap(err, "certificate watch");
}

static bool start(struct server *s, struct err *err)
{
	s->app.metrics = telemetry_new();
	s->app.ledger = ledger_new(QUOTA_CLUSTERS_MAX);
	return load_policy(s, err) && load_certificate(s, err) && start_webhook(s, err) &&
	       start_ops(s, err) && start_watch(s, err);
}

static void refresh_policy(struct server *s, bool force)
{
	struct err err;
	const enum policy_change change = policy_store_refresh(s->app.policy, force, &err);

	if (change == POLICY_UNCHANGED)
		return;
	s->app.policy_broken = change == POLICY_BROKEN;
	metrics_count(s->app.metrics, TELEMETRY_POLICY_RELOADS,
		METRICS_VALUES(str_from(change == POLICY_CHANGED ? "taken" : "kept")));
	if (change == POLICY_CHANGED) {
		LOG(INFO, "new policy in force",
			KV("file", settings_str(&s->settings, SETTING_POLICY)));
		warn_of_policy(s);
	} else {
		LOG(ERROR, "new policy is broken, the one before it stays in force",
			KV("error", err.text));
	}
}

/* The SIGTERM or SIGINT that came. SIGHUP looks at the policy and the certificate at once. */
static int wait_for_end(struct server *s)
{
	const struct timespec second = {.tv_sec = 1};

	for (;;) {
		const int signal = sigtimedwait(&s->signals, NULL, &second);

		if (signal == SIGTERM || signal == SIGINT)
			return signal;
		if (signal == SIGHUP)
			serving_watch_poke(s->watch);
		if (signal == SIGHUP || (signal < 0 && errno == EAGAIN))
			refresh_policy(s, signal == SIGHUP);
	}
}

/* Somebody who asks again does not want to wait: the second signal ends the process at once. */
static void let_signals_kill(void)
{
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_UNBLOCK, &ends, NULL);
}

/* readyz first, so that endpoints leave us while we still answer. */
static void drain(struct server *s, int signal)
{
	const int64_t grace = s->settings.given[SETTING_GRACE_PERIOD]
				      ? settings_duration(&s->settings, SETTING_GRACE_PERIOD)
				      : (s->offline ? 0 : 15 * CLOCK_SECOND);
	const struct listener_drain plan = {
		.grace_ms = grace / CLOCK_MILLISECOND,
		.clients_ms = s->offline ? CLIENTS_OFFLINE_MS : CLIENTS_MS,
		.requests_ms = REQUESTS_MS,
	};

	s->app.draining = true;
	let_signals_kill();
	LOG(INFO, "shutting down", KV("signal", strsignal(signal)));
	if (!listener_drain(s->app.webhook, &plan))
		LOG(WARN, "some clients were cut off");
}

static void stop(struct server *s)
{
	if (s->watch)
		serving_watch_stop(&s->watch);
	listener_stop(&s->ops);
	listener_stop(&s->app.webhook);
	serving_free(&s->pair);
	policy_store_free(&s->app.policy);
	ledger_free(&s->app.ledger);
	metrics_free(&s->app.metrics);
	free(s->cert_dir);
}

static void announce(const struct server *s)
{
	const struct welcome welcome = {
		.webhook_port = listener_port(s->app.webhook),
		.ops_port = listener_port(s->ops),
		.cert_dir = s->cert_dir,
	};

	LOG(INFO, "serving", KV_INT("webhookPort", welcome.webhook_port),
		KV_INT("opsPort", welcome.ops_port), KV("certDir", s->cert_dir));
	if (s->offline && !settings_bool(&s->settings, SETTING_QUIET))
		welcome_print(&welcome);
}

static int run(struct server *s)
{
	struct err err;

	if (!start(s, &err)) {
		fprintf(stderr, "raygate serve: %s\n", err.text);
		return EXIT_UNREADABLE;
	}
	announce(s);
	drain(s, wait_for_end(s));
	LOG(INFO, "stopped");
	return EXIT_FINE;
}

/* Blocked before any thread starts, so that only this one takes them. */
static void take_signals(struct server *s)
{
	sigemptyset(&s->signals);
	sigaddset(&s->signals, SIGTERM);
	sigaddset(&s->signals, SIGINT);
	sigaddset(&s->signals, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &s->signals, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void start_log(const struct server *s)
{
	enum log_level level = LOG_LEVEL_INFO;
	enum log_format format = LOG_FORMAT_AUTO;

	log_level_from_name(settings_str(&s->settings, SETTING_LOG_LEVEL), &level);
	log_format_from_name(settings_str(&s->settings, SETTING_LOG_FORMAT), &format);
	log_start(level, format);
}

static int serve(struct server *s)
{
	if (settings_bool(&s->settings, SETTING_HELP))
		return commands_help("serve");
	if (s->settings.argument_count)
		return commands_usage_error(
			"serve", "takes no arguments; --help lists the options");
	s->offline = settings_bool(&s->settings, SETTING_OFFLINE);
	if (!s->offline)
		return commands_usage_error(
			"serve", "serves admission alone so far: start it with --offline");
	start_log(s);
	take_signals(s);
	const int code = run(s);

	stop(s);
	return code;
}

int cmd_serve(int argc, char **argv)
{
	struct server server = {.offline = false};
	struct err err;
	int code;

	if (settings_load(&server.settings, COMMAND_SERVE, argc, argv, &err))
		code = serve(&server);
	else
		code = commands_usage_error("serve", "%s", err.text);
	settings_done(&server.settings);
	return code;
}
