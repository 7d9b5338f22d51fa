#include "base/yaml_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_keys.h"
#include "base/utf8.h"
#include "base/yaml_fault.h"

enum { SHOWN = 64 /* bytes of a key in a message */ };

struct yaml_frame {
	size_t text_at; /* of its bracket */
	uint32_t place_at;
	uint32_t members;
	bool mapping;
	bool want_key;
	bool merging; /* the value that comes is that of `<<` */
	struct yaml_piece *merges, *last_merge;
	struct yaml_piece *anchor; /* to be filled when it is closed, or NULL */
};

/* Where a value begins. */
struct mark {
	size_t text;
	uint32_t place;
};

void yaml_text_begin(
	struct yaml_text *t, struct arena *arena, const struct yaml_limits *limits, struct err *err)
{
	t->arena = arena;
	t->limits = limits;
	t->err = err;
	t->json.len = 0;
	t->count = t->depth = t->expanded = 0;
	t->expanded_bytes = 0;
	if (t->anchors.used)
		strmap_done(&t->anchors);
}

void yaml_text_done(struct yaml_text *t)
{
	buf_done(&t->json);
	free(t->places);
	free(t->frames);
	strmap_done(&t->anchors);
	*t = (struct yaml_text){0};
}

static bool fail(
	const struct yaml_text *t, enum err_code code, struct yaml_place place, const char *what)
{
	return err_set(t->err, code, "line %u, column %u: %s", place.line, place.column, what);
}

static bool fail_limit(
	const struct yaml_text *t, struct yaml_place place, const char *what, uint32_t limit)
{
	return err_set(t->err, ERR_TOO_LARGE, "line %u, column %u: %s %u", place.line, place.column,
		what, limit);
}

static bool fail_twice(
	const struct yaml_text *t, const struct json_twice *twice, const struct yaml_place *places)
{
	const struct yaml_place first = places[twice->first], again = places[twice->again];
	const size_t shown = utf8_cut(twice->key, SHOWN);

	return err_set(t->err, ERR_INVALID,
		"line %u, column %u: the key '%.*s%s' is already in this object, at line %u, "
		"column %u",
		again.line, again.column, (int)shown, twice->key.at,
		shown < twice->key.len ? "…" : "", first.line, first.column);
}

/* Our own text can only be wrong by a key that stands twice, or too deep by an alias. */
static bool read_back(const struct yaml_text *t, struct str json, const struct yaml_place *places,
	struct json_doc *doc)
{
	const struct json_limits limits = {
		.bytes = SIZE_MAX,
		.depth = t->limits->depth,
		.nodes = UINT32_MAX,
	};
	struct json_twice twice;
	const bool good = json_read_twice(t->arena, json, &limits, &twice, t->err);

	*doc = twice.doc;
	if (good)
		return true;
	if (twice.again)
		return fail_twice(t, &twice, places);
	if (t->err->code == ERR_TOO_LARGE)
		return fail_limit(t, *places, "with aliases this is deeper than", limits.depth);
	return false;
}

static struct yaml_frame *top(const struct yaml_text *t)
{
	return t->depth ? &t->frames[t->depth - 1] : NULL;
}

static struct mark here(const struct yaml_text *t)
{
	return (struct mark){t->json.len, t->count};
}

static bool reserve_places(struct yaml_text *t, struct yaml_place place, uint32_t more)
{
	if (more > t->limits->nodes - t->count)
		return fail_limit(t, place, "keys and values are more than", t->limits->nodes);
	if (t->count + more > t->room) {
		t->room = (t->count + more) * 2;
		t->places = mem_resize(t->places, t->room * sizeof(*t->places));
	}
	return true;
}

static void add_separator(struct yaml_text *t)
{
	struct yaml_frame *const frame = top(t);

	if (frame && (!frame->mapping || frame->want_key) && frame->members++)
		buf_add_char(&t->json, ',');
}

static struct yaml_piece *piece_since(struct yaml_text *t, struct mark from)
{
	struct yaml_piece *const piece = arena_alloc(t->arena, sizeof(*piece));
	const size_t size = (t->count - from.place) * sizeof(*t->places);

	piece->text =
		arena_str(t->arena, (struct str){t->json.at + from.text, t->json.len - from.text});
	piece->count = t->count - from.place;
	piece->places = memcpy(arena_alloc(t->arena, size), t->places + from.place, size);
	return piece;
}

static void cut(struct yaml_text *t, struct mark to)
{
	t->json.len = to.text;
	t->count = to.place;
}

