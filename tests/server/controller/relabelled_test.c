/* The label that names its cluster is taken off what is ours, or names another. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(relabelled, .init = begin, .fini = end);

#define OF_A "\"ray.io/cluster\":\"a\""
#define OF_B "\"ray.io/cluster\":\"b\""

/* One word of the first object with this in its path is another; a watch tells of it alone. */
static void relabel(const char *part, const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);
	const char *json, *path;

	arena_init(&arena, 65536);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;) {
		const char *const found = strstr(path, part) ? strstr(json, from) : NULL;

		if (found == NULL)
			continue;
		const struct str text = arena_printf(
			&arena, "%.*s%s%s", (int)(found - json), json, to, found + strlen(from));

		world_put(kit->world, controller_kit_kind(kit, path), kit->dialect,
			controller_kit_read(&arena, text.at), &arena);
		fake_cluster_put(kit->cluster, arena_str(&arena, str_from(path)).at, text.at);
		return;
	}
	cr_assert_fail("nothing at %s has %s", part, from);
}

static void write_all(void)
{
	while (controller_kit_write(kit))
		;
}

Test(relabelled, a_pod_that_goes_to_another_cluster_is_replaced_at_once)
{
	static const char *const PARTS[] = {"/pods/a-head-", "/pods/a-workers-"};

	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
		write_all();
		relabel(PARTS[i], OF_A, OF_B);
		write_all();
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u, "%s", PARTS[i]);
		controller_kit_settle(kit);
		controller_kit_expect(kit, "a", 2);
	}
}
