#include "base/str.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(str, the_empty_str_is_found_and_compared_without_a_pointer)
{
	const struct str none = str_from(NULL);

	cr_assert_eq(none.len, 0);
	cr_assert(str_eq(none, STR("")));
	cr_assert(str_is(none, ""));
	cr_assert(str_is_nocase(none, ""));
	cr_assert(str_starts(none, ""));
	cr_assert(str_ends(none, ""));
	cr_assert_eq(str_cmp(none, STR("")), 0);
	cr_assert_eq(str_find(none, 'x'), 0);
	cr_assert_eq(str_behind_last(none, 'x'), 0);
	cr_assert_not(str_contains(none, "x"));
	cr_assert_eq(str_trim(none).len, 0);
	cr_assert_eq(str_hash(none), str_hash(STR("")));
}

Test(str, bytes_behind_the_end_do_not_count)
{
	const struct str cut = {"workers", 4};

	cr_assert(str_is(cut, "work"));
	cr_assert_not(str_is(cut, "workers"));
	cr_assert_not(str_starts(cut, "worke"));
	cr_assert_not(str_contains(cut, "ers"));
	cr_assert_eq(str_find(cut, 's'), 4);
}

Test(str, a_nul_is_a_byte_like_any_other)
{
	const struct str a = {"a\0b", 3}, b = {"a\0c", 3};

	cr_assert_not(str_eq(a, b));
	cr_assert_lt(str_cmp(a, b), 0);
	cr_assert_not(str_is(a, "a"));
	cr_assert_neq(str_hash(a), str_hash(STR("a")));
}

Test(str, the_last_of_several_is_found)
{
	cr_assert_eq(str_behind_last(STR("a/b/c"), '/'), 4);
	cr_assert_eq(str_behind_last(STR("a/"), '/'), 2);
	cr_assert_eq(str_behind_last(STR("a"), '/'), 0);
	cr_assert_eq(str_behind_last((struct str){"a/b/", 3}, '/'), 2);
}

Test(str, a_text_is_cut_word_by_word)
{
	static const char *const WORDS[] = {"a", "", "bc", ""};
	struct str rest = STR("a,,bc,");

	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
		cr_assert(str_is(str_cut(&rest, ','), WORDS[i]), "%zu", i);
	cr_assert_eq(rest.len, 0);
	rest = (struct str){"bc,d", 2};
	cr_assert(str_is(str_cut(&rest, ','), "bc"));
	cr_assert_eq(rest.len, 0);
}

/* Also by who has a beginning or a name that is empty, or only a letter's other case in front. */
Test(str, the_first_byte_alone_decides_nothing)
{
	cr_assert(str_starts(STR("\0a"), ""));
	cr_assert_not(str_starts(STR("rax"), "ray"));
	cr_assert_not(str_is(STR("\0"), ""));
	cr_assert_not(str_is_nocase(STR(" "), ""));
	cr_assert(str_is_nocase(STR("TRUE"), "true"));
	cr_assert_not(str_is_nocase(STR("Trues"), "true"));
}

Test(str, ends_and_starts_are_whole)
{
	cr_assert(str_starts(STR("ray.io/v1"), "ray.io/"));
	cr_assert_not(str_starts(STR("ray"), "ray.io/"));
	cr_assert(str_ends(STR("ray.io/v1"), "/v1"));
	cr_assert_not(str_ends(STR("v1"), "/v1"));
	cr_assert(str_is_nocase(STR("Content-Type"), "content-type"));
	cr_assert_not(str_is_nocase(STR("Content-Typ"), "content-type"));
}

Test(str, order_is_that_of_unsigned_bytes)
{
	cr_assert_lt(str_cmp(STR("a"), STR("ab")), 0);
	cr_assert_gt(str_cmp(STR("b"), STR("ab")), 0);
	cr_assert_gt(str_cmp(STR("\xC3"), STR("z")), 0);
	cr_assert_eq(str_cmp(STR("same"), STR("same")), 0);
}

Test(str, trimming_takes_ascii_white_space_alone)
{
	cr_assert(str_is(str_trim(STR(" \t\r\n a b \v\f")), "a b"));
	cr_assert(str_is(str_trim(STR("\xC2\xA0")), "\xC2\xA0"));
	cr_assert_eq(str_trim(STR("   ")).len, 0);
}

