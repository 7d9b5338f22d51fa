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
	{"nothing changes", {9, 1, 30}, {9, 1, 30}, true},
	{"the head shrinks, still too large", {9, 1, 3}, {8, 1, 3}, true},
	{"the head grows", {8, 1, 3}, {9, 1, 3}, false},
	{"its autoscaler grows", {8, 1, 3}, {8, 2, 3}, false},
	{"the group shrinks, still too large", {1, 1, 30}, {1, 1, 20}, true},
	{"the group grows", {1, 1, 20}, {1, 1, 21}, false},
	{"what was within limits exceeds them", {1, 1, 10}, {1, 1, 11}, false},
	{"one shrinks, another grows within", {9, 1, 3}, {8, 1, 10}, true},
	{"one shrinks, another grows beyond it", {9, 1, 10}, {8, 1, 11}, false},
};

static void expect_update(const char *name, struct str before, struct str after, bool allowed)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_VALIDATE,
			.object = after,
			.old = before,
			.namespace = STR("n"),
			.policy = policy},
		&result);
	cr_expect_eq(result.allowed, allowed, "%s: %.*s", name, STR_ARG(result.reply));
	/* Told all the same, with why it is not refused; a line may end behind "[as". */
	if (allowed && !str_eq(before, after))
		cr_expect(str_contains(result.reply, "before]"), "%s: %.*s", name,
			STR_ARG(result.reply));
}

Test(limits, an_update_is_refused_for_what_it_raises)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		expect_update(CASES[i].name, cluster(CASES[i].before), cluster(CASES[i].after),
			CASES[i].allowed);
}

#define GROUP(name, count, cpu)                                                                    \
	"{\"groupName\":\"" name "\",\"replicas\":" count                                          \
	",\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\",\"image\":\"ray\","              \
	"\"resources\":{\"limits\":{\"cpu\":\"" cpu "\",\"memory\":\"4Gi\"}}}]}}}"

static struct str groups(const char *label, const char *list)
{
	return arena_printf(&arena,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		"\"name\":\"c\",\"namespace\":\"n\",\"labels\":{\"is\":\"%s\"}},\"spec\":{"
		"\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\","
		"\"image\":\"ray\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}"
		"}]}}},\"workerGroupSpecs\":[%s]}}",
		label, list);
}

/* A group is compared with itself, wherever it stands. */
/* clang-format off */
static const struct {
	const char *name, *before, *after;
	bool allowed;
} GROUPS[] = {
	{"one moves", GROUP("a", "1", "1") "," GROUP("b", "1", "9"),
		GROUP("b", "1", "9") "," GROUP("a", "1", "1"), true},
	{"one comes before it", GROUP("b", "1", "9"),
		GROUP("a", "1", "1") "," GROUP("b", "1", "9"), true},
	{"one that is new", GROUP("a", "1", "9"), GROUP("b", "1", "9"), false},
	{"two change their names", GROUP("a", "1", "1") "," GROUP("b", "1", "9"),
		GROUP("b", "1", "1") "," GROUP("a", "1", "9"), false},
	{"two of one name", GROUP("a", "1", "1") "," GROUP("a", "1", "9"),
		GROUP("a", "1", "1") "," GROUP("a", "1", "9"), true},
	{"two without a name", GROUP("", "1", "1") "," GROUP("", "1", "9"),
		GROUP("", "1", "1") "," GROUP("", "1", "9"), true},
	{"two of one name, one of which grows", GROUP("a", "1", "1") "," GROUP("a", "1", "9"),
		GROUP("a", "1", "5") "," GROUP("a", "1", "9"), false},
	{"more of the same pods", GROUP("a", "10", "1"), GROUP("a", "11", "1"), false},
	{"more of what is too many in a group", GROUP("a", "11", "1"), GROUP("a", "12", "1"), false},
	{"as many as were too many", GROUP("a", "11", "1"), GROUP("a", "11", "2"), true},
	{"more of what is too many in all", GROUP("a", "10", "1") "," GROUP("b", "6", "1"),
		GROUP("a", "10", "1") "," GROUP("b", "7", "1"), false},
};
/* clang-format on */

Test(limits, a_group_is_known_by_its_name)
{
	for (size_t i = 0; i < ARRAY_LEN(GROUPS); i++)
		expect_update(GROUPS[i].name, groups("old", GROUPS[i].before),
			groups("new", GROUPS[i].after), GROUPS[i].allowed);
}

