/* What a YAML scalar means, as JSON text: base/yaml's own business. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum yaml_as {
	YAML_AS_RESOLVED, /* plain and without a tag: what it looks like */
	YAML_AS_STRING,
	YAML_AS_INTEGER,
	YAML_AS_FLOAT,
	YAML_AS_BOOLEAN,
	YAML_AS_NULL,
	YAML_AS_BINARY,
	YAML_AS_MERGE,
};

/* What a tag asks for; `tag` is NULL when there is none, `plain` when it is to be resolved. */
enum yaml_as yaml_scalar_as(const char *tag, bool plain);
/* Whether it is the merge key `<<`. */
bool yaml_scalar_is_merge(struct str value, enum yaml_as as);

/* Appends the JSON value, or for a key the JSON string. `err` is set without a place. */
bool yaml_scalar_add(struct buf *out, struct str value, enum yaml_as as, struct err *err);
bool yaml_scalar_add_key(struct buf *out, struct str value, enum yaml_as as, struct err *err);
