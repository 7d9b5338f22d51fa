/* From a path to its node. */
#include "api/field.h"

static bool is_here(const struct json_iter *it, const struct field_path *path, struct str name)
{
	if (it->value == NULL)
		return false;
	if (path->step == FIELD_STEP_INDEX)
		return it->key == NULL && it->index == path->index;
	return it->key && json_str_is(it->key, name);
}

static bool go_on(struct json_iter *it, const struct field_path *path)
{
	return path->step == FIELD_STEP_INDEX ? json_next_item(it) : json_next_member(it);
}

/*
 * Goes on where the last search in this container ended, and begins anew at its end: findings come
 * in the order of the object, and a thousand of them do not go through all of a long list each.
 */
static const struct json_node *find_step(
	struct json_iter *it, const struct json_node *up, const struct field_path *path)
{
	const struct str name = path->step == FIELD_STEP_NAME ? str_from(path->name) : path->key;
	const struct json_node *const last = it->value;

	if (is_here(it, path, name))
		return it->value;
	while (go_on(it, path)) {
		if (is_here(it, path, name))
			return it->value;
	}
	if (last == NULL)
		return NULL;
	*it = json_iter(up);
	while (go_on(it, path) && it->value != last) {
		if (is_here(it, path, name))
			return it->value;
	}
	return NULL;
}

static struct json_iter *step_of(
	struct field_trail *trail, size_t depth, const struct json_node *up)
{
	struct field_trail_step *const step = &trail->steps[depth % FIELD_TRAIL_STEPS];

	if (step->up != up)
		*step = (struct field_trail_step){up, json_iter(up)};
	return &step->it;
}

/* `whole` turns false at the first step that leads nowhere: what lies deeper stays unfound. */
static const struct json_node *descend(const struct field_path *path, const struct json_node *root,
	struct field_trail *trail, size_t *depth, bool *whole)
{
	if (path == NULL)
		return root;
	const struct json_node *const up = descend(path->parent, root, trail, depth, whole);

	if (!*whole)
		return up;
	const struct json_node *const found = find_step(step_of(trail, (*depth)++, up), up, path);

	*whole = found != NULL;
	return found ? found : up;
}

const struct json_node *field_path_find(
	const struct field_path *path, const struct json_node *root, struct field_trail *trail)
{
	bool whole = root != NULL;
	size_t depth = 0;

	return descend(path, root, trail, &depth, &whole);
}
