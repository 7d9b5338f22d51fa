/* The annotation by which an object says that it knows of a warning and wants to hear no more. */
#pragma once

#include "validators/rule.h"

/* Ids of rules, parted by commas. */
#define SILENCE_ANNOTATION "raygate.dev/silence"

/* The list of an object; "" without one, and for one that is too long to be read. */
struct str silence_ids(const struct ray_object *object, struct arena *arena);
bool silence_names(struct str ids, const struct rule *rule);
/*
 * Tells, once an id, that the object names a rule whose finding is an error all the same, which
 * no rule can know before everything is found; or a warning alone because it was there before.
 */
void silence_tell_vain(const struct ray_object *object, struct field_errors *errors,
	const struct rule *rule, bool was_there);
