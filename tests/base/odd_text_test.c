#include "base/odd_text.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(odd_text, what_looks_like_ascii_and_is_not_is_found)
{
	static const struct {
		const char *text;
		uint32_t point; /* 0: there is none */
		size_t at;
		const char *like;
	} CASES[] = {
		{"", 0, 0, ""},
		{"small-group", 0, 0, ""},
		{"gr\xc3\xb6\xc3\x9f"
		 "e \xe4\xb8\xad",
			0, 0, ""},
		{"a\xc2\xa0"
		 "b",
			0xA0, 1, "a blank"},
		{"small\xe2\x80\x93group", 0x2013, 5, "'-'"},
		{"\xe2\x80\x9cx\xe2\x80\x9d", 0x201C, 0, "a quote"},
		{"a\xe2\x80\x8b", 0x200B, 1, "nothing"},
		{"\xc3\xa4\xef\xbc\x9a"
		 "b",
			0xFF1A, 2, "':'"},
		{"\xef\xbb\xbf"
		 "a",
			0xFEFF, 0, "nothing"},
		/* no UTF-8 */
		{"\xe2\x80", 0, 0, ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct odd_character odd = {0};

		cr_expect_eq(odd_text_find(str_from(CASES[i].text), &odd), CASES[i].point != 0,
			"%s", CASES[i].text);
		cr_expect_eq(odd.point, CASES[i].point, "%s", CASES[i].text);
		cr_expect_eq(odd.at, CASES[i].at, "%s", CASES[i].text);
		cr_expect_str_eq(odd.like, CASES[i].like);
	}
}
