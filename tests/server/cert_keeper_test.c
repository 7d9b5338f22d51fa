#include "server/cert_keeper.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "certs/managed.h"
#include "server/ca_bundle.h"
#include "server/tls_secret.h"
#include "tests/support/certs_kit.h"
#include "tests/support/fake_cluster.h"

#define SECRET     "/api/v1/namespaces/gate/secrets/raygate-tls"
#define WEBHOOKS   "/apis/admissionregistration.k8s.io/v1/"
#define VALIDATING WEBHOOKS "validatingwebhookconfigurations/raygate"
#define MUTATING   WEBHOOKS "mutatingwebhookconfigurations/raygate"

static const char CONFIGURATION[] =
	"{\"metadata\":{\"name\":\"raygate\"},\"webhooks\":["
	"{\"name\":\"a.raygate.dev\",\"clientConfig\":{\"service\":{\"name\":\"raygate\"}}},"
	"{\"name\":\"b.raygate.dev\",\"clientConfig\":{\"service\":{\"name\":\"raygate\"}}}]}";

static const char *const HOSTS[] = {"raygate.gate.svc"};

/* A replica: what it serves, and what it told. */
struct replica {
	struct cert_keeper *keeper;
	struct health *health;
	struct kube_client *client;
	char *serves; /* PEM of the certificate, or NULL */
	bool leads;
	int takes, warnings;
	char warning[256];
};

struct world {
	struct fake_cluster *cluster;
	struct replica first, second;
};

static bool leads(void *context)
{
	return ((struct replica *)context)->leads;
}

static bool take(void *context, const struct serving_pair *pair, struct err *err)
{
	struct replica *const r = context;

	(void)err;
	mem_free(&r->serves);
	r->serves = mem_strdup(pair->cert_pem);
	r->takes++;
	return true;
}

static void tell(void *context, bool warning, const char *reason, const char *text)
{
	struct replica *const r = context;

	cr_assert(reason[0] >= 'A' && reason[0] <= 'Z', "%s", reason);
	if (!warning)
		return;
	r->warnings++;
	snprintf(r->warning, sizeof(r->warning), "%s", text);
}

static void replica_start(struct replica *r, struct fake_cluster *cluster, const char *dir)
{
	r->client = fake_cluster_client(cluster);
	r->health = health_new();
	r->keeper = cert_keeper_new(&(struct cert_keeper_options){
		.client = r->client,
		.namespace = "gate",
		.secret = "raygate-tls",
		.configuration = "raygate",
		.dir = dir,
		.hosts = HOSTS,
		.host_count = 1,
		.life = 3600,
		.health = r->health,
		.leads = leads,
		.take = take,
		.tell = tell,
		.context = r,
	});
}

static void replica_done(struct replica *r)
{
	cert_keeper_free(&r->keeper);
	kube_client_free(&r->client);
	health_free(&r->health);
	mem_free(&r->serves);
}

static struct world *world_new(void)
{
	struct world *const w = mem_alloc(sizeof(*w));

	log_start(LOG_LEVEL_ERROR, LOG_FORMAT_TEXT);
	clock_hold(1, KIT_NOW * CLOCK_SECOND);
	w->cluster = fake_cluster_new();
	fake_cluster_put(w->cluster, VALIDATING, CONFIGURATION);
	fake_cluster_put(w->cluster, MUTATING, CONFIGURATION);
	replica_start(&w->first, w->cluster, NULL);
	replica_start(&w->second, w->cluster, NULL);
	w->first.leads = true;
	return w;
}

static void world_free(struct world **w)
{
	replica_done(&(*w)->first);
	replica_done(&(*w)->second);
	fake_cluster_free(&(*w)->cluster);
	mem_free(w);
	clock_release();
}

static void pass(int64_t seconds)
{
	clock_advance(seconds * CLOCK_SECOND);
}

static void both_look(struct world *w)
{
	cert_keeper_look(w->first.keeper);
	cert_keeper_look(w->second.keeper);
}

