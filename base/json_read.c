#include "base/json_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_reader.h"
#include "base/utf8.h"

enum {
	SHOWN = 64,  /* bytes of a key in a message */
	LEVELS = 64, /* open at once in nearly any text; more are made room for */
};

static const uint32_t NO_DEPTH = UINT32_MAX;

/* `nodes` has moved, or there is room for more: as many as are allocated and allowed. */
static void set_room(struct json_reader *r, uint32_t allocated)
{
	r->allocated = allocated;
	r->end = r->nodes + (allocated < r->limits->nodes ? allocated : r->limits->nodes);
}

bool json_reader_make_room(struct json_reader *r, const char *at)
{
	const uint32_t used = json_reader_count(r);
	const uint32_t more = r->allocated * 2;

	if (used >= r->limits->nodes) {
		json_lex_fail(&r->lex, ERR_TOO_LARGE, at, "more than %u values and keys",
			r->limits->nodes);
		return false;
	}
	r->nodes = arena_grow(
		r->arena, r->nodes, r->allocated * sizeof(*r->nodes), more * sizeof(*r->nodes));
	r->next = r->nodes + used;
	set_room(r, more);
	return true;
}

const char *json_reader_add_odd_string(
	struct json_reader *r, const char *start, const char *at, bool escaped)
{
	const char *const end = json_lex_odd_string(&r->lex, start, at, &escaped);
	struct json_node *const node = end ? json_reader_add(r, start, end, JSON_STRING) : NULL;

	if (node == NULL)
		return NULL;
	node->escaped = escaped;
	return end + 1;
}

/* As read_string(); it is plain as far as `at`. */
NOINLINE static const char *read_long_string(
	struct json_reader *r, const char *start, const char *at)
{
	const char *const end = json_scan_string(at, r->lex.end);

	if (json_lex_peek(&r->lex, end) != '"')
		return json_reader_add_odd_string(r, start, end, false);
	return json_reader_add(r, start, end, JSON_STRING) ? end + 1 : NULL;
}

/* From behind the opening quote to behind the closing one, as a node; most are short. */
static inline const char *read_string(struct json_reader *r, const char *start)
{
	if (start >= r->near_end)
		return read_long_string(r, start, start);
	const size_t len = json_scan_short_string(start);

	if (start[len] != '"')
		return read_long_string(r, start, start + len);
	return json_reader_add_short(r, start, len) ? start + len + 1 : NULL;
}

NOINLINE static const char *read_other(struct json_reader *r, const char *at)
{
	const char c = json_lex_peek(&r->lex, at);

	if (c == '-' || (c >= '0' && c <= '9'))
		return json_reader_keep(r, at, json_lex_number(&r->lex, at), JSON_NUMBER);
	if (c == 't')
		return json_reader_keep(r, at, json_lex_word(&r->lex, at, "true"), JSON_TRUE);
	if (c == 'f')
		return json_reader_keep(r, at, json_lex_word(&r->lex, at, "false"), JSON_FALSE);
	if (c == 'n')
		return json_reader_keep(r, at, json_lex_word(&r->lex, at, "null"), JSON_NULL);
	return json_lex_expected(&r->lex, at, "a value");
}

/* A member's key and the colon; returns where its value begins. */
NOINLINE static const char *read_odd_key(struct json_reader *r, const char *at)
{
	if (json_lex_peek(&r->lex, at) != '"')
		return json_lex_expected(&r->lex, at, "a key in double quotes");
	at = read_long_string(r, at + 1, at + 1);
	if (at == NULL)
		return NULL;
	json_reader_note_key(r, r->next - 1);
	if (json_lex_next(&r->lex, &at) != ':')
		return json_lex_expected(&r->lex, at, "':' behind a key");
	return json_lex_space(&r->lex, at + 1);
}

