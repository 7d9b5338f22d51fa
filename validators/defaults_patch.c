#include "validators/defaults_patch.h"

#include "api/pointer.h"

/* `value` may be built in a buffer that is gone soon. */
static void add_operation(struct patch_writer *writer, enum patch_verb verb,
	const struct field_path *at, struct str value)
{
	patch_push(writer->arena, &writer->patch,
		(struct patch_step){
			.verb = verb,
			.path = pointer_of_path(writer->arena, at),
			.value = value.len ? arena_str(writer->arena, value) : value,
		});
}

void patch_writer_add(struct patch_writer *writer, const struct field_path *parent,
	const char *member, struct str value)
{
	add_operation(writer, PATCH_ADD, FIELD_CHILD(parent, member), value);
}

void patch_writer_annotate(struct patch_writer *writer, const struct ray_object *object,
	const char *key, struct str text)
{
	CLEANUP(buf_done) struct buf value = {0};
	const struct json_node *const map = object->meta.annotations.node;
	const struct field_path *const meta = FIELD_ROOT("metadata");
	const struct field_path *const annotations = FIELD_CHILD(meta, "annotations");
	const bool there = json_get(map, key) != NULL;

	if (text.len == 0) {
		if (there)
			add_operation(writer, PATCH_REMOVE, FIELD_KEY(annotations, str_from(key)),
				(struct str){0});
		return;
	}
	if (map == NULL) {
		buf_add_char(&value, '{');
		buf_add_json_str(&value, str_from(key));
		buf_add_char(&value, ':');
		buf_add_json_str(&value, text);
		buf_add_char(&value, '}');
		add_operation(writer, PATCH_ADD, annotations, buf_str(&value));
		return;
	}
	buf_add_json_str(&value, text);
	add_operation(writer, there ? PATCH_REPLACE : PATCH_ADD,
		FIELD_KEY(annotations, str_from(key)), buf_str(&value));
}

/* One section of one pod: what its members are, and where it stands. */
struct section_patch {
	struct patch_writer *writer;
	const struct unit_section *section;
	const struct unit_list *units;
	const struct json_node *node; /* what is there already, or NULL */
	const struct field_path *at;
};

static const struct json_node *half(const struct unit *unit, bool limit)
{
	return limit ? unit->limit : unit->value;
}

/* {"cpu":"1","memory":"512Mi"} of the requests or the limits; false when there are none. */
static bool print_half(const struct section_patch *p, bool limit, struct buf *out)
{
	const size_t start = out->len;

	for (size_t i = 0; i < p->units->count; i++) {
		const struct unit *const unit = &p->units->items[i];

		if (unit->section != p->section || half(unit, limit) == NULL)
			continue;
		buf_add_char(out, out->len == start ? '{' : ',');
		buf_add_json_str(out, unit->key);
		buf_add_char(out, ':');
		buf_add(out, json_raw(half(unit, limit)));
	}
	if (out->len > start)
		buf_add_char(out, '}');
	return out->len > start;
}

static void add_half(const struct section_patch *p, bool limit)
{
	const char *const name = limit ? "limits" : "requests";
	const struct field_path *const at = FIELD_CHILD(p->at, name);

	if (!json_present(json_get(p->node, name))) {
		CLEANUP(buf_done) struct buf whole = {0};

		if (print_half(p, limit, &whole))
			add_operation(p->writer, PATCH_ADD, at, buf_str(&whole));
		return;
	}
	for (size_t i = 0; i < p->units->count; i++) {
		const struct unit *const unit = &p->units->items[i];

		if (unit->section == p->section && half(unit, limit))
			add_operation(p->writer, PATCH_ADD, FIELD_KEY(at, unit->key),
				json_raw(half(unit, limit)));
	}
}

