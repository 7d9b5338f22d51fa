/* What patches need of values that were read: to print them again, and to compare them. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/json_read.h"
#include "base/mem.h"

/*
 * JSON text without white space: numbers as they were written, strings escaped anew, members in
 * their order. The arena is for what has to be unescaped.
 */
void patch_value_print(struct arena *arena, const struct json_node *node, struct buf *out);

/*
 * Equal as RFC 6902 (4.6) has it: as json_equal, but numbers by their value, however they are
 * written and however long. Linear but for the sorting of members.
 */
bool patch_value_equal(struct arena *arena, const struct json_node *a, const struct json_node *b);
/* Of the text of two numbers; an exponent beyond int64 equals only the same text. */
bool patch_number_equal(struct str a, struct str b);
