/* The embedded controller: what it needs of the server, and what it says of itself. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "server/serve/cluster.h"
#include "server/serve/server.h"
#include "server/serve/telemetry.h"

/* At least so long between two looks at one cluster, so that what happens meanwhile costs one look.
 */
#define GAP (20 * CLOCK_MILLISECOND)

enum { BLIND = 160 };

struct mismatch;

struct serve_controller {
	char host[64];
	pthread_mutex_t mutex; /* over the states, which two threads may tell */
	enum controller_state states[DIALECTS];
	char who[DIALECTS][RIVAL_NAME];
	const struct mismatch *mismatch;          /* the last that was logged */
	char blind[DIALECTS][WORLD_KINDS][BLIND]; /* what it cannot follow, and why */
};

static const char *const STATES[CONTROLLER_STATES] = {
	[CONTROLLER_STANDS_BY] = "this replica does not lead",
	[CONTROLLER_READS] = "what is there is being read",
	[CONTROLLER_YIELDS] = "left to",
	[CONTROLLER_UNPLANNED] = "not reconciled by this version",
	[CONTROLLER_WORKS] = "reconciled here",
};

static struct str group_of(enum dialect dialect)
{
	return str_from(DIALECT_WORDS[dialect].group);
}

static const struct policy *take_policy(void *context)
{
	struct server *const s = context;

	return policy_store_acquire(s->app.policy);
}

static void give_policy(void *context, const struct policy *policy)
{
	struct server *const s = context;

	policy_store_release(s->app.policy, policy);
}

static void count(void *context, const char *kind, const char *result)
{
	struct server *const s = context;

	metrics_count(s->app.metrics, TELEMETRY_CONTROLLER_ACTIONS,
		METRICS_VALUES(str_from(kind), str_from(result)));
}

static bool leads(void *context)
{
	return serve_leader_leads(context);
}

static void looked(void *context, enum dialect dialect, int64_t nanoseconds)
{
	struct server *const s = context;

	metrics_observe(metrics_series(s->app.metrics, TELEMETRY_CONTROLLER_RECONCILE,
				METRICS_VALUES(group_of(dialect))),
		nanoseconds);
}

static void ready(void *context, enum dialect dialect, int64_t seconds)
{
	struct server *const s = context;

	metrics_observe(metrics_series(s->app.metrics, TELEMETRY_CONTROLLER_READY,
				METRICS_VALUES(group_of(dialect))),
		seconds * CLOCK_SECOND);
}

/* A policy that counts pods and holds rules as somebody makes them who does not. */
struct mismatch {
	const char *health, *log;
};

static const struct mismatch THEIRS = {
	", while the policy's target is raygate",
	"the policy's target is raygate: pods are counted and rules are held as nobody makes them; "
	"as long as KubeRay leads write kuberay there",
};
static const struct mismatch OURS = {
	", while the policy's target is not raygate",
	"the policy's target is not raygate: pods are counted and rules are held as nobody makes "
	"them, and what this controller does not make is told at no apply; as long as it leads "
	"write raygate there",
};
static const struct mismatch NO_MISMATCH = {"", NULL};

static const struct mismatch *mismatch_of(struct server *s)
{
	const struct serve_controller *const c = s->controller;
	const enum controller_state is = c->states[DIALECT_MODERN];
	const struct policy *const policy = policy_store_acquire(s->app.policy);
	const enum policy_controller target = policy->target.controller;

	policy_store_release(s->app.policy, policy);
	if (is == CONTROLLER_YIELDS && target == POLICY_CONTROLLER_RAYGATE &&
		strstr(c->who[DIALECT_MODERN], RIVAL_CONTROLLER) == NULL)
		return &THEIRS;
	if (is == CONTROLLER_WORKS && target != POLICY_CONTROLLER_RAYGATE)
		return &OURS;
	return &NO_MISMATCH;
}

