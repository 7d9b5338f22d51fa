#include "server/http/duration.h"

#include "base/attr.h"

static const struct unit {
	const char *name;
	uint64_t nanoseconds;
} UNITS[] = {
	/* A longer name stands before the one it begins with. */
	{"ns", 1},
	{"us", 1000},
	{"\xC2\xB5s", 1000},
	{"\xCE\xBCs", 1000},
	{"ms", 1000000},
	{"s", 1000000000},
	{"m", UINT64_C(60) * 1000000000},
	{"h", UINT64_C(3600) * 1000000000},
};

static bool is_digit(struct str s, size_t at)
{
	return at < s.len && s.at[at] >= '0' && s.at[at] <= '9';
}

static const struct unit *unit_of(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(UNITS); i++) {
		if (str_starts(s, UNITS[i].name))
			return &UNITS[i];
	}
	return NULL;
}

/* Digits beyond what a nanosecond of an hour can show are read and do not count. */
static size_t read_fraction(struct str s, size_t at, uint64_t *value, uint64_t *scale)
{
	*value = 0;
	*scale = 1;
	for (; is_digit(s, at); at++) {
		if (*scale < UINT64_C(1000000000000)) {
			*value = *value * 10 + (uint64_t)(s.at[at] - '0');
			*scale *= 10;
		}
	}
	return at;
}

/* One "1.5h" in front of *s, which is cut off; adds to *sum. */
static bool read_part(struct str *s, uint64_t *sum)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
	size_t at = 0;

	for (; is_digit(*s, at); at++) {
		if (whole > (UINT64_MAX >> 1) / 10)
			return false;
		whole = whole * 10 + (uint64_t)(s->at[at] - '0');
	}
	bool digits = at > 0;

	if (at < s->len && s->at[at] == '.') {
		const size_t start = at + 1;

		at = read_fraction(*s, start, &fraction, &scale);
		digits = digits || at > start;
	}
	if (!digits)
		return false;
	*s = str_from_offset(*s, at);
	const struct unit *const unit = unit_of(*s);
	uint64_t part;

	if (unit == NULL || __builtin_mul_overflow(whole, unit->nanoseconds, &part))
		return false;
	part += (uint64_t)((double)fraction * ((double)unit->nanoseconds / (double)scale));
	*s = str_from_offset(*s, str_from(unit->name).len);
	return !__builtin_add_overflow(*sum, part, sum) && *sum <= INT64_MAX;
}

bool http_duration_parse(struct str text, int64_t *nanoseconds)
{
	const bool negative = text.len && text.at[0] == '-';
	uint64_t sum = 0;

	if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
		text = str_from_offset(text, 1);
	if (text.len == 0)
		return false;
	if (str_is(text, "0"))
		text.len = 0;
	while (text.len) {
		if (!read_part(&text, &sum))
			return false;
	}
	*nanoseconds = negative ? -(int64_t)sum : (int64_t)sum;
	return true;
}
