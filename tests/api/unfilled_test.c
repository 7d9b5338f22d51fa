#include "api/unfilled.h"

#include <criterion/criterion.h>

#include "base/attr.h"

static const struct {
	const char *text;
	bool is_unfilled;
} CASES[] = {
	{"$NAME", true},
	{"${NAME}", true},
	{"${name_2}", true},
	{"${NAME:-demo}", true},
	{"repo/ray:$TAG", true},
	{"repo/ray:${TAG}", true},
	{"{{ .Values.x }}", true},
	{"{{x}}", true},
	{"a-{{- .Values.x -}}-b", true},
	{"<your-image>", true},
	{"<your image>:<tag>", true},
	{"a<b <name>", true},
	{"", false},
	{"$", false},
	{"$$", false},
	{"${", false},
	{"${NAME", false},
	{"${}", false},
	{"$(NAME)", false},
	{"$5", false},
	{"5$", false},
	{"{ .Values.x }", false},
	{"{{ x", false},
	{"{\"a\":{\"b\":{}}}", false},
	{"<", false},
	{"<>", false},
	{"a < b > c", false},
	{"<5>", false},
	{"<a", false},
	{"<a <5>", false},
	{"Ray_Head", false},
};

Test(unfilled, what_was_to_be_filled_in_is_known_by_its_marks)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(unfilled_is_in(str_from(CASES[i].text)), CASES[i].is_unfilled, "'%s'",
			CASES[i].text);
}

static bool found_at(const struct field_path *at, const char *json)
{
	static const struct json_limits LIMITS = {.bytes = 4096, .depth = 4, .nodes = 8};
	struct json_doc doc;
	struct arena arena;
	struct err err;

	arena_init(&arena, 1024);
	cr_assert(json_read(&arena, str_from(json), &LIMITS, &doc, &err), "%s", err.text);
	const bool found = unfilled_is_at(&arena, at, doc.root);

	arena_done(&arena);
	return found;
}

Test(unfilled, a_shell_has_words_of_its_own)
{
	const struct field_path *const head = FIELD_CHILD(FIELD_ROOT("spec"), "headGroupSpec");
	const struct field_path *const params = FIELD_CHILD(head, "rayStartParams");

	cr_expect(found_at(FIELD_CHILD(head, "image"), "\"$NAME\""));
	cr_expect(found_at(FIELD_CHILD(head, "image"), "\"\\u003cname\\u003e\""));
	cr_expect_not(found_at(FIELD_KEY(params, STR("num-cpus")), "\"$NAME\""));
	cr_expect_not(found_at(FIELD_INDEX(FIELD_CHILD(head, "args"), 0), "\"a <in >out\""));
	cr_expect(found_at(FIELD_KEY(params, STR("num-cpus")), "\"{{ .Values.cpus }}\""));
	cr_expect_not(found_at(head, "7"));
	cr_expect_not(found_at(head, "[\"$NAME\"]"));
}
