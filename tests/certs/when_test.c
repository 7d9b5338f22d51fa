#include "certs/when.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(when, a_distance_is_told_in_the_unit_that_says_most)
{
	static const struct {
		int64_t at;
		const char *text;
	} CASES[] = {
		{0, "now"},
		{1, "now"},
		{-1, "now"},
		{2, "in 2 seconds"},
		{-119, "119 seconds ago"},
		{-120, "2 minutes ago"},
		{7200, "in 2 hours"},
		{36 * 3600, "in 36 hours"},
		{300 * 86400, "in 300 days"},
		{729 * 86400, "in 729 days"},
		{3650 * 86400, "in 10 years"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		char text[WHEN_SIZE];

		when_relative(CASES[i].at + 1790000000, 1790000000, text);
		cr_assert_str_eq(text, CASES[i].text);
	}
}

Test(when, a_date_is_in_utc)
{
	char text[WHEN_SIZE];

	when_date(1790000000, text);
	cr_assert_str_eq(text, "2026-09-21 14:13:20 UTC");
	when_date(253402300799, text);
	cr_assert_str_eq(text, "9999-12-31 23:59:59 UTC");
	when_date(INT64_MAX, text);
	cr_assert_str_eq(text, "9223372036854775807 s after 1970");
}
