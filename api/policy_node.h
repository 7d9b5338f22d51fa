/* The nodes of a policy as the file has them; only policy.c looks here. */
#pragma once

#include "api/node.h"

struct policy_taint_rows {
	struct schema_object self;
	struct val_str key, value, effect;
};

struct policy_node_rows {
	struct schema_object self;
	struct val_str name;
	struct resource_list allocatable;
	struct val_map labels;
	SCHEMA_LIST_OF(struct policy_taint_rows) taints;
};

extern const struct schema POLICY_NODE;

struct node_shape policy_node_shape(struct arena *arena, const struct policy_node_rows *rows);
