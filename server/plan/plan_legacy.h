/* What a RayCluster of cluster.ray.io needs next. */
#pragma once

#include "server/plan/round.h"

void plan_legacy(const struct observed *seen, struct round *round);
