#include <criterion/criterion.h>

#include "base/attr.h"
#include "server/check/excerpt.h"
#include "server/check/source.h"

static void print(struct buf *out, const char *line, uint32_t column, uint32_t length)
{
	struct excerpt e = {.line = 7, .length = length};
	struct source source;

	source_init(&source, "file", str_from(line));
	cr_assert(source_split(&source, 1, column, &e.before, &e.text));
	excerpt_print(&e, out);
}

/* Columns that a line takes in a terminal, for the lines here. */
static const struct {
	const char *name, *line;
	uint32_t column, length;
	const char *expected;
} CASES[] = {
	{"a word is marked whole", "  minReplicas: 300", 16, 3,
		"    7 |   minReplicas: 300\n      |                ^~~\n"},
	{"a tab is one column", "a:\t\tb", 5, 1, "    7 | a:  b\n      |     ^\n"},
	{"letters of two bytes are one column", "städte: x", 9, 1,
		"    7 | städte: x\n      |         ^\n"},
	{"wide characters are two columns", "名前: x", 5, 1, "    7 | 名前: x\n      |       ^\n"},
	{"a wide character is marked whole", "a: 名", 4, 1, "    7 | a: 名\n      |    ^~\n"},
	{"a combining mark has no column", "e\xCC\x81: x", 5, 1,
		"    7 | e\xCC\x81: x\n      |    ^\n"},
	{"an escape sequence is not passed on", "a: \x1b[31mx", 4, 1,
		"    7 | a: ?[31mx\n      |    ^\n"},
	{"bytes that are no UTF-8 are one column each", "\xff\xfe: x", 5, 1,
		"    7 | ??: x\n      |     ^\n"},
	{"behind the end of the line", "abc", 4, 1, "    7 | abc\n      |    ^\n"},
	{"far behind the end of the line", "abc", 900, 5, "    7 | abc\n      |    ^\n"},
	{"an empty line", "", 1, 1, "    7 | \n      | ^\n"},
	{"a column that is not known", "abc", 0, 0, "    7 | abc\n      | ^\n"},
};

Test(excerpt, the_caret_stands_under_what_is_wrong)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf out = {0};

		print(&out, CASES[i].line, CASES[i].column, CASES[i].length);
		buf_add_char(&out, '\0');
		cr_expect_str_eq(out.at, CASES[i].expected, "%s: is\n%s", CASES[i].name, out.at);
	}
}

Test(excerpt, a_long_line_is_cut_around_the_caret)
{
	CLEANUP(buf_done) struct buf line = {0};
	CLEANUP(buf_done) struct buf out = {0};

	for (int i = 0; i < 1000; i++)
		buf_printf(&line, "%d", i % 10);
	buf_add_char(&line, '\0');
	print(&out, line.at, 500, 2000);
	const struct str text = buf_str(&out);
	const size_t end = str_find(text, '\n');
	const struct str mark = str_from_offset(text, end + 1);

	cr_expect(str_contains(text, "| …"), "%.*s", STR_ARG(text));
	cr_expect_leq(end, 8 + EXCERPT_WIDTH + 2 * sizeof("…"));
	cr_expect_leq(mark.len, 8 + EXCERPT_WIDTH + 2);
	/* "…" has three bytes and one column, so that the caret's own digit is two bytes behind */
	cr_expect_eq(text.at[str_find(mark, '^') + 2], '9', "%.*s", STR_ARG(text));
}
