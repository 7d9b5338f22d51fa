#include "server/controller/status_pace.h"

#include "base/clock.h"

#define GAP    (CLOCK_SECOND / 2)
#define BEHIND CLOCK_SECOND /* AFTER where it is busy */
#define AFTER  (5 * CLOCK_SECOND)

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* When it began: now, if it did not yet. */
static int64_t begun(int64_t *since, int64_t now)
{
	if (*since == 0)
		*since = now;
	return *since;
}

int64_t status_pace_hold(struct status_pace *pace, const struct status_hold *hold, int64_t now)
{
	if (hold->busy)
		pace->busy_at = now;
	if (hold->behind)
		return begun(&pace->behind_since, now) + (hold->busy ? AFTER : BEHIND);

	const int64_t since = begun(&pace->held_since, now);

	if (pace->busy_at == 0)
		return since + hold->calm_ms * CLOCK_MILLISECOND;
	return least(since + hold->busy_ms * CLOCK_MILLISECOND, most(since, pace->busy_at) + AFTER);
}

bool status_pace_take(struct status_pace *pace, uint64_t gravity, int64_t now, int64_t *due)
{
	const bool news = gravity && pace->gravity != gravity;

	*due = pace->written + GAP;
	if (pace->written && !news && now < *due)
		return false;
	*pace = (struct status_pace){.written = now, .gravity = gravity};
	return true;
}
