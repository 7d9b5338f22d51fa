/*
 * The account of the head's autoscaler: an API server refuses a pod whose account it does not know,
 * so no head is asked for before it is there.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(CONTROLLER_KIT_QUOTA("4", ""));
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(account, .init = begin, .fini = end);

#define ACCOUNT "/api/v1/namespaces/ns/serviceaccounts/a"

static void begin_with_a(void)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_autoscale(kit, "a");
	controller_kit_edit(kit, "a", "\"maxReplicas\":1000", "\"maxReplicas\":1");
}

static bool has_head(void)
{
	return controller_kit_pods(kit, "a", "headgroup") > 0;
}

static bool has_account(void)
{
	return fake_cluster_get(kit->cluster, ACCOUNT) != NULL;
}

/* All that there is to be written for so long; never a head without its account. */
static void write_for(int seconds)
{
	for (int s = 0; s < seconds; s++) {
		while (controller_kit_write(kit))
			cr_expect(has_account() || !has_head(), "a head without its account");
		clock_advance(CLOCK_SECOND);
	}
}

Test(account, a_head_waits_for_one_that_nobody_answered_for)
{
	begin_with_a();
	fake_cluster_refuse(kit->cluster, "/serviceaccounts", 500, "InternalError", 1);
	controller_kit_begin(kit);
	write_for(5);
	cr_expect(has_account() && has_head());
}

Test(account, a_head_waits_for_one_that_was_refused)
{
	begin_with_a();
	fake_cluster_refuse(kit->cluster, "/serviceaccounts", 403, "Forbidden", 1);
	controller_kit_begin(kit);
	write_for(5);
	cr_expect(has_account() && has_head());
}

/* The API server says why a head without it cannot be; workers may be made all the same. */
Test(account, where_it_may_not_be_made_the_rest_is_asked_for)
{
	begin_with_a();
	fake_cluster_refuse(kit->cluster, "/serviceaccounts", 403, "Forbidden", SIZE_MAX);
	controller_kit_begin(kit);
	for (int s = 0; s < 5; s++) {
		while (controller_kit_write(kit))
			;
		clock_advance(CLOCK_SECOND);
	}
	cr_expect(controller_kit_says(kit, "a", "FailedCreateServiceAccount"));
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 1u);
}

/* A round in which nothing may be made looks after nothing, and the next one must. */
Test(account, a_cluster_that_had_to_wait_for_room_gets_its_account_first)
{
	controller_kit_apply(kit, "b", 2);
	controller_kit_lead(kit);
	begin_with_a();
	controller_kit_hear(kit);
	controller_kit_expect_pods(kit, "a", 0);
	cr_expect(controller_kit_says(kit, "a", "QuotaExceeded"));
	controller_kit_delete(kit, "b");
	controller_kit_tell(kit);
	write_for(60);
	cr_expect(has_account() && has_head());
}
