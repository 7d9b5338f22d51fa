/*
 * Two texts, a line break between them: what can be read prints as a text that reads as the same
 * value, and the values obey the laws of an order and of sums.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "api/quantity.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* What is canonical stays so. A reader stops at 2^63-1 where the suffix is binary. */
static void check_text(struct quantity q, const char *text)
{
	struct quantity again;
	struct err err;

	must(strlen(text) < sizeof(struct quantity_text));
	must(quantity_parse(str_from(text), &again, &err));
	must(quantity_cmp(q, again) == 0);
}

/* A whole number is the next one away from zero, unless none is large enough. */
static void check_rounding(struct quantity q)
{
	const int64_t value = quantity_value(q);
	const int64_t nearer = value - (value > 0) + (value < 0);
	const int sign = quantity_is_negative(q) ? -1 : 1;

	if (value == INT64_MAX || value == -INT64_MAX)
		return;
	must(sign * quantity_cmp(quantity_whole(value), q) >= 0);
	must(value == 0 || sign * quantity_cmp(quantity_whole(nearer), q) < 0);
	must(quantity_milli_value(quantity_whole(value % 1000)) == value % 1000 * 1000);
}

static bool read_one(struct str text, struct quantity *out)
{
	struct err err = {0};

	if (!quantity_parse(text, out, &err)) {
		must(err.code == ERR_INVALID && err.text[0] != '\0');
		return false;
	}
	if (quantity_is_unbounded(*out))
		return true;
	check_rounding(*out);
	check_text(*out, quantity_print(*out).at);
	check_text(*out, quantity_print_bytes(*out).at);
	check_text(*out, quantity_print_count(*out).at);
	must(quantity_text_fits_schema(str_from(quantity_print(*out).at)));
	return true;
}

static void check_order(struct quantity a, struct quantity b)
{
	const int order = quantity_cmp(a, b);

	must(order == -quantity_cmp(b, a));
	must(quantity_cmp(a, a) == 0);
	must(quantity_cmp(quantity_max(a, b), quantity_min(a, b)) >= 0);
	must(order != 0 || quantity_value(a) == quantity_value(b));
	must(order > 0 || quantity_value(a) <= quantity_value(b));
	must(order > 0 || quantity_milli_value(a) <= quantity_milli_value(b));
}

static void check_sums(struct quantity a, struct quantity b)
{
	const struct quantity sum = quantity_add(a, b);

	must(quantity_is_zero(quantity_mul(a, 0)));
	must(quantity_cmp(quantity_mul(a, 1), a) == 0);
	must(quantity_cmp(quantity_mul(a, 2), quantity_add(a, a)) == 0);
	if (quantity_is_unbounded(sum))
		return;
	must(quantity_cmp(sum, quantity_add(b, a)) == 0);
	must(quantity_cmp(quantity_sub(sum, b), a) == 0);
	must(quantity_is_negative(b) || quantity_cmp(sum, a) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	const size_t end = str_find(text, '\n');
	struct quantity a, b;

	if (!read_one((struct str){text.at, end}, &a) || end == size)
		return 0;
	if (!read_one(str_from_offset(text, end + 1), &b))
		return 0;
	check_order(a, b);
	check_sums(a, b);
	return 0;
}
