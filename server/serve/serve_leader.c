#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/kube/election.h"
#include "server/serve/cluster.h"
#include "server/serve/server.h"

struct serve_leader {
	struct kube_election *election;
	char identity[192]; /* in the Lease: no other process has or had it */
	char holder[KUBE_LEASE_HOLDER];
};

/*
 * Our identity in the Lease. It says whether we run a controller, and for which namespace, by which
 * other Raygates know whom to stand back for (controller/rivals.h).
 */
static void name_ourselves(const struct server *s, char *out, size_t size)
{
	const struct str watched = settings_str(s->settings, SETTING_WATCH_NAMESPACE);
	char host[64] = "";
	uint64_t number = 0;

	gethostname(host, sizeof(host) - 1);
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		number = (uint64_t)getpid();
	if (s->controller == NULL)
		snprintf(out, size, "%s_%016" PRIx64, host, number);
	else if (watched.len == 0)
		snprintf(out, size, "%s_%016" PRIx64 RIVAL_CONTROLLER, host, number);
	else
		snprintf(out, size, "%s_%016" PRIx64 RIVAL_CONTROLLER_OF "%.*s", host, number,
			STR_ARG(watched));
}

static void report(const struct server *s)
{
	const char *const holder = s->leader->holder;

	if (s->app.leads)
		health_fine(s->app.health, HEALTH_LEADER, "this replica leads");
	else if (holder[0])
		health_fine(s->app.health, HEALTH_LEADER, "'%s' leads", holder);
	else
		health_bad(s->app.health, HEALTH_LEADER, "nobody leads");
}

static void changed(void *context, bool leads, const char *holder)
{
	struct server *const s = context;

	s->app.leads = leads;
	snprintf(s->leader->holder, sizeof(s->leader->holder), "%s", holder);
	report(s);
	LOG(INFO, "leader", KV_BOOL("thisReplica", leads), KV("holder", holder));
	serve_certificates_poke(s);
	serve_controller_leads(s, leads);
}

static void trouble(void *context, const struct err *err)
{
	struct server *const s = context;

	if (err == NULL)
		report(s);
	else if (health_bad(s->app.health, HEALTH_LEADER, "%s", err->text))
		LOG(WARN, "the Lease cannot be had", KV("error", err->text));
}

bool serve_leader_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL)
		return true;
	s->leader = mem_alloc(sizeof(*s->leader));
	name_ourselves(s, s->leader->identity, sizeof(s->leader->identity));
	const struct kube_election_options options = {
		.lease = {.client = s->cluster->client,
			.namespace = s->cluster->namespace,
			.name = settings_str(s->settings, SETTING_LEASE).at,
			.identity = s->leader->identity},
		.changed = changed,
		.trouble = trouble,
		.context = s,
	};

	health_bad(s->app.health, HEALTH_LEADER, "nobody is known to lead yet");
	return kube_election_start(&options, &s->leader->election, err);
}

bool serve_leader_leads(const struct server *s)
{
	return kube_election_leads(s->leader->election);
}

void serve_leader_stop(struct server *s)
{
	if (s->leader == NULL)
		return;
	kube_election_stop(&s->leader->election);
	mem_free(&s->leader);
}
