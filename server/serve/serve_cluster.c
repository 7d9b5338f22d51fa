#include "server/serve/cluster.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/config/version.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

static const char *given_or_null(const struct server *s, enum setting setting)
{
	const struct str value = settings_str(s->settings, setting);

	return value.len ? value.at : NULL;
}

/* Called by whatever thread has asked. */
static void observe(void *context, const char *method, int status, int64_t nanoseconds)
{
	struct server *const s = context;
	const char *const server = s->cluster->config->server;
	char code[16];
	bool differs;

	(void)nanoseconds;
	snprintf(code, sizeof(code), "%d", status);
	metrics_count(s->app.metrics, TELEMETRY_KUBE_REQUESTS,
		METRICS_VALUES(str_from(method), status ? str_from(code) : STR("none")));
	if (status)
		differs = health_fine(s->app.health, HEALTH_CLUSTER, "%s answers", server);
	else
		differs = health_bad(s->app.health, HEALTH_CLUSTER, "%s does not answer", server);
	if (!differs)
		return;
	if (status)
		LOG(INFO, "the API server answers", KV("server", server));
	else
		LOG(WARN, "the API server does not answer", KV("server", server));
}

bool serve_cluster_start(struct server *s, struct err *err)
{
	const struct kube_config_options options = {
		.kubeconfig = given_or_null(s, SETTING_KUBECONFIG),
		.context = given_or_null(s, SETTING_CONTEXT),
	};
	const char *const namespace = given_or_null(s, SETTING_OWN_NAMESPACE);

	if (s->offline)
		return true;
	struct serve_cluster *const cluster = s->cluster = mem_alloc(sizeof(*cluster));

	if (!kube_config_load(&options, &cluster->config, err))
		return err_wrap(err, "no cluster to serve (--offline needs none)");
	if (!kube_transport_load(err))
		return false;
	cluster->namespace = namespace ? namespace : cluster->config->namespace;
	cluster->stop = kube_stop_new();
	cluster->client = kube_client_new(&(struct kube_client_options){
		.transport = kube_transport_new(cluster->config, "raygate/" RAYGATE_VERSION),
		.stop = cluster->stop,
		.observe = observe,
		.context = s,
	});
	LOG(INFO, "cluster", KV("server", cluster->config->server),
		KV("as", cluster->config->origin), KV("namespace", cluster->namespace));
	return true;
}

void serve_cluster_stop(struct server *s)
{
	struct serve_cluster *const cluster = s->cluster;

	if (cluster == NULL)
		return;
	kube_client_free(&cluster->client);
	kube_stop_free(&cluster->stop);
	kube_config_free(&cluster->config);
	mem_free(&s->cluster);
}
