#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/serve/tls_secret.h"
#include "tests/support/certs_kit.h"
#include "tests/support/keeper_kit.h"

Test(cert_keeper_faults, an_api_server_that_is_away_at_the_start_is_waited_for)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	fake_cluster_set_away(w->cluster, true);
	const int64_t next = cert_keeper_look(w->first.keeper);

	cr_expect_leq(next, clock_now() + 5 * CLOCK_SECOND);
	cr_expect_null(w->first.serves);
	keeper_expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cr_expect_eq(w->first.warnings, 0, "no Event could be written");
	fake_cluster_set_away(w->cluster, false);
	cert_keeper_look(w->first.keeper);
	cr_expect(keeper_is_trusted(w, &w->first));
}

Test(cert_keeper_faults, an_api_server_that_goes_away_later_does_not_unready)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	fake_cluster_set_away(w->cluster, true);
	keeper_pass(2000);
	keeper_both_look(w);
	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	keeper_expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
	cr_expect_not_null(w->first.serves);
}

Test(cert_keeper_faults, a_secret_that_is_broken_is_told_once_and_left_alone)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	fake_cluster_put(w->cluster, KEEPER_SECRET,
		"{\"metadata\":{\"name\":\"raygate-tls\"},\"data\":{\"tls.crt\":\"eA==\","
		"\"tls.key\":\"eA==\"}}");
	for (int i = 0; i < 3; i++)
		cert_keeper_look(w->first.keeper);
	cr_expect_null(w->first.serves);
	cr_expect_eq(fake_cluster_writes(w->cluster), 0);
	cr_expect_eq(w->first.warnings, 1);
	cr_expect(str_contains(str_from(w->first.warning), "delete it"), "%s", w->first.warning);
	fake_cluster_delete(w->cluster, KEEPER_SECRET);
	cert_keeper_look(w->first.keeper);
	cr_expect(keeper_is_trusted(w, &w->first));
}

Test(cert_keeper_faults, a_secret_that_breaks_later_does_not_replace_what_is_served)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	fake_cluster_put(w->cluster, KEEPER_SECRET,
		"{\"metadata\":{\"name\":\"raygate-tls\"},\"data\":{\"tls.crt\":7}}");
	keeper_both_look(w);
	cr_expect_eq(w->first.takes, 1);
	cr_expect_eq(w->first.warnings, 1);
	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

/* As cert-manager or a person has it: a pair and its CA, but not the CA's key. */
static void put_foreign(const struct keeper_world *w, const struct mint_pair *ca)
{
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(ca, KEEPER_HOST, KIT_NOW);
	const struct managed_store store = {
		.tls_crt = pair.cert_pem, .tls_key = pair.key_pem, .ca_crt = ca->cert_pem};
	struct buf body CLEANUP(tls_secret_body_done) = {0};

	tls_secret_create_body("raygate-tls", &store, &body);
	*buf_reserve(&body, 1) = '\0';
	fake_cluster_put(w->cluster, KEEPER_SECRET, body.at);
}

Test(cert_keeper_faults, a_secret_of_somebody_else_is_served_and_published_and_never_changed)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	put_foreign(w, &ca);
	const struct str before =
		arena_str(&arena, str_from(fake_cluster_get(w->cluster, KEEPER_SECRET)));

	keeper_both_look(w);
	keeper_pass(360 * KIT_DAY);
	keeper_both_look(w);
	cr_expect(keeper_is_trusted(w, &w->first));
	cr_expect_str_eq(fake_cluster_get(w->cluster, KEEPER_SECRET), before.at);
	cr_expect_eq(w->first.takes, 1);
}

Test(cert_keeper_faults, a_pair_that_the_webhooks_would_refuse_does_not_replace_one_that_they_trust)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);

	keeper_both_look(w);
	put_foreign(w, &ca);
	cert_keeper_look(w->second.keeper);
	cr_expect_eq(w->second.takes, 1);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
	keeper_both_look(w); /* the leader has published the other CA: now it is the better one */
	keeper_both_look(w);
	cr_expect_eq(w->second.takes, 2);
	cr_expect(keeper_is_trusted(w, &w->second));
}

Test(cert_keeper_faults, what_rbac_forbids_is_told)
{
	static const char *const PARTS[] = {"secrets", "mutatingwebhook", "validatingwebhook"};

	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

		fake_cluster_forbid(w->cluster, PARTS[i]);
		cert_keeper_look(w->first.keeper);
		cert_keeper_look(w->first.keeper);
		cr_expect_eq(w->first.warnings, 1, "%s", PARTS[i]);
		keeper_expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_BAD);
		keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
		cr_expect_eq(w->first.serves != NULL, i > 0, "%s", PARTS[i]);
	}
}

Test(cert_keeper_faults, without_webhook_configurations_there_is_nothing_to_distrust)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	fake_cluster_delete(w->cluster, KEEPER_VALIDATING);
	fake_cluster_delete(w->cluster, KEEPER_MUTATING);
	keeper_both_look(w);
	cr_expect_not_null(w->first.serves);
	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	fake_cluster_put(w->cluster, KEEPER_VALIDATING, KEEPER_CONFIGURATION);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 1);
}

static void shuffle(void *context)
{
	struct keeper_world *const w = context;

	fake_cluster_put(w->cluster, KEEPER_VALIDATING,
		"{\"metadata\":{\"name\":\"raygate\"},\"webhooks\":["
		"{\"name\":\"other.example.com\",\"clientConfig\":{}},"
		"{\"name\":\"a.raygate.dev\",\"clientConfig\":{}}]}");
}

Test(cert_keeper_faults, a_list_of_webhooks_that_changes_under_the_patch_is_not_patched_wrongly)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	cert_keeper_look(w->first.keeper);
	fake_cluster_put(w->cluster, KEEPER_VALIDATING, KEEPER_CONFIGURATION);
	fake_cluster_before_write(w->cluster, shuffle, w);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 0);
	cert_keeper_look(w->first.keeper);
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 1);
}

/* A replica whose clock goes wrong, while nobody renews: it serves on, and says so. */
Test(cert_keeper_faults, a_certificate_out_of_time_is_told_once_and_served)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	keeper_pass(2 * keeper_life);
	cert_keeper_look(w->second.keeper);
	cert_keeper_look(w->second.keeper);
	keeper_expect_state(&w->second, HEALTH_CERTIFICATES, HEALTH_BAD);
	cr_expect_eq(w->second.warnings, 1);
	cr_expect(strstr(w->second.warning, "the certificate has expired: it is good from "), "%s",
		w->second.warning);
	cr_expect_not_null(w->second.serves);
	cert_keeper_look(w->first.keeper);
	cert_keeper_look(w->second.keeper);
	keeper_expect_state(&w->second, HEALTH_CERTIFICATES, HEALTH_FINE);
	/* What was in order is looked at again after a while. */
	clock_hold(clock_now() + keeper_life * CLOCK_SECOND,
		clock_wall() - keeper_life * CLOCK_SECOND);
	cert_keeper_look(w->second.keeper);
	cr_expect(strstr(w->second.warning, "the certificate is not valid yet"), "%s",
		w->second.warning);
}
