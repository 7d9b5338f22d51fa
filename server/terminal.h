/* Whether what is printed goes to a person's terminal. */
#pragma once

#include <stdbool.h>

#include "base/str.h"

/* By --color: always, never, or auto, which heeds NO_COLOR and a terminal that knows none. */
bool terminal_wants_color(struct str color);
