#include <criterion/criterion.h>

#include "api/patch.h"

/* The table of RFC 7386's appendix A, and a few of our own. */
static const struct {
	const char *target; /* NULL: none */
	const char *patch, *result;
} CASES[] = {
	{"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
	{"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
	{"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
	{"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
	{"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
	{"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
	{"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}", "{\"a\":{\"b\":\"d\"}}"},
	{"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
	{"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
	{"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
	{"{\"a\":\"foo\"}", "null", "null"},
	{"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
	{"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
	{"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
	{"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
	{NULL, "{\"a\":{\"b\":null,\"c\":[null]}}", "{\"a\":{\"c\":[null]}}"},
	{"{\"a\":9007199254740993}", "{\"b\":1.10}", "{\"a\":9007199254740993,\"b\":1.10}"},
	{"{\"\\u0061\":1}", "{\"a\":2}", "{\"a\":2}"},
};

static const struct json_node *read(struct arena *arena, const char *text)
{
	const struct json_limits limits = {.bytes = 4096, .depth = 64, .nodes = 1024};
	struct json_doc doc = {0};
	struct err err;

	if (text == NULL)
		return NULL;
	cr_assert(json_read(arena, str_from(text), &limits, &doc, &err), "%s: %s", text, err.text);
	return doc.root;
}

Test(merge_patch, applies_as_rfc_7386_says)
{
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct buf out = {0};

		merge_patch_apply(
			&arena, read(&arena, CASES[i].target), read(&arena, CASES[i].patch), &out);
		cr_expect(str_is(buf_str(&out), CASES[i].result), "%s: %.*s, not %s",
			CASES[i].patch, STR_ARG(buf_str(&out)), CASES[i].result);
		buf_done(&out);
	}
	arena_done(&arena);
}
