/*
 * A term of leadership: what there is from the moment in which this replica leads until it does no
 * more. Watches of pods, Services and claims, other controllers' Leases, and threads that plan and
 * write; what they find is put into the world, which outlives the term.
 *
 * Writes are made of those dialects alone that term_work() was called for.
 */
#pragma once

#include "server/controller/controller.h"

struct term;

struct term_options {
	const struct controller_options *controller; /* outlives the term */
	struct world *world;
	/* Something is known that was not: rivals, or all of a kind. By any thread. */
	void (*news)(void *context);
	/* As controller_options.blind. */
	void (*blind)(void *context, enum dialect dialect, enum world_kind kind, const char *why);
	void *context;
};

struct term *term_new(const struct term_options *options);
/* On failure a part of it may run: term_stop() it. */
MUST_CHECK bool term_start(struct term *term, struct err *err);
/*
 * When it returns nothing is written and nothing told any more. The threads that plan or write end
 * first, so that nobody is written to once the watches have ended.
 */
void term_stop(struct term *term);
/* After term_stop(). Takes NULL and nulls. */
void term_free(struct term **term);

/* All that is there of a dialect has been told, and whoever else reconciles is known. */
bool term_is_synced(struct term *term, enum dialect dialect);
/* Whether another controller reconciles the dialect; "namespace/holder" into `who`, or "". */
bool term_meets(struct term *term, enum dialect dialect, char who[RIVAL_NAME]);

/*
 * The dialect is reconciled from now on. Before the first cluster is planned, all that were
 * accepted before us are counted, by others or by us when we were last at work.
 */
void term_work(struct term *term, enum dialect dialect);
/* It is reconciled no more: what was asked for and has not begun is withdrawn. */
void term_rest(struct term *term, enum dialect dialect);

/* A cluster is to be looked at: now, or when the round that is at work has ended. */
void term_look(struct term *term, const struct world_key *key);
/* Looks at all once more, if other namespaces than before have a controller of their own. */
void term_look_at_keepers(struct term *term);

struct workqueue_stats term_queue(struct term *term);