Test(str, integers_are_read_to_the_last_one_that_fits)
{
	static const struct {
		const char *text;
		bool fits;
		int64_t value;
	} CASES[] = {
		{"0", true, 0},
		{"-0", true, 0},
		{"+7", true, 7},
		{"007", true, 7},
		{"9223372036854775807", true, INT64_MAX},
		{"-9223372036854775808", true, INT64_MIN},
		{"9223372036854775808", false, 0},
		{"-9223372036854775809", false, 0},
		{"18446744073709551616", false, 0},
		{"99999999999999999999", false, 0},
		{"", false, 0},
		{"-", false, 0},
		{"+-1", false, 0},
		{"1 ", false, 0},
		{" 1", false, 0},
		{"1.0", false, 0},
		{"0x1", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t value = 42;
		const bool fits = str_to_i64(str_from(CASES[i].text), &value);

		cr_assert_eq(fits, CASES[i].fits, "'%s'", CASES[i].text);
		cr_assert_eq(value, fits ? CASES[i].value : 42, "'%s'", CASES[i].text);
	}
}

Test(str, distance_counts_edits_and_stops_at_its_limit)
{
	static const struct {
		const char *a, *b;
		size_t limit, distance;
	} CASES[] = {
		{"", "", 3, 0},
		{"maxReplica", "maxReplicas", 3, 1},
		{"maxRepilcas", "maxReplicas", 3, 2},
		{"kitten", "sitting", 3, 3},
		{"kitten", "sitting", 2, 3},
		{"a", "autoscalerOptions", 3, 4},
		{"abc", "xyz", 1, 2},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str a = str_from(CASES[i].a), b = str_from(CASES[i].b);

		cr_assert_eq(str_distance(a, b, CASES[i].limit), CASES[i].distance, "%s, %s",
			CASES[i].a, CASES[i].b);
		cr_assert_eq(str_distance(b, a, CASES[i].limit), CASES[i].distance, "%s, %s",
			CASES[i].b, CASES[i].a);
	}
}

Test(str, the_nearest_word_was_meant)
{
	static const char *const WORDS[] = {"K8sJobMode", "HTTPMode", "Memory", "None", "S3", NULL};
	static const struct {
		const char *word, *meant;
	} CASES[] = {
		{"K8sJobMod", "K8sJobMode"},
		{"HttpMode", "HTTPMode"},
		{"httpmode", "HTTPMode"},
		{"memory", "Memory"},
		{"MEMROY", NULL},
		{"Nome", "None"},
		{"Nothing", NULL},
		{"s3", "S3"},
		{"s4", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const meant = str_meant(str_from(CASES[i].word), WORDS);

		if (CASES[i].meant == NULL || meant == NULL)
			cr_expect_eq(meant, CASES[i].meant, "%s", CASES[i].word);
		else
			cr_expect_str_eq(meant, CASES[i].meant);
	}
}

Test(str, distance_looks_at_the_first_64_bytes)
{
	char a[200], b[200];

	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	b[150] = 'y';
	cr_assert_eq(str_distance((struct str){a, sizeof(a)}, (struct str){b, sizeof(b)}, 5), 0);
	cr_expect_eq(str_distance((struct str){a, 64}, (struct str){b, 70}, 5), 6);
	cr_expect_eq(str_distance((struct str){a, 200}, (struct str){b, 64}, 5), 6);
}

Test(str, texts_that_differ_in_one_byte_are_not_the_same_at_any_length)
{
	char a[40], b[40];

	memset(a, 'x', sizeof(a));
	for (size_t len = 0; len <= sizeof(a); len++) {
		memset(b, 'x', sizeof(b));
		cr_expect(str_same(a, b, len), "%zu", len);
		cr_expect(str_eq((struct str){a, len}, (struct str){b, len}), "%zu", len);
		for (size_t i = 0; i < sizeof(b); i++) {
			b[i] = '\xF8';
			cr_expect_eq(str_same(a, b, len), i >= len, "%zu of %zu", i, len);
			cr_expect_eq(str_eq((struct str){a, len}, (struct str){b, len}), i >= len,
				"%zu of %zu", i, len);
			b[i] = 'x';
		}
	}
}
