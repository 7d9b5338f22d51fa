/*
 * The embedded controller: while this replica leads, and nobody else reconciles, RayClusters become
 * pods. RayClusters are known all the time, their pods and Services only while we lead.
 *
 * Threads of its own, while it leads: one that plans, WRITERS_THREADS that write, one for each
 * watch, and one for other controllers' Leases.
 */
#pragma once

#include "server/controller/reconcile.h"
#include "server/controller/rivals.h"

struct controller;

/* Why the clusters of a dialect are not reconciled here. */
enum controller_state {
	CONTROLLER_STANDS_BY, /* this replica does not lead */
	CONTROLLER_READS,     /* not all has been told yet */
	CONTROLLER_YIELDS,    /* another controller reconciles them */
	CONTROLLER_UNPLANNED, /* nobody can plan this dialect */
	CONTROLLER_WORKS,
	CONTROLLER_STATES,
};

struct controller_options {
	struct kube_client *client;
	const char *host; /* this replica, in Events */
	struct str domain;
	const char *watched;           /* the one namespace that is looked at; NULL for all */
	const char *namespace, *lease; /* of our own election */
	plan_fn plans[DIALECTS];       /* by enum dialect; NULL is none */
	size_t threads;                /* that write; 0 is WRITERS_THREADS */
	int64_t gap;                   /* ns between two looks at a cluster */
	struct reconciler_server server;
	/* By any thread, and none may be NULL. */
	void (*count)(void *context, const char *kind, const char *result);
	/* Whether the Lease is ours at this very moment; asked before each write. */
	bool (*leads)(void *context);
	/* `who` is the other controller, or "". */
	void (*state)(
		void *context, enum dialect dialect, enum controller_state state, const char *who);
	/* What it needs cannot be followed while it leads, and why; NULL: that is over. Or NULL.
	 */
	void (*blind)(void *context, enum dialect dialect, enum world_kind kind, const char *why);
	void *context;
};

struct controller *controller_new(const struct controller_options *options);
/* Takes NULL and nulls; ceases to lead first. Nobody may be telling any more. */
void controller_free(struct controller **controller);

/* What the watch of RayClusters tells, whether we lead or not. */
void controller_see(struct controller *controller, enum dialect dialect,
	const struct json_node *object, struct arena *arena);
void controller_unsee(
	struct controller *controller, enum dialect dialect, struct str namespace, struct str name);
/* All will be told anew. */
void controller_listing(struct controller *controller, enum dialect dialect);
/* All of a dialect have been told; or there is no such kind, and nothing to do. */
void controller_told(struct controller *controller, enum dialect dialect);

/* We lead from now on. */
MUST_CHECK bool controller_lead(struct controller *controller, struct err *err);
/* When it returns nothing is written any more. May be called again. */
void controller_yield(struct controller *controller);
/* The policy is another one: everything is judged anew. */
void controller_policy_changed(struct controller *controller);

struct controller_stats {
	struct world_tally clusters[DIALECTS]; /* by enum dialect */
	size_t pods[DIALECTS];
	struct workqueue_stats queue;
};
struct controller_stats controller_stats(struct controller *controller);
