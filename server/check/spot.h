/*
 * From a node of what was judged to its place in the source, which is the judged object itself, or
 * the object before a patch.
 */
#pragma once

#include "base/json_read.h"

/* A value of the source, and its key where it is a member. */
struct spot {
	const struct json_node *value, *key;
};

enum { SPOT_TRAIL_STEPS = 32 }; /* deeper ones are looked for anew each time */

/*
 * Where the last search stood, by depth: nodes that are asked for in their order are found in one
 * walk, whatever stands in front of them. Starts as {0}.
 */
struct spot_trail {
	struct spot_step {
		const struct json_node *up, *source_up;
		struct json_iter child, source;
	} steps[SPOT_TRAIL_STEPS];
};

bool spot_holds(const struct json_node *root, const struct json_node *node);
/* The same way is followed down both, as far as it goes in the source. */
struct spot spot_find(const struct json_node *judged, const struct json_node *node,
	const struct json_node *source, struct spot_trail *trail);
