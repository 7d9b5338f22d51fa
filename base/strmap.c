#include "base/strmap.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

enum {
	FEW = 8, /* keys that are compared one by one, which is less work than a hash */
	SLOTS_MIN = 2 * FEW,
};

void strmap_done(struct strmap *map)
{
	for (size_t i = 0; i < map->used; i++)
		mem_free(&map->entries[i].key.at);
	free(map->entries);
	free(map->slots);
	*map = (struct strmap){0};
}

/*
 * The slot of the key, or the free one where it would go. A removed entry keeps its slot until the
 * next rebuild, so that the search goes on behind it.
 */
static size_t slot_of(const struct strmap *map, struct str key, uint64_t hash)
{
	size_t slot = hash & (map->slot_count - 1);

	for (; map->slots[slot] != 0; slot = (slot + 1) & (map->slot_count - 1)) {
		const struct strmap_entry *const entry = &map->entries[map->slots[slot] - 1];

		if (entry->key.at && entry->hash == hash && str_eq(entry->key, key))
			break;
	}
	return slot;
}

static struct strmap_entry *find_among_few(const struct strmap *map, struct str key)
{
	for (size_t i = 0; i < map->used; i++) {
		if (map->entries[i].key.at && str_eq(map->entries[i].key, key))
			return &map->entries[i];
	}
	return NULL;
}

/* Nobody asks for it while keys are few. */
static uint64_t hash_of(const struct strmap *map, struct str key)
{
	return map->slot_count ? hash_str(hash_process_key(), key) : 0;
}

static struct strmap_entry *find(const struct strmap *map, struct str key, uint64_t hash)
{
	if (map->slot_count == 0)
		return find_among_few(map, key);
	const uint32_t index = map->slots[slot_of(map, key, hash)];

	return index ? &map->entries[index - 1] : NULL;
}

static void drop_removed(struct strmap *map)
{
	size_t kept = 0;

	for (size_t i = 0; i < map->used; i++) {
		if (map->entries[i].key.at)
			map->entries[kept++] = map->entries[i];
	}
	map->used = kept;
}

/* At least four slots for each key. */
static void make_slots(struct strmap *map)
{
	const bool hashed = map->slot_count > 0;
	size_t slot_count = SLOTS_MIN;

	while (slot_count < map->count * 4)
		slot_count *= 2;
	assert(slot_count <= UINT32_MAX);
	map->entries = mem_resize(map->entries, slot_count / 2 * sizeof(*map->entries));
	free(map->slots);
	map->slots = mem_alloc(slot_count * sizeof(*map->slots));
	map->slot_count = slot_count;
	for (size_t i = 0; i < map->used; i++) {
		struct strmap_entry *const entry = &map->entries[i];

		if (!hashed)
			entry->hash = hash_str(hash_process_key(), entry->key);
		map->slots[slot_of(map, entry->key, entry->hash)] = (uint32_t)i + 1;
	}
}

/* Room for one more. */
static void make_room(struct strmap *map)
{
	if (map->entries == NULL) {
		map->entries = mem_alloc(FEW * sizeof(*map->entries));
		return;
	}
	if (map->used < (map->slot_count ? map->slot_count / 2 : FEW))
		return;
	drop_removed(map);
	if (map->slot_count || map->used == FEW)
		make_slots(map);
}

void *strmap_find(const struct strmap *map, struct str key)
{
	const struct strmap_entry *const entry = find(map, key, hash_of(map, key));

	return entry ? entry->value : NULL;
}

void *strmap_set(struct strmap *map, struct str key, void *value)
{
	const bool few = map->slot_count == 0;
	uint64_t hash = hash_of(map, key);
	struct strmap_entry *const old = find(map, key, hash);

	assert(value);
	if (old) {
		void *const before = old->value;

		old->value = value;
		return before;
	}
	make_room(map);
	assert(map->entries);
	if (few)
		hash = hash_of(map, key);
	if (map->slots)
		map->slots[slot_of(map, key, hash)] = (uint32_t)map->used + 1;
	map->entries[map->used++] = (struct strmap_entry){{mem_copy(key), key.len}, hash, value};
	map->count++;
	return NULL;
}

void *strmap_remove(struct strmap *map, struct str key)
{
	struct strmap_entry *const entry = find(map, key, hash_of(map, key));

	if (entry == NULL)
		return NULL;
	mem_free(&entry->key.at);
	map->count--;
	return entry->value;
}

const struct strmap_entry *strmap_next(const struct strmap *map, size_t *at)
{
	while (*at < map->used) {
		const struct strmap_entry *const entry = &map->entries[(*at)++];

		if (entry->key.at)
			return entry;
	}
	return NULL;
}
