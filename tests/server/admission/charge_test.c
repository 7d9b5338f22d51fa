/* Quotas through the whole of an admission: what is charged, when, and what is told. */
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

TestSuite(charge, .init = start, .fini = stop);

static void use_policy(const char *text)
{
	policy_free(&policy);
	policy = review_policy(text);
}

#define POD(cpu)                                                                                   \
	"{\"spec\":{\"containers\":[{\"name\":\"r\",\"image\":\"rayproject/ray:2.46.0\","          \
	"\"resources\":{\"limits\":{\"cpu\":\"" cpu "\",\"memory\":\"4Gi\"}}}]}}"

#define SPEC(cpu, more) "{" more "\"headGroupSpec\":{\"template\":" POD(cpu) "}}"
#define OBJECT(kind, name, spec)                                                                   \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"" kind "\",\"metadata\":{\"name\":\"" name       \
	"\",\"namespace\":\"n\"},\"spec\":" spec "}"
#define CLUSTER(name, cpu) OBJECT("RayCluster", name, SPEC(cpu, ""))
#define GROUP(max)                                                                                 \
	"\"enableInTreeAutoscaling\":true,\"workerGroupSpecs\":[{\"groupName\":\"w\","             \
	"\"minReplicas\":0,\"replicas\":0," max "\"template\":" POD("100m") "}],"
#define SERVICE(cpu)                                                                               \
	OBJECT("RayService", "s",                                                                  \
		"{\"serveConfigV2\":\"applications: []\",\"rayClusterConfig\":" SPEC(cpu, "") "}")

struct ask {
	enum admit_phase phase;
	bool dry_run;
	const char *object, *old;
	const char *uid;
};

static struct review_result ask(const struct ask *a)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = a->phase,
			.object = str_from(a->object),
			.old = str_from(a->old ? a->old : ""),
			.namespace = STR("n"),
			.uid = a->uid,
			.dry_run = a->dry_run,
			.policy = policy,
			.ledger = ledger},
		&result);
	return result;
}

static struct review_result create(const char *object)
{
	return ask(&(struct ask){ADMIT_VALIDATE, false, object, NULL, NULL});
}

static struct review_result update(const char *old, const char *object)
{
	return ask(&(struct ask){ADMIT_VALIDATE, false, object, old, NULL});
}

static void expect(struct review_result r, bool allowed)
{
	cr_expect_eq(r.allowed, allowed, "%.*s", STR_ARG(r.reply));
}

Test(charge, the_same_object_applied_twice_is_charged_once)
{
	expect(create(CLUSTER("a", "4")), true);
	expect(create(CLUSTER("a", "4")), true);
	expect(update(CLUSTER("a", "4"), CLUSTER("a", "4")), true);
	expect(create(CLUSTER("b", "1")), false);
}

Test(charge, what_only_mutates_or_runs_dry_or_is_refused_holds_nothing)
{
	expect(ask(&(struct ask){ADMIT_MUTATE, false, CLUSTER("a", "4"), NULL, NULL}), true);
	expect(ask(&(struct ask){ADMIT_VALIDATE, true, CLUSTER("a", "4"), NULL, NULL}), true);
	expect(create(OBJECT("RayCluster", "a", SPEC("4", "\"managedBy\":\"nobody\","))), false);
	expect(create(CLUSTER("a", "5")), false);
	cr_assert_eq(ledger_count(ledger), 0u);
	expect(create(CLUSTER("b", "4")), true);
}

Test(charge, a_broken_quota_alone_is_forbidden_and_else_one_of_the_causes)
{
	const struct review_result alone = create(CLUSTER("a", "5"));
	const struct review_result both =
		create(OBJECT("RayCluster", "a", SPEC("5", "\"managedBy\":\"nobody\",")));

	cr_expect(str_contains(alone.reply, "\"code\":403"), "%.*s", STR_ARG(alone.reply));
	cr_expect(str_contains(alone.reply, "rayclusters.ray.io \\\"a\\\" is forbidden: "));
	cr_expect(str_contains(both.reply, "\"code\":422"), "%.*s", STR_ARG(both.reply));
	cr_expect(str_contains(both.reply, "FieldValueForbidden"), "%.*s", STR_ARG(both.reply));
	cr_expect(str_contains(both.reply, "FieldValueNotSupported"));
}

/* The CRD refuses before /validate is asked, so the quota must be in the first answer. */
Test(charge, where_mutate_denies_the_quota_is_one_of_the_causes)
{
	const struct review_result r = ask(&(struct ask){ADMIT_MUTATE, false,
		OBJECT("RayCluster", "a", SPEC("5", "\"managedBy\":\"nobody\",")), NULL, NULL});

	expect(r, false);
	cr_expect(str_contains(r.reply, "RG1401"), "%.*s", STR_ARG(r.reply));
	cr_assert_eq(ledger_count(ledger), 0u);
}

