#include "certs/managed.h"

#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/mem.h"
#include "certs/x509_check.h"
#include "tests/support/certs_kit.h"

enum { YEAR = 365 * KIT_DAY, SETTLE = 10 };

static const char *const HOSTS[] = {"raygate.raygate-system.svc", "10.0.0.7"};
static const char *const MORE_HOSTS[] = {"raygate.raygate-system.svc", "10.0.0.7", "gate.example"};

static struct managed_view view_of(const struct managed_store *stored, int64_t now)
{
	return (struct managed_view){
		.stored = stored,
		.hosts = HOSTS,
		.host_count = ARRAY_LEN(HOSTS),
		.life = YEAR,
		.leads = true,
		.has_bundles = true,
		.now = now,
	};
}

static struct managed_store step(const struct managed_view *view, enum managed_step which)
{
	struct managed_store next = {0};
	struct err err;

	cr_assert(managed_take_step(view, which, &next, &err), "%s", err.text);
	return next;
}

static struct managed_store created(int64_t now)
{
	const struct managed_store nothing = {0};
	const struct managed_view view = view_of(&nothing, now);

	return step(&view, MANAGED_CREATE);
}

static enum managed_step decide(const struct managed_view *view)
{
	struct managed_plan plan;
	struct err err;

	cr_assert(managed_decide(view, &plan, &err), "%s", err.text);
	cr_assert_not_null(plan.why);
	return plan.step;
}

static char *bundle_of(const struct managed_store *store)
{
	struct buf bundle = {0};
	struct err err;

	cr_assert(managed_bundle(store, &bundle, &err), "%s", err.text);
	return buf_take(&bundle);
}

static bool is_trusted(const struct managed_store *store, const char *bundle, int64_t now)
{
	struct serving_pair *pair CLEANUP(serving_free) = NULL;
	struct err err;

	cr_assert(managed_pair(store, &pair, &err), "%s", err.text);
	return managed_is_trusted(pair, str_from(bundle), now);
}

/* Of a clock that was three years ahead the next pair is good by both. */
Test(managed, what_a_clock_made_too_early_is_made_again_and_ends_no_sooner)
{
	struct managed_store fresh CLEANUP(managed_store_done) = created(KIT_NOW);
	const struct managed_view ahead = view_of(&fresh, KIT_NOW + 3 * YEAR);
	struct managed_store early CLEANUP(managed_store_done) = step(&ahead, MANAGED_RENEW);
	const struct managed_view right = view_of(&early, KIT_NOW);
	struct managed_store mended CLEANUP(managed_store_done) = step(&right, MANAGED_RENEW);
	struct serving_pair *before CLEANUP(serving_free) = NULL;
	struct serving_pair *after CLEANUP(serving_free) = NULL;
	struct err err;

	cr_assert(managed_pair(&early, &before, &err), "%s", err.text);
	cr_assert(managed_pair(&mended, &after, &err), "%s", err.text);
	cr_expect_gt(before->not_before, KIT_NOW);
	cr_expect_leq(after->not_before, KIT_NOW);
	cr_expect_eq(after->not_after, before->not_after);
}

/* Only then: a shorter life than the last is what was asked for. */
Test(managed, a_shorter_life_holds_from_the_next_renewal_on)
{
	struct managed_store fresh CLEANUP(managed_store_done) = created(KIT_NOW);
	struct managed_view view = view_of(&fresh, KIT_NOW + YEAR / 2);
	struct serving_pair *pair CLEANUP(serving_free) = NULL;
	struct err err;

	view.life = YEAR / 12;
	struct managed_store next CLEANUP(managed_store_done) = step(&view, MANAGED_RENEW);

	cr_assert(managed_pair(&next, &pair, &err), "%s", err.text);
	cr_expect_eq(pair->not_after, view.now + view.life);
}

