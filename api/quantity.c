#include "api/quantity.h"

__extension__ typedef unsigned __int128 quantity_uint;

static const quantity_int NANO = 1000000000;

/* The largest magnitude: symmetrical, so that a sign can always be turned. */
static quantity_int unbounded(void)
{
	return (quantity_int)(~(quantity_uint)0 >> 1);
}

struct quantity quantity_whole(int64_t value)
{
	return (struct quantity){.nano = value * NANO};
}

struct quantity quantity_milli(int64_t thousandths)
{
	return (struct quantity){.nano = thousandths * (NANO / 1000)};
}

struct quantity quantity_unbounded(void)
{
	return (struct quantity){.nano = unbounded()};
}

bool quantity_is_unbounded(struct quantity q)
{
	return q.nano == unbounded() || q.nano == -unbounded();
}

enum { REST_BITS = 30 };

struct quantity_small quantity_shrink(struct quantity q)
{
	const uint32_t format = (uint32_t)q.format << REST_BITS;
	quantity_int whole = q.nano / NANO, rest = q.nano % NANO;

	if (rest < 0) {
		whole--;
		rest += NANO;
	}
	if (whole == (int64_t)whole)
		return (struct quantity_small){(int64_t)whole, (uint32_t)rest | format};
	/* No rest is as large as that of what is unbounded. */
	return (struct quantity_small){q.nano < 0 ? INT64_MIN : INT64_MAX,
		(quantity_is_unbounded(q) ? (uint32_t)NANO : 0) | format};
}

struct quantity quantity_grow(struct quantity_small small)
{
	const uint32_t rest = small.rest & ((UINT32_C(1) << REST_BITS) - 1);
	const enum quantity_format format = (enum quantity_format)(small.rest >> REST_BITS);

	if (rest == (uint32_t)NANO)
		return (struct quantity){small.whole < 0 ? -unbounded() : unbounded(), format};
	return (struct quantity){small.whole * NANO + rest, format};
}

bool quantity_is_zero(struct quantity q)
{
	return q.nano == 0;
}

bool quantity_is_negative(struct quantity q)
{
	return q.nano < 0;
}

int quantity_cmp(struct quantity a, struct quantity b)
{
	return (a.nano > b.nano) - (a.nano < b.nano);
}

struct quantity quantity_max(struct quantity a, struct quantity b)
{
	return a.nano < b.nano ? b : a;
}

struct quantity quantity_min(struct quantity a, struct quantity b)
{
	return b.nano < a.nano ? b : a;
}

static quantity_int saturate(bool overflow, bool negative, quantity_int result)
{
	const quantity_int limit = unbounded();

	if (overflow || result < -limit)
		return negative ? -limit : limit;
	return result;
}

struct quantity quantity_add(struct quantity a, struct quantity b)
{
	struct quantity sum = {.format = a.nano == 0 ? b.format : a.format};

	if (quantity_is_unbounded(a) || quantity_is_unbounded(b)) {
		sum.nano = quantity_is_unbounded(a) ? a.nano : b.nano;
		return sum;
	}
	const bool overflow = __builtin_add_overflow(a.nano, b.nano, &sum.nano);

	sum.nano = saturate(overflow, a.nano < 0, sum.nano);
	return sum;
}

struct quantity quantity_sub(struct quantity a, struct quantity b)
{
	b.nano = -b.nano;
	return quantity_add(a, b);
}

struct quantity quantity_mul(struct quantity q, int64_t times)
{
	const bool negative = (q.nano < 0) != (times < 0);
	struct quantity product = {.format = q.format};

	if (q.nano == 0 || times == 0)
		return product;
	const bool overflow = __builtin_mul_overflow(q.nano, (quantity_int)times, &product.nano);

	product.nano = saturate(overflow || quantity_is_unbounded(q), negative, product.nano);
	return product;
}

static int64_t round_up(quantity_int nano, quantity_int unit)
{
	quantity_int units = nano / unit;

	if (nano % unit != 0)
		units += nano < 0 ? -1 : 1;
	if (units > INT64_MAX)
		return INT64_MAX;
	return units < -INT64_MAX ? -INT64_MAX : (int64_t)units;
}

int64_t quantity_value(struct quantity q)
{
	return round_up(q.nano, NANO);
}

int64_t quantity_milli_value(struct quantity q)
{
	return round_up(q.nano, NANO / 1000);
}

struct quantity quantity_round_up_milli(struct quantity q)
{
	const int64_t milli = NANO / 1000;
	const int64_t few = (int64_t)q.nano;
	/* As below: a much shorter division. */
	const int64_t rest = few == q.nano ? few % milli : (int64_t)(q.nano % milli);

	if (rest != 0 && !quantity_is_unbounded(q))
		q.nano += rest > 0 ? milli - rest : -milli - rest;
	return q;
}

bool quantity_is_whole(struct quantity q)
{
	const int64_t few = (int64_t)q.nano;

	/* Nearly all are few enough for a division of 64 bits, which is a much shorter one. */
	if (few == q.nano)
		return few % (int64_t)NANO == 0;
	return !quantity_is_unbounded(q) && q.nano % NANO == 0;
}
