#include "api/quantity.h"

#include <stdio.h>
#include <string.h>

static const quantity_int NANO = 1000000000;

enum { BINARY_UNITS = 6, DECIMAL_UNITS = 10 };

static const char BINARY_SUFFIXES[BINARY_UNITS + 1][3] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
/* From 10^-9 in steps of 1000. */
static const char DECIMAL_SUFFIXES[DECIMAL_UNITS][3] = {
	"n", "u", "m", "", "k", "M", "G", "T", "P", "E"};

static struct quantity_text text_of(const char *words)
{
	struct quantity_text text = {{0}};

	memcpy(text.at, words, strlen(words));
	return text;
}

/* A number, with `fraction` digits of it behind a point, and a suffix. */
static struct quantity_text number_text(quantity_int number, size_t fraction, const char *suffix)
{
	struct quantity_text text = {{0}};
	char digits[sizeof(text.at)];
	size_t at = sizeof(digits);
	quantity_int rest = number < 0 ? -number : number;
	const size_t length = strlen(suffix);

	for (size_t count = 0; rest != 0 || count <= fraction; count++, rest /= 10) {
		if (count == fraction && fraction != 0)
			digits[--at] = '.';
		digits[--at] = (char)('0' + (int)(rest % 10));
	}
	if (number < 0)
		digits[--at] = '-';
	memcpy(text.at, digits + at, sizeof(digits) - at);
	memcpy(text.at + (sizeof(digits) - at), suffix, length);
	return text;
}

static struct quantity_text print_decimal(quantity_int nano)
{
	unsigned unit = 0;

	while (nano % 1000 == 0 && unit + 1 < DECIMAL_UNITS) {
		nano /= 1000;
		unit++;
	}
	return number_text(nano, 0, DECIMAL_SUFFIXES[unit]);
}

static struct quantity_text print_exponent(quantity_int nano)
{
	char suffix[16] = "";
	int power = -9;

	for (; nano % 1000 == 0; power += 3)
		nano /= 1000;
	if (power != 0)
		snprintf(suffix, sizeof(suffix), "e%d", power);
	return number_text(nano, 0, suffix);
}

static struct quantity_text print_binary(quantity_int whole)
{
	unsigned unit = 0;

	while (whole % 1024 == 0 && unit < BINARY_UNITS) {
		whole /= 1024;
		unit++;
	}
	return number_text(whole, 0, BINARY_SUFFIXES[unit]);
}

static bool between(quantity_int value, quantity_int limit)
{
	return -limit < value && value < limit;
}

struct quantity_text quantity_print(struct quantity q)
{
	if (quantity_is_unbounded(q))
		return text_of(q.nano < 0 ? "-unbounded" : "unbounded");
	if (q.nano == 0)
		return text_of("0");
	const bool decimal = q.nano % NANO != 0 || between(q.nano, 1024 * NANO);

	if (q.format == QUANTITY_BINARY && !decimal)
		return print_binary(q.nano / NANO);
	return q.format == QUANTITY_EXPONENT ? print_exponent(q.nano) : print_decimal(q.nano);
}

/* In the largest binary unit that leaves a number of at least 1 with at most two decimals. */
static struct quantity_text print_rounded_binary(quantity_int whole)
{
	for (unsigned unit = BINARY_UNITS; unit > 0; unit--) {
		const quantity_int size = (quantity_int)1 << (10 * unit);

		if (between(whole, size) || whole % 1024 != 0 || whole * 100 % size != 0)
			continue;
		const quantity_int hundredths = whole * 100 / size;

		if (hundredths % 100 == 0)
			return number_text(hundredths / 100, 0, BINARY_SUFFIXES[unit]);
		if (hundredths % 10 == 0)
			return number_text(hundredths / 10, 1, BINARY_SUFFIXES[unit]);
		return number_text(hundredths, 2, BINARY_SUFFIXES[unit]);
	}
	return number_text(whole, 0, "");
}

struct quantity_text quantity_print_bytes(struct quantity q)
{
	if (!quantity_is_whole(q) || between(q.nano, 1024 * NANO))
		return quantity_print_count(q);
	/* A reader stops at 2^63-1 where the suffix is binary. */
	if (!between(q.nano, ((quantity_int)INT64_MAX + 1) * NANO))
		return print_decimal(q.nano);
	const struct quantity_text binary = print_rounded_binary(q.nano / NANO);

	if (q.format == QUANTITY_BINARY)
		return binary;
	const struct quantity_text decimal = print_decimal(q.nano);

	return strlen(decimal.at) < strlen(binary.at) ? decimal : binary;
}

struct quantity_text quantity_print_count(struct quantity q)
{
	if (quantity_is_whole(q))
		return number_text(q.nano / NANO, 0, "");
	q.format = QUANTITY_DECIMAL;
	return quantity_print(q);
}
