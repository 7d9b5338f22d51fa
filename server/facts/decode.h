/* From an object as the API server sends it to the few fields that a preflight reads. */
#pragma once

#include "server/facts/facts.h"

/*
 * The entry in memory of `arena`, strings included: a struct facts_quota, facts_limit_range,
 * facts_store or node_shape; for kinds that are only looked up by name, any address that is not
 * NULL. NULL where the object holds nothing that is looked at. What cannot be read counts as
 * absent: the API server has checked it, and we judge other people's objects by it, not it.
 */
void *facts_decode(struct arena *arena, enum facts_kind kind, const struct json_node *object);
