/* Whether what is printed goes to a person's terminal, and how wide that is. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* By --color: always, never, or auto, which heeds NO_COLOR and a terminal that knows none. */
bool terminal_wants_color(struct str color);
/* Characters of a line that is good to read there: the terminal's, between 40 and 100; else 100. */
size_t terminal_width(void);
