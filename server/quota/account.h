/*
 * One namespace of the ledger: its clusters, what each is charged, and what they come to together.
 * For ledger.c alone, under its mutex.
 */
#pragma once

#include "base/strmap.h"
#include "base/table.h"
#include "server/quota/ledger.h"

/* Smaller than a ledger_amount, as each cluster has some. */
struct account_amount {
	int64_t whole; /* as a struct quantity_small */
	uint32_t rest;
	uint32_t total; /* of the account: says of what */
};

struct account_charge {
	size_t count;
	struct account_amount amounts[];
};

/* A cluster: of each amount the larger of both counts. */
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

/* Takes all entries along. */
void account_free(struct account *account);

/* NULL where there is none, and of no account. */
struct account_entry *account_find(const struct account *account, struct str key);
/* One that has no charge yet; there is none of that key. */
struct account_entry *account_add(struct account *account, struct str key);
/* Whether it holds nothing any more, and so is no entry. */
bool account_is_empty(const struct account_entry *entry);
/* Of a walk over the entries by table_next(): what it has just returned. */
void account_remove_at(struct account *account, size_t *at, struct account_entry *entry);
void account_remove(struct account *account, struct account_entry *entry);

/* What all others than this entry come to; zero of no account. */
struct quantity account_used_by_others(
	const struct account *account, const struct account_entry *entry, struct str name);

/* Of what the cluster is charged; becomes the caller's, until it is put somewhere. */
struct account_charge *account_charge(
	struct account *account, const struct ledger_amount *amounts, size_t count);
/* To what is in `before`, where that is more; takes NULL. */
void account_raise(struct account_charge *charge, const struct account_charge *before);
/* Whether what is there is at least what was asked for, so that this need not be kept. */
bool account_covers(const struct account_charge *seen, const struct account_charge *asked);
/* Puts a charge in the place of another of the entry's two; takes both over. */
void account_replace(struct account *account, struct account_entry *entry,
	struct account_charge **place, struct account_charge *charge);
