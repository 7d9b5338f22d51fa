#include "base/json_edit.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/mem.h"

/* Raw text was read with smaller limits when it came in; these are json_read's own. */
static const struct json_limits LIMITS = {
	.bytes = (128u << 20) - 1,
	.depth = 10000,
	.nodes = UINT32_MAX,
};

/* struct json_edit is never defined: it is cJSON under a name that does not tell. */
static cJSON *item_of(struct json_edit *value)
{
	return (cJSON *)value;
}

static const cJSON *peek(const struct json_edit *value)
{
	return (const cJSON *)value;
}

static struct json_edit *value_of(cJSON *item)
{
	return (struct json_edit *)item;
}

/* Before main, hence before any thread: cJSON's memory is there or ends the process, as ours. */
__attribute__((constructor)) static void use_our_memory(void)
{
	cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = mem_alloc, .free_fn = free});
}

/*
 * cJSON's strings end at a NUL, JSON's may hold one: it is kept as C0 80, which no UTF-8 text has
 * inside.
 */
static char *keep(struct str s)
{
	struct buf out = {0};

	if (str_find(s, '\0') == s.len)
		return mem_copy(s);
	for (size_t end; (end = str_find(s, '\0')) < s.len; s = str_from_offset(s, end + 1)) {
		buf_add(&out, (struct str){s.at, end});
		buf_add(&out, STR("\xC0\x80"));
	}
	buf_add(&out, s);
	return buf_take(&out);
}

static bool keeps(const char *kept, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] == '\0' && kept[0] == '\xC0' && kept[1] == '\x80')
			kept += 2;
		else if (s.at[i] == '\0' || *kept++ != s.at[i])
			return false;
	}
	return *kept == '\0';
}

static cJSON *text_item(int type, char *text)
{
	cJSON *const item = cJSON_CreateNull();

	item->type = type;
	item->valuestring = text;
	return item;
}

struct json_edit *json_edit_null(void)
{
	return value_of(cJSON_CreateNull());
}

struct json_edit *json_edit_bool(bool value)
{
	return value_of(cJSON_CreateBool(value));
}

struct json_edit *json_edit_i64(int64_t value)
{
	struct buf text = {0};

	buf_add_i64(&text, value);
	return value_of(text_item(cJSON_Raw, buf_take(&text)));
}

struct json_edit *json_edit_str(struct str value)
{
	return value_of(text_item(cJSON_String, keep(value)));
}

struct json_edit *json_edit_object(void)
{
	return value_of(cJSON_CreateObject());
}

struct json_edit *json_edit_array(void)
{
	return value_of(cJSON_CreateArray());
}

static cJSON *import(struct arena *arena, const struct json_node *node);

static cJSON *import_container(struct arena *arena, const struct json_node *node, bool object)
{
	cJSON *const container = object ? cJSON_CreateObject() : cJSON_CreateArray();

	for (struct json_iter it = json_iter(node);
		object ? json_next_member(&it) : json_next_item(&it);) {
		cJSON *const item = import(arena, it.value);

		if (object)
			item->string = keep(json_str(arena, it.key));
		cJSON_AddItemToArray(container, item);
	}
	return container;
}

static cJSON *import(struct arena *arena, const struct json_node *node)
{
	switch (json_kind(node)) {
	case JSON_FALSE:
		return cJSON_CreateFalse();
	case JSON_TRUE:
		return cJSON_CreateTrue();
	case JSON_STRING:
		return text_item(cJSON_String, keep(json_str(arena, node)));
	case JSON_ARRAY:
	case JSON_OBJECT:
		return import_container(arena, node, json_kind(node) == JSON_OBJECT);
	case JSON_NUMBER:
	case JSON_SKIPPED:
		return text_item(cJSON_Raw, keep((struct str){node->at, node->len}));
	case JSON_NULL:
		break;
	}
	return cJSON_CreateNull();
}

struct json_edit *json_edit_import(const struct json_node *node)
{
	struct arena arena;

