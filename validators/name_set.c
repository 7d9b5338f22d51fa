#include "validators/name_set.h"

#include <stdlib.h>

enum {
	TRIED_MAX = 64, /* names that are compared for the nearest */
	NEAR = 3,       /* so many edits are another name */
};

struct name_set name_set_make(struct arena *arena, size_t most)
{
	return (struct name_set){arena_array(arena, most + 1, sizeof(struct str)), 0};
}

void name_set_add(struct name_set *set, struct str name)
{
	set->items[set->count++] = name;
}

static int by_bytes(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

void name_set_sort(struct name_set *set)
{
	if (set->count > 1)
		qsort(set->items, set->count, sizeof(*set->items), by_bytes);
}

bool name_set_holds(const struct name_set *set, struct str name)
{
	return bsearch(&name, set->items, set->count, sizeof(*set->items), by_bytes) != NULL;
}

struct str name_set_nearest(const struct name_set *set, struct str name)
{
	struct str best = {0};
	size_t least = NEAR;

	for (size_t i = 0; i < set->count && i < TRIED_MAX; i++) {
		const size_t distance = str_distance(name, set->items[i], least);

		if (distance < least) {
			least = distance;
			best = set->items[i];
		}
	}
	return best;
}
