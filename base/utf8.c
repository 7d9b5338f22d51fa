#include "base/utf8.h"

static bool is_continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* The least and greatest second byte that a lead byte allows (RFC 3629 section 4). */
static bool second_fits(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xE0:
		return second >= 0xA0 && second <= 0xBF;
	case 0xED:
		return second >= 0x80 && second <= 0x9F;
	case 0xF0:
		return second >= 0x90 && second <= 0xBF;
	case 0xF4:
		return second >= 0x80 && second <= 0x8F;
	default:
		return is_continuation(second);
	}
}

static size_t length_of(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	if (lead >= 0xF0 && lead <= 0xF4)
		return 4;
	return 0;
}

size_t utf8_sequence(struct str s)
{
	const unsigned char *const at = (const unsigned char *)s.at;
	const size_t len = s.len ? length_of(at[0]) : 0;

	if (len == 0 || len > s.len)
		return 0;
	if (len > 1 && !second_fits(at[0], at[1]))
		return 0;
	for (size_t i = 2; i < len; i++) {
		if (!is_continuation(at[i]))
			return 0;
	}
	return len;
}

bool utf8_is_valid(struct str s)
{
	for (size_t i = 0, len; i < s.len; i += len) {
		len = utf8_sequence(str_from_offset(s, i));
		if (len == 0)
			return false;
	}
	return true;
}

uint32_t utf8_point(struct str s)
{
	static const unsigned char LEAD[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
	uint32_t point = (unsigned char)s.at[0] & LEAD[s.len];

	for (size_t i = 1; i < s.len; i++)
		point = point << 6 | ((unsigned char)s.at[i] & 0x3F);
	return point;
}

size_t utf8_encode(uint32_t point, char out[4])
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	if (point < 0x800) {
		out[0] = (char)(0xC0 | point >> 6);
		out[1] = (char)(0x80 | (point & 0x3F));
		return 2;
	}
	if (point < 0x10000) {
		out[0] = (char)(0xE0 | point >> 12);
		out[1] = (char)(0x80 | (point >> 6 & 0x3F));
		out[2] = (char)(0x80 | (point & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | point >> 18);
	out[1] = (char)(0x80 | (point >> 12 & 0x3F));
	out[2] = (char)(0x80 | (point >> 6 & 0x3F));
	out[3] = (char)(0x80 | (point & 0x3F));
	return 4;
}

size_t utf8_cut(struct str s, size_t limit)
{
	if (s.len <= limit)
		return s.len;
	while (limit && is_continuation((unsigned char)s.at[limit]))
		limit--;
	return limit;
}
