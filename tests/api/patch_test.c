#include "api/patch.h"

#include <criterion/criterion.h>

#include "api/patch_value.h"

static const struct json_limits LIMITS = {.bytes = 1 << 26, .depth = 2000, .nodes = 1 << 24};

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 4096);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(patch, .init = start, .fini = stop);

static const struct json_node *read(struct str text)
{
	struct json_doc doc = {0};
	struct err err = {0};

	cr_assert(
		json_read(&arena, text, &LIMITS, &doc, &err), "%.*s: %s", STR_ARG(text), err.text);
	return doc.root;
}

/* True with the document that comes out, or false with an error. */
static bool apply(const char *document, const char *patch_text, struct buf *out, struct err *err)
{
	struct patch patch;
	const struct json_node *const root = read(str_from(document));

	return patch_read(&arena, read(str_from(patch_text)), &patch, err) &&
	       patch_apply(&arena, root, &patch, out, err);
}

struct case_row {
	const char *name, *document, *patch;
	const char *result; /* NULL: refused */
};

/* Appendix A of RFC 6902, and what its section 4 says besides. */
static const struct case_row CASES[] = {
	{"A.1 a member", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\"}]",
		"{\"foo\":\"bar\",\"baz\":\"qux\"}"},
	{"A.2 an item", "{\"foo\":[\"bar\",\"baz\"]}",
		"[{\"op\":\"add\",\"path\":\"/foo/1\",\"value\":\"qux\"}]",
		"{\"foo\":[\"bar\",\"qux\",\"baz\"]}"},
	{"A.3 without a member", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
		"[{\"op\":\"remove\",\"path\":\"/baz\"}]", "{\"foo\":\"bar\"}"},
	{"A.4 without an item", "{\"foo\":[\"bar\",\"qux\",\"baz\"]}",
		"[{\"op\":\"remove\",\"path\":\"/foo/1\"}]", "{\"foo\":[\"bar\",\"baz\"]}"},
	{"A.5 another value", "{\"baz\":\"qux\",\"foo\":\"bar\"}",
		"[{\"op\":\"replace\",\"path\":\"/baz\",\"value\":\"boo\"}]",
		"{\"baz\":\"boo\",\"foo\":\"bar\"}"},
	{"A.6 a moved value",
		"{\"foo\":{\"bar\":\"baz\",\"waldo\":\"fred\"},\"qux\":{\"corge\":\"grault\"}}",
		"[{\"op\":\"move\",\"from\":\"/foo/waldo\",\"path\":\"/qux/thud\"}]",
		"{\"foo\":{\"bar\":\"baz\"},\"qux\":{\"corge\":\"grault\",\"thud\":\"fred\"}}"},
	{"A.7 a moved item", "{\"foo\":[\"all\",\"grass\",\"cows\",\"eat\"]}",
		"[{\"op\":\"move\",\"from\":\"/foo/1\",\"path\":\"/foo/3\"}]",
		"{\"foo\":[\"all\",\"cows\",\"eat\",\"grass\"]}"},
	{"A.8 tests that hold", "{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}",
		"[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"qux\"},"
		"{\"op\":\"test\",\"path\":\"/foo/1\",\"value\":2}]",
		"{\"baz\":\"qux\",\"foo\":[\"a\",2,\"c\"]}"},
	{"A.9 a test that fails", "{\"baz\":\"qux\"}",
		"[{\"op\":\"test\",\"path\":\"/baz\",\"value\":\"bar\"}]", NULL},
	{"A.10 a nested object", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/child\",\"value\":{\"grandchild\":{}}}]",
		"{\"foo\":\"bar\",\"child\":{\"grandchild\":{}}}"},
	{"A.11 an unknown member", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz\",\"value\":\"qux\",\"xyz\":123}]",
		"{\"foo\":\"bar\",\"baz\":\"qux\"}"},
	{"A.12 a parent that is not there", "{\"foo\":\"bar\"}",
		"[{\"op\":\"add\",\"path\":\"/baz/bat\",\"value\":\"qux\"}]", NULL},
	{"A.14 escapes", "{\"/\":9,\"~1\":10}",
		"[{\"op\":\"test\",\"path\":\"/~01\",\"value\":10}]", "{\"/\":9,\"~1\":10}"},
	{"A.15 a number is no string", "{\"/\":9,\"~1\":10}",
		"[{\"op\":\"test\",\"path\":\"/~01\",\"value\":\"10\"}]", NULL},
	{"A.16 an item behind the last", "{\"foo\":[\"bar\"]}",
		"[{\"op\":\"add\",\"path\":\"/foo/-\",\"value\":[\"abc\",\"def\"]}]",
		"{\"foo\":[\"bar\",[\"abc\",\"def\"]]}"},
	{"nothing to do", "{\"a\":1}", "[]", "{\"a\":1}"},
	{"add replaces a member", "{\"a\":1,\"b\":2}",
		"[{\"op\":\"add\",\"path\":\"/a\",\"value\":[]}]", "{\"a\":[],\"b\":2}"},
	{"add null", "{}", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":null}]", "{\"a\":null}"},
	{"add at the length", "[1]", "[{\"op\":\"add\",\"path\":\"/1\",\"value\":2}]", "[1,2]"},
	{"add beyond the length", "[1]", "[{\"op\":\"add\",\"path\":\"/2\",\"value\":2}]", NULL},
	{"add far beyond", "[1]", "[{\"op\":\"add\",\"path\":\"/99999999999\",\"value\":2}]", NULL},
	{"add at 01", "[1,2]", "[{\"op\":\"add\",\"path\":\"/01\",\"value\":2}]", NULL},
	{"add at -1", "[1,2]", "[{\"op\":\"add\",\"path\":\"/-1\",\"value\":2}]", NULL},
	{"add by name in a list", "[1]", "[{\"op\":\"add\",\"path\":\"/a\",\"value\":2}]", NULL},
	{"add the whole", "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"\",\"value\":7}]", "7"},
	{"add the empty name", "{}", "[{\"op\":\"add\",\"path\":\"/\",\"value\":7}]", "{\"\":7}"},
	{"add a minus to an object", "{}", "[{\"op\":\"add\",\"path\":\"/-\",\"value\":7}]",
		"{\"-\":7}"},
	{"add inside a string", "{\"a\":\"b\"}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":7}]",
		NULL},
	{"add inside a null", "{\"a\":null}", "[{\"op\":\"add\",\"path\":\"/a/b\",\"value\":7}]",
		NULL},
	{"remove what is not there", "{}", "[{\"op\":\"remove\",\"path\":\"/a\"}]", NULL},
	{"remove behind the last", "[1]", "[{\"op\":\"remove\",\"path\":\"/-\"}]", NULL},
	{"remove at the length", "[1]", "[{\"op\":\"remove\",\"path\":\"/1\"}]", NULL},
	{"remove the whole", "{}", "[{\"op\":\"remove\",\"path\":\"\"}]", NULL},
	{"remove twice", "[1,2,3]",
		"[{\"op\":\"remove\",\"path\":\"/0\"},{\"op\":\"remove\",\"path\":\"/0\"}]", "[3]"},
	{"replace what is not there", "{}", "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":1}]",
		NULL},
	{"replace the whole", "{}", "[{\"op\":\"replace\",\"path\":\"\",\"value\":[1]}]", "[1]"},
	{"copy", "{\"a\":{\"b\":[1]}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/c\"}]",
		"{\"a\":{\"b\":[1]},\"c\":{\"b\":[1]}}"},
	{"a copy is its own", "{\"a\":{\"b\":[1]}}",
		"[{\"op\":\"add\",\"path\":\"/a/b/0\",\"value\":0},"
		"{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/c\"},"
		"{\"op\":\"remove\",\"path\":\"/a/b/1\"}]",
		"{\"a\":{\"b\":[0]},\"c\":{\"b\":[0,1]}}"},
	{"copy into itself", "{\"a\":{}}", "[{\"op\":\"copy\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
		"{\"a\":{\"b\":{}}}"},
	{"move into itself", "{\"a\":{}}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a/b\"}]",
		NULL},
	{"move the whole inside", "{}", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/a\"}]", NULL},
	{"move to where it is", "{\"a\":1,\"b\":2}",
		"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", "{\"a\":1,\"b\":2}"},
	{"move nothing", "{}", "[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/a\"}]", NULL},
	{"move to the root", "{\"a\":{\"b\":1}}",
		"[{\"op\":\"move\",\"from\":\"/a\",\"path\":\"\"}]", "{\"b\":1}"},
	{"test by value", "{\"a\":[1,{\"x\":1.50,\"y\":100}]}",
		"[{\"op\":\"test\",\"path\":\"/a\",\"value\":[1.0,{\"y\":1e2,\"x\":15E-1}]}]",
		"{\"a\":[1,{\"x\":1.50,\"y\":100}]}"},
	{"test what was changed", "{\"a\":[]}",
		"[{\"op\":\"add\",\"path\":\"/a/0\",\"value\":\"\\u0041\"},"
		"{\"op\":\"test\",\"path\":\"\",\"value\":{\"a\":[\"A\"]}}]",
		"{\"a\":[\"A\"]}"},
	{"test a longer list", "[1]", "[{\"op\":\"test\",\"path\":\"\",\"value\":[1,2]}]", NULL},
	{"test another member", "{\"a\":1}",
		"[{\"op\":\"test\",\"path\":\"\",\"value\":{\"b\":1}}]", NULL},
	{"test null for absent", "{}", "[{\"op\":\"test\",\"path\":\"/a\",\"value\":null}]", NULL},
	{"all or nothing", "{}",
		"[{\"op\":\"add\",\"path\":\"/a\",\"value\":1},{\"op\":\"remove\",\"path\":\"/"
		"b\"}]",
		NULL},
	{"no verb", "{}", "[{\"path\":\"/a\",\"value\":1}]", NULL},
	{"an unknown verb", "{}", "[{\"op\":\"spam\",\"path\":\"/a\",\"value\":1}]", NULL},
	{"a verb in capitals", "{}", "[{\"op\":\"ADD\",\"path\":\"/a\",\"value\":1}]", NULL},
	{"no path", "{}", "[{\"op\":\"add\",\"value\":1}]", NULL},
	{"a path without a slash", "{\"a\":1}", "[{\"op\":\"remove\",\"path\":\"a\"}]", NULL},
	{"a broken escape", "{\"~\":1}", "[{\"op\":\"remove\",\"path\":\"/~\"}]", NULL},
	{"no value", "{}", "[{\"op\":\"add\",\"path\":\"/a\"}]", NULL},
	{"no from", "{}", "[{\"op\":\"copy\",\"path\":\"/a\"}]", NULL},
	{"a patch that is an object", "{}", "{\"op\":\"add\",\"path\":\"/a\",\"value\":1}", NULL},
	{"an operation that is a string", "{}", "[\"add\"]", NULL},
	{"numbers as written", "{\"a\":9007199254740993,\"b\":1.10,\"c\":-0,\"d\":1E400}",
		"[{\"op\":\"add\",\"path\":\"/e\",\"value\":1.000000000000000000001},"
		"{\"op\":\"move\",\"from\":\"/a\",\"path\":\"/f\"}]",
		"{\"b\":1.10,\"c\":-0,\"d\":1E400,\"e\":1.000000000000000000001,"
		"\"f\":9007199254740993}"},
	{"escaped keys", "{\"a\\/b\":{\"\\u0063\":\"\\n\\u0000\"}}",
		"[{\"op\":\"add\",\"path\":\"/a~1b/c\",\"value\":1},"
		"{\"op\":\"add\",\"path\":\"/a~1b/\\u0064\",\"value\":2}]",
		"{\"a/b\":{\"c\":1,\"d\":2}}"},
	{"white space goes", " { \"a\" : [ 1 , 2 ] } ", "[ ]", "{\"a\":[1,2]}"},
};

