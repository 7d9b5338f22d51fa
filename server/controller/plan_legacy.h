/* What a RayCluster of cluster.ray.io needs next. */
#pragma once

#include "server/controller/round.h"

void plan_legacy(const struct observed *seen, struct round *round);
