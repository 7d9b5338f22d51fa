/* How grave a finding is: by its row, the policy, the object's annotation, and what was before. */
#include "validators/validate.h"

#include <criterion/criterion.h>

#include "tests/support/review.h"
#include "tests/support/rules_kit.h"
#include "tests/support/verdict.h"
#include "validators/plan.h"

/* A group whose least is above its most, and what else an object may have. */
#define GROUP(name, counts)                                                                        \
	"{\"groupName\":\"" name "\"," counts                                                      \
	"\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\",\"image\":\"ray\"}]}}}"
#define MIN(n) "\"minReplicas\":" n ","
#define MAX(n) "\"maxReplicas\":" n ","

#define BAD(name)  GROUP(name, MIN("5") MAX("3"))
#define GOOD(name) GROUP(name, MIN("1") MAX("3"))
#define OBJECT(meta, groups)                                                                       \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\"" meta  \
	"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\","  \
	"\"image\":\"ray\"}]}}},\"workerGroupSpecs\":[" groups "]}}"
#define CLUSTER(groups) OBJECT("", groups)

enum { OFF = FIELD_SEVERITY_OFF, WARN = FIELD_SEVERITY_WARN, ERROR = FIELD_SEVERITY_ERROR };

/* clang-format off */
/* RG0302 reads minReplicas and maxReplicas of a group. */
static const struct {
	const char *name, *old, *object;
	int grade;
} RATCHET[] = {
	{"a create", NULL, CLUSTER(BAD("a")), ERROR},
	{"nothing changes", CLUSTER(BAD("a")), CLUSTER(BAD("a")), WARN},
	{"something else changes", CLUSTER(BAD("a")),
		CLUSTER(GROUP("a", MIN("5") MAX("3") "\"replicas\":3,")), WARN},
	{"it was right", CLUSTER(GOOD("a")), CLUSTER(BAD("a")), ERROR},
	{"the value that is shown changes", CLUSTER(BAD("a")),
		CLUSTER(GROUP("a", MIN("6") MAX("3"))), ERROR},
	{"and is less wrong", CLUSTER(BAD("a")), CLUSTER(GROUP("a", MIN("4") MAX("3"))), WARN},
	{"the other value changes", CLUSTER(BAD("a")), CLUSTER(GROUP("a", MIN("5") MAX("2"))),
		ERROR},
	{"the two change places", CLUSTER(GROUP("a", MIN("5") MAX("3"))),
		CLUSTER(GROUP("a", MAX("3") MIN("5"))), WARN},
	{"the group moves", CLUSTER(BAD("a") "," GOOD("b")), CLUSTER(GOOD("b") "," BAD("a")), WARN},
	{"another group has it", CLUSTER(BAD("a") "," GOOD("b")),
		CLUSTER(GOOD("a") "," BAD("b")), ERROR},
	{"another group has it too", CLUSTER(BAD("a") "," GOOD("b")),
		CLUSTER(BAD("a") "," BAD("b")), ERROR},
	{"the group gets another name", CLUSTER(BAD("a")), CLUSTER(BAD("b")), ERROR},
	{"it is mended", CLUSTER(BAD("a")), CLUSTER(GOOD("a")), OFF},
};
/* clang-format on */

Test(validate, what_was_wrong_in_the_same_way_is_a_warning)
{
	for (size_t i = 0; i < ARRAY_LEN(RATCHET); i++) {
		const enum field_severity grade =
			rules_kit_update(RATCHET[i].old, RATCHET[i].object, "RG0302");

		cr_expect_eq((int)grade, RATCHET[i].grade, "%s: %d", RATCHET[i].name, (int)grade);
	}
}

#define SILENCE(ids) ",\"annotations\":{\"raygate.dev/silence\":\"" ids "\"}"
#define MANY(n)      GROUP("a", MIN("1") MAX("3") "\"replicas\":" n ",")

