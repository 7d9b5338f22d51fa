#include "api/quantity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/buf.h"
#include "tests/api/quantity_vectors.h"

static struct quantity parse(const char *text)
{
	struct quantity q = {0};
	struct err err = {0};

	cr_assert(quantity_parse(str_from(text), &q, &err), "'%s': %s", text, err.text);
	return q;
}

Test(quantity, accepts_and_reads_as_apimachinery_does)
{
	for (size_t i = 0; i < ARRAY_LEN(ACCEPTED); i++) {
		const char *const text = ACCEPTED[i].text;
		const struct quantity q = parse(text);

		cr_expect_str_eq(quantity_print(q).at, ACCEPTED[i].canonical, "%s", text);
		cr_expect_eq(q.format, ACCEPTED[i].format, "%s", text);
		if (ACCEPTED[i].value != NONE)
			cr_expect_eq(quantity_value(q), ACCEPTED[i].value, "%s", text);
		if (ACCEPTED[i].milli != NONE)
			cr_expect_eq(quantity_milli_value(q), ACCEPTED[i].milli, "%s", text);
	}
}

/* A sign in front makes the reader take the long way. */
Test(quantity, plain_texts_are_read_the_short_way_as_the_long_way)
{
	static const char *const NUMBERS[] = {"0", "00", "1", "007", "10", "500", "999999999",
		"0999999999", "1000000000", "123456789012", "9223372036854775807"};
	static const char *const SUFFIXES[] = {"", "n", "u", "m", "k", "K", "M", "G", "T", "P", "E",
		"Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "mi", "ki", "i", "e3", "E", "x", "Gi ", "G0"};

	for (size_t n = 0; n < ARRAY_LEN(NUMBERS); n++) {
		for (size_t s = 0; s < ARRAY_LEN(SUFFIXES); s++) {
			char text[40];
			struct quantity is = {0}, wanted = {0};
			struct err err;

			snprintf(text, sizeof(text), "+%s%s", NUMBERS[n], SUFFIXES[s]);
			const bool read = quantity_parse(str_from(text), &wanted, &err);

			cr_expect_eq(
				quantity_parse(str_from(text + 1), &is, &err), read, "%s", text);
			cr_expect(!read || (is.nano == wanted.nano && is.format == wanted.format),
				"%s", text);
		}
	}
}

Test(quantity, a_nul_byte_is_not_the_end_of_a_quantity)
{
	static const struct str TEXTS[] = {{"5\0", 2}, {"5m\0", 3}, {"5\0i", 3}, {"5\0\0", 3}};
	struct quantity out;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++)
		cr_expect_not(quantity_parse(TEXTS[i], &out, &err), "%zu", i);
}

Test(quantity, refuses_what_apimachinery_refuses)
{
	for (size_t i = 0; i < ARRAY_LEN(REFUSED); i++) {
		struct quantity q;
		struct err err = {0};

		cr_expect(!quantity_parse(str_from(REFUSED[i]), &q, &err), "'%s'", REFUSED[i]);
		cr_expect_eq(err.code, ERR_INVALID, "'%s'", REFUSED[i]);
		cr_expect_neq(err.text[0], '\0', "'%s'", REFUSED[i]);
	}
}

Test(quantity, the_canonical_text_reads_as_the_same_value)
{
	for (size_t i = 0; i < ARRAY_LEN(ACCEPTED); i++) {
		const struct quantity q = parse(ACCEPTED[i].text);
		const struct quantity again = parse(quantity_print(q).at);

		cr_expect_eq(quantity_cmp(q, again), 0, "%s", ACCEPTED[i].text);
		cr_expect_str_eq(
			quantity_print(again).at, quantity_print(q).at, "%s", ACCEPTED[i].text);
		cr_expect_eq(quantity_cmp(q, parse(quantity_print_bytes(q).at)), 0, "%s as %s",
			ACCEPTED[i].text, quantity_print_bytes(q).at);
		cr_expect_eq(quantity_cmp(q, parse(quantity_print_count(q).at)), 0, "%s as %s",
			ACCEPTED[i].text, quantity_print_count(q).at);
	}
}

