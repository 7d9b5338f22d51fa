/* The head's Service cannot be made, or not be changed: what that holds up, and what is told. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"

#define LEGACY_SERVICE "/api/v1/namespaces/ns/services/a-ray-head"

enum { EVER = 500 };

static struct controller_kit *kit;

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(service_refused, .fini = end);

static void pass(int seconds)
{
	for (int s = 0; s < seconds; s++) {
		for (int i = 0; i < EVER && controller_kit_write(kit); i++)
			;
		controller_kit_run_pods(kit);
		controller_kit_tell(kit);
		clock_advance(CLOCK_SECOND);
	}
}

/* Somebody gave the Service another port, and nobody may put that right. */
Test(service_refused, pods_come_back_where_the_ports_of_a_service_stay_wrong)
{
	static const char SERVICE[] = "/services/a-ray-head";
	CLEANUP(buf_done) struct buf other = {0};
	const char *json, *path;

	kit = controller_kit_new_of(DIALECT_LEGACY, NULL);
	controller_kit_apply(kit, "a", 2);
	controller_kit_lead(kit);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;) {
		const char *const port = strstr(path, SERVICE) ? strstr(json, "8265") : NULL;

		if (port)
			buf_printf(&other, "%.*s8266%s%c", (int)(port - json), json, port + 4, 0);
	}
	cr_assert(other.len);
	fake_cluster_put(kit->cluster, LEGACY_SERVICE, other.at);
	fake_cluster_refuse(kit->cluster, SERVICE, 422, "Invalid", SIZE_MAX);
	controller_kit_tell(kit);
	controller_kit_lose(kit, "/pods/");
	pass(60);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	cr_expect(strstr(controller_kit_cluster(kit, "a"), "patch Service \\\"a-ray-head\\\": "),
		"%s", controller_kit_cluster(kit, "a"));
	cr_expect(str_contains(buf_str(&kit->events), "FailedToPatchService"));

	fake_cluster_refuse(kit->cluster, SERVICE, 0, "", 0);
	pass(400);
	cr_expect_null(strstr(controller_kit_cluster(kit, "a"), "patch Service"));
}

/* Its pods stay, and fewer are wanted all the same. */
Test(service_refused, a_cluster_whose_service_is_anothers_shrinks_and_does_not_grow)
{
	kit = controller_kit_new_of(DIALECT_LEGACY, NULL);
	controller_kit_apply(kit, "a", 3);
	controller_kit_lead(kit);
	fake_cluster_delete(kit->cluster, LEGACY_SERVICE);
	fake_cluster_put(kit->cluster, LEGACY_SERVICE,
		"{\"metadata\":{\"name\":\"a-ray-head\",\"namespace\":\"ns\",\"uid\":\"x\"},"
		"\"spec\":{}}");
	controller_kit_tell(kit);
	pass(5);
	controller_kit_edit(kit, "a", "\"minWorkers\":3,\"maxWorkers\":1000",
		"\"minWorkers\":1,\"maxWorkers\":1");
	controller_kit_tell(kit);
	pass(20);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 2u);
	cr_expect(strstr(controller_kit_cluster(kit, "a"), "\"podIP\""), "%s",
		controller_kit_cluster(kit, "a"));
	controller_kit_lose(kit, "/pods/a-worker");
	pass(60);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 1u);
}

/* Another create changed the ResourceQuota's sum at that moment. */
Test(service_refused, a_conflict_is_tried_again_and_is_no_news)
{
	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", 2);
	fake_cluster_refuse(kit->cluster, "/services", 409, "Conflict", 1);
	controller_kit_begin(kit);
	pass(3);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	cr_expect_not(str_contains(buf_str(&kit->events), "Failed"), "%.*s",
		STR_ARG(buf_str(&kit->events)));
}

Test(service_refused, a_conflict_that_lasts_is_told_and_holds_no_pods_up)
{
	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", 2);
	fake_cluster_refuse(kit->cluster, "/services", 409, "Conflict", SIZE_MAX);
	controller_kit_begin(kit);
	pass(60);
	cr_expect_eq(controller_kit_pods(kit, "a", NULL), 3u);
	cr_expect(str_contains(buf_str(&kit->events), "FailedToCreateService"));
}
