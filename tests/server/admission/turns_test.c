/* Hundreds of mistakes of one rule never hide that another rule is broken, too. */
#include <criterion/criterion.h>

#include "server/admission/turns.h"
#include "server/admission/verdict.h"
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

TestSuite(turns, .init = start, .fini = stop);

static void use_policy(const char *more)
{
	policy_free(&policy);
	policy = review_policy(
		arena_printf(&arena, "apiVersion: raygate.dev/v1\nkind: Policy\n%s", more).at);
}

static const struct json_node *review(struct str object, enum admit_phase phase)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 22, .depth = 64, .nodes = 100000};
	struct review_result result;
	struct json_doc doc;
	struct err err;

	review_run(&arena,
		&(struct review_case){
			.phase = phase, .object = object, .namespace = STR("n"), .policy = policy},
		&result);
	cr_assert(json_read(&arena, result.reply, &LIMITS, &doc, &err), "%s", err.text);
	return json_get(doc.root, "response");
}

#define HEAD(more)                                                                                 \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\"},"     \
	"\"spec\":{" more "\"headGroupSpec\":{\"rayStartParams\":{\"num-cpus\":\"1\"},"            \
	"\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":\"rayproject/"          \
	"ray:2.46.0\",\"resources\":{\"limits\":{\"memory\":\"4Gi\"}}}]}}}"

/* Each of `groups` workers has the mistake that is written out in `more`. */
static struct str object_of(const char *head, size_t groups, const char *more)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_printf(&text, "%s,\"workerGroupSpecs\":[", head);
	for (size_t i = 0; i < groups; i++)
		buf_printf(&text,
			"%s{\"groupName\":\"g%zu\",%s,\"template\":{\"spec\":{\"containers\":[{"
			"\"name\":\"w\",\"image\":\"rayproject/ray:2.46.0\",\"resources\":{"
			"\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}}",
			i ? "," : "", i, more);
	buf_add_cstr(&text, "]}}");
	return arena_str(&arena, buf_str(&text));
}

/* Everything that an answer's lines say, as one text; `lines` counts them. */
static struct str join(const struct json_node *list, const char *member, size_t *lines)
{
	CLEANUP(buf_done) struct buf text = {0};

	*lines = 0;
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct json_node *const node = member ? json_get(it.value, member) : it.value;

		buf_add(&text, json_str(&arena, node));
		buf_add_char(&text, '\n');
		(*lines)++;
	}
	return arena_str(&arena, buf_str(&text));
}

static struct str text_of(const struct json_node *object, const char *member)
{
	return arena_str(&arena, json_str(&arena, json_get(object, member)));
}

static void expect_rest(const struct json_node *response, struct str rest)
{
	const struct json_node *const status = json_get(response, "status");
	const struct json_node *const causes = json_get(json_get(status, "details"), "causes");
	const struct str message = json_str(&arena, json_get(status, "message"));
	const struct json_node *const last = json_item(causes, json_count(causes) - 1);

	cr_expect(str_ends(message, arena_printf(&arena, ", %.*s]", STR_ARG(rest)).at), "%.*s",
		STR_ARG(message));
	cr_expect(json_str_is(json_get(last, "message"), rest), "%.*s",
		STR_ARG(text_of(last, "message")));
	cr_expect_null(json_get(last, "field"));
	for (struct json_iter it = json_iter(causes); json_next_item(&it);)
		cr_expect(str_contains(message, text_of(it.value, "message").at), "%.*s",
			STR_ARG(text_of(it.value, "message")));
}

Test(turns, a_denial_tells_of_every_rule_and_of_the_quota)
{
	enum { GROUPS = 300 };

	use_policy("quotas: {\"n\": {pods: 1}}\n");
	const struct json_node *const response =
		review(object_of(HEAD("\"managedBy\":\"nobody\","), GROUPS,
			       "\"replicas\":2,\"minReplicas\":-1"),
			ADMIT_VALIDATE);
	size_t lines = 0;
	const struct str causes =
		join(json_get(json_get(json_get(response, "status"), "details"), "causes"),
			"message", &lines);

	cr_expect_eq(lines, (size_t)VERDICT_CAUSES_MAX + 1);
	cr_expect(str_contains(causes, "(RG0104)"), "%.*s", STR_ARG(causes));
	cr_expect(str_contains(causes, "(RG1401)"), "%.*s", STR_ARG(causes));
	expect_rest(response,
		arena_printf(&arena, "and %d more of RG0301: `raygate check` shows all of them",
			GROUPS - (VERDICT_CAUSES_MAX - 2)));
}

/* An order of turns as text: "0 3 1 2". */
static struct str order_of(const char *rules)
{
	static const struct rule RULES[] = {
		{.id = "RG0001"}, {.id = "RG0002"}, {.id = "RG0003"}, {.id = "RG0004"}};
	CLEANUP(buf_done) struct buf text = {0};
	struct finding findings[16];
	const struct finding *list[16] = {NULL};
	size_t count = 0;