static const struct json_node *read_object(
	const struct world *w, const char *path, struct arena *arena)
{
	static const struct json_limits LIMITS = {1 << 20, 64, 1 << 16, NULL, NULL};
	const char *const json = fake_cluster_get(w->cluster, path);
	struct json_doc doc;
	struct err err;

	cr_assert_not_null(json, "%s", path);
	cr_assert(json_read(arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

/* How many CAs the webhooks of a configuration trust, all the same; -1 when they differ. */
static int cas_of(const struct world *w, const char *path)
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

/* Whether every webhook trusts what the replica serves. */
static bool is_trusted(const struct world *w, const struct replica *r)
{
	static const char *const PATHS[] = {VALIDATING, MUTATING};
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

static void expect_state(struct replica *r, enum health_part part, enum health_state state)
{
	char words[HEALTH_TEXT];

	cr_assert_eq(
		health_read(r->health, part, words), state, "%s: %s", health_name(part), words);
}

Test(cert_keeper, the_first_look_makes_serves_and_publishes)
{
	struct world *w CLEANUP(world_free) = world_new();

	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cert_keeper_look(w->first.keeper);
	cr_expect(is_trusted(w, &w->first));
	cr_expect_eq(cas_of(w, VALIDATING), 1);
	cr_expect_eq(cas_of(w, MUTATING), 1);
	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_FINE);
	cert_keeper_look(w->second.keeper);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

Test(cert_keeper, nothing_is_written_while_all_is_in_order)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	const size_t writes = fake_cluster_writes(w->cluster);

	for (int i = 0; i < 100; i++) {
		pass(10);
		both_look(w);
	}
	cr_expect_eq(fake_cluster_writes(w->cluster), writes);
	cr_expect_eq(w->first.takes, 1);
}

static void second_looks(void *context)
{
	cert_keeper_look(((struct world *)context)->second.keeper);
}

Test(cert_keeper, of_two_that_create_at_once_the_slower_takes_what_the_other_made)
{
	struct world *w CLEANUP(world_free) = world_new();

	fake_cluster_before_write(w->cluster, second_looks, w);
	cert_keeper_look(w->first.keeper);
	cr_assert_not_null(w->first.serves);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	cr_expect(is_trusted(w, &w->first));
}

Test(cert_keeper, of_two_that_renew_at_once_the_slower_takes_what_the_other_made)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	w->second.leads = true;
	pass(3000);
	fake_cluster_before_write(w->cluster, second_looks, w);
	cert_keeper_look(w->first.keeper);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	cr_expect_eq(w->first.takes, 2);
	cr_expect_eq(w->second.takes, 2);
	cr_expect_eq(w->first.warnings, 0);
}

Test(cert_keeper, a_deleted_secret_is_replaced_without_a_moment_of_distrust)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

	fake_cluster_delete(w->cluster, SECRET);
	cert_keeper_look(w->second.keeper);
	cr_assert_null(fake_cluster_get(w->cluster, SECRET), "a follower waits for the leader");
	cert_keeper_look(w->first.keeper);
	cr_expect_str_eq(w->first.serves, before, "the old pair until the new CA is known");
	cr_expect_eq(cas_of(w, VALIDATING), 2);
	cr_expect_eq(cas_of(w, MUTATING), 2);
	for (int i = 0; i < 3; i++) {
		pass(10);
		both_look(w);
		cr_expect(is_trusted(w, &w->first));
		cr_expect(is_trusted(w, &w->second));
	}
	cr_expect_str_neq(w->first.serves, before);
	cr_expect_str_eq(w->first.serves, w->second.serves);
}

Test(cert_keeper, a_new_ca_is_known_for_ten_seconds_before_it_is_used)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	/* The CA of ten hours is nearly old, and its pair is renewed so that it is young. */
	for (int i = 0; i < 12; i++) {
		pass(30 * 60);
		both_look(w);
	}
	char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

	cr_assert_eq(cas_of(w, VALIDATING), 1);
	while (cas_of(w, VALIDATING) == 1) {
		pass(60);
		both_look(w);
		if (cas_of(w, VALIDATING) == 1 && strcmp(before, w->first.serves) != 0) {
			mem_free(&before);
			before = mem_strdup(w->first.serves);
		}
	}
	for (int second = 0; second < 10; second++) {
		cr_expect_str_eq(w->first.serves, before, "second %d", second);
		pass(1);
		cert_keeper_look(w->first.keeper);
	}
	pass(1);
	both_look(w);
	cr_expect_str_neq(w->first.serves, before);
	cr_expect(is_trusted(w, &w->first));
}

