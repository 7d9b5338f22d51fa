/*
 * How names of one kind are made: for api/names.c (which checks) and api/name_suggest.c, and for
 * who checks texts that are made like names.
 */
#pragma once

#include "api/names.h"

enum name_class {
	NAME_LOWER = 1,
	NAME_UPPER = 2,
	NAME_DIGIT = 4,
	NAME_DASH = 8,
	NAME_UNDERSCORE = 16,
	NAME_DOT = 32,
	NAME_OTHER = 64, /* may stand in no name */
};

/* Sets of enum name_class for the first, the inner and the last byte. */
struct name_shape {
	size_t max; /* 0: no limit */
	unsigned first, inner, last;
	char filler;       /* stands in for what may not be */
	const char *wrong; /* NULL: the kind has no shape of this sort */
};

/* Never NULL; `wrong` in it may be. */
const struct name_shape *name_shape(enum name_kind kind);
unsigned name_class(char c);
/* Of all the bytes together. */
unsigned name_classes(struct str name);
/* How many bytes in front are of these classes. */
size_t name_span(struct str name, unsigned classes);
/* Whether all bytes are of their sets; the length is not looked at, but there is one. */
bool name_fits_shape(const struct name_shape *shape, struct str name);