/* What is to be logged of it; NULL where nothing is, or that was before. */
static const char *mismatch_news(struct server *s)
{
	const struct mismatch *const is = mismatch_of(s);
	const bool same = is == s->controller->mismatch;

	s->controller->mismatch = is;
	return same ? NULL : is->log;
}

/* A dialect that somebody else reconciles, or nobody can, is nothing that must be mended. */
static void tell_health(struct server *s)
{
	const struct serve_controller *const c = s->controller;
	const enum controller_state *const is = c->states;

	for (enum dialect i = 0; i < DIALECTS; i++) {
		for (enum world_kind kind = 0; kind < WORLD_KINDS; kind++) {
			if (c->blind[i][kind][0] == 0)
				continue;
			health_bad(s->app.health, HEALTH_CONTROLLER, "%s: %s",
				DIALECT_WORDS[i].group, c->blind[i][kind]);
			return;
		}
	}
	health_fine(s->app.health, HEALTH_CONTROLLER, "%s: %s%s%.60s%s; %s: %s%s%.60s",
		DIALECT_WORDS[DIALECT_MODERN].group, STATES[is[DIALECT_MODERN]],
		c->who[DIALECT_MODERN][0] ? " " : "", c->who[DIALECT_MODERN],
		mismatch_of(s)->health, DIALECT_WORDS[DIALECT_LEGACY].group,
		STATES[is[DIALECT_LEGACY]], c->who[DIALECT_LEGACY][0] ? " " : "",
		c->who[DIALECT_LEGACY]);
}

static void note_state(
	void *context, enum dialect dialect, enum controller_state state, const char *who)
{
	struct server *const s = context;
	struct serve_controller *const c = s->controller;

	pthread_mutex_lock(&c->mutex);
	c->states[dialect] = state;
	if (state == CONTROLLER_STANDS_BY)
		memset(c->blind[dialect], 0, sizeof(c->blind[dialect]));
	snprintf(c->who[dialect], RIVAL_NAME, "%s", who);
	tell_health(s);
	const char *const mismatch = mismatch_news(s);

	pthread_mutex_unlock(&c->mutex);
	metrics_set(metrics_series(s->app.metrics, TELEMETRY_CONTROLLER_ACTIVE,
			    METRICS_VALUES(group_of(dialect))),
		state == CONTROLLER_WORKS);
	if (state == CONTROLLER_YIELDS)
		LOG(WARN, "another controller reconciles these RayClusters",
			KV("group", group_of(dialect)), KV("lease", who));
	else
		LOG(INFO, "controller", KV("group", group_of(dialect)), KV("state", STATES[state]));
	if (mismatch)
		LOG(WARN, mismatch);
}

static void note_blind(void *context, enum dialect dialect, enum world_kind kind, const char *why)
{
	struct server *const s = context;
	struct serve_controller *const c = s->controller;

	pthread_mutex_lock(&c->mutex);
	snprintf(c->blind[dialect][kind], BLIND, "%s", why ? why : "");
	tell_health(s);
	pthread_mutex_unlock(&c->mutex);
}

bool serve_controller_start(struct server *s, struct err *err)
{
	(void)err;
	if (s->cluster == NULL || settings_bool(s->settings, SETTING_NO_CONTROLLER))
		return true;
	struct serve_controller *const c = s->controller = mem_alloc(sizeof(*c));
	const struct str watched = settings_str(s->settings, SETTING_WATCH_NAMESPACE);

	if (watched.len && !str_is(watched, s->cluster->namespace))
		LOG(WARN, "other controllers leave a namespace to us only if we run in it",
			KV("watched", watched), KV("namespace", str_from(s->cluster->namespace)));
	pthread_mutex_init(&c->mutex, NULL);
	gethostname(c->host, sizeof(c->host) - 1);
	s->app.controller = controller_new(&(struct controller_options){
		.client = s->cluster->client,
		.host = c->host,
		.domain = settings_str(s->settings, SETTING_CLUSTER_DOMAIN),
		.watched = watched.len ? watched.at : NULL,
		.namespace = s->cluster->namespace,
		.lease = settings_str(s->settings, SETTING_LEASE).at,
		.plans = {[DIALECT_MODERN] = plan_modern, [DIALECT_LEGACY] = plan_legacy},
		.gap = GAP,
		.server = {take_policy, give_policy, looked, ready, s},
		.count = count,
		.leads = leads,
		.state = note_state,
		.blind = note_blind,
		.context = s,
	});
	return true;
}

