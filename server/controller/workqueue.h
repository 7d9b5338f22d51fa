/*
 * Which clusters are to be looked at, and when: each key once, however often it is added, at the
 * soonest of the times that were asked for. First come, first served. A key that fails waits longer
 * each time.
 *
 * Thread-safe: one mutex, private to the file.
 */
#pragma once

#include "base/attr.h"
#include "server/controller/world.h"

struct workqueue;

/* Between two looks at one key pass at least `gap` ns: what happens meanwhile costs one look. */
struct workqueue *workqueue_new(int64_t gap);
/* `much` waits to be written, so that a look would bring nothing forward: until this is called with
 * false, five gaps pass instead of one. */
void workqueue_take_time(struct workqueue *queue, bool much);
/* Takes NULL and nulls. Nobody may be waiting any more. */
void workqueue_free(struct workqueue **queue);

/* As soon as may be. */
void workqueue_add(struct workqueue *queue, const struct world_key *key);
/* When clock_now() reaches `due`, if it is not looked at before. */
void workqueue_add_at(struct workqueue *queue, const struct world_key *key, int64_t due);
/* It failed: after 0.1 s, and each time twice as long, at most 30 s, and a little by chance. */
void workqueue_back_off(struct workqueue *queue, const struct world_key *key);
/*
 * The same, and whoever asks for it meanwhile waits an eighth of that, or a second where that is
 * more: for what tells of itself each time, and is no news.
 */
void workqueue_hold_off(struct workqueue *queue, const struct world_key *key);
/* It went well: the next wait is the first again. */
void workqueue_forget(struct workqueue *queue, const struct world_key *key);

/* There is no such cluster any more: nothing of it waits. */
void workqueue_drop(struct workqueue *queue, const struct world_key *key);

/* The next key whose time has come, in the arena; false when there is none now. */
MUST_CHECK bool workqueue_try(struct workqueue *queue, struct arena *arena, struct world_key *out);
/* The same, but waits for one; false when the queue was stopped. */
MUST_CHECK bool workqueue_take(struct workqueue *queue, struct arena *arena, struct world_key *out);
/* For ever: nothing is taken any more, and whoever waits returns. */
void workqueue_stop(struct workqueue *queue);

struct workqueue_stats {
	size_t ready, waiting; /* keys */
	int64_t age;           /* ns that the first of those that are ready has been so */
};
struct workqueue_stats workqueue_stats(struct workqueue *queue);
