#include "validators/defaults_record.h"

#include "validators/defaults.h"

static const struct json_limits RECORD_LIMITS = {
	.bytes = DEFAULTS_RECORD_MAX, .depth = 16, .nodes = DEFAULTS_RECORD_MAX};

const struct json_node *record_read(
	struct arena *arena, const struct ray_object *object, struct str *problem)
{
	const struct json_node *const value =
		json_get(object->meta.annotations.node, DEFAULTS_ANNOTATION);
	struct json_doc doc;
	struct err err;

	*problem = (struct str){0};
	if (!json_is(value, JSON_STRING))
		return NULL;
	if (!json_read(arena, json_str(arena, value), &RECORD_LIMITS, &doc, &err)) {
		*problem = arena_str(arena, str_from(err.text));
		return NULL;
	}
	if (!json_is(doc.root, JSON_OBJECT)) {
		*problem = STR("it is no JSON object");
		return NULL;
	}
	return doc.root;
}

static const struct json_node *pod_record(
	const struct json_node *record, const struct pod_place *place)
{
	const struct json_node *const pod =
		place->is_head_group ? json_get(record, "head")
				     : json_get_str(json_get(record, "groups"), place->group);

	return json_is(pod, JSON_OBJECT) ? pod : NULL;
}

static void read_entries(
	const struct unit_section *section, const struct json_node *map, struct unit_list *out)
{
	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		struct unit unit = {section, json_str(out->arena, it.key), it.value, NULL};

		if (section->shape == UNIT_RESOURCE) {
			unit.value = json_get(it.value, "requests");
			unit.limit = json_get(it.value, "limits");
		}
		if ((unit.value || unit.limit) && !unit_list_has(out, &unit))
			unit_add(out, unit);
	}
}

static void read_items(
	const struct unit_section *section, const struct json_node *list, struct unit_list *out)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");
		const struct unit unit = {section,
			section->shape == UNIT_NAMED ? json_str(out->arena, name) : (struct str){0},
			it.value, NULL};

		if (!unit_list_has(out, &unit))
			unit_add(out, unit);
	}
}

void record_units(
	const struct json_node *record, const struct pod_place *place, struct unit_list *out)
{
	const struct json_node *const pod = pod_record(record, place);
	const bool same_container = json_str_is(json_get(pod, "container"), place->container_name);

	for (size_t i = 0; pod && i < UNIT_SECTION_COUNT; i++) {
		const struct unit_section *const section = &UNIT_SECTIONS[i];
		const struct json_node *const node = json_get(pod, section->name);

		if (node == NULL || (section->place == UNIT_IN_CONTAINER && !same_container))
			continue;
		if (section->shape == UNIT_SCALAR)
			unit_add(out, (struct unit){section, STR(""), node, NULL});
		else if (section->shape == UNIT_NAMED || section->shape == UNIT_ITEM)
			read_items(section, node, out);
		else
			read_entries(section, node, out);
	}
}

static void write_resource(const struct unit *unit, struct buf *out)
{
	buf_add_char(out, '{');
	if (unit->value) {
		buf_add_cstr(out, "\"requests\":");
		buf_add(out, json_raw(unit->value));
	}
	if (unit->limit) {
		buf_printf(out, "%s\"limits\":", unit->value ? "," : "");
		buf_add(out, json_raw(unit->limit));
	}
	buf_add_char(out, '}');
}

static void write_unit(const struct unit *unit, struct buf *out)
{
	if (unit->section->shape == UNIT_RESOURCE || unit->section->shape == UNIT_ENTRY) {
		buf_add_json_str(out, unit->key);
		buf_add_char(out, ':');
	}
	if (unit->section->shape == UNIT_RESOURCE)
		write_resource(unit, out);
	else
		buf_add(out, json_raw(unit->value));
}

static void write_section(
	const struct unit_section *section, const struct unit_list *units, struct buf *out)
{
	const char *const brackets = unit_brackets(section);
	size_t written = 0;

	for (size_t i = 0; i < units->count; i++) {
		if (units->items[i].section != section)
			continue;
		if (written++ == 0)
			buf_printf(out, ",\"%s\":%.1s", section->name, brackets);
		else
			buf_add_char(out, ',');
		write_unit(&units->items[i], out);
	}
	if (written && brackets[0])
		buf_add_char(out, brackets[1]);
}

void record_add(
	struct record_writer *writer, const struct pod_place *place, const struct unit_list *units)
{
	struct buf *const out = place->is_head_group ? &writer->head : &writer->groups;

	if (units->count == 0)
		return;
	if (!place->is_head_group) {
		if (out->len)
			buf_add_char(out, ',');
		buf_add_json_str(out, place->group);
		buf_add_char(out, ':');
	}
	buf_add_cstr(out, "{\"container\":");
	buf_add_json_str(out, place->container_name);
	for (size_t i = 0; i < UNIT_SECTION_COUNT; i++)
		write_section(&UNIT_SECTIONS[i], units, out);
	buf_add_char(out, '}');
}

struct str record_finish(struct record_writer *writer, struct arena *arena)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (writer->head.len || writer->groups.len) {
		buf_add_char(&text, '{');
		if (writer->head.len) {
			buf_add_cstr(&text, "\"head\":");
			buf_add(&text, buf_str(&writer->head));
		}
		if (writer->groups.len) {
			buf_printf(&text, "%s\"groups\":{", writer->head.len ? "," : "");
			buf_add(&text, buf_str(&writer->groups));
			buf_add_char(&text, '}');
		}
		buf_add_char(&text, '}');
	}
	buf_done(&writer->head);
	buf_done(&writer->groups);
	return text.len ? arena_str(arena, buf_str(&text)) : (struct str){0};
}