/* A list of mappings is merged in its order, as if each stood behind a `<<` of its own. */
static bool stash_merge(struct yaml_text *t, struct yaml_frame *frame, struct mark from)
{
	const struct yaml_place place = t->places[from.place];
	struct yaml_piece *const piece = piece_since(t, from);

	if (*piece->text.at != '{' && *piece->text.at != '[')
		return fail(t, ERR_INVALID, place, "'<<' needs a mapping or a list of mappings");
	cut(t, from);
	if (frame->last_merge)
		frame->last_merge->next = piece;
	else
		frame->merges = piece;
	frame->last_merge = piece;
	frame->merging = false;
	frame->want_key = true;
	return true;
}

/* Behind any node but an anchor's own business: what the container around it expects next. */
static bool end_node(struct yaml_text *t, struct mark from)
{
	struct yaml_frame *const frame = top(t);

	if (frame == NULL || !frame->mapping)
		return true;
	if (frame->merging)
		return stash_merge(t, frame, from);
	if (frame->want_key)
		buf_add_char(&t->json, ':');
	frame->want_key = !frame->want_key;
	return true;
}

static struct yaml_piece *new_anchor(struct yaml_text *t, const char *name)
{
	struct yaml_piece *const anchor = arena_alloc(t->arena, sizeof(*anchor));

	strmap_set(&t->anchors, str_from(name), anchor);
	return anchor;
}

bool yaml_text_scalar(
	struct yaml_text *t, const struct yaml_props *props, struct str value, enum yaml_as as)
{
	struct yaml_frame *const frame = top(t);
	const bool key = frame && frame->mapping && frame->want_key;

	if (key && yaml_scalar_is_merge(value, as)) {
		frame->merging = true;
		frame->want_key = false;
		return true;
	}
	if (!reserve_places(t, props->place, 1))
		return false;
	add_separator(t);
	const struct mark from = here(t);

	t->places[t->count++] = props->place;
	if (key ? !yaml_scalar_add_key(&t->json, value, as, t->err)
		: !yaml_scalar_add(&t->json, value, as, t->err))
		return err_wrap(
			t->err, "line %u, column %u", props->place.line, props->place.column);
	if (props->anchor)
		*new_anchor(t, props->anchor) = *piece_since(t, from);
	return end_node(t, from);
}

static void push_frame(struct yaml_text *t, struct mark from, bool mapping)
{
	if (t->depth == t->frame_room) {
		t->frame_room = t->frame_room ? t->frame_room * 2 : 32;
		t->frames = mem_resize(t->frames, t->frame_room * sizeof(*t->frames));
	}
	struct yaml_frame *const frame = &t->frames[t->depth++];

	*frame = (struct yaml_frame){
		.text_at = from.text,
		.place_at = from.place,
		.mapping = mapping,
		.want_key = mapping,
	};
}

/* What YAML takes for a mapping with a mapping as its key: the {{ of a Helm template. */
static bool is_template(
	const struct yaml_text *t, const struct yaml_frame *around, struct yaml_place inner)
{
	const struct yaml_place outer = t->places[around->place_at];

	return outer.line == inner.line && outer.column + 1 == inner.column;
}

static bool fail_key(struct yaml_text *t, const struct yaml_frame *around,
	const struct yaml_props *props, bool mapping)
{
	t->unfilled = mapping && is_template(t, around, props->place);
	return t->unfilled ? fail(t, ERR_INVALID, t->places[around->place_at], "{{" YAML_UNFILLED)
			   : fail(t, ERR_INVALID, props->place, "a key must be a scalar");
}

bool yaml_text_open(struct yaml_text *t, const struct yaml_props *props, bool mapping)
{
	const struct yaml_frame *const around = top(t);

	if (around && around->mapping && around->want_key)
		return fail_key(t, around, props, mapping);
	if (t->depth == t->limits->depth)
		return fail_limit(t, props->place, "mappings and sequences are deeper than",
			t->limits->depth);
	if (!reserve_places(t, props->place, 1))
		return false;
	add_separator(t);
	const struct mark from = here(t);

	t->places[t->count++] = props->place;
	buf_add_char(&t->json, mapping ? '{' : '[');
	push_frame(t, from, mapping);
	if (props->anchor)
		top(t)->anchor = new_anchor(t, props->anchor);
	return true;
}

static bool add_piece(struct yaml_text *t, struct yaml_place place, const struct yaml_piece *piece)
{
	if (piece->count > t->limits->expanded - t->expanded)
		return fail_limit(t, place, "keys and values that aliases repeat are more than",
			t->limits->expanded);
	if (piece->text.len > t->limits->bytes - t->expanded_bytes)
		return fail(t, ERR_TOO_LARGE, place, "aliases repeat too much text");
	if (!reserve_places(t, place, piece->count))
		return false;
	t->expanded += piece->count;
	t->expanded_bytes += piece->text.len;
	buf_add(&t->json, piece->text);
	memcpy(t->places + t->count, piece->places, piece->count * sizeof(*t->places));
	t->places[t->count] = place;
	t->count += piece->count;
	return true;
}

