#include "api/go_duration.h"

#include <criterion/criterion.h>

#include "base/attr.h"

static const struct {
	const char *text;
	bool right;
	int64_t nanoseconds;
} CASES[] = {
	{"0", true, 0},
	{"-0", true, 0},
	{"5s", true, 5000000000},
	{"+5s", true, 5000000000},
	{"-1.5h", true, -5400000000000},
	{"1h30m", true, 5400000000000},
	{".5s", true, 500000000},
	{"1.s", true, 1000000000},
	{"100us", true, 100000},
	{"100\xc2\xb5s", true, 100000},
	{"100\xce\xbcs", true, 100000},
	{"2ms3ns", true, 2000003},
	{"9223372036854775807ns", true, INT64_MAX},
	{"-9223372036854775808ns", true, INT64_MIN},
	{"9223372036854775808ns", false, 0},
	{"2562048h", false, 0},
	{"99999999999999999999s", false, 0},
	{"", false, 0},
	{"-", false, 0},
	{"5", false, 0},
	{".s", false, 0},
	{"s", false, 0},
	{"5 s", false, 0},
	{"5s ", false, 0},
	{"1d", false, 0},
	{"1h30", false, 0},
	{"--1s", false, 0},
	{"1S", false, 0},
};

Test(go_duration, a_text_is_a_duration_exactly_where_go_reads_it)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t got = 0;
		const bool right = go_duration_parse(str_from(CASES[i].text), &got);

		cr_assert_eq(right, CASES[i].right, "\"%s\"", CASES[i].text);
		if (right)
			cr_assert_eq(got, CASES[i].nanoseconds, "\"%s\" is %lld", CASES[i].text,
				(long long)got);
	}
}
