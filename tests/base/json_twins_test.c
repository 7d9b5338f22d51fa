/* json_limits.twins changes how fast a text is read, and nothing else. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_read.h"

static const struct json_place SKIP[] = {{2, "s"}, {0, NULL}};
static const struct json_twins TWINS = {1, "new", "old"};

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 4096);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(json_twins, .init = setup, .fini = teardown);

static bool read_as(struct str text, const struct json_twins *twins, uint32_t nodes,
	struct json_doc *doc, struct err *err)
{
	const struct json_limits limits = {
		.bytes = 1 << 24, .depth = 100, .nodes = nodes, .skip = SKIP, .twins = twins};

	return json_read(&arena, text, &limits, doc, err);
}

static bool same_node(const struct json_node *a, const struct json_node *b)
{
	return a->kind == b->kind && a->span == b->span && a->escaped == b->escaped &&
	       str_eq(json_raw(a), json_raw(b));
}

/* Read with twins and without: the same verdict, message and nodes. Returns how many are copies. */
static size_t compare(struct str text, uint32_t nodes)
{
	struct json_doc plain, paired;
	struct err expected = {.text = ""}, err = {.text = ""};
	const bool good = read_as(text, NULL, nodes, &plain, &expected);
	size_t copies = 0;

	cr_expect_eq(read_as(text, &TWINS, nodes, &paired, &err), good, "%.*s", STR_ARG(text));
	cr_expect_str_eq(err.text, expected.text);
	cr_expect_eq(paired.count, plain.count, "%.*s", STR_ARG(text));
	for (uint32_t i = 0; good && i < plain.count && i < paired.count; i++) {
		cr_expect(same_node(&plain.root[i], &paired.root[i]), "node %u of %.*s", i,
			STR_ARG(text));
		copies += plain.root[i].at != paired.root[i].at;
	}
	return copies;
}

static const char LONG[] = "\"0123456789 a string that is worth comparing \\n \xc3\xa9\"";

/*
 * A string with all that there is, between `front` and `behind`, twice: each byte of the second is
 * another one in turn.
 */
static void change_each_byte(const char *front, const char *behind)
{
	static const char *const PIECES[] = {
		"0123456789abcdefghijklmnopqrstuvwxyz",
		"{\\\"kind\\\":\\\"RayCluster\\\",\\\"a\\\":[1,2,3]}",
		"\\\\\\\\\\\\\\\\ \\\\\\\" \\n\\t",
		"\\ud83d\\ude00 \\u00e9\\u00e9 \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
	};
	static const char WRONG[] = "x\\\"\n\xc3\x80u{]";
	CLEANUP(buf_done) struct buf string = {0};

	for (size_t i = 0; i < 24; i++)
		buf_add_cstr(&string, PIECES[(i + i / 4) % ARRAY_LEN(PIECES)]);
	for (size_t i = 0; i < string.len; i++) {
		for (const char *wrong = WRONG; *wrong; wrong++) {
			CLEANUP(buf_done) struct buf text = {0};

			buf_printf(&text, "{\"new\":%s%.*s%s,\"old\":%s", front,
				STR_ARG(buf_str(&string)), behind, front);
			const size_t second = text.len;

			buf_printf(&text, "%.*s%s}", STR_ARG(buf_str(&string)), behind);
			text.at[second + i] = *wrong;
			compare(buf_str(&text), 1000);
			arena_reset(&arena);
		}
	}
}

/* Of one that begins like its twin only the rest is read, from where nothing reaches over. */
Test(json_twins, a_string_may_differ_from_its_twin_at_any_byte)
{
	change_each_byte("{\"a\":\"", "\"}");
}

Test(json_twins, what_is_skipped_may_differ_from_its_twin_at_any_byte)
{
	change_each_byte("{\"s\":[{\"f\":{}},\"", "\",{\"x\":[1]}]}");
}

