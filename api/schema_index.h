/*
 * A schema's rows by their keys, so that decoding an object reads the rows of the members it has
 * and no others. The index is made when it is first asked for.
 */
#pragma once

#include "api/schema.h"

enum { SCHEMA_KEY_SHORT = 16 }; /* bytes, which are compared without a call */

static const size_t SCHEMA_NO_ROW = SIZE_MAX;

/* Of the schema, or of its older version. */
void schema_index_make(const struct schema *schema, struct schema_index *index);

static inline const struct schema_index *schema_index_of(const struct schema *schema, bool older)
{
	struct schema_index *const index = older && schema->older ? schema->older : schema->index;

	if (!atomic_load_explicit(&index->made, memory_order_acquire))
		schema_index_make(schema, index);
	return index;
}

/* Keys of one schema mostly differ in their lengths and ends; of an empty one nobody asks. */
static inline size_t schema_slot(const char *key, size_t len)
{
	return (len * 5 + (unsigned char)key[0] * 4 + (unsigned char)key[len - 1] * 2) %
	       SCHEMA_SLOTS;
}

/* Of any key; schema_row() is quick about those that most are. */
size_t schema_row_of_any(
	const struct schema *schema, const struct schema_index *index, const struct json_node *key);

/* The number of the row with that key, SCHEMA_NO_ROW without one. The index is one of
 * the schema's. */
static inline size_t schema_row(
	const struct schema *schema, const struct schema_index *index, const struct json_node *key)
{
	const struct str name = {key->at, key->len};

	if (key->escaped || name.len == 0 || name.len > SCHEMA_KEY_SHORT)
		return schema_row_of_any(schema, index, key);
	/* Of a free slot that is SCHEMA_NO_ROW. */
	const size_t number = (size_t)index->slots[schema_slot(name.at, name.len)] - 1;

	if (number == SCHEMA_NO_ROW)
		return number;
	const struct schema_field *const row = &schema->fields[number];

	if (row->key_len == name.len && str_same(row->key, name.at, name.len))
		return number;
	return schema_row_of_any(schema, index, key);
}
