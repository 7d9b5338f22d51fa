/*
 * KubeRay holds a cluster whose state is in a Redis until a Job has cleaned it. We make no such Job
 * yet, and nobody's deletion may hang: what is taken over from KubeRay is let go, and that is told.
 */
#include "server/plan/finalizer.h"
#include "server/plan/modern_parts.h"

#define CLEANUP_FINALIZER "ray.io/gcs-ft-redis-cleanup-finalizer"

void modern_let_go(const struct observed *seen, struct round *round)
{
	if (!finalizer_take_off(json_get(seen->root, "metadata"), STR(CLEANUP_FINALIZER), round))
		return;
	struct action *const event = round_add(round, ACTION_EVENT);

	event->warning = true;
	event->reason = "RedisNotCleaned";
	event->message = STR("what the cluster stored in Redis is still there: this version does "
			     "not clean it");
}
