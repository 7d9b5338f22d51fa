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
	return (struct field_prints){.items = arena_array(arena, most, sizeof(uint64_t))};
}

void field_prints_add(struct field_prints *prints, const struct field_error *error)
{
	prints->items[prints->count++] = field_error_fingerprint(error);
}

void field_prints_sort(struct field_prints *prints)
{
	if (prints->count)
		qsort(prints->items, prints->count, sizeof(*prints->items), by_value);
}

bool field_prints_have(const struct field_prints *prints, const struct field_error *error)
{
	const uint64_t wanted = prints->count ? field_error_fingerprint(error) : 0;

	return prints->count &&
	       bsearch(&wanted, prints->items, prints->count, sizeof(*prints->items), by_value);
}
