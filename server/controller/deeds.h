/*
 * What a round has done to pods, in few words: those that came and those that went, and why. Told
 * as Events once it is done, one for each kind of deed, so that a hundred workers are one Event.
 */
#pragma once

#include <stddef.h>

#include "server/controller/world.h"
#include "server/kube/recorder.h"

struct write;

enum { DEEDS_MOST = 8 /* kinds; what is of one more is not told */ };

struct deed {
	const char *reason; /* the Event's */
	char *why;          /* "" where nobody asks */
	char *name;         /* of the first pod */
	size_t count;
};

struct deeds {
	struct deed items[DEEDS_MOST];
	size_t count;
};

/* Of a write that has a reason, and was done. */
void deeds_add(struct deeds *deeds, const struct write *write);
void deeds_done(struct deeds *deeds);

void deeds_tell(const struct deeds *deeds, const struct world_key *key, struct str uid,
	void (*tell)(void *context, const struct kube_event *event), void *context);

/* An Event about the RayCluster, normal and without words yet. */
struct kube_event deeds_event(const struct world_key *key, struct str uid);