void serve_controller_stop(struct server *s)
{
	if (s->controller == NULL)
		return;
	controller_free(&s->app.controller);
	pthread_mutex_destroy(&s->controller->mutex);
	mem_free(&s->controller);
}

void serve_controller_see(
	struct server *s, enum dialect dialect, const struct json_node *object, struct arena *arena)
{
	if (s->controller)
		controller_see(s->app.controller, dialect, object, arena);
}

void serve_controller_unsee(
	struct server *s, enum dialect dialect, struct str namespace, struct str name)
{
	if (s->controller)
		controller_unsee(s->app.controller, dialect, namespace, name);
}

void serve_controller_listing(struct server *s, enum dialect dialect)
{
	if (s->controller)
		controller_listing(s->app.controller, dialect);
}

void serve_controller_told(struct server *s, enum dialect dialect)
{
	if (s->controller)
		controller_told(s->app.controller, dialect);
}

void serve_controller_leads(struct server *s, bool leads)
{
	struct err err;

	if (s->controller == NULL)
		return;
	if (!leads)
		controller_yield(s->app.controller);
	else if (!controller_lead(s->app.controller, &err))
		LOG(ERROR, "the controller cannot start", KV("error", err.text));
}

void serve_controller_judge(struct server *s)
{
	if (s->controller == NULL)
		return;
	controller_policy_changed(s->app.controller);
	pthread_mutex_lock(&s->controller->mutex);
	tell_health(s);
	const char *const mismatch = mismatch_news(s);

	pthread_mutex_unlock(&s->controller->mutex);
	if (mismatch)
		LOG(WARN, mismatch);
}

static void set(struct app *app, enum telemetry_row row, const struct str *values, int64_t value)
{
	metrics_set(metrics_series(app->metrics, row, values), value);
}

/* Every series, also those of 0: a state that no cluster is in any more must not stay as it was. */
static void gather_clusters(struct app *app, enum dialect dialect, const struct world_tally *tally)
{
	static const char *const WORDS[WORLD_STATES] = {
		[WORLD_PENDING] = "pending",
		[WORLD_READY] = "ready",
		[WORLD_SUSPENDED] = "suspended",
		[WORLD_FAILED] = "failed",
	};
	static const char *const VERDICTS[WORLD_VERDICTS] = {
		[WORLD_UNJUDGED] = "unknown",
		[WORLD_ACCEPTED] = "true",
		[WORLD_REFUSED] = "false",
	};

	for (size_t i = 0; i < WORLD_STATES; i++)
		for (size_t k = 0; k < WORLD_VERDICTS; k++)
			set(app, TELEMETRY_CONTROLLER_CLUSTERS,
				METRICS_VALUES(group_of(dialect), str_from(WORDS[i]),
					str_from(VERDICTS[k])),
				(int64_t)tally->clusters[i][k]);
}

void serve_controller_gather(struct app *app)
{
	if (app->controller == NULL)
		return;
	const struct controller_stats stats = controller_stats(app->controller);

	for (enum dialect i = 0; i < DIALECTS; i++) {
		gather_clusters(app, i, &stats.clusters[i]);
		set(app, TELEMETRY_CONTROLLER_PODS, METRICS_VALUES(group_of(i)),
			(int64_t)stats.pods[i]);
	}
	set(app, TELEMETRY_CONTROLLER_QUEUE, NULL, (int64_t)stats.queue.ready);
	set(app, TELEMETRY_CONTROLLER_QUEUE_AGE, NULL, stats.queue.age / CLOCK_MILLISECOND);
}
