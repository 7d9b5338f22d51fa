/* What the kit's runtime and the objects that it is shown have between them. */
#pragma once

#include "tests/support/controller_kit.h"

/* Where its API server keeps a RayCluster; in the arena. */
const char *controller_kit_path(
	const struct controller_kit *kit, struct arena *arena, const char *name);
/* What kind of object a path is of; WORLD_KINDS where the controller does not watch it. */
enum world_kind controller_kit_kind(const struct controller_kit *kit, const char *path);
/* Fails the test where it is no JSON. */
const struct json_node *controller_kit_read(struct arena *arena, const char *text);
