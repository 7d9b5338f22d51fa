/*
 * Whether the keys of one object differ: json_read's own business, in linear time for any object.
 */
#pragma once

#include "base/json_read.h"

struct json_slot;

/* Start from zero; one for a whole text. */
struct json_keys {
	const struct json_node *first, *again; /* the two that do not differ */
	struct json_slot *slots;
	size_t room;
};

void json_keys_done(struct json_keys *keys);

/*
 * `object` is followed up to `end` by key, value, key, …, or by keys alone when they are `bare`.
 * On false `first` and `again` are set.
 */
bool json_keys_differ(struct json_keys *keys, const struct json_node *object,
	const struct json_node *end, bool bare);
