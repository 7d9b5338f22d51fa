#include "base/json_sorted.h"

#include <stdlib.h>

static int by_key(const void *a, const void *b)
{
	const struct json_member *const x = a;
	const struct json_member *const y = b;

	return str_cmp(x->key, y->key);
}

size_t json_sorted(
	struct arena *arena, const struct json_node *object, const struct json_member **out)
{
	size_t room = 0;
	size_t count = 0;

	for (struct json_iter it = json_iter(object); json_next_member(&it);)
		room++;
	struct json_member *const members = arena_array(arena, room + 1, sizeof(*members));

	for (struct json_iter it = json_iter(object); json_next_member(&it);)
		members[count++] = (struct json_member){json_str(arena, it.key), it.value};
	qsort(members, count, sizeof(*members), by_key);
	*out = members;
	return count;
}
