#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "certs/serving.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

enum {
	CLIENTS_MS = 100 * 1000,   /* for idle clients to leave at shutdown */
	CLIENTS_OFFLINE_MS = 2000, /* for those that have just come to ask; idle ones are cut off */
	REQUESTS_MS = 10 * 1000,   /* for requests at work to end */
	CLIENT_CA_MAX = 1024 * 1024,
};

static struct str setting_or(
	const struct server *s, enum setting setting, const char *offline, const char *cluster)
{
	if (s->settings->given[setting])
		return settings_str(s->settings, setting);
	return str_from(s->offline ? offline : cluster);
}

static bool read_client_ca(struct server *s, struct err *err)
{
	const struct str path = settings_str(s->settings, SETTING_CLIENT_CA);
	struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
	struct arena arena CLEANUP(arena_done);
	struct str text;

	arena_init(&arena, 4096);
	if (path.len == 0)
		return true;
	if (!file_read(&arena, path, CLIENT_CA_MAX, &text, err) ||
		!x509_chain_parse(text, &chain, err))
		return err_wrap(err, "--client-ca '%.*s'", STR_ARG(path));
	s->client_ca = x509_chain_pem(chain);
	return true;
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
	/* Whoever probes does not wait long, and a GET whose connection ends is sent again. */
	options.limits.value[HTTP_LIMIT_CROWDED_IDLE_MS] =
		http_limit(&options.limits, HTTP_LIMIT_CROWDED_MS);
	routes_ops(&s->app, s->ops_routes);
	return listener_start(&options, &s->ops, err) ||
	       err_wrap(err, "ops port (--ops-bind-address)");
}

bool serve_ports_start(struct server *s, struct err *err)
{
	return read_client_ca(s, err) && start_ops(s, err);
}

static bool start_webhook(struct server *s, const struct serving_pair *pair, struct err *err)
{
	const struct str address =
		setting_or(s, SETTING_WEBHOOK_BIND_ADDRESS, "127.0.0.1:9443", ":9443");
	struct listener_options options = {
		.address = address.at,
		.router = {s->webhook_routes, ROUTES_WEBHOOK},
		.key = str_from(pair->key_pem),
		.cert = str_from(pair->cert_pem),
		.client_ca = str_from(s->client_ca),
		.limits = http_limits_default(),
		.on_done = telemetry_answered,
		.on_done_data = s->app.metrics,
	};
	struct listener *webhook;

	options.limits.value[HTTP_LIMIT_THREADS] = settings_int(s->settings, SETTING_THREADS);
	routes_webhook(&s->app, s->webhook_routes);
	if (!listener_start(&options, &webhook, err))
		return err_wrap(err, "webhook port (--webhook-bind-address)");
	s->app.webhook = webhook;
	return true;
}

static void announce(struct server *s)
{
	const char *const dir = serve_files_dir(s);

	if (dir)
		LOG(INFO, "serving", KV_INT("webhookPort", listener_port(s->app.webhook)),
			KV_INT("opsPort", listener_port(s->ops)), KV("certDir", dir));
	else
		LOG(INFO, "serving", KV_INT("webhookPort", listener_port(s->app.webhook)),
			KV_INT("opsPort", listener_port(s->ops)));
}

bool serve_ports_take(struct server *s, const struct serving_pair *pair, struct err *err)
{
	const bool is_first = s->app.webhook == NULL;

	if (is_first ? !start_webhook(s, pair, err)
		     : !listener_swap(s->app.webhook, str_from(pair->key_pem),
			       str_from(pair->cert_pem), err))
		return false;
	s->app.certificate_expires = pair->not_after;
	if (is_first)
		announce(s);
	return true;
}

void serve_ports_drain(struct server *s)
{
	const int64_t grace = s->settings->given[SETTING_GRACE_PERIOD]
				      ? settings_duration(s->settings, SETTING_GRACE_PERIOD)
				      : (s->offline ? 0 : 15 * CLOCK_SECOND);
	const struct listener_drain plan = {
		.grace_ms = grace / CLOCK_MILLISECOND,
		.clients_ms = s->offline ? CLIENTS_OFFLINE_MS : CLIENTS_MS,
		.requests_ms = REQUESTS_MS,
	};

	if (s->app.webhook && !listener_drain(s->app.webhook, &plan))
		LOG(WARN, "some clients were cut off");
}

void serve_ports_stop(struct server *s)
{
	struct listener *webhook = s->app.webhook;

	listener_stop(&s->ops);
	s->app.webhook = NULL;
	listener_stop(&webhook);
	mem_free(&s->client_ca);
}
