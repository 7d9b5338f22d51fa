/*
 * The RayClusters that are there, for the quotas of the policy (server/quota/ledger.h), and for
 * what two of them must not share (server/facts/facts.h).
 */
#include "base/log.h"
#include "base/mem.h"
#include "server/admission/charge.h"
#include "server/facts/facts.h"
#include "server/serve/cluster.h"
#include "server/serve/follower.h"
#include "server/serve/server.h"

/* The clusters of one dialect. */
struct counted {
	struct serve_ledger *owner;
	enum dialect dialect;
	bool was_told;
	struct follower follower;
};

enum { DIALECTS = 2 };

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
	serve_controller_told(ledger->server, counted->dialect);
	if (counted->was_told)
		return;
	counted->was_told = true;
	if (++ledger->told == DIALECTS)
		ledger_set_known(ledger->server->app.ledger);
}

static bool follow(struct serve_ledger *ledger, enum dialect dialect, struct err *err)
{
	struct counted *const counted = &ledger->counted[dialect];
	const struct str watched = settings_str(&ledger->server->settings, SETTING_WATCH_NAMESPACE);

	serve_controller_listing(ledger->server, dialect);
	*counted = (struct counted){
		.owner = ledger,
		.dialect = dialect,
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

bool serve_ledger_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL)
		return true;
	struct serve_ledger *const ledger = s->counted = mem_alloc(sizeof(*ledger));

	ledger->server = s;
	return follow(ledger, DIALECT_MODERN, err) && follow(ledger, DIALECT_LEGACY, err);
}

void serve_ledger_stop(struct server *s)
{
	if (s->counted == NULL)
		return;
	for (size_t i = 0; i < DIALECTS; i++)
		follower_stop(&s->counted->counted[i].follower);
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
	if (s->app.facts)
		facts_forget(s->app.facts, FACTS_GCS_STORE);
	s->counted->told = 0;
	for (size_t i = 0; i < DIALECTS; i++) {
		s->counted->counted[i].was_told = false;
		serve_controller_listing(s, s->counted->counted[i].dialect);
		if (!follower_start(&s->counted->counted[i].follower, s->cluster->client, &err))
			LOG(ERROR, "quotas cannot count by the new policy", KV("error", err.text));
	}
	serve_controller_judge(s);
}
