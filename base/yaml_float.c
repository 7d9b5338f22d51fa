#include "base/yaml_float.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS_MAX = 17 /* that tell any double from its neighbours */ };

/* The fewest decimal digits that read as the same number; returns the exponent of the first. */
static int shortest(double value, bool single, char digits[DIGITS_MAX + 1])
{
	char text[40];

	for (int more = 0; more < DIGITS_MAX; more++) {
		snprintf(text, sizeof(text), "%.*e", more, fabs(value));
		const double back = single ? (double)strtof(text, NULL) : strtod(text, NULL);

		if (back >= fabs(value) && back <= fabs(value))
			break;
	}
	const char *const e = strchr(text, 'e');
	size_t count = 0;

	for (const char *at = text; at < e; at++) {
		if (*at != '.')
			digits[count++] = *at;
	}
	while (count > 1 && digits[count - 1] == '0')
		count--;
	digits[count] = '\0';
	return (int)strtol(e + 1, NULL, 10);
}

static void add_fixed(struct buf *out, const char *digits, int exponent)
{
	const int count = (int)strlen(digits);

	if (exponent < 0)
		buf_printf(out, "0.%.*s%s", -exponent - 1, "00000000", digits);
	else if (count <= exponent + 1)
		buf_printf(out, "%s%.*s", digits, exponent + 1 - count, "00000000000000000000000");
	else
		buf_printf(out, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
}

void yaml_float_add(struct buf *out, double value)
{
	char digits[DIGITS_MAX + 1] = "";
	const int exponent = shortest(value, false, digits);

	if (signbit(value))
		buf_add_char(out, '-');
	if (*digits == '0' || (exponent >= -6 && exponent < 21))
		add_fixed(out, digits, exponent);
	else
		buf_printf(
			out, "%c%s%se%+d", digits[0], digits[1] ? "." : "", digits + 1, exponent);
}

void yaml_float_add_key(struct buf *out, double wide)
{
	const double value = (double)(float)wide;
	char digits[DIGITS_MAX + 1] = "";

	if (!isfinite(value)) {
		buf_add_cstr(out, isnan(value) ? ".nan" : value < 0 ? "-.inf" : ".inf");
		return;
	}
	const int exponent = shortest(value, true, digits);

	if (signbit(value))
		buf_add_char(out, '-');
	if (exponent >= -4 && exponent < 6)
		add_fixed(out, digits, exponent);
	else
		buf_printf(
			out, "%c%s%se%+03d", digits[0], digits[1] ? "." : "", digits + 1, exponent);
}
