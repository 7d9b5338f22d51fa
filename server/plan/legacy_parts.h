/* The steps of plan_legacy(), each in a file of its own. */
#pragma once

#include "server/children/legacy_pod.h"
#include "server/plan/modern_parts.h"

/* One round of one legacy cluster: the modern planner's tools, and what this dialect adds. */
struct legacy {
	struct modern m;
	const struct observed_pod *head; /* the one that is kept; NULL where there is none */
	bool head_ended;                 /* one that nobody asked to end: RESTARTS counts it */
	bool updating;                   /* pods of an older spec are there still */
	bool frozen; /* the head's Service is somebody else's: no pod comes, none is made anew */
	bool unsure; /* it may be: the Service is about to be asked for */
	bool adopts; /* it becomes the owner of pods, before which nobody looks for a head */
};

/* The head's podType, and of the others those that are not hidden by one of the same name. */
void legacy_settle_head(struct legacy *l);
void legacy_settle_workers(struct legacy *l);
/* How many pods of a type there are to be, within what was accepted; of the head too. */
int64_t legacy_pods_wanted(const struct legacy *l, const struct ray_group *type);
/* Asks for a pod. */
void legacy_create(struct legacy *l, struct json_edit *body, const struct ray_group *type,
	int32_t failed_before);

/* Asks for the end of the finalizer of 2022: now and then, and of what is being deleted always. */
void legacy_let_go(const struct observed *seen, struct round *round);

/* --- status_legacy.c --- */

/* The last head, as the status remembers it; compared with what is there by legacy_head_ended(). */
bool legacy_head_ended(const struct legacy *l);
void status_legacy(const struct legacy *l);
/* Of a spec that cannot be read, or has no head. */
void status_legacy_unreadable(const struct observed *seen, struct round *round);
