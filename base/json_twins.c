#include "base/json_reader.h"
#include "base/json_skip.h"

enum {
	COPIED_STRING = 32,  /* a shorter one is read as fast as compared */
	COPIED_ITEM = 16,    /* nodes; the same of one that is like the item before it */
	COPIED_START = 128,  /* bytes of a string that differs from its twin behind them */
	LONGEST_ESCAPE = 12, /* bytes: a pair of surrogates */
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

	if (!json_reader_skips_at(r, here))
		return false;
	for (const struct json_place *place = r->limits->skip; place && place->key; place++) {
		if (place->depth == here && key_is(r, place->key))
			return true;
	}
	return false;
}

static bool same_key(const struct json_node *a, const struct json_node *b)
{
	return a->len == b->len && str_same(a->at, b->at, a->len);
}

/* The value of the same key in the twin of the open object: one that is new may stand before it. */
static uint32_t twin_member(struct json_reader *r, struct json_level *level)
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

static uint32_t twin_item(const struct json_reader *r, struct json_level *level)
{
	const uint32_t at = level->twin;

	if (at == level->twin_end)
		return 0;
	level->twin = at + r->nodes[at].span;
	return at;
}

/* The item before, since lists are mostly of things that differ in little: pods, not ports. */
static uint32_t item_before(const struct json_reader *r, struct json_level *level)
{
	const uint32_t before = level->item;

	level->item = json_reader_count(r);
	return before && r->nodes[before].span >= COPIED_ITEM ? before : 0;
}

/* The node that the value to come is a version of, or 0. */
static uint32_t find_twin(struct json_reader *r)
{
	struct json_level *const level = r->level;

	if (json_reader_depth(r) == r->twins_depth) {
		r->paired = key_is(r, r->limits->twins->second);
		if (key_is(r, r->limits->twins->first))
			r->first = json_reader_count(r);
		return r->paired ? r->first : 0;
	}
	if (level->is_object)
		return twin_member(r, level);
	return r->paired || level->twin_end ? twin_item(r, level) : item_before(r, level);
}

/* Whether the text at `at` is the same as its twin's. No byte is compared twice. */
static bool is_same(struct json_reader *r, const char *at, struct str twin)
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
static void add_copies(struct json_reader *r, uint32_t twin, uint32_t span, ptrdiff_t apart)
{
	memcpy(r->next, r->nodes + twin, span * sizeof(*r->nodes));
	for (uint32_t i = 0; apart && i < span; i++)
		r->next[i].at += apart;
	r->next += span;
}

/* The last place up to `at` over which no escape and no character reaches, if it is near. */
static const char *find_seam(const char *start, const char *at)
{
	const char *seam = at;

	for (const char *back = at; back > start && at - back < COPIED_START / 2; back--) {
		if (back[-1] == '\\' || (unsigned char)back[-1] >= 0x80)
			seam = back - 1;
		else if (seam - back >= LONGEST_ESCAPE)
			return seam;
	}
	return NULL;
}

/*
 * A string that begins like its twin, as a document in a string does, once that is known: the rest
 * of it is read. False where all must be.
 */
static bool read_rest(struct json_reader *r, const char *at, const char **end)
{
	const char *const start = at + 1;
	const char *const seam =
		r->differs - start >= COPIED_START ? find_seam(start, r->differs) : NULL;

	if (seam == NULL)
		return false;
	const bool escaped = memchr(start, '\\', (size_t)(seam - start)) != NULL;

	*end = json_reader_add_odd_string(r, start, seam, escaped);
	return true;
}

/* False when there is no room for its nodes. */
static bool copy_twin(struct json_reader *r, const char *at, const struct json_node *twin)
{
	const uint32_t number = (uint32_t)(twin - r->nodes);
	const uint32_t span = twin->span;
	const ptrdiff_t apart = at - json_raw(twin).at;

	while (r->end - r->next < (ptrdiff_t)span) {
		if (r->end - r->nodes == r->limits->nodes || !json_reader_make_room(r, at))
			return false;
	}
	add_copies(r, number, span, r->paired ? 0 : apart);
	return true;
}

/* Whether what is known of the twin has spared the value's reading: then it is as for all below. */
static bool use_twin(
	struct json_reader *r, const char *at, const struct json_node *twin, const char **end)
{
	const struct str text = json_raw(twin);
	const bool string = twin->kind == JSON_STRING;

	if (string ? text.len < COPIED_STRING : twin->kind < JSON_ARRAY)
		return false;
	if (!is_same(r, at, text))
		return string && read_rest(r, at, end);
	*end = at + text.len;
	return copy_twin(r, at, twin);
}

bool json_twins_need_no_reading(
	struct json_reader *r, const char *at, uint32_t *twin, const char **end)
{
	*twin = r->level->has_twins ? find_twin(r) : 0;
	if (*twin && use_twin(r, at, &r->nodes[*twin], end))
		return true;
	if (!json_reader_at_bracket(r, at) || !is_skipped(r))
		return false;
	*end = json_reader_keep(r, at,
		json_skip(&r->lex, at, r->limits->depth - json_reader_depth(r)), JSON_SKIPPED);
	return true;
}
