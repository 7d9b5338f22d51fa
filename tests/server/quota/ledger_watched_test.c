/* A ledger that is told by a watch what is there. The clock's hands are held. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "server/quota/ledger.h"

static struct ledger *ledger;

static void start(void)
{
	clock_hold(0, 0);
	ledger = ledger_new_watched(4);
	ledger_set_known(ledger);
}

static void stop(void)
{
	ledger_free(&ledger);
	clock_release();
}

TestSuite(ledger_watched, .init = start, .fini = stop);

static struct ledger_key key(const char *name)
{
	return (struct ledger_key){
		STR("ray.io"), STR("RayCluster"), STR("ray"), str_from(name), STR("")};
}

/* Of a quota of 4 CPU; what does not raise the charge is not held against it. */
static enum ledger_answer claim(const char *name, int64_t cpu, bool raises)
{
	const struct ledger_amount charge = {STR("requests.cpu"), quantity_whole(cpu)};
	const struct ledger_amount hard = {STR("requests.cpu"), quantity_whole(4)};
	const struct ledger_claim asked = {
		.key = key(name),
		.charge = &charge,
		.charge_count = 1,
		.hard = &hard,
		.hard_count = 1,
		.raises = raises,
	};
	struct ledger_result result;

	ledger_reserve(ledger, &asked, &result);
	return result.answer;
}

static enum ledger_answer reserve(const char *name, int64_t cpu)
{
	return claim(name, cpu, true);
}

static void see(const char *name, int64_t cpu)
{
	const struct ledger_amount charge = {STR("requests.cpu"), quantity_whole(cpu)};
	const struct ledger_key k = key(name);

	ledger_see(ledger, &k, &charge, 1);
}

static void unsee(const char *name)
{
	const struct ledger_key k = key(name);

	ledger_unsee(ledger, &k);
}

static void pass(int64_t seconds)
{
	clock_advance(seconds * CLOCK_SECOND);
}

Test(ledger_watched, nothing_is_said_until_all_that_is_there_was_told)
{
	struct ledger *young = ledger_new_watched(4);
	struct ledger *const known = ledger;

	ledger = young;
	cr_expect_eq(reserve("a", 1), LEDGER_BUSY);
	cr_expect_eq(claim("c", 1, false), LEDGER_FITS);
	see("b", 4);
	cr_expect_eq(reserve("a", 1), LEDGER_BUSY);
	ledger_set_known(ledger);
	cr_expect_eq(reserve("a", 1), LEDGER_EXCEEDED);
	ledger = known;
	ledger_free(&young);
}

Test(ledger_watched, what_is_there_counts_until_it_is_gone)
{
	see("old", 3);
	see("old", 3);
	pass(1000);
	cr_expect_eq(reserve("a", 2), LEDGER_EXCEEDED);
	cr_expect_eq(reserve("a", 1), LEDGER_FITS);
	unsee("old");
	cr_expect_eq(reserve("b", 3), LEDGER_FITS);
	cr_expect_eq(reserve("c", 1), LEDGER_EXCEEDED);
}

Test(ledger_watched, what_was_admitted_counts_for_a_while_without_being_seen)
{
	cr_expect_eq(reserve("refused-by-another-webhook", 4), LEDGER_FITS);
	pass(LEDGER_UNSEEN_SECONDS - 1);
	cr_expect_eq(reserve("a", 1), LEDGER_EXCEEDED);
	pass(1);
	cr_expect_eq(reserve("a", 1), LEDGER_FITS);
	cr_expect_eq(ledger_count(ledger), 1u);
}

Test(ledger_watched, what_was_admitted_and_seen_counts_once)
{
	cr_expect_eq(reserve("a", 2), LEDGER_FITS);
	see("a", 2);
	cr_expect_eq(ledger_count(ledger), 1u);
	cr_expect_eq(reserve("b", 2), LEDGER_FITS);
	pass(1000);
	cr_expect_eq(reserve("c", 2), LEDGER_FITS, "b was never seen");
	unsee("a");
	pass(1000);
	cr_expect_eq(reserve("d", 4), LEDGER_FITS);
}

Test(ledger_watched, the_larger_counts_while_an_update_is_on_its_way)
{
	see("a", 3);
	cr_expect_eq(reserve("a", 1), LEDGER_FITS);
	cr_expect_eq(reserve("b", 2), LEDGER_EXCEEDED, "the smaller one may still fail");
	see("a", 1);
	cr_expect_eq(reserve("b", 3), LEDGER_FITS);
}

Test(ledger_watched, what_shrinks_to_nothing_counts_once_until_it_is_seen)
{
	see("a", 2);
	cr_expect_eq(claim("a", 0, false), LEDGER_FITS);
	cr_expect_eq(reserve("b", 2), LEDGER_FITS);
	cr_expect_eq(reserve("c", 1), LEDGER_EXCEEDED);
	see("a", 0);
	cr_expect_eq(reserve("c", 2), LEDGER_FITS);
	cr_expect_eq(reserve("d", 1), LEDGER_EXCEEDED);
}

Test(ledger_watched, an_old_version_that_is_seen_late_takes_nothing_back)
{
	see("a", 1);
	cr_expect_eq(reserve("a", 3), LEDGER_FITS);
	see("a", 1);
	cr_expect_eq(reserve("b", 2), LEDGER_EXCEEDED);
	see("a", 3);
	cr_expect_eq(reserve("b", 1), LEDGER_FITS);
}

Test(ledger_watched, two_admissions_before_either_is_seen_count_as_the_larger)
{
	cr_expect_eq(reserve("a", 4), LEDGER_FITS);
	cr_expect_eq(reserve("a", 1), LEDGER_FITS);
	cr_expect_eq(reserve("b", 1), LEDGER_EXCEEDED);
	pass(LEDGER_UNSEEN_SECONDS);
	cr_expect_eq(reserve("b", 4), LEDGER_FITS);
}

Test(ledger_watched, a_cluster_made_anew_under_its_name_keeps_what_it_was_admitted_for)
{
	see("a", 2);
	cr_expect_eq(reserve("a", 4), LEDGER_FITS);
	unsee("a");
	cr_expect_eq(reserve("b", 1), LEDGER_EXCEEDED);
	unsee("nobody");
	cr_expect_eq(ledger_count(ledger), 1u);
}

Test(ledger_watched, clusters_that_were_never_seen_make_room_for_others)
{
	static const char *const NAMES[] = {"a", "b", "c", "d"};

	for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
		cr_expect_eq(reserve(NAMES[i], 0), LEDGER_FITS);
	cr_expect_eq(reserve("e", 0), LEDGER_FULL);
	pass(LEDGER_UNSEEN_SECONDS);
	cr_expect_eq(reserve("e", 0), LEDGER_FITS);
	cr_expect_eq(ledger_count(ledger), 1u);
}

Test(ledger_watched, after_starting_over_everything_is_told_again)
{
	see("a", 4);
	see("b", 0);
	cr_expect_eq(reserve("c", 1), LEDGER_EXCEEDED);
	ledger_start_over(ledger);
	cr_expect_eq(ledger_count(ledger), 0u);
	cr_expect_eq(reserve("c", 1), LEDGER_BUSY);
	see("a", 2);
	ledger_set_known(ledger);
	cr_expect_eq(reserve("c", 2), LEDGER_FITS);
	cr_expect_eq(reserve("d", 1), LEDGER_EXCEEDED);
}
