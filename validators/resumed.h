/*
 * What a suspended object will be when it is resumed: it has no pods now, but what refuses it then
 * can be told today.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"

/*
 * A copy in which nothing is suspended, neither the object nor its cluster nor a group of that; the
 * groups stand in the same order. The rest is shared with the object. NULL where nothing of it is
 * suspended, or where it has no cluster.
 */
const struct ray_object *resumed_object(struct arena *arena, const struct ray_object *object);

/* The same for one worker group alone, which is put into `out`; no other group is copied. */
const struct ray_object *resumed_group(struct arena *arena, const struct ray_object *object,
	const struct ray_group *group, const struct ray_group **out);

/*
 * What stands in front of a finding of that rule which only holds for the resumed object. `always`:
 * it does not hang on what others use just now.
 */
const char *resumed_words(const struct policy *policy, const char *rule, bool always);
