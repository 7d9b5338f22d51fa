/* The steps of plan_modern(), each in a file of its own. */
#pragma once

#include "server/children/child.h"
#include "server/children/pod.h"
#include "server/plan/round.h"

enum modern_phase {
	MODERN_RUNS,
	MODERN_SUSPENDING, /* its pods are being deleted; what the spec says by now waits */
	MODERN_SUSPENDED,
};

/* One round of one cluster. */
struct modern {
	const struct observed *seen;
	struct round *round;
	struct child_context c;
	enum modern_phase phase; /* as its status has it; modern_suspend_next() says what is next */
	uint64_t dice;           /* names are drawn with it */
	size_t room;             /* pods that may still be asked for in this round */
	bool adopts;             /* first its pods are to be its own again */
};

/* A run of pods, in the arena. */
struct pod_run {
	const struct observed_pod **items;
	size_t count;
};

/* --- modern_suspend.c --- */

enum modern_phase modern_phase_of(const struct observed *seen);
/* What it is after this round. */
enum modern_phase modern_phase_next(struct modern *m);

/* --- modern_pods.c: which pods are ours, and which of them count --- */

/* Pods of a group that this cluster owns, all but those of a Redis' cleanup. */
struct pod_run modern_pods_of(const struct modern *m, enum pod_role role, struct str group);
/* It has ended, and nobody starts it again. */
bool modern_pod_failed(const struct observed_pod *pod);
/* Of one that is being deleted: it may still do something; looks again when that is over. */
bool modern_pod_ends(struct modern *m, const struct observed_pod *pod);
/* Its node has not been heard of for too long; looks again when that is so. modern_lost.c */
bool modern_pod_lost(
	struct modern *m, const struct ray_group *group, const struct observed_pod *pod);
/* Why such a worker goes. */
#define MODERN_LOST "its node has not been heard of for long"
/* Why one goes whose replica has hosts that the spec by now does not have. */
#define MODERN_WIDER "its replica has more hosts than numOfHosts"
/* Seconds until a pod that failed may be replaced; 0: now. */
int64_t modern_pod_rests(const struct observed_pod *pod, int64_t now);
/* What the pod that comes in its place has as `failed_before`. */
int32_t modern_pod_streak(const struct observed_pod *pod, int64_t now);
/*
 * Of one replica, by its name and its index: the name alone may be the template's or a webhook's.
 * Pods without a name are of a time when the group had single hosts: each is alone.
 */
bool modern_pods_belong(const struct observed_pod *a, const struct observed_pod *b);
/* The better of two to keep: the one that does more, then the older one. */
int modern_pod_order(const struct observed_pod *a, const struct observed_pod *b);
void modern_pods_sort(struct pod_run *run); /* the best first */
void modern_pods_drop(struct pod_run *run, size_t index);

/* --- modern_edit.c: the actions --- */

void modern_delete(
	struct modern *m, const struct observed_pod *pod, const char *reason, const char *why);
/*
 * Asks for the pod under a name that no other has, or that of the one which may be there already in
 * that very place. `failed_before` as in observed_pod.
 */
void modern_create(struct modern *m, struct json_edit *body, const struct ray_group *group,
	const struct pod_place *place, int32_t failed_before);
/* Whether one of observed.doubts is a worker that the group, as it is now, could have in its place.
 */
bool modern_may_be_there(
	const struct modern *m, const struct ray_group *group, const struct observed_pod *doubt);
/* Five characters as the API server draws them. */
struct str modern_suffix(struct modern *m);

/* --- the rest, in the order in which they are done --- */

/* Of a cluster that is being deleted: nothing of ours may hold it. */
void modern_let_go(const struct observed *seen, struct round *round);
void modern_children(struct modern *m);
/*
 * The name of the head's Service is somebody else's: workers would join whatever stands behind it,
 * such as another cluster's head. KubeRay makes no pods either where it cannot make that Service.
 */
bool modern_head_service_is_anothers(const struct observed *seen, const struct child_context *c);
/*
 * Whether that may be, for all that is known: the first time. Where it was refused for another
 * reason there is none of that name, and workers that wait for it do no harm.
 */
bool modern_head_service_is_needed(const struct observed *seen, const struct child_context *c);
/* False where the workers are to be left alone as well. */
bool modern_head(struct modern *m);
void modern_groups(struct modern *m);

/* While what was accepted is not known: only what is asked to go does. */
void modern_shrink(struct modern *m);
/* What a group asks for, whatever its greatest size is; 0 where it is suspended. */
int64_t modern_replicas_asked(const struct raycluster *cluster, const struct ray_group *group);

/* How many pods a group may have: what it asks for, or, while its spec is not accepted, had. */
int64_t modern_pods_wanted(const struct modern *m, const struct ray_group *group);

/* What one group lacks, once what is too much of it was deleted. */
struct group_need {
	const struct ray_group *group;
	int64_t hosts;        /* pods that a replica is made of */
	int64_t replicas;     /* that are missing … */
	int64_t granted;      /* … and are made in this round */
	struct pod_run ended; /* that failed, and whose place is free now */
};

/* --- modern_workers.c: groups whose replicas are single pods; modern_hosts.c: the others --- */

void modern_settle_workers(struct modern *m, struct group_need *need);
void modern_settle_hosts(struct modern *m, struct group_need *need);
/* Takes away what is too much or given up, replica by replica, of however many hosts each is. */
void modern_shrink_hosts(struct modern *m, const struct ray_group *group);
/* The pods of the run that can still be counted on; those that ended go to need->ended. */
void modern_drop_ended(struct modern *m, struct group_need *need, struct pod_run *run);
/* By name, in scaleStrategy.workersToDelete. */
bool modern_is_given_up(const struct ray_group *group, const struct observed_pod *pod);
/* Where nobody but us takes workers away. */
bool modern_picks_victims(const struct modern *m);
/* Why some go that are not named. */
const char *modern_why_fewer(const struct ray_group *group);
