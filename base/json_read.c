#include "base/json_read.h"

#include <string.h>

#include "base/json_keys.h"
#include "base/json_lex.h"
#include "base/json_skip.h"
#include "base/utf8.h"

enum {
	BYTES_MAX = (1 << 27) - 1, /* what json_node.len can say */
	SHOWN = 64,                /* bytes of a key in a message */
	LEVELS = 64,               /* of which something is known while they are open */
	COPIED_STRING = 32,        /* a shorter one is read as fast as compared */
	COPIED_ITEM = 16,          /* nodes; the same of one that is like the item before it */
};

static const uint32_t NO_DEPTH = UINT32_MAX;

/* An open container. Those too deep to have a place of their own share the first. */
struct level {
	uint64_t last_key;       /* of json_keys_note() */
	uint32_t twin, twin_end; /* the nodes left of the container's twin; none: both are equal */
	uint32_t item;           /* of a list: the last one read; 0 for none */
	bool may_have_twins;     /* what is in the container */
};

struct reader {
	struct json_lex lex;
	struct arena *arena;
	const struct json_limits *limits;
	struct json_node *nodes, *next, *end; /* the first, where one more goes, and no more do */
	uint32_t allocated;
	/*
	 * The innermost open container. While a container is open its span holds the index of the
	 * one around it, so that no stack is needed.
	 */
	uint32_t open;
	uint32_t depth;
	uint64_t
		skip_depths; /* a bit for each depth, modulo 64, at which limits.skip has a place */
	bool in_object;      /* whether it is an object */
	struct level *level; /* its own */
	uint32_t twins_depth; /* of limits.twins */
	uint32_t first, twin; /* nodes: limits.twins.first's value, the twin of the value to come */
	bool paired;          /* inside of limits.twins.second's value */
	/* The last difference found between twins, and how far apart their texts were. */
	const char *differs;
	ptrdiff_t apart;
	struct json_keys keys;
	struct level *levels; /* LEVELS of them */
};

static inline uint32_t count(const struct reader *r)
{
	return (uint32_t)(r->next - r->nodes);
}

/* `nodes` has moved, or there is room for more: as many as are allocated and allowed. */
static void set_room(struct reader *r, uint32_t allocated)
{
	r->allocated = allocated;
	r->end = r->nodes + (allocated < r->limits->nodes ? allocated : r->limits->nodes);
}

