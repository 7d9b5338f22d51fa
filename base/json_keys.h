/*
 * Whether the keys of one object differ: json_read's own business, in linear time for any object.
 */
#pragma once

#include <endian.h>
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

/* `object` is followed up to `end` by key, value, key, …. On false `first` and `again` are set. */
bool json_keys_differ(
	struct json_keys *keys, const struct json_node *object, const struct json_node *end);

/*
 * The first eight bytes of an object's last key, as a number in their order: keys in ascending
 * order, as nearly everybody writes them, are known to differ without comparing each with each. It
 * starts from zero.
 */
static const uint64_t JSON_KEYS_SUSPECT = ~0ull; /* not in order: two may be equal */

enum { JSON_KEYS_HEAD = 8, JSON_KEYS_SHORT = 16 };

/*
 * `key` has no escapes, eight bytes of text from where it begins, and of its own JSON_KEYS_SHORT or
 * less; of a longer one that is the length to give.
 */
static inline uint64_t json_keys_note(uint64_t last, const char *key, size_t len)
{
	/* What of eight bytes, as a number in their order, is a key of that length. */
	static const uint64_t MASKS[JSON_KEYS_SHORT + 1] = {
		0,
		0xFFull << 56,
		0xFFFFull << 48,
		0xFFFFFFull << 40,
		0xFFFFFFFFull << 32,
		0xFFFFFFFFFFull << 24,
		0xFFFFFFFFFFFFull << 16,
		0xFFFFFFFFFFFFFFull << 8,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
		~0ull,
	};
	const uint64_t head = be64toh(str_load8(key));
	const uint64_t kept = head & MASKS[len];

	return kept > last ? kept : JSON_KEYS_SUSPECT;
}
