/*
 * Passing over an object or array that nobody reads: json_read's own business.
 *
 * What is looked at: that brackets and strings end, in their order and not too deep, that strings
 * are right, and that nothing else stands outside of strings but ASCII without control characters.
 * What is not: where commas, colons, keys, numbers and literals stand, and whether keys differ.
 */
#pragma once

#include "base/json_lex.h"

enum { JSON_SKIP_LEVELS = 256 };

/*
 * `at` is the opening bracket; returns the byte behind the closing one. At most `depth` levels, and
 * never more than JSON_SKIP_LEVELS, this one included.
 */
const char *json_skip(const struct json_lex *lex, const char *at, unsigned depth);