Test(managed, what_is_due_follows_from_age_names_and_who_leads)
{
	struct managed_store fresh CLEANUP(managed_store_done) = created(KIT_NOW);
	const struct managed_view first = view_of(&fresh, KIT_NOW + 7 * YEAR);
	struct managed_store changed CLEANUP(managed_store_done) = step(&first, MANAGED_NEW_CA);
	const struct managed_view second = view_of(&changed, KIT_NOW + 7 * YEAR);
	struct managed_store switched CLEANUP(managed_store_done) = step(&second, MANAGED_SWITCH);
	const struct managed_view ahead = view_of(&fresh, KIT_NOW + 3 * YEAR);
	struct managed_store early CLEANUP(managed_store_done) = step(&ahead, MANAGED_RENEW);
	struct managed_store foreign CLEANUP(managed_store_done) = managed_store_copy(&fresh);
	const struct managed_store nothing = {0}, blank = {.tls_crt = (char[]){"\n"}};

	x509_secret_free(&foreign.ca_key);
	const struct {
		const char *name;
		const struct managed_store *stored, *served;
		int64_t after; /* KIT_NOW */
		bool follows, published, nobody, more_hosts;
		enum managed_step step;
	} cases[] = {
		{"nothing is stored", &nothing, NULL, 0, false, false, false, false,
			MANAGED_CREATE},
		{"all keys are blank", &blank, NULL, 0, false, false, false, false, MANAGED_CREATE},
		{"a follower creates, too", &nothing, NULL, 0, true, false, false, false,
			MANAGED_CREATE},
		{"it was deleted under us", &nothing, &fresh, 0, false, false, false, false,
			MANAGED_NEW_CA},
		{"it was deleted under a follower", &nothing, &fresh, 0, true, false, false, false,
			MANAGED_KEEP},
		{"fresh", &fresh, NULL, 0, false, false, false, false, MANAGED_KEEP},
		{"before two thirds", &fresh, NULL, YEAR * 2 / 3 - 1000, false, false, false, false,
			MANAGED_KEEP},
		{"after two thirds", &fresh, NULL, YEAR * 2 / 3 + 1, false, false, false, false,
			MANAGED_RENEW},
		{"after two thirds a follower waits", &fresh, NULL, YEAR * 2 / 3 + 1, true, false,
			false, false, MANAGED_KEEP},
		{"expired", &fresh, NULL, YEAR + 1, false, false, false, false, MANAGED_RENEW},
		{"a name is missing", &fresh, NULL, 0, false, false, false, true, MANAGED_RENEW},
		{"the clock went back", &fresh, NULL, -YEAR, false, false, false, false,
			MANAGED_KEEP},
		{"a clock went before ours", &early, NULL, 0, false, false, false, false,
			MANAGED_RENEW},
		{"a clock went before ours, a follower", &early, NULL, 0, true, false, false, false,
			MANAGED_KEEP},
		{"and is not that far any more", &early, NULL, 3 * YEAR, false, false, false, false,
			MANAGED_KEEP},
		{"the CA is old", &fresh, NULL, 10 * YEAR * 2 / 3 + 1, false, true, false, false,
			MANAGED_NEW_CA},
		{"the CA has expired", &fresh, NULL, 11 * YEAR, false, true, false, false,
			MANAGED_NEW_CA},
		{"the new CA is not known", &changed, NULL, YEAR / 2, false, false, false, false,
			MANAGED_KEEP},
		{"the new CA is known", &changed, NULL, 0, false, true, false, false,
			MANAGED_SWITCH},
		{"the new CA is known, a follower", &changed, NULL, 0, true, true, false, false,
			MANAGED_KEEP},
		{"the old pair ended before the new CA was known", &changed, NULL, 7 * YEAR, false,
			false, false, false, MANAGED_SWITCH},
		{"nobody publishes: a person has time", &changed, NULL, 0, false, false, true,
			false, MANAGED_KEEP},
		{"nobody publishes: time is over", &changed, NULL, YEAR * 5 / 6, false, false, true,
			false, MANAGED_SWITCH},
		{"an old pair may live", &switched, NULL, 7 * YEAR + YEAR / 2, false, true, false,
			false, MANAGED_KEEP},
		{"a renewal comes before forgetting", &switched, NULL, 8 * YEAR + 10, false, true,
			false, false, MANAGED_RENEW},
		{"somebody else's", &foreign, NULL, YEAR, false, true, false, true, MANAGED_KEEP},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct managed_view view = view_of(cases[i].stored, KIT_NOW + cases[i].after);

		view.served = cases[i].served;
		view.leads = !cases[i].follows;
		view.is_published = cases[i].published;
		view.has_bundles = !cases[i].nobody;
		if (cases[i].more_hosts) {
			view.hosts = MORE_HOSTS;
			view.host_count = ARRAY_LEN(MORE_HOSTS);
		}
		cr_expect_eq(decide(&view), cases[i].step, "%s: %d", cases[i].name, decide(&view));
	}
}

