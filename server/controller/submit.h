/* From the actions of a round to writes, Events and what is expected of them. */
#pragma once

#include "server/controller/workqueue.h"
#include "server/controller/writers.h"
#include "server/kube/recorder.h"

struct submit_to {
	struct world *world;
	struct workqueue *queue;
	struct writers *writers;
	void (*tell)(void *context, const struct kube_event *event); /* or NULL */
	void *context;
};

struct submitted {
	size_t writes;
	bool becomes_ready; /* the status that is written says so for the first time */
};

struct submitted submit(const struct submit_to *to, const struct world_key *key,
	const struct observed *seen, const struct round *round);
/* Looks at what no watch has told of for long; false when there is nothing of that kind. */
bool submit_doubts(struct world *world, struct writers *writers, const struct world_key *key,
	struct arena *arena);
