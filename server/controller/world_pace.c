/* How often a status is written, and an Event told. */
#include "base/clock.h"
#include "server/controller/world_parts.h"

#define STATUS_GAP    (CLOCK_SECOND / 2)
#define STATUS_BEHIND CLOCK_SECOND

bool world_holds_status(struct world *world, const struct world_key *key, struct str uid,
	const struct world_hold *hold, int64_t *due)
{
	const int64_t now = clock_now();
	const int64_t most = hold->behind ? STATUS_BEHIND : hold->ms * CLOCK_MILLISECOND;

	*due = now;
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster) {
		int64_t *const until = hold->behind ? &cluster->behind_until : &cluster->held_until;

		if (*until == 0)
			*until = now + most;
		*due = *until;
	}
	pthread_mutex_unlock(&world->mutex);
	return now < *due;
}

bool world_may_write_status(struct world *world, const struct world_key *key, struct str uid,
	uint64_t gravity, int64_t *due)
{
	const int64_t now = clock_now();
	bool may = true;

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster) {
		*due = cluster->status_at + STATUS_GAP;
		may = cluster->status_at == 0 || (gravity && cluster->status_gravity != gravity) ||
		      now >= *due;
	}
	if (cluster && may) {
		cluster->status_at = now;
		cluster->writing = true;
		cluster->behind_until = cluster->held_until = 0;
		cluster->status_gravity = gravity;
	}
	pthread_mutex_unlock(&world->mutex);
	return may;
}

bool world_tells(struct world *world, const struct world_key *key, struct str uid, uint64_t event)
{
	const uint32_t hash = (uint32_t)event | 1;
	bool is_new = false;

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster) {
		is_new = true;
		for (size_t i = 0; i < WORLD_EVENTS; i++)
			is_new = is_new && cluster->events[i] != hash;
	}
	if (is_new)
		cluster->events[cluster->next_event++ % WORLD_EVENTS] = hash;
	pthread_mutex_unlock(&world->mutex);
	return is_new;
}
