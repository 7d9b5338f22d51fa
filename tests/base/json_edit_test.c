#include "base/json_edit.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct json_edit *read_value(const char *json)
{
	struct arena arena;
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 4096);
	cr_assert(json_read(&arena, str_from(json),
			  &(struct json_limits){.bytes = 1 << 20, .depth = 100, .nodes = 10000},
			  &doc, &err),
		"%s: %s", json, err.text);
	struct json_edit *const value = json_edit_import(doc.root);

	arena_done(&arena);
	return value;
}

static void assert_prints(const struct json_edit *value, const char *expected)
{
	struct buf out = {0};

	json_edit_print(value, &out);
	char *const text = buf_take(&out);

	cr_assert_str_eq(text, expected);
	free(text);
}

Test(json_edit, what_is_built_is_printed_in_the_order_of_building)
{
	struct json_edit *pod = json_edit_object();
	struct json_edit *const meta = json_edit_put_object(pod, "metadata");
	struct json_edit *const list = json_edit_put_array(pod, "containers");

	json_edit_put_cstr(pod, "kind", "Pod");
	json_edit_put_str(meta, "name", STR("a\"b"));
	json_edit_put_i64(meta, "generation", INT64_MIN);
	json_edit_put_bool(meta, "yes", true);
	json_edit_put(meta, "none", json_edit_null());
	json_edit_add(list, json_edit_object());
	json_edit_add(list, json_edit_bool(false));
	assert_prints(pod,
		"{\"metadata\":{\"name\":\"a\\\"b\",\"generation\":-9223372036854775808,"
		"\"yes\":true,\"none\":null},\"containers\":[{},false],\"kind\":\"Pod\"}");
	json_edit_free(&pod);
	cr_assert_null(pod);
	json_edit_free(&pod);
}

Test(json_edit, what_was_read_comes_out_with_every_digit)
{
	static const char *const DOCUMENTS[] = {
		"null",
		"9007199254740993",
		"-0",
		"1.10",
		"1E+400",
		"0.1234567890123456789012345678901234567890",
		"[]",
		"{}",
		"[[],[{}],null,true,false]",
		"{\"\":\"\",\"a\":{\"b\":[1,2,{\"c\":\"d\"}]}}",
		"{\"A\":1,\"a\":2}",
		"\"\\u0000\"",
		"{\"a\\u0000b\":\"\\u0000x\\u0000\"}",
		"\"\xF0\x9F\x98\x80\xEF\xBF\xBF\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(DOCUMENTS); i++) {
		struct json_edit *value = read_value(DOCUMENTS[i]);
		struct json_edit *copy = json_edit_copy(value);

		assert_prints(value, DOCUMENTS[i]);
		assert_prints(copy, DOCUMENTS[i]);
		json_edit_free(&value);
		json_edit_free(&copy);
	}
}

Test(json_edit, escapes_are_read_and_written_in_their_shortest_form)
{
	struct json_edit *value = read_value("{\"\\u0061\\/\":\"\\ud83d\\ude00\\u000a\"}");

	cr_assert(json_edit_get(value, STR("a/")));
	assert_prints(value, "{\"a/\":\"\xF0\x9F\x98\x80\\n\"}");
	json_edit_free(&value);
}

Test(json_edit, raw_text_goes_out_as_it_came_in_without_its_white_space)
{
	struct json_edit *value = json_edit_object();

	json_edit_put(value, "raw",
		json_edit_raw(STR(" { \"a b\" : [ 1.50 , \"x \\\" y\\\\\" ] ,\n\t\"n\":null } ")));
	json_edit_put(value, "number", json_edit_raw(STR(" 9007199254740993 ")));
	json_edit_put(value, "text", json_edit_raw(STR("\"a\\u0062\"")));
	cr_assert_eq(json_edit_kind(json_edit_get(value, STR("raw"))), JSON_OBJECT);
	cr_assert_eq(json_edit_kind(json_edit_get(value, STR("number"))), JSON_NUMBER);
	cr_assert(str_is(json_edit_text(json_edit_get(value, STR("text"))), "ab"));
	assert_prints(value, "{\"raw\":{\"a b\":[1.50,\"x \\\" y\\\\\"],\"n\":null},"
			     "\"number\":9007199254740993,\"text\":\"ab\"}");
	json_edit_free(&value);
}

Test(json_edit, raw_text_can_be_opened_and_changed)
{
	struct json_edit *value = json_edit_raw(STR("{\"a\":[1,2]}"));

	cr_assert_null(json_edit_get(value, STR("a")));
	json_edit_expand(value);
	json_edit_expand(value);
	cr_assert_eq(json_edit_count(json_edit_get(value, STR("a"))), 2);
	cr_assert_eq(json_edit_text(value).len, 0);
	json_edit_put_i64(value, "b", 3);
	assert_prints(value, "{\"a\":[1,2],\"b\":3}");
	json_edit_free(&value);
}

