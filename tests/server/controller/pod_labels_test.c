/* A mutating webhook takes labels off pods, or writes them anew. */
#include "server/controller/pod_labels.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"

enum { EVER = 500, QUIET = 120 };

static const struct {
	const char *what, *patch, *told;
} CHANGES[] = {
	{"another group", "{\"metadata\":{\"labels\":{\"ray.io/group\":\"other\"}}}",
		"the label ray.io/group \\\"other\\\", not \\\"headgroup\\\""},
	{"no cluster", "{\"metadata\":{\"labels\":{\"ray.io/cluster\":null}}}",
		"the label ray.io/cluster \\\"\\\", not \\\"a\\\""},
	{"no labels at all", "{\"metadata\":{\"labels\":null}}", "the label ray.io/cluster"},
};

static size_t count(struct str text, const char *word)
{
	size_t found = 0;

	for (size_t at = 0; at + strlen(word) <= text.len; at++)
		found += memcmp(text.at + at, word, strlen(word)) == 0;
	return found;
}

/* As watches do, they tell of what was made and of what is gone, and that some time later. */
static void pass(struct controller_kit *kit, int seconds)
{
	for (int s = 0; s < 10 * seconds; s++) {
		for (int i = 0; i < EVER && controller_kit_write(kit); i++)
			;
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		clock_advance(CLOCK_SECOND / 10);
	}
}

Test(pod_labels, pods_that_nobody_would_find_are_not_made_one_after_the_other)
{
	for (size_t i = 0; i < ARRAY_LEN(CHANGES); i++) {
		struct controller_kit *kit = controller_kit_new(NULL);

		controller_kit_apply(kit, "a", 2);
		fake_cluster_mutate(kit->cluster, "/pods", CHANGES[i].patch);
		controller_kit_begin(kit);
		pass(kit, QUIET);
		const size_t tries =
			count(fake_cluster_log(kit->cluster), "POST /api/v1/namespaces/ns/pods");

		cr_expect_leq(tries, 80u, "%s: %zu tries", CHANGES[i].what, tries);
		cr_expect_eq(
			count(fake_cluster_log(kit->cluster), "DELETE /api/v1/namespaces/ns/pods"),
			tries, "%s", CHANGES[i].what);
		cr_expect(strstr(controller_kit_cluster(kit, "a"), CHANGES[i].told), "%s: %s",
			CHANGES[i].what, controller_kit_cluster(kit, "a"));

		fake_cluster_mutate(kit->cluster, "/pods", NULL);
		pass(kit, QUIET);
		cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u, "%s", CHANGES[i].what);
		controller_kit_free(&kit);
	}
}

Test(pod_labels, what_a_webhook_adds_is_fine)
{
	struct controller_kit *kit = controller_kit_new(NULL);

	controller_kit_apply(kit, "a", 2);
	fake_cluster_mutate(kit->cluster, "/pods",
		"{\"metadata\":{\"labels\":{\"team\":\"x\"},\"annotations\":{\"a\":\"b\"}}}");
	controller_kit_begin(kit);
	pass(kit, 3);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	controller_kit_free(&kit);
}
