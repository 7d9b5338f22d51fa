/* Workers on nodes that nobody hears of, and for how long they are waited for. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(lost, .init = begin, .fini = end);

enum { HOUR_S = 3600 };

static size_t looks_of_an_hour(void)
{
	size_t looks = 0;

	for (int s = 0; s < HOUR_S; s++) {
		looks += reconciler_step(kit->reconciler);
		(void)writers_step(kit->writers);
		clock_advance(CLOCK_SECOND);
	}
	return looks;
}

/* Kubernetes has no greatest number of seconds. */
Test(lost, a_worker_that_tolerates_it_for_ages_is_looked_at_as_any_other)
{
	controller_kit_apply(kit, "a", 1);
	controller_kit_edit(kit, "a", "1000,\"rayStartParams\":{},\"template\":{\"spec\":{",
		"1000,\"rayStartParams\":{},\"template\":{\"spec\":{\"tolerations\":[{"
		"\"operator\":\"Exists\",\"effect\":\"NoExecute\",\"tolerationSeconds\":"
		"20000000000}],");
	controller_kit_lead(kit);
	controller_kit_expect(kit, "a", 1);
	controller_kit_lose_node(kit, "-workers-");
	controller_kit_tell(kit);
	const size_t looks = looks_of_an_hour();

	cr_expect(looks >= HOUR_S / (2 * ROUND_RESYNC_S) && looks <= 2 * HOUR_S / ROUND_RESYNC_S,
		"%zu looks", looks);
	controller_kit_expect_pods(kit, "a", 2);
}
