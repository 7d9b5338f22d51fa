#include "api/patch_value.h"

#include <criterion/criterion.h>

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 1 << 16};

static const struct json_node *read(struct arena *arena, const char *text)
{
	struct json_doc doc = {0};
	struct err err;

	cr_assert(json_read(arena, str_from(text), &LIMITS, &doc, &err), "%s: %s", text, err.text);
	return doc.root;
}

Test(patch_value, numbers_are_equal_by_value)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} CASES[] = {
		{"1", "1.0", true},
		{"1", "1e0", true},
		{"100", "1e2", true},
		{"100", "0.1E+3", true},
		{"10.50", "1050e-2", true},
		{"0", "-0.000", true},
		{"0e99999999999999999999", "0", true},
		{"-1", "1", false},
		{"1", "10", false},
		{"1.5", "15", false},
		{"12", "1.3e1", false},
		{"1e400", "10e399", true},
		{"1e400", "1e401", false},
		{"9007199254740993", "9007199254740992", false},
		{"0.1000000000000000055511151231257827", "0.1", false},
		{"1e99999999999999999999", "1e99999999999999999999", true},
		{"1e99999999999999999999", "1e-99999999999999999999", false},
		{"1e-9223372036854775808", "1e9223372036854775807", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str a = str_from(CASES[i].a), b = str_from(CASES[i].b);

		cr_expect_eq(patch_number_equal(a, b), CASES[i].equal, "%s %s", a.at, b.at);
		cr_expect_eq(patch_number_equal(b, a), CASES[i].equal, "%s %s", b.at, a.at);
	}
}

Test(patch_value, values_are_equal_whatever_the_order_of_members)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} CASES[] = {
		{"{\"a\":1,\"b\":[2]}", "{\"b\":[2.0],\"\\u0061\":1}", true},
		{"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
		{"{\"a\":1,\"c\":1}", "{\"a\":1,\"b\":1}", false},
		{"{\"a\":1}", "{\"a\":2}", false},
		{"[1,2]", "[2,1]", false},
		{"[1]", "[1,1]", false},
		{"[]", "{}", false},
		{"true", "true", true},
		{"null", "false", false},
		{"\"\\u0041\"", "\"A\"", true},
		{"\"1\"", "1", false},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(patch_value_equal(
				     &arena, read(&arena, CASES[i].a), read(&arena, CASES[i].b)),
			CASES[i].equal, "%s %s", CASES[i].a, CASES[i].b);
	arena_done(&arena);
}

Test(patch_value, prints_what_it_read_without_white_space)
{
	struct arena arena;
	struct buf out = {0};

	arena_init(&arena, 4096);
	patch_value_print(&arena,
		read(&arena,
			" { \"k\\u0022\" : [ 1.50 , -0 , 1E5 , null , true , false ] , \"e\" : "
			"{ } , \"\" : \"\\u00e9\\/\\n\" } "),
		&out);
	cr_expect(str_is(buf_str(&out), "{\"k\\\"\":[1.50,-0,1E5,null,true,false],\"e\":{},"
					"\"\":\"\xc3\xa9/\\n\"}"),
		"%.*s", STR_ARG(buf_str(&out)));
	buf_done(&out);
	arena_done(&arena);
}
