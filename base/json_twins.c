#include "base/json_reader.h"
#include "base/json_skip.h"

enum {
	COPIED_STRING = 32, /* a shorter one is read as fast as compared */
	COPIED_ITEM = 16, /* nodes; the same of an item like the one before it, or a part of that */
	COMPARED_PART = 64,  /* nodes; in a smaller part that differs nothing is compared */
	MEMBERS_TRIED = 8,   /* for the twin of one */
	COPIED_START = 128,  /* bytes of a string that differs from its twin behind them */
	LONGEST_ESCAPE = 12, /* bytes: a pair of surrogates */
	ESCAPE = 6,          /* bytes of any other */
	PLAIN_PLACES = 32,   /* where one differs that are looked at; with more it is read */
};

/* Whether the value to come is a member of that name; most differ in their first byte. */
static inline bool key_is(const struct json_reader *r, const char *name)
{
	const struct json_node *const key = r->next - 1;

	return r->level->is_object && (*key->at == *name || key->escaped) &&
	       json_str_is(key, str_from(name));
}

static bool is_skipped(const struct json_reader *r)
{
	const uint32_t here = json_reader_depth(r);

	if (!json_reader_skips_at(r, here) || !json_reader_may_skip(r))
		return false;
	for (const struct json_place *place = r->limits->skip; place && place->key; place++) {
		if (place->depth == here && key_is(r, place->key))
			return true;
	}
	return false;
}

static inline bool same_key(const struct json_node *a, const struct json_node *b)
{
	return a->len == b->len && str_same(a->at, b->at, a->len);
}

/* The value of the same key in the twin of the open object: some that are not may stand before it.
 */
static inline uint32_t twin_member(struct json_reader *r, struct json_level *level)
{
	const struct json_node *const key = r->next - 1;
	uint32_t at = level->twin;

	for (int tries = 0; tries < MEMBERS_TRIED && at != level->twin_end; tries++) {
		const uint32_t next = at + 1 + r->nodes[at + 1].span;

		if (same_key(&r->nodes[at], key)) {
			level->twin = next;
			return at + 1;
		}
		at = next;
	}
	return 0;
}

/* Where the twin is the item before, nobody asks for what is no container. */
static uint32_t twin_item(const struct json_reader *r, struct json_level *level)
{
	uint32_t at = level->twin;

	while (!r->paired && at != level->twin_end && r->nodes[at].kind < JSON_ARRAY)
		at++;
	level->twin = at;
	if (at == level->twin_end)
		return 0;
	level->twin += r->nodes[at].span;
	return at;
}

/* The item before, since lists are mostly of things that differ in little: pods, not ports. */
static uint32_t item_before(const struct json_reader *r, struct json_level *level)
{
	const uint32_t before = level->like;

	level->like = json_reader_count(r);
	return before;
}

/* Of limits.twins themselves. */
NOINLINE static uint32_t first_of_twins(struct json_reader *r)
{
	r->paired = key_is(r, r->limits->twins->second);
	if (key_is(r, r->limits->twins->first))
		r->first = json_reader_count(r);
	return r->paired ? r->first : 0;
}

static inline uint32_t twin_in_level(struct json_reader *r, struct json_level *level)
{
	if (level->twin_end)
		return level->is_object ? twin_member(r, level) : twin_item(r, level);
	return level->is_object ? 0 : item_before(r, level);
}

/* The node that the value to come is a version of, or 0. */
static inline uint32_t find_twin(struct json_reader *r)
{
	if (json_reader_depth(r) == r->twins_depth)
		return first_of_twins(r);
	const uint32_t twin = twin_in_level(r, r->level);

	return r->paired || r->nodes[twin].span >= COPIED_ITEM ? twin : 0;
}

NOINLINE static void compare(struct json_reader *r, const char *at, struct str twin)
{
	const size_t left = (size_t)(r->lex.end - at);

	r->apart = at - twin.at;
	r->differs = at + json_scan_common(at, twin.at, left < twin.len ? left : twin.len);
}