	arena_init(&arena, 4096);
	cJSON *const item = node ? import(&arena, node) : cJSON_CreateNull();

	arena_done(&arena);
	return value_of(item);
}

static cJSON *parse(struct str json)
{
	struct arena arena;
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 4096);
	const bool is_json = json_read(&arena, json, &LIMITS, &doc, &err);

	assert(is_json);
	cJSON *const item = is_json ? import(&arena, doc.root) : cJSON_CreateNull();

	arena_done(&arena);
	return item;
}

struct json_edit *json_edit_raw(struct str json)
{
	json = str_trim(json);
	if (str_starts(json, "{") || str_starts(json, "["))
		return value_of(text_item(cJSON_Raw, keep(json)));
	return value_of(parse(json));
}

struct json_edit *json_edit_copy(const struct json_edit *value)
{
	cJSON *const copy = cJSON_Duplicate(peek(value), true);

	mem_free(&copy->string); /* of the member that it is a copy of */
	return value_of(copy);
}

void json_edit_free(struct json_edit **value)
{
	cJSON_Delete(item_of(*value));
	*value = NULL;
}

static enum json_kind kind_of(const cJSON *item)
{
	switch (item->type & 0xFF) {
	case cJSON_False:
		return JSON_FALSE;
	case cJSON_True:
		return JSON_TRUE;
	case cJSON_String:
		return JSON_STRING;
	case cJSON_Array:
		return JSON_ARRAY;
	case cJSON_Object:
		return JSON_OBJECT;
	case cJSON_Raw:
		if (item->valuestring[0] == '{')
			return JSON_OBJECT;
		return item->valuestring[0] == '[' ? JSON_ARRAY : JSON_NUMBER;
	default:
		return JSON_NULL;
	}
}

static bool is_raw_container(const cJSON *item)
{
	return cJSON_IsRaw(item) && kind_of(item) != JSON_NUMBER;
}

enum json_kind json_edit_kind(const struct json_edit *value)
{
	return value ? kind_of(peek(value)) : JSON_NULL;
}

struct str json_edit_text(const struct json_edit *value)
{
	return str_from(value ? peek(value)->valuestring : NULL);
}

size_t json_edit_count(const struct json_edit *container)
{
	return container ? (size_t)cJSON_GetArraySize(peek(container)) : 0;
}

struct json_edit *json_edit_get(const struct json_edit *object, struct str key)
{
	struct json_edit *member = json_edit_first(object);

	if (json_edit_kind(object) != JSON_OBJECT)
		return NULL;
	while (member && !keeps(peek(member)->string, key))
		member = json_edit_next(member);
	return member;
}

struct json_edit *json_edit_item(const struct json_edit *array, size_t index)
{
	if (json_edit_kind(array) != JSON_ARRAY || index > INT_MAX)
		return NULL;
	return value_of(cJSON_GetArrayItem(peek(array), (int)index));
}

struct json_edit *json_edit_first(const struct json_edit *container)
{
	return container ? value_of(peek(container)->child) : NULL;
}

struct json_edit *json_edit_next(const struct json_edit *value)
{
	return value_of(peek(value)->next);
}

struct str json_edit_key(const struct json_edit *member)
{
	return str_from(peek(member)->string);
}

static bool same_parts(const struct json_edit *a, const struct json_edit *b)
{
	const bool object = json_edit_kind(a) == JSON_OBJECT;
	const struct json_edit *other = json_edit_first(b);

	if (json_edit_count(a) != json_edit_count(b))
		return false;
	for (const struct json_edit *part = json_edit_first(a); part; part = json_edit_next(part)) {
		/* Keys are kept in one way only, so the kept form finds its like. */
		if (object)
			other = json_edit_get(b, json_edit_key(part));
		if (!other || !json_edit_equal(part, other))
			return false;
		other = json_edit_next(other);
	}
	return true;
}

