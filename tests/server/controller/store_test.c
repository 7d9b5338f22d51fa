/* The volume of a GCS that keeps its state there, from its claim's first day to its last. */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"

#define CLAIM  "/api/v1/namespaces/ns/persistentvolumeclaims/a-gcs-pvc"
#define PLAIN  "\"rayVersion\""
#define STORE  "\"gcsFaultToleranceOptions\":{\"backend\":\"rocksdb\"},\"rayVersion\""
#define RETAIN "\"gcsFaultToleranceOptions\":{\"storage\":{\"deletionPolicy\":\"Retain\"},"
#define BEFORE "\"gcsFaultToleranceOptions\":{"

static struct controller_kit *kit;

static void begin(void)
{
	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", 1);
	controller_kit_edit(kit, "a", PLAIN, STORE);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	controller_kit_expect(kit, "a", 1);
}

static void end(void)
{
	controller_kit_free(&kit);
}

TestSuite(store, .init = begin, .fini = end);

static bool is_owned(void)
{
	const char *const json = fake_cluster_get(kit->cluster, CLAIM);

	cr_assert_not_null(json);
	return strstr(json, "uid-of-a") != NULL;
}

static void write_all(void)
{
	while (controller_kit_write(kit))
		;
}

Test(store, its_claim_goes_with_the_cluster_or_stays_as_its_policy_says_by_now)
{
	cr_expect(is_owned());
	controller_kit_edit(kit, "a", BEFORE, RETAIN);
	controller_kit_settle(kit);
	cr_expect_not(is_owned());
	const size_t writes = fake_cluster_writes(kit->cluster);

	controller_kit_kill(kit);
	controller_kit_begin(kit);
	controller_kit_settle(kit);
	cr_expect_eq(fake_cluster_writes(kit->cluster), writes);
	controller_kit_edit(kit, "a", RETAIN, BEFORE);
	controller_kit_settle(kit);
	cr_expect(is_owned());
}

/* Before any watch tells of the claim it is asked for once. */
Test(store, an_owner_is_changed_once)
{
	controller_kit_edit(kit, "a", BEFORE, RETAIN);
	controller_kit_tell_of(kit, "a");
	write_all();
	const size_t writes = fake_cluster_writes(kit->cluster);

	controller_kit_edit(kit, "a", "\"replicas\":1", "\"replicas\":2");
	controller_kit_tell_of(kit, "a");
	write_all();
	/* A worker, and the status. */
	cr_expect_leq(fake_cluster_writes(kit->cluster), writes + 2, "%.*s",
		STR_ARG(fake_cluster_log(kit->cluster)));
	cr_expect_not(is_owned());
}

/* Other owners of it stay. */
Test(store, only_our_own_owner_reference_goes)
{
	fake_cluster_put(kit->cluster, CLAIM,
		"{\"metadata\":{\"name\":\"a-gcs-pvc\",\"namespace\":\"ns\",\"labels\":{\"ray.io/"
		"cluster\":\"a\"},\"ownerReferences\":[{\"uid\":\"another\"},{\"uid\":\"uid-of-a\","
		"\"controller\":true}]},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"]}}");
	controller_kit_edit(kit, "a", BEFORE, RETAIN);
	controller_kit_settle(kit);
	cr_expect_not(is_owned());
	cr_expect_not_null(strstr(fake_cluster_get(kit->cluster, CLAIM), "another"));
}

/* Without any time passing. */
Test(store, a_claim_that_is_deleted_comes_back_at_once)
{
	fake_cluster_delete(kit->cluster, CLAIM);
	controller_kit_tell(kit);
	write_all();
	cr_expect(is_owned());
}

Test(store, who_may_not_change_owners_says_so_and_goes_on)
{
	controller_kit_edit(kit, "a", BEFORE, RETAIN);
	fake_cluster_forbid(kit->cluster, "/persistentvolumeclaims/a-gcs-pvc");
	controller_kit_scale(kit, "a", 2);
	controller_kit_tell(kit);
	for (int i = 0; i < 5; i++) {
		write_all();
		clock_advance(CLOCK_SECOND);
	}
	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), 2u);
	const char *const a = controller_kit_cluster(kit, "a");

	cr_expect_not_null(strstr(a, "FailedReleasePersistentVolumeClaim"), "%s", a);
	fake_cluster_forbid(kit->cluster, NULL);
	controller_kit_settle(kit);
	cr_expect_not(is_owned());
	cr_expect_null(strstr(controller_kit_cluster(kit, "a"), "ReplicaFailure"));
}

/* It goes whatever we do; what comes after it is made anew, as ours. */
Test(store, a_claim_that_is_being_deleted_is_nobodys_to_adopt)
{
	fake_cluster_put(kit->cluster, CLAIM,
		"{\"metadata\":{\"name\":\"a-gcs-pvc\",\"namespace\":\"ns\",\"labels\":{\"ray.io/"
		"cluster\":\"a\"},\"deletionTimestamp\":\"2027-01-15T08:00:00Z\"},"
		"\"spec\":{\"accessModes\":[\"ReadWriteOnce\"]}}");
	controller_kit_settle(kit);
	cr_expect_not(is_owned());
	fake_cluster_delete(kit->cluster, CLAIM);
	controller_kit_settle(kit);
	cr_expect(is_owned());
}