/* The anchor of a scalar as a key; of what it says in JSON, only null is nothing to name. */
static bool add_key_piece(
	struct yaml_text *t, struct yaml_place place, const struct yaml_piece *piece)
{
	const char first = *piece->text.at;

	if (first == '{' || first == '[')
		return fail(t, ERR_INVALID, place, "a key must be a scalar");
	if (first == 'n')
		return fail(t, ERR_INVALID, place, "a key cannot be null");
	if (first != '"')
		buf_add_char(&t->json, '"');
	if (!add_piece(t, place, piece))
		return false;
	if (first != '"')
		buf_add_char(&t->json, '"');
	return true;
}

bool yaml_text_alias(struct yaml_text *t, struct yaml_place place, const char *name)
{
	const struct yaml_piece *const piece = strmap_find(&t->anchors, str_from(name));
	const struct yaml_frame *const frame = top(t);

	if (piece == NULL || piece->text.len == 0)
		return err_set(t->err, ERR_INVALID, "line %u, column %u: %s '%.64s'", place.line,
			place.column,
			piece ? "a value contains itself by the alias"
			      : "there is no anchor before the alias",
			name);
	add_separator(t);
	const struct mark from = here(t);
	const bool key = frame && frame->mapping && frame->want_key;

	return (key ? add_key_piece(t, place, piece) : add_piece(t, place, piece)) &&
	       end_node(t, from);
}

/* What one mapping brings by `<<`; `seen` are the keys that are there already. */
static bool merge_mapping(struct yaml_text *t, const struct yaml_piece *piece,
	const struct json_node *root, const struct json_node *mapping, struct strmap *seen)
{
	if (!json_is(mapping, JSON_OBJECT))
		return fail(t, ERR_INVALID, piece->places[mapping - root],
			"'<<' needs a mapping or a list of mappings");
	for (struct json_iter it = json_iter(mapping); json_next_member(&it);) {
		const uint32_t count = it.value->span + 1;
		const struct yaml_place *const places = piece->places + (it.key - root);
		const struct str key = json_str(t->arena, it.key);

		if (strmap_find(seen, key))
			continue;
		strmap_set(seen, key, t);
		if (!reserve_places(t, *places, count))
			return false;
		add_separator(t);
		buf_add(&t->json, json_raw(it.key));
		buf_add_char(&t->json, ':');
		buf_add(&t->json, json_raw(it.value));
		memcpy(t->places + t->count, places, count * sizeof(*places));
		t->count += count;
	}
	return true;
}

static bool merge_piece(struct yaml_text *t, const struct yaml_piece *piece, struct strmap *seen)
{
	struct json_doc doc;

	if (!read_back(t, piece->text, piece->places, &doc))
		return false;
	if (json_is(doc.root, JSON_OBJECT))
		return merge_mapping(t, piece, doc.root, doc.root, seen);
	for (struct json_iter it = json_iter(doc.root); json_next_item(&it);) {
		if (!merge_mapping(t, piece, doc.root, it.value, seen))
			return false;
	}
	return true;
}

/* The mapping's own bracket is closed already, and opened again for what comes. */
static bool merge(struct yaml_text *t, const struct yaml_frame *frame)
{
	CLEANUP(strmap_done) struct strmap seen = {0};
	const struct mark from = {frame->text_at, frame->place_at};
	const struct yaml_piece *const own = piece_since(t, from);
	struct json_doc doc;

	if (!read_back(t, own->text, own->places, &doc))
		return false;
	for (struct json_iter it = json_iter(doc.root); json_next_member(&it);)
		strmap_set(&seen, json_str(t->arena, it.key), t);
	t->json.len--;
	for (const struct yaml_piece *piece = frame->merges; piece; piece = piece->next) {
		if (!merge_piece(t, piece, &seen))
			return false;
	}
	buf_add_char(&t->json, '}');
	return true;
}

bool yaml_text_close(struct yaml_text *t)
{
	const struct yaml_frame *const frame = top(t);

	assert(frame);
	const struct mark from = {frame->text_at, frame->place_at};

	buf_add_char(&t->json, frame->mapping ? '}' : ']');
	if (frame->merges && !merge(t, frame))
		return false;
	if (frame->anchor)
		*frame->anchor = *piece_since(t, from);
	t->depth--;
	return end_node(t, from);
}

bool yaml_text_finish(struct yaml_text *t, struct yaml_doc *doc)
{
	const struct yaml_piece *const whole = piece_since(t, (struct mark){0});

	if (!read_back(t, whole->text, whole->places, &doc->json))
		return false;
	assert(doc->json.count == whole->count);
	doc->places = whole->places;
	return true;
}