Test(cert_keeper, a_blanked_bundle_is_put_back_by_the_leader_and_unreadies_meanwhile)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	fake_cluster_put(w->cluster, MUTATING, CONFIGURATION);
	cert_keeper_look(w->second.keeper);
	expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cr_expect_eq(cas_of(w, MUTATING), 0);
	both_look(w);
	cr_expect_eq(cas_of(w, MUTATING), 1);
	expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

Test(cert_keeper, an_api_server_that_is_away_at_the_start_is_waited_for)
{
	struct world *w CLEANUP(world_free) = world_new();

	fake_cluster_set_away(w->cluster, true);
	const int64_t next = cert_keeper_look(w->first.keeper);

	cr_expect_leq(next, clock_now() + 5 * CLOCK_SECOND);
	cr_expect_null(w->first.serves);
	expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cr_expect_eq(w->first.warnings, 0, "no Event could be written");
	fake_cluster_set_away(w->cluster, false);
	cert_keeper_look(w->first.keeper);
	cr_expect(is_trusted(w, &w->first));
}

Test(cert_keeper, an_api_server_that_goes_away_later_does_not_unready)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	fake_cluster_set_away(w->cluster, true);
	pass(2000);
	both_look(w);
	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
	cr_expect_not_null(w->first.serves);
}

Test(cert_keeper, a_secret_that_is_broken_is_told_once_and_left_alone)
{
	struct world *w CLEANUP(world_free) = world_new();

	fake_cluster_put(w->cluster, SECRET,
		"{\"metadata\":{\"name\":\"raygate-tls\"},\"data\":{\"tls.crt\":\"eA==\","
		"\"tls.key\":\"eA==\"}}");
	for (int i = 0; i < 3; i++)
		cert_keeper_look(w->first.keeper);
	cr_expect_null(w->first.serves);
	cr_expect_eq(fake_cluster_writes(w->cluster), 0);
	cr_expect_eq(w->first.warnings, 1);
	cr_expect(str_contains(str_from(w->first.warning), "delete it"), "%s", w->first.warning);
	fake_cluster_delete(w->cluster, SECRET);
	cert_keeper_look(w->first.keeper);
	cr_expect(is_trusted(w, &w->first));
}

Test(cert_keeper, a_secret_that_breaks_later_does_not_replace_what_is_served)
{
	struct world *w CLEANUP(world_free) = world_new();

	both_look(w);
	fake_cluster_put(w->cluster, SECRET,
		"{\"metadata\":{\"name\":\"raygate-tls\"},\"data\":{\"tls.crt\":7}}");
	both_look(w);
	cr_expect_eq(w->first.takes, 1);
	cr_expect_eq(w->first.warnings, 1);
	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

/* As cert-manager or a person has it: a pair and its CA, but not the CA's key. */
static void put_foreign(const struct world *w, const struct mint_pair *ca)
{
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(ca, HOSTS[0], KIT_NOW);
	const struct managed_store store = {
		.tls_crt = pair.cert_pem, .tls_key = pair.key_pem, .ca_crt = ca->cert_pem};
	struct buf body CLEANUP(tls_secret_body_done) = {0};

	tls_secret_create_body("raygate-tls", &store, &body);
	*buf_reserve(&body, 1) = '\0';
	fake_cluster_put(w->cluster, SECRET, body.at);
}

Test(cert_keeper, a_secret_of_somebody_else_is_served_and_published_and_never_changed)
{
	struct world *w CLEANUP(world_free) = world_new();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	put_foreign(w, &ca);
	const struct str before = arena_str(&arena, str_from(fake_cluster_get(w->cluster, SECRET)));

	both_look(w);
	pass(360 * KIT_DAY);
	both_look(w);
	cr_expect(is_trusted(w, &w->first));
	cr_expect_str_eq(fake_cluster_get(w->cluster, SECRET), before.at);
	cr_expect_eq(w->first.takes, 1);
}

Test(cert_keeper, a_pair_that_the_webhooks_would_refuse_does_not_replace_one_that_they_trust)
{
	struct world *w CLEANUP(world_free) = world_new();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);

	both_look(w);
	put_foreign(w, &ca);
	cert_keeper_look(w->second.keeper);
	cr_expect_eq(w->second.takes, 1);
	expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
	both_look(w); /* the leader has published the other CA: now it is the better one */
	both_look(w);
	cr_expect_eq(w->second.takes, 2);
	cr_expect(is_trusted(w, &w->second));
}

