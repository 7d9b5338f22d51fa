#include <criterion/criterion.h>

#include "tests/support/review.h"
#include "tests/support/verdict.h"

/* A cluster that breaks RG0302 (an error by its row) twice, and RG0305 (a warning). */
#define OBJECT(silence)                                                                            \
	"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata:\n  name: a\n"                          \
	"  annotations: {raygate.dev/silence: \"" silence "\"}\n"                                  \
	"spec: {headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}},\n"       \
	"  workerGroupSpecs: [\n"                                                                  \
	"  {groupName: b, minReplicas: 3, maxReplicas: 2,\n"                                       \
	"  template: {spec: {containers: [{name: h, image: ray}]}}},\n"                            \
	"  {groupName: d, minReplicas: 3, maxReplicas: 2,\n"                                       \
	"  template: {spec: {containers: [{name: h, image: ray}]}}},\n"                            \
	"  {groupName: c, minReplicas: 1, replicas: 3, maxReplicas: 2,\n"                          \
	"  template: {spec: {containers: [{name: h, image: ray}]}}}]}\n"

/* What RG0210 says of a list of ids; NULL: nothing. */
static const struct {
	const char *ids, *rules, *words;
} LISTS[] = {
	{"", "", NULL},
	{"RG0305", "", NULL},
	{",, RG0305 ,", "", NULL},
	{"RG0102", "", NULL},
	{"RG9", "", "Invalid value: \"RG9\": is no rule"},
	{"RG0305,foo", "", "Invalid value: \"foo\": is no rule"},
	{"RG03", "", "\"RG03\": is no rule, and silences nothing: "},
	{"rg0305", "", "did you mean RG0305?"},
	{"RG-0305", "", "did you mean RG0305?"},
	{"RG0305x", "", "did you mean RG0305?"},
	{"RG305", "", "`raygate rules` lists all ids"}, /* RG1305? */
	{"replicas-in-bounds", "", "did you mean RG0305?"},
	{"Replicas-In-Bounds", "", "did you mean RG0305?"},
	{"RG0305 RG0102", "", "parted by commas"},
	{"RG0305;RG0102", "", "parted by commas"},
	{"RG0305\\tRG0102", "", "parted by commas"},
	/* Of a long one its beginning, as of any value. */
	{"01234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"
	 "9more",
		"", "0123456789012345678…: is no rule"},
	{"RG0302", "", "RG0302 is an error here, and only warnings can be silenced"},
	{"RG0302", "RG0302: warn", NULL},
	{"RG0305", "RG0305: error", "RG0305 is an error here"},
	/* An error by its row, but not broken here; other cases of it are warnings. */
	{"RG0406", "", NULL},
	{"RG0210,foo", "", NULL},
	{"RG0305,RG9\\u2028", "", "\"RG9\u2028\": has a U+2028, which looks like nothing"},
};

static struct str told_of_update(
	struct arena *arena, const char *object, const char *old, const char *rules)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct findings findings;
	struct policy *policy = review_policy(arena_printf(
		arena, "{apiVersion: raygate.dev/v1, kind: Policy, rules: {%s}}", rules)
						      .at);
	const struct verdict_case it = {
		.object = str_from(object), .old = str_from(old), .policy = policy};

	verdict_judge(arena, &it, &findings);
	for (size_t k = 0; k < findings.count; k++) {
		if (str_is(str_from(findings.items[k].rule->id), "RG0210"))
			buf_printf(&out, "%.*s\n", STR_ARG(findings.items[k].error->message));
	}
	policy_free(&policy);
	return arena_str(arena, buf_str(&out));
}

static struct str told_of(struct arena *arena, const char *object, const char *rules)
{
	return told_of_update(arena, object, "", rules);
}

static struct str told(struct arena *arena, const char *ids, const char *rules)
{
	return told_of(arena, arena_printf(arena, OBJECT("%s"), ids).at, rules);
}

static size_t lines_of(struct str text)
{
	size_t count = 0;

	for (size_t i = 0; i < text.len; i++)
		count += text.at[i] == '\n';
	return count;
}

/* Once, however often the rule is broken and the findings are settled. */
Test(silence, an_id_that_silences_nothing_is_told)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(LISTS); i++) {
		const struct str text = told(&arena, LISTS[i].ids, LISTS[i].rules);

		cr_expect_eq(lines_of(text), LISTS[i].words ? 1u : 0u, "'%s': %.*s", LISTS[i].ids,
			STR_ARG(text));
		cr_expect(LISTS[i].words == NULL || str_contains(text, LISTS[i].words),
			"'%s': %.*s", LISTS[i].ids, STR_ARG(text));
	}
	arena_done(&arena);
}

Test(silence, of_many_ids_that_are_none_so_many_are_told_as_show_what_is_wrong)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str text = told(&arena, "a,b,c,d,e,f,g,h,i,j", "");

	cr_expect_eq(lines_of(text), 8u, "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "\"h\": is no rule"), "%.*s", STR_ARG(text));
	arena_done(&arena);
}

/* A slip of an id is told with the id that was meant, and that one is told of all the same. */
Test(silence, an_id_and_a_slip_of_it_are_both_told)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str text = told(&arena, "RG0302x,RG0302", "");

	cr_expect_eq(lines_of(text), 2u, "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "Forbidden: RG0302 is an error here"), "%.*s", STR_ARG(text));
	arena_done(&arena);
}

/* A misspelt field that is needed breaks two rules at once, and the graver one counts. */
Test(silence, of_two_rules_that_find_the_same_the_one_that_counts_is_told)
{
	static const char MISSPELT[] =
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: a, annotations: "
		"{raygate.dev/silence: RG0102}}, spec: {headGroupSpec: {template: {spec: "
		"{containers: [{nam: h, image: ray}]}}}}}";
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str text = told_of(&arena, MISSPELT, "RG0103: warn");

	cr_expect(str_contains(text, "RG0102 is an error here"), "%.*s", STR_ARG(text));
	arena_done(&arena);
}

/* Beside others that are odd, or are none. */
Test(silence, each_id_is_told_for_itself)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str text = told(&arena, "foo,RG9\\u2028", "");

	cr_expect_eq(lines_of(text), 2u, "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "Invalid value: \"foo\": is no rule"), "%.*s", STR_ARG(text));
	arena_done(&arena);
}

/* It is a warning then, and heard all the same. */
Test(silence, an_error_that_was_there_before_is_told_as_one)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str text = told_of_update(&arena, OBJECT("RG0302"), OBJECT(""), "");

	cr_expect_eq(lines_of(text), 1u, "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "RG0302 is an error that was there before, and only warnings"),
		"%.*s", STR_ARG(text));
	arena_done(&arena);
}
