/* Durations as Go writes them (time.ParseDuration): "300ms", "-1.5h", "2h45m". */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Nanoseconds; false for what is no duration, or beyond 64 bits. Only "0" needs no unit. */
bool go_duration_parse(struct str text, int64_t *out);
