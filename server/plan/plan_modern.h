/* What a RayCluster of ray.io needs next. */
#pragma once

#include "server/plan/round.h"

void plan_modern(const struct observed *seen, struct round *round);
