#include "base/table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"

enum { ROOM_MIN = 16 };

void *table_find(const struct table *table, uint32_t hash, table_is_fn is, const void *key)
{
	const size_t mask = table->room - 1;

	for (size_t at = hash & mask; table->room && table->slots[at]; at = (at + 1) & mask) {
		if (table->slots[at]->hash == hash && is(table->slots[at], key))
			return table->slots[at];
	}
	return NULL;
}

/* The item's place, or the free one where it would go. */
static size_t slot_of(const struct table *table, const struct table_item *item)
{
	const size_t mask = table->room - 1;
	size_t at = item->hash & mask;

	while (table->slots[at] && table->slots[at] != item)
		at = (at + 1) & mask;
	return at;
}

/* Never more than three of four places are taken. */
static void make_room(struct table *table)
{
	struct table old = *table;

	if (4 * (table->count + 1) <= 3 * table->room)
		return;
	table->room = table->room ? 2 * table->room : ROOM_MIN;
	table->slots = mem_alloc(table->room * sizeof(struct table_item *));
	for (size_t i = 0; i < old.room; i++) {
		if (old.slots[i])
			table->slots[slot_of(table, old.slots[i])] = old.slots[i];
	}
	table_done(&old);
}

void table_add(struct table *table, struct table_item *item)
{
	make_room(table);
	table->slots[slot_of(table, item)] = item;
	table->count++;
}

void table_swap(struct table *table, const struct table_item *old, struct table_item *next)
{
	const size_t at = slot_of(table, old);

	assert(table->slots[at] == old && old->hash == next->hash);
	table->slots[at] = next;
}

/* What stands behind it moves up, so that no search ends early. */
static void make_hole(struct table *table, size_t hole)
{
	const size_t mask = table->room - 1;

	for (size_t at = (hole + 1) & mask; table->slots[at]; at = (at + 1) & mask) {
		const size_t home = table->slots[at]->hash & mask;

		if (((at - home) & mask) < ((at - hole) & mask))
			continue;
		table->slots[hole] = table->slots[at];
		hole = at;
	}
	table->slots[hole] = NULL;
	table->count--;
}

void table_remove(struct table *table, const struct table_item *item)
{
	const size_t at = slot_of(table, item);

	assert(table->slots[at] == item);
	make_hole(table, at);
}

void table_remove_at(struct table *table, size_t *at)
{
	make_hole(table, --*at);
}

void *table_next(const struct table *table, size_t *at)
{
	while (*at < table->room) {
		struct table_item *const item = table->slots[(*at)++];

		if (item)
			return item;
	}
	return NULL;
}

void table_done(struct table *table)
{
	free(table->slots);
	*table = (struct table){0};
}
