#include "api/cron.h"

#include <criterion/criterion.h>

#include "base/attr.h"

/* What robfig/cron's ParseStandard accepts, the odd ones too. */
static const char *const RIGHT[] = {
	"* * * * *",
	"0 3 * * *",
	"*/5 * * * *",
	"0-30/10 * * * *",
	"5/15 * * * *",
	"0,15,30,45 * * * *",
	"0 0 1 jan *",
	"0 0 * JAN-MAR mon-fri",
	"0 0 ? * ?",
	"  0   0 1 1 0 ",
	"\t0 0 1 1 6",
	"05 00 01 01 00",
	"+5 * * * *",
	"1,,2 * * * *",
	"*-5 * * * *",
	"@hourly",
	"@midnight",
	"@every 1h30m",
	"@every 10ms",
};

static const char *const WRONG[] = {
	"",
	" ",
	"* * * *",
	"* * * * * *",
	"60 * * * *",
	"* 24 * * *",
	"* * 0 * *",
	"* * 32 * *",
	"* * * 0 *",
	"* * * 13 *",
	"* * * * 7",
	"* * * * funday",
	"* * * mon *",
	"-5 * * * *",
	"5-1 * * * *",
	"1-2-3 * * * *",
	"*/0 * * * *",
	"*/ * * * *",
	"1/2/3 * * * *",
	"*/-1 * * * *",
	"a * * * *",
	"1- * * * *",
	"99999999999999999999 * * * *",
	"@Daily",
	"@daily ",
	"@every",
	"@every  1h",
	"@every 5",
	"@reboot",
	"TZ=UTC 0 0 * * *",
};

Test(cron, a_schedule_that_kuberay_reads_is_right)
{
	for (size_t i = 0; i < ARRAY_LEN(RIGHT); i++) {
		struct cron cron;
		const char *const fault = cron_parse(str_from(RIGHT[i]), &cron);

		cr_assert_null(fault, "\"%s\": %s", RIGHT[i], fault);
	}
}

Test(cron, a_schedule_that_kuberay_refuses_is_wrong)
{
	for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
		struct cron cron;

		cr_assert_not_null(cron_parse(str_from(WRONG[i]), &cron), "\"%s\"", WRONG[i]);
	}
}

Test(cron, a_field_matches_exactly_its_values)
{
	static const struct {
		const char *schedule;
		uint64_t minute;
	} CASES[] = {
		{"0 * * * *", 0x1},
		{"59 * * * *", UINT64_C(1) << 59},
		{"*/20 * * * *", UINT64_C(1) | UINT64_C(1) << 20 | UINT64_C(1) << 40},
		{"50/5 * * * *", UINT64_C(1) << 50 | UINT64_C(1) << 55},
		{"1-5/2,3 * * * *", 0x2a},
		{"* * * * *", (UINT64_C(1) << 60) - 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct cron cron;

		cr_assert_null(cron_parse(str_from(CASES[i].schedule), &cron));
		cr_assert_eq(cron.minute, CASES[i].minute, "\"%s\"", CASES[i].schedule);
	}
}

Test(cron, a_day_that_no_month_has_never_fires)
{
	static const struct {
		const char *schedule;
		bool never;
	} CASES[] = {
		{"0 0 30 2 *", true},
		{"0 0 31 2,4,6 *", true},
		{"0 0 29 2 *", false},
		{"0 0 31 2-3 *", false},
		{"0 0 30 2 1", false}, /* or on Mondays */
		{"0 0 30 2 */2", false},
		{"0 0 * 2 *", false},
		{"0 0 */2 2 *", false},
		{"@daily", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct cron cron;

		cr_assert_null(cron_parse(str_from(CASES[i].schedule), &cron));
		cr_assert_eq(cron_never_fires(&cron), CASES[i].never, "\"%s\"", CASES[i].schedule);
	}
}
