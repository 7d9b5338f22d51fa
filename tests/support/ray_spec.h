/* The spec of a small RayCluster of either dialect, as JSON: a head, and workers in "workers". */
#pragma once

#include "api/raycluster.h"
#include "base/mem.h"

struct str ray_spec(struct arena *arena, enum dialect dialect, int workers);
