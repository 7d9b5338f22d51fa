/* The spec gives the Service of a head that runs another name. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/controller_kit.h"

#define SERVICES "/api/v1/namespaces/ns/services/"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", 1);
	controller_kit_lead(kit);
	controller_kit_expect(kit, "a", 1);
	controller_kit_edit(kit, "a", "\"headGroupSpec\":{",
		"\"headGroupSpec\":{\"headService\":{\"metadata\":{\"name\":\"other\"}},");
	controller_kit_hear(kit);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(renamed, .init = begin, .fini = end);

static bool has_service(const char *path)
{
	return fake_cluster_get(kit->cluster, path) != NULL;
}

/* Pods that have this in their text. */
static size_t pods_with(const char *words)
{
	const char *json, *path;
	size_t count = 0;

	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;)
		count += strstr(path, "/pods/") && strstr(json, words);
	return count;
}

Test(renamed, there_is_one_still_and_workers_go_by_it)
{
	cr_expect_not(has_service(SERVICES "other"));
	controller_kit_scale(kit, "a", 3);
	controller_kit_hear(kit);
	controller_kit_expect(kit, "a", 3);
	controller_kit_restart(kit);
	controller_kit_expect(kit, "a", 3);
	cr_expect_eq(pods_with("a-head-svc"), 3u);
	cr_expect_eq(pods_with("other"), 0u);
	cr_expect_not(has_service(SERVICES "other"));
}

Test(renamed, its_status_says_by_which_name_it_is_found)
{
	cr_expect(controller_kit_says(kit, "a", "\"serviceName\":\"a-head-svc\""));
	cr_expect(controller_kit_says(kit, "a", "its name is a-head-svc, not other"), "%s",
		controller_kit_cluster(kit, "a"));
	cr_expect(controller_kit_says(kit, "a", "\"state\":\"ready\""));
}

Test(renamed, where_somebody_deletes_it_the_next_has_the_new_name)
{
	controller_kit_lose(kit, SERVICES "a-head-svc");
	controller_kit_hear(kit);
	cr_expect(has_service(SERVICES "other"));
	cr_expect_not(has_service(SERVICES "a-head-svc"));
	cr_expect(controller_kit_says(kit, "a", "\"serviceName\":\"other\""));
	cr_expect_not(controller_kit_says(kit, "a", "its name is"));
}

/* Whoever copies the labels for a Service of his own is not in the way. */
Test(renamed, one_of_the_users_own_is_not_taken_for_it)
{
	controller_kit_lose(kit, SERVICES "a-head-svc");
	fake_cluster_put(kit->cluster, SERVICES "mine",
		"{\"metadata\":{\"name\":\"mine\",\"namespace\":\"ns\",\"labels\":{\"ray.io/"
		"cluster\":\"a\",\"ray.io/node-type\":\"head\"}},\"spec\":{\"clusterIP\":"
		"\"None\"}}");
	controller_kit_hear(kit);
	cr_expect(has_service(SERVICES "other"));
}
