/* Patterns of names in the policy: '*' stands for any run of characters, everything else for
 * itself. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* At most the product of both lengths: names are short. */
bool glob_matches(struct str pattern, struct str text);
