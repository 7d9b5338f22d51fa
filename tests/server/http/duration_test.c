#include "server/http/duration.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(duration, what_go_writes_is_read)
{
	static const struct {
		const char *text;
		int64_t nanoseconds;
	} CASES[] = {
		{"0", 0},
		{"5s", INT64_C(5000000000)},
		{"30s", INT64_C(30000000000)},
		{"10s", INT64_C(10000000000)},
		{"+5s", INT64_C(5000000000)},
		{"-1.5s", INT64_C(-1500000000)},
		{"1m30s", INT64_C(90000000000)},
		{"1h2m3s", INT64_C(3723000000000)},
		{"1.5h", INT64_C(5400000000000)},
		{".5s", INT64_C(500000000)},
		{"1.s", INT64_C(1000000000)},
		{"300ms", 300000000},
		{"2us", 2000},
		{"2\xC2\xB5s", 2000},
		{"2\xCE\xBCs", 2000},
		{"7ns", 7},
		{"0.000000001s", 1},
		{"0s", 0},
		{"2562047h47m16.854775807s", INT64_MAX},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t got = 12345;

		cr_assert(http_duration_parse(str_from(CASES[i].text), &got), "%s", CASES[i].text);
		cr_assert_eq(got, CASES[i].nanoseconds, "%s: %lld", CASES[i].text, (long long)got);
	}
}

Test(duration, what_is_no_duration_is_refused)
{
	static const char *const CASES[] = {"", "5", "s", ".s", "-", "+", "-s", "5x", "5 s", " 5s",
		"5s ", "1e3s", "1..5s", "--5s", "0x5s", "5S", "99999999999999999999s",
		"9223372036854775808ns", "2562048h", "1h2", "00", "5\xC2s"};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t got;

		cr_assert_not(http_duration_parse(str_from(CASES[i]), &got), "'%s'", CASES[i]);
	}
}
