/*
 * Why a text is no YAML, in words that say what to mend: from what libyaml says of it, and from
 * what stands there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

/* Lines and columns from 0, in characters, as libyaml counts them. */
struct yaml_mark {
	size_t line, column;
};

struct yaml_fault {
	const char *problem, *context; /* libyaml's words; NULL for none */
	struct yaml_mark at, from; /* of the problem, and of what has it where there is a context */
	size_t first_line;         /* of the text, from 1 */
};

/* "line 3, column 5: a tab cannot indent, only spaces can"; returns false. */
bool yaml_fault_tell(struct str text, const struct yaml_fault *fault, struct err *err);

/* What is said of the mark with which a template begins: {{ of Go's, {% of Jinja's. */
#define YAML_UNFILLED                                                                              \
	" looks like a template that was not filled in: render it first, with helm template, say"
