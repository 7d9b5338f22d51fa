#include "api/schema.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "api/schema_index.h"
#include "api/schema_unknown.h"
#include "api/schema_value.h"

enum { FEW_ITEMS = 8 }; /* of a list with unique keys: compared each with each */

struct keyed_item {
	uint64_t hash;
	size_t index;
	const struct json_node *node;
};

static int by_hash_then_index(const void *a, const void *b)
{
	const struct keyed_item *const x = a;
	const struct keyed_item *const y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* An absent key field takes the default that the CRD gives it, or the empty value. */
static const struct json_node *key_value(const struct schema_decoder *d,
	const struct schema *schema, const struct json_node *item, const char *key);

static uint64_t key_hash(
	const struct schema_decoder *d, const struct schema_value *v, const struct json_node *item)
{
	uint64_t hash = 0;

	for (const char *const *key = v->row->unique; *key; key++)
		hash = hash * 31 + json_hash(key_value(d, v->row->of, item, *key));
	return hash;
}

static void report_duplicate(const struct schema_decoder *d, const struct schema_value *v,
	const struct keyed_item *item, size_t first)
{
	const size_t index = item->index;
	const char *const key = v->row->unique[0];
	const struct json_node *const value = json_get(item->node, key);
	const struct field_fact wrong =
		schema_fact(SCHEMA_RULE_DUPLICATE, FIELD_DUPLICATE, FIELD_READS(value));

	if (v->row->unique[1])
		field_add(d->errors, FIELD_INDEX(SCHEMA_AT(v), index), &wrong,
			"item %zu has the same %s and %s", first, key, v->row->unique[1]);
	else
		field_add(d->errors, FIELD_CHILD(FIELD_INDEX(SCHEMA_AT(v), index), key), &wrong,
			"item %zu has the same %s; each may stand here once", first, key);
}

/* Nearly always the first key tells two items apart. What is no object has none of them. */
static bool same_keys(const struct schema_decoder *d, const struct schema_value *v,
	const struct json_node *a, const struct json_node *b)
{
	if (a->kind < JSON_OBJECT || b->kind < JSON_OBJECT)
		return false;
	for (const char *const *key = v->row->unique; *key; key++) {
		if (!json_equal(
			    key_value(d, v->row->of, a, *key), key_value(d, v->row->of, b, *key)))
			return false;
	}
	return true;
}

/* Each is compared with those before it. */
static void compare_few(const struct schema_decoder *d, const struct schema_value *v)
{
	const struct json_node *items[FEW_ITEMS];

	for (struct json_iter it = json_iter(v->node); json_next_item(&it);) {
		size_t first = 0;

		items[it.index] = it.value;
		while (first < it.index && !same_keys(d, v, items[first], it.value))
			first++;
		if (first < it.index)
			report_duplicate(d, v, &(struct keyed_item){0, it.index, it.value}, first);
	}
}

static void compare_many(const struct schema_decoder *d, const struct schema_value *v, size_t count)
{
	struct keyed_item *const keyed = arena_array(d->arena, count, sizeof(*keyed));
	size_t objects = 0;

	for (struct json_iter it = json_iter(v->node); json_next_item(&it);) {
		if (it.value->kind >= JSON_OBJECT)
			keyed[objects++] =
				(struct keyed_item){key_hash(d, v, it.value), it.index, it.value};
	}
	qsort(keyed, objects, sizeof(*keyed), by_hash_then_index);
	for (size_t i = 1, first = 0; i < objects; i++) {
		if (keyed[i].hash != keyed[first].hash)
			first = i;
		else
			report_duplicate(d, v, &keyed[i], keyed[first].index);
	}
}

NOINLINE static void check_unique(
	const struct schema_decoder *d, const struct schema_value *v, size_t count)
{
	if (count <= FEW_ITEMS)
		compare_few(d, v);
	else
		compare_many(d, v, count);
}

static struct str label_of(
	const struct schema_decoder *d, const struct schema *schema, const struct json_node *item)
{
	const struct json_node *const name =
		schema->label.len ? json_get_str(item, schema->label) : NULL;

	return json_is(name, JSON_STRING) ? json_str(d->arena, name) : (struct str){0};
}

/* The memory layout of every SCHEMA_LIST_OF, whatever its items are. */
struct any_list {
	const struct json_node *node;
	void *items;
	size_t count;
} MAY_ALIAS;

static bool has_memory(const struct schema_decoder *d, size_t more)
{
	const size_t saved = d->sharing ? d->sharing->saved : 0;

	return d->memory_max == 0 || d->arena->used + saved + more <= d->memory_max;
}

COLD NOINLINE static void report_size(
	const struct schema_decoder *d, const struct schema_value *v, size_t count)
{
	const struct field_fact wrong =
		schema_fact(SCHEMA_RULE_RANGE, FIELD_TOO_MANY, FIELD_READS(v->node));

	field_add(d->errors, SCHEMA_AT(v), &wrong,
		"the object is larger than can be judged: %zu items stand here", count);
}

static void decode_item(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *node, const struct field_path *at, void *out)
{
	if (node->kind == JSON_NULL)
		schema_wrong_object(d, schema, node, at);
	else
		schema_decode(d, schema, node, at, out);
}

/* One at a time: each is zeroed and filled while it is in the cache. */
static void *keep_items(const struct schema_decoder *d, const struct schema_value *v, size_t count)
{
	const struct schema *const of = v->row->of;
	/* The items' paths hang on the list's, which stands on the stack of whoever decodes it. */
	const struct field_path *const up = schema_at_kept(d->arena, v);
	struct field_path *at = arena_take(d->arena, count * sizeof(*at));
	char *const items = arena_take(d->arena, count * of->size);
	char *item = items;

	for (struct json_iter it = json_iter(v->node); json_next_item(&it); item += of->size) {
		field_path_item(at, up, it.index, label_of(d, of, it.value));
		memset(item, 0, of->size);
		decode_item(d, of, it.value, at++, item);
	}
	return items;
}

NOINLINE static void look_at_items(const struct schema_decoder *d, const struct schema_value *v)
{
	const struct schema *const of = v->row->of;
	const struct field_path *const up = SCHEMA_AT(v);

	for (struct json_iter it = json_iter(v->node); json_next_item(&it);)
		decode_item(
			d, of, it.value, FIELD_ITEM(up, it.index, label_of(d, of, it.value)), NULL);
}

void schema_decode_list(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	const size_t size = v->row->kept ? v->row->of->size : 0;
	const size_t count = json_count(v->node);
	void *items = NULL;

	if (v->node->kind != JSON_ARRAY) {
		schema_wrong_list(d, v);
		return;
	}
	/* A list beyond the bound is reported and counts as absent. */
	if (size && !has_memory(d, count * (size + sizeof(struct field_path)))) {
		report_size(d, v, count);
		return;
	}
	if (size)
		items = keep_items(d, v, count);
	else
		look_at_items(d, v);
	if (v->row->unique && count > 1)
		check_unique(d, v, count);
	SCHEMA_STORE(out, v, struct any_list, v->node, items, count);
}

static bool is_copy(const struct schema_decoder *d, const struct json_node *node)
{
	const struct schema_sharing *const sharing = d->sharing;

	return sharing->node && str_eq(json_raw(sharing->node), json_raw(node)) &&
	       has_memory(d, sharing->cost);
}

/* `out` is the object's own struct. */
static void decode_shared(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	const struct schema_object self = {v->node, schema_at_kept(d->arena, v)};
	const size_t errors = d->errors->count + d->errors->dropped;
	const size_t used = d->arena->used;

	if (is_copy(d, v->node)) {
		memcpy(out, d->sharing->decoded, v->row->of->size);
		memcpy(out, &self, sizeof(self));
		d->sharing->saved += d->sharing->cost;
		return;
	}
	schema_decode(d, v->row->of, v->node, self.at, out);
	const bool fine =
		v->node->kind == JSON_OBJECT && d->errors->count + d->errors->dropped == errors;

	d->sharing->node = fine ? v->node : NULL;
	d->sharing->decoded = out;
	d->sharing->cost = d->arena->used - used;
}

/* The object's own struct: in that of which it is a member, or apart from it. */
static void *struct_of(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	void *const member = schema_place(out, v);

	if (!v->row->apart)
		return member;
	if (v->node->kind != JSON_OBJECT)
		return NULL;
	return *(void **)member = arena_alloc(d->arena, v->row->of->size);
}

/* Of what is not kept the path need not last. */
NOINLINE static void look_at_object(const struct schema_decoder *d, const struct schema_value *v)
{
	schema_decode(d, v->row->of, v->node, SCHEMA_AT(v), NULL);
}

void schema_decode_object(const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (!schema_place(out, v) || !v->row->of->size)
		look_at_object(d, v);
	else if (v->row->shared && d->sharing)
		decode_shared(d, v, schema_place(out, v));
	else
		schema_decode(
			d, v->row->of, v->node, schema_at_kept(d->arena, v), struct_of(d, v, out));
}

static inline void decode_value(
	const struct schema_decoder *d, const struct schema_value *v, void *out)
{
	if (!schema_keep_text(v, out))
		SCHEMA_DECODE[v->row->kind](d, v, out);
}

/* A fallback is JSON text of a scalar: its node needs no reader. */
static const struct json_node *fallback_node(struct arena *arena, const char *text)
{
	struct json_node *const node = arena_alloc(arena, sizeof(*node));
	const bool string = text[0] == '"';

	node->at = string ? text + 1 : text;
	node->len = (uint32_t)(strlen(text) - (string ? 2 : 0)) & 0x7FFFFFF;
	node->kind = string ? JSON_STRING : text[0] == 'f' ? JSON_FALSE : JSON_NUMBER;
	node->span = 1;
	return node;
}

static const struct json_node *key_value(const struct schema_decoder *d,
	const struct schema *schema, const struct json_node *item, const char *key)
{
	const struct json_node *const value = json_get(item, key);

	if (json_present(value))
		return value;
	for (size_t i = 0; i < schema->count; i++) {
		if (schema->fields[i].fallback && strcmp(schema->fields[i].key, key) == 0)
			return fallback_node(d->arena, schema->fields[i].fallback);
	}
	return NULL;
}

COLD NOINLINE static void report_missing(const struct schema_decoder *d,
	const struct schema *schema, const struct schema_field *row, const struct field_path *at)
{
	const struct field_fact missing =
		schema_fact(SCHEMA_RULE_REQUIRED, FIELD_REQUIRED, FIELD_READS_NOTHING);

	field_add(d->errors, FIELD_CHILD(at, row->key), &missing, "%s needs it", schema->name);
}

NOINLINE static void decode_fallback(const struct schema_decoder *d, const struct schema_field *row,
	const struct field_path *up, void *out)
{
	const struct schema_value value = {
		.row = row, .node = fallback_node(d->arena, row->fallback), .up = up};

	decode_value(d, &value, out);
}

/* `left` has a bit for each row. */
static void absent_fields(const struct schema_decoder *d, const struct schema *schema,
	uint64_t left, const struct field_path *at, void *out)
{
	for (; left; left &= left - 1) {
		const struct schema_field *const row = &schema->fields[__builtin_ctzll(left)];

		if (row->fallback == NULL)
			report_missing(d, schema, row, at);
		else if (d->crd_defaults)
			decode_fallback(d, row, at, out);
	}
}

/* The bit of a row that counts as seen: that it is not there has been told. */
COLD NOINLINE static uint64_t unknown_field(
	const struct schema_decoder *d, const struct schema_unknown *unknown, void *out)
{
	const struct schema_field *const row = schema_report_unknown(d, unknown);

	if (row == NULL)
		return 0;
	if (row->kind == SCHEMA_OBJECT && row->words && out)
		*(struct schema_object *)(void *)((char *)out + row->offset) =
			(struct schema_object){
				NULL, field_path_child(d->arena, unknown->in.at, row->key)};
	return UINT64_C(1) << (row - unknown->schema->fields);
}

/* Those that are there, and then what is asked for and is not. */
static inline void decode_members(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *object, const struct field_path *at, void *out)
{
	const struct schema_index *const index = schema_index_of(schema, d->older);
	const struct json_node *const end = json_next(object);
	struct schema_value value = {.up = at};
	uint64_t parts = 0;
	uint64_t seen = 0;

	for (const struct json_node *key = object + 1; key != end; key = json_next(key + 1)) {
		const size_t number = schema_row(schema, index, key);

		if (number == SCHEMA_NO_ROW) {
			seen |= unknown_field(
				d, &(struct schema_unknown){schema, {object, at}, key, seen}, out);
			continue;
		}
		value.row = &schema->fields[number];
		value.node = key + 1;
		parts |= UINT64_C(1) << value.row->part;
		if (value.node->kind != JSON_NULL) {
			seen |= UINT64_C(1) << number;
			decode_value(d, &value, out);
		}
	}
	if (d->parts)
		*d->parts |= parts;
	absent_fields(d, schema, index->asked & ~seen, at, out);
}

void schema_decode(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *node, const struct field_path *at, void *out)
{
	assert(schema->fields || schema->open);
	if (!json_present(node))
		return;
	if (node->kind != JSON_OBJECT) {
		schema_wrong_object(d, schema, node, at);
		return;
	}
	if (out)
		*(struct schema_object *)out = (struct schema_object){node, at};
	if (!schema->open && !(schema->heavy && d->shallow))
		decode_members(d, schema, node, at, out);
}

void schema_decode_row(const struct schema_decoder *d, const struct schema_field *row,
	const struct json_node *node, const struct field_path *at, void *out)
{
	if (json_present(node))
		decode_value(d, &(struct schema_value){.row = row, .node = node, .at = at}, out);
}
