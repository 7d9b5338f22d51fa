#include "api/pointer.h"

#include <criterion/criterion.h>

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 4096);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(pointer, .init = start, .fini = stop);

/* Members that RFC 6901 (5) uses, and their pointers. */
static const struct {
	const char *segment, *pointer;
} ESCAPES[] = {
	{"foo", "/foo"},
	{"", "/"},
	{"a/b", "/a~1b"},
	{"c%d", "/c%d"},
	{"e^f", "/e^f"},
	{"g|h", "/g|h"},
	{"i\\j", "/i\\j"},
	{"k\"l", "/k\"l"},
	{" ", "/ "},
	{"m~n", "/m~0n"},
	{"~1", "/~01"},
	{"~/~/", "/~0~1~0~1"},
};

Test(pointer, segments_are_escaped_and_come_back)
{
	for (size_t i = 0; i < ARRAY_LEN(ESCAPES); i++) {
		const struct str made =
			pointer_child(&arena, POINTER_ROOT, str_from(ESCAPES[i].segment));
		struct str rest = made, segment;

		cr_expect(
			str_is(made, ESCAPES[i].pointer), "'%s': %s", ESCAPES[i].segment, made.at);
		cr_expect(pointer_is_valid(made));
		cr_assert(pointer_next(&arena, &rest, &segment));
		cr_expect(str_is(segment, ESCAPES[i].segment), "%s", made.at);
		cr_expect(!pointer_next(&arena, &rest, &segment));
	}
}

Test(pointer, is_built_from_paths)
{
	const struct str indexed = pointer_of_path(&arena,
		FIELD_KEY(FIELD_CHILD(FIELD_INDEX(FIELD_CHILD(FIELD_ROOT("spec"), "groups"), 12),
				  "labels"),
			STR("a/b")));

	cr_expect(str_is(indexed, "/spec/groups/12/labels/a~1b"), "%s", indexed.at);
	cr_expect_eq(pointer_of_path(&arena, NULL).len, 0u);
}

Test(pointer, a_nul_in_a_segment_is_a_byte_like_any_other)
{
	const struct str parent = pointer_child(&arena, POINTER_ROOT, STR("a\0b"));

	cr_expect(str_eq(pointer_index(&arena, parent, 3), STR("/a\0b/3")));
}

Test(pointer, only_whole_escapes_are_valid)
{
	static const struct {
		const char *pointer;
		bool valid;
	} CASES[] = {
		{"", true},
		{"/", true},
		{"//", true},
		{"/a~0", true},
		{"/~1~0", true},
		{"a", false},
		{"/~", false},
		{"/~2", false},
		{"/a~/b", false},
		{"#/a", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(pointer_is_valid(str_from(CASES[i].pointer)), CASES[i].valid, "%s",
			CASES[i].pointer);
}

Test(pointer, a_prefix_ends_where_a_segment_ends)
{
	cr_expect(pointer_is_prefix(STR("/a"), STR("/a/b")));
	cr_expect(pointer_is_prefix(STR(""), STR("/a")));
	cr_expect(!pointer_is_prefix(STR("/a"), STR("/ab")));
	cr_expect(!pointer_is_prefix(STR("/a"), STR("/a")));
	cr_expect(!pointer_is_prefix(STR("/a/b"), STR("/a")));
}

Test(pointer, an_index_has_no_zero_in_front)
{
	static const struct {
		const char *segment;
		bool valid;
		size_t index;
	} CASES[] = {
		{"0", true, 0},
		{"10", true, 10},
		{"999999999", true, 999999999},
		{"1000000000", false, 0},
		{"00", false, 0},
		{"01", false, 0},
		{"-1", false, 0},
		{"+1", false, 0},
		{"-", false, 0},
		{"1e0", false, 0},
		{"", false, 0},
		{" 1", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		size_t index = 0;

		cr_expect_eq(pointer_to_index(str_from(CASES[i].segment), &index), CASES[i].valid,
			"'%s'", CASES[i].segment);
		cr_expect_eq(index, CASES[i].index, "'%s'", CASES[i].segment);
	}
}
