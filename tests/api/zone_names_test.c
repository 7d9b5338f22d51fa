#include "api/zone_names.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(zone_names, what_was_meant_is_the_nearest)
{
	static const struct {
		const char *name, *meant;
	} CASES[] = {
		{"Berlin", "Europe/Berlin"},
		{"new_york", "America/New_York"},
		{"Europe/Berlim", "Europe/Berlin"},
		{"Europe/Kyiw", "Europe/Kyiv"},
		{"GMT+5", NULL},
		{"CEST", NULL},
		{"Nope/Nope", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const is = zone_name_nearest(str_from(CASES[i].name));

		if (CASES[i].meant)
			cr_expect(is && str_is(str_from(is), CASES[i].meant), "%s: %s",
				CASES[i].name, is ? is : "nothing");
		else
			cr_expect_null(is, "%s: %s", CASES[i].name, is ? is : "");
	}
}

Test(zone_names, letters_count_as_they_are)
{
	cr_expect(zone_name_is_known(STR("Europe/Berlin")));
	cr_expect(zone_name_is_known(STR("Africa/Abidjan")), "the first");
	cr_expect(zone_name_is_known(STR("Zulu")), "the last");
	cr_expect_not(zone_name_is_known(STR("europe/Berlin")));
	cr_expect_not(zone_name_is_known(STR("Europe")));
	cr_expect_not(zone_name_is_known(STR("")));
	cr_expect(str_is(str_from(zone_name_but_for_case(STR("ETC/utc"))), "Etc/UTC"));
	cr_expect_null(zone_name_but_for_case(STR("Etc/Nowhere")));
}
