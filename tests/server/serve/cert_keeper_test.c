#include <string.h>

#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/certs_kit.h"
#include "tests/support/keeper_kit.h"

Test(cert_keeper, the_first_look_makes_serves_and_publishes)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cert_keeper_look(w->first.keeper);
	cr_expect(keeper_is_trusted(w, &w->first));
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 1);
	cr_expect_eq(keeper_cas_of(w, KEEPER_MUTATING), 1);
	keeper_expect_state(&w->first, HEALTH_CA_BUNDLE, HEALTH_FINE);
	keeper_expect_state(&w->first, HEALTH_CERTIFICATES, HEALTH_FINE);
	cert_keeper_look(w->second.keeper);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

Test(cert_keeper, nothing_is_written_while_all_is_in_order)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	const size_t writes = fake_cluster_writes(w->cluster);

	for (int i = 0; i < 100; i++) {
		keeper_pass(10);
		keeper_both_look(w);
	}
	cr_expect_eq(fake_cluster_writes(w->cluster), writes);
	cr_expect_eq(w->first.takes, 1);
}

static void second_looks(void *context)
{
	cert_keeper_look(((struct keeper_world *)context)->second.keeper);
}

Test(cert_keeper, of_two_that_create_at_once_the_slower_takes_what_the_other_made)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	fake_cluster_before_write(w->cluster, second_looks, w);
	cert_keeper_look(w->first.keeper);
	cr_assert_not_null(w->first.serves);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	cr_expect(keeper_is_trusted(w, &w->first));
}

Test(cert_keeper, of_two_that_renew_at_once_the_slower_takes_what_the_other_made)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	w->second.leads = true;
	keeper_pass(3000);
	fake_cluster_before_write(w->cluster, second_looks, w);
	cert_keeper_look(w->first.keeper);
	cr_expect_str_eq(w->first.serves, w->second.serves);
	cr_expect_eq(w->first.takes, 2);
	cr_expect_eq(w->second.takes, 2);
	cr_expect_eq(w->first.warnings, 0);
}

Test(cert_keeper, a_deleted_secret_is_replaced_without_a_moment_of_distrust)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

	fake_cluster_delete(w->cluster, KEEPER_SECRET);
	cert_keeper_look(w->second.keeper);
	cr_assert_null(
		fake_cluster_get(w->cluster, KEEPER_SECRET), "a follower waits for the leader");
	cert_keeper_look(w->first.keeper);
	cr_expect_str_eq(w->first.serves, before, "the old pair until the new CA is known");
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 2);
	cr_expect_eq(keeper_cas_of(w, KEEPER_MUTATING), 2);
	for (int i = 0; i < 3; i++) {
		keeper_pass(10);
		keeper_both_look(w);
		cr_expect(keeper_is_trusted(w, &w->first));
		cr_expect(keeper_is_trusted(w, &w->second));
	}
	cr_expect_str_neq(w->first.serves, before);
	cr_expect_str_eq(w->first.serves, w->second.serves);
}

Test(cert_keeper, a_new_ca_is_known_for_ten_seconds_before_it_is_used)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	/* The CA of ten hours is nearly old, and its pair is renewed so that it is young. */
	for (int i = 0; i < 12; i++) {
		keeper_pass(30 * 60);
		keeper_both_look(w);
	}
	char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

	cr_assert_eq(keeper_cas_of(w, KEEPER_VALIDATING), 1);
	while (keeper_cas_of(w, KEEPER_VALIDATING) == 1) {
		keeper_pass(60);
		keeper_both_look(w);
		if (keeper_cas_of(w, KEEPER_VALIDATING) == 1 &&
			strcmp(before, w->first.serves) != 0) {
			mem_free(&before);
			before = mem_strdup(w->first.serves);
		}
	}
	for (int second = 0; second < 10; second++) {
		cr_expect_str_eq(w->first.serves, before, "second %d", second);
		keeper_pass(1);
		cert_keeper_look(w->first.keeper);
	}
	keeper_pass(1);
	keeper_both_look(w);
	cr_expect_str_neq(w->first.serves, before);
	cr_expect(keeper_is_trusted(w, &w->first));
}