static void add_resources(const struct section_patch *p)
{
	if (json_present(p->node)) {
		add_half(p, false);
		add_half(p, true);
		return;
	}
	CLEANUP(buf_done) struct buf whole = {0};

	buf_add_cstr(&whole, "{\"requests\":");
	const size_t before = whole.len;

	if (!print_half(p, false, &whole))
		whole.len = 1;
	const size_t behind = whole.len;

	buf_printf(&whole, "%s\"limits\":", behind > before ? "," : "");
	if (!print_half(p, true, &whole))
		whole.len = behind;
	buf_add_char(&whole, '}');
	add_operation(p->writer, PATCH_ADD, p->at, buf_str(&whole));
}

static void print_entry(const struct unit *unit, struct buf *out)
{
	if (unit->section->shape == UNIT_ENTRY) {
		buf_add_json_str(out, unit->key);
		buf_add_char(out, ':');
	}
	buf_add(out, json_raw(unit->value));
}

/* The value of a section that is not there yet, as a whole. */
static void print_whole(const struct section_patch *p, struct buf *out)
{
	const char *const brackets = unit_brackets(p->section);
	size_t written = 0;

	for (size_t i = 0; i < p->units->count; i++) {
		if (p->units->items[i].section != p->section)
			continue;
		if (brackets[0])
			buf_add_char(out, written++ ? ',' : brackets[0]);
		print_entry(&p->units->items[i], out);
	}
	if (brackets[0])
		buf_add_char(out, brackets[1]);
}

static void add_members(const struct section_patch *p)
{
	for (size_t i = 0; i < p->units->count; i++) {
		const struct unit *const unit = &p->units->items[i];
		const bool map = unit->section->shape == UNIT_ENTRY;

		if (unit->section == p->section)
			add_operation(p->writer, PATCH_ADD,
				map ? FIELD_KEY(p->at, unit->key) : FIELD_CHILD(p->at, "-"),
				json_raw(unit->value));
	}
}

static void add_section(const struct section_patch *p)
{
	if (p->section->shape == UNIT_RESOURCE) {
		add_resources(p);
	} else if (json_present(p->node)) {
		add_members(p);
	} else {
		CLEANUP(buf_done) struct buf whole = {0};

		print_whole(p, &whole);
		add_operation(p->writer, PATCH_ADD, p->at, buf_str(&whole));
	}
}

static bool has_section(const struct unit_list *units, const struct unit_section *section)
{
	for (size_t i = 0; i < units->count; i++) {
		if (units->items[i].section == section)
			return true;
	}
	return false;
}

static bool has_place(const struct unit_list *units, enum unit_place where)
{
	for (size_t i = 0; i < units->count; i++) {
		if (units->items[i].section->place == where)
			return true;
	}
	return false;
}

static void add_in(struct patch_writer *writer, const struct pod_place *place,
	const struct unit_list *units, const struct unit_section *section)
{
	const struct field_path *const spec = FIELD_CHILD(place->at, "spec");
	const struct field_path *const metadata = FIELD_CHILD(place->at, "metadata");
	const struct field_path *const containers = FIELD_CHILD(spec, "containers");
	const struct field_path *const container = FIELD_INDEX(containers, 0);
	const struct field_path *const ups[] = {
		[UNIT_IN_CONTAINER] = container,
		[UNIT_IN_SPEC] = spec,
		[UNIT_IN_METADATA] = metadata,
	};
	const struct json_node *const nodes[] = {
		[UNIT_IN_CONTAINER] = place->container,
		[UNIT_IN_SPEC] = place->spec,
		[UNIT_IN_METADATA] = place->metadata,
	};

	add_section(&(struct section_patch){
		.writer = writer,
		.section = section,
		.units = units,
		.node = json_get(nodes[section->place], section->member),
		.at = FIELD_CHILD(ups[section->place], section->member),
	});
}

void patch_writer_add_units(
	struct patch_writer *writer, const struct pod_place *place, const struct unit_list *units)
{
	if (place->metadata == NULL && has_place(units, UNIT_IN_METADATA))
		add_operation(writer, PATCH_ADD, FIELD_CHILD(place->at, "metadata"), STR("{}"));
	for (size_t i = 0; i < UNIT_SECTION_COUNT; i++) {
		if (has_section(units, &UNIT_SECTIONS[i]))
			add_in(writer, place, units, &UNIT_SECTIONS[i]);
	}
}
