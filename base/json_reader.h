/*
 * What json_read.c and json_twins.c share: a text that is being read. Nobody else's business.
 */
#pragma once

#include "base/json_keys.h"
#include "base/json_lex.h"
#include "base/json_read.h"

enum {
	JSON_BYTES_MAX = (1 << 27) - 1, /* what json_node.len can say */
	/* From its first quote on a short key, a colon, and a byte behind that. */
	JSON_READER_NEAR = JSON_SCAN_SHORT + 4,
};

/* What in a container may need no reading. */
enum json_watch {
	JSON_WATCH_NOTHING,
	JSON_WATCH_PLACES, /* what may be at one of limits.skip */
	JSON_WATCH_FIRST,  /* of a list: it is what the next may be like */
	JSON_WATCH_CONTAINERS,
	JSON_WATCH_ALL, /* it has a twin */
};

/* An open container; the first of all is what is around the text. */
struct json_level {
	uint64_t last_key;       /* of json_keys_note() */
	uint32_t node;           /* the container's own */
	uint32_t twin, twin_end; /* the nodes left of its twin; none: both are equal */
	uint32_t like;           /* its twin, or of a list without one the last container in it */
	enum json_watch watch;
	bool is_object;
	uint16_t end; /* the bracket that closes it */
};

struct json_reader {
	struct json_lex lex;
	const char *near_end; /* JSON_READER_NEAR bytes are there from any one before this */
	struct arena *arena;
	const struct json_limits *limits;
	struct json_node *nodes, *next, *end; /* the first, where one more goes, and no more do */
	uint32_t allocated;
	struct json_level *levels, *levels_end; /* the first, and behind the last */
	struct json_level *level;               /* the innermost */
	struct json_level *more_levels;         /* all of them, allocated, once they are many */
	/* A bit for each depth, modulo 64, at which limits.skip has a place; for each first byte,
	 * too. */
	uint64_t skip_depths, skip_bytes;
	uint32_t twins_depth; /* of limits.twins */
	uint32_t first;       /* the node of limits.twins.first's value */
	bool paired;          /* inside of limits.twins.second's value */
	/* The last difference found between twins, and how far apart their texts were. */
	const char *differs;
	ptrdiff_t apart;
	struct json_keys keys;
};

static inline uint32_t json_reader_depth(const struct json_reader *r)
{
	return (uint32_t)(r->level - r->levels);
}

static inline uint32_t json_reader_count(const struct json_reader *r)
{
	return (uint32_t)(r->next - r->nodes);
}

/* Makes room for more nodes; false, once it is told, when there may be none. */
bool json_reader_make_room(struct json_reader *r, const char *at);

/* NULL, once it is told, when there is no room. */
static inline struct json_node *json_reader_add(
	struct json_reader *r, const char *start, const char *end, enum json_kind kind)
{
	if (r->next == r->end && !json_reader_make_room(r, start))
		return NULL;
	struct json_node *const node = r->next++;

	*node = (struct json_node){.at = start,
		.len = (size_t)(end - start) & JSON_BYTES_MAX,
		.kind = (unsigned)kind & 15,
		.span = 1};
	return node;
}

/* As json_reader_add() of a string without escapes, which is short. */
static inline bool json_reader_add_short(struct json_reader *r, const char *start, size_t len)
{
	if (r->next == r->end && !json_reader_make_room(r, start))
		return false;
	*r->next++ = (struct json_node){
		.at = start, .len = len & JSON_BYTES_MAX, .kind = JSON_STRING, .span = 1};
	return true;
}

static inline const char *json_reader_keep(
	struct json_reader *r, const char *start, const char *end, enum json_kind kind)
{
	return end && json_reader_add(r, start, end, kind) ? end : NULL;
}

/*
 * A string that begins at `start`, of which nothing is left to look at before `at`; `escaped` is
 * whether there is an escape. Returns what is behind its closing quote, or NULL.
 */
const char *json_reader_add_odd_string(
	struct json_reader *r, const char *start, const char *at, bool escaped);

/* Whether an object or a list begins there: square brackets differ from curly ones in one bit. */
static inline bool json_reader_at_bracket(const struct json_reader *r, const char *at)
{
	return (json_lex_peek(&r->lex, at) | 0x20) == '{';
}

/* Whether limits.skip has a place at that depth; of several depths one bit may tell. */
static inline bool json_reader_skips_at(const struct json_reader *r, uint32_t depth)
{
	return r->skip_depths >> depth % 64 & 1;
}

/* Whether the value to come may be at one, by the first byte of its key. */
static inline bool json_reader_may_skip(const struct json_reader *r)
{
	return r->skip_bytes >> (unsigned char)*r->next[-1].at % 64 & 1;
}

static inline void json_reader_note_key(struct json_reader *r, const struct json_node *key)
{
	struct json_level *const level = r->level;

	level->last_key =
		key->escaped || r->lex.end - key->at < 8
			? JSON_KEYS_SUSPECT
			: json_keys_note(level->last_key, key->at,
				  key->len < JSON_KEYS_SHORT ? key->len : JSON_KEYS_SHORT);
}

/*
 * Passes over members or items as long as they are like those that come next in the twin of the
 * open container. Returns what is behind the last of them, or `at` where there is none.
 */
const char *json_twins_pass(struct json_reader *r, const char *at);

/*
 * Passes over the value at `at` where it needs no reading, since it is like its twin, or nobody
 * wants it. Returns what is behind it, NULL where it is broken, or `at` where it must be read: then
 * `twin` is the node it is a version of, or 0.
 */
const char *json_twins_spare(struct json_reader *r, const char *at, uint32_t *twin);
