/* What a write does that the other tests of the controller do not come to. */
#include "server/controller/perform.h"

#include <criterion/criterion.h>

#include "server/controller/acceptance.h"
#include "tests/support/controller_kit.h"

static const struct world_key KEY = {DIALECT_MODERN, STR_INIT("ns"), STR_INIT("a")};
static const struct action MAKE = {.kind = ACTION_CREATE,
	.child = CHILD_POD,
	.name = STR_INIT("p"),
	.expected = {.group = STR_INIT("workers"), .role = POD_WORKER}};

static bool is_late(void *context)
{
	(void)context;
	return false;
}

static size_t pods(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	struct observed seen;
	struct acceptance_view view;

	arena_init(&arena, 65536);
	cr_assert(world_observe(kit->world, &KEY, &arena, &seen, &view));
	return seen.pod_count;
}

/* Nobody is harmed by it, and what it finds is true. */
Test(perform, who_may_write_no_more_still_reads)
{
	struct controller_kit *kit = controller_kit_new(NULL);

	controller_kit_apply(kit, "a", 1);
	controller_kit_begin(kit);
	struct performer late = kit->performer;
	struct write write = {.key = KEY,
		.uid = STR("uid-of-a"),
		.action = ACTION_CREATE,
		.child = CHILD_POD,
		.name = MAKE.name,
		.group = STR("workers"),
		.body = STR("{\"metadata\":{\"name\":\"p\"}}")};

	late.leads = is_late;
	world_expect(kit->world, &KEY, write.uid, &MAKE);
	cr_assert_eq(pods(kit), 1u);
	write.look = true;
	cr_expect_eq(perform(&late, &write), WRITE_DONE);
	cr_expect_eq(pods(kit), 0u, "it is not there");
	write.look = false;
	cr_expect_eq(perform(&late, &write), WRITE_GIVEN_UP);
	cr_expect_eq(fake_cluster_writes(kit->cluster), 0u);
	cr_expect_eq(perform(&kit->performer, &write), WRITE_DONE);
	cr_expect_eq(fake_cluster_writes(kit->cluster), 1u);
	controller_kit_free(&kit);
}
