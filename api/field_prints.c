#include "api/field_prints.h"

#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a;
	const uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

struct field_prints field_prints_for(struct arena *arena, size_t most)
{
	return (struct field_prints){
		.here = arena_array(arena, most, sizeof(uint64_t)),
		.moved = arena_array(arena, most, sizeof(uint64_t)),
	};
}

void field_prints_add(struct field_prints *prints, const struct field_error *error)
{
	const struct field_print print = field_error_fingerprint(error);

	prints->here[prints->count] = print.here;
	prints->moved[prints->count++] = print.moved;
}

void field_prints_sort(struct field_prints *prints)
{
	if (prints->count == 0)
		return;
	qsort(prints->here, prints->count, sizeof(*prints->here), by_value);
	qsort(prints->moved, prints->count, sizeof(*prints->moved), by_value);
}

bool field_prints_have(const struct field_prints *prints, const struct field_error *error)
{
	const uint64_t wanted = prints->count ? field_error_fingerprint(error).here : 0;

	return prints->count &&
	       bsearch(&wanted, prints->here, prints->count, sizeof(*prints->here), by_value);
}

/* How many are less than that: those that are it begin there. */
static size_t count_below(const struct field_prints *prints, uint64_t print)
{
	size_t low = 0, high = prints->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (prints->moved[middle] < print)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t count_of(const struct field_prints *prints, uint64_t print)
{
	const size_t end = print == UINT64_MAX ? prints->count : count_below(prints, print + 1);

	return end - count_below(prints, print);
}

bool field_prints_have_moved(const struct field_prints *old, const struct field_prints *now,
	const struct field_error *error)
{
	if (old->count == 0 || error->moved == error->place)
		return false;
	const uint64_t print = field_error_fingerprint(error).moved;
	const size_t had = count_of(old, print);

	return had && count_of(now, print) <= had;
}
