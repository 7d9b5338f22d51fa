#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "certs/mint.h"
#include "server/serve/cert_keeper.h"
#include "server/serve/cluster.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

enum { LIFE_MIN_S = 60 };

/* What the keeper is told, and what of it must live as long. */
struct serve_certificates {
	struct arena arena;
	struct cert_keeper *keeper;
};

static bool leads(void *context)
{
	const struct server *const s = context;

	return s->app.leads;
}

static bool take(void *context, const struct serving_pair *pair, struct err *err)
{
	struct server *const s = context;
	const bool taken = serve_ports_take(s, pair, err);

	metrics_count(s->app.metrics, TELEMETRY_CERTIFICATE_RELOADS,
		METRICS_VALUES(taken ? STR("taken") : STR("kept")));
	if (taken)
		LOG(INFO, "new certificate in force");
	return taken;
}

static void tell(void *context, bool warning, const char *reason, const char *text)
{
	struct server *const s = context;

	serve_events_tell(s, &(struct serve_event){
				     .secret = settings_str(s->settings, SETTING_CERT_SECRET).at,
				     .warning = warning,
				     .reason = reason,
				     .message = text,
			     });
}

static bool add_host(
	struct cert_keeper_options *options, const char **hosts, struct str host, struct err *err)
{
	if (!mint_host_is_valid(host.at))
		return err_set(err, ERR_INVALID,
			"'%.*s' is neither a DNS name nor an IP address that a certificate could "
			"have (--webhook-hosts, --webhook-service, --namespace)",
			STR_ARG(host));
	if (options->host_count == MINT_HOSTS_LIMIT)
		return err_set(err, ERR_TOO_LARGE, "--webhook-hosts has more than %d names",
			MINT_HOSTS_LIMIT - 2);
	hosts[options->host_count++] = host.at;
	return true;
}

/* By which the API server calls us: the Service's names, and those that were given. */
static bool list_hosts(const struct server *s, struct arena *arena,
	struct cert_keeper_options *options, struct err *err)
{
	const char **const hosts = arena_array(arena, MINT_HOSTS_LIMIT, sizeof(*hosts));
	const struct str service = settings_str(s->settings, SETTING_WEBHOOK_SERVICE);
	static const char *const ENDS[] = {"svc", "svc.cluster.local"};
	struct str item;

	options->hosts = hosts;
	for (size_t i = 0; i < ARRAY_LEN(ENDS); i++)
		if (!add_host(options, hosts,
			    arena_printf(arena, "%.*s.%s.%s", STR_ARG(service),
				    s->cluster->namespace, ENDS[i]),
			    err))
			return false;
	for (size_t i = 0; settings_item(s->settings, SETTING_WEBHOOK_HOSTS, i, &item); i++)
		if (!add_host(options, hosts, arena_str(arena, str_trim(item)), err))
			return false;
	return true;
}

static bool find_life(const struct server *s, int64_t *life, struct err *err)
{
	*life = MINT_SERVING_LIFE;
	if (settings_str(s->settings, SETTING_CERT_LIFETIME).len == 0)
		return true;
	*life = settings_duration(s->settings, SETTING_CERT_LIFETIME) / CLOCK_SECOND;
	return *life >= LIFE_MIN_S ||
	       err_set(err, ERR_INVALID, "--cert-lifetime is at least %ds", LIFE_MIN_S);
}

bool serve_certificates_check(const struct server *s, struct err *err)
{
	char host[256]; /* as long as a name can be */
	struct str item;
	int64_t life;

	for (size_t i = 0; settings_item(s->settings, SETTING_WEBHOOK_HOSTS, i, &item); i++) {
		snprintf(host, sizeof(host), "%.*s", STR_ARG(str_trim(item)));
		if (!mint_host_is_valid(host))
			return err_set(err, ERR_INVALID,
				"--webhook-hosts has DNS names and IP addresses, not '%s'", host);
	}
	if (settings_bool(s->settings, SETTING_CA_INJECTED) &&
		settings_str(s->settings, SETTING_CERT_DIR).len == 0)
		return err_set(err, ERR_INVALID,
			"--ca-injected needs --cert-dir: what is minted here nobody else can make "
			"known");
	return find_life(s, &life, err);
}

static bool start_keeper(struct server *s, struct err *err)
{
	const struct str configuration = settings_str(s->settings, SETTING_WEBHOOK_CONFIGURATION);
	const struct str dir = settings_str(s->settings, SETTING_CERT_DIR);
	struct cert_keeper_options options = {
		.client = s->cluster->client,
		.namespace = s->cluster->namespace,
		.secret = settings_str(s->settings, SETTING_CERT_SECRET).at,
		.configuration = configuration.len ? configuration.at : NULL,
		.dir = dir.len ? dir.at : NULL,
		.is_injected = settings_bool(s->settings, SETTING_CA_INJECTED),
		.health = s->app.health,
		.leads = leads,
		.take = take,
		.tell = tell,
		.context = s,
	};

	return list_hosts(s, &s->certificates->arena, &options, err) &&
	       find_life(s, &options.life, err) &&
	       cert_keeper_start(&options, &s->certificates->keeper, err);
}

/* A folder's certificate needs no keeper, unless webhooks are to be looked at. */
bool serve_certificates_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL || (settings_str(s->settings, SETTING_CERT_DIR).len &&
					  !s->settings->given[SETTING_WEBHOOK_CONFIGURATION]))
		return true;
	s->certificates = mem_alloc(sizeof(*s->certificates));
	arena_init(&s->certificates->arena, 1024);
	return start_keeper(s, err);
}

void serve_certificates_poke(struct server *s)
{
	if (s->certificates && s->certificates->keeper)
		cert_keeper_poke(s->certificates->keeper);
}

void serve_certificates_stop(struct server *s)
{
	if (s->certificates == NULL)
		return;
	cert_keeper_stop(&s->certificates->keeper);
	arena_done(&s->certificates->arena);
	mem_free(&s->certificates);
}
