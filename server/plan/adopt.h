/*
 * Pods and Services that carry a cluster's labels and have no controller, as `kubectl delete
 * --cascade=orphan` leaves them for a cluster of the same name: it becomes their controller, as
 * Kubernetes' own controllers do. Of workers only those of its groups, of Services those whose
 * names it gives. Until it is, they are not its own, and none is made beside them.
 */
#pragma once

#include "server/children/child.h"
#include "server/plan/round.h"

/* Whether there are pods to wait for; not for those whose adoption was refused. */
bool adopt_strays(const struct observed *seen, const struct child_context *c, struct round *round);
/* Of a claim for a volume: it goes with the cluster, or outlives it, as its spec says by now. */
void adopt_claim(
	const struct observed_claim *claim, const struct child_context *c, struct round *round);
