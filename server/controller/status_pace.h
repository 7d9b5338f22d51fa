/*
 * When a cluster's status is written. Without a clock, a lock or a world of its own: `now` is
 * clock_now() each time, and what is zeroed has written nothing yet.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct status_pace {
	int64_t written;      /* when one was last; 0: never */
	uint64_t gravity;     /* … and what that said of what is grave */
	int64_t behind_since; /* one is kept behind other writes; 0: none is */
	int64_t held_since;   /* and for more to come */
	int64_t busy_at;      /* when writes, of whichever cluster, were last seen to queue up */
};

/* How long a status that may wait does so. */
struct status_hold {
	bool behind; /* its round has other writes: until these are done, 1 s at most, 5 if busy */
	bool busy;   /* writes queue up: until 5 s after that, busy_ms at most */
	int32_t calm_ms, busy_ms; /* else calm_ms */
};

/*
 * Until when a status that may wait is to do so. The time runs from the first call of each sort on,
 * until a status is written.
 */
int64_t status_pace_hold(struct status_pace *pace, const struct status_hold *hold, int64_t now);

/*
 * Whether one may be written now, and counts it as written if so. It may not within half a second
 * of the last one; `*due` is then when to ask again. What is grave does not wait: `gravity` is a
 * hash of what the status says of that, or 0 where it says nothing, and one that differs from the
 * last one's is written at once.
 */
bool status_pace_take(struct status_pace *pace, uint64_t gravity, int64_t now, int64_t *due);
