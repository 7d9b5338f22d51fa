/* How often a status is written, and an Event told. */
#include "base/clock.h"
#include "server/controller/world_parts.h"

#define STATUS_GAP    (CLOCK_SECOND / 2)
#define STATUS_BEHIND CLOCK_SECOND /* STATUS_AFTER where it is busy */
#define STATUS_AFTER  (5 * CLOCK_SECOND)

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* As long one is kept behind the other writes of its round. */
static int64_t behind_until(
	struct world_cluster *cluster, const struct world_hold *hold, int64_t now)
{
	if (cluster->behind_since == 0)
		cluster->behind_since = now;
	return cluster->behind_since + (hold->busy ? STATUS_AFTER : STATUS_BEHIND);
}

/* And as long after that for more to come: longer where it was busy, now or when it was behind. */
static int64_t held_until(struct world_cluster *cluster, const struct world_hold *hold, int64_t now)
{
	if (cluster->held_since == 0)
		cluster->held_since = now;

	const int64_t since = cluster->held_since;

	if (cluster->busy_at == 0)
		return since + hold->calm_ms * CLOCK_MILLISECOND;
	return least(since + hold->busy_ms * CLOCK_MILLISECOND,
		most(since, cluster->busy_at) + STATUS_AFTER);
}

bool world_holds_status(struct world *world, const struct world_key *key, struct str uid,
	const struct world_hold *hold, int64_t *due)
{
	const int64_t now = clock_now();

	*due = now;
	pthread_mutex_lock(&world->mutex);
	struct world_cluster *const cluster = world_cluster_live(world, key, uid);

	if (cluster && hold->busy)
		cluster->busy_at = now;
	if (cluster)
		*due = hold->behind ? behind_until(cluster, hold, now)
				    : held_until(cluster, hold, now);
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
		cluster->told_meanwhile = 0;
		cluster->behind_since = cluster->held_since = cluster->busy_at = 0;
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
