#include "server/check/spot.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 65536);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(spot, .init = start, .fini = stop);

static const struct json_node *read_json(struct str text)
{
	static const struct json_limits LIMITS = {
		.bytes = 64u << 20, .depth = 50, .nodes = 2000000};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&arena, text, &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

#define SOURCE "{\"a\":{\"b\":1,\"c\":[10,{\"d\":2},[3]]},\"e\":4,\"f\":{}}"
/* Something is added, and something stands in another order. */
#define PATCHED                                                                                    \
	"{\"new\":{\"x\":0},\"e\":4,\"a\":{\"c\":[10,{\"new\":5,\"d\":2},[3],6],\"b\":1,\"g\":7}," \
	"\"f\":{\"h\":8}}"

/* The value at the end of a path of keys and of [i]; what its member's key is, or NULL. */
static struct spot at(const struct json_node *root, const char *const *path)
{
	struct spot spot = {root, NULL};

	for (; *path; path++) {
		struct json_iter it = json_iter(spot.value);

		if (**path == '[') {
			spot = (struct spot){
				json_item(spot.value, (size_t)((*path)[1] - '0')), NULL};
			continue;
		}
		while (json_next_member(&it) && !json_str_is(it.key, str_from(*path)))
			continue;
		spot = (struct spot){it.value, it.key};
	}
	return spot;
}

static const struct {
	const char *judged[5], *source[5]; /* paths */
} CASES[] = {
	{{"a", "b"}, {"a", "b"}},
	{{"a", "c"}, {"a", "c"}},
	{{"a", "c", "[0]"}, {"a", "c", "[0]"}},
	{{"a", "c", "[1]", "d"}, {"a", "c", "[1]", "d"}},
	{{"a", "c", "[1]", "new"}, {"a", "c", "[1]"}},
	{{"a", "c", "[2]", "[0]"}, {"a", "c", "[2]", "[0]"}},
	{{"a", "c", "[3]"}, {"a", "c"}},
	{{"a", "g"}, {"a"}},
	{{"e"}, {"e"}},
	{{"f", "h"}, {"f"}},
	{{"new", "x"}, {NULL}},
	{{NULL}, {NULL}},
};

/* In any order, by one trail. */
Test(spot, what_was_patched_is_found_where_it_stands_in_the_source)
{
	const struct json_node *const source = read_json(STR(SOURCE));
	const struct json_node *const patched = read_json(STR(PATCHED));
	struct spot_trail trail = {0};

	for (size_t n = 0; n < 3 * ARRAY_LEN(CASES); n++) {
		const size_t i = n * 7 % ARRAY_LEN(CASES);
		const struct spot judged = at(patched, CASES[i].judged);
		const struct spot expected = at(source, CASES[i].source);
		const struct spot by_value = spot_find(patched, judged.value, source, &trail);

		cr_expect_eq(by_value.value, expected.value, "case %zu", i);
		cr_expect_eq(by_value.key, expected.key, "case %zu", i);
		if (judged.key == NULL)
			continue;
		const struct spot by_key = spot_find(patched, judged.key, source, &trail);

		cr_expect_eq(by_key.value, expected.value, "key of case %zu", i);
	}
}

Test(spot, the_source_itself_is_found_in_itself)
{
	const struct json_node *const source = read_json(STR(SOURCE));
	struct spot_trail trail = {0};

	for (size_t i = source->span; i-- > 0;) {
		const struct spot spot = spot_find(source, &source[i], source, &trail);

		cr_expect(spot.value == &source[i] || spot.key == &source[i], "node %zu", i);
	}
}

enum { MEMBERS = 200 * 1000 };

/* Each from the start would be twenty thousand million steps. */
Test(spot, nodes_in_their_order_cost_one_walk, .timeout = 30)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct spot_trail trail = {0};

	buf_add_cstr(&text, "{\"labels\":{");
	for (int i = 0; i < MEMBERS; i++)
		buf_printf(&text, "%s\"l%d\":%d", i ? "," : "", i, i);
	buf_add_cstr(&text, "}}");
	const struct json_node *const source = read_json(buf_str(&text));
	const struct json_node *const patched = read_json(buf_str(&text));

	for (size_t i = 0; i < source->span; i++) {
		const struct spot spot = spot_find(patched, &patched[i], source, &trail);

		cr_assert(spot.value == &source[i] || spot.key == &source[i], "node %zu", i);
	}
}
