/* Limits of the policy on updates: what asks for no more than before is told, not refused. */
#include <criterion/criterion.h>

#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;

static void start(void)
{
	arena_init(&arena, 65536);
	policy = review_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"limits\":{"
			       "\"pod\":{\"requests.cpu\":\"4\"},\"group\":{\"pods\":\"10\"},"
			       "\"cluster\":{\"pods\":\"15\"}}}");
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(limits, .init = start, .fini = stop);

/* A head of that many CPUs and an autoscaler of its own, a group of at most that many workers. */
struct size {
	int head_cpu, autoscaler_cpu, workers;
};

static struct str cluster(struct size size)
{
	return arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/"
		"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\","
		"\"namespace\":\"n\"},\"spec\":{\"enableInTreeAutoscaling\":true,"
		"\"autoscalerOptions\":{\"resources\":{\"limits\":{\"cpu\":\"%d\",\"memory\":"
		"\"512Mi\"}}},\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
		"\"h\",\"image\":\"rayproject/"
		"ray:2.46.0\",\"resources\":{\"limits\":{\"cpu\":\"%d\","
		"\"memory\":\"4Gi\"}}}]}}},\"workerGroupSpecs\":[{\"groupName\":\"w\","
		"\"minReplicas\":0,\"replicas\":0,\"maxReplicas\":%d,\"template\":{\"spec\":{"
		"\"containers\":[{\"name\":\"w\",\"image\":\"rayproject/"
		"ray:2.46.0\",\"resources\":{"
		"\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}}]}}",
		size.autoscaler_cpu, size.head_cpu, size.workers);
}

static const struct {
	const char *name;
	struct size before, after;
	bool allowed;
} CASES[] = {
	{"nothing changes",                      {9, 1, 30}, {9, 1, 30}, true },
	{"the head shrinks, still too large",    {9, 1, 3},  {8, 1, 3},  true },
	{"the head grows",                       {8, 1, 3},  {9, 1, 3},  false},
	{"its autoscaler grows",                 {8, 1, 3},  {8, 2, 3},  false},
	{"the group shrinks, still too large",   {1, 1, 30}, {1, 1, 20}, true },
	{"the group grows",                      {1, 1, 20}, {1, 1, 21}, false},
	{"what was within limits exceeds them",  {1, 1, 10}, {1, 1, 11}, false},
	{"one shrinks, another grows within",    {9, 1, 3},  {8, 1, 10}, true },
	{"one shrinks, another grows beyond it", {9, 1, 10}, {8, 1, 11}, false},
};

Test(limits, an_update_is_refused_for_what_it_raises)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct review_result result;

		review_run(&arena,
			&(struct review_case){.phase = ADMIT_VALIDATE,
				.object = cluster(CASES[i].after),
				.old = cluster(CASES[i].before),
				.namespace = STR("n"),
				.policy = policy},
			&result);
		cr_expect_eq(result.allowed, CASES[i].allowed, "%s: %.*s", CASES[i].name,
			STR_ARG(result.reply));
	}
}
