#include "api/patch.h"

#include "api/patch_value.h"

static void add_member(
	struct arena *arena, struct buf *out, const struct json_node *key, bool *first)
{
	if (!*first)
		buf_add_char(out, ',');
	*first = false;
	buf_add_json_str(out, json_str(arena, key));
	buf_add_char(out, ':');
}

void merge_patch_apply(struct arena *arena, const struct json_node *target,
	const struct json_node *patch, struct buf *out)
{
	bool first = true;

	if (!json_is(patch, JSON_OBJECT)) {
		patch_value_print(arena, patch, out);
		return;
	}
	if (!json_is(target, JSON_OBJECT))
		target = NULL;
	buf_add_char(out, '{');
	for (struct json_iter it = json_iter(target); json_next_member(&it);) {
		const struct json_node *const change = json_get_str(patch, json_str(arena, it.key));

		if (json_is(change, JSON_NULL))
			continue;
		add_member(arena, out, it.key, &first);
		if (change)
			merge_patch_apply(arena, it.value, change, out);
		else
			patch_value_print(arena, it.value, out);
	}
	for (struct json_iter it = json_iter(patch); json_next_member(&it);) {
		if (json_is(it.value, JSON_NULL) || json_get_str(target, json_str(arena, it.key)))
			continue;
		add_member(arena, out, it.key, &first);
		merge_patch_apply(arena, NULL, it.value, out);
	}
	buf_add_char(out, '}');
}
