/* A watch of one dialect's pods, Services or claims that tells the world. */
#pragma once

#include <stdatomic.h>

#include "server/controller/world.h"
#include "server/kube/reflector.h"

struct feed {
	/* What the owner fills in. */
	struct kube_client *client;
	struct world *world;
	enum dialect dialect;
	enum world_kind kind;
	const char *namespace;       /* the one that is watched; NULL for all */
	void (*told)(void *context); /* all that is there has been told */
	/* It cannot be followed any more, and why; NULL: that is over. */
	void (*blind)(void *context, enum dialect dialect, enum world_kind kind, const char *why);
	void *context;

	struct kube_reflector *reflector;
	atomic_bool synced;
	bool in_trouble;
};

/* The feed must stay where it is until feed_stop(). */
MUST_CHECK bool feed_start(struct feed *feed, struct err *err);
/* Also of one that never started. */
void feed_stop(struct feed *feed);
bool feed_is_synced(const struct feed *feed);