Test(patch, applies_as_rfc_6902_says)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct case_row *const row = &CASES[i];
		struct buf out = {0};
		struct err err = {0};
		const bool applied = apply(row->document, row->patch, &out, &err);

		cr_expect_eq(applied, row->result != NULL, "%s: %s", row->name, err.text);
		if (row->result)
			cr_expect(str_is(buf_str(&out), row->result), "%s: %.*s", row->name,
				STR_ARG(buf_str(&out)));
		if (!applied)
			cr_expect(out.len == 0 && err.text[0], "%s", row->name);
		buf_done(&out);
	}
}

Test(patch, a_failed_test_is_a_conflict)
{
	struct buf out = {0};
	struct err err = {0};

	cr_expect(!apply("{\"a\":1}",
		"[{\"op\":\"test\",\"path\":\"/a\",\"value\":1},"
		"{\"op\":\"test\",\"path\":\"/a\",\"value\":2}]",
		&out, &err));
	cr_expect_eq(err.code, ERR_CONFLICT);
	cr_expect(str_contains(str_from(err.text), "operation 1 at '/a'"), "%s", err.text);
	buf_done(&out);
}

Test(patch, is_printed_as_it_is_read)
{
	const struct patch_step steps[] = {
		{PATCH_ADD, STR("/a~1b/\"\n"), .value = STR("{\"x\":9007199254740993}")},
		{PATCH_REPLACE, STR("/r"), .value = STR("null")},
		{PATCH_REMOVE, .path = STR("/m")},
		{PATCH_TEST, STR(""), .value = STR("1.0")},
		{PATCH_MOVE, STR("/to"), .from = STR("/of")},
		{PATCH_COPY, STR("/to"), .from = STR("/of")},
	};
	struct patch patch = {0}, again;
	struct buf text = {0};
	struct err err;

	patch_print(&patch, &text);
	cr_expect(str_is(buf_str(&text), "[]"));
	text.len = 0;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		patch_push(&arena, &patch, steps[i]);
	patch_print(&patch, &text);
	cr_expect(str_is(buf_str(&text), "[{\"op\":\"add\",\"path\":\"/a~1b/\\\"\\n\","
					 "\"value\":{\"x\":9007199254740993}},"
					 "{\"op\":\"replace\",\"path\":\"/r\",\"value\":null},"
					 "{\"op\":\"remove\",\"path\":\"/m\"},"
					 "{\"op\":\"test\",\"path\":\"\",\"value\":1.0},"
					 "{\"op\":\"move\",\"path\":\"/to\",\"from\":\"/of\"},"
					 "{\"op\":\"copy\",\"path\":\"/to\",\"from\":\"/of\"}]"),
		"%.*s", STR_ARG(buf_str(&text)));
	cr_assert(patch_read(&arena, read(buf_str(&text)), &again, &err));
	cr_assert_eq(again.count, patch.count);
	for (size_t i = 0; i < patch.count; i++) {
		cr_expect_eq(again.steps[i].verb, patch.steps[i].verb, "%zu", i);
		cr_expect(str_eq(again.steps[i].path, patch.steps[i].path), "%zu", i);
		cr_expect(str_eq(again.steps[i].from, patch.steps[i].from), "%zu", i);
		cr_expect(str_eq(again.steps[i].value, patch.steps[i].value), "%zu", i);
	}
	buf_done(&text);
}

