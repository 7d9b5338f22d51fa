/*
 * Whether an error is one of many others: by their fingerprints, each of which is made once. A
 * thousand errors that are compared with a thousand would hash what they have read a million times.
 */
#pragma once

#include "api/field.h"

struct field_prints {
	uint64_t *here; /* in order, once sorted */
	uint64_t *moved;
	size_t count;
};

/* Empty, with room for that many. */
struct field_prints field_prints_for(struct arena *arena, size_t most);
void field_prints_add(struct field_prints *prints, const struct field_error *error);
/* Once, behind the last that is added. */
void field_prints_sort(struct field_prints *prints);
bool field_prints_have(const struct field_prints *prints, const struct field_error *error);
/*
 * Whether it may be one of `old` that an item put in front of it has moved: no more than there were
 * are there now, of which `now` has all.
 */
bool field_prints_have_moved(const struct field_prints *old, const struct field_prints *now,
	const struct field_error *error);
