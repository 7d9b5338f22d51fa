#include "api/policy_node.h"

static const struct schema_field TAINT_ROWS[] = {
	SCHEMA_KEEP(struct policy_taint_rows, effect, "effect", .required = true,
		.words = SCHEMA_WORDS("NoSchedule", "PreferNoSchedule", "NoExecute")),
	SCHEMA_KEEP(struct policy_taint_rows, key, "key", .required = true),
	SCHEMA_KEEP(struct policy_taint_rows, value, "value"),
};
static const struct schema TAINT =
	SCHEMA_OF_STRUCT("a taint", TAINT_ROWS, struct policy_taint_rows, NULL);

static const struct schema_field NODE_ROWS[] = {
	SCHEMA_KEEP(struct policy_node_rows, allocatable, "allocatable", .required = true),
	SCHEMA_KEEP(struct policy_node_rows, labels, "labels"),
	SCHEMA_KEEP(struct policy_node_rows, name, "name", .required = true),
	SCHEMA_KEEP_LIST(struct policy_node_rows, taints, &TAINT, "taints"),
};
const struct schema POLICY_NODE =
	SCHEMA_OF_STRUCT("a node", NODE_ROWS, struct policy_node_rows, "name");

static void add_labels(
	struct arena *arena, const struct json_node *labels, struct node_shape *shape)
{
	shape->labels = arena_array(arena, json_count(labels), sizeof(*shape->labels));
	for (struct json_iter it = json_iter(labels); json_next_member(&it);)
		shape->labels[shape->label_count++] =
			(struct node_label){json_str(arena, it.key), json_str(arena, it.value)};
}

struct node_shape policy_node_shape(struct arena *arena, const struct policy_node_rows *rows)
{
	struct node_shape shape = {.name = rows->name.v, .allocatable = rows->allocatable};

	add_labels(arena, rows->labels.node, &shape);
	shape.taints = arena_array(arena, rows->taints.count, sizeof(*shape.taints));
	for (size_t i = 0; i < rows->taints.count; i++) {
		const struct policy_taint_rows *const t = &rows->taints.items[i];

		shape.taints[shape.taint_count++] =
			(struct node_taint){t->key.v, t->value.v, t->effect.v};
	}
	return shape;
}
