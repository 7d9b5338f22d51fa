#include "server/quota/ledger.h"

#include <criterion/criterion.h>
#include <stdio.h>

static struct ledger *ledger;

static void start(void)
{
	ledger = ledger_new(4);
}

static void stop(void)
{
	ledger_free(&ledger);
}

TestSuite(ledger, .init = start, .fini = stop);

static enum ledger_answer reserve(const char *name, int64_t cpu, bool raises, bool dry_run)
{
	const struct ledger_amount charge[] = {
		{STR("requests.cpu"), quantity_whole(cpu)}, {STR("pods"), quantity_whole(1)}};
	const struct ledger_amount hard[] = {{STR("requests.cpu"), quantity_whole(4)}};
	const struct ledger_claim claim = {
		.key = {STR("ray.io"), STR("RayCluster"), STR("ray"), str_from(name), STR("")},
		.charge = charge,
		.charge_count = ARRAY_LEN(charge),
		.hard = hard,
		.hard_count = ARRAY_LEN(hard),
		.raises = raises,
		.dry_run = dry_run,
	};
	struct ledger_result result;

	ledger_reserve(ledger, &claim, &result);
	return result.answer;
}

static void release(const char *name)
{
	ledger_release(ledger, &(struct ledger_key){STR("ray.io"), STR("RayCluster"), STR("ray"),
				       str_from(name), STR("")});
}

Test(ledger, clusters_fit_until_the_quota_is_full)
{
	cr_assert_eq(reserve("a", 3, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("b", 1, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("c", 1, true, false), LEDGER_EXCEEDED);
	cr_assert_eq(ledger_count(ledger), 2u);
}

Test(ledger, the_same_cluster_is_charged_once)
{
	cr_assert_eq(reserve("a", 3, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("a", 4, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("a", 5, true, false), LEDGER_EXCEEDED);
	cr_assert_eq(reserve("a", 1, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("b", 3, true, false), LEDGER_FITS);
}

Test(ledger, a_dry_run_leaves_nothing)
{
	cr_assert_eq(reserve("a", 4, true, true), LEDGER_FITS);
	cr_assert_eq(ledger_count(ledger), 0u);
	cr_assert_eq(reserve("b", 4, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("a", 1, true, true), LEDGER_EXCEEDED);
}

Test(ledger, a_charge_that_does_not_rise_is_never_refused)
{
	cr_assert_eq(reserve("a", 4, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("old", 9, false, false), LEDGER_FITS);
	cr_assert_eq(reserve("b", 1, true, false), LEDGER_EXCEEDED);
}

Test(ledger, what_is_released_can_be_had_again)
{
	cr_assert_eq(reserve("a", 4, true, false), LEDGER_FITS);
	release("a");
	release("a");
	cr_assert_eq(ledger_count(ledger), 0u);
	cr_assert_eq(reserve("b", 4, true, false), LEDGER_FITS);
}

Test(ledger, what_others_hold_stays_when_one_is_released)
{
	cr_assert_eq(reserve("a", 1, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("b", 3, true, false), LEDGER_FITS);
	release("a");
	cr_assert_eq(ledger_count(ledger), 1u);
	cr_assert_eq(reserve("c", 2, true, false), LEDGER_EXCEEDED);
	cr_assert_eq(reserve("c", 1, true, false), LEDGER_FITS);
	release("b");
	release("c");
	cr_assert_eq(ledger_count(ledger), 0u);
	cr_assert_eq(reserve("d", 4, true, false), LEDGER_FITS);
}

/* More amounts than an answer tells of, and one that the cluster does not ask for. */
Test(ledger, the_first_of_many_excesses_are_told)
{
	enum { MANY = LEDGER_EXCESS_MAX + 3 };
	struct ledger_amount charge[MANY], hard[MANY + 1];
	static char names[MANY][8];

	for (size_t i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof(names[i]), "e/%zu", i);
		charge[i] = (struct ledger_amount){str_from(names[i]), quantity_whole(2)};
		hard[i] = (struct ledger_amount){str_from(names[i]), quantity_whole(1)};
	}
	hard[MANY] = (struct ledger_amount){STR("another"), quantity_whole(0)};
	struct ledger_claim claim = {
		.key = {STR("ray.io"), STR("RayCluster"), STR("ray"), STR("many"), STR("")},
		.charge = charge,
		.charge_count = MANY,
		.hard = hard,
		.hard_count = MANY + 1,
		.raises = true,
	};
	struct ledger_result result;

	ledger_reserve(ledger, &claim, &result);
	cr_assert_eq(result.answer, LEDGER_EXCEEDED);
	cr_assert_eq(result.excess_count, (size_t)LEDGER_EXCESS_MAX);
	claim.hard = &hard[MANY];
	claim.hard_count = 1;
	ledger_reserve(ledger, &claim, &result);
	cr_assert_eq(result.answer, LEDGER_FITS);
}

Test(ledger, the_excess_says_by_how_much)
{
	const struct ledger_amount charge[] = {{STR("requests.cpu"), quantity_unbounded()}};
	const struct ledger_amount hard[] = {{STR("requests.cpu"), quantity_whole(4)}};
	const struct ledger_claim claim = {
		.key = {STR("ray.io"), STR("RayCluster"), STR("ray"), STR("big"), STR("")},
		.charge = charge,
		.charge_count = 1,
		.hard = hard,
		.hard_count = 1,
		.raises = true,
	};
	struct ledger_result result;

	cr_assert_eq(reserve("a", 1, true, false), LEDGER_FITS);
	ledger_reserve(ledger, &claim, &result);
	cr_assert_eq(result.answer, LEDGER_EXCEEDED);
	cr_assert_eq(result.excess_count, 1u);
	cr_assert(quantity_is_unbounded(result.excess[0].asked));
	cr_assert_eq(quantity_cmp(result.excess[0].used, quantity_whole(1)), 0);
}

Test(ledger, an_unbounded_charge_can_be_taken_off_again)
{
	const struct ledger_amount charge[] = {{STR("requests.cpu"), quantity_unbounded()}};
	const struct ledger_claim claim = {
		.key = {STR("ray.io"), STR("RayCluster"), STR("ray"), STR("big"), STR("")},
		.charge = charge,
		.charge_count = 1,
	};
	struct ledger_result result;

	ledger_reserve(ledger, &claim, &result);
	cr_assert_eq(result.answer, LEDGER_FITS);
	cr_assert_eq(reserve("a", 3, true, false), LEDGER_FITS);
	cr_assert_eq(reserve("big", 2, true, false), LEDGER_EXCEEDED);
	release("big");
	cr_assert_eq(reserve("a", 4, true, false), LEDGER_FITS);
}

Test(ledger, more_clusters_than_it_keeps_are_refused)
{
	for (int i = 0; i < 4; i++)
		cr_assert_eq(reserve((const char[]){(char)('a' + i), '\0'}, 0, true, false),
			LEDGER_FITS);
	cr_assert_eq(reserve("one-more", 0, true, false), LEDGER_FULL);
	cr_assert_eq(reserve("a", 1, true, false), LEDGER_FITS);
}