/* As a time does, or a number of one digit: nothing else of it is looked at again. */
Test(json_twins, what_differs_in_plain_bytes_is_as_right_as_its_twin)
{
	static const struct {
		const char *new, *old;
		bool good;
	} CASES[] = {
		{"{\"s\":[\"12:00:00 ]\\n\"],\"b\":1}", "{\"s\":[\"13:00:09 ]\\n\"],\"b\":1}",
			true},
		{"{\"s\":[1,2],\"b\":1}", "{\"s\":[1 2],\"b\":1}", true},
		{"{\"s\":[[1]],\"b\":1}", "{\"s\":[{1]],\"b\":1}", false},
		{"{\"s\":[\"\\n\"],\"b\":1}", "{\"s\":[\"\\x\"],\"b\":1}", false},
		{"{\"s\":[\"\\n\"],\"b\":1}", "{\"s\":[\"\\u\"],\"b\":1}", false},
		{"{\"s\":[\"\\u0001\"],\"b\":1}", "{\"s\":[\"\\u000x\"],\"b\":1}", false},
		{"{\"s\":[\"x\"],\"b\":1}", "{\"s\":[\"\n\"],\"b\":1}", false},
		{"{\"s\":[\"x\"],\"b\":1}", "{\"s\":[\"\xc3\"],\"b\":1}", false},
		/* In many places. */
		{"{\"s\":[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\n\"]}",
			"{\"s\":[\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\\n\"]}", true},
		{"{\"s\":[\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\n\"]}",
			"{\"s\":[\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\\x\"]}", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct json_doc doc;
		struct err err;

		buf_printf(&text, "{\"new\":%s,\"old\":%s}", CASES[i].new, CASES[i].old);
		compare(buf_str(&text), 1000);
		cr_expect_eq(read_as(buf_str(&text), &TWINS, 1000, &doc, &err), CASES[i].good, "%s",
			text.at);
	}
}

Test(json_twins, what_is_the_same_is_a_copy_and_what_differs_is_read)
{
	static const struct {
		const char *new, *old;
		size_t copies;
	} CASES[] = {
		{"{}", "{}", 1},
		{"[1,2]", "[1,2]", 3},
		{"[1,2]", "[1,3]", 0},
		{"[[1],[2],[3]]", "[[1],[7],[3]]", 4},
		{"[[1],[2],[3]]", "[[1],[222],[3]]", 4},
		{"[[1],[2]]", "[[1]]", 2},
		{"[[1]]", "[[1],[2]]", 2},
		{"{\"a\":[1],\"b\":[2]}", "{\"a\":[1],\"b\":[3]}", 2},
		{"{\"a\":[1],\"b\":[2]}", "{\"b\":[2]}", 2},
		{"{\"a\":[1],\"c\":[2]}", "{\"a\":[1],\"b\":9,\"c\":[2]}", 4},
		{"{\"a\":[1],\"b\":0,\"c\":0,\"d\":[2]}", "{\"d\":[2]}", 2},
		{"{\"a\":0,\"b\":0,\"c\":0,\"d\":0,\"e\":0,\"f\":0,\"g\":0,\"h\":0,\"i\":[2]}",
			"{\"i\":[2]}", 0},
		{"{\"b\":[2],\"a\":[1]}", "{\"a\":[1],\"b\":[2]}", 2},
		{"{\"a\":[1],\"b\":[2]}", "{\"\\u0061\":[1],\"b\":[2]}", 2},
		{"{\"s\":[1,],\"b\":[2]}", "{\"s\":[1,],\"b\":[3]}", 1},
		{"{\"s\":[1,2],\"b\":[2]}", "{\"s\":[1,],\"b\":[2]}", 2},
		{"[]", "{}", 0},
		{"1", "1", 0},
		{"\"a\"", "\"a\"", 0},
		{"{\"a\":{\"x\":1}}", "{\"a\":[{\"x\":1}]}", 0},
		{"{\"a\":[{\"x\":1}]}", "{\"a\":{\"x\":1}}", 0},
		{"[ 1 ]", "[1]", 0},
		{"[[1,2,3,4,5,6,7,8]]", "[[1,2,3,4,5,6,7,8],[1,2,3,4,5,6,7,8]]", 9},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};

		buf_printf(&text, "{\"new\":%s,\"old\":%s,\"new\\u0000\":[1,2]}", CASES[i].new,
			CASES[i].old);
		cr_expect_eq(
			compare(buf_str(&text), 1000), CASES[i].copies, "%s", buf_str(&text).at);
	}
}

Test(json_twins, a_long_string_is_compared_too)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_printf(&text, "{\"new\":{\"a\":%s,\"b\":1},\"old\":{\"a\":%s,\"b\":2}}", LONG, LONG);
	cr_expect_eq(compare(buf_str(&text), 1000), 1);
}

Test(json_twins, only_members_at_their_depth_are_twins)
{
	static const char *const TEXTS[] = {
		"[{\"new\":[1],\"old\":[1]}]",
		"{\"a\":{\"new\":[1],\"old\":[1]}}",
		"[[1],[1]]",
		"{\"old\":[1],\"new\":[1]}",
		"{\"old\":[1]}",
	};

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++)
		cr_expect_eq(compare(str_from(TEXTS[i]), 1000), 0, "%s", TEXTS[i]);
}

