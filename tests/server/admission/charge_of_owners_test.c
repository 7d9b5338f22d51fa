/* Quotas and what has RayClusters made for it: a RayJob, a RayCronJob, a RayService. */
#include <criterion/criterion.h>

#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;
static struct ledger *ledger;

#define QUOTA                                                                                      \
	"\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\","                                   \
	"\"quotas\":{\"n\":{\"requests.cpu\":\"4\",\"pods\":\"10\"}}"

static void start(void)
{
	arena_init(&arena, 65536);
	policy = review_policy("{" QUOTA "}");
	ledger = ledger_new(3);
}

static void stop(void)
{
	ledger_free(&ledger);
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(charge_of_owners, .init = start, .fini = stop);

#define POD(cpu)                                                                                   \
	"{\"spec\":{\"containers\":[{\"name\":\"r\",\"image\":\"rayproject/ray:2.46.0\","          \
	"\"resources\":{\"limits\":{\"cpu\":\"" cpu "\",\"memory\":\"4Gi\"}}}]}}"

#define SPEC(cpu, more) "{" more "\"headGroupSpec\":{\"template\":" POD(cpu) "}}"
#define OBJECT(kind, name, spec)                                                                   \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"" kind "\",\"metadata\":{\"name\":\"" name       \
	"\",\"namespace\":\"n\"},\"spec\":" spec "}"
#define CLUSTER(name, cpu) OBJECT("RayCluster", name, SPEC(cpu, ""))
#define SERVICE(cpu)                                                                               \
	OBJECT("RayService", "s",                                                                  \
		"{\"serveConfigV2\":\"applications: []\",\"rayClusterConfig\":" SPEC(cpu, "") "}")

static struct review_result update(const char *old, const char *object)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_VALIDATE,
			.object = str_from(object),
			.old = str_from(old),
			.namespace = STR("n"),
			.policy = policy,
			.ledger = ledger},
		&result);
	return result;
}

static struct review_result create(const char *object)
{
	return update("", object);
}

static void expect(struct review_result r, bool allowed)
{
	cr_expect_eq(r.allowed, allowed, "%.*s", STR_ARG(r.reply));
}

/* The clusters made for it are not counted beside what they become. */
Test(charge_of_owners, a_service_that_grows_is_not_counted_beside_its_own_cluster)
{
	expect(create(SERVICE("3")), true);
	expect(create(CLUSTER("s-abcde", "3")), true);
	expect(update(SERVICE("3"), SERVICE("4")), true);
	expect(update(SERVICE("3"), SERVICE("5")), false);
}

#define CRON(cpu)                                                                                  \
	OBJECT("RayCronJob", "s",                                                                  \
		"{\"schedule\":\"@daily\",\"jobTemplate\":{\"entrypoint\":\"true\","               \
		"\"rayClusterSpec\":" SPEC(cpu, "") "}}")
#define JOB(cpu)                                                                                   \
	OBJECT("RayJob", "s", "{\"entrypoint\":\"true\",\"rayClusterSpec\":" SPEC(cpu, "") "}")

/* Nothing of the version before is charged: in no number of steps does it exceed the quota. */
/* clang-format off */
static const struct {
	const char *name, *cluster, *old, *object;
	bool allowed;
} STEPS[] = {
	{"a cron job within", NULL, CRON("2"), CRON("3"), true},
	{"a cron job beyond", NULL, CRON("4"), CRON("5"), false},
	{"a job beyond", NULL, JOB("3"), JOB("5"), false},
	{"a job beside its own cluster", CLUSTER("s-abcde", "3"), JOB("2"), JOB("3"), true},
	{"of an older KubeRay", CLUSTER("s-raycluster-abcde", "3"), JOB("2"), JOB("3"), true},
	{"a cron job beside its job's", CLUSTER("s-fghij-abcde", "3"), CRON("2"), CRON("3"), true},
	{"beside another of the same name", CLUSTER("s", "3"), JOB("1"), JOB("2"), false},
	{"beside another's", CLUSTER("t-abcde", "3"), JOB("1"), JOB("2"), false},
	{"beside one that somebody has named", CLUSTER("s-two", "3"), JOB("1"), JOB("2"), false},
	{"a new one beside what is there", CLUSTER("s-abcde", "3"), NULL, JOB("2"), false},
	{"as much as before, beside others", CLUSTER("t", "3"), JOB("2"), JOB("2"), true},
};
/* clang-format on */

