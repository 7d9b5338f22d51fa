/*
 * What we believe exists: the RayClusters of both dialects, and of each its pods, Services and
 * volume claims, as watches last told them, together with what we asked for and no watch has told
 * of yet. Watches and writers tell, the planner looks; nothing of it is ever asked for in between.
 *
 * They are found by the label that names their cluster, and may be told of before it.
 *
 * Thread-safe: one mutex, private to world*.c. Nothing is called while it is held.
 */
#pragma once

#include "server/controller/status_pace.h"
#include "server/plan/observed.h"
#include "server/plan/round.h"

struct world;

/* One RayCluster by its name. */
struct world_key {
	enum dialect dialect;
	struct str namespace, name;
};

uint32_t world_key_hash(const struct world_key *key);
bool world_key_eq(const struct world_key *a, const struct world_key *b);
/* Its strings in the arena. */
struct world_key world_key_copy(struct arena *arena, const struct world_key *key);

enum world_kind {
	WORLD_CLUSTERS,
	WORLD_PODS,
	WORLD_SERVICES,
	WORLD_CLAIMS, /* for volumes; of the modern dialect alone */
	WORLD_KINDS,
};

struct world_options {
	/* Something of it has changed that a round looks at. Any thread that tells; or NULL. */
	void (*changed)(void *context, const struct world_key *key);
	void *context;
};

struct world *world_new(const struct world_options *options);
/* Takes NULL and nulls. Nobody may be telling any more. */
void world_free(struct world **pointer);

/* The labels by which a watch of what a dialect's clusters have selects it, and the places in it
 * that nobody reads. */
const char *world_selector(enum dialect dialect);
extern const struct json_place WORLD_POD_SKIPS[];
extern const struct json_place WORLD_SERVICE_SKIPS[];
extern const struct json_place WORLD_CLAIM_SKIPS[];

/* What a watch tells: as it is now, or that it is gone. */
void world_put(struct world *world, enum world_kind kind, enum dialect dialect,
	const struct json_node *object, struct arena *arena);
/*
 * The same of one that was asked for instead of watched: what a watch has told meanwhile may be
 * newer, and stays. False where that is of another cluster than the object's label.
 */
bool world_put_found(struct world *world, enum world_kind kind, enum dialect dialect,
	const struct json_node *object, struct arena *arena);
void world_drop(struct world *world, enum world_kind kind, enum dialect dialect,
	struct str namespace, struct str name);
/* A list begins; at its end those that it did not have are gone. */
void world_listing(struct world *world, enum world_kind kind, enum dialect dialect);
void world_listed(struct world *world, enum world_kind kind, enum dialect dialect);

/* All that clusters have, and all that was asked for: we do not lead any more. */
void world_forget_children(struct world *world);
/* What was judged and refused when we were last at work: somebody else may have been since. */
void world_forget_work(struct world *world, enum dialect dialect);
/* The same of one cluster, which somebody else is at. */
void world_forget_work_on(struct world *world, const struct world_key *key);
/* The keys of all clusters of a dialect, the first created first. In the arena. */
size_t world_keys(
	struct world *world, enum dialect dialect, struct arena *arena, struct world_key **out);
/* Whether the object itself is there, and not its children alone. */
bool world_has(struct world *world, const struct world_key *key);
/* What a cluster's status says of it, in few words. */
enum world_state {
	WORLD_PENDING, /* none of the others */
	WORLD_READY,
	WORLD_SUSPENDED,
	WORLD_FAILED,
	WORLD_STATES,
};

enum world_verdict {
	WORLD_UNJUDGED,
	WORLD_ACCEPTED,
	WORLD_REFUSED,
	WORLD_VERDICTS,
};

struct world_tally {
	size_t clusters[WORLD_STATES][WORLD_VERDICTS];
};

/* All clusters of a dialect, counted. */
struct world_tally world_tally(struct world *world, enum dialect dialect);
size_t world_count(struct world *world, enum world_kind kind, enum dialect dialect);