static int64_t seconds_until(int64_t next)
{
	return (next - clock_now()) / CLOCK_SECOND;
}

Test(cert_keeper, who_publishes_or_is_not_trusted_looks_again_soon)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	cr_expect_leq(seconds_until(cert_keeper_look(w->first.keeper)), 2);
	cr_expect_gt(seconds_until(cert_keeper_look(w->second.keeper)), 5);
	/* deleted, it may be made anew at any moment */
	fake_cluster_delete(w->cluster, KEEPER_MUTATING);
	fake_cluster_delete(w->cluster, KEEPER_VALIDATING);
	cr_expect_leq(seconds_until(cert_keeper_look(w->first.keeper)), 2);
	fake_cluster_put(w->cluster, KEEPER_MUTATING, KEEPER_CONFIGURATION);
	cr_expect_leq(seconds_until(cert_keeper_look(w->second.keeper)), 2);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cert_keeper_look(w->first.keeper);
	cr_expect_gt(seconds_until(cert_keeper_look(w->second.keeper)), 5);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

Test(cert_keeper, a_blanked_bundle_is_put_back_by_the_leader_and_unreadies_meanwhile)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	keeper_both_look(w);
	fake_cluster_put(w->cluster, KEEPER_MUTATING, KEEPER_CONFIGURATION);
	cert_keeper_look(w->second.keeper);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cr_expect_eq(keeper_cas_of(w, KEEPER_MUTATING), 0);
	keeper_both_look(w);
	cr_expect_eq(keeper_cas_of(w, KEEPER_MUTATING), 1);
	keeper_expect_state(&w->second, HEALTH_CA_BUNDLE, HEALTH_FINE);
}

/* All is in order, and was when it was looked at last. */
static void be_calm(struct keeper_world *w)
{
	for (int i = 0; i < 3; i++) {
		keeper_both_look(w);
		keeper_pass(10);
	}
	keeper_both_look(w);
}

/* Whether the next look goes as far as telling of health. */
static bool looks_closely(struct keeper_replica *r)
{
	health_bad(r->health, HEALTH_CERTIFICATES, "nobody has looked");
	cert_keeper_look(r->keeper);
	return health_read(r->health, HEALTH_CERTIFICATES, NULL) == HEALTH_FINE;
}

static void nothing(struct keeper_world *w)
{
	(void)w;
}

static void bundle_is_blanked(struct keeper_world *w)
{
	fake_cluster_put(w->cluster, KEEPER_MUTATING, KEEPER_CONFIGURATION);
}

static void secret_goes(struct keeper_world *w)
{
	fake_cluster_delete(w->cluster, KEEPER_SECRET);
}

static void lead_goes(struct keeper_world *w)
{
	w->first.leads = false;
}

static void api_server_is_away_for_a_look(struct keeper_world *w)
{
	fake_cluster_set_away(w->cluster, true);
	cert_keeper_look(w->first.keeper);
	fake_cluster_set_away(w->cluster, false);
}

static void a_minute_goes(struct keeper_world *w)
{
	(void)w;
	keeper_pass(60);
}

