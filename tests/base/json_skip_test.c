#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_read.h"

static const struct json_place SKIP[] = {{1, "s"}, {3, "t"}, {0, NULL}};
static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 8, .nodes = 40, .skip = SKIP};

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 4096);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(json_skip, .init = setup, .fini = teardown);

/* The exact bytes on the heap, so that a sanitizer sees one byte too far. */
static bool reads(struct str text, struct err *err)
{
	CLEANUP(mem_free) char *copy = mem_alloc(text.len);
	struct json_doc doc;

	if (text.len)
		memcpy(copy, text.at, text.len);
	return json_read(&arena, (struct str){copy, text.len}, &LIMITS, &doc, err);
}

Test(json_skip, what_is_skipped_is_one_node_with_its_text)
{
	static const char TEXT[] = "{\"s\":[{\"a\":[1,2,{}],\"t\":{\"b\":\"]\"}}],"
				   "\"t\":\"no container\",\"a\":[\"s\","
				   "{\"\\u0074\":{\"x\":[1,2,3,4,5,6,7,8,9]},\"s\":[1]}]}";
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, STR(TEXT), &LIMITS, &doc, &err), "%s", err.text);
	cr_expect_eq(doc.count, 14);
	const struct json_node *const skipped = json_get(doc.root, "s");

	cr_expect(json_is(skipped, JSON_SKIPPED));
	cr_expect(str_is(json_raw(skipped), "[{\"a\":[1,2,{}],\"t\":{\"b\":\"]\"}}]"));
	cr_expect_eq(json_count(skipped), 0);
	cr_expect_null(json_item(skipped, 0));
	cr_expect(json_str_is(json_get(doc.root, "t"), STR("no container")));
	const struct json_node *const inner = json_item(json_get(doc.root, "a"), 1);

	cr_expect(json_is(json_get(inner, "t"), JSON_SKIPPED), "an escaped key is the key");
	cr_expect(json_is(json_get(inner, "s"), JSON_ARRAY), "at another depth");
	cr_expect_eq(inner->span, 6);
}

Test(json_skip, brackets_and_strings_must_be_right)
{
	static const struct {
		const char *inside, *message;
	} CASES[] = {
		{"[}", "column 7: expected ']'"},
		{"{\"a\":1]", "column 12: expected '}'"},
		{"[[]", "column 9: expected a closing bracket"},
		{"[\"a]", "column 7: a string without an end"},
		{"[\"\\x\"]", "column 9: expected one of"},
		{"[\"\\ud800\"]", "column 8: '\\ud800' is half"},
		{"[\"a\tb\"]", "column 9: the control character 0x09"},
		{"[\"0123456789012345\x01\"]", "column 24: the control character 0x01"},
		{"[\"\xff\"]", "column 8: the byte 0xff"},
		{"[\xc3\xa9]", "column 7: expected a value"},
		{"[\x01]", "column 7: expected a value"},
		{"[[[[[[[[]]]]]]]]", "column 13: objects and arrays are deeper"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char text[128];
		struct err err;

		snprintf(text, sizeof(text), "{\"s\":%s", CASES[i].inside);
		cr_expect(!reads(str_from(text), &err), "%s", text);
		cr_expect(str_contains(str_from(err.text), CASES[i].message), "%s", err.text);
	}
}

/* Nobody reads it: whether its commas stand where they should is not worth the time. */
Test(json_skip, what_stands_between_is_not_looked_at)
{
	static const char *const TEXTS[] = {
		"{\"s\":[1,]}",
		"{\"s\":[01 2]}",
		"{\"s\":{\"a\" 1}}",
		"{\"s\":{\"a\":1,\"a\":2}}",
		"{\"s\":[\n\t{},\r\n[ ]\n]}",
		"{\"s\":[[[[[[[]]]]]]]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		struct err err;

		cr_expect(reads(str_from(TEXTS[i]), &err), "%s: %s", TEXTS[i], err.text);
	}
}

Test(json_skip, every_beginning_of_a_text_is_refused)
{
	static const struct str TEXT =
		STR_INIT("{\"s\":[{\"key of sixteen bytes\":\"\\\\\\\"\\u00e9 \xc3\xa9 and a long "
			 "string\"},\n[0,1,true,false,null,123456789],{}]}");
	struct err err;

	cr_assert(reads(TEXT, &err), "%s", err.text);
	for (size_t len = 0; len < TEXT.len; len++)
		cr_expect(!reads((struct str){TEXT.at, len}, &err), "%zu", len);
}

/* What is passed over takes one node, and gives what follows no more. */
Test(json_skip, the_node_limit_counts_what_is_kept)
{
	for (size_t after = 30; after < 45; after++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct err err;

		buf_add_cstr(&text, "{\"s\":[0");
		for (size_t i = 0; i < 300; i++)
			buf_add_cstr(&text, ",[]");
		buf_add_cstr(&text, "],\"a\":[0");
		for (size_t i = 1; i < after; i++)
			buf_add_cstr(&text, ",0");
		buf_add_cstr(&text, "]}");
		cr_expect_eq(reads(buf_str(&text), &err), after + 5 <= LIMITS.nodes, "%zu: %s",
			after, err.text);
	}
}

Test(json_skip, a_bracket_is_seen_at_every_distance)
{
	for (int distance = 0; distance < 70; distance++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct json_doc doc;
		struct err err;

		buf_printf(&text, "{\"s\":[%*d,\"]%*d\\\\\"],\"a\":1}", distance, 1, distance, 2);
		cr_assert(json_read(&arena, buf_str(&text), &LIMITS, &doc, &err), "%d: %s",
			distance, err.text);
		cr_expect(json_is(json_get(doc.root, "a"), JSON_NUMBER), "%d", distance);
	}
}

/* Whatever the place in a block of 64 bytes, and whether there is a whole block to look at. */
Test(json_skip, a_piece_is_passed_at_every_distance)
{
	static const struct {
		const char *piece;
		bool good;
	} CASES[] = {
		{"\"\"", true},
		{"\"a]\"", true},
		{"\"\\\"]\",\"\\\\\"", true},
		{"\"a longer string, \\n with an escape and {brackets} [in] it, behind a block\"",
			true},
		{"\"\xc3\xa9\"", true},
		{"{\"k\":[{}]}", true},
		{"\n\t\r\n", true},
		{"]", false},
		{"{]", false},
		{"[}", false},
		{"\"\\x\"", false},
		{"\"\x01\"", false},
		{"\"\xff\"", false},
		{"\"\\\\\\\"", false},
		{"\xc3\xa9", false},
		{"\\", true}, /* no string: not looked at */
		{"\x7f\x01", false},
		{"[[[[[[[]]]]]]]", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		for (int distance = 0; distance < 140; distance++) {
			CLEANUP(buf_done) struct buf text = {0};
			struct err err = {.text = ""};

			buf_printf(&text, "{\"s\":[%*s,%s],\"a\":\"%*s\"}", distance, "",
				CASES[i].piece, distance % 2 * 100, "");
			cr_expect_eq(reads(buf_str(&text), &err), CASES[i].good, "%s at %d: %s",
				CASES[i].piece, distance, err.text);
		}
	}
}
