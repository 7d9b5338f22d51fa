/*
 * The ledger: what each namespace's clusters are charged, so that a quota can be held. It is kept
 * in the process. Offline it counts what the process itself admits, until it is deleted. Before a
 * cluster it counts what a watch tells of the RayClusters that are there, and what was admitted but
 * was not seen yet: for 30 s at most, as another webhook may have refused it. Two processes can
 * admit at the same moment what only one of them could have; a ledger kept in the cluster, which
 * answers the same calls, cannot.
 *
 * Thread-safe: one mutex, private to the file, held for a few look-ups.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/quantity.h"
#include "base/str.h"

struct ledger;

struct ledger_amount {
	struct str name; /* in the words of ResourceQuota */
	struct quantity value;
};

/* Who is charged: the same cluster always has the same key, however often it is sent. */
struct ledger_key {
	struct str group, kind, namespace, name;
	/*
	 * Of the request: counts where there is no name yet. Only a request that is repeated has
	 * the same one again; a uid in the object itself is another object's, from which it was
	 * copied.
	 */
	struct str uid;
};

struct ledger_claim {
	struct ledger_key key;
	const struct ledger_amount *charge; /* what it costs by the policy's measure */
	size_t charge_count;
	const struct ledger_amount *hard; /* the quota of its namespace */
	size_t hard_count;
	struct str
		owner; /* whose clusters (account_used_for()) it is to take the place of; or "" */
	bool raises;   /* the charge is more than it was: only then can it be refused */
	bool dry_run;  /* judged, not recorded */
};

enum ledger_answer {
	LEDGER_FITS,
	LEDGER_EXCEEDED,
	LEDGER_BUSY, /* cannot be said now: 429, and the client asks again */
	LEDGER_FULL, /* the process keeps no more clusters than this */
};

enum {
	LEDGER_EXCESS_MAX = 16,
	LEDGER_UNSEEN_SECONDS = 30, /* that what was admitted counts without being seen */
};

/* Of each amount that does not fit. */
struct ledger_excess {
	struct str name;                   /* borrowed from the claim's hard */
	struct quantity hard, used, asked; /* used: by the others */
};

struct ledger_result {
	enum ledger_answer answer;
	struct ledger_excess excess[LEDGER_EXCESS_MAX];
	size_t excess_count;
};

/* One that keeps count by itself, of at most `clusters_max` clusters. */
struct ledger *ledger_new(size_t clusters_max);
/* One that is told what is there: LEDGER_BUSY for what raises a charge, until ledger_set_known().
 */
struct ledger *ledger_new_watched(size_t clusters_max);
void ledger_free(struct ledger **ledger);

/* Replaces what the same key was charged before. An amount that the charge lacks costs nothing. */
void ledger_reserve(
	struct ledger *ledger, const struct ledger_claim *claim, struct ledger_result *out);
/* Forgets the key; nothing happens when it is not there. */
void ledger_release(struct ledger *ledger, const struct ledger_key *key);

/* Of a ledger that is watched: a cluster is there and is charged this; it is gone. */
void ledger_see(struct ledger *ledger, const struct ledger_key *key,
	const struct ledger_amount *charge, size_t charge_count);
void ledger_unsee(struct ledger *ledger, const struct ledger_key *key);
/* All clusters that are there have been told once. */
void ledger_set_known(struct ledger *ledger);
/* They are charged by another measure from now on, and will be told again: BUSY until then. */
void ledger_start_over(struct ledger *ledger);
/* How many clusters are kept. */
size_t ledger_count(struct ledger *ledger);