/*
 * How many bytes from `at` on are known to be the same as the twin's: as many as there are, up to a
 * first one that differs. No byte is compared twice.
 */
static inline size_t same_bytes(struct json_reader *r, const char *at, struct str twin)
{
	if (at - twin.at != r->apart || at >= r->differs)
		compare(r, at, twin);
	const size_t same = (size_t)(r->differs - at);

	return same < twin.len ? same : twin.len;
}

static inline const char *start_of(const struct json_node *node)
{
	return node->at - (node->kind == JSON_STRING);
}

static inline const char *end_of(const struct json_node *node)
{
	return node->at + node->len + (node->kind == JSON_STRING);
}

/* Of the twin's nodes. Their text is the twin's own, or that which stands `apart` from it. */
static void add_copies(struct json_reader *r, uint32_t twin, uint32_t span, ptrdiff_t apart)
{
	memcpy(r->next, r->nodes + twin, span * sizeof(*r->nodes));
	for (uint32_t i = 0; apart && i < span; i++)
		r->next[i].at += apart;
	r->next += span;
}

/*
 * The last place up to `at` over which no escape and no character reaches, if it is near. A quote
 * inside of a string ends an escape.
 */
static const char *find_seam(const char *start, const char *at)
{
	const char *seam = at;

	for (const char *back = at; back > start && at - back < COPIED_START / 2; back--) {
		if (back[-1] == '"')
			return back;
		if (back[-1] == '\\' || (unsigned char)back[-1] >= 0x80)
			seam = back - 1;
		else if (seam - back >= LONGEST_ESCAPE)
			return seam;
	}
	return NULL;
}

/*
 * A string that begins like its twin, as a document in a string does, once that is known: the rest
 * of it is read. Returns `at` where all must be.
 */
static const char *read_rest(struct json_reader *r, const char *at)
{
	const char *const start = at + 1;
	const char *const seam =
		r->differs - start >= COPIED_START ? find_seam(start, r->differs) : NULL;

	if (seam == NULL)
		return at;
	const bool escaped = memchr(start, '\\', (size_t)(seam - start)) != NULL;

	return json_reader_add_odd_string(r, start, seam, escaped);
}

/* Copies nodes of the twin, whose text is `apart` from the same one here; false without room. */
static bool copy_nodes(struct json_reader *r, uint32_t twin, uint32_t span, ptrdiff_t apart)
{
	while (r->end - r->next < (ptrdiff_t)span) {
		if (r->end - r->nodes == r->limits->nodes || !json_reader_make_room(r, r->lex.end))
			return false;
	}
	add_copies(r, twin, span, r->paired ? 0 : apart);
	return true;
}

/*
 * Where members or items of the twin end that are the same as those at `at`: `next` becomes the
 * node behind the last of them. `same` bytes from that of the first on are so.
 */
static inline const char *same_until(struct json_reader *r, const char *same, uint32_t *next)
{
	const struct json_level *const level = r->level;
	const char *passed = NULL;

	while (*next != level->twin_end) {
		const struct json_node *const first = &r->nodes[*next];
		const struct json_node *const value = first + level->is_object;
		const char *const end = end_of(value);

		/* Only the byte behind it tells where a number ends. */
		if (end >= same)
			break;
		if (level->is_object)
			json_reader_note_key(r, first);
		passed = end;
		*next += level->is_object + value->span;
	}
	return passed;
}

/* Keys that were copied are said to stand where they do, should one of them stand there again. */
static inline void place_keys(struct json_node *at, const struct json_node *end, ptrdiff_t apart)
{
	for (; at != end; at += 1 + at[1].span)
		at->at += apart;
}

