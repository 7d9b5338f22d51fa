#include "base/utf8.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(utf8, a_sequence_is_valid_or_it_is_none)
{
	static const struct {
		const char *about;
		struct str in;
		size_t length;
	} CASES[] = {
		{"nothing", STR_INIT(""), 0},
		{"a letter", STR_INIT("ab"), 1},
		{"nul", {"\0", 1}, 1},
		{"two bytes, least", STR_INIT("\xC2\x80"), 2},
		{"two bytes, most", STR_INIT("\xDF\xBF"), 2},
		{"three bytes, least", STR_INIT("\xE0\xA0\x80"), 3},
		{"before the surrogates", STR_INIT("\xED\x9F\xBF"), 3},
		{"behind the surrogates", STR_INIT("\xEE\x80\x80"), 3},
		{"four bytes, least", STR_INIT("\xF0\x90\x80\x80"), 4},
		{"the last point", STR_INIT("\xF4\x8F\xBF\xBF"), 4},
		{"overlong nul", STR_INIT("\xC0\x80"), 0},
		{"overlong slash", STR_INIT("\xC1\xAF"), 0},
		{"overlong, three bytes", STR_INIT("\xE0\x9F\xBF"), 0},
		{"overlong, four bytes", STR_INIT("\xF0\x8F\xBF\xBF"), 0},
		{"high surrogate", STR_INIT("\xED\xA0\x80"), 0},
		{"low surrogate", STR_INIT("\xED\xBF\xBF"), 0},
		{"beyond the last point", STR_INIT("\xF4\x90\x80\x80"), 0},
		{"five bytes", STR_INIT("\xF8\x88\x80\x80\x80"), 0},
		{"a continuation alone", STR_INIT("\x80"), 0},
		{"cut after one", STR_INIT("\xE2"), 0},
		{"cut after two", STR_INIT("\xE2\x82"), 0},
		{"cut after three", STR_INIT("\xF0\x9F\x98"), 0},
		{"second is a letter",
			STR_INIT("\xC3"
				 "A"),
			0},
		{"third is a letter",
			STR_INIT("\xE2\x82"
				 "A"),
			0},
		{"0xFF", STR_INIT("\xFF"), 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_eq(utf8_sequence(CASES[i].in), CASES[i].length, "%s", CASES[i].about);
}

Test(utf8, every_scalar_value_comes_back_whole)
{
	for (uint32_t point = 0; point <= 0x10FFFF; point++) {
		char out[4];
		const size_t len = utf8_encode(point, out);
		const bool surrogate = point >= 0xD800 && point <= 0xDFFF;

		cr_assert_eq(utf8_sequence((struct str){out, len}), surrogate ? 0 : len, "U+%04X",
			point);
		cr_assert_eq(utf8_point((struct str){out, len}), point, "U+%04X", point);
	}
}

Test(utf8, text_is_valid_to_its_end_or_not_at_all)
{
	cr_assert(utf8_is_valid(STR("")));
	cr_assert(utf8_is_valid(STR("R\xC3\xA9"
				    "f")));
	cr_assert_not(utf8_is_valid(STR("R\xC3\xA9"
					"f\xC3")));
}

Test(utf8, cutting_never_splits_a_sequence)
{
	const struct str text = STR("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
	static const size_t CUTS[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};

	for (size_t limit = 0; limit < ARRAY_LEN(CUTS); limit++)
		cr_assert_eq(utf8_cut(text, limit), CUTS[limit], "%zu", limit);
}
