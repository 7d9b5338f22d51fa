#include "base/json_keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { FEW_KEYS = 32 /* compared each with each; more go through a table */ };

/* `key` counts nodes from the object; 0 is an empty slot. */
struct json_slot {
	uint32_t hash;
	uint32_t key;
};

void json_keys_done(struct json_keys *keys)
{
	free(keys->slots);
	keys->slots = NULL;
	keys->room = 0;
}

static inline const struct json_node *next_key(const struct json_node *key)
{
	return json_next(key + 1);
}

static bool found_equal(
	struct json_keys *keys, const struct json_node *first, const struct json_node *again)
{
	keys->first = first;
	keys->again = again;
	return false;
}

static struct json_slot *empty_slots(struct json_keys *keys, size_t count)
{
	if (count > keys->room) {
		keys->slots = mem_resize(keys->slots, count * sizeof(*keys->slots));
		keys->room = count;
	}
	memset(keys->slots, 0, count * sizeof(*keys->slots));
	return keys->slots;
}

/* Large objects, and those with escapes in their keys. */
static bool many_differ(
	struct json_keys *keys, const struct json_node *object, const struct json_node *end)
{
	size_t count = 0, room = 16;

	for (const struct json_node *key = object + 1; key < end; key = next_key(key))
		count++;
	while (room < count * 2)
		room *= 2;
	struct json_slot *const slots = empty_slots(keys, room);

	for (const struct json_node *key = object + 1; key < end; key = next_key(key)) {
		const uint64_t hash = json_str_hash(key, hash_process_key());
		const uint32_t high = (uint32_t)(hash >> 32);
		size_t i = hash & (room - 1);

		for (; slots[i].key; i = (i + 1) & (room - 1)) {
			const struct json_node *const other = object + slots[i].key;

			if (slots[i].hash == high && json_str_equal(other, key))
				return found_equal(keys, other, key);
		}
		slots[i] = (struct json_slot){.hash = high, .key = (uint32_t)(key - object)};
	}
	return true;
}

/* Equal keys have equal signatures: the length and the first eight bytes. */
static uint64_t signature(const struct json_node *key)
{
	uint64_t head = 0;

	memcpy(&head, key->at, key->len < 8 ? key->len : 8);
	return head ^ (uint64_t)key->len << 56;
}

bool json_keys_differ(
	struct json_keys *keys, const struct json_node *object, const struct json_node *end)
{
	const struct json_node *seen[FEW_KEYS];
	uint64_t signatures[FEW_KEYS];
	size_t count = 0;

	for (const struct json_node *key = object + 1; key < end; key = next_key(key)) {
		if (count == FEW_KEYS || key->escaped)
			return many_differ(keys, object, end);
		const uint64_t mine = signature(key);

		for (size_t i = 0; i < count; i++) {
			if (signatures[i] == mine && json_str_equal(seen[i], key))
				return found_equal(keys, seen[i], key);
		}
		seen[count] = key;
		signatures[count++] = mine;
	}
	return true;
}
