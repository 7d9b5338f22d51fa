#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/json_read.h"

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

TestSuite(json_value, .init = setup, .fini = teardown);

static const struct json_node *root_of(const char *text)
{
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, str_from(text), &LIMITS, &doc, &err), "%s: %s", text, err.text);
	return doc.root;
}

Test(json_value, iteration_finds_members_and_items_and_nothing_elsewhere)
{
	static const struct {
		const char *text;
		size_t members, items;
	} CASES[] = {
		{"{\"a\":[1,2],\"b\":{\"c\":{}},\"d\":3}", 3, 0},
		{"[1,[2,3],{\"a\":4}]", 0, 3},
		{"{}", 0, 0},
		{"[]", 0, 0},
		{"\"text\"", 0, 0},
		{"12", 0, 0},
		{"null", 0, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const root = root_of(CASES[i].text);
		size_t members = 0, items = 0;

		for (struct json_iter it = json_iter(root); json_next_member(&it); members++)
			cr_expect(it.index == members && it.value == it.key + 1);
		for (struct json_iter it = json_iter(root); json_next_item(&it); items++)
			cr_expect(it.index == items && it.key == NULL);
		cr_expect_eq(members, CASES[i].members, "%s", CASES[i].text);
		cr_expect_eq(items, CASES[i].items, "%s", CASES[i].text);
		cr_expect_eq(json_count(root), members + items, "%s", CASES[i].text);
	}
}

Test(json_value, nothing_is_found_in_nothing)
{
	struct json_iter it = json_iter(NULL);
	int64_t whole;
	double real;

	cr_expect(!json_next_member(&it));
	cr_expect(!json_next_item(&it));
	cr_expect_eq(json_count(NULL), 0);
	cr_expect_null(json_get(NULL, "a"));
	cr_expect_null(json_item(NULL, 0));
	cr_expect_eq(json_str(&arena, NULL).len, 0);
	cr_expect(!json_str_is(NULL, STR("")));
	cr_expect(!json_str_equal(NULL, NULL));
	cr_expect_eq(json_raw(NULL).len, 0);
	cr_expect(!json_i64(NULL, &whole));
	cr_expect(!json_double(NULL, &real));
	cr_expect(json_equal(NULL, NULL));
	cr_expect(!json_equal(NULL, root_of("null")));
	cr_expect_eq(json_hash(NULL), 0);
}

Test(json_value, members_are_found_by_their_unescaped_key)
{
	const struct json_node *const root =
		root_of("{\"a\":1,\"\\u0062\":{\"c\":2},\"\":3,\"d\\u0000\":4,\"c\":[5,6]}");

	cr_expect(str_is(json_raw(json_get(root, "a")), "1"));
	cr_expect(str_is(json_raw(json_get(json_get(root, "b"), "c")), "2"));
	cr_expect(str_is(json_raw(json_get(root, "")), "3"));
	cr_expect(str_is(json_raw(json_get_str(root, STR("d\0"))), "4"));
	cr_expect_null(json_get(root, "d"));
	cr_expect_null(json_get(root, "ab"));
	cr_expect_null(json_get(json_get(root, "c"), "a"));
	cr_expect(str_is(json_raw(json_item(json_get(root, "c"), 1)), "6"));
	cr_expect_null(json_item(json_get(root, "c"), 2));
	cr_expect_null(json_item(root, 0));
}

Test(json_value, strings_are_unescaped)
{
	static const struct {
		const char *text;
		struct str value;
	} CASES[] = {
		{"\"\"", STR_INIT("")},
		{"\"plain \xc3\xa9\"", STR_INIT("plain \xc3\xa9")},
		{"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR_INIT("\"\\/\b\f\n\r\t")},
		{"\"a\\u0000b\"", STR_INIT("a\0b")},
		{"\"\\u00e9\\u20AC\\ud83d\\ude00.\"",
			STR_INIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80.")},
		{"\"\\uFFFF\\u07ff\\u0800\"", STR_INIT("\xef\xbf\xbf\xdf\xbf\xe0\xa0\x80")},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const node = root_of(CASES[i].text);
		const struct str value = CASES[i].value;
		struct str longer = arena_printf(&arena, "%.*s.", STR_ARG(value));

		cr_expect(str_eq(json_str(&arena, node), value), "%s", CASES[i].text);
		cr_expect(json_str_is(node, value), "%s", CASES[i].text);
		cr_expect(!json_str_is(node, longer), "%s", CASES[i].text);
		if (value.len)
			cr_expect(!json_str_is(node, (struct str){value.at, value.len - 1}));
		cr_expect(str_eq(json_raw(node), str_from(CASES[i].text)));
	}
	cr_expect_eq(json_str(&arena, root_of("12")).len, 0);
}

Test(json_value, strings_compare_and_hash_by_value)
{
	static const struct {
		const char *a, *b;
		int order;
	} CASES[] = {
		{"\"a\"", "\"\\u0061\"", 0},
		{"\"\\u0061\"", "\"a\"", 0},
		{"\"\\u0061b\"", "\"a\\u0062\"", 0},
		{"\"\"", "\"\"", 0},
		{"\"12345678\\n\"", "\"1234567\\u0038\\u000a\"", 0},
		{"\"a\"", "\"b\"", -1},
		{"\"a\"", "\"\\u0061a\"", -1},
		{"\"\\u00e9\"", "\"z\"", 1},
		{"\"\\u0000\"", "\"\"", 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const a = root_of(CASES[i].a), *const b =
									       root_of(CASES[i].b);
		const struct hash_key *const key = hash_process_key();

		cr_expect_eq(json_str_cmp(a, b), CASES[i].order, "%s %s", CASES[i].a, CASES[i].b);
		cr_expect_eq(json_str_equal(a, b), CASES[i].order == 0, "%s", CASES[i].a);
		cr_expect_eq(json_str_hash(a, key) == json_str_hash(b, key), CASES[i].order == 0);
	}
}

Test(json_value, integers_are_exact_or_refused)
{
	static const struct {
		const char *text;
		bool whole;
		int64_t value;
	} CASES[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"-0.000e99999999999999", true, 0},
		{"3", true, 3},
		{"-3", true, -3},
		{"3.0", true, 3},
		{"3.000", true, 3},
		{"3e2", true, 300},
		{"3E+2", true, 300},
		{"3.25e2", true, 325},
		{"300e-2", true, 3},
		{"300.00e-2", true, 3},
		{"0.0003e4", true, 3},
		{"1e18", true, 1000000000000000000},
		{"9223372036854775807", true, INT64_MAX},
		{"9223372036854775807.0", true, INT64_MAX},
		{"0.9223372036854775807e19", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"-9223372036854775808e0", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"1e19", false, 0},
		{"-1e19", false, 0},
		{"1e999999999999999999999", false, 0},
		{"1e-999999999999999999999", false, 0},
		{"3.5", false, 0},
		{"3e-1", false, 0},
		{"0.1", false, 0},
		{"30000000000000000000000000000000", false, 0},
		{"30000000000000000000000000000000e-31", true, 3},
		{"\"3\"", false, 0},
		{"null", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t value = 0;

		cr_expect_eq(json_i64(root_of(CASES[i].text), &value), CASES[i].whole, "%s",
			CASES[i].text);
		cr_expect_eq(value, CASES[i].value, "%s is %ld", CASES[i].text, (long)value);
	}
}

Test(json_value, doubles_are_the_nearest_or_refused)
{
	static const struct {
		const char *text;
		bool good;
		double value;
	} CASES[] = {
		{"0.1", true, 0.1},
		{"-2.5e-3", true, -2.5e-3},
		{"1e-999", true, 0},
		{"1.7976931348623157e308", true, 1.7976931348623157e308},
		{"1e309", false, 0},
		{"-1e309", false, 0},
		{"\"1\"", false, 0},
	};
	char digits[400];
	double value;

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		value = 0;
		cr_expect_eq(json_double(root_of(CASES[i].text), &value), CASES[i].good, "%s",
			CASES[i].text);
		cr_expect(!(fabs(value - CASES[i].value) > 0), "%s", CASES[i].text);
	}
	memset(digits, '1', sizeof(digits));
	snprintf(digits + 200, sizeof(digits) - 200, "e-200");
	cr_expect(json_double(root_of(digits), &value));
	cr_expect(value > 0.11 && value < 0.12, "%g", value);
}

Test(json_value, equality_is_by_value)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} CASES[] = {
		{"1", "1", true},
		{"1", "1.0", false},
		{"1", "\"1\"", false},
		{"true", "false", false},
		{"null", "{}", false},
		{"{}", "[]", false},
		{"[1,2]", "[ 1, 2 ]", true},
		{"[1,2]", "[2,1]", false},
		{"[1,2]", "[1,2,3]", false},
		{"[[1],2]", "[1,[2]]", false},
		{"[[],[[]]]", "[[[]],[]]", false},
		{"{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", true},
		{"{\"a\":1,\"b\":2}", "{\"a\":2,\"b\":1}", false},
		{"{\"a\":1,\"b\":2}", "{\"a\":1,\"c\":2}", false},
		{"{\"a\":1}", "{\"\\u0061\":1}", true},
		{"{\"a\":{\"x\":[1,{\"y\":\"\\n\"}],\"z\":0}}",
			"{\"a\":{\"z\":0,\"x\":[1,{\"y\":\"\\u000a\"}]}}", true},
		{"{\"a\":[1,2]}", "{\"a\":1,\"b\":2}", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const a = root_of(CASES[i].a), *const b =
									       root_of(CASES[i].b);

		cr_expect_eq(json_equal(a, b), CASES[i].equal, "%s %s", CASES[i].a, CASES[i].b);
		cr_expect_eq(json_equal(b, a), CASES[i].equal, "%s %s", CASES[i].b, CASES[i].a);
		cr_expect_eq(json_hash(a) == json_hash(b), CASES[i].equal, "%s %s", CASES[i].a,
			CASES[i].b);
	}
}