static bool equal_expanded(const struct json_edit *a, const struct json_edit *b)
{
	struct json_edit *left = json_edit_copy(a), *right = json_edit_copy(b);

	json_edit_expand(left);
	json_edit_expand(right);
	const bool equal = same_parts(left, right);

	json_edit_free(&left);
	json_edit_free(&right);
	return equal;
}

bool json_edit_equal(const struct json_edit *a, const struct json_edit *b)
{
	if (!a || !b || json_edit_kind(a) != json_edit_kind(b))
		return a == b;
	if (json_edit_kind(a) != JSON_OBJECT && json_edit_kind(a) != JSON_ARRAY)
		return str_eq(json_edit_text(a), json_edit_text(b));
	if (is_raw_container(peek(a)) || is_raw_container(peek(b)))
		return equal_expanded(a, b);
	return same_parts(a, b);
}

static cJSON *open_container(struct json_edit *container, enum json_kind kind)
{
	assert(json_edit_kind(container) == kind && !is_raw_container(peek(container)));
	return item_of(container);
}

static void give_key(cJSON *item, struct str key)
{
	assert(item->string == NULL);
	item->string = keep(key);
}

void json_edit_set(struct json_edit *object, struct str key, struct json_edit *value)
{
	cJSON *const item = open_container(object, JSON_OBJECT);
	struct json_edit *const old = json_edit_get(object, key);

	give_key(item_of(value), key);
	if (old)
		cJSON_ReplaceItemViaPointer(item, item_of(old), item_of(value));
	else
		cJSON_AddItemToArray(item, item_of(value));
}

void json_edit_add(struct json_edit *array, struct json_edit *value)
{
	cJSON_AddItemToArray(open_container(array, JSON_ARRAY), item_of(value));
}

void json_edit_replace(
	struct json_edit *container, struct json_edit *child, struct json_edit *value)
{
	if (peek(child)->string)
		give_key(item_of(value), json_edit_key(child));
	cJSON_ReplaceItemViaPointer(item_of(container), item_of(child), item_of(value));
}

struct json_edit *json_edit_take(struct json_edit *container, struct json_edit *child)
{
	cJSON *const item = cJSON_DetachItemViaPointer(item_of(container), item_of(child));

	mem_free(&item->string);
	return value_of(item);
}

bool json_edit_remove(struct json_edit *object, struct str key)
{
	struct json_edit *member = json_edit_get(object, key);

	if (member == NULL)
		return false;
	member = json_edit_take(object, member);
	json_edit_free(&member);
	return true;
}

void json_edit_put(struct json_edit *object, const char *key, struct json_edit *value)
{
	json_edit_set(object, str_from(key), value);
}

void json_edit_put_str(struct json_edit *object, const char *key, struct str value)
{
	json_edit_put(object, key, json_edit_str(value));
}

void json_edit_put_cstr(struct json_edit *object, const char *key, const char *value)
{
	json_edit_put(object, key, json_edit_str(str_from(value)));
}

void json_edit_put_i64(struct json_edit *object, const char *key, int64_t value)
{
	json_edit_put(object, key, json_edit_i64(value));
}

void json_edit_put_bool(struct json_edit *object, const char *key, bool value)
{
	json_edit_put(object, key, json_edit_bool(value));
}

struct json_edit *json_edit_put_object(struct json_edit *object, const char *key)
{
	struct json_edit *const made = json_edit_object();

	json_edit_put(object, key, made);
	return made;
}

struct json_edit *json_edit_put_array(struct json_edit *object, const char *key)
{
	struct json_edit *const made = json_edit_array();

	json_edit_put(object, key, made);
	return made;
}

void json_edit_expand(struct json_edit *value)
{
	cJSON *const item = item_of(value);

	if (!is_raw_container(item))
		return;
	cJSON *const read = parse(str_from(item->valuestring));

	mem_free(&item->valuestring);
	item->type = read->type;
	item->child = read->child;
	read->child = NULL;
	cJSON_Delete(read);
}