	for (; rules[count]; count++) {
		findings[count] = (struct finding){.rule = &RULES[rules[count] - 'a']};
		list[count] = &findings[count];
	}
	const size_t *const order = turns_of(&arena, list, count);

	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s%zu", i ? " " : "", order[i]);
	return arena_str(&arena, buf_str(&text));
}

/* clang-format off */
static const struct {
	const char *rules; /* of each finding */
	const char *order;
} ORDERS[] = {
	{"", ""},
	{"a", "0"},
	{"aaa", "0 1 2"},
	{"aaab", "0 3 1 2"},
	{"aabbc", "0 2 4 1 3"},
	{"abab", "0 1 2 3"},
	{"caaacb", "0 1 5 2 4 3"},
};
/* clang-format on */

Test(turns, the_first_of_each_rule_comes_before_the_second_of_any)
{
	for (size_t i = 0; i < ARRAY_LEN(ORDERS); i++)
		cr_expect(str_is(order_of(ORDERS[i].rules), ORDERS[i].order), "%s: %.*s",
			ORDERS[i].rules, STR_ARG(order_of(ORDERS[i].rules)));
}

Test(turns, rules_that_have_no_room_are_told_by_their_number)
{
	static const struct rule RULES[] = {
		{.id = "RG0001"}, {.id = "RG0002"}, {.id = "RG0003"}, {.id = "RG0004"}};
	struct turns_rests rests = {.arena = &arena};

	for (size_t i = 0; i < ARRAY_LEN(RULES); i++)
		turns_count(&rests, &RULES[i], i + 1);
	const struct str few = turns_rest_text(&rests, 0, 20);
	const struct str all = turns_rest_text(&rests, 3, SIZE_MAX);

	cr_expect(str_is(few, "and 10 more (1 of RG0001, 9 of 3 other rules): `raygate check` "
			      "shows all of them"),
		"%.*s", STR_ARG(few));
	cr_expect(str_is(all, "and 10 more (1 of RG0001, 2 of RG0002, 3 of RG0003, 4 of RG0004): "
			      "`raygate check` shows more of them"),
		"%.*s", STR_ARG(all));
	cr_expect_not(str_contains(turns_rest_text(&rests, 10, SIZE_MAX), "check"));
}

static const char *head_with_unknown_fields(size_t count)
{
	CLEANUP(buf_done) struct buf head = {0};

	buf_add_cstr(&head, HEAD(""));
	for (size_t i = 0; i < count; i++)
		buf_printf(&head, ",\"flavour%zu\":1", i);
	return arena_str(&arena, buf_str(&head)).at;
}

/* Unknown fields come first of all findings, half a CPU is found behind them. */
Test(turns, warnings_tell_of_every_rule)
{
	const struct json_node *const response =
		review(object_of(head_with_unknown_fields(100), 1,
			       "\"rayStartParams\":{\"num-cpus\":\"0.5\"}"),
			ADMIT_VALIDATE);
	size_t lines = 0;
	const struct str text = join(json_get(response, "warnings"), NULL, &lines);

	cr_expect_leq(text.len - lines, (size_t)ADMISSION_WARNINGS_MAX);
	cr_expect(str_contains(text, "(RG0102)"), "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "(RG0408)"), "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, " more of RG0102: `raygate check` shows all of them\n"),
		"%.*s", STR_ARG(text));
}

/* The list is full of warnings when the errors come: a few are listed, the others only counted. */
Test(turns, a_denial_counts_what_is_not_listed_anywhere)
{
	enum { GROUPS = 20 };
	expect_rest(review(object_of(head_with_unknown_fields(FIELD_ERRORS_LIMIT), GROUPS,
				   "\"minReplicas\":-1"),
			    ADMIT_VALIDATE),
		arena_printf(&arena, "and %d more of RG0301", GROUPS - FIELD_ERRORS_SHARE));
}

enum { MANY_RULES = 100 };

/* Broken by none that was ever seen: but what is told by its id alone mends nothing. */
Test(turns, of_however_many_rules_each_is_told_in_words)
{
	struct rule *const rules = arena_array(&arena, MANY_RULES, sizeof(*rules));
	struct finding *const items = arena_array(&arena, 2 * MANY_RULES, sizeof(*items));
	const struct field_error error = {.rule = "RG", .field = STR("spec"), .message = STR("m")};
	const struct findings found = {
		.items = items, .count = 2 * MANY_RULES, .errors = 2 * MANY_RULES};
	const struct admission_request request = {.group = STR("ray.io")};
	const struct ray_object object = {.kind = RAY_CLUSTER};
	struct admission_answer answer = {0};

	for (size_t i = 0; i < found.count; i++) {
		rules[i / 2] =
			(struct rule){.id = arena_printf(&arena, "RG%04zu", 1000 + i / 2).at};
		items[i] = (struct finding){
			.error = &error, .rule = &rules[i / 2], .severity = FIELD_SEVERITY_ERROR};
	}
	verdict_answer(&(struct verdict_input){.arena = &arena,
			       .policy = policy,
			       .request = &request,
			       .object = &object,
			       .findings = &found,
			       .may_deny = true},
		&answer);
	cr_expect_eq(answer.cause_count, MANY_RULES + 1u, "%zu", answer.cause_count);
}
