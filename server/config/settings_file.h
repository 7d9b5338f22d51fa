/* The text of the --config file as nodes. */
#pragma once

#include "base/err.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

/* A YAML map of option names to values, in the arena; an empty file is an error, too. */
bool settings_file_read(struct arena *arena, struct str file, const struct json_node **root,
	struct err *err) MUST_CHECK;
