/*
 * Exact resource quantities of Kubernetes: "500m", "2Gi", 1e3. Values, no ownership, no floating
 * point. The grammar and the canonical form are those of k8s.io/apimachinery (pkg/api/resource);
 * where that prints or computes something else than the number, the number wins (see below).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/json_read.h"
#include "base/str.h"

__extension__ typedef __int128 quantity_int;

/* How a value was written, which decides how it is printed. */
enum quantity_format {
	QUANTITY_DECIMAL,  /* 500m, 4, 2G */
	QUANTITY_BINARY,   /* 2Gi */
	QUANTITY_EXPONENT, /* 2e9 */
};

/*
 * `nano` counts units of 10^-9, which holds every quantity that Kubernetes computes with. What
 * would be larger than about 1.7e29 is *unbounded*: larger than every other value, equal to
 * itself, and unbounded still after adding or subtracting anything. {0} is zero.
 */
struct quantity {
	quantity_int nano;
	enum quantity_format format;
};

/* Text of a quantity by value: printf("%s", quantity_print(q).at). */
struct quantity_text {
	char at[48];
};

/*
 * What ParseQuantity accepts, with its values: finer than 10^-9 is rounded up (away from zero),
 * a number with a binary suffix stops at 2^63-1. That includes odd texts such as "." or "m"
 * (zero). The error names what is wrong with the text and what was probably meant.
 */
bool quantity_parse(struct str text, struct quantity *out, struct err *err) MUST_CHECK;
/*
 * The same of what nearly every quantity is: a few digits, and a usual suffix or none. False of all
 * others.
 */
bool quantity_parse_plain(struct str text, struct quantity *out) MUST_CHECK;

/*
 * From a JSON string or number, as a Go client decodes it: white space around a string's text
 * does not count. Any other kind of node, and none, is an error.
 */
bool quantity_read(const struct json_node *node, struct quantity *out, struct err *err) MUST_CHECK;

/*
 * Whether the CRDs' schema takes this value: an integer, or a string of the pattern that every
 * quantity field has. Both ways it differs from quantity_read: 0.5 as a number, " 1Gi" and "."
 * can be read but are refused by the API server; "1e1.5" passes the schema and cannot be read.
 */
bool quantity_fits_schema(const struct json_node *node, struct err *err) MUST_CHECK;
bool quantity_text_fits_schema(struct str text);
/* Both: whether it can be read, and the schema takes it. */
bool quantity_read_fitting(
	const struct json_node *node, struct quantity *out, struct err *err) MUST_CHECK;

struct quantity quantity_whole(int64_t value);
struct quantity quantity_milli(int64_t thousandths);
/* The value above all others, for what has no limit. */
struct quantity quantity_unbounded(void);
bool quantity_is_unbounded(struct quantity q);
bool quantity_is_zero(struct quantity q);
bool quantity_is_negative(struct quantity q);

/*
 * The same in twelve bytes, where many are kept: exact, but that it stops at ±2^63. Unbounded
 * stays so.
 */
struct quantity_small {
	int64_t whole;
	uint32_t rest; /* 10^-9 of one, and in the two upper bits the format */
};
struct quantity_small quantity_shrink(struct quantity q);
struct quantity quantity_grow(struct quantity_small small);

/* <0, 0, >0 by value; the format does not count. */
int quantity_cmp(struct quantity a, struct quantity b);
struct quantity quantity_max(struct quantity a, struct quantity b);
struct quantity quantity_min(struct quantity a, struct quantity b);

/*
 * The result has the format of `a`, or of `b` when `a` is zero, as Quantity.Add has it. When one
 * operand is unbounded so is the result, with the sign of `a` if `a` is the one.
 */
struct quantity quantity_add(struct quantity a, struct quantity b);
struct quantity quantity_sub(struct quantity a, struct quantity b);
/* Nothing times anything is zero: zero hosts of unbounded size need nothing. */
struct quantity quantity_mul(struct quantity q, int64_t times);

/*
 * Rounded up, away from zero, as Quantity.Value() and MilliValue(); what int64 does not hold
 * becomes INT64_MAX or -INT64_MAX (upstream returns the low bits).
 */
int64_t quantity_value(struct quantity q);
int64_t quantity_milli_value(struct quantity q);
/* What the API server keeps of it in a pod: thousandths, rounded up, away from zero. */
struct quantity quantity_round_up_milli(struct quantity q);
/* Whether the value is a whole number. */
bool quantity_is_whole(struct quantity q);

/*
 * The canonical form (CanonicalizeBytes) in the value's own format; "unbounded" for that. Beyond
 * the last suffix we write what upstream forgets: 1000E, 1024Ei (upstream prints 1 for both).
 */
struct quantity_text quantity_print(struct quantity q);
/*
 * For people, exact too, and a text that Kubernetes reads: memory and storage in the unit that
 * reads best (2.5Gi, 512Mi, 2G), everything else as a number or in thousandths (4, 500m).
 */
struct quantity_text quantity_print_bytes(struct quantity q);
struct quantity_text quantity_print_count(struct quantity q);
