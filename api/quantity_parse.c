#include <string.h>

#include "api/quantity.h"
#include "api/quantity_fault.h"

static const quantity_int NANO = 1000000000;

/* The text cut where ParseQuantity cuts it. */
struct parts {
	bool negative;
	bool empty;          /* no digit at all */
	struct str whole;    /* digits in front of the point, without leading zeros */
	struct str fraction; /* digits behind it */
	struct str suffix;   /* letters, then a sign, then digits */
};

/* A suffix means times 2^binary or times 10^decimal. */
struct scale {
	enum quantity_format format;
	unsigned binary;
	int64_t decimal;
};

static const struct {
	char text[3];
	struct scale scale;
} SUFFIXES[] = {
	{"", {QUANTITY_DECIMAL, 0, 0}},
	{"n", {QUANTITY_DECIMAL, 0, -9}},
	{"u", {QUANTITY_DECIMAL, 0, -6}},
	{"m", {QUANTITY_DECIMAL, 0, -3}},
	{"k", {QUANTITY_DECIMAL, 0, 3}},
	{"M", {QUANTITY_DECIMAL, 0, 6}},
	{"G", {QUANTITY_DECIMAL, 0, 9}},
	{"T", {QUANTITY_DECIMAL, 0, 12}},
	{"P", {QUANTITY_DECIMAL, 0, 15}},
	{"E", {QUANTITY_DECIMAL, 0, 18}},
	{"Ki", {QUANTITY_BINARY, 10, 0}},
	{"Mi", {QUANTITY_BINARY, 20, 0}},
	{"Gi", {QUANTITY_BINARY, 30, 0}},
	{"Ti", {QUANTITY_BINARY, 40, 0}},
	{"Pi", {QUANTITY_BINARY, 50, 0}},
	{"Ei", {QUANTITY_BINARY, 60, 0}},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool take(struct str *rest, const char *any)
{
	if (rest->len == 0 || rest->at[0] == '\0' || strchr(any, rest->at[0]) == NULL)
		return false;
	*rest = str_from_offset(*rest, 1);
	return true;
}

static struct str take_digits(struct str *rest)
{
	struct str digits = {rest->at, 0};

	while (digits.len < rest->len && is_digit(rest->at[digits.len]))
		digits.len++;
	*rest = str_from_offset(*rest, digits.len);
	return digits;
}

/* False when something stands behind what can be a suffix. */
static bool cut(struct str text, struct parts *out)
{
	*out = (struct parts){.negative = text.at[0] == '-'};
	take(&text, "+-");
	const char *const first = text.at;

	while (take(&text, "0"))
		continue;
	out->empty = text.at == first;
	out->whole = take_digits(&text);
	if (take(&text, "."))
		out->fraction = take_digits(&text);
	out->empty = out->empty && out->whole.len == 0 && out->fraction.len == 0;
	out->suffix = text;
	while (take(&text, "eEinumkKMGTP"))
		continue;
	take(&text, "+-");
	take_digits(&text);
	return text.len == 0;
}

static bool read_suffix(struct str suffix, struct scale *out)
{
	int64_t power;

	for (size_t i = 0; i < ARRAY_LEN(SUFFIXES); i++) {
		if (str_is(suffix, SUFFIXES[i].text)) {
			*out = SUFFIXES[i].scale;
			return true;
		}
	}
	if (suffix.len < 2 || (suffix.at[0] != 'e' && suffix.at[0] != 'E') ||
		!str_to_i64(str_from_offset(suffix, 1), &power))
		return false;
	/* Upstream keeps 32 bits of it: 1e4294967296 is 1. */
	*out = (struct scale){.format = QUANTITY_EXPONENT, .decimal = (int32_t)(uint32_t)power};
	return true;
}

/*
 * Upstream reads a text without digits as zero where its quick way of reading goes far enough,
 * and refuses it otherwise.
 */
static bool may_be_empty(const struct scale *scale)
{
	return scale->format == QUANTITY_BINARY ? scale->binary <= 40 : scale->decimal >= -9;
}

/*
 * Digits whose last one counts 10^power nano. A digit below one nano is not added: if it is not
 * zero the sum is raised by one at the end.
 */
struct sum {
	struct quantity value;
	bool more;
};

static void add_digits(struct sum *sum, struct str digits, int64_t power)
{
	for (size_t i = 0; i < digits.len; i++) {
		const int digit = digits.at[i] - '0';

		if (power + (int64_t)(digits.len - 1 - i) < 0) {
			sum->more = sum->more || digit != 0;
			continue;
		}
		sum->value = quantity_mul(sum->value, 10);
		sum->value = quantity_add(sum->value, (struct quantity){.nano = digit});
	}
}

static quantity_int decimal_value(const struct parts *parts, int64_t decimal)
{
	/* The power of ten, in nano, of the digit in front of the point. */
	const int64_t unit = decimal + 9;
	const int64_t last = unit - (int64_t)parts->fraction.len;
	struct sum sum = {.more = false};

	add_digits(&sum, parts->whole, unit);
	add_digits(&sum, parts->fraction, last);
	for (int64_t i = 0; i < last && sum.value.nano != 0; i++) {
		if (quantity_is_unbounded(sum.value))
			break;
		sum.value = quantity_mul(sum.value, 10);
	}
	if (sum.more)
		sum.value = quantity_add(sum.value, (struct quantity){.nano = 1});
	return sum.value.nano;
}

static quantity_int divide_up(quantity_int value, quantity_int by)
{
	return (value + by - 1) / by;
}

static quantity_int binary_value(const struct parts *parts, unsigned binary)
{
	const struct quantity unit = {.nano = ((quantity_int)1 << binary) * NANO};
	const struct quantity most = quantity_whole(INT64_MAX);
	struct quantity value = {0};
	quantity_int fraction = 0;

	for (size_t i = 0; i < parts->whole.len && quantity_cmp(value, most) < 0; i++) {
		value = quantity_mul(value, 10);
		value = quantity_add(value, quantity_mul(unit, parts->whole.at[i] - '0'));
	}
	/*
	 * From the last digit to the first: rounding up at each step gives the same as rounding
	 * up once, however many digits there are.
	 */
	for (size_t i = parts->fraction.len; i > 0; i--)
		fraction = divide_up(unit.nano * (parts->fraction.at[i - 1] - '0') + fraction, 10);
	value = quantity_add(value, (struct quantity){.nano = fraction});
	return quantity_min(value, most).nano;
}

/* What nearly every quantity is: up to nine digits, and one of these suffixes or none. */
enum { PLAIN_DIGITS = 9 };

static const struct {
	char suffix[3];
	uint8_t len;
	enum quantity_format format;
	int64_t nano; /* of 1 */
} PLAIN[] = {
	{"", 0, QUANTITY_DECIMAL, 1000000000},
	{"Gi", 2, QUANTITY_BINARY, (INT64_C(1) << 30) * 1000000000},
	{"Mi", 2, QUANTITY_BINARY, (INT64_C(1) << 20) * 1000000000},
	{"m", 1, QUANTITY_DECIMAL, 1000000},
	{"Ki", 2, QUANTITY_BINARY, (INT64_C(1) << 10) * 1000000000},
	{"G", 1, QUANTITY_DECIMAL, 1000000000000000000},
	{"M", 1, QUANTITY_DECIMAL, 1000000000000000},
	{"k", 1, QUANTITY_DECIMAL, 1000000000000},
};

/* The same as the long way gives, for what nothing can be cut off, rounded or bounded in. */
bool quantity_parse_plain(struct str text, struct quantity *out)
{
	const size_t most = text.len < PLAIN_DIGITS ? text.len : PLAIN_DIGITS;
	size_t digits = 0;
	int64_t number = 0;

	while (digits < most && is_digit(text.at[digits]))
		number = number * 10 + (text.at[digits++] - '0');
	if (digits == 0)
		return false;
	const size_t left = text.len - digits;
	const char first = left > 0 ? text.at[digits] : '\0';
	const char second = left > 1 ? text.at[digits + 1] : '\0';

	for (size_t i = 0; i < ARRAY_LEN(PLAIN); i++) {
		if (left == PLAIN[i].len && first == PLAIN[i].suffix[0] &&
			second == PLAIN[i].suffix[1]) {
			out->nano = (quantity_int)number * PLAIN[i].nano;
			out->format = PLAIN[i].format;
			return true;
		}
	}
	return false;
}

bool quantity_parse(struct str text, struct quantity *out, struct err *err)
{
	struct parts parts;
	struct scale scale;

	if (quantity_parse_plain(text, out))
		return true;
	if (text.len == 0 || !cut(text, &parts) || !read_suffix(parts.suffix, &scale))
		return quantity_fault(text, err);
	if (parts.empty && !may_be_empty(&scale))
		return quantity_fault(text, err);
	struct quantity value = {.format = scale.format};

	if (scale.format == QUANTITY_BINARY)
		value.nano = binary_value(&parts, scale.binary);
	else
		value.nano = decimal_value(&parts, scale.decimal);
	/* What is left of a binary value below one is printed with the decimal suffixes. */
	if (scale.format == QUANTITY_BINARY && value.nano != 0 && value.nano < NANO)
		value.format = QUANTITY_DECIMAL;
	if (parts.negative)
		value.nano = -value.nano;
	*out = value;
	return true;
}
