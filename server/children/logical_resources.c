#include "server/children/logical_resources.h"

#include <stdlib.h>

#include "base/json_edit.h"
#include "base/yaml_float.h"

void logical_resources_set(struct logical_resources *resources, struct str name, double value)
{
	for (size_t i = 0; i < resources->count; i++) {
		if (str_eq(resources->items[i].name, name)) {
			resources->items[i].value = value;
			return;
		}
	}
	if (resources->count == resources->room) {
		const size_t room = resources->room ? resources->room * 2 : 8;

		resources->items = arena_grow(resources->arena, resources->items,
			resources->room * sizeof(*resources->items),
			room * sizeof(*resources->items));
		resources->room = room;
	}
	resources->items[resources->count++] = (struct logical_resource){name, value};
}

bool logical_resources_has(const struct logical_resources *resources, struct str name)
{
	for (size_t i = 0; i < resources->count; i++) {
		if (str_eq(resources->items[i].name, name))
			return true;
	}
	return false;
}

static struct str without_quotes(struct str text)
{
	static const char QUOTES[] = "'\"` ";

	while (text.len && strchr(QUOTES, text.at[0]))
		text = str_from_offset(text, 1);
	while (text.len && strchr(QUOTES, text.at[text.len - 1]))
		text.len--;
	return text;
}

bool logical_resources_read(struct logical_resources *resources, struct str text)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 4, .nodes = 2000};
	struct json_doc doc;
	struct err err;

	if (!json_read(resources->arena, arena_str(resources->arena, without_quotes(text)), &LIMITS,
		    &doc, &err) ||
		!json_is(doc.root, JSON_OBJECT))
		return false;
	for (struct json_iter it = json_iter(doc.root); json_next_member(&it);) {
		double value;

		if (!json_double(it.value, &value))
			return false;
		logical_resources_set(resources, json_str(resources->arena, it.key), value);
	}
	return true;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(((const struct logical_resource *)a)->name,
		((const struct logical_resource *)b)->name);
}

/* Go writes these three of a string so that HTML cannot take them for markup. */
static void add_escaped(struct str text, struct buf *out)
{
	for (size_t i = 0; i < text.len; i++) {
		if (strchr("<>&", text.at[i]))
			buf_printf(out, "\\u%04x", (unsigned)text.at[i]);
		else
			buf_add_char(out, text.at[i]);
	}
}

struct str logical_resources_print(struct logical_resources *resources)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct json_edit *object = json_edit_object();

	if (resources->count > 1)
		qsort(resources->items, resources->count, sizeof(*resources->items), by_name);
	for (size_t i = 0; i < resources->count; i++) {
		CLEANUP(buf_done) struct buf number = {0};

		yaml_float_add(&number, resources->items[i].value);
		json_edit_set(object, resources->items[i].name, json_edit_raw(buf_str(&number)));
	}
	CLEANUP(buf_done) struct buf text = {0};

	json_edit_print(object, &text);
	json_edit_free(&object);
	buf_add_char(&out, '\'');
	add_escaped(buf_str(&text), &out);
	buf_add_char(&out, '\'');
	return arena_str(resources->arena, buf_str(&out));
}
