/*
 * The text of a file as people see it: its lines, and where in them a place is. Looks forward or
 * back from where it looked last, so that going through a file costs one pass.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct source {
	const char *name; /* as the user gave it; "<stdin>" for - */
	struct str text;
	/* Whether it has line ends that editors and libyaml count in different ways; seen late. */
	enum { SOURCE_LINES_UNSEEN, SOURCE_LINES_PLAIN, SOURCE_LINES_ODD } lines;
	/* The line that was looked at last, and the place in it: a line may be megabytes long. */
	size_t offset, length;
	uint32_t line; /* its number, from 1 */
	size_t place;  /* bytes of the line before the place */
	uint32_t column;
};

/* Name and text stay the caller's. A byte order mark is passed over. */
void source_init(struct source *source, const char *name, struct str text);
/* A line without its end; the empty str (`at` is NULL) when there is none, or lines are odd. */
struct str source_line(struct source *source, uint32_t line);
/* The line before a place and from it on; false when source_line() has none. */
bool source_split(struct source *source, uint32_t line, uint32_t column, struct str *before,
	struct str *rest);
/* Line and column, both from 1, the column in characters, of a place in the text. */
void source_place(struct source *source, const char *at, uint32_t *line, uint32_t *column);
uint32_t source_characters(struct str s);
