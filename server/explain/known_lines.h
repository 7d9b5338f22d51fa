/* What a line in a log means, where it is one that many have met. */
#pragma once

#include "base/str.h"

struct known_line {
	const char *words; /* stand in the line */
	const char *meaning;
	const char *advice;
};

/*
 * The line of a log that tells the most: the last one that is known, else the last that speaks of
 * an error, else the last; without control characters, and the empty str of an empty log. `known`
 * may come back NULL.
 */
struct str known_line_of_log(struct str log, const struct known_line **known);
/* The last line that speaks of an error, of a container that runs; or the empty str. */
struct str known_line_error(struct str log, const struct known_line **known);
