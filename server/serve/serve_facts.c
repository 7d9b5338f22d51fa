/* What the cluster holds beside its RayClusters, for the preflight (server/facts/facts.h). */
#include <pthread.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/facts/facts.h"
#include "server/serve/cluster.h"
#include "server/serve/follower.h"
#include "server/serve/server.h"

/* A kind and where its objects go. */
struct fact {
	struct serve_facts *owner;
	enum facts_kind kind;
	bool is_missing;
	struct follower follower;
};

struct serve_facts {
	struct server *server;
	struct fact facts[FACTS_KINDS];
	pthread_mutex_t mutex; /* of the numbers, and of what the health board is told of them */
	size_t known;          /* kinds of which all has been told */
	size_t missing;        /* kinds that may not be read, or that the cluster does not have */
};

static void put(void *context, const struct json_node *object, struct arena *arena)
{
	const struct fact *const fact = context;

	(void)arena;
	facts_put(fact->owner->server->app.facts, fact->kind, object);
}

static void drop(void *context, struct str namespace, struct str name)
{
	const struct fact *const fact = context;

	facts_remove(fact->owner->server->app.facts, fact->kind, namespace, name);
}

static void told(void *context, bool there)
{
	struct fact *const fact = context;
	struct serve_facts *const facts = fact->owner;
	struct health *const health = facts->server->app.health;

	pthread_mutex_lock(&facts->mutex);
	facts->missing -= fact->is_missing;
	fact->is_missing = !there;
	facts->missing += fact->is_missing;
	if (there) {
		facts_set_known(facts->server->app.facts, fact->kind);
		facts->known++;
	}
	if (facts->missing)
		health_bad(health, HEALTH_FACTS, "%zu kinds of objects cannot be read: see the log",
			facts->missing);
	else
		health_fine(
			health, HEALTH_FACTS, "%zu kinds of objects are followed", facts->known);
	pthread_mutex_unlock(&facts->mutex);
}

static void broken(void *context, bool is_broken)
{
	const struct fact *const fact = context;

	facts_set_broken(fact->owner->server->app.facts, fact->kind, is_broken ? clock_now() : 0);
}

/* Most of what a node says of itself is the images that it has. */
static const struct json_place NODE_SKIPPED[] = {
	{2, "managedFields"},
	{2, "images"},
	{0, NULL},
};

static bool is_wanted(const struct server *s, enum facts_kind kind)
{
	if (kind == FACTS_GCS_STORE) /* serve_ledger.c follows RayClusters */
		return false;
	return kind != FACTS_SECRET || settings_bool(s->settings, SETTING_PREFLIGHT_SECRETS);
}

static bool follow(struct serve_facts *facts, enum facts_kind kind, struct err *err)
{
	struct fact *const fact = &facts->facts[kind];
	const struct facts_source *const source = &FACTS_SOURCES[kind];

	*fact = (struct fact){
		.owner = facts,
		.kind = kind,
		.follower =
			{
				.resource = {source->group, source->version, source->resource,
					!source->namespaced},
				.context = fact,
				.object = put,
				.gone = drop,
				.told = told,
				.broken = broken,
				.skip = kind == FACTS_NODE ? NODE_SKIPPED : NULL,
				.label_selector = source->selector,
				.metadata_only = source->names_only,
				.is_quiet = true,
			},
	};
	return follower_start(&fact->follower, facts->server->cluster->client, err);
}

bool serve_facts_start(struct server *s, struct err *err)
{
	if (s->cluster == NULL || settings_bool(s->settings, SETTING_NO_PREFLIGHT))
		return true;
	struct serve_facts *const facts = s->facts = mem_alloc(sizeof(*facts));

	facts->server = s;
	pthread_mutex_init(&facts->mutex, NULL);
	s->app.facts = facts_new();
	health_bad(s->app.health, HEALTH_FACTS, "nothing was read yet");
	for (enum facts_kind kind = 0; kind < FACTS_KINDS; kind++) {
		if (is_wanted(s, kind) && !follow(facts, kind, err))
			return false;
	}
	return true;
}

void serve_facts_stop(struct server *s)
{
	if (s->facts == NULL)
		return;
	for (enum facts_kind kind = 0; kind < FACTS_KINDS; kind++)
		follower_stop(&s->facts->facts[kind].follower);
	facts_free(&s->app.facts);
	pthread_mutex_destroy(&s->facts->mutex);
	mem_free(&s->facts);
}