/* Nearly all are short and plain, and the colon follows. */
static inline const char *read_key(struct json_reader *r, const char *at)
{
	if (at >= r->near_end || *at != '"')
		return read_odd_key(r, at);
	const char *const start = at + 1;
	const size_t len = json_scan_short_string(start);
	const char *const value = start + len + 2;

	if (start[len] != '"' || start[len + 1] != ':')
		return read_odd_key(r, at);
	if (!json_reader_add_short(r, start, len))
		return NULL;
	r->level->last_key = json_keys_note(r->level->last_key, start, len);
	return (unsigned char)*value > ' ' ? value : json_lex_pass_space(&r->lex, value);
}

/* As many as there is room for and as are allowed, with what is around the text. */
static void set_levels(struct json_reader *r, uint32_t room)
{
	const uint32_t depth = r->limits->depth;

	r->levels_end = r->levels + (depth < room ? depth + 1 : room);
}

/* Twice as many as before; false, once it is told, when there may be no more. */
NOINLINE COLD static bool more_levels(struct json_reader *r, const char *at)
{
	const uint32_t open = json_reader_depth(r) + 1;
	const bool first = r->more_levels == NULL;

	if (open > r->limits->depth) {
		json_lex_fail(&r->lex, ERR_TOO_LARGE, at,
			"objects and arrays are more than %u deep", r->limits->depth);
		return false;
	}
	r->more_levels = mem_resize(r->more_levels, open * 2 * sizeof(*r->levels));
	if (first)
		memcpy(r->more_levels, r->levels, open * sizeof(*r->levels));
	r->levels = r->more_levels;
	r->level = r->levels + open - 1;
	set_levels(r, open * 2);
	return true;
}

static inline enum json_watch watch_of(
	const struct json_reader *r, const struct json_level *level, uint32_t depth)
{
	if (level->twin_end)
		return r->paired ? JSON_WATCH_ALL : JSON_WATCH_CONTAINERS;
	if (depth == r->twins_depth)
		return JSON_WATCH_CONTAINERS;
	if (!level->is_object)
		return depth > r->twins_depth && !r->paired ? JSON_WATCH_FIRST : JSON_WATCH_NOTHING;
	return json_reader_skips_at(r, depth) ? JSON_WATCH_PLACES : JSON_WATCH_NOTHING;
}

static inline void open_level(
	struct json_reader *r, char bracket, enum json_kind kind, uint32_t twin)
{
	struct json_level *const level = ++r->level;

	*level = (struct json_level){
		.node = json_reader_count(r) - 1,
		.is_object = kind == JSON_OBJECT,
		.end = (uint16_t)(bracket + 2), /* '}' is two behind '{', and ']' behind '[' */
	};
	if (twin && r->nodes[twin].kind == kind) {
		level->like = twin;
		level->twin = twin + 1;
		level->twin_end = twin + r->nodes[twin].span;
	}
	level->watch = watch_of(r, level, json_reader_depth(r));
}

static const char *fail_duplicate(const struct json_reader *r)
{
	const struct json_node *const first = r->keys.first, *const again = r->keys.again;
	const struct str text = {r->lex.begin, (size_t)(r->lex.end - r->lex.begin)};
	const struct str key = {again->at, again->len};
	const size_t shown = utf8_cut(key, SHOWN);
	uint32_t line, column;

	json_position(text, first->at - 1, &line, &column);
	return json_lex_fail(&r->lex, ERR_INVALID, again->at - 1,
		"the key '%.*s%s' is already in this object, at line %u, column %u", (int)shown,
		key.at, shown < key.len ? "…" : "", line, column);
}

/* `at` is the closing bracket; returns the byte behind it. */
static inline const char *close_container(struct json_reader *r, const char *at)
{
	const struct json_level *const level = r->level--;
	struct json_node *const node = r->nodes + level->node;

	if (level->last_key == JSON_KEYS_SUSPECT && !json_keys_differ(&r->keys, node, r->next))
		return fail_duplicate(r);
	node->len = (size_t)(at + 1 - node->at) & JSON_BYTES_MAX;
	node->span = (uint32_t)(r->next - node);
	return at + 1;
}

