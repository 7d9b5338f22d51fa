/*
 * The containers of a legacy cluster only sleep, as the chart of 2022 has them: whoever runs the
 * cluster starts Ray in them.
 */
#pragma once

#include "api/pod.h"

/*
 * Whether bash runs a script in the container that ends in that sleep; `*before` is what the user
 * has in front of it, "" for nothing. In the arena, or the container's own text.
 */
bool legacy_sleeps(struct arena *arena, const struct container *container, struct str *before);
