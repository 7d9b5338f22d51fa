#include "server/children/accepted.h"

#include <criterion/criterion.h>

/* Each right text is what Go's encoding/json makes of the left one, by way of a map. */
static const struct {
	const char *text, *stored;
} CASES[] = {
	{"{}", "{}"},
	{"[]", "[]"},
	{" { \"b\" : [ 1 , 2.5 ,true,null ] , \"a\":{\"y\":0,\"x\":{} } }",
		"{\"a\":{\"x\":{},\"y\":0},\"b\":[1,2.5,true,null]}"},
	{"{\"ab\":1,\"a\":2,\"B\":3,\"\\u00e4\":4}", "{\"B\":3,\"a\":2,\"ab\":1,\"\xC3\xA4\":4}"},
	{"[\"a<b>&c\"]", "[\"a\\u003cb\\u003e\\u0026c\"]"},
	{"[\"\\u003c \\/ \\t \\u0009 \\\\ \\\"\"]", "[\"\\u003c / \\t \\t \\\\ \\\"\"]"},
	{"[\"\\u2028\xE2\x80\xA9\xC3\xA9\\u00e9\"]", "[\"\\u2028\\u2029\xC3\xA9\xC3\xA9\"]"},
	{"{\"<\":[[],{}]}", "{\"\\u003c\":[[],{}]}"},
	{"[\"\\u0008 \\u000C \\u007f \\u0001\"]", "[\"\\b \\f \x7F \\u0001\"]"},
	/* Numbers are as they came from there. */
	{"[12345678901234567890,-0.1,1e+21]", "[12345678901234567890,-0.1,1e+21]"},
};

Test(accepted, what_is_stored_is_spelled_as_the_api_server_does)
{
	static const struct json_limits LIMITS = {.bytes = 4096, .depth = 16, .nodes = 256};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct arena arena CLEANUP(arena_done);
		CLEANUP(buf_done) struct buf out = {0};
		struct json_doc doc;
		struct err err;

		arena_init(&arena, 4096);
		cr_assert(json_read(&arena, str_from(CASES[i].text), &LIMITS, &doc, &err), "%s",
			err.text);
		accepted_put(&arena, doc.root, &out);
		cr_expect(str_is(buf_str(&out), CASES[i].stored), "%.*s\nnot\n%s",
			STR_ARG(buf_str(&out)), CASES[i].stored);
	}
}
