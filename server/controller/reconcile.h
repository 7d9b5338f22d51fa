/*
 * One look at one cluster: what is there of it, what was settled, what its dialect's planner asks
 * for; and that handed to the writers. By one thread, which never waits for the API server.
 */
#pragma once

#include "server/controller/workqueue.h"
#include "server/controller/writers.h"
#include "server/kube/recorder.h"

/* What the server that a reconciler runs in gives and hears. By any thread. */
struct reconciler_server {
	/* The policy in force, held from one call to the other. */
	const struct policy *(*policy)(void *context);
	void (*policy_done)(void *context, const struct policy *policy);
	/* How long a look took, and a cluster until it was ready. Or NULL. */
	void (*looked)(void *context, enum dialect dialect, int64_t nanoseconds);
	void (*ready)(void *context, enum dialect dialect, int64_t seconds);
	void *context;
};

struct reconciler_options {
	struct world *world;
	struct workqueue *queue;
	struct writers *writers;
	plan_fn plans[DIALECTS]; /* by enum dialect */
	struct str domain;       /* of the cluster's DNS; "" is cluster.local */
	struct reconciler_server server;
	/* Whether this cluster is ours to reconcile just now. */
	bool (*may)(void *context, const struct world_key *key);
	/* Whether somebody else is at it. */
	bool (*is_left)(void *context, const struct world_key *key);
	/* Or NULL. */
	void (*tell)(void *context, const struct kube_event *event);
	void *context;
};

struct reconciler;

struct reconciler *reconciler_new(const struct reconciler_options *options);
/* Takes NULL and nulls. */
void reconciler_free(struct reconciler **reconciler);

/* Looks at the next cluster whose turn it is; false when there is none now. */
bool reconciler_step(struct reconciler *reconciler);
/* Until the queue is stopped. */
void reconciler_run(struct reconciler *reconciler);
/*
 * Settles what was accepted before this process began, before anything new is: else what came last
 * could take the room of what is there.
 */
void reconciler_recall(struct reconciler *reconciler, const struct world_key *key);

/* For the writers: a round has ended. */
void reconciler_finished(struct reconciler *reconciler, const struct world_key *key, struct str uid,
	enum writers_end end);
