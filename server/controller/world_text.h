/* The text of a RayCluster as the world keeps it. */
#pragma once

#include "base/buf.h"
#include "base/json_read.h"

/*
 * Appends the object without its status, its version and what only says who wrote it; the last
 * brace is missing, so that the status can stand behind it.
 */
void world_text_put(const struct json_node *object, struct buf *out);