struct acceptance_view;

/*
 * Fills what is there of the cluster, and what was settled of it (acceptance.h); all in the arena.
 * The policy, the domain, the time, chance and the decoded object are the caller's to fill in.
 * False when there is no such cluster, or its text is none that can be read.
 */
bool world_observe(struct world *world, const struct world_key *key, struct arena *arena,
	struct observed *out, struct acceptance_view *acceptance);

/*
 * The round is going to do this: from now on what it creates is there, and what it deletes is
 * ending. `uid` is the cluster's, here and below: another cluster of that name is not touched.
 * True where nobody answered the last time that this was asked for.
 */
bool world_expect(struct world *world, const struct world_key *key, struct str uid,
	const struct action *action);

/* How a write ended. */
struct world_outcome {
	enum action_kind action;
	enum child_kind child;
	struct str name, group;
	struct str object_uid; /* of what became ours, or is it no more; else "" */
	int code;              /* HTTP's; 0 when it was never tried */
	bool taken;            /* refused: somebody else has the name */
	struct str message;    /* the API server's */
};

/* It was done, or is done no more: what is expected of it is told by a watch. */
void world_write_done(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome);
/*
 * It was refused: nothing is expected of it, and the next rounds are told why. False where it was
 * before, for all that is known.
 */
bool world_write_refused(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome);
/*
 * Nobody knows whether it was done. Such a pod is kept (observed.doubts), whatever becomes of later
 * tries, so that the next one is of that very pod; all else is asked for again as if it had not
 * been. From the second round in a row on the next rounds are told why; true the second time.
 */
bool world_write_unanswered(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome);
/* It was not tried, and will not be. */
void world_write_withdrawn(struct world *world, const struct world_key *key, struct str uid,
	const struct world_outcome *outcome);
/* A round begins. What was refused and it does not ask for again is no trouble any more. */
void world_forget_unasked(struct world *world, const struct world_key *key, struct str uid,
	const struct round *round);
/*
 * The status as the API server has it after a write of ours; what a watch tells of older versions
 * does not replace it. Where one has told of somebody else's meanwhile, the cluster has changed.
 */
void world_wrote_status(struct world *world, const struct world_key *key, struct str uid,
	const struct json_node *object, struct arena *arena);

/*
 * What is expected for longer than this is looked up (reconcile.c); what nobody answered for, and
 * was not tried again, when an API server has given up every request of that time.
 */
enum { WORLD_PATIENCE_S = 30, WORLD_DOUBT_S = 90 };

/* The name of a pod or Service of which no watch has told in all that time. */
struct world_doubt {
	enum child_kind child;
	struct str name;
};
/* In the arena. `*next` is when to look again (clock_now()); 0 when nothing is expected. */
size_t world_doubts(struct world *world, const struct world_key *key, struct arena *arena,
	struct world_doubt **out, int64_t *next);

/* status_pace_take() of the cluster. The answer is true where there is none, whose write then
 * fails. */
bool world_may_write_status(struct world *world, const struct world_key *key, struct str uid,
	uint64_t gravity, int64_t *due);

/* Whether a status that may wait is to wait still; `*due` is when to ask again (status_pace.h). */
bool world_holds_status(struct world *world, const struct world_key *key, struct str uid,
	const struct status_hold *hold, int64_t *due);
/* Whether this Event, a hash, is none of the cluster's last few; it is one of them from now on. */
bool world_tells(struct world *world, const struct world_key *key, struct str uid, uint64_t event);

/*
 * A round has ended with nothing refused. If it also looked after the children that no watch tells
 * of (observed.first), that need not be done again for ROUND_RESYNC_S, until another generation, or
 * until what was refused is accepted.
 */
void world_checked(struct world *world, const struct world_key *key, struct str uid);
/* It did not look after those, or not all that it asked for was done. */
void world_unchecked(struct world *world, const struct world_key *key, struct str uid);