/* {"k0":0,"k1":1,…}, or the same backwards, the last value being `last`. */
static const char *wide_object(size_t count, bool backwards, size_t last)
{
	char *const text = arena_alloc(&arena, count * 24 + 64);
	size_t len = 0;

	text[len++] = '{';
	for (size_t i = 0; i < count; i++) {
		const size_t n = backwards ? count - 1 - i : i;

		len += (size_t)sprintf(
			text + len, "%s\"k%zu\":%zu", i ? "," : "", n, n == count - 1 ? last : n);
	}
	text[len] = '}';
	return text;
}

Test(json_value, wide_objects_in_another_order_are_compared_quickly, .timeout = 20)
{
	static const size_t COUNTS[] = {2, 16, 17, 100, 200000};

	for (size_t i = 0; i < ARRAY_LEN(COUNTS); i++) {
		const struct json_node *const a = root_of(wide_object(COUNTS[i], false, 7));
		const struct json_node *const b = root_of(wide_object(COUNTS[i], true, 7));
		const struct json_node *const c = root_of(wide_object(COUNTS[i], true, 8));

		cr_expect(json_equal(a, b), "%zu", COUNTS[i]);
		cr_expect(!json_equal(a, c), "%zu", COUNTS[i]);
		cr_expect_eq(json_hash(a), json_hash(b), "%zu", COUNTS[i]);
		cr_expect_neq(json_hash(a), json_hash(c), "%zu", COUNTS[i]);
		arena_reset(&arena);
	}
}

