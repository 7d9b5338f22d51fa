/* What is wrong with a text that is no quantity, and what was probably meant. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

/* Sets `err` (ERR_INVALID) and returns false; `text` is one that quantity_parse refuses. */
bool quantity_fault(struct str text, struct err *err);
