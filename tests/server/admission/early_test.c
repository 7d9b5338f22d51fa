/*
 * What the API server refuses between the two webhooks is denied by /mutate, with everything else
 * that is wrong: nobody else would say it. What it lets pass is left to /validate.
 */
#include <criterion/criterion.h>

#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;

static void start(void)
{
	arena_init(&arena, 65536);
	policy = policy_empty();
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(early, .init = start, .fini = stop);

#define POD "{\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"ray\"}]}}"
#define CLUSTER_SPEC(pod_members)                                                                  \
	"{\"headGroupSpec\":{\"template\":{\"spec\":{" pod_members                                 \
	"\"containers\":[{\"name\":\"c\",\"image\":\"ray\"}]}}},\"workerGroupSpecs\":[{"           \
	"\"groupName\":\"a\",\"minReplicas\":2,\"maxReplicas\":1,\"template\":" POD "}]}"
#define OBJECT(kind, metadata, spec)                                                               \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"" kind "\",\"metadata\":{" metadata              \
	"\"namespace\":\"n\"},\"spec\":" spec "}"
#define CLUSTER(metadata, pod_members) OBJECT("RayCluster", metadata, CLUSTER_SPEC(pod_members))
#define JOB(members)                                                                               \
	OBJECT("RayJob", "\"name\":\"c\",", "{" members "\"rayClusterSpec\":" CLUSTER_SPEC("") "}")
#define RAY_SERVICE(members)                                                                       \
	OBJECT("RayService", "\"name\":\"c\",",                                                    \
		"{" members "\"rayClusterConfig\":" CLUSTER_SPEC("") "}")
#define LEGACY_TYPE(name, more)                                                                    \
	"{\"name\":\"" name "\"," more                                                             \
	"\"podConfig\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{"                     \
	"\"generateName\":\"" name                                                                 \
	"-\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"ray\"}]}}}"
#define LEGACY(members)                                                                            \
	"{\"apiVersion\":\"cluster.ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"    \
	"\"c\",\"namespace\":\"n\"},\"spec\":{" members                                            \
	"\"headPodType\":\"h\",\"podTypes\":[" LEGACY_TYPE("h", "") "," LEGACY_TYPE(               \
		"w", "\"minWorkers\":2,\"maxWorkers\":1,") "]}}"

#define A63  "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234"
#define A252 A63 A63 A63 A63

static const struct {
	const char *object, *rule;
	bool early;
} CASES[] = {
	{CLUSTER("\"name\":\"c\",", ""), "RG0302", false},
	/* The bounds of the CRDs. */
	{LEGACY("\"maxWorkers\":-1,"), "RG0105", true},
	{LEGACY("\"upscalingSpeed\":-0.5,"), "RG0105", true},
	{LEGACY("\"idleTimeoutMinutes\":-1,"), "RG0105", true},
	{LEGACY("\"maxWorkers\":3000000000,"), "RG0105", false},
	{JOB("\"preRunningDeadlineSeconds\":0,"), "RG0105", true},
	{JOB("\"deletionStrategy\":{\"deletionRules\":[{\"policy\":\"DeleteSelf\",\"condition\":{"
	     "\"jobStatus\":\"FAILED\",\"ttlSeconds\":-1}}]},"),
		"RG0105", true},
	{JOB("\"activeDeadlineSeconds\":9999999999,"), "RG0105", false},
	{RAY_SERVICE("\"rayClusterDeletionDelaySeconds\":-1,"), "RG0105", true},
	/* What every object's name is to be; KubeRay alone wants more of it. */
	{CLUSTER("\"name\":\"My_Cluster\",", ""), "RG0202", true},
	{CLUSTER("\"name\":\"a.b\",", ""), "RG0202", false},
	{CLUSTER("\"name\":\"1a\",", ""), "RG0202", false},
	{CLUSTER("\"generateName\":\"My_\",", ""), "RG0202", true},
	{CLUSTER("\"generateName\":\"1a-\",", ""), "RG0202", false},
	{CLUSTER("\"generateName\":\"1a.-\",", ""), "RG0202", false},
	{CLUSTER("\"name\":\"" A252 "1\",", ""), "RG0201", false},
	{CLUSTER("\"name\":\"" A252 "12\",", ""), "RG0201", true},
	{CLUSTER("\"generateName\":\"" A252 "12\",", ""), "RG0201", true},
	{CLUSTER("", ""), "RG0203", true},
	/* An ephemeral container is no mistake to the CRD, but its name is asked for. */
	{CLUSTER("\"name\":\"c\",", "\"ephemeralContainers\":[{\"name\":\"a\"}],"), "RG0615",
		false},
	{CLUSTER("\"name\":\"c\",", "\"ephemeralContainers\":[{\"name\":\"a\"},{}],"), "RG0615",
		true},
	{CLUSTER("\"name\":\"c\",", "\"ephemeralContainers\":[{\"name\":null}],"), "RG0615", true},
	{CLUSTER("\"name\":\"c\",", "\"ephemeralContainers\":{},"), "RG0615", true},
	{CLUSTER("\"name\":\"c\",", "\"ephemeralContainers\":[7],"), "RG0615", true},
};

static struct review_result review(enum admit_phase phase, const char *object)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = phase,
			.object = str_from(object),
			.namespace = STR("n"),
			.policy = policy},
		&result);
	return result;
}

Test(early, what_the_api_server_refuses_is_denied_with_all_else)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct review_result late = review(ADMIT_VALIDATE, CASES[i].object);
		const struct review_result r = review(ADMIT_MUTATE, CASES[i].object);

		cr_assert_not(late.allowed, "case %zu", i);
		cr_expect(str_contains(late.reply, CASES[i].rule), "case %zu: %.*s", i,
			STR_ARG(late.reply));
		cr_expect_eq(r.allowed, !CASES[i].early, "case %zu: %s: %.*s", i, CASES[i].object,
			STR_ARG(late.reply));
		cr_expect(r.allowed || str_contains(r.reply, CASES[i].rule), "case %zu", i);
		cr_expect(r.allowed || str_contains(r.reply, "must be at most max"),
			"case %zu: %.*s", i, STR_ARG(r.reply));
	}
}
