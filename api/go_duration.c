#include "api/go_duration.h"

#include <stddef.h>

#include "base/attr.h"

static const struct {
	const char *name;
	uint64_t nanoseconds;
} UNITS[] = {
	{"ns", 1},
	{"us", 1000},
	{"\xc2\xb5s", 1000}, /* U+00B5 */
	{"\xce\xbcs", 1000}, /* U+03BC */
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", 60000000000},
	{"h", 3600000000000},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The digits in front; those beyond 2^63 make it false. */
static bool take_digits(struct str *text, uint64_t *out, size_t *count)
{
	size_t len = 0;

	for (*out = 0; len < text->len && is_digit(text->at[len]); len++) {
		if (*out > (uint64_t)INT64_MAX / 10)
			return false;
		*out = *out * 10 + (uint64_t)(text->at[len] - '0');
	}
	*text = str_from_offset(*text, len);
	*count = len;
	return *out <= (uint64_t)1 << 63;
}

/* The digits behind a point: as many as count are kept, the others only skipped. */
static double take_fraction(struct str *text, size_t *count)
{
	double value = 0, scale = 1;
	size_t len = 0;

	for (; len < text->len && is_digit(text->at[len]); len++) {
		scale /= 10;
		value += scale * (text->at[len] - '0');
	}
	*text = str_from_offset(*text, len);
	*count = len;
	return value;
}

/* The unit is everything up to the next number; 0 where there is none of the name. */
static uint64_t take_unit(struct str *text)
{
	size_t len = 0;

	while (len < text->len && text->at[len] != '.' && !is_digit(text->at[len]))
		len++;
	const struct str name = {text->at, len};

	*text = str_from_offset(*text, len);
	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		if (str_is(name, UNITS[i].name))
			return UNITS[i].nanoseconds;
	}
	return 0;
}

static bool take_part(struct str *text, uint64_t *total)
{
	size_t before, behind = 0;
	double fraction = 0;
	uint64_t whole;

	if (!take_digits(text, &whole, &before))
		return false;
	if (str_starts(*text, ".")) {
		*text = str_from_offset(*text, 1);
		fraction = take_fraction(text, &behind);
	}
	const uint64_t unit = take_unit(text);

	if (before + behind == 0 || unit == 0 || whole > ((uint64_t)1 << 63) / unit)
		return false;
	*total += whole * unit + (uint64_t)(fraction * (double)unit);
	return *total <= (uint64_t)1 << 63;
}

bool go_duration_parse(struct str text, int64_t *out)
{
	const bool negative = str_starts(text, "-");
	uint64_t total = 0;

	if (negative || str_starts(text, "+"))
		text = str_from_offset(text, 1);
	if (text.len == 0)
		return false;
	*out = 0;
	if (str_is(text, "0"))
		return true;
	while (text.len) {
		if (!take_part(&text, &total))
			return false;
	}
	if (total == (uint64_t)1 << 63) {
		*out = INT64_MIN;
		return negative;
	}
	*out = negative ? -(int64_t)total : (int64_t)total;
	return true;
}
