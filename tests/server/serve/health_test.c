#include "server/serve/health.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/clock.h"

Test(health, a_part_that_never_spoke_is_silent)
{
	struct health *health CLEANUP(health_free) = health_new();

	for (enum health_part part = 0; part < HEALTH_PARTS; part++) {
		cr_expect_eq(health_read(health, part, NULL), HEALTH_SILENT);
		cr_expect_not_null(health_name(part));
	}
}

Test(health, the_last_word_counts_and_only_a_change_of_state_is_news)
{
	struct health *health CLEANUP(health_free) = health_new();
	char words[HEALTH_TEXT];

	cr_expect(health_bad(health, HEALTH_CLUSTER, "%s is away", "it"));
	cr_expect_not(health_bad(health, HEALTH_CLUSTER, "still"));
	cr_expect_eq(health_read(health, HEALTH_CLUSTER, words), HEALTH_BAD);
	cr_expect_str_eq(words, "still");
	cr_expect(health_fine(health, HEALTH_CLUSTER, "back"));
	cr_expect_not(health_fine(health, HEALTH_CLUSTER, "back"));
	cr_expect_eq(health_read(health, HEALTH_CLUSTER, words), HEALTH_FINE);
	cr_expect_str_eq(words, "back");
	cr_expect_eq(health_read(health, HEALTH_LEADER, NULL), HEALTH_SILENT);
}

Test(health, a_distrusted_certificate_and_uncounted_clusters_unready)
{
	struct health *health CLEANUP(health_free) = health_new();

	for (enum health_part part = 0; part < HEALTH_PARTS; part++) {
		cr_expect_not(health_denies(health, part), "%s", health_name(part));
		health_bad(health, part, "it is");
		cr_expect_eq(health_denies(health, part),
			part == HEALTH_CA_BUNDLE || part == HEALTH_QUOTA, "%s", health_name(part));
		health_fine(health, part, "not any more");
		cr_expect_not(health_denies(health, part), "%s", health_name(part));
	}
}

Test(health, what_is_waited_for_is_not_waited_for_without_end)
{
	struct health *health CLEANUP(health_free) = health_new();
	char words[HEALTH_TEXT];

	health_await(health, HEALTH_QUOTA, clock_now() + 3600 * CLOCK_SECOND, "counting");
	cr_expect(health_denies(health, HEALTH_QUOTA));
	health_await(health, HEALTH_QUOTA, clock_now(), "still %s", "counting");
	cr_expect_not(health_denies(health, HEALTH_QUOTA));
	cr_expect_eq(health_read(health, HEALTH_QUOTA, words), HEALTH_BAD);
	cr_expect_str_eq(words, "still counting");
	health_await(health, HEALTH_CLUSTER, INT64_MAX, "not one that decides");
	cr_expect_not(health_denies(health, HEALTH_CLUSTER));
}