static const char VERSION[] =
	"{\"meta\":{\"labels\":{\"a\":\"b\"},\"s\":{\"f:a\":{}},\"note\":%s},\"s\":[1,{\"x\":[]}],"
	"\"spec\":{\"groups\":[{\"max\":4,\"pod\":{\"c\":[{\"image\":\"ray\",\"env\":[]}]}},"
	"{\"max\":5,\"pod\":{\"c\":[{\"image\":\"ray\",\"env\":[1.5e3,null,true]}]}}]}}";

static struct str review(const char *old)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text, "{\"new\":");
	buf_printf(&text, VERSION, LONG); /* NOLINT: a literal of ours */
	buf_printf(&text, ",\"old\":%s,\"end\":[{}]}", old);
	return arena_str(&arena, buf_str(&text));
}

/* Bytes changed, left out and put in, one by one, at every place of the old version. */
Test(json_twins, every_small_change_is_seen)
{
	static const char BYTES[] = "\"{}[],:1 x\\\xff";
	char old[1024], changed[1024];

	snprintf(old, sizeof(old), VERSION, LONG); /* NOLINT: as above */
	const size_t len = strlen(old);

	cr_expect_gt(compare(review(old), 1000), 40);
	for (size_t at = 0; at < len; at++) {
		for (size_t i = 0; i < sizeof(BYTES) - 1; i++) {
			memcpy(changed, old, len + 1);
			changed[at] = BYTES[i];
			compare(review(changed), 1000);
			memcpy(changed + at + 1, old + at, len + 1 - at);
			compare(review(changed), 1000);
			arena_reset(&arena);
		}
		memcpy(changed, old, at);
		memcpy(changed + at, old + at + 1, len - at);
		compare(review(changed), 1000);
	}
}

/* An item is read again where it differs from the one before, and all of it has its own place. */
Test(json_twins, an_item_like_the_one_before_is_as_if_it_were_read)
{
	static const char BYTES[] = "\"{}[],:1 x\\\xff";
	static const char ITEM[] = "{\"n\":1,\"pod\":{\"s\":{\"f\":{}},\"c\":[{\"i\":\"ray\"},"
				   "{\"i\":\"ray\",\"e\":[1,[2]]}]},\"\\u0061\":[[3],[3]]}";
	const size_t len = strlen(ITEM);

	for (size_t at = 0; at <= len; at++) {
		for (size_t i = 0; i < sizeof(BYTES); i++) {
			CLEANUP(buf_done) struct buf text = {0};
			const int put = at % 3 ? 1 : 0; /* instead of a byte, or besides it */

			buf_printf(&text, "{\"new\":[%s,%s,%.*s", ITEM, ITEM, (int)at, ITEM);
			buf_add(&text, (struct str){&BYTES[i], i < sizeof(BYTES) - 1});
			buf_printf(&text, "%s,%s]}", ITEM + at + (at < len ? put : 0), ITEM);
			cr_expect_eq(compare(buf_str(&text), 1000), 0, "%s", text.at);
		}
		arena_reset(&arena);
	}
}

Test(json_twins, the_node_limit_is_the_same)
{
	char old[1024];

	snprintf(old, sizeof(old), VERSION, LONG); /* NOLINT: as above */
	for (uint32_t nodes = 1; nodes < 130; nodes++)
		compare(review(old), nodes);
}

/* `levels` arrays, each with a long string in front; then `last`. */
static void add_nested(struct buf *text, int levels, const char *last)
{
	for (int i = 0; i < levels; i++)
		buf_printf(text, "[\"%01000d\",", i);
	buf_add_cstr(text, last);
	for (int i = 0; i < levels; i++)
		buf_add_char(text, ']');
}

/* Each level holds the difference: comparing all of it at each would take very long. */
Test(json_twins, comparing_takes_linear_time, .timeout = 20)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text, "{\"new\":[");
	for (int i = 0; i < 100; i++) {
		add_nested(&text, 90, "1");
		buf_add_char(&text, ',');
	}
	buf_add_cstr(&text, "0],\"old\":[");
	for (int i = 0; i < 100; i++) {
		add_nested(&text, 90, "2");
		buf_add_char(&text, ',');
	}
	buf_add_cstr(&text, "0]}");
	compare(buf_str(&text), 1 << 20);
}