Test(managed, the_old_ca_is_forgotten_when_its_last_pair_has_ended)
{
	struct managed_store fresh CLEANUP(managed_store_done) = created(KIT_NOW);
	struct managed_view view = view_of(&fresh, KIT_NOW + 7 * YEAR);
	struct managed_store changed CLEANUP(managed_store_done) = step(&view, MANAGED_NEW_CA);

	view = view_of(&changed, KIT_NOW + 7 * YEAR);
	view.is_published = true;
	/* A pair that is young when the year is over. */
	view.now += YEAR / 2;
	struct managed_store switched CLEANUP(managed_store_done) = step(&view, MANAGED_SWITCH);

	view = view_of(&switched, KIT_NOW + 8 * YEAR - KIT_DAY);
	cr_expect_eq(decide(&view), MANAGED_KEEP);
	view.now = KIT_NOW + 8 * YEAR + KIT_DAY;
	cr_expect_eq(decide(&view), MANAGED_FORGET);
	struct managed_store after CLEANUP(managed_store_done) = step(&view, MANAGED_FORGET);

	cr_expect_null(after.ca_previous);
	view.stored = &after;
	cr_expect_eq(decide(&view), MANAGED_KEEP);
}

Test(managed, a_pair_is_good_for_its_names_and_leads_to_its_bundle)
{
	struct managed_store store CLEANUP(managed_store_done) = created(KIT_NOW);
	struct serving_pair *pair CLEANUP(serving_free) = NULL;
	char *bundle CLEANUP(mem_free) = bundle_of(&store);
	struct err err;

	cr_assert(managed_pair(&store, &pair, &err), "%s", err.text);
	cr_expect_eq(pair->host_count, 2);
	cr_expect_eq(pair->not_after, KIT_NOW + YEAR);
	cr_expect(managed_is_trusted(pair, str_from(bundle), KIT_NOW));
	cr_expect_not(managed_is_trusted(pair, str_from(""), KIT_NOW));
	cr_expect_not(managed_is_trusted(pair, str_from("no PEM"), KIT_NOW));
}

Test(managed, what_cannot_be_used_is_said_and_not_replaced)
{
	struct managed_store good CLEANUP(managed_store_done) = created(KIT_NOW);
	struct managed_store other CLEANUP(managed_store_done) = created(KIT_NOW);
	const struct {
		const char *name;
		struct managed_store store;
	} cases[] = {
		{"no key", {good.tls_crt, NULL, good.ca_crt, good.ca_key, NULL}},
		{"no certificate", {NULL, good.tls_key, good.ca_crt, good.ca_key, NULL}},
		{"another pair's key",
			{good.tls_crt, other.tls_key, good.ca_crt, good.ca_key, NULL}},
		{"another CA's key", {good.tls_crt, good.tls_key, good.ca_crt, other.ca_key, NULL}},
		{"a CA that is none",
			{good.tls_crt, good.tls_key, (char[]){"x"}, good.ca_key, NULL}},
		{"a key without its CA", {good.tls_crt, good.tls_key, NULL, good.ca_key, NULL}},
		{"keys alone", {NULL, NULL, NULL, good.ca_key, NULL}},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct managed_view view = view_of(&cases[i].store, KIT_NOW);
		struct managed_plan plan;
		struct err err = {0};

		cr_expect_not(managed_decide(&view, &plan, &err), "%s", cases[i].name);
		cr_expect(err.text[0], "%s", cases[i].name);
		cr_expect_null(strstr(err.text, "PRIVATE"), "%s: %s", cases[i].name, err.text);
	}
}

Test(managed, bundles_are_compared_by_what_they_hold)
{
	struct managed_store store CLEANUP(managed_store_done) = created(KIT_NOW);
	struct managed_store other CLEANUP(managed_store_done) = created(KIT_NOW);
	struct buf spaced CLEANUP(buf_done) = {0};

	buf_printf(&spaced, "# the CA\n\n%s\n\n", store.ca_crt);
	cr_expect(managed_bundle_equals(str_from(store.ca_crt), buf_str(&spaced)));
	cr_expect_not(managed_bundle_equals(str_from(store.ca_crt), str_from(other.ca_crt)));
	cr_expect_not(managed_bundle_equals(str_from(store.ca_crt), str_from("")));
	cr_expect_not(managed_bundle_equals(str_from(""), str_from("")));
}

Test(managed, asking_for_a_new_ca_again_and_again_does_not_grow_the_bundle_for_ever)
{
	struct managed_store store CLEANUP(managed_store_done) = created(KIT_NOW);

	for (int i = 0; i < 20; i++) {
		const struct managed_view view = view_of(&store, KIT_NOW + i);
		struct managed_store next = step(&view, MANAGED_NEW_CA);

		managed_store_done(&store);
		store = next;
	}
	struct x509_chain *previous CLEANUP(x509_chain_free) = kit_chain(store.ca_previous);

	cr_expect_eq(x509_chain_count(previous), 8);
}

