/*
 * What one round of reconciling does: the actions that a planner asks for, and when to look again
 * if nothing happens until then. A planner is a pure function of what is observed.
 *
 * The runtime performs them: creates of one round at once, bounded, each cluster in its turn; then
 * the cluster is planned anew. What is asked for and not yet told by a watch is in the next
 * `observed` as a pod without uid, or a pod that is `deleting`, so nothing is asked for twice.
 */
#pragma once

#include "base/json_edit.h"
#include "server/plan/action_kind.h"
#include "server/plan/observed.h"

/* What a controller creates. */
enum child_kind {
	CHILD_POD,
	CHILD_SERVICE,
	CHILD_SERVICE_ACCOUNT,
	CHILD_ROLE,
	CHILD_ROLE_BINDING,
	CHILD_SECRET,
	CHILD_VOLUME_CLAIM,
	CHILD_REVISION, /* of what was accepted; another one takes its place */
	CHILD_KINDS,
};
/* "Pod", "Service", …, as Kubernetes calls them. */
extern const char *const CHILD_KIND_NAMES[CHILD_KINDS];

/*
 * Whether a status may be kept back, so that one write says what several would have said. It then
 * waits until the round's other writes are done, and for calm_ms after that; where writes queue up
 * (writers_are_busy()) until that has passed, for busy_ms at most.
 */
struct round_leave {
	bool waits;
	int32_t calm_ms, busy_ms;
};

struct action {
	enum action_kind kind;
	enum child_kind child;  /* of a create */
	struct json_edit *body; /* the round's: round_done() frees it */
	struct str name;        /* of what is created or deleted */
	struct str uid;         /* of what is deleted */
	int64_t revision;       /* of a CHILD_REVISION */
	bool needed; /* where it is refused, or an account not made, the pods wait for the next
			round */
	/* Of a create of a pod: how it counts until a watch tells of it. */
	struct observed_pod expected;
	/* Of a pod that comes or goes, for the log and the Event when it did; of an Event its
	 * parts. */
	bool warning;
	const char *reason;       /* CamelCase */
	struct str message;       /* of a delete: why */
	struct round_leave leave; /* of a status */
};

struct round {
	struct arena *arena;
	struct action *actions; /* in the order in which they begin; pods may finish in any */
	size_t count, room;
	int64_t again; /* seconds from now; 0: only when something happens */
	bool checks;   /* where it is the first one: it looks after what no watch tells of */
	bool onward;   /* the next round goes by the status that this one writes, and is due then */
};

enum {
	ROUND_CREATES_MAX = 64, /* pods asked for in one round; the next one asks for more */
	ROUND_RESYNC_S = 300,   /* as KubeRay's: what no watch tells of is looked at so often */
};

void round_init(struct round *round, struct arena *arena);
void round_done(struct round *round);
/* Appends one that is all zero but for its kind. Valid until the next call. */
struct action *round_add(struct round *round, enum action_kind kind);
/* Whether what was refused is asked for again, by what the round has until now. */
bool round_asks_again(const struct round *round, const struct observed_failure *failure);
/* Looks again in so many seconds, or sooner. */
void round_again(struct round *round, int64_t seconds);

/* A planner; by dialect. */
typedef void (*plan_fn)(const struct observed *observed, struct round *round);