const char *json_twins_pass(struct json_reader *r, const char *at)
{
	struct json_level *const level = r->level;
	const uint32_t first = level->twin;
	uint32_t next = first;

	if (first == level->twin_end)
		return at;
	const char *const from = start_of(&r->nodes[first]);

	/* Most that differ do so at once, or are known to. */
	if (at >= r->near_end || str_load8(at) != str_load8(from))
		return at;
	const struct str left = {from, (size_t)(end_of(&r->nodes[level->like]) - from)};
	const size_t same = same_bytes(r, at, left);
	const char *const passed = same_until(r, from + same, &next);

	if (passed == NULL || !copy_nodes(r, first, next - first, at - from))
		return at;
	if (level->is_object)
		place_keys(r->next - (next - first), r->next, at - from);
	level->twin = next;
	return at + (passed - from);
}

static bool is_plain(char c)
{
	return c >= ' ' && (unsigned char)c < 0x80 && c != '"' && c != '\\' && (c | 0x20) != '{' &&
	       (c | 0x20) != '}';
}

/* Whether the byte there may be one of an escape, as of \n or \u00e9. */
static bool is_of_escape(const char *text, size_t at)
{
	const size_t most = at < ESCAPE ? at : ESCAPE;

	for (size_t back = 1; back < most; back++) {
		if (text[at - back] == '\\' && (back == 1 || text[at - back + 1] == 'u'))
			return true;
	}
	return false;
}

/*
 * Whether a text differs from its twin only in few bytes that mean nothing in it, be it a string or
 * what json_skip() passes over, as in a time or a number: then it is as right as that.
 */
static bool differs_plainly(struct json_reader *r, const char *at, struct str twin)
{
	size_t i = same_bytes(r, at, twin);

	if ((size_t)(r->lex.end - at) < twin.len)
		return false;
	for (int places = 0; i < twin.len; places++) {
		if (places == PLAIN_PLACES || !is_plain(at[i]) || !is_plain(twin.at[i]) ||
			is_of_escape(at, i))
			return false;
		i++;
		i += json_scan_common(at + i, twin.at + i, twin.len - i);
	}
	return true;
}

/* Of a string or something skipped that is as right as its twin, the node. */
static const char *add_like(struct json_reader *r, const char *at, const struct json_node *twin)
{
	const size_t len = twin->len;
	const bool escaped = twin->escaped;
	const unsigned quote = twin->kind == JSON_STRING;
	struct json_node *const node =
		json_reader_add(r, at + quote, at + quote + len, json_kind(twin));

	if (node == NULL)
		return NULL;
	node->escaped = escaped;
	return at + len + 2 * quote;
}

/* As json_twins_spare(), of what has a twin. */
NOINLINE static const char *use_twin(
	struct json_reader *r, const char *at, const struct json_node *twin)
{
	const struct str text = json_raw(twin);
	const bool string = twin->kind == JSON_STRING;

	if (string ? text.len < COPIED_STRING : twin->kind < JSON_ARRAY)
		return at;
	if (same_bytes(r, at, text) == text.len)
		return copy_nodes(r, (uint32_t)(twin - r->nodes), twin->span, at - text.at)
			       ? at + text.len
			       : at;
	if ((string || twin->kind == JSON_SKIPPED) && differs_plainly(r, at, text))
		return add_like(r, at, twin);
	return string ? read_rest(r, at) : at;
}

NOINLINE static const char *skip(struct json_reader *r, const char *at)
{
	const unsigned depth = r->limits->depth - json_reader_depth(r);

	return json_reader_keep(r, at, json_skip(&r->lex, at, depth), JSON_SKIPPED);
}

/* Of the item before it a small part that differs is no twin any more. */
static inline bool is_too_small(const struct json_reader *r, uint32_t twin)
{
	return !r->paired && r->level->is_object && r->nodes[twin].span < COMPARED_PART;
}

const char *json_twins_spare(struct json_reader *r, const char *at, uint32_t *twin)
{
	*twin = find_twin(r);
	const char *const end = *twin ? use_twin(r, at, &r->nodes[*twin]) : at;

	if (is_too_small(r, *twin))
		*twin = 0;
	if (!end || end != at || !json_reader_at_bracket(r, at) || !is_skipped(r))
		return end;
	return skip(r, at);
}