Test(charge, an_update_is_judged_only_by_what_it_raises)
{
	use_policy("{" QUOTA ",\"enforcement\":\"warn\"}");
	expect(create(CLUSTER("a", "9")), true);
	use_policy("{" QUOTA "}");
	/* less CPU, though still too much, and more pods, of which there are enough */
	expect(update(CLUSTER("a", "9"),
		       OBJECT("RayCluster", "a", SPEC("8", GROUP("\"maxReplicas\":2,")))),
		true);
	expect(update(OBJECT("RayCluster", "a", SPEC("9", GROUP("\"maxReplicas\":2,"))),
		       OBJECT("RayCluster", "a", SPEC("8", GROUP("\"maxReplicas\":3,")))),
		true);
	expect(update(CLUSTER("a", "8"), CLUSTER("a", "7")), true);
	expect(update(CLUSTER("a", "7"), CLUSTER("a", "8")), false);
}

Test(charge, a_full_ledger_stops_no_update_that_raises_nothing)
{
	expect(create(CLUSTER("a", "1")), true);
	expect(create(CLUSTER("b", "1")), true);
	expect(create(CLUSTER("c", "1")), true);
	const struct review_result full = create(CLUSTER("d", "1"));

	expect(full, false);
	cr_expect(str_contains(full.reply, "\"code\":403"), "%.*s", STR_ARG(full.reply));
	cr_expect(str_contains(full.reply, "(RG1402)"), "%.*s", STR_ARG(full.reply));
	expect(update(CLUSTER("d", "1"),
		       OBJECT("RayCluster", "d", SPEC("1", "\"rayVersion\":\"2.46.0\","))),
		true);
	cr_assert_eq(ledger_count(ledger), 3u);
}

Test(charge, until_it_is_known_what_is_there_growth_alone_is_asked_to_come_again)
{
	ledger_free(&ledger);
	ledger = ledger_new_watched(3);
	const struct review_result created = create(CLUSTER("a", "2"));

	expect(created, false);
	cr_expect(str_contains(created.reply, "\"code\":429"), "%.*s", STR_ARG(created.reply));
	expect(update(CLUSTER("a", "2"), CLUSTER("a", "3")), false);
	expect(update(CLUSTER("a", "3"), CLUSTER("a", "2")), true);
	use_policy("{" QUOTA ",\"enforcement\":\"warn\"}");
	expect(create(CLUSTER("b", "2")), true);
	use_policy("{" QUOTA ",\"enforcement\":\"audit\"}");
	expect(create(CLUSTER("c", "2")), true);
	use_policy("{" QUOTA ",\"rules\":{\"RG1401\":\"warn\"}}");
	expect(ask(&(struct ask){ADMIT_VALIDATE, true, CLUSTER("d", "2"), NULL, NULL}), true);
	use_policy("{" QUOTA "}");
	ledger_set_known(ledger);
	expect(create(CLUSTER("e", "1")), false); /* what was admitted meanwhile counts */
}

Test(charge, what_is_admitted_over_quota_counts_for_others)
{
	static const char *const POLICIES[] = {
		"{" QUOTA ",\"enforcement\":\"warn\"}",
		"{" QUOTA ",\"enforcement\":\"audit\"}",
		"{" QUOTA ",\"rules\":{\"RG1401\":\"warn\"}}",
		"{" QUOTA ",\"rules\":{\"RG1401\":\"off\"}}",
	};

	for (size_t i = 0; i < ARRAY_LEN(POLICIES); i++) {
		use_policy(POLICIES[i]);
		expect(create(CLUSTER("a", "5")), true);
		use_policy("{" QUOTA "}");
		cr_expect_not(create(CLUSTER("b", "1")).allowed, "%s", POLICIES[i]);
		ledger_free(&ledger);
		ledger = ledger_new(3);
	}
}

Test(charge, an_unbounded_cluster_that_got_in_spoils_no_sums)
{
	static const char UNBOUNDED[] = OBJECT("RayCluster", "a", SPEC("1", GROUP("")));

	use_policy("{" QUOTA ",\"enforcement\":\"warn\"}");
	expect(create(UNBOUNDED), true);
	use_policy("{" QUOTA "}");
	expect(create(CLUSTER("b", "3")), true);
	expect(create(CLUSTER("a", "4")), false);
	expect(update(UNBOUNDED, CLUSTER("a", "1")), true);
	expect(create(CLUSTER("c", "1")), false);
}