Test(quantity, what_is_finer_than_a_thousandth_is_rounded_up)
{
	static const char *const CASES[][2] = {
		{"1n", "1m"},
		{"500u", "1m"},
		{"1m", "1m"},
		{"1001u", "2m"},
		{"0", "0"},
		{"-1u", "-1m"},
		{"10E", "10E"},
		{"100000000000000000000001u", "100000000000000000001m"},
	};
	struct quantity is, wanted;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		cr_assert(quantity_parse(str_from(CASES[i][0]), &is, &err));
		cr_assert(quantity_parse(str_from(CASES[i][1]), &wanted, &err));
		cr_expect_eq(quantity_cmp(quantity_round_up_milli(is), wanted), 0, "%s: %s",
			CASES[i][0], quantity_print(quantity_round_up_milli(is)).at);
	}
	cr_expect(quantity_is_unbounded(quantity_round_up_milli(quantity_unbounded())));
}

Test(quantity, a_value_below_zero_rounds_away_from_zero)
{
	static const struct {
		const char *text;
		int64_t value, milli;
	} CASES[] = {
		{"-.066Gi", -70866961, -70866960384},
		{"-1500u", -1, -2},
		{"-0.0000000001", -1, -1},
		{"-8Ei", -9223372036854775807, -9223372036854775807},
		{"99999999999999", 99999999999999, 99999999999999000},
		{"1000P", 1000000000000000000, 9223372036854775807},
		{"1000E", 9223372036854775807, 9223372036854775807},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct quantity q = parse(CASES[i].text);

		cr_expect_eq(quantity_value(q), CASES[i].value, "%s", CASES[i].text);
		cr_expect_eq(quantity_milli_value(q), CASES[i].milli, "%s", CASES[i].text);
	}
}

