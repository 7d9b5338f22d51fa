#include "base/json_read.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct json_limits LIMITS = {.bytes = 1 << 24, .depth = 64, .nodes = 1 << 20};

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 4096);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(json_read, .init = setup, .fini = teardown);

/* The exact bytes on the heap, so that a sanitizer sees one byte too far. */
static char *exactly(struct str text)
{
	char *const copy = mem_alloc(text.len);

	if (text.len)
		memcpy(copy, text.at, text.len);
	return copy;
}

static bool reads(struct str text, const struct json_limits *limits, struct err *err)
{
	CLEANUP(mem_free) char *copy = exactly(text);
	struct json_doc doc;

	*err = (struct err){0};
	return json_read(&arena, (struct str){copy, text.len}, limits, &doc, err);
}

static const struct json_node *root_of(const char *text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, str_from(text), &LIMITS, &doc, &err), "%s: %s", text, err.text);
	return doc.root;
}

Test(json_read, the_grammar_is_accepted)
{
	static const struct str TEXTS[] = {
		STR_INIT("null"),
		STR_INIT("true"),
		STR_INIT("false"),
		STR_INIT("0"),
		STR_INIT("-0"),
		STR_INIT("10"),
		STR_INIT("-1.5e+10"),
		STR_INIT("1E5"),
		STR_INIT("1e-5"),
		STR_INIT("0.0"),
		STR_INIT("0e0"),
		STR_INIT("123456789012345678901234567890"),
		STR_INIT("1e99999"),
		STR_INIT("\"\""),
		STR_INIT("[]"),
		STR_INIT("{}"),
		STR_INIT("[ ]"),
		STR_INIT("{ }"),
		STR_INIT(" \t\r\n[ 1 , 2 ]\n"),
		STR_INIT("[[[[]]],{}]"),
		STR_INIT("{\"\":0}"),
		STR_INIT("{\"a\":{\"a\":{\"a\":1}}}"),
		STR_INIT("{\"a\":1,\"A\":1,\"a \":1}"),
		STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uABCD\\uabcd\""),
		STR_INIT("\"\\ud83d\\ude00\""),
		STR_INIT("\"\\uD83D\\uDE00\""),
		STR_INIT("\"\x7f\""),
		STR_INIT("\"\xc2\x80 \xef\xbf\xbf \xf4\x8f\xbf\xbf \xed\x9f\xbf\""),
		STR_INIT("\"\xe2\x80\xa8\""),
		STR_INIT("\"\xef\xbb\xbf\""),
		STR_INIT("\"0123456789abcdef0123456789abcdef\xc3\xa9 and then more than sixteen\""),
	};

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		struct err err;

		cr_expect(reads(TEXTS[i], &LIMITS, &err), "%.*s: %s", STR_ARG(TEXTS[i]), err.text);
	}
}