/* Before the API server has chosen a name, which offline it never does. */
Test(charge, clusters_without_a_name_are_charged_apart)
{
	static const char UNNAMED[] = "{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\","
				      "\"metadata\":{\"generateName\":\"a-\","
				      "\"uid\":\"of-what-it-was-copied-from\"},"
				      "\"spec\":" SPEC("2", "") "}";
	static const struct {
		const char *uid;
		bool allowed;
	} CASES[] = {
		{"1", true},
		{"2", true},
		{"2", true}, /* asked again */
		{"3", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		expect(ask(&(struct ask){
			       .phase = ADMIT_VALIDATE, .object = UNNAMED, .uid = CASES[i].uid}),
			CASES[i].allowed);
	cr_expect_eq(ledger_count(ledger), 2u);
}

#define SMALL(name) CLUSTER(name, "100m")

Test(charge, clusters_are_counted_too)
{
	use_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"quotas\":{\"n\":{"
		   "\"count/rayclusters\":\"2\"}}}");
	expect(create(SMALL("a")), true);
	expect(create(SMALL("b")), true);
	expect(update(SMALL("b"), CLUSTER("b", "200m")), true);
	const struct review_result third = create(SMALL("c"));

	expect(third, false);
	cr_expect(str_contains(third.reply,
			  "count/rayclusters asks for 1, 2 of 2 are used by others: over by 1"),
		"%.*s", STR_ARG(third.reply));
}

/* The quota has shrunk since: what an update does not raise is nothing to refuse it for. */
Test(charge, each_amount_of_a_quota_is_compared_for_itself)
{
	expect(create(CLUSTER("a", "1")), true);
	expect(create(CLUSTER("b", "1")), true);
	use_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"quotas\":{\"n\":{"
		   "\"pods\":\"1\",\"requests.cpu\":\"4\",\"limits.cpu\":\"4\","
		   "\"requests.nvidia.com/gpu\":\"0\"}}}");
	expect(update(CLUSTER("a", "1"), CLUSTER("a", "2")), true);
	const struct review_result more = update(CLUSTER("a", "2"), CLUSTER("a", "4"));

	expect(more, false);
	cr_expect_eq(more.outcome.errors, 2u, "%.*s", STR_ARG(more.reply));
	cr_expect_not(str_contains(more.reply, "pods asks"), "%.*s", STR_ARG(more.reply));
}

Test(charge, a_namespace_without_a_quota_is_not_counted)
{
	use_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"quotas\":{\"other\":{"
		   "\"pods\":\"0\"}}}");
	expect(create(CLUSTER("a", "9")), true);
	cr_assert_eq(ledger_count(ledger), 0u);
}

#define SCALED(max)                                                                                \
	OBJECT("RayCluster", "a",                                                                  \
		SPEC("1",                                                                          \
			"\"enableInTreeAutoscaling\":true,\"autoscalerOptions\":{\"resources\":{"  \
			"\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}}},\"workerGroupSpecs\":[{"  \
			"\"groupName\":\"w\",\"minReplicas\":0,\"replicas\":1," max                \
			"\"template\":" POD("1") "}],"))

/* What is told of an excess, by what is asked for and by whom. */
/* clang-format off */
static const struct {
	const char *name, *policy, *old, *object, *words;
	bool allowed;
} WORDS[] = {
	{"a cluster as it is", "", NULL, CLUSTER("a", "5"),
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1", false},
	{"at its largest", "", NULL, SCALED("\"maxReplicas\":3,"),
		"requests.cpu asks for 5 at its largest (1 of it for \\\"autoscaler\\\", which the "
		"controller adds), 0 of 4 are used by others: over by 1; lower maxReplicas or its "
		"pods' resources, or have the policy's quota raised",
		false},
	{"without a most", "", NULL, SCALED(""),
		"requests.cpu is unbounded, 0 of 4 are used by others: set maxReplicas of worker "
		"group \\\"w\\\"", false},
	{"as it is now, a warning in two", ",\"charge\":\"now\"", NULL,
		SCALED("\"maxReplicas\":3,"),
		"at its largest it comes to 5 of requests.cpu (1 of it for \\\"autoscaler\\\", which "
		"the controller adds),\",\"  now 3, and namespace", true},
	{"now, and its largest fits", ",\"charge\":\"now\"", NULL, SCALED("\"maxReplicas\":2,"),
		NULL, true},
	{"a service that grows", "", SERVICE("1"), SERVICE("6"),
		"requests.cpu asks for 6, 0 of 4 are used by others: over by 2", false},
};
/* clang-format on */

Test(charge, an_excess_says_what_is_asked_for)
{
	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		use_policy(arena_printf(&arena, "{" QUOTA "%s}", WORDS[i].policy).at);
		const struct review_result r = ask(
			&(struct ask){ADMIT_VALIDATE, true, WORDS[i].object, WORDS[i].old, NULL});
		const char *const words = WORDS[i].words;

		cr_expect_eq(
			r.allowed, WORDS[i].allowed, "%s: %.*s", WORDS[i].name, STR_ARG(r.reply));
		cr_expect(words ? str_contains(r.reply, words) : !str_contains(r.reply, "RG140"),
			"%s: %.*s", WORDS[i].name, STR_ARG(r.reply));
	}
}

