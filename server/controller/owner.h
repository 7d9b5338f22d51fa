/* Whose an object is: its controller, as its metadata says. */
#pragma once

#include "base/json_read.h"
#include "server/controller/world.h"
#include "server/plan/round.h"

/* The reference to its controller, by the object's metadata; NULL where it has none. */
const struct json_node *owner_controller(const struct json_node *meta);
/* In the words of owner_in_the_way(): there is nothing to do about that one. */
#define OWNER_GOES "it goes with that one"
/*
 * Why that one is in the way of a child of the cluster of this key, whose it is not, and the way
 * out: a sentence's end, in the arena.
 */
struct str owner_in_the_way(struct arena *arena, const struct json_node *object,
	const struct world_key *key, enum child_kind child);
