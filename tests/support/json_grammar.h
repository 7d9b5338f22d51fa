/*
 * The grammar of JSON (RFC 8259) as plainly as it can be written: what the reader is held to. Not
 * in it: that keys of an object differ, and the bounds of json_limits.
 */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* Whether the text is one value in UTF-8 with white space around it. */
bool json_grammar_holds(struct str text);