Test(json_value, what_was_skipped_is_equal_by_its_text)
{
	static const struct json_place SKIP[] = {{1, "s"}, {0, NULL}};
	static const char *const TEXTS[] = {"{\"s\":[1]}", "{ \"s\": [1] }", "{\"s\":[2]}"};
	const struct json_limits limits = {.bytes = 1 << 20, .depth = 8, .nodes = 9, .skip = SKIP};
	struct json_doc docs[3];
	struct err err;

	for (size_t i = 0; i < 3; i++)
		cr_assert(json_read(&arena, str_from(TEXTS[i]), &limits, &docs[i], &err));
	cr_expect(json_equal(docs[0].root, docs[1].root));
	cr_expect(!json_equal(docs[0].root, docs[2].root));
	cr_expect(!json_equal(docs[0].root, root_of(TEXTS[0])));
	cr_expect_eq(json_hash(docs[0].root), json_hash(docs[1].root));
}

/* Wherever an escape stands among bytes that are read 16 at a time, and whatever came before. */
Test(json_value, an_escape_is_seen_at_every_distance_from_another_odd_byte)
{
	static const char *const BEFORE[] = {"", "\xc3\xa9", "\\n", "\xf0\x9f\x98\x80", "\\u0041"};

	for (size_t i = 0; i < ARRAY_LEN(BEFORE); i++) {
		for (int distance = 0; distance < 70; distance++) {
			struct buf text = {0};

			buf_printf(&text, "\"%s%0*d\\/behind, and more\"", BEFORE[i], distance, 0);
			buf_add_char(&text, (char)0);
			const struct json_node *const node = root_of(text.at);

			cr_expect(node->escaped, "%s, %d", BEFORE[i], distance);
			cr_expect(str_ends(json_str(&arena, node), "0/behind, and more"), "%s, %d",
				BEFORE[i], distance);
			buf_done(&text);
		}
	}
}