/* clang-format off */
/* RG0302 is an error by its row, RG0305 (replicas above maxReplicas) a warning. */
static const struct {
	const char *name, *object, *rules; /* of the policy */
	const char *rule;
	int grade;
	bool silenced;
} SEVERITIES[] = {
	{"an error", CLUSTER(BAD("a")), "", "RG0302", ERROR, false},
	{"the policy warns", CLUSTER(BAD("a")), "RG0302: warn", "RG0302", WARN, false},
	{"the policy has it off", CLUSTER(BAD("a")), "RG0302: off", "RG0302", OFF, false},
	{"the policy speaks of another", CLUSTER(BAD("a")), "RG0301: off", "RG0302", ERROR, false},
	{"a warning", CLUSTER(MANY("9")), "", "RG0305", WARN, false},
	{"the policy refuses", CLUSTER(MANY("9")), "RG0305: error", "RG0305", ERROR, false},
	{"a warning that is silenced", OBJECT(SILENCE("RG0305"), MANY("9")), "", "RG0305", OFF,
		true},
	{"the second of a list", OBJECT(SILENCE("RG0301 , RG0305"), MANY("9")), "", "RG0305", OFF,
		true},
	{"the first of a list", OBJECT(SILENCE(" RG0305,RG0301"), MANY("9")), "", "RG0305", OFF,
		true},
	{"a list with holes", OBJECT(SILENCE(",,RG0305,"), MANY("9")), "", "RG0305", OFF, true},
	{"another is silenced", OBJECT(SILENCE("RG0301"), MANY("9")), "", "RG0305", WARN, false},
	{"half an id", OBJECT(SILENCE("RG030"), MANY("9")), "", "RG0305", WARN, false},
	{"an error cannot be silenced", OBJECT(SILENCE("RG0302"), BAD("a")), "", "RG0302", ERROR,
		false},
	{"nor can what the policy refuses", OBJECT(SILENCE("RG0305"), MANY("9")), "RG0305: error",
		"RG0305", ERROR, false},
	{"but what it only warns of", OBJECT(SILENCE("RG0302"), BAD("a")), "RG0302: warn", "RG0302",
		OFF, true},
};
/* clang-format on */

static int grade_in(const struct findings *found, const char *rule)
{
	for (size_t i = 0; i < found->count; i++) {
		if (strcmp(found->items[i].rule->id, rule) == 0)
			return (int)found->items[i].severity;
	}
	return OFF;
}

Test(validate, the_row_the_policy_and_the_annotation_settle_how_grave_it_is)
{
	for (size_t i = 0; i < ARRAY_LEN(SEVERITIES); i++) {
		struct findings found;
		struct arena arena;

		arena_init(&arena, 65536);
		struct policy *policy = review_policy(arena_printf(&arena,
			"{apiVersion: raygate.dev/v1, kind: Policy, rules: {%s}}",
			SEVERITIES[i].rules)
							      .at);
		const struct verdict_case it = {
			.object = str_from(SEVERITIES[i].object), .policy = policy};

		verdict_judge(&arena, &it, &found);
		cr_expect_eq(grade_in(&found, SEVERITIES[i].rule), SEVERITIES[i].grade, "%s: %d",
			SEVERITIES[i].name, grade_in(&found, SEVERITIES[i].rule));
		cr_expect_eq(found.silenced > 0, SEVERITIES[i].silenced, "%s: %zu are silenced",
			SEVERITIES[i].name, found.silenced);
		policy_free(&policy);
		arena_done(&arena);
	}
}

Test(validate, errors_come_first_and_each_kind_in_its_order)
{
	struct policy *policy = policy_empty();
	struct findings found;
	struct arena arena;

	arena_init(&arena, 65536);
	const struct verdict_case it = {
		.object = STR(CLUSTER(MANY("9") "," BAD("b") "," BAD("c"))), .policy = policy};

	verdict_judge(&arena, &it, &found);
	cr_assert_eq(found.errors, 2u);
	cr_expect(str_contains(found.items[0].error->field, "[1]"));
	cr_expect(str_contains(found.items[1].error->field, "[2]"));
	cr_expect_geq(found.warnings, 1u);
	cr_expect_eq(found.errors + found.warnings, found.count);
	for (size_t i = found.errors; i < found.count; i++)
		cr_expect_eq(found.items[i].severity, FIELD_SEVERITY_WARN);
	policy_free(&policy);
	arena_done(&arena);
}

