/*
 * Who performs what rounds ask for: a bounded number of threads, and of each cluster a lane of
 * writes that wait. A thread takes the next write of the next lane, so however much one cluster
 * asks for, another one's first write is among the next few.
 *
 * Of one lane a write of a later stage begins when all of the stages before it have ended. A write
 * is performed once: where it has no answer the next round asks for it anew, as things are by then.
 *
 * Thread-safe: one mutex, private to writers.c, never held while something is performed.
 */
#pragma once

#include "base/attr.h"
#include "server/controller/world.h"

/* In the order in which a round performs them. */
enum write_stage {
	WRITE_FIRST,    /* of the RayCluster itself, which the rest counts on */
	WRITE_CHILDREN, /* all but pods */
	WRITE_PODS,
	WRITE_STATUS,
};

struct write {
	struct world_key key; /* the write's own, as all strings */
	struct str uid;       /* of the cluster */
	enum write_stage stage;
	enum action_kind action;
	enum child_kind child;
	struct str name, group, object_uid;
	struct str body;
	int64_t revision;   /* of what was accepted */
	const char *reason; /* what an Event calls it once it is done; NULL: none tells of it */
	struct str why;
	bool look;   /* nothing is written: is it there? */
	bool aside;  /* nothing hangs on it: where it is refused, the rest of its cluster goes on */
	bool needed; /* where it is refused, or is an account not made, its pods are withdrawn */
	bool loud;   /* a status that the next round goes by */
	bool slow;   /* nobody answered the last time it was asked for, so it may hang for long */
	/* The writers' own. */
	struct write *next;
	struct arena arena;
};

enum write_end {
	WRITE_DONE,
	WRITE_REFUSED,
	WRITE_UNDONE,   /* done, and taken back: what is told of that is no news */
	WRITE_GIVEN_UP, /* no answer, or none that says whether it was done */
};

/* How a round has ended: all of its writes have. */
enum writers_end {
	WRITERS_BADLY,       /* some were refused or given up */
	WRITERS_UNDONE,      /* the same, and something was done and taken back */
	WRITERS_BADLY_ASKED, /* the same, and meanwhile somebody asked for the cluster */
	WRITERS_WELL,
	/* Only a status was written that nothing hangs on, and nobody asked for the cluster. */
	WRITERS_QUIETLY,
};

struct deeds;

struct writers_options {
	size_t threads;
	enum write_end (*perform)(void *context, const struct write *write);
	/* It will not be performed: one like it was not done, or its cluster is gone. */
	void (*withdrawn)(void *context, const struct write *write);
	void (*finished)(
		void *context, const struct world_key *key, struct str uid, enum writers_end end);
	void *context;
	/* What a round did that is to be told, before it is finished; may be NULL. */
	void (*did)(void *context, const struct world_key *key, struct str uid,
		const struct deeds *deeds);
};

struct writers;

struct writers *writers_new(const struct writers_options *options);
/* Without threads writers_step() performs. */
MUST_CHECK bool writers_start(struct writers *writers, struct err *err);
/* Nothing is begun any more; returns when nothing is at work. What waits is dropped. */
void writers_stop(struct writers *writers);
/* Takes NULL and nulls; stops first. */
void writers_free(struct writers **writers);

/* One to be filled; strings go into its arena. It is given to writers_submit(). */
struct write *write_new(void);
/* Takes NULL and nulls. */
void write_free(struct write **write);
/* With all that follow it; takes NULL. */
void write_free_all(struct write *write);

/* A round of one cluster, by stages; the list is theirs from now on. */
void writers_submit(struct writers *writers, struct write *first);
/*
 * Returns when fewer than WRITERS_WAITING_MOST wait, or the end has come: who plans faster than is
 * written would fill the memory with pods. A round may exceed it.
 */
void writers_wait_for_room(struct writers *writers);
/* Whether so much waits that what is in no hurry should not be asked for now. */
bool writers_are_busy(struct writers *writers);
/* Whether a round of it is at work, which then does not end quietly. */
bool writers_busy(struct writers *writers, const struct world_key *key);
/* The cluster is gone: what waits of it is withdrawn. */
void writers_drop(struct writers *writers, const struct world_key *key);

/* Performs the next write in the caller's thread; false when there is none now. */
bool writers_step(struct writers *writers);

enum { WRITERS_THREADS = 8, WRITERS_WAITING_MOST = 512 };
/*
 * Of one cluster at a time, so that slow ones leave somebody for the others; and so many until the
 * first of a stage has an answer, since whose writes hang has all that it began hang for long.
 */
enum { WRITERS_LANE_MOST = 6, WRITERS_LANE_FIRST = 2 };
/* Of all clusters at a time, where it is known that they may hang. */
enum { WRITERS_SLOW_MOST = 3 };
/* Writes that wait when that is much: some tenths of a second of a small control plane. */
enum { WRITERS_WAITING_MUCH = 64 };
