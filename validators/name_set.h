/* The names of things in an object, to look many others up among them. */
#pragma once

#include "base/mem.h"
#include "base/str.h"

/* In byte order; memory of the arena, names of whoever gave them. */
struct name_set {
	struct str *items;
	size_t count;
};

/* Room for `most` names; add them with name_set_add(), then name_set_sort() before any look. */
struct name_set name_set_make(struct arena *arena, size_t most);
void name_set_add(struct name_set *set, struct str name);
void name_set_sort(struct name_set *set);

bool name_set_holds(const struct name_set *set, struct str name);
/* A name that was likely meant by a wrong one; the empty str where none is near. */
struct str name_set_nearest(const struct name_set *set, struct str name);