/*
 * Replicas and API servers in one simulated time: each replica looks every ten seconds, each API
 * server learns a bundle a few seconds after it was written. At every second every pair that is
 * served must be trusted by every API server.
 */
enum { REPLICAS = 3, SERVERS = 2, LIFE = 600 };

struct world {
	struct managed_store stored;
	struct managed_store served[REPLICAS];
	char *written;        /* the bundle in the store of the API servers */
	char *known[SERVERS]; /* what each of them works with */
	int64_t written_at;
	int64_t published_since;
	int64_t now;
	int steps[MANAGED_STEPS];
	bool has_changed; /* since it was last checked */
};

static void replace(char **slot, const char *text)
{
	char *const old = *slot;

	*slot = mem_strdup(text);
	free(old);
}

static void publish(struct world *w)
{
	char *wanted CLEANUP(mem_free) = bundle_of(&w->stored);

	if (strcmp(wanted, w->written) != 0) {
		replace(&w->written, wanted);
		w->written_at = w->now;
		w->published_since = 0;
	} else if (w->published_since == 0) {
		w->published_since = w->now;
	}
}

static void look(struct world *w, size_t replica)
{
	struct managed_store *const served = &w->served[replica];
	struct managed_view view = view_of(&w->stored, w->now);

	view.served = served->tls_crt ? served : NULL;
	view.leads = replica == 0;
	view.life = LIFE;
	view.is_published = w->published_since && w->now - w->published_since >= SETTLE;
	const enum managed_step due = decide(&view);

	if (due != MANAGED_KEEP) {
		struct managed_store next = step(&view, due);

		managed_store_done(&w->stored);
		w->stored = next;
		w->steps[due]++;
	}
	if (!managed_store_is_empty(&w->stored) && !managed_store_equals(served, &w->stored)) {
		managed_store_done(served);
		*served = managed_store_copy(&w->stored);
		w->has_changed = true;
	}
	if (replica == 0)
		publish(w);
}

static void learn(struct world *w, size_t server)
{
	if (w->now < w->written_at + 2 + 5 * (int64_t)server ||
		strcmp(w->known[server], w->written) == 0)
		return;
	replace(&w->known[server], w->written);
	w->has_changed = true;
}

static void check(struct world *w)
{
	if (!w->has_changed)
		return;
	w->has_changed = false;
	for (size_t r = 0; r < REPLICAS; r++)
		for (size_t s = 0; s < SERVERS; s++)
			cr_assert(is_trusted(&w->served[r], w->known[s], w->now),
				"replica %zu, API server %zu, second %lld", r, s,
				(long long)(w->now - KIT_NOW));
}

Test(managed, in_no_second_of_many_lives_is_a_pair_served_that_somebody_refuses)
{
	struct world w = {.now = KIT_NOW, .written = mem_strdup("")};

	for (size_t r = 0; r < REPLICAS; r++)
		look(&w, r);
	for (size_t s = 0; s < SERVERS; s++)
		w.known[s] = mem_strdup(w.written);
	for (; w.now < KIT_NOW + 15 * LIFE; w.now++) {
		if (w.now == KIT_NOW + 3 * LIFE)
			managed_store_done(&w.stored); /* somebody deletes it */
		for (size_t r = 0; r < REPLICAS; r++)
			if ((w.now + (int64_t)r * 3) % 10 == 0)
				look(&w, r);
		for (size_t s = 0; s < SERVERS; s++)
			learn(&w, s);
		check(&w);
	}
	cr_expect_eq(w.steps[MANAGED_CREATE], 1);
	cr_expect_geq(w.steps[MANAGED_NEW_CA], 2, "%d", w.steps[MANAGED_NEW_CA]);
	cr_expect_eq(w.steps[MANAGED_SWITCH], w.steps[MANAGED_NEW_CA]);
	cr_expect_geq(w.steps[MANAGED_FORGET], 1);
	cr_expect_geq(w.steps[MANAGED_RENEW], 10);
	for (size_t r = 0; r < REPLICAS; r++)
		managed_store_done(&w.served[r]);
	for (size_t s = 0; s < SERVERS; s++)
		mem_free(&w.known[s]);
	managed_store_done(&w.stored);
	mem_free(&w.written);
}
