/* Whether a status is written now, and an Event told. */
#include "base/clock.h"
#include "server/controller/world_parts.h"

bool world_holds_status(struct world *world, const struct world_key *key, struct str uid,
	const struct status_hold *hold, int64_t *due)
{
	const int64_t now = clock_now();

	*due = now;
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		*due = status_pace_hold(&cluster->pace, hold, now);
	pthread_mutex_unlock(&world->mutex);
	return now < *due;
}

bool world_may_write_status(struct world *world, const struct world_key *key, struct str uid,
	uint64_t gravity, int64_t *due)
{
	bool may = true;

	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster)
		may = status_pace_take(&cluster->pace, gravity, clock_now(), due);
	if (cluster && may) {
		cluster->writing = true;
		cluster->status_before = cluster->status_hash;
		cluster->told_meanwhile = 0;
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
