#include "server/plan/finalizer.h"

#include <inttypes.h>
#include <stdio.h>

static struct json_edit *step(const char *op, const char *path)
{
	struct json_edit *const step = json_edit_object();

	json_edit_put_cstr(step, "op", op);
	json_edit_put_cstr(step, "path", path);
	return step;
}

/* The place of one that is not there is none. */
static int64_t place_of(const struct json_node *finalizers, struct str name)
{
	int64_t place = 0;

	for (struct json_iter it = json_iter(finalizers); json_next_item(&it); place++) {
		if (json_str_is(it.value, name))
			return place;
	}
	return -1;
}

bool finalizer_take_off(const struct json_node *meta, struct str name, struct round *round)
{
	const int64_t place = place_of(json_get(meta, "finalizers"), name);
	char path[64];

	if (place < 0)
		return false;
	snprintf(path, sizeof(path), "/metadata/finalizers/%" PRId64, place);
	struct json_edit *const test = step("test", path);
	struct action *const action = round_add(round, ACTION_PATCH);

	json_edit_put_str(test, "value", name);
	action->body = json_edit_array();
	json_edit_add(action->body, test);
	json_edit_add(action->body, step("remove", path));
	return true;
}