Test(cert_keeper, what_rbac_forbids_is_told)
{
	static const char *const PARTS[] = {"secrets", "mutatingwebhook", "validatingwebhook"};

	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		struct world *w CLEANUP(world_free) = world_new();

		fake_cluster_forbid(w->cluster, PARTS[i]);
		cert_keeper_look(w->first.keeper);
		cert_keeper_look(w->first.keeper);
		cr_expect_eq(w->first.warnings, 1, "%s", PARTS[i]);
		expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
		expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
		cr_expect_eq(w->first.serves != NULL, i > 0, "%s", PARTS[i]);
	}
}

Test(cert_keeper, without_webhook_configurations_there_is_nothing_to_distrust)
{
	struct world *w CLEANUP(world_free) = world_new();

	fake_cluster_delete(w->cluster, VALIDATING);
	fake_cluster_delete(w->cluster, MUTATING);
	both_look(w);
	cr_expect_not_null(w->first.serves);
	expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	fake_cluster_put(w->cluster, VALIDATING, CONFIGURATION);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(cas_of(w, VALIDATING), 1);
}

Test(cert_keeper, replicas_stay_trusted_over_many_lives)
{
	struct world *w CLEANUP(world_free) = world_new();
	int changes = 0;

	both_look(w);
	/* 40 lives of an hour, four of a CA. */
	for (int i = 0; i < 40 * 30; i++) {
		char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

		pass(120);
		if (i % 2)
			cert_keeper_look(w->second.keeper);
		cert_keeper_look(w->first.keeper);
		if (strcmp(before, w->first.serves) == 0)
			continue;
		changes++;
		cr_assert(is_trusted(w, &w->first), "look %d", i);
		cr_assert(is_trusted(w, &w->second), "look %d", i);
		cert_keeper_look(w->second.keeper);
		cr_assert_str_eq(w->first.serves, w->second.serves);
	}
	cr_expect_geq(changes, 40);
	cr_expect_eq(w->first.warnings, 0, "%s", w->first.warning);
	cr_expect_eq(cas_of(w, VALIDATING), 2);
}

Test(cert_keeper, the_ca_of_a_folder_is_published_and_the_folder_left_alone)
{
	struct world *w CLEANUP(world_free) = world_new();
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, HOSTS[0], KIT_NOW);
	struct replica r = {.leads = true};

	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	replica_start(&r, w->cluster, folder);
	cert_keeper_look(r.keeper);
	cr_expect_eq(cas_of(w, VALIDATING), 0, "without ca.crt somebody else publishes");
	expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_BAD);
	kit_write(folder, "ca.crt", ca.cert_pem);
	cert_keeper_look(r.keeper);
	cr_expect_eq(cas_of(w, VALIDATING), 1);
	expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_FINE);
	cr_expect_eq(r.takes, 0);
	cr_expect_null(fake_cluster_get(w->cluster, SECRET));
	replica_done(&r);
}

static void shuffle(void *context)
{
	struct world *const w = context;

	fake_cluster_put(w->cluster, VALIDATING,
		"{\"metadata\":{\"name\":\"raygate\"},\"webhooks\":["
		"{\"name\":\"other.example.com\",\"clientConfig\":{}},"
		"{\"name\":\"a.raygate.dev\",\"clientConfig\":{}}]}");
}

Test(cert_keeper, a_list_of_webhooks_that_changes_under_the_patch_is_not_patched_wrongly)
{
	struct world *w CLEANUP(world_free) = world_new();

	cert_keeper_look(w->first.keeper);
	fake_cluster_put(w->cluster, VALIDATING, CONFIGURATION);
	fake_cluster_before_write(w->cluster, shuffle, w);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(cas_of(w, VALIDATING), 0);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(cas_of(w, VALIDATING), 1);
}
