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

/* Keys of one schema mostly differ in their lengths and ends. */
static inline size_t schema_slot(const char *key, size_t len)
{
	if (len == 0)
		return 0;
	return (len * 5 + (unsigned char)key[0] * 3 + (unsigned char)key[len - 1]) % SCHEMA_SLOTS;
}

const struct schema_field *schema_row_of_escaped(
	const struct schema *schema, const struct json_node *key) COLD;

/* The row of that key, NULL when there is none. The index is that of the schema. */
static inline const struct schema_field *schema_row(
	const struct schema *schema, const struct schema_index *index, const struct json_node *key)
{
	const struct str name = {key->at, key->len};

	if (key->escaped)
		return schema_row_of_escaped(schema, key);
	for (size_t slot = schema_slot(name.at, name.len); index->slots[slot];
		slot = (slot + 1) % SCHEMA_SLOTS) {
		const struct schema_field *const row = &schema->fields[index->slots[slot] - 1];

		if (row->key_len == name.len && str_same(row->key, name.at, name.len))
			return row;
	}
	return NULL;
}