/* As far as the text has been read, and how it goes on from there. */
struct reached {
	const char *at; /* NULL: it is broken */
	enum {
		BEHIND_VALUE,
		AT_NEXT,    /* the value, or the key, that is to be read */
		AT_BRACKET, /* of a container that is to be read */
	} is;
};

static inline struct reached behind(const char *at)
{
	return (struct reached){at, BEHIND_VALUE};
}

/* Opens the container at `at`. */
static inline struct reached enter(struct json_reader *r, const char *at, uint32_t twin)
{
	const char bracket = *at;
	const enum json_kind kind = bracket == '{' ? JSON_OBJECT : JSON_ARRAY;

	if ((r->level + 1 == r->levels_end && !more_levels(r, at)) ||
		!json_reader_add(r, at, at, kind))
		return behind(NULL);
	open_level(r, bracket, kind, twin);
	at = json_lex_space(&r->lex, at + 1);
	if (json_lex_peek(&r->lex, at) != r->level->end)
		return (struct reached){at, AT_NEXT};
	return behind(close_container(r, at));
}

static const char *fail_behind_value(const struct json_reader *r, const char *at)
{
	return json_lex_expected(&r->lex, at,
		r->level->is_object ? "',' or '}' behind a member" : "',' or ']' behind an item");
}

/* Behind a value: closes what ends there, and finds what comes next; nothing behind the last. */
static inline struct reached find_next(struct json_reader *r, const char *at)
{
	while (at && r->level != r->levels) {
		if (at < r->near_end && *at == ',' && (unsigned char)at[1] > ' ')
			return (struct reached){at + 1, AT_NEXT};
		if (json_lex_peek(&r->lex, at) != r->level->end) {
			const char c = json_lex_next(&r->lex, &at);

			if (c == ',')
				return (struct reached){json_lex_space(&r->lex, at + 1), AT_NEXT};
			if (c != r->level->end)
				return behind(fail_behind_value(r, at));
		}
		at = close_container(r, at);
	}
	return behind(at);
}

/* Whether it may be that the container to come needs no reading. */
static inline bool is_watched(struct json_reader *r)
{
	struct json_level *const level = r->level;

	if (level->watch == JSON_WATCH_FIRST) {
		level->like = json_reader_count(r);
		level->watch = JSON_WATCH_CONTAINERS;
		return false;
	}
	return level->watch >= JSON_WATCH_CONTAINERS ||
	       (level->watch == JSON_WATCH_PLACES && json_reader_may_skip(r));
}

/* A container, which may be passed over; else `twin` is what it may be a version of. */
static inline struct reached pass_container(struct json_reader *r, const char *at, uint32_t *twin)
{
	const char *const end = is_watched(r) ? json_twins_spare(r, at, twin) : at;

	return end == at ? (struct reached){at, AT_BRACKET} : behind(end);
}

/* Where each value may be like its twin: what is not is little, and need not be read quickly. */
NOINLINE static struct reached read_paired(struct json_reader *r, const char *at, uint32_t *twin)
{
	const char *end = json_twins_pass(r, at);

	if (end != at)
		return behind(end);
	if (r->level->is_object)
		at = read_odd_key(r, at);
	if (at == NULL)
		return behind(NULL);
	end = json_twins_spare(r, at, twin);
	if (end != at)
		return behind(end);
	if (json_reader_at_bracket(r, at))
		return (struct reached){at, AT_BRACKET};
	return behind(json_lex_peek(&r->lex, at) == '"' ? read_long_string(r, at + 1, at + 1)
							: read_other(r, at));
}

/* A value, with its key where it has one; of a container not its inside. */
static inline struct reached read_single(struct json_reader *r, const char *at, uint32_t *twin)
{
	if (r->level->is_object)
		at = read_key(r, at);
	if (at == NULL)
		return behind(NULL);
	const char c = json_lex_peek(&r->lex, at);

	if ((c | 0x20) == '{')
		return pass_container(r, at, twin);
	return behind(c == '"' ? read_string(r, at + 1) : read_other(r, at));
}

