/*
 * The spec that was accepted last, kept in the cluster while another one is refused, so that a
 * later process knows what lost pods are to be made of: a ControllerRevision, as StatefulSets have
 * them.
 */
#pragma once

#include "server/children/child.h"

/* No two clusters of a namespace have the same, of whatever dialect they are. */
struct str accepted_name(struct arena *arena, enum dialect dialect, struct str cluster);
/*
 * JSON as the API server would write it, members sorted: what is stored never changes, and whoever
 * gives it another owner sends it through there once more, where another spelling is another text.
 */
void accepted_put(struct arena *arena, const struct json_node *node, struct buf *out);
/* `root` is an object that has the spec, of that generation. */
struct json_edit *accepted_revision(
	const struct child_context *c, int64_t generation, const struct json_node *root);
