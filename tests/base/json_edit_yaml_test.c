#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_yaml(struct json_edit *value, const char *expected)
{
	struct buf out = {0};

	json_edit_print_yaml(value, &out);
	char *const text = buf_take(&out);

	cr_assert_str_eq(text, expected);
	free(text);
	json_edit_free(&value);
}

Test(json_edit_yaml, blocks_stand_as_kubectl_prints_them)
{
	assert_yaml(
		json_edit_raw(STR("{\"spec\":{\"containers\":[{\"name\":\"ray\",\"args\":[\"a\"],"
				  "\"env\":{}},{\"name\":\"b\"}],\"matrix\":[[1,2],[],[[3]]]},"
				  "\"empty\":[],\"none\":null,\"yes\":true}")),
		"spec:\n"
		"  containers:\n"
		"  - name: ray\n"
		"    args:\n"
		"    - a\n"
		"    env: {}\n"
		"  - name: b\n"
		"  matrix:\n"
		"  - - 1\n"
		"    - 2\n"
		"  - []\n"
		"  - - - 3\n"
		"empty: []\n"
		"none: null\n"
		"\"yes\": true\n");
}

Test(json_edit_yaml, a_value_alone_is_a_document)
{
	assert_yaml(json_edit_str(STR("text")), "text\n");
	assert_yaml(json_edit_object(), "{}\n");
	assert_yaml(json_edit_array(), "[]\n");
	assert_yaml(json_edit_null(), "null\n");
	assert_yaml(json_edit_i64(-7), "-7\n");
}

Test(json_edit_yaml, a_string_that_reads_as_something_else_is_quoted)
{
	static const char *const QUOTED[] = {
		"",
		"true",
		"False",
		"YES",
		"no",
		"On",
		"off",
		"y",
		"N",
		"null",
		"Null",
		"~",
		"1",
		"-1",
		"+1",
		"0777",
		"0o7",
		"0x1F",
		"0b11",
		"1_000",
		"1.5",
		".5",
		"1e3",
		"1E3",
		"12:30:45",
		".inf",
		"-.inf",
		".nan",
		"2024-01-01",
		"2024-01-01T00:00:00Z",
		"10.0.0.1",
		"<<",
		"=",
		"- a",
		"-",
		"---",
		"...",
		"? a",
		": a",
		"a: b",
		"a:",
		"a #b",
		"#a",
		"&a",
		"*a",
		"!a",
		"|",
		">",
		"'a'",
		"%a",
		"@a",
		"`a`",
		"[a]",
		"{a}",
		",a",
		" a",
		"a ",
		"-n",
		"--",
		"--1",
	};

	for (size_t i = 0; i < ARRAY_LEN(QUOTED); i++) {
		char expected[64];

		snprintf(expected, sizeof(expected), "\"%s\"\n", QUOTED[i]);
		assert_yaml(json_edit_str(str_from(QUOTED[i])), expected);
	}
}

Test(json_edit_yaml, everyday_strings_stand_plain)
{
	static const char *const PLAIN[] = {
		"ray",
		"rayproject/ray:2.9.0",
		"500m",
		"2Gi",
		"--num-cpus=1",
		"/tmp/ray",
		"a b c",
		"2.9.0-py310",
		"ray.io/v1",
		"a:b",
		"a#b",
		"nope",
		"truely",
		"_x",
	};

	for (size_t i = 0; i < ARRAY_LEN(PLAIN); i++) {
		char expected[64];

		snprintf(expected, sizeof(expected), "%s\n", PLAIN[i]);
		assert_yaml(json_edit_str(str_from(PLAIN[i])), expected);
	}
}