Test(json_read, anything_else_is_refused_at_its_place_with_a_reason)
{
	static const struct {
		struct str text;
		const char *message;
	} CASES[] = {
		{STR_INIT(""), "the text is empty"},
		{STR_INIT(" \n"), "the text is empty"},
		{STR_INIT("\xef\xbb\xbf{}"), "line 1, column 1: a byte order mark is not JSON"},
		{STR_INIT("nul"), "line 1, column 1: expected 'null'"},
		{STR_INIT("nulL"), "line 1, column 1: expected 'null'"},
		{STR_INIT("truefalse"),
			"line 1, column 5: expected nothing behind the value, found 'f'"},
		{STR_INIT("True"), "line 1, column 1: expected a value, found 'T'"},
		{STR_INIT("NaN"), "line 1, column 1: expected a value, found 'N'"},
		{STR_INIT("-"), "line 1, column 2: expected a digit, found the end of the text"},
		{STR_INIT("-Infinity"), "line 1, column 2: expected a digit, found 'I'"},
		{STR_INIT("+1"), "line 1, column 1: expected a value, found '+'"},
		{STR_INIT(".5"), "line 1, column 1: expected a value, found '.'"},
		{STR_INIT("1."), "line 1, column 3: expected a digit, found the end of the text"},
		{STR_INIT("1.e5"), "line 1, column 3: expected a digit, found 'e'"},
		{STR_INIT("1e"), "line 1, column 3: expected a digit, found the end of the text"},
		{STR_INIT("1e+"), "line 1, column 4: expected a digit, found the end of the text"},
		{STR_INIT("01"), "line 1, column 1: a number must not begin with a zero"},
		{STR_INIT("-012"), "line 1, column 1: a number must not begin with a zero"},
		{STR_INIT("0x10"),
			"line 1, column 2: expected nothing behind the value, found 'x'"},
		{STR_INIT("1 2"), "line 1, column 3: expected nothing behind the value, found '2'"},
		{STR_INIT("[1"), "line 1, column 3: expected ',' or ']' behind an item, "
				 "found the end of the text"},
		{STR_INIT("[1,]"), "line 1, column 4: expected a value, found ']'"},
		{STR_INIT("[,1]"), "line 1, column 2: expected a value, found ','"},
		{STR_INIT("[1 2]"),
			"line 1, column 4: expected ',' or ']' behind an item, found '2'"},
		{STR_INIT("[1}"),
			"line 1, column 3: expected ',' or ']' behind an item, found '}'"},
		{STR_INIT("[\n1\n,,"), "line 3, column 2: expected a value, found ','"},
		{STR_INIT("]"), "line 1, column 1: expected a value, found ']'"},
		{STR_INIT("[]]"), "line 1, column 3: expected nothing behind the value, found ']'"},
		{STR_INIT("{"), "line 1, column 2: expected a key in double quotes, "
				"found the end of the text"},
		{STR_INIT("{a:1}"), "line 1, column 2: expected a key in double quotes, found 'a'"},
		{STR_INIT("{'a':1}"),
			"line 1, column 2: expected a key in double quotes, found '''"},
		{STR_INIT("{1:1}"), "line 1, column 2: expected a key in double quotes, found '1'"},
		{STR_INIT("{\"a\"}"), "line 1, column 5: expected ':' behind a key, found '}'"},
		{STR_INIT("{\"a\" 1}"), "line 1, column 6: expected ':' behind a key, found '1'"},
		{STR_INIT("{\"a\":}"), "line 1, column 6: expected a value, found '}'"},
		{STR_INIT("{\"a\":1,}"),
			"line 1, column 8: expected a key in double quotes, found '}'"},
		{STR_INIT("{\"a\":1;"),
			"line 1, column 7: expected ',' or '}' behind a member, found ';'"},
		{STR_INIT("{\"a\":1]"),
			"line 1, column 7: expected ',' or '}' behind a member, found ']'"},
		{STR_INIT("[1] // no"),
			"line 1, column 5: expected nothing behind the value, found '/'"},
		{STR_INIT("\f1"), "line 1, column 1: expected a value, found the byte 0x0c"},
		{STR_INIT("[1\xc2\xa0]"),
			"line 1, column 3: expected ',' or ']' behind an item, found '\xc2\xa0'"},
		{STR_INIT("\xff"), "line 1, column 1: expected a value, found the byte 0xff"},
		{STR_INIT("{}\0"), "line 1, column 3: expected nothing behind the value, "
				   "found the byte 0x00"},
		{STR_INIT("[\0]"), "line 1, column 2: expected a value, found the byte 0x00"},
		{STR_INIT("\"abc"), "line 1, column 1: a string without an end"},
		{STR_INIT("\""), "line 1, column 1: a string without an end"},
		{STR_INIT("\"\\"),
			"line 1, column 3: expected one of \"\\/bfnrtu behind a backslash, "
			"found the end of the text"},
		{STR_INIT("\"\\\""), "line 1, column 1: a string without an end"},
		{STR_INIT("\"\\x41\""), "line 1, column 3: expected one of \"\\/bfnrtu behind a "
					"backslash, found 'x'"},
		{STR_INIT("\"\\\0\""), "line 1, column 3: expected one of \"\\/bfnrtu behind a "
				       "backslash, found the byte 0x00"},
		{STR_INIT("\"\\u12\""), "line 1, column 2: '\\u' needs four hexadecimal digits"},
		{STR_INIT("\"\\u12"), "line 1, column 2: '\\u' needs four hexadecimal digits"},
		{STR_INIT("\"\\u+123\""), "line 1, column 2: '\\u' needs four hexadecimal digits"},
		{STR_INIT("\"\\u004G\""), "line 1, column 2: '\\u' needs four hexadecimal digits"},
		{STR_INIT("\"\\ud800\""),
			"line 1, column 2: '\\ud800' is half of a surrogate pair"},
		{STR_INIT("\"\\udc00\""),
			"line 1, column 2: '\\udc00' is half of a surrogate pair"},
		{STR_INIT("\"\\ud800\\u0041\""),
			"line 1, column 2: '\\ud800' is half of a surrogate pair"},
		{STR_INIT("\"\\ud800\\ud800\""),
			"line 1, column 2: '\\ud800' is half of a surrogate pair"},
		{STR_INIT("\"\\udc00\\ud800\""),
			"line 1, column 2: '\\udc00' is half of a surrogate pair"},
		{STR_INIT("\"\\ud800\\u"),
			"line 1, column 2: '\\ud800' is half of a surrogate pair"},
		{STR_INIT("\"a\nb\""),
			"line 1, column 3: the control character 0x0a must be escaped in a string"},
		{STR_INIT("\"\t\""),
			"line 1, column 2: the control character 0x09 must be escaped in a string"},
		{STR_INIT("\"\0\""),
			"line 1, column 2: the control character 0x00 must be escaped in a string"},
		{STR_INIT("\"\x80\""), "line 1, column 2: the byte 0x80 is not UTF-8"},
		{STR_INIT("\"\xc0\x80\""), "line 1, column 2: the byte 0xc0 is not UTF-8"},
		{STR_INIT("\"\xe0\x80\x80\""), "line 1, column 2: the byte 0xe0 is not UTF-8"},
		{STR_INIT("\"\xed\xa0\x80\""), "line 1, column 2: the byte 0xed is not UTF-8"},
		{STR_INIT("\"\xf4\x90\x80\x80\""), "line 1, column 2: the byte 0xf4 is not UTF-8"},
		{STR_INIT("\"\xc3"), "line 1, column 2: the byte 0xc3 is not UTF-8"},
		{STR_INIT("\"0123456789abcdefg\xff\""),
			"line 1, column 19: the byte 0xff is not UTF-8"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct err err;

		cr_expect(!reads(CASES[i].text, &LIMITS, &err), "%.*s", STR_ARG(CASES[i].text));
		cr_expect_str_eq(err.text, CASES[i].message);
		cr_expect_eq(err.code, ERR_INVALID, "%s", err.text);
	}
}

Test(json_read, every_beginning_of_a_text_is_refused)
{
	static const struct str TEXT =
		STR_INIT("{\"a\":[1.5e-3,true,false,null,\"\\u00e9\\ud83d\\ude00 "
			 "\xc3\xa9\"],\"b\":{\"c\":{}}}");
	struct err err;

	cr_assert(reads(TEXT, &LIMITS, &err), "%s", err.text);
	for (size_t len = 0; len < TEXT.len; len++)
		cr_expect(!reads((struct str){TEXT.at, len}, &LIMITS, &err), "%zu", len);
}

Test(json_read, a_key_that_stands_twice_is_refused)
{
	static const struct {
		const char *text, *message;
	} CASES[] = {
		{"{\"a\":1,\"a\":2}", "line 1, column 8: the key 'a' is already in this object, "
				      "at line 1, column 2"},
		{"{\"a\":1,\n \"b\":{\"a\":[]},\n  \"a\":1}",
			"line 3, column 3: the key 'a' is already in this object, "
			"at line 1, column 2"},
		{"{\"a\":1,\"\\u0061\":2}", "line 1, column 8: the key '\\u0061' is already in "
					    "this object, at line 1, column 2"},
		{"{\"\\u0061\":1,\"a\":2}", "line 1, column 13: the key 'a' is already in this "
					    "object, at line 1, column 2"},
		{"{\"\\u0061\":1,\"b\":3,\"\\u0061\":2}",
			"line 1, column 19: the key '\\u0061' is already in this object, "
			"at line 1, column 2"},
		{"{\"\":1,\"\":2}", "line 1, column 7: the key '' is already in this object, "
				    "at line 1, column 2"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct err err;

		cr_expect(!reads(str_from(CASES[i].text), &LIMITS, &err), "%s", CASES[i].text);
		cr_expect_str_eq(err.text, CASES[i].message);
	}
}

/* An object of `count` members k0, k1, … and then the member `last`. */
static struct str wide_object(size_t count, const char *last)
{
	const size_t room = count * 24 + 64;
	char *const text = arena_alloc(&arena, room);
	size_t len = 0;

	text[len++] = '{';
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, room - len, "\"k%zu\":%zu,", i, i);
	len += (size_t)snprintf(text + len, room - len, "\"%s\":true}", last);
	return (struct str){text, len};
}

Test(json_read, keys_of_wide_objects_differ_too, .timeout = 20)
{
	static const size_t COUNTS[] = {1, 2, 15, 16, 31, 32, 33, 64, 100, 1000, 200000};

	for (size_t i = 0; i < ARRAY_LEN(COUNTS); i++) {
		struct err err;

		cr_expect(reads(wide_object(COUNTS[i], "last"), &LIMITS, &err), "%s", err.text);
		cr_expect(!reads(wide_object(COUNTS[i], "k0"), &LIMITS, &err), "%zu", i);
		cr_expect(!reads(wide_object(COUNTS[i], "\\u006b0"), &LIMITS, &err), "%zu", i);
		arena_reset(&arena);
	}
}

Test(json_read, limits_hold_to_the_last)
{
	static const struct {
		const char *name, *text;
		uint32_t bytes, depth, nodes;
		const char *message;
	} CASES[] = {
		{"bytes", "[1,2]", 5, 9, 9, "5 bytes are more than the 4 allowed"},
		{"depth", "[[{\"a\":[]}]]", 99, 4, 9,
			"line 1, column 8: objects and arrays are more than 3 deep"},
		{"nodes", "[{\"a\":1,\"b\":[]}]", 99, 9, 6,
			"line 1, column 13: more than 5 values and keys"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_limits fits = {
			.bytes = CASES[i].bytes, .depth = CASES[i].depth, .nodes = CASES[i].nodes};
		struct json_limits less = fits;
		struct err err;

		less.bytes -= i == 0;
		less.depth -= i == 1;
		less.nodes -= i == 2;
		cr_expect(reads(str_from(CASES[i].text), &fits, &err), "%s", err.text);
		cr_expect(!reads(str_from(CASES[i].text), &less, &err), "%s", CASES[i].name);
		cr_expect_str_eq(err.text, CASES[i].message);
		cr_expect_eq(err.code, ERR_TOO_LARGE);
	}
}

Test(json_read, ten_thousand_levels_are_no_danger)
{
	char *const text = arena_alloc(&arena, 20000);
	const struct json_limits deep = {.bytes = 1 << 20, .depth = 10000, .nodes = 1 << 20};
	struct err err;

	memset(text, '[', 10000);
	memset(text + 10000, ']', 10000);
	cr_expect(!reads((struct str){text, 20000}, &LIMITS, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE);
	cr_expect(reads((struct str){text, 20000}, &deep, &err), "%s", err.text);
	cr_expect(!reads((struct str){text, 19999}, &deep, &err));
}

Test(json_read, positions_count_lines_and_bytes_from_one)
{
	static const struct str TEXT = STR_INIT("ab\n\n\xc3\xa9x");
	static const struct {
		size_t offset;
		uint32_t line, column;
	} CASES[] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {6, 3, 3}, {7, 3, 4}};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		uint32_t line, column;

		json_position(TEXT, TEXT.at + CASES[i].offset, &line, &column);
		cr_expect_eq(line, CASES[i].line, "offset %zu", CASES[i].offset);
		cr_expect_eq(column, CASES[i].column, "offset %zu", CASES[i].offset);
	}
}

Test(json_read, a_message_shows_only_the_front_of_a_long_key)
{
	char euros[301] = "", text[1024];
	struct err err;

	for (size_t i = 0; i < 100; i++)
		strcat(euros, "\xe2\x82\xac");
	snprintf(text, sizeof(text), "{\"%s\":1,\"%s\":1}", euros, euros);
	cr_expect(!reads(str_from(text), &LIMITS, &err));
	cr_expect(str_contains(str_from(err.text), "\xe2\x82\xac…' is already in this object"),
		"%s", err.text);
}

Test(json_read, the_nodes_are_in_the_order_of_the_text)
{
	const struct json_node *const root = root_of(" {\"a\":[1,\"x\"],\"b\":{}} ");
	static const enum json_kind KINDS[] = {JSON_OBJECT, JSON_STRING, JSON_ARRAY, JSON_NUMBER,
		JSON_STRING, JSON_STRING, JSON_OBJECT};
	static const uint32_t SPANS[] = {7, 1, 3, 1, 1, 1, 1};

	for (size_t i = 0; i < ARRAY_LEN(KINDS); i++) {
		cr_expect_eq(root[i].kind, KINDS[i], "node %zu", i);
		cr_expect_eq(root[i].span, SPANS[i], "node %zu", i);
	}
	cr_expect(str_is(json_raw(root), "{\"a\":[1,\"x\"],\"b\":{}}"));
	cr_expect(str_is(json_raw(root + 4), "\"x\""));
	cr_expect(str_is(json_raw(root + 6), "{}"));
}

/* Keys in order are known to differ at once; what is nearly in order must be looked at. */
Test(json_read, keys_are_told_apart_by_all_their_bytes)
{
	static const struct {
		const char *text;
		bool differ;
	} CASES[] = {
		{"{\"a\":1,\"ab\":1,\"abc\":1,\"b\":1}", true},
		{"{\"a\":1,\"b\":1,\"a\":1,\"c\":1}", false},
		{"{\"b\":1,\"a\":1,\"c\":1,\"d\":1}", true},
		{"{\"b\":1,\"a\":1,\"c\":1,\"b\":1}", false},
		{"{\"12345678\":1,\"123456789\":1,\"12345678a\":1}", true},
		{"{\"12345678a\":1,\"12345678b\":1,\"12345678a\":1}", false},
		{"{\"a\":1,\"\":1}", true},
		{"{\"\":1,\"a\":1}", true},
		{"{\"a\":1,\"b\":1,\"\\u0062\":1,\"c\":1}", false},
		{"{\"\\u0061\":1,\"b\":1,\"c\":1,\"a\":1}", false},
		{"{\"\xc3\xa9\":1,\"z\":1,\"\xc3\xa9\":1}", false},
		{"{\"z\":1,\"\xc3\xa9\":1,\"\xf0\x9f\x98\x80\":1}", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct err err;

		cr_expect_eq(reads(str_from(CASES[i].text), &LIMITS, &err), CASES[i].differ, "%s",
			CASES[i].text);
	}
}

/* Only the outer levels have a quick filter of their own. */
Test(json_read, a_key_that_stands_twice_is_refused_at_any_depth)
{
	const struct json_limits deep = {.bytes = 1 << 20, .depth = 200, .nodes = 1 << 20};
	char text[4096];

	for (size_t depth = 1; depth < 180; depth++) {
		struct err err;

		for (size_t i = 1; i < depth; i++)
			memcpy(text + (i - 1) * 5, "{\"a\":", 5);
		const size_t front = (depth - 1) * 5;
		const size_t middle = (size_t)sprintf(
			text + front, "{\"abc\":{\"ab\":1},\"ab\":3,\"%s\":2", "abc");

		memset(text + front + middle, '}', depth);
		const struct str whole = {text, front + middle + depth};

		cr_expect(!reads(whole, &deep, &err), "%zu", depth);
		cr_expect(str_contains(str_from(err.text), "'abc' is already"), "%s", err.text);
		memcpy(strstr(text + front, "3,\"abc") + 3, "abd", 3);
		cr_expect(reads(whole, &deep, &err), "%zu: %s", depth, err.text);
	}
}

/* Also where levels are made room for, as they are while the last of them opens. */
Test(json_read, an_empty_container_is_one_at_any_depth)
{
	static const struct {
		const char *inner;
		bool valid;
	} CASES[] = {{"[]", true}, {"[],1", true}, {"{},{}", true}, {"[]1", false}, {"{}{}", false},
		{"{\"a\":[]\"b\":1}", false}};
	const struct json_limits deep = {.bytes = 1 << 20, .depth = 300, .nodes = 1 << 20};
	char text[1024];

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		for (size_t depth = 1; depth < 280; depth++) {
			const size_t len = strlen(CASES[i].inner);
			struct err err;

			memset(text, '[', depth);
			memcpy(text + depth, CASES[i].inner, len);
			memset(text + depth + len, ']', depth);
			cr_expect_eq(reads((struct str){text, depth * 2 + len}, &deep, &err),
				CASES[i].valid, "%s at %zu", CASES[i].inner, depth);
		}
	}
}
