/* The members of an object in the order of their keys, by bytes. */
#pragma once

#include "base/json_read.h"

struct json_member {
	struct str key;
	const struct json_node *value;
};

/* In the arena; returns how many. None of anything but an object. */
size_t json_sorted(
	struct arena *arena, const struct json_node *object, const struct json_member **out);