Test(json_edit_yaml, what_cannot_stand_in_yaml_is_escaped)
{
	static const struct {
		struct str in;
		const char *out;
	} CASES[] = {
		{STR_INIT("\"\\"), "\"\\\"\\\\\"\n"},
		{STR_INIT("\t\r\x01\x7f"), "\"\\t\\r\\x01\\x7F\"\n"},
		{{"a\0b", 3}, "\"a\\0b\"\n"},
		{STR_INIT("\xC3\xA9"), "\"\xC3\xA9\"\n"},
		{STR_INIT("\xC2\x85"), "\"\\x85\"\n"},
		{STR_INIT("\xE2\x80\xA8\xE2\x80\xA9"), "\"\\u2028\\u2029\"\n"},
		{STR_INIT("\xEF\xBB\xBF"), "\"\\uFEFF\"\n"},
		{STR_INIT("\xEF\xBF\xBF"), "\"\\uFFFF\"\n"},
		{STR_INIT("\xF0\x9F\x98\x80"), "\"\xF0\x9F\x98\x80\"\n"},
		{STR_INIT("\xFF"), "\"\xEF\xBF\xBD\"\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		assert_yaml(json_edit_str(CASES[i].in), CASES[i].out);
}

Test(json_edit_yaml, lines_become_a_literal_block_where_they_can)
{
	static const struct {
		const char *in, *out;
	} CASES[] = {
		{"a\nb", "a: |-\n  a\n  b\n"},
		{"a\nb\n", "a: |\n  a\n  b\n"},
		{"a\n\n  b: #c\n", "a: |\n  a\n\n    b: #c\n"},
		{"a\nb\n\n", "a: \"a\\nb\\n\\n\"\n"},
		{" a\nb", "a: \" a\\nb\"\n"},
		{"\na", "a: \"\\na\"\n"},
		{"a\r\nb", "a: \"a\\r\\nb\"\n"},
		{"\n", "a: \"\\n\"\n"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct json_edit *const value = json_edit_object();

		json_edit_put_cstr(value, "a", CASES[i].in);
		assert_yaml(value, CASES[i].out);
	}
}

Test(json_edit_yaml, a_literal_block_in_a_list_is_deeper_than_its_dash)
{
	assert_yaml(json_edit_raw(STR("{\"a\":{\"b\":[\"x\\ny\",\"z\"]}}")),
		"a:\n  b:\n  - |-\n    x\n    y\n  - z\n");
}

Test(json_edit_yaml, numbers_keep_their_digits_and_read_as_numbers)
{
	assert_yaml(json_edit_raw(STR("[9007199254740993,1.50,1e3,1E-3,-2.5e+7,-0]")),
		"- 9007199254740993\n- 1.50\n- 1.0e+3\n- 1.0e-3\n- -2.5e+7\n- -0\n");
}

Test(json_edit_yaml, keys_are_quoted_as_strings_are_and_long_ones_stand_alone)
{
	char key[151], expected[200];
	struct json_edit *const value = json_edit_object();

	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	json_edit_put_i64(value, "on", 1);
	json_edit_put_i64(value, "a\nb", 2);
	json_edit_put_i64(json_edit_put_object(value, key), "x", 3);
	snprintf(expected, sizeof(expected), "\"on\": 1\n\"a\\nb\": 2\n? \"%s\"\n:\n  x: 3\n", key);
	assert_yaml(value, expected);
}

/* clang-format off */
static const struct {
	const char *text, *comment;
} COMMENTS[] = {
	{"", ""},
	{"one line", "# one line\n"},
	{"one\n\n  two\n", "# one\n#\n#   two\n"},
	{"a\rb: 1", "# a?b: 1\n"},
	/* what else ends a line in YAML 1.1, and what it does not take */
	{"a\xC2\x85" "b: 1\xE2\x80\xA8" "c: 1\xE2\x80\xA9" "d: 1", "# a?b: 1?c: 1?d: 1\n"},
	{"\x1B[31m\x7F\xFF\xEF\xBB\xBF", "# ?[31m???\n"},
	{"\xC3\xA4 \xF0\x9D\x9B\xBC\t.", "# \xC3\xA4 \xF0\x9D\x9B\xBC\t.\n"},
};
/* clang-format on */

Test(json_edit_yaml, a_comment_has_a_mark_before_each_line_and_ends_nowhere_else)
{
	for (size_t i = 0; i < ARRAY_LEN(COMMENTS); i++) {
		CLEANUP(buf_done) struct buf out = {0};

		json_edit_print_yaml_comment(str_from(COMMENTS[i].text), &out);
		cr_expect(str_is(buf_str(&out), COMMENTS[i].comment), "%zu: %.*s", i,
			STR_ARG(buf_str(&out)));
	}
}
