/*
 * Whether a value is what somebody meant to fill in before the manifest was applied: $NAME,
 * ${NAME},
 * {{ .Values.name }} or <your-name>. It explains a value that is refused and refuses none.
 */
#pragma once

#include <stdbool.h>

#include "api/field.h"

bool unfilled_is_in(struct str text);

/*
 * The same of the value at this place; of one longer than a line never. Where a shell reads it,
 * $NAME and <name> are its own words, and only {{ }} counts.
 */
bool unfilled_is_at(
	struct arena *arena, const struct field_path *at, const struct json_node *value);
