#include "api/schema_index.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static bool lacks(const struct schema *schema, const struct schema_index *index,
	const struct schema_field *row)
{
	return index == schema->older && row->older == SCHEMA_OLDER_LACKS;
}

static void add_row(struct schema_index *index, const struct schema *schema, size_t number)
{
	const struct schema_field *const row = &schema->fields[number];
	const bool older = index == schema->older;
	size_t slot = schema_slot(row->key, row->key_len);

	if (lacks(schema, index, row))
		return;
	while (index->slots[slot])
		slot = (slot + 1) % SCHEMA_SLOTS;
	index->slots[slot] = (uint8_t)(number + 1);
	if (row->required || row->fallback || (older && row->older == SCHEMA_OLDER_ASKS))
		index->asked |= UINT64_C(1) << number;
}

void schema_index_make(const struct schema *schema, struct schema_index *index)
{
	static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;

	assert(schema->count <= SCHEMA_ROWS_MAX);
	pthread_mutex_lock(&one_at_a_time);
	if (!atomic_load_explicit(&index->made, memory_order_relaxed)) {
		for (size_t i = 0; i < schema->count; i++)
			add_row(index, schema, i);
		atomic_store_explicit(&index->made, true, memory_order_release);
	}
	pthread_mutex_unlock(&one_at_a_time);
}

static size_t row_of_escaped(
	const struct schema *schema, const struct schema_index *index, const struct json_node *key)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_field *const row = &schema->fields[i];

		if (json_str_is(key, (struct str){row->key, row->key_len}))
			return lacks(schema, index, row) ? SCHEMA_NO_ROW : i;
	}
	return SCHEMA_NO_ROW;
}

NOINLINE size_t schema_row_of_any(
	const struct schema *schema, const struct schema_index *index, const struct json_node *key)
{
	if (key->escaped)
		return row_of_escaped(schema, index, key);
	if (key->len == 0)
		return SCHEMA_NO_ROW;
	for (size_t slot = schema_slot(key->at, key->len); index->slots[slot];
		slot = (slot + 1) % SCHEMA_SLOTS) {
		const size_t number = index->slots[slot] - 1;
		const struct schema_field *const row = &schema->fields[number];

		if (row->key_len == key->len && str_same(row->key, key->at, key->len))
			return number;
	}
	return SCHEMA_NO_ROW;
}
