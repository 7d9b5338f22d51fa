/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Length (1 to 4) of the valid sequence that `s` starts with; 0 when there is none. */
size_t utf8_sequence(struct str s);
bool utf8_is_valid(struct str s);
/* The scalar value of a valid sequence, of which `s` is the whole. */
uint32_t utf8_point(struct str s);
/* Writes `point` (a scalar value) to out[4]; returns how many bytes. */
size_t utf8_encode(uint32_t point, char out[4]);
/* How many bytes of `s` make at most `limit` bytes without cutting a sequence. */
size_t utf8_cut(struct str s, size_t limit);