static bool make_room(struct reader *r, const char *at)
{
	const uint32_t used = count(r);
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

/* NULL, once it is told, when there is no room. */
static inline struct json_node *add_node(
	struct reader *r, const char *start, const char *end, enum json_kind kind)
{
	if (r->next == r->end && !make_room(r, start))
		return NULL;
	struct json_node *const node = r->next++;

	*node = (struct json_node){.at = start,
		.len = (size_t)(end - start) & BYTES_MAX,
		.kind = (unsigned)kind & 15,
		.span = 1};
	return node;
}

/* From behind the opening quote to behind the closing one, as a node. */
static inline const char *read_string(struct reader *r, const char *start)
{
	bool escaped = false;
	const char *const end = json_lex_string(&r->lex, start, &escaped);
	struct json_node *const node = end ? add_node(r, start, end, JSON_STRING) : NULL;

	if (node == NULL)
		return NULL;
	node->escaped = escaped;
	return end + 1;
}

static inline const char *keep(
	struct reader *r, const char *start, const char *end, enum json_kind kind)
{
	return end && add_node(r, start, end, kind) ? end : NULL;
}

static inline const char *read_scalar(struct reader *r, const char *at)
{
	const char c = json_lex_peek(&r->lex, at);

	if (c == '"')
		return read_string(r, at + 1);
	if (c == '-' || (c >= '0' && c <= '9'))
		return keep(r, at, json_lex_number(&r->lex, at), JSON_NUMBER);
	if (c == 't')
		return keep(r, at, json_lex_word(&r->lex, at, "true"), JSON_TRUE);
	if (c == 'f')
		return keep(r, at, json_lex_word(&r->lex, at, "false"), JSON_FALSE);
	if (c == 'n')
		return keep(r, at, json_lex_word(&r->lex, at, "null"), JSON_NULL);
	return json_lex_expected(&r->lex, at, "a value");
}

/* A member's key and the colon; returns where its value begins. */
static inline const char *read_key(struct reader *r, const char *at)
{
	if (json_lex_peek(&r->lex, at) != '"')
		return json_lex_expected(&r->lex, at, "a key in double quotes");
	at = read_string(r, at + 1);
	if (at == NULL)
		return NULL;
	json_keys_note(&r->level->last_key, r->next - 1, r->lex.end);
	if (json_lex_next(&r->lex, &at) != ':')
		return json_lex_expected(&r->lex, at, "':' behind a key");
	return json_lex_space(&r->lex, at + 1);
}

/* Whether the value to come is a member of that name; most differ in their first byte. */
static inline bool key_is(const struct reader *r, const char *name)
{
	const struct json_node *const key = r->next - 1;

	return r->in_object && (*key->at == *name || key->escaped) &&
	       json_str_is(key, str_from(name));
}

static uint64_t depth_bit(uint32_t depth)
{
	return UINT64_C(1) << depth % 64;
}

static inline bool is_skipped(const struct reader *r)
{
	if (!(r->skip_depths & depth_bit(r->depth)))
		return false;
	for (const struct json_place *place = r->limits->skip; place && place->key; place++) {
		if (place->depth == r->depth && key_is(r, place->key))
			return true;
	}
	return false;
}

static bool same_key(const struct json_node *a, const struct json_node *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

/* The value of the same key in the twin of the open object: one that is new may stand before it. */
static uint32_t twin_member(struct reader *r, struct level *level)
{
	const struct json_node *const key = r->next - 1;
	uint32_t at = level->twin;

	for (int tries = 0; tries < 2 && at != level->twin_end; tries++) {
		const uint32_t next = at + 1 + r->nodes[at + 1].span;

		if (same_key(&r->nodes[at], key)) {
			level->twin = next;
			return at + 1;
		}
		at = next;
	}
	return 0;
}

static uint32_t twin_item(const struct reader *r, struct level *level)
{
	const uint32_t at = level->twin;

	if (at == level->twin_end)
		return 0;
	level->twin = at + r->nodes[at].span;
	return at;
}

/* The item before, since lists are mostly of things that differ in little: pods, not ports. */
static uint32_t item_before(const struct reader *r, struct level *level)
{
	const uint32_t before = level->item;

	level->item = count(r);
	return before && r->nodes[before].span >= COPIED_ITEM ? before : 0;
}

/* The node that the value to come is a version of, or 0. */
static uint32_t find_twin(struct reader *r)
{
	const struct json_twins *const twins = r->limits->twins;

	if (r->depth == twins->depth) {
		r->paired = key_is(r, twins->second);
		if (key_is(r, twins->first))
			r->first = count(r);
		return r->paired ? r->first : 0;
	}
	if (r->in_object)
		return twin_member(r, r->level);
	return r->paired || r->level->twin_end ? twin_item(r, r->level) : item_before(r, r->level);
}

/* Whether the text at `at` is the same as its twin's. No byte is compared twice. */
static bool is_same(struct reader *r, const char *at, struct str twin)
{
	const size_t left = (size_t)(r->lex.end - at);
	const ptrdiff_t apart = at - twin.at;

	if (apart != r->apart || at > r->differs) {
		const size_t len = left < twin.len ? left : twin.len;
		const size_t same = json_scan_common(at, twin.at, len);

		if (same == twin.len)
			return true;
		r->apart = apart;
		r->differs = at + same;
	}
	return twin.len <= (size_t)(r->differs - at);
}

/* Of the twin's nodes. Their text is the twin's own, or that which stands `apart` from it. */
static void add_copies(struct reader *r, uint32_t span, ptrdiff_t apart)
{
	memcpy(r->next, r->nodes + r->twin, span * sizeof(*r->nodes));
	for (uint32_t i = 0; apart && i < span; i++)
		r->next[i].at += apart;
	r->next += span;
}

/* Returns what is behind the value when it is the same as its twin, NULL when it must be read. */
static const char *copy_twin(struct reader *r, const char *at)
{
	const struct json_node *const twin = &r->nodes[r->twin];
	const uint32_t span = twin->span;
	const struct str text = json_raw(twin);

	if (twin->kind == JSON_STRING ? text.len < COPIED_STRING : twin->kind < JSON_ARRAY)
		return NULL;
	if (!is_same(r, at, text))
		return NULL;
	while (r->end - r->next < (ptrdiff_t)span) {
		if (r->end - r->nodes == r->limits->nodes || !make_room(r, at))
			return NULL;
	}
	add_copies(r, span, r->paired ? 0 : at - text.at);
	return at + text.len;
}

/* The innermost open container has changed. */
static inline void enter(struct reader *r, uint32_t open, bool object)
{
	r->open = open;
	r->in_object = object;
	r->level = &r->levels[r->depth < LEVELS ? r->depth : 0];
}

/* One is of the twins, or inside of what has a twin itself, or an item of a list. */
static inline bool may_have_twins(const struct reader *r, const struct level *level)
{
	return r->depth >= r->twins_depth && r->depth < LEVELS &&
	       (r->depth == r->twins_depth || level->twin_end || !r->in_object);
}

static inline void open_level(struct reader *r, enum json_kind kind)
{
	struct level *const level = r->level;
	const uint32_t twin = r->twin;

	*level = (struct level){.last_key = r->depth < LEVELS ? 0 : JSON_KEYS_SUSPECT};
	if (twin && r->nodes[twin].kind == kind) {
		level->twin = twin + 1;
		level->twin_end = twin + r->nodes[twin].span;
	}
	level->may_have_twins = may_have_twins(r, level);
}

/* Returns the first byte inside that is not white space. */
static const char *open_container(struct reader *r, const char *at, enum json_kind kind)
{
	if (r->depth == r->limits->depth)
		return json_lex_fail(&r->lex, ERR_TOO_LARGE, at,
			"objects and arrays are more than %u deep", r->limits->depth);
	struct json_node *const node = add_node(r, at, at, kind);

	if (node == NULL)
		return NULL;
	node->span = r->open;
	r->depth++;
	enter(r, count(r) - 1, kind == JSON_OBJECT);
	open_level(r, kind);
	return json_lex_space(&r->lex, at + 1);
}

static const char *fail_duplicate(const struct reader *r)
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
static inline const char *close_container(struct reader *r, const char *at)
{
	struct json_node *const node = r->nodes + r->open;

	if (r->in_object && r->level->last_key == JSON_KEYS_SUSPECT &&
		!json_keys_differ(&r->keys, node, r->next))
		return fail_duplicate(r);
	r->depth--;
	enter(r, node->span, r->depth && r->nodes[node->span].kind == JSON_OBJECT);
	node->len = (size_t)(at + 1 - node->at) & BYTES_MAX;
	node->span = (uint32_t)(r->next - node);
	return at + 1;
}

/* Behind a value: closes what ends here, and finds where the next item or member begins. */
static inline const char *read_separators(struct reader *r, const char *at)
{
	while (at && r->depth) {
		const char c = json_lex_next(&r->lex, &at);

		if (c == ',')
			return json_lex_space(&r->lex, at + 1);
		if (c != (r->in_object ? '}' : ']'))
			return json_lex_expected(&r->lex, at,
				r->in_object ? "',' or '}' behind a member"
					     : "',' or ']' behind an item");
		at = close_container(r, at);
	}
	return at;
}

/* One that is not empty is left open: what is returned is inside of it. */
static inline const char *read_container(
	struct reader *r, const char *at, bool object, bool *left_open)
{
	if (is_skipped(r))
		return keep(
			r, at, json_skip(&r->lex, at, r->limits->depth - r->depth), JSON_SKIPPED);
	at = open_container(r, at, object ? JSON_OBJECT : JSON_ARRAY);
	if (at && json_lex_peek(&r->lex, at) == (object ? '}' : ']'))
		return close_container(r, at);
	*left_open = true;
	return at;
}

/* Returns where the next item or member begins, if there is one. */
static inline const char *read_one(struct reader *r, const char *at)
{
	const char c = json_lex_peek(&r->lex, at);
	bool left_open = false;

	r->twin = r->level->may_have_twins ? find_twin(r) : 0;
	const char *end = r->twin ? copy_twin(r, at) : NULL;

	if (end == NULL)
		end = c == '{' || c == '[' ? read_container(r, at, c == '{', &left_open)
					   : read_scalar(r, at);
	return left_open ? end : read_separators(r, end);
}

static const char *read_value(struct reader *r, const char *at)
{
	do {
		if (r->in_object)
			at = read_key(r, at);
		if (at)
			at = read_one(r, at);
	} while (at && r->depth);
	return at;
}

static bool read_text(struct reader *r)
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

static bool read_with(struct reader *r, struct json_doc *out)
{
	const size_t most = r->limits->bytes < BYTES_MAX ? r->limits->bytes : BYTES_MAX;
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
	arena_shrink(
		r->arena, r->nodes, r->allocated * sizeof(*r->nodes), count(r) * sizeof(*r->nodes));
	if (good) {
		out->root = r->nodes;
		out->count = count(r);
	}
	return good;
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
	struct level levels[LEVELS]; /* set when they are opened, but for the outermost */
	struct reader r = {
		.lex = {begin, begin + text.len, err},
		.arena = arena,
		.limits = limits,
		.twins_depth = limits->twins ? limits->twins->depth : NO_DEPTH,
		.differs = begin,
		.levels = levels,
		.level = levels,
	};

	levels[0] = (struct level){0};
	*out = (struct json_twice){0};
	for (const struct json_place *place = limits->skip; place && place->key; place++)
		r.skip_depths |= depth_bit(place->depth);
	if (read_with(&r, &out->doc))
		return true;
	if (r.keys.again) {
		out->first = (uint32_t)(r.keys.first - r.nodes);
		out->again = (uint32_t)(r.keys.again - r.nodes);
		out->key = (struct str){r.keys.again->at, r.keys.again->len};
	}
	return false;
}
