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

/* Equal keys have equal signatures: of the length, and of bytes from both ends. */
static uint64_t signature(const struct json_node *key)
{
	const char *const at = key->at;
	const size_t len = key->len;
	uint64_t bytes = 0;

	if (len >= 8)
		bytes = str_load8(at);
	else if (len >= 4)
		bytes = str_load4(at) | (uint64_t)str_load4(at + len - 4) << 32;
	else if (len > 0)
		bytes = (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << 8 |
			(uint64_t)(unsigned char)at[len - 1] << 16;
	return bytes ^ (uint64_t)len << 56;
}

/* One of 64 bits: most keys of an object have different ones. */
static uint64_t bit_of(uint64_t signature)
{
	return UINT64_C(1) << (signature * UINT64_C(0x9E3779B97F4A7C15) >> 58);
}

/* The quick way for few keys; false tells nothing. */
static bool bits_differ(const struct json_node *object, const struct json_node *end)
{
	uint64_t bits = 0;

	for (const struct json_node *key = object + 1; key < end; key = next_key(key)) {
		const uint64_t bit = bit_of(signature(key));

		if (key->escaped || (bits & bit))
			return false;
		bits |= bit;
	}
	return true;
}

static bool each_differ(
	struct json_keys *keys, const struct json_node *object, const struct json_node *end)
{
	const struct json_node *seen[FEW_KEYS];
	uint64_t signatures[FEW_KEYS];
	uint64_t bits = 0;
	size_t count = 0;

	for (const struct json_node *key = object + 1; key < end; key = next_key(key)) {
		if (count == FEW_KEYS || key->escaped)
			return many_differ(keys, object, end);
		const uint64_t mine = signature(key);

		for (size_t i = 0; (bits & bit_of(mine)) && i < count; i++) {
			if (signatures[i] == mine && json_str_equal(seen[i], key))
				return found_equal(keys, seen[i], key);
		}
		bits |= bit_of(mine);
		seen[count] = key;
		signatures[count++] = mine;
	}
	return true;
}

bool json_keys_differ(
	struct json_keys *keys, const struct json_node *object, const struct json_node *end)
{
	return bits_differ(object, end) || each_differ(keys, object, end);
}
