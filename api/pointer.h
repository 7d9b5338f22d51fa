/* JSON Pointers (RFC 6901): "/metadata/annotations/raygate.dev~1defaulted". */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/field.h"
#include "base/mem.h"
#include "base/str.h"

/* The whole document. */
#define POINTER_ROOT ((struct str){"", 0})
/* Behind the last item of an array, for add. */
#define POINTER_END STR("-")

/* A pointer one step below `parent`, with ~ and / in `segment` escaped. In the arena. */
struct str pointer_child(struct arena *arena, struct str parent, struct str segment);
struct str pointer_index(struct arena *arena, struct str parent, size_t index);
/* From a field's path; the root's is the empty pointer. In the arena. */
struct str pointer_of_path(struct arena *arena, const struct field_path *path);

/*
 * Takes the first segment off *rest and unescapes it (into the arena where it has a ~). False at
 * the end, and where *rest is no pointer: pointer_is_valid() tells before.
 */
bool pointer_next(struct arena *arena, struct str *rest, struct str *segment);
/* Empty, or segments that each begin with '/' and have a ~ only in ~0 and ~1. */
bool pointer_is_valid(struct str pointer);
/* Whether `below` leads to something inside of what `pointer` leads to. */
bool pointer_is_prefix(struct str pointer, struct str below);
/* A segment as an array's index: digits without a zero in front. */
bool pointer_to_index(struct str segment, size_t *out);