Test(charge_of_owners, a_job_is_compared_whole_and_without_its_own_clusters)
{
	for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
		ledger_free(&ledger);
		ledger = ledger_new(3);
		if (STEPS[i].cluster)
			expect(create(STEPS[i].cluster), true);
		const struct review_result r = STEPS[i].old ? update(STEPS[i].old, STEPS[i].object)
							    : create(STEPS[i].object);

		cr_expect_eq(
			r.allowed, STEPS[i].allowed, "%s: %.*s", STEPS[i].name, STR_ARG(r.reply));
	}
}

#define WORKERS(image, count)                                                                      \
	"{\"groupName\":\"w\",\"replicas\":" count ",\"template\":{\"spec\":{\"containers\":[{"    \
	"\"name\":\"w\",\"image\":\"" image "\",\"resources\":{\"limits\":{\"cpu\":\"1\","         \
	"\"memory\":\"4Gi\"}}}]}}}"
#define SERVED(more, groups)                                                                       \
	OBJECT("RayService", "s",                                                                  \
		"{" more "\"serveConfigV2\":\"applications: []\",\"rayClusterConfig\":" SPEC(      \
			"1", "\"workerGroupSpecs\":[" groups "],") "}")

/* clang-format off */
static const struct {
	const char *name, *cluster, *old, *object, *words;
} UPGRADES[] = {
	{"another image", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("", WORKERS("ray:2", "1")),
		"the upgrade makes a second cluster beside the first, which exceeds the quota of"},
	{"what is used counts its own", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("", WORKERS("ray:2", "1")),
		"requests.cpu asks for 2, 3 of 4 are used: over by 1"},
	{"both fit", CLUSTER("s-abcde", "2"), SERVED("", WORKERS("ray", "1")),
		SERVED("", WORKERS("ray:2", "1")), NULL},
	{"no cluster is there", CLUSTER("t", "2"), SERVED("", WORKERS("ray", "1")),
		SERVED("", WORKERS("ray:2", "1")), NULL},
	{"no upgrade is made", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("\"upgradeStrategy\":{\"type\":\"None\"},", WORKERS("ray:2", "1")), NULL},
	{"nothing changes", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("\"serviceUnhealthySecondThreshold\":9,", WORKERS("ray", "1")), NULL},
	{"counts change", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("", WORKERS("ray", "2")), NULL},
	{"a group is added behind", CLUSTER("s-abcde", "3"), SERVED("", ""),
		SERVED("", WORKERS("ray", "1")), NULL},
	{"a group is taken away", CLUSTER("s-abcde", "3"), SERVED("", WORKERS("ray", "1")),
		SERVED("", ""), NULL},
};
/* clang-format on */

Test(charge_of_owners, an_upgrade_that_needs_room_for_two_is_told)
{
	for (size_t i = 0; i < ARRAY_LEN(UPGRADES); i++) {
		const char *const words = UPGRADES[i].words;

		ledger_free(&ledger);
		ledger = ledger_new(3);
		expect(create(UPGRADES[i].cluster), true);
		const struct review_result r = update(UPGRADES[i].old, UPGRADES[i].object);

		cr_expect(r.allowed, "%s: %.*s", UPGRADES[i].name, STR_ARG(r.reply));
		cr_expect(words ? str_contains(r.reply, words) : !str_contains(r.reply, "RG140"),
			"%s: %.*s", UPGRADES[i].name, STR_ARG(r.reply));
	}
}