Test(json_edit, nothing_is_found_in_nothing_and_in_the_wrong_kind)
{
	struct json_edit *object = read_value("{\"a\":1}"), *array = read_value("[1]");

	cr_assert_eq(json_edit_kind(NULL), JSON_NULL);
	cr_assert_eq(json_edit_text(NULL).len, 0);
	cr_assert_eq(json_edit_count(NULL), 0);
	cr_assert_null(json_edit_get(NULL, STR("a")));
	cr_assert_null(json_edit_first(NULL));
	cr_assert_null(json_edit_get(array, STR("a")));
	cr_assert_null(json_edit_get(object, STR("A")));
	cr_assert_null(json_edit_get(object, STR("")));
	cr_assert_null(json_edit_get(object, (struct str){"a\0", 2}));
	cr_assert_null(json_edit_item(object, 0));
	cr_assert_null(json_edit_item(array, 1));
	cr_assert_null(json_edit_item(array, SIZE_MAX));
	cr_assert_not(json_edit_remove(object, STR("b")));
	json_edit_free(&object);
	json_edit_free(&array);
}

Test(json_edit, a_key_with_a_nul_is_itself_and_no_other)
{
	struct json_edit *value = read_value("{\"a\\u0000b\":1,\"a\":2}");

	json_edit_set(value, (struct str){"a\0b", 3}, json_edit_i64(3));
	cr_assert(json_edit_remove(value, STR("a")));
	assert_prints(value, "{\"a\\u0000b\":3}");
	json_edit_free(&value);
}

Test(json_edit, a_member_set_again_keeps_its_place)
{
	struct json_edit *value = read_value("{\"a\":1,\"b\":2,\"c\":3}");

	json_edit_set(value, STR("a"), json_edit_str(STR("x")));
	json_edit_set(value, STR("c"), json_edit_null());
	json_edit_set(value, STR("d"), json_edit_array());
	cr_assert(json_edit_remove(value, STR("b")));
	assert_prints(value, "{\"a\":\"x\",\"c\":null,\"d\":[]}");
	json_edit_free(&value);
}

Test(json_edit, a_child_can_be_replaced_and_moved_elsewhere)
{
	struct json_edit *value = read_value("{\"from\":{\"x\":[1,2]},\"to\":[0]}");
	struct json_edit *const from = json_edit_get(value, STR("from"));
	struct json_edit *const to = json_edit_get(value, STR("to"));

	json_edit_add(to, json_edit_take(from, json_edit_get(from, STR("x"))));
	json_edit_replace(to, json_edit_item(to, 0), json_edit_bool(true));
	json_edit_replace(value, from, json_edit_str(STR("gone")));
	assert_prints(value, "{\"from\":\"gone\",\"to\":[true,[1,2]]}");
	struct json_edit *const list = json_edit_take(to, json_edit_item(to, 1));

	json_edit_set(value, STR("back"), list);
	assert_prints(value, "{\"from\":\"gone\",\"to\":[true],\"back\":[1,2]}");
	json_edit_free(&value);
}

Test(json_edit, values_are_equal_whatever_the_order_of_members)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} CASES[] = {
		{"{\"a\":1,\"b\":[1,{\"c\":null}]}", "{\"b\":[1,{\"c\":null}],\"a\":1}", true},
		{"[1,2]", "[2,1]", false},
		{"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
		{"{\"a\":1,\"c\":1}", "{\"a\":1,\"b\":1}", false},
		{"1", "\"1\"", false},
		{"1", "1.0", false},
		{"true", "false", false},
		{"null", "null", true},
		{"[]", "{}", false},
		{"\"\\u0061\"", "\"a\"", true},
		{"{\"\\u0000\":1}", "{\"\\u0000\":1}", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct json_edit *a = read_value(CASES[i].a), *b = read_value(CASES[i].b);
		struct json_edit *raw = json_edit_raw(str_from(CASES[i].b));

		cr_assert_eq(
			json_edit_equal(a, b), CASES[i].equal, "%s, %s", CASES[i].a, CASES[i].b);
		cr_assert_eq(json_edit_equal(a, raw), CASES[i].equal, "raw %s", CASES[i].b);
		cr_assert_eq(json_edit_equal(raw, a), CASES[i].equal, "raw %s", CASES[i].b);
		json_edit_free(&a);
		json_edit_free(&b);
		json_edit_free(&raw);
	}
	cr_assert(json_edit_equal(NULL, NULL));
}

Test(json_edit, indented_text_is_that_of_kubectl)
{
	struct json_edit *value = read_value("{\"a\":[1,{\"b\":{}}],\"c\":[],\"d\":\"x\"}");
	struct buf out = {0};

	json_edit_put(value, "raw", json_edit_raw(STR("{\"x\":[1]}")));
	json_edit_print_indented(value, &out);
	char *const text = buf_take(&out);

	cr_assert_str_eq(text, "{\n"
			       "    \"a\": [\n"
			       "        1,\n"
			       "        {\n"
			       "            \"b\": {}\n"
			       "        }\n"
			       "    ],\n"
			       "    \"c\": [],\n"
			       "    \"d\": \"x\",\n"
			       "    \"raw\": {\n"
			       "        \"x\": [\n"
			       "            1\n"
			       "        ]\n"
			       "    }\n"
			       "}\n");
	free(text);
	json_edit_free(&value);
}

Test(json_edit, a_copy_of_a_member_can_be_put_under_another_key)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json_edit *object = json_edit_object();

	json_edit_put_cstr(object, "a", "x");
	json_edit_put(object, "b", json_edit_copy(json_edit_get(object, STR("a"))));
	json_edit_print(object, &text);
	cr_expect(str_is(buf_str(&text), "{\"a\":\"x\",\"b\":\"x\"}"), "%.*s",
		STR_ARG(buf_str(&text)));
	json_edit_free(&object);
}