/* Certificates are verified anew only where there is a reason to. */
Test(cert_keeper, what_is_as_it_was_in_order_is_not_judged_again)
{
	static const struct {
		void (*happens)(struct keeper_world *w);
		bool closely;
	} CASES[] = {
		{nothing, false},
		{bundle_is_blanked, true},
		{secret_goes, true},
		{lead_goes, true},
		{api_server_is_away_for_a_look, true},
		{a_minute_goes, true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

		be_calm(w);
		CASES[i].happens(w);
		cr_expect_eq(looks_closely(&w->first), CASES[i].closely, "case %zu", i);
		cr_expect(keeper_is_trusted(w, &w->first), "case %zu", i);
	}
}

/* At two thirds of its life, whatever was in order a moment ago. */
Test(cert_keeper, a_short_life_is_renewed_in_time)
{
	keeper_life = 60;
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();

	for (int second = 0; second < 300; second++) {
		keeper_both_look(w);
		keeper_pass(1);
	}
	cr_expect_geq(w->first.takes, 7, "%d", w->first.takes);
}

Test(cert_keeper, replicas_stay_trusted_over_many_lives)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();
	int changes = 0;

	keeper_both_look(w);
	/* 40 lives of an hour, four of a CA. */
	for (int i = 0; i < 40 * 30; i++) {
		char *before CLEANUP(mem_free) = mem_strdup(w->first.serves);

		keeper_pass(120);
		if (i % 2)
			cert_keeper_look(w->second.keeper);
		cert_keeper_look(w->first.keeper);
		if (strcmp(before, w->first.serves) == 0)
			continue;
		changes++;
		cr_assert(keeper_is_trusted(w, &w->first), "look %d", i);
		cr_assert(keeper_is_trusted(w, &w->second), "look %d", i);
		cert_keeper_look(w->second.keeper);
		cr_assert_str_eq(w->first.serves, w->second.serves);
	}
	cr_expect_geq(changes, 40);
	cr_expect_eq(w->first.warnings, 0, "%s", w->first.warning);
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 2);
}

Test(cert_keeper, the_ca_of_a_folder_is_published_and_the_folder_left_alone)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, KEEPER_HOST, KIT_NOW);
	struct keeper_replica r = {.leads = true};
	char text[HEALTH_TEXT];

	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	keeper_replica_start(&r, w->cluster, folder);
	cert_keeper_look(r.keeper);
	cr_expect_eq(
		keeper_cas_of(w, KEEPER_VALIDATING), 0, "without ca.crt somebody else publishes");
	cr_expect_eq(health_read(r.health, HEALTH_CA_BUNDLE, text), HEALTH_BAD);
	cr_expect(str_contains(str_from(text), "there is no ca.crt"), "%s", text);
	kit_write(folder, "ca.crt", ca.cert_pem);
	cert_keeper_look(r.keeper);
	cr_expect_eq(keeper_cas_of(w, KEEPER_VALIDATING), 1);
	keeper_expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_FINE);
	cr_expect_eq(r.takes, 0);
	cr_expect_null(fake_cluster_get(w->cluster, KEEPER_SECRET));
	keeper_replica_done(&r);
}

Test(cert_keeper, what_somebody_else_injects_is_looked_at_alone)
{
	struct keeper_world *w CLEANUP(keeper_world_free) = keeper_world_new();
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct mint_pair ca CLEANUP(mint_pair_done) = kit_ca(KIT_NOW);
	struct mint_pair pair CLEANUP(mint_pair_done) = kit_pair(&ca, KEEPER_HOST, KIT_NOW);
	struct keeper_replica r = {.leads = true, .is_injected = true};
	struct keeper_replica injector = {.leads = true};

	kit_write(folder, "tls.crt", pair.cert_pem);
	kit_write(folder, "tls.key", pair.key_pem);
	keeper_replica_start(&r, w->cluster, folder);
	cert_keeper_look(r.keeper);
	keeper_expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_FINE); /* who knows */
	kit_write(folder, "ca.crt", ca.cert_pem);
	cert_keeper_look(r.keeper);
	keeper_expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_BAD);
	cr_expect_eq(fake_cluster_writes(w->cluster), 0u);
	keeper_replica_start(&injector, w->cluster, folder);
	cert_keeper_look(injector.keeper);
	cert_keeper_look(r.keeper);
	keeper_expect_state(&r, HEALTH_CA_BUNDLE, HEALTH_FINE);
	keeper_replica_done(&injector);
	keeper_replica_done(&r);
}
