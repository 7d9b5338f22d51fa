#include "tests/support/keeper_kit.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/mem.h"
#include "certs/managed.h"
#include "server/serve/ca_bundle.h"
#include "server/serve/tls_secret.h"
#include "tests/support/certs_kit.h"

int64_t keeper_life = 3600;

const char KEEPER_CONFIGURATION[] =
	"{\"metadata\":{\"name\":\"raygate\"},\"webhooks\":["
	"{\"name\":\"a.raygate.dev\",\"clientConfig\":{\"service\":{\"name\":\"raygate\"}}},"
	"{\"name\":\"b.raygate.dev\",\"clientConfig\":{\"service\":{\"name\":\"raygate\"}}}]}";

static const char *const HOSTS[] = {KEEPER_HOST};

static bool leads(void *context)
{
	return ((struct keeper_replica *)context)->leads;
}

static bool take(void *context, const struct serving_pair *pair, struct err *err)
{
	struct keeper_replica *const r = context;

	(void)err;
	mem_free(&r->serves);
	r->serves = mem_strdup(pair->cert_pem);
	r->takes++;
	return true;
}

static void tell(void *context, bool warning, const char *reason, const char *text)
{
	struct keeper_replica *const r = context;

	cr_assert(reason[0] >= 'A' && reason[0] <= 'Z', "%s", reason);
	if (!warning)
		return;
	r->warnings++;
	snprintf(r->warning, sizeof(r->warning), "%s", text);
}

void keeper_replica_start(struct keeper_replica *r, struct fake_cluster *cluster, const char *dir)
{
	r->client = fake_cluster_client(cluster);
	r->health = health_new();
	r->keeper = cert_keeper_new(&(struct cert_keeper_options){
		.client = r->client,
		.namespace = "gate",
		.secret = "raygate-tls",
		.configuration = "raygate",
		.dir = dir,
		.is_injected = r->is_injected,
		.hosts = HOSTS,
		.host_count = 1,
		.life = keeper_life,
		.health = r->health,
		.leads = leads,
		.take = take,
		.tell = tell,
		.context = r,
	});
}

void keeper_replica_done(struct keeper_replica *r)
{
	cert_keeper_free(&r->keeper);
	kube_client_free(&r->client);
	health_free(&r->health);
	mem_free(&r->serves);
}

struct keeper_world *keeper_world_new(void)
{
	struct keeper_world *const w = mem_alloc(sizeof(*w));

	clock_hold(1, KIT_NOW * CLOCK_SECOND);
	w->cluster = fake_cluster_new();
	fake_cluster_put(w->cluster, KEEPER_VALIDATING, KEEPER_CONFIGURATION);
	fake_cluster_put(w->cluster, KEEPER_MUTATING, KEEPER_CONFIGURATION);
	keeper_replica_start(&w->first, w->cluster, NULL);
	keeper_replica_start(&w->second, w->cluster, NULL);
	w->first.leads = true;
	return w;
}

void keeper_world_free(struct keeper_world **w)
{
	keeper_replica_done(&(*w)->first);
	keeper_replica_done(&(*w)->second);
	fake_cluster_free(&(*w)->cluster);
	mem_free(w);
	clock_release();
}

void keeper_pass(int64_t seconds)
{
	clock_advance(seconds * CLOCK_SECOND);
}

void keeper_both_look(struct keeper_world *w)
{
	cert_keeper_look(w->first.keeper);
	cert_keeper_look(w->second.keeper);
}

static const struct json_node *read_object(
	const struct keeper_world *w, const char *path, struct arena *arena)
{
	static const struct json_limits LIMITS = {1 << 20, 64, 1 << 16, NULL, NULL};
	const char *const json = fake_cluster_get(w->cluster, path);
	struct json_doc doc;
	struct err err;

	cr_assert_not_null(json, "%s", path);
	cr_assert(json_read(arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

int keeper_cas_of(const struct keeper_world *w, const char *path)
{
	struct arena arena CLEANUP(arena_done);
	size_t count;
	int cas = -2;

	arena_init(&arena, 4096);
	const struct ca_bundle *const bundles =
		ca_bundle_read(read_object(w, path, &arena), &arena, &count);

	for (size_t i = 0; i < count; i++) {
		struct x509_chain *chain CLEANUP(x509_chain_free) = NULL;
		struct err err;
		const int here = x509_chain_parse(bundles[i].pem, &chain, &err)
					 ? (int)x509_chain_count(chain)
					 : 0;

		cas = cas == -2 || cas == here ? here : -1;
	}
	return cas;
}

bool keeper_is_trusted(const struct keeper_world *w, const struct keeper_replica *r)
{
	static const char *const PATHS[] = {KEEPER_VALIDATING, KEEPER_MUTATING};
	struct arena arena CLEANUP(arena_done);
	bool trusted = r->serves != NULL;

	arena_init(&arena, 4096);
	for (size_t p = 0; p < ARRAY_LEN(PATHS); p++) {
		const struct serving_pair pair = {.cert_pem = r->serves};
		size_t count;
		const struct ca_bundle *const bundles =
			ca_bundle_read(read_object(w, PATHS[p], &arena), &arena, &count);

		for (size_t i = 0; trusted && i < count; i++)
			trusted = managed_is_trusted(
				&pair, bundles[i].pem, clock_wall() / CLOCK_SECOND);
	}
	return trusted;
}

void keeper_expect_state(struct keeper_replica *r, enum health_part part, enum health_state state)
{
	char words[HEALTH_TEXT];

	cr_assert_eq(
		health_read(r->health, part, words), state, "%s: %s", health_name(part), words);
}
