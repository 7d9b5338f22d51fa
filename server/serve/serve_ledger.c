/*
 * The RayClusters that are there, for the quotas of the policy (server/quota/ledger.h), for what is
 * wrong with them (stored.h), and for what two of them must not share (server/facts/facts.h).
 */
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/admission/charge.h"
#include "server/facts/facts.h"
#include "server/serve/cluster.h"
#include "server/serve/follower.h"
#include "server/serve/server.h"
#include "server/serve/stored.h"

/* The clusters of one dialect. */
struct counted {
	struct serve_ledger *owner;
	enum dialect dialect;
	bool was_told;
	struct stored *stored;
	struct follower follower;
};

struct serve_ledger {
	struct server *server;
	struct counted counted[DIALECTS];
	_Atomic size_t told;
};

/* What the ledger has no use for, and the controller has. */
static const struct json_place SKIPPED[] = {
	{2, "managedFields"},
	{1, "status"},
	{0, NULL},
};

static void see(void *context, const struct json_node *object, struct arena *arena)
{
	const struct counted *const counted = context;
	struct app *const app = &counted->owner->server->app;
	const struct policy *const policy = policy_store_acquire(app->policy);

	serve_controller_see(counted->owner->server, counted->dialect, object, arena);
	charge_see(arena, policy, app->ledger, counted->dialect, object);
	stored_see(counted->stored, policy, object, arena);
	if (app->facts && counted->dialect == DIALECT_MODERN)
		facts_put(app->facts, FACTS_GCS_STORE, object);
	policy_store_release(app->policy, policy);
}

static void unsee(void *context, struct str namespace, struct str name)
{
	const struct counted *const counted = context;
	struct app *const app = &counted->owner->server->app;
	const struct ledger_key key = {
		.group = str_from(DIALECT_WORDS[counted->dialect].group),
		.kind = STR("RayCluster"),
		.namespace = namespace,
		.name = name,
	};

	if (app->facts && counted->dialect == DIALECT_MODERN)
		facts_remove(app->facts, FACTS_GCS_STORE, namespace, name);
	ledger_unsee(app->ledger, &key);
	stored_unsee(counted->stored, namespace, name);
	serve_controller_unsee(counted->owner->server, counted->dialect, namespace, name);
}

/* Of a kind that cannot be read, what we admit ourselves is still counted. */
static void told(void *context, bool there)
{
	struct counted *const counted = context;
	struct serve_ledger *const ledger = counted->owner;

	if (!there)
		LOG(INFO, "quotas count none of these RayClusters",
			KV("group", DIALECT_WORDS[counted->dialect].group));
	if (there && ledger->server->app.facts && counted->dialect == DIALECT_MODERN)
		facts_set_known(ledger->server->app.facts, FACTS_GCS_STORE);
	stored_told(counted->stored);
	serve_controller_told(ledger->server, counted->dialect);
	if (counted->was_told)
		return;
	counted->was_told = true;
	if (++ledger->told < DIALECTS)
		return;
	ledger_set_known(ledger->server->app.ledger);
	health_fine(ledger->server->app.health, HEALTH_QUOTA, "all RayClusters are counted");
}

static bool follow(struct serve_ledger *ledger, enum dialect dialect, struct err *err)
{
	struct counted *const counted = &ledger->counted[dialect];
	const struct str watched = settings_str(ledger->server->settings, SETTING_WATCH_NAMESPACE);

	serve_controller_listing(ledger->server, dialect);
	*counted = (struct counted){
		.owner = ledger,
		.dialect = dialect,
		.stored = stored_new(ledger->server->app.metrics, dialect),
		.follower =
			{
				.resource = {DIALECT_WORDS[dialect].group, "v1", "rayclusters",
					false},
				.context = counted,
				.object = see,
				.gone = unsee,
				.told = told,
				.skip = ledger->server->controller ? NULL : SKIPPED,
				.namespace = watched.len ? watched.at : NULL,
				/* The controller is told of all that it writes itself. */
				.is_quiet = ledger->server->controller == NULL,
			},
	};
	return follower_start(&counted->follower, ledger->server->cluster->client, err);
}

/*
 * Until all RayClusters are counted, requests that a quota may refuse are answered 429. A replica
 * that has just started is not ready meanwhile, so that others are asked; but not for longer than
 * `awaited_until` (clock_now()), since most requests have nothing to do with a quota. With a new
 * policy all replicas count anew at the same time; then it is 0, and they stay ready.
 */
static void say_uncounted(struct server *s, int64_t awaited_until)
{
	health_await(s->app.health, HEALTH_QUOTA, awaited_until,
		"the RayClusters that are there are being counted; what a quota may refuse is "
		"answered with 429");
}

static int64_t awaited_until(struct server *s)
{
	const struct http_limits limits = http_limits_default();
	const struct policy *const policy = policy_store_acquire(s->app.policy);
	const bool may_refuse = charge_may_refuse(policy);

	policy_store_release(s->app.policy, policy);
	return may_refuse
		       ? clock_now() + http_limit(&limits, HTTP_LIMIT_QUOTA_MS) * CLOCK_MILLISECOND
		       : 0;
}

bool serve_ledger_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL)
		return true;
	struct serve_ledger *const ledger = s->counted = mem_alloc(sizeof(*ledger));

	ledger->server = s;
	say_uncounted(s, awaited_until(s));
	return follow(ledger, DIALECT_MODERN, err) && follow(ledger, DIALECT_LEGACY, err);
}

void serve_ledger_stop(struct server *s)
{
	if (s->counted == NULL)
		return;
	for (size_t i = 0; i < DIALECTS; i++) {
		follower_stop(&s->counted->counted[i].follower);
		stored_free(&s->counted->counted[i].stored);
	}
	mem_free(&s->counted);
}

/* Charges depend on the policy, so with a new one all clusters are listed again. */
void serve_ledger_recount(struct server *s)
{
	struct err err;

	if (s->counted == NULL)
		return;
	for (size_t i = 0; i < DIALECTS; i++)
		follower_stop(&s->counted->counted[i].follower);
	ledger_start_over(s->app.ledger);
	say_uncounted(s, 0);
	if (s->app.facts)
		facts_forget(s->app.facts, FACTS_GCS_STORE);
	s->counted->told = 0;
	for (size_t i = 0; i < DIALECTS; i++) {
		s->counted->counted[i].was_told = false;
		stored_start_over(s->counted->counted[i].stored);
		serve_controller_listing(s, s->counted->counted[i].dialect);
		if (!follower_start(&s->counted->counted[i].follower, s->cluster->client, &err))
			LOG(ERROR, "quotas cannot count by the new policy", KV("error", err.text));
	}
	serve_controller_judge(s);
}
