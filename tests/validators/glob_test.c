#include "validators/glob.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(glob, a_star_stands_for_any_run_of_characters)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} CASES[] = {
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"team", "team", true},
		{"team", "teams", false},
		{"teams", "team", false},
		{"*", "", true},
		{"*", "anything", true},
		{"**", "a", true},
		{"team-*", "team-", true},
		{"team-*", "team-a", true},
		{"team-*", "team", false},
		{"*-team", "a-team", true},
		{"*-team", "a-team-b", false},
		{"a*b", "ab", true},
		{"a*b", "a-b-b", true},
		{"a*b", "a-b-c", false},
		{"a*b*c", "a-b-c", true},
		{"a*b*c", "a-c-b", false},
		/* the first place that fits is not the one that counts */
		{"*ab", "aab", true},
		{"*abc", "ababc", true},
		{"*aab", "aaab", true},
		{"x*ab*c", "xaabac", true},
		{"team-*", "my-team-a", false},
		{"[a]", "a", false},
		{"?", "a", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(glob_matches(str_from(CASES[i].pattern), str_from(CASES[i].text)),
			CASES[i].matches, "'%s' and '%s'", CASES[i].pattern, CASES[i].text);
}
