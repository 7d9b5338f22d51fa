/*
 * A map from strings to pointers that remembers the order of insertion. Its hash is keyed per
 * process, so that no choice of keys makes it slow. One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

struct strmap_entry {
	struct str key; /* the map's own copy, with a NUL behind it; .at is NULL once removed */
	uint64_t hash;  /* 0 while there are but a few keys */
	void *value;
};

/* Start from `struct strmap map = {0}`; strmap_done() frees it, but not what the values point to.
 */
struct strmap {
	struct strmap_entry *entries; /* in order of insertion, removed ones between them */
	size_t used;                  /* entries, removed ones included */
	size_t count;                 /* keys in the map */
	uint32_t *slots;              /* index into entries + 1, or 0; NULL for a few keys */
	size_t slot_count;            /* a power of two, or 0 */
};

void strmap_done(struct strmap *map);

/* NULL when the key is not there. */
void *strmap_find(const struct strmap *map, struct str key);
/*
 * Maps the key to `value`, which is not NULL, and returns what it was mapped to before (NULL when
 * it is new). A key that is there already keeps its place in the order.
 */
void *strmap_set(struct strmap *map, struct str key, void *value);
/* Takes the key out and returns its value, NULL when it was not there. */
void *strmap_remove(struct strmap *map, struct str key);

/*
 * for (size_t at = 0; (entry = strmap_next(map, &at)) != NULL;) … in order of insertion. Removing
 * keys meanwhile is allowed, setting new ones is not.
 */
const struct strmap_entry *strmap_next(const struct strmap *map, size_t *at);
