/*
 * One namespace of the ledger: its clusters, what each is charged, and what they come to together.
 * For ledger.c alone, under its mutex.
 */
#pragma once

#include "base/strmap.h"
#include "base/table.h"
#include "server/quota/ledger.h"

/* A ledger_amount made small, since each cluster has several. */
struct account_amount {
	int64_t whole; /* as a struct quantity_small */
	uint32_t rest;
	uint32_t total; /* index into the account's totals, which has the name */
};

struct account_charge {
	size_t count;
	struct account_amount amounts[];
};

/* A cluster: of each amount the larger of `asked` and `seen` is charged. */
struct account_entry {
	struct table_item item;
	uint32_t key_len;
	struct account_charge *asked; /* what we admitted last, until it is seen; or NULL */
	struct account_charge *seen;  /* what is there; or NULL */
	int64_t until;                /* clock_now() when `asked` ends */
	char key[];
};

/* What all clusters of an account come to together, of one name. */
struct account_total {
	struct quantity sum;
	uint32_t index;
};

/* Of one namespace. */
struct account {
	struct table entries;
	struct strmap names; /* name → struct account_total; stays as long as the account */
	struct account_total **totals; /* the same, by their index */
	size_t asked;                  /* entries that have one */
};

/* Frees what it holds, all entries too. */
void account_free(struct account *account);

/* NULL where there is none, and of no account. */
struct account_entry *account_find(const struct account *account, struct str key);
/* One that has no charge yet; there is none of that key. */
struct account_entry *account_add(struct account *account, struct str key);
/* Whether it holds nothing any more, and so is no entry. */
bool account_is_empty(const struct account_entry *entry);
/* The same in a walk over the entries by table_next(): `entry` is what it has just returned. */
void account_remove_at(struct account *account, size_t *at, struct account_entry *entry);
void account_remove(struct account *account, struct account_entry *entry);

/* What all others than this entry come to; zero of no account. */
struct quantity account_used_by_others(
	const struct account *account, const struct account_entry *entry, struct str name);

/*
 * What the clusters come to that KubeRay has made for the RayJob, RayService or RayCronJob of that
 * name, and called <owner>-…-xxxxx: of each such name, as their owner is not kept. Zero of "".
 */
struct quantity account_used_for(const struct account *account, struct str owner, struct str name);

/* A charge of these amounts; the caller's, until account_replace() takes it over. */
struct account_charge *account_charge(
	struct account *account, const struct ledger_amount *amounts, size_t count);
/* Raises each amount of `charge` to that of `before`, where that is more; `before` may be NULL. */
void account_raise(struct account_charge *charge, const struct account_charge *before);
/* Whether no amount of `seen` is less than that of `asked`, which then need not be kept. */
bool account_covers(const struct account_charge *seen, const struct account_charge *asked);
/*
 * Puts `charge` into *place, which is `asked` or `seen` of the entry; takes it over, and frees what
 * was there.
 */
void account_replace(struct account *account, struct account_entry *entry,
	struct account_charge **place, struct account_charge *charge);
