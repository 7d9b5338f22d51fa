/* Whether a pod that was made has the labels by which it is found and counted. */
#pragma once

#include "api/ray_object.h"
#include "base/json_read.h"

/*
 * `asked` is the object of the create, `made` what the API server made of it. NULL where all is as
 * asked, or `made` has no metadata; else which label is otherwise, as after a mutating webhook, and
 * what is to be done: a sentence in the arena.
 */
const char *pod_labels_changed(
	struct arena *arena, enum dialect dialect, struct str asked, const struct json_node *made);
