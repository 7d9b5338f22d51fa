/*
 * The ledger: what each namespace's clusters are charged, so that a quota can be held. This one
 * keeps the count in the process, from what the process itself admits; it is what `serve --offline`
 * has. The calls are those that a ledger kept in the cluster answers too, which is why a
 * reservation can be BUSY.
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
	struct str uid; /* counts where there is no name: the object's, or else the request's */
};

struct ledger_claim {
	struct ledger_key key;
	const struct ledger_amount *charge; /* what it costs by the policy's measure */
	size_t charge_count;
	const struct ledger_amount *hard; /* the quota of its namespace */
	size_t hard_count;
	bool raises;  /* the charge is more than it was: only then can it be refused */
	bool dry_run; /* judged, not recorded */
};

enum ledger_answer {
	LEDGER_FITS,
	LEDGER_EXCEEDED,
	LEDGER_BUSY, /* cannot be said now: 429, and the API server asks again */
	LEDGER_FULL, /* the process keeps no more clusters than this */
};

enum { LEDGER_EXCESS_MAX = 16 };

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

/* Keeps at most `clusters_max` clusters. */
struct ledger *ledger_new(size_t clusters_max);
void ledger_free(struct ledger **ledger);

/* Replaces what the same key was charged before. An amount that the charge lacks costs nothing. */
void ledger_reserve(
	struct ledger *ledger, const struct ledger_claim *claim, struct ledger_result *out);
/* Forgets the key; nothing happens when it is not there. */
void ledger_release(struct ledger *ledger, const struct ledger_key *key);
/* How many clusters are kept. */
size_t ledger_count(struct ledger *ledger);
