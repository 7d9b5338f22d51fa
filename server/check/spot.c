#include "server/check/spot.h"

bool spot_holds(const struct json_node *root, const struct json_node *node)
{
	return root && node >= root && node < root + root->span;
}

static bool next(struct json_iter *it)
{
	return it->kind == JSON_OBJECT ? json_next_member(it) : json_next_item(it);
}

static bool is_within(const struct json_iter *it, const struct json_node *node)
{
	return node == it->key || spot_holds(it->value, node);
}

/* To the child of `up` that holds the node, from where the last search ended if it is not past. */
static bool step_down(
	const struct json_node *up, const struct json_node *node, struct json_iter *child)
{
	if (child->value == NULL || node < (child->key ? child->key : child->value))
		*child = json_iter(up);
	if (is_within(child, node))
		return true;
	while (next(child)) {
		if (is_within(child, node))
			return true;
	}
	return false;
}

static bool is_counterpart(const struct json_iter *it, const struct json_iter *child)
{
	if (it->value == NULL || child->key == NULL || it->key == NULL)
		return it->value && child->key == it->key && it->index == child->index;
	return json_str_equal(it->key, child->key);
}

static bool go_on(struct json_iter *it, const struct json_iter *child)
{
	if (is_counterpart(it, child))
		return true;
	while (next(it)) {
		if (is_counterpart(it, child))
			return true;
	}
	return false;
}

/* From where the last one was, and once more from the start. */
static struct spot counterpart(
	const struct json_node *source, const struct json_iter *child, struct json_iter *it)
{
	if (go_on(it, child))
		return (struct spot){it->value, it->key};
	*it = json_iter(source);
	return go_on(it, child) ? (struct spot){it->value, it->key} : (struct spot){0};
}

static struct spot_step *step_of(struct spot_trail *trail, size_t depth,
	const struct json_node *judged, const struct json_node *source)
{
	struct spot_step *const step = &trail->steps[depth % SPOT_TRAIL_STEPS];

	if (step->up != judged || step->source_up != source)
		*step = (struct spot_step){judged, source, json_iter(judged), json_iter(source)};
	return step;
}

struct spot spot_find(const struct json_node *judged, const struct json_node *node,
	const struct json_node *source, struct spot_trail *trail)
{
	struct spot spot = {source, NULL};

	for (size_t depth = 0; judged != node; depth++) {
		struct spot_step *const step = step_of(trail, depth, judged, spot.value);

		if (!step_down(judged, node, &step->child))
			break;
		const struct spot found = counterpart(spot.value, &step->child, &step->source);

		if (found.value == NULL)
			break;
		spot = found;
		judged = step->child.value;
		if (node == step->child.key)
			break;
	}
	return spot;
}
