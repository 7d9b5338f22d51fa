/*
 * A duration as Go's time.ParseDuration reads it: "5s", "1m30s", "1.5h", "300ms", "0", "-2us".
 * The API server writes its patience so, in ?timeout=.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Nanoseconds; false for anything else and for what does not fit. */
bool http_duration_parse(struct str text, int64_t *nanoseconds);