Test(quantity, errors_say_what_was_probably_meant)
{
	static const struct {
		const char *text, *says;
	} CASES[] = {
		{"", "is empty"},
		{"1GB", "did you mean 1G or 1Gi?"},
		{"512mb", "512M or 512Mi?"},
		{"1 Gi", "'1 Gi' has a space; did you mean 1Gi?"},
		{" 1Gi", "has a space; did you mean 1Gi?"},
		{"1 GB", "did you mean 1G or 1Gi?"},
		{"1gi", "did you mean 1Gi?"},
		{"1GI", "did you mean 1Gi?"},
		{"1KiB", "did you mean 1Ki?"},
		{"4K", "did you mean 4k or 4Ki?"},
		{"2g", "did you mean 2G or 2Gi?"},
		{"0,5", "'0,5' has a comma; did you mean 0.5?"},
		{"0,5Gi", "did you mean 0.5Gi?"},
		{"2 cpus", "did you mean 2?"},
		{"2cores", "did you mean 2?"},
		{"1024bytes", "did you mean 1024?"},
		{"500mcpu", "did you mean 500m?"},
		{"1e", "'e' is no exponent"},
		{"1e1.5", "'e1.5' is no exponent"},
		{"1.2.3", "more than one point"},
		{"lots", "does not begin with a number"},
		{"--1", "does not begin with a number"},
		{"Ei", "does not begin with a number"},
		{"50%", "'%' is no suffix"},
		{"1_000", "'_000' is no suffix"},
		{"1,000,000", "has a comma: write it"},
		{"100\xc2\xb5", "did you mean 100u?"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct quantity q;
		struct err err = {0};

		cr_expect(!quantity_parse(str_from(CASES[i].text), &q, &err), "%s", CASES[i].text);
		cr_expect(str_contains(str_from(err.text), CASES[i].says), "'%s': %s lacks %s",
			CASES[i].text, err.text, CASES[i].says);
	}
}

Test(quantity, a_long_or_binary_text_is_refused_without_being_shown_whole)
{
	struct buf text = {0};
	struct quantity q;
	struct err err = {0};

	for (int i = 0; i < 100000; i++)
		buf_add_cstr(&text, "1\xe2\x82\xac");
	cr_expect(!quantity_parse(buf_str(&text), &q, &err));
	cr_expect_lt(strlen(err.text), 200u);
	cr_expect(!quantity_parse(STR("1\0Gi"), &q, &err));
	cr_expect(!quantity_parse(STR("\0"), &q, &err));
	cr_expect(!quantity_parse(STR("1\xff\xfe"), &q, &err));
	buf_done(&text);
}

Test(quantity, a_million_digits_are_read_exactly)
{
	struct buf text = {0};

	buf_add_cstr(&text, "0.5");
	for (int i = 0; i < 1000000; i++)
		buf_add_char(&text, '0');
	const size_t len = text.len;

	buf_add_cstr(&text, "1Ki");
	struct quantity q;
	struct err err;

	cr_assert(quantity_parse(buf_str(&text), &q, &err));
	cr_expect_str_eq(quantity_print(q).at, "512000000001n");
	text.len = len;
	buf_add_cstr(&text, "0Ki");
	cr_assert(quantity_parse(buf_str(&text), &q, &err));
	cr_expect_str_eq(quantity_print(q).at, "512");
	buf_done(&text);
}

Test(quantity, beyond_the_last_suffix_the_number_is_kept)
{
	static const struct {
		const char *text, *printed;
	} CASES[] = {
		{"1000E", "1000E"},
		{"1e21", "1e21"},
		{"123e27", "123e27"},
		{"1e29", "100e27"},
		{"1e30", "unbounded"},
		{"-1e30", "-unbounded"},
		{"1e2147483647", "unbounded"},
		{"0e2147483647", "0"},
		{"1e-2147483648", "1e-9"},
		{"1e4294967296", "1"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_str_eq(quantity_print(parse(CASES[i].text)).at, CASES[i].printed, "%s",
			CASES[i].text);
}

Test(quantity, sums_keep_the_format_of_the_first_that_is_not_zero)
{
	static const struct {
		const char *a, *b, *sum, *difference;
	} CASES[] = {
		{"1Gi", "512Mi", "1536Mi", "512Mi"},
		{"0", "512Mi", "512Mi", "-512Mi"},
		{"1G", "1Gi", "2073741824", "-73741824"},
		{"500m", "500m", "1", "0"},
		{"1e3", "1", "1001", "999"},
		{"1Ki", "1", "1025", "1023"},
		{"1Ki", "1m", "1024001m", "1023999m"},
		{"512Ei", "0", "9223372036854775807", "9223372036854775807"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct quantity a = parse(CASES[i].a), b = parse(CASES[i].b);

		cr_expect_str_eq(quantity_print(quantity_add(a, b)).at, CASES[i].sum, "%s + %s",
			CASES[i].a, CASES[i].b);
		cr_expect_str_eq(quantity_print(quantity_sub(a, b)).at, CASES[i].difference,
			"%s - %s", CASES[i].a, CASES[i].b);
	}
}

Test(quantity, unbounded_stays_unbounded)
{
	const struct quantity all = quantity_unbounded(), one = quantity_whole(1);
	const struct quantity none = quantity_mul(all, -1);
	const struct quantity much = parse("99999999999999999999E");

	cr_expect(quantity_is_unbounded(quantity_add(all, one)));
	cr_expect(quantity_is_unbounded(quantity_sub(all, one)));
	cr_expect(quantity_is_unbounded(quantity_add(one, all)));
	cr_expect(quantity_is_unbounded(quantity_sub(all, all)));
	cr_expect(quantity_is_unbounded(quantity_add(all, none)));
	cr_expect(quantity_is_unbounded(quantity_mul(all, 1)));
	cr_expect(quantity_is_unbounded(quantity_mul(parse("100E"), INT64_MAX)));
	cr_expect(quantity_is_zero(quantity_mul(all, 0)));
	cr_expect(quantity_is_negative(quantity_sub(one, all)));
	cr_expect(quantity_is_unbounded(quantity_sub(one, all)));
	cr_expect_eq(quantity_cmp(all, much), 0);
	cr_expect_gt(quantity_cmp(all, parse("100000000E")), 0);
	cr_expect_lt(quantity_cmp(none, parse("-100000000E")), 0);
	cr_expect_eq(quantity_value(all), INT64_MAX);
	cr_expect_eq(quantity_milli_value(none), -INT64_MAX);
	cr_expect(!quantity_is_whole(all));
	cr_expect_str_eq(quantity_print_bytes(all).at, "unbounded");
	cr_expect_str_eq(quantity_print_count(all).at, "unbounded");
}

Test(quantity, in_twelve_bytes_a_value_is_the_same_up_to_its_bound)
{
	static const struct {
		const char *text, *after; /* NULL: the same */
	} CASES[] = {
		{"0", NULL},
		{"1n", NULL},
		{"-1n", NULL},
		{"500m", NULL},
		{"-1500m", NULL},
		{"2Gi", NULL},
		{"1e3", NULL},
		{"9223372036854775807", NULL},
		{"9223372036854775807.999999999", NULL},
		{"-9223372036854775808", NULL},
		{"-9223372036854775808.000000001", "-9223372036854775808"},
		{"10E", "9223372036854775807"},
		{"-10E", "-9223372036854775808"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct quantity before = parse(CASES[i].text);
		const struct quantity after = quantity_grow(quantity_shrink(before));
		const struct quantity expected = CASES[i].after ? parse(CASES[i].after) : before;

		cr_expect_eq(quantity_cmp(after, expected), 0, "%s: %s", CASES[i].text,
			quantity_print(after).at);
		cr_expect_eq(after.format, before.format, "%s", CASES[i].text);
	}
	struct quantity most = quantity_unbounded();

	cr_expect(quantity_is_unbounded(quantity_grow(quantity_shrink(most))));
	most = quantity_sub(quantity_whole(0), most);
	cr_expect_eq(quantity_cmp(quantity_grow(quantity_shrink(most)), most), 0);
}

Test(quantity, whole_and_milli_make_exact_values)
{
	cr_expect_str_eq(quantity_print(quantity_whole(INT64_MIN)).at, "-9223372036854775808");
	cr_expect_str_eq(quantity_print(quantity_whole(INT64_MAX)).at, "9223372036854775807");
	cr_expect_str_eq(quantity_print(quantity_milli(1500)).at, "1500m");
	cr_expect_str_eq(quantity_print(quantity_mul(quantity_milli(500), 3)).at, "1500m");
	cr_expect_eq(quantity_cmp(quantity_milli(-1000), quantity_whole(-1)), 0);
	cr_expect_eq(quantity_cmp(quantity_max(parse("1"), parse("999m")), parse("1")), 0);
	cr_expect_eq(quantity_cmp(quantity_min(parse("1"), parse("999m")), parse("999m")), 0);
}

Test(quantity, people_read_bytes_in_the_unit_that_fits)
{
	static const struct {
		const char *text, *bytes, *count;
	} CASES[] = {
		{"2.5Gi", "2.5Gi", "2684354560"},
		{"2560Mi", "2.5Gi", "2684354560"},
		{"512Mi", "512Mi", "536870912"},
		{"1Gi", "1Gi", "1073741824"},
		{"1G", "1G", "1000000000"},
		{"1100Mi", "1100Mi", "1153433600"},
		{"1073741825", "1073741825", "1073741825"},
		{"1000", "1000", "1000"},
		{"0", "0", "0"},
		{"1536", "1536", "1536"},
		{"500m", "500m", "500m"},
		{"4", "4", "4"},
		{"1.5", "1500m", "1500m"},
		{"4e0", "4", "4"},
		{"-2.5Gi", "-2.5Gi", "-2684354560"},
		{"1.25Ti", "1.25Ti", "1374389534720"},
		{"1.125Ti", "1152Gi", "1236950581248"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct quantity q = parse(CASES[i].text);

		cr_expect_str_eq(quantity_print_bytes(q).at, CASES[i].bytes, "%s", CASES[i].text);
		cr_expect_str_eq(quantity_print_count(q).at, CASES[i].count, "%s", CASES[i].text);
	}
}
