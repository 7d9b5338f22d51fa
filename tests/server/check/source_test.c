#include <criterion/criterion.h>

#include "server/check/source.h"

static struct source make(const char *text)
{
	struct source s;

	source_init(&s, "file", str_from(text));
	return s;
}

static void expect_line(struct source *s, uint32_t number, const char *expected)
{
	const struct str line = source_line(s, number);

	cr_expect(str_is(line, expected), "line %u is '%.*s'", number, STR_ARG(line));
}

Test(source, lines_are_found_in_any_order)
{
	struct source s = make("one\n\nthree\r\nfour");

	expect_line(&s, 3, "three");
	expect_line(&s, 1, "one");
	expect_line(&s, 4, "four");
	expect_line(&s, 2, "");
	expect_line(&s, 1, "one");
	cr_expect_null(source_line(&s, 5).at);
	cr_expect_null(source_line(&s, 0).at);
	expect_line(&s, 4, "four");
}

Test(source, an_empty_text_has_one_empty_line)
{
	struct source s = {0};

	source_init(&s, "file", (struct str){0});
	cr_expect_eq(source_line(&s, 1).len, 0);
	cr_expect_null(source_line(&s, 2).at);
}

Test(source, lines_that_are_counted_in_different_ways_are_not_shown)
{
	static const char *const TEXTS[] = {"a\rb\n", "a\r",
		"a\xC2\x85"
		"b",
		"a\xE2\x80\xA8"
		"b"};

	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(*TEXTS); i++) {
		struct source s = make(TEXTS[i]);

		cr_expect_null(source_line(&s, 1).at, "text %zu", i);
	}
}

Test(source, places_are_told_in_characters)
{
	const char *const text = "ab\nsüß: x\n\ny";
	struct source s = make(text);
	static const struct {
		size_t offset;
		uint32_t line, column;
	} CASES[] = {{13, 4, 1}, {0, 1, 1}, {2, 1, 3}, {10, 2, 6}, {3, 2, 1}, {12, 3, 1}};

	for (size_t i = 0; i < sizeof(CASES) / sizeof(*CASES); i++) {
		uint32_t line, column;

		source_place(&s, text + CASES[i].offset, &line, &column);
		cr_expect(line == CASES[i].line && column == CASES[i].column,
			"offset %zu is at %u:%u", CASES[i].offset, line, column);
	}
}

static void expect_split(struct source *s, uint32_t line, uint32_t column, const char *expected)
{
	struct str before, rest;

	cr_expect(source_split(s, line, column, &before, &rest));
	cr_expect(
		str_is(rest, expected), "from %u:%u on it is '%.*s'", line, column, STR_ARG(rest));
	cr_expect_eq(before.at + before.len, rest.at);
	cr_expect(str_eq((struct str){before.at, before.len + rest.len}, source_line(s, line)));
}

Test(source, a_line_is_parted_at_any_place_in_any_order)
{
	struct source s = make("süß: x\r\nend");

	expect_split(&s, 1, 4, ": x");
	expect_split(&s, 1, 2, "üß: x");
	expect_split(&s, 1, 3, "ß: x");
	expect_split(&s, 1, 1, "süß: x");
	expect_split(&s, 1, 99, "");
	expect_split(&s, 2, 2, "nd");
	expect_split(&s, 1, 6, "x");
	expect_split(&s, 1, 0, "süß: x");
}

Test(source, a_byte_order_mark_is_no_part_of_the_text)
{
	struct source s = make("\xEF\xBB\xBF"
			       "one");

	expect_line(&s, 1, "one");
}
