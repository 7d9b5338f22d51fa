/*
 * A hash table of items that know their own hash: eight bytes for each place, and no copy of the
 * key. One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every item begins with. */
struct table_item {
	uint32_t hash;
};

/* Start from {0}; table_done() frees the places, never the items. */
struct table {
	struct table_item **slots;
	size_t count, room; /* a power of two, or 0 */
};

/* Whether this is the item that `key` means; of those with its hash alone. */
typedef bool (*table_is_fn)(const struct table_item *item, const void *key);

/* NULL when there is none. */
void *table_find(const struct table *table, uint32_t hash, table_is_fn is, const void *key);
/* An item whose key the table does not have. */
void table_add(struct table *table, struct table_item *item);
/* `next` takes the place of `old`, whose key and hash it has. */
void table_swap(struct table *table, const struct table_item *old, struct table_item *next);
void table_remove(struct table *table, const struct table_item *item);
/*
 * for (size_t at = 0; (item = table_next(table, &at)) != NULL;) … in no order. Nothing is added
 * meanwhile, and what is removed is the item at hand, by table_remove_at().
 */
void *table_next(const struct table *table, size_t *at);
/* What table_next() has just returned; some that it has returned before may come again. */
void table_remove_at(struct table *table, size_t *at);
void table_done(struct table *table);
