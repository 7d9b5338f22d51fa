/* How many pods of each podType a legacy cluster asks for. */
#pragma once

#include "api/raycluster.h"

/* How many workers of a type are held: its minimum, within what all together may be. */
int64_t legacy_workers_wanted(const struct raycluster *cluster, const struct ray_group *type);