static void add(struct patch *patch, struct str path, struct str value)
{
	patch_push(&arena, patch,
		(struct patch_step){.verb = PATCH_ADD, .path = path, .value = value});
}

Test(patch, a_value_that_is_no_json_is_refused)
{
	static const char *const VALUES[] = {"", "{", "1 2", "nul", "{\"a\":1,\"a\":2}", "01"};

	for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
		struct patch patch = {0};
		struct buf out = {0};
		struct err err = {0};

		add(&patch, STR("/a"), str_from(VALUES[i]));
		cr_expect(
			!patch_apply(&arena, read(STR("{}")), &patch, &out, &err), "%s", VALUES[i]);
		buf_done(&out);
	}
}

Test(patch, copies_cannot_blow_up_a_document)
{
	struct patch doubling = {0}, deepening = {0};
	struct buf out = {0};
	struct err err = {0};
	const struct json_node *const root = read(STR("{\"a\":[\"0123456789\"]}"));

	for (int i = 0; i < 60; i++)
		patch_push(&arena, &doubling,
			(struct patch_step){
				.verb = PATCH_COPY, .from = STR("/a"), .path = STR("/a/-")});
	cr_expect(!patch_apply(&arena, root, &doubling, &out, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE, "%s", err.text);

	for (int i = 0; i < 60; i++)
		patch_push(&arena, &deepening,
			(struct patch_step){
				.verb = PATCH_COPY, .from = STR("/a"), .path = STR("/a/0")});
	cr_expect(!patch_apply(&arena, root, &deepening, &out, &err));
	buf_done(&out);
}

Test(patch, a_path_of_great_depth_is_refused)
{
	struct buf path = {0}, document = {0}, out = {0};
	struct patch patch = {0};
	struct err err = {0};

	for (int i = 0; i < 1000; i++) {
		buf_add_cstr(&path, "/0");
		buf_add_char(&document, '[');
	}
	for (int i = 0; i < 1000; i++)
		buf_add_char(&document, ']');
	add(&patch, buf_str(&path), STR("1"));
	cr_expect(!patch_apply(&arena, read(buf_str(&document)), &patch, &out, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
	buf_done(&path);
	buf_done(&document);
	buf_done(&out);
}

Test(patch, more_operations_than_the_api_server_takes_are_refused)
{
	struct buf text = {0};
	struct patch patch;
	struct err err = {0};

	buf_add_char(&text, '[');
	for (int i = 0; i <= PATCH_OPERATIONS_MAX; i++)
		buf_add_cstr(&text, i ? ",0" : "0");
	buf_add_char(&text, ']');
	cr_expect(!patch_read(&arena, read(buf_str(&text)), &patch, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE);
	buf_done(&text);
}
