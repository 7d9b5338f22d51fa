/*
 * Whether the keys of one object differ: json_read's own business, in linear time for any object.
 */
#pragma once

#include <string.h>

#include "base/json_read.h"

struct json_slot;

/* What was read, or the key that stands twice. */
struct json_twice {
	struct json_doc doc;
	uint32_t first, again; /* indices of both nodes; `again` is 0 when there is none */
	struct str key;
};

/* As json_read() without limits.skip, for a caller who says himself where such a key stands. */
bool json_read_twice(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_twice *out, struct err *err) MUST_CHECK;

/* Start from zero; one for a whole text. */
struct json_keys {
	const struct json_node *first, *again; /* the two that do not differ */
	struct json_slot *slots;
	size_t room;
};

/* `first` and `again` stay. */
void json_keys_done(struct json_keys *keys);

/*
 * `object` is followed up to `end` by key, value, key, …, or by keys alone when they are `bare`.
 * On false `first` and `again` are set.
 */
bool json_keys_differ(struct json_keys *keys, const struct json_node *object,
	const struct json_node *end, bool bare);

/*
 * A filter has two bits for each key that was noted, or all of them when two keys may be equal:
 * most objects are known to be fine without comparing any keys. It starts from zero.
 */
static const uint64_t JSON_KEYS_SUSPECT = ~0ull;

static inline void json_keys_note(uint64_t *filter, const struct json_node *key, const char *end)
{
	const uint64_t spread = 0x9E3779B97F4A7C15;
	const uint64_t len = key->len;
	uint64_t head;

	if (end - key->at < 8 || key->escaped) {
		*filter = JSON_KEYS_SUSPECT;
		return;
	}
	memcpy(&head, key->at, 8);
	if (len < 8)
		head &= ~(~0ull << len * 8);
	const uint64_t hash = (head ^ len << 56) * spread;
	const uint64_t bits = 1ull << (hash >> 58) | 1ull << (hash >> 52 & 63);

	*filter = (*filter & bits) == bits ? JSON_KEYS_SUSPECT : *filter | bits;
}
