#include "base/odd_text.h"

#include <stdio.h>

#include "base/attr.h"
#include "base/utf8.h"

enum {
	FULL_WIDTH_FIRST = 0xFF01, /* of '!' to '~', in the order of ASCII */
	FULL_WIDTH_LAST = 0xFF5E,
};

static const struct {
	uint32_t first, last;
	const char *like;
} ODD[] = {
	{0x00A0, 0x00A0, "a blank"},
	{0x00AD, 0x00AD, "nothing"},
	{0x1680, 0x1680, "a blank"},
	{0x2000, 0x200A, "a blank"},
	{0x200B, 0x200F, "nothing"},
	{0x2010, 0x2015, "'-'"},
	{0x2018, 0x201F, "a quote"},
	{0x2028, 0x202E, "nothing"},
	{0x202F, 0x202F, "a blank"},
	{0x205F, 0x205F, "a blank"},
	{0x2060, 0x2064, "nothing"},
	{0x2212, 0x2212, "'-'"},
	{0x3000, 0x3000, "a blank"},
	{0xFEFF, 0xFEFF, "nothing"},
};

static bool is_odd(uint32_t point, struct odd_character *out)
{
	for (size_t i = 0; i < ARRAY_LEN(ODD); i++) {
		if (point >= ODD[i].first && point <= ODD[i].last) {
			snprintf(out->like, sizeof(out->like), "%s", ODD[i].like);
			return true;
		}
	}
	if (point < FULL_WIDTH_FIRST || point > FULL_WIDTH_LAST)
		return false;
	snprintf(out->like, sizeof(out->like), "'%c'", (char)(point - FULL_WIDTH_FIRST + '!'));
	return true;
}

bool odd_text_find(struct str text, struct odd_character *out)
{
	for (size_t at = 0; at < text.len;) {
		const struct str rest = str_from_offset(text, at);
		const size_t length = (unsigned char)*rest.at < 0x80 ? 1 : utf8_sequence(rest);

		if (length > 1 && is_odd(utf8_point((struct str){rest.at, length}), out)) {
			out->at = at;
			out->point = utf8_point((struct str){rest.at, length});
			return true;
		}
		at += length ? length : 1;
	}
	return false;
}