#define GROWN(replicas)                                                                            \
	OBJECT("RayCluster", "1-a",                                                                \
		SPEC("1", "\"enableInTreeAutoscaling\":true,\"workerGroupSpecs\":[{"               \
			  "\"groupName\":\"w\",\"minReplicas\":0,\"maxReplicas\":2,"               \
			  "\"replicas\":" replicas ",\"template\":" POD("2") "}],"))
#define NOW ",\"charge\":\"now\",\"target\":{\"controller\":"

/* Whose growth past the quota is refused, and whose is left to the controller to withhold. */
/* clang-format off */
static const struct {
	const char *policy, *user;
	bool allowed;
} GROWTHS[] = {
	{NOW "\"raygate\"}", "system:serviceaccount:n:r-a", true},
	{NOW "\"raygate\"}", "system:serviceaccount:n:other", false},
	{NOW "\"raygate\"}", "system:serviceaccount:other:r-a", false},
	{NOW "\"raygate\"}", "jane", false},
	{NOW "\"kuberay\"}", "system:serviceaccount:n:r-a", false},
};
/* clang-format on */

Test(charge, an_autoscaler_is_told_and_not_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(GROWTHS); i++) {
		struct review_result r;

		use_policy(arena_printf(&arena, "{" QUOTA "%s}", GROWTHS[i].policy).at);
		review_run(&arena,
			&(struct review_case){.phase = ADMIT_VALIDATE,
				.object = STR(GROWN("2")),
				.old = STR(GROWN("0")),
				.namespace = STR("n"),
				.user = GROWTHS[i].user,
				.policy = policy,
				.ledger = ledger},
			&r);
		cr_expect_eq(r.allowed, GROWTHS[i].allowed, "%zu: %.*s", i, STR_ARG(r.reply));
		cr_expect(str_contains(r.reply, "RG1401"), "%zu: %.*s", i, STR_ARG(r.reply));
	}
}

/* It is decoded to be measured; what is wrong with it is no matter. */
Test(charge, an_old_version_with_mistakes_is_measured)
{
	static const char WRONG[] = OBJECT("RayCluster", "a",
		SPEC("1", "\"suspend\":7,\"rayVersion\":[],\"workerGroupSpecs\":[{\"replicas\":"
			  "\"x\"}],"));

	expect(create(CLUSTER("a", "1")), true);
	expect(update(WRONG, CLUSTER("a", "4")), true);
	expect(update(WRONG, CLUSTER("a", "5")), false);
}

/* As in `raygate check`, where nothing else is known to run. */
Test(charge, without_a_ledger_an_object_is_compared_alone)
{
	ledger_free(&ledger);
	for (int i = 0; i < 2; i++)
		expect(create(CLUSTER("a", "4")), true);
	const struct review_result r = create(CLUSTER("b", "5"));

	expect(r, false);
	cr_expect(str_contains(r.reply, "0 of 4 are used by others"), "%.*s", STR_ARG(r.reply));
}

Test(charge, the_first_groups_without_a_most_are_named)
{
#define W(name, max)                                                                               \
	"{\"groupName\":\"" name "\",\"minReplicas\":0,\"replicas\":0," max                        \
	"\"template\":" POD("100m") "}"
	const struct review_result r = create(OBJECT("RayCluster", "a",
		SPEC("1", "\"enableInTreeAutoscaling\":true,\"workerGroupSpecs\":[" W("w1",
				  "") "," W("w2", "\"maxReplicas\":1,") "," W("w3", "") "],")));

	expect(r, false);
	cr_expect(str_contains(r.reply, "set maxReplicas of worker group \\\"w1\\\", \\\"w3\\\" ("),
		"%.*s", STR_ARG(r.reply));
}

Test(charge, an_object_without_a_cluster_is_not_charged)
{
	use_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"quotas\":{\"n\":{"
		   "\"count/rayclusters\":\"0\"}}}");
	const struct review_result r = create(OBJECT("RayCluster", "a", "null"));

	expect(r, false);
	cr_expect_not(str_contains(r.reply, "RG1401"), "%.*s", STR_ARG(r.reply));
}

/* A name of the quota that the cluster does not ask for has no largest size. */
Test(charge, what_is_not_asked_for_is_within_every_quota)
{
	use_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"charge\":\"now\","
		   "\"quotas\":{\"n\":{\"requests.nvidia.com/gpu\":\"0\"}}}");
	const struct review_result r = create(SCALED("\"maxReplicas\":3,"));

	expect(r, true);
	cr_expect_not(str_contains(r.reply, "RG140"), "%.*s", STR_ARG(r.reply));
}
