/*
 * A schema's rows by their keys, so that decoding an object reads the rows of the members it has
 * and no others. The index is made when it is first asked for.
 */
#pragma once

#include "api/schema.h"

void schema_index_make(const struct schema *schema);

static inline const struct schema_index *schema_index_of(const struct schema *schema)
{
	if (!atomic_load_explicit(&schema->index->made, memory_order_acquire))
		schema_index_make(schema);
	return schema->index;
}

/* The row of that key, NULL when there is none. */
const struct schema_field *schema_row(const struct schema *schema, const struct json_node *key);
