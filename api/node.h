/*
 * A node as a scheduler looks at it: one that is there, or one that a policy says may come. Strings
 * belong to whoever made it.
 */
#pragma once

#include "api/schema.h"

struct node_label {
	struct str key, value;
};

struct node_taint {
	struct str key, value, effect;
};

struct node_shape {
	struct str name;
	struct resource_list allocatable;
	struct node_label *labels;
	size_t label_count;
	struct node_taint *taints;
	size_t taint_count;
	bool unschedulable;
};