/* Each amount of a limit is compared for itself, and what is just allowed is allowed. */
/* clang-format off */
static const struct {
	const char *name, *limits, *groups;
	size_t errors;
} AMOUNTS[] = {
	{"as much as allowed", "pod: {requests.cpu: 9}, group: {pods: 3}, cluster: {pods: 4}",
		GROUP("a", "3", "9"), 0},
	{"too much of one", "pod: {requests.cpu: 8, requests.memory: 4Gi}", GROUP("a", "3", "9"),
		1},
	{"too much of both", "pod: {requests.cpu: 8, requests.memory: 3Gi}", GROUP("a", "3", "9"),
		3},
	{"too much of the second", "group: {requests.cpu: 27, pods: 2}", GROUP("a", "3", "9"), 1},
	{"one group of two", "group: {requests.cpu: 26}",
		GROUP("a", "1", "9") "," GROUP("b", "3", "9"), 1},
	{"too much of all", "cluster: {requests.cpu: 27, limits.cpu: 28, pods: 3}",
		GROUP("a", "3", "9"), 2},
};
/* clang-format on */

/* Where nothing else is wrong, it is the administrator who forbids. */
static size_t errors_of(const char *policy_text, struct str object)
{
	struct policy *limited = review_policy(policy_text);
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_VALIDATE,
			.object = object,
			.namespace = STR("n"),
			.policy = limited},
		&result);
	policy_free(&limited);
	cr_expect(result.allowed || str_contains(result.reply, "\"code\":403"), "%.*s",
		STR_ARG(result.reply));
	return result.outcome.errors;
}

Test(limits, each_amount_has_its_bound)
{
	for (size_t i = 0; i < ARRAY_LEN(AMOUNTS); i++) {
		const size_t errors = errors_of(
			arena_printf(&arena,
				"{apiVersion: raygate.dev/v1, kind: Policy, limits: {%s}}",
				AMOUNTS[i].limits)
				.at,
			groups("new", AMOUNTS[i].groups));

		cr_expect_eq(errors, AMOUNTS[i].errors, "%s: %zu", AMOUNTS[i].name, errors);
	}
}

/* The measure is the policy's: the largest size, or that of now. */
Test(limits, the_policy_says_what_is_measured)
{
#define POLICY(charge)                                                                             \
	"{apiVersion: raygate.dev/v1, kind: Policy, charge: " charge                               \
	", limits: {group: {pods: 5}, cluster: {pods: 6}}}"
	const struct str scaled = cluster((struct size){1, 1, 6});

	cr_expect_eq(errors_of(POLICY("maximum"), scaled), 2u);
	cr_expect_eq(errors_of(POLICY("now"), scaled), 0u);
}

/* What is wrong with the old version is no matter when it is measured. */
Test(limits, an_old_version_that_cannot_be_read_whole_is_measured)
{
	static const char BROKEN[] = GROUP("a", "1", "9") ",{\"groupName\":7,\"replicas\":\"x\","
							  "\"template\":{\"spec\":[]}}";

	expect_update(
		"a mistake", groups("old", BROKEN), groups("new", GROUP("a", "1", "9")), true);
	expect_update("pods", groups("old", GROUP("a", "\"x\"", "9")),
		groups("new", GROUP("a", "11", "1")), false);
}

/* clang-format off */
static const struct {
	const char *name, *head, *workers;
	size_t errors;
} WITHOUT_PODS[] = {
	{"a head without a template", "{}", "[]", 1},
	{"a group without a template", "{\"template\":{}}", "[{\"groupName\":\"w\",\"replicas\":2}]", 2},
	{"groups of nothing", "{}", "[{},{}]", 3},
	{"templates of null", "{\"template\":null}", "[{\"template\":null}]", 2},
};
/* clang-format on */

/* Its pods have what the controller adds, and are judged, where nobody has described them. */
Test(limits, what_has_no_template_is_told_where_it_would_stand)
{
	struct policy *nothing = review_policy(
		"{apiVersion: raygate.dev/v1, kind: Policy, limits: {pod: {pods: 0}}}");

	for (size_t i = 0; i < ARRAY_LEN(WITHOUT_PODS); i++) {
		struct review_result result;
		size_t found = 0;

		review_run(&arena,
			&(struct review_case){.phase = ADMIT_VALIDATE,
				.object = arena_printf(&arena,
					"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\","
					"\"metadata\":{\"name\":\"c\",\"namespace\":\"n\"},"
					"\"spec\":{\"headGroupSpec\":%s,\"workerGroupSpecs\":%s}}",
					WITHOUT_PODS[i].head, WITHOUT_PODS[i].workers),
				.namespace = STR("n"),
				.policy = nothing},
			&result);
		for (size_t k = 0; k < result.outcome.errors; k++)
			found += str_is(str_from(result.outcome.rules[k]), "RG1411");
		cr_expect_eq(found, WITHOUT_PODS[i].errors, "%s: %zu", WITHOUT_PODS[i].name, found);
		cr_expect(str_contains(result.reply, "spec.headGroupSpec.template: Forbidden") ||
				  WITHOUT_PODS[i].head[1] != '}',
			"%s: %.*s", WITHOUT_PODS[i].name, STR_ARG(result.reply));
	}
	policy_free(&nothing);
}
