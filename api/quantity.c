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

bool quantity_is_whole(struct quantity q)
{
	return !quantity_is_unbounded(q) && q.nano % NANO == 0;
}