Test(validate, a_rule_is_found_by_its_whole_id)
{
	static const char *const STRANGERS[] = {"", "RG", "RG030", "RG03021", "rg0302", "RG9999"};

	cr_expect(strcmp(plan_rule_find(STR("RG0302"))->id, "RG0302") == 0);
	for (size_t i = 0; i < ARRAY_LEN(STRANGERS); i++)
		cr_expect_null(plan_rule_find(str_from(STRANGERS[i])), "'%s'", STRANGERS[i]);
}

/* Longer lists name no rules of ours, and are not read once for each warning. */
Test(validate, a_list_of_many_ids_silences_nothing)
{
	static const int LENGTHS[] = {16 * 1024 / 7 - 1, 16 * 1024 / 7 + 1};

	for (size_t i = 0; i < ARRAY_LEN(LENGTHS); i++) {
		CLEANUP(buf_done) struct buf ids = {0};
		struct arena arena;

		for (int n = 0; n < LENGTHS[i]; n++)
			buf_add_cstr(&ids, "RG0301,");
		buf_add_cstr(&ids, "RG0305");
		arena_init(&arena, 65536);
		const enum field_severity grade =
			rules_kit_judge(arena_printf(&arena, OBJECT(SILENCE("%.*s"), MANY("9")),
						STR_ARG(buf_str(&ids)))
						.at,
				"RG0305");

		cr_expect_eq((int)grade, i ? WARN : OFF, "%zu bytes: %d", ids.len, (int)grade);
		arena_done(&arena);
	}
}

#define JOB(image)                                                                                 \
	"{\"apiVersion\":\"ray.io/"                                                                \
	"v1\",\"kind\":\"RayJob\",\"metadata\":{\"name\":\"j\"},\"spec\":{"                        \
	"\"entrypoint\":\"e\",\"submitterPodTemplate\":{\"spec\":{\"restartPolicy\":\"Never\","    \
	"\"containers\":[{\"name\":\"s\",\"image\":\"" image "\"}]}},\"rayClusterSpec\":{"         \
	"\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":"    \
	"\"ray\"}]"                                                                                \
	"}}}}}}"

/* The pod that submits a job is one like the others. */
Test(validate, the_submitter_of_a_job_is_judged)
{
	cr_expect_eq(rules_kit_judge(JOB("ray"), "RG0632"), FIELD_SEVERITY_OFF);
	cr_expect_eq(rules_kit_judge(JOB(""), "RG0632"), FIELD_SEVERITY_ERROR);
}

/* The CRDs let it pass, but nothing comes of it. */
Test(validate, an_object_without_a_spec_is_refused)
{
	static const char *const KINDS[] = {"ray.io/v1\",\"kind\":\"RayCluster",
		"cluster.ray.io/v1\",\"kind\":\"RayCluster", "ray.io/v1\",\"kind\":\"RayJob",
		"ray.io/v1\",\"kind\":\"RayService", "ray.io/v1\",\"kind\":\"RayCronJob"};
	static const char *const SPECS[] = {"", ",\"spec\":null"};

	for (size_t i = 0; i < ARRAY_LEN(KINDS) * ARRAY_LEN(SPECS); i++) {
		struct arena arena;

		arena_init(&arena, 4096);
		const char *const object = arena_printf(&arena,
			"{\"apiVersion\":\"%s\",\"metadata\":{\"name\":\"c\"}%s}",
			KINDS[i / ARRAY_LEN(SPECS)], SPECS[i % ARRAY_LEN(SPECS)])
						   .at;

		cr_expect_eq(rules_kit_judge(object, "RG0103"), FIELD_SEVERITY_ERROR, "%s", object);
		arena_done(&arena);
	}
}