NOINLINE static const char *read_value(struct json_reader *r, const char *begin)
{
	struct reached now = {begin, AT_NEXT};

	while (now.is == AT_NEXT) {
		uint32_t twin = 0;

		now = r->level->watch == JSON_WATCH_ALL ? read_paired(r, now.at, &twin)
							: read_single(r, now.at, &twin);
		if (now.is == AT_BRACKET)
			now = enter(r, now.at, twin);
		if (now.is == BEHIND_VALUE)
			now = find_next(r, now.at);
	}
	return now.at;
}

static bool read_text(struct json_reader *r)
{
	const char *at = json_lex_space(&r->lex, r->lex.begin);

	if (at == r->lex.end)
		return err_set(r->lex.err, ERR_INVALID, "the text is empty");
	if (r->lex.end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
		json_lex_fail(&r->lex, ERR_INVALID, at, "a byte order mark is not JSON");
		return false;
	}
	at = read_value(r, at);
	if (at == NULL)
		return false;
	at = json_lex_space(&r->lex, at);
	if (at != r->lex.end)
		json_lex_expected(&r->lex, at, "nothing behind the value");
	return at == r->lex.end;
}

static bool read_with(struct json_reader *r, struct json_doc *out)
{
	const size_t most = r->limits->bytes < JSON_BYTES_MAX ? r->limits->bytes : JSON_BYTES_MAX;
	const size_t len = (size_t)(r->lex.end - r->lex.begin);

	*out = (struct json_doc){.text = {r->lex.begin, len}};
	if (len > most)
		return err_set(r->lex.err, ERR_TOO_LARGE, "%zu bytes are more than the %zu allowed",
			len, most);
	/* Compact JSON has a node for each 7 to 14 bytes; what is not needed is given back. */
	const uint32_t expected = (uint32_t)(len / 6) + 8;

	r->nodes = r->next = arena_grow(r->arena, NULL, 0, expected * sizeof(*r->nodes));
	set_room(r, expected);
	const bool good = read_text(r);

	json_keys_done(&r->keys);
	free(r->more_levels);
	arena_shrink(r->arena, r->nodes, r->allocated * sizeof(*r->nodes),
		json_reader_count(r) * sizeof(*r->nodes));
	if (good) {
		out->root = r->nodes;
		out->count = json_reader_count(r);
	}
	return good;
}

static void note_places(struct json_reader *r)
{
	for (const struct json_place *place = r->limits->skip; place && place->key; place++) {
		r->skip_depths |= UINT64_C(1) << place->depth % 64;
		r->skip_bytes |= UINT64_C(1) << (unsigned char)*place->key % 64;
	}
	/* That of a key with escapes may be any byte. */
	r->skip_bytes |= UINT64_C(1) << '\\' % 64;
}

bool json_read(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_doc *out, struct err *err)
{
	struct json_twice twice;

	const bool good = json_read_twice(arena, text, limits, &twice, err);

	*out = twice.doc;
	return good;
}

bool json_read_twice(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_twice *out, struct err *err)
{
	const char *const begin = text.len ? text.at : "";
	struct json_level levels[LEVELS]; /* set when they are opened, but for the first */
	struct json_reader r = {
		.lex = {begin, begin + text.len, err},
		.near_end =
			text.len > JSON_READER_NEAR ? begin + text.len - JSON_READER_NEAR : begin,
		.arena = arena,
		.limits = limits,
		.twins_depth = limits->twins ? limits->twins->depth : NO_DEPTH,
		.differs = begin,
		.levels = levels,
		.level = levels,
	};

	set_levels(&r, LEVELS);
	levels[0] = (struct json_level){0};
	*out = (struct json_twice){0};
	note_places(&r);
	if (read_with(&r, &out->doc))
		return true;
	if (r.keys.again) {
		out->first = (uint32_t)(r.keys.first - r.nodes);
		out->again = (uint32_t)(r.keys.again - r.nodes);
		out->key = (struct str){r.keys.again->at, r.keys.again->len};
	}
	return false;
}
