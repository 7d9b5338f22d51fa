/* A line of the user's file with its number, and a caret under what is wrong in it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct excerpt {
	struct str before, text; /* the line up to the place, and from there on */
	uint32_t line;
	uint32_t length; /* characters that are marked; at least one is */
	bool color;
};

enum { EXCERPT_WIDTH = 100 }; /* columns of the line that are shown, around the caret */

/*
 * Two lines. Tabs and what cannot be seen are shown as one column, wide characters take two, so
 * that the caret stands right in any terminal. Of a long line only what is near the place is read.
 */
void excerpt_print(const struct excerpt *excerpt, struct buf *out);
