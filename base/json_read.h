/*
 * A flat, strict, read-only reader of JSON text (RFC 8259).
 *
 * A document becomes one array of 16-byte nodes in document order; strings and numbers are slices
 * of the text itself, which must outlive the nodes. A node is self-contained: its text, its kind
 * and how many nodes its sub-tree has. Nothing is converted until somebody asks.
 *
 * Strict: UTF-8 without byte order mark, the number grammar, escapes with paired surrogates, no
 * control characters in strings, no duplicate keys in one object (after unescaping), nothing but
 * white space behind the value, and the limits the caller gives. Time is linear in the text,
 * whatever the text is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"

struct hash_key;

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	/* An object or array at a place of json_limits.skip: passed over, its inside not read. */
	JSON_SKIPPED,
};

struct json_node {
	const char *at;       /* first byte; for a string the one behind the quote */
	uint32_t len : 27;    /* bytes of text; for a string without its quotes */
	uint32_t kind : 4;    /* enum json_kind */
	uint32_t escaped : 1; /* a string with escapes in it */
	uint32_t span;        /* nodes of the sub-tree, this one included: node + span is next */
};

/* The member `key` of an object inside of `depth` containers, that object counted. */
struct json_place {
	uint32_t depth;
	const char *key;
};

/*
 * Two members of objects that hold much the same text, like two versions of one thing. What is the
 * same in the second is not read again: its nodes are copies of the first's, with the same `at`,
 * but for keys. Where these are looked for, what is large in an item of a list and like that in the
 * item before it is not read again either; but its nodes are as if it had been.
 */
struct json_twins {
	uint32_t depth; /* of both */
	const char *first, *second;
};

struct json_limits {
	size_t bytes;   /* of the text; at most 128 MiB - 1 */
	uint32_t depth; /* nested objects and arrays */
	uint32_t nodes; /* in the array, skipped ones not counted */
	/*
	 * Places whose containers are JSON_SKIPPED, the last with a NULL key; or NULL. Of these no
	 * more is known than base/json_skip.h says: they are cheap to pass over, and not strict.
	 */
	const struct json_place *skip;
	const struct json_twins *twins; /* or NULL */
};

struct json_doc {
	struct str text;
	/* Nodes in document order; an object's are key, value, key, … */
	const struct json_node *root;
	uint32_t count;
};

/*
 * The nodes live in `arena`, the text stays the caller's. Errors: ERR_TOO_LARGE for a limit,
 * ERR_INVALID for anything else; the message says what is wrong at which line and column (bytes).
 */
bool json_read(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_doc *out, struct err *err) MUST_CHECK;

/* Line and column (from 1, in bytes) of a place in the text. */
void json_position(struct str text, const char *at, uint32_t *line, uint32_t *column);

/* Any pointer to a node may be NULL in what follows: nothing is found in nothing. */

static inline enum json_kind json_kind(const struct json_node *node)
{
	return (enum json_kind)node->kind;
}

static inline bool json_is(const struct json_node *node, enum json_kind kind)
{
	return node && node->kind == kind;
}

/* Absent and null are the same to Kubernetes in nearly all places. */
static inline bool json_present(const struct json_node *node)
{
	return node && node->kind != JSON_NULL;
}

static inline const struct json_node *json_next(const struct json_node *node)
{
	return node + node->span;
}

/* for (struct json_iter it = json_iter(object); json_next_member(&it);) … it.key, it.value */
struct json_iter {
	const struct json_node *at, *end;
	enum json_kind kind;         /* of the container */
	const struct json_node *key; /* members only */
	const struct json_node *value;
	size_t index; /* of value, from 0 */
};

/*
 * Only a JSON_OBJECT has members and only a JSON_ARRAY has items: json_next_member over an array
 * finds nothing, nor does anything over a scalar, JSON_SKIPPED or NULL.
 */
static inline struct json_iter json_iter(const struct json_node *container)
{
	struct json_iter it = {0};

	if (container && (container->kind == JSON_OBJECT || container->kind == JSON_ARRAY)) {
		it.at = container + 1;
		it.end = json_next(container);
		it.kind = json_kind(container);
	}
	return it;
}

static inline bool json_next_value(
	struct json_iter *it, const struct json_node *key, const struct json_node *value)
{
	it->index = it->value ? it->index + 1 : 0;
	it->key = key;
	it->value = value;
	it->at = json_next(value);
	return true;
}

static inline bool json_next_member(struct json_iter *it)
{
	return it->at != it->end && it->kind == JSON_OBJECT &&
	       json_next_value(it, it->at, it->at + 1);
}

static inline bool json_next_item(struct json_iter *it)
{
	return it->at != it->end && it->kind == JSON_ARRAY && json_next_value(it, NULL, it->at);
}

/* How many members or items; 0 for anything else. */
size_t json_count(const struct json_node *container);

/* The value of a member by its unescaped key, NULL when there is none or `object` is no object. */
const struct json_node *json_get_str(const struct json_node *object, struct str key);
/* Inline, so that the length of a literal is known when the call is compiled. */
static inline const struct json_node *json_get(const struct json_node *object, const char *key)
{
	return json_get_str(object, (struct str){key, strlen(key)});
}
const struct json_node *json_item(const struct json_node *array, size_t index);

/* The value of a string with escapes, in the arena. */
struct str json_unescape(struct arena *arena, const struct json_node *node) COLD;
/* A string's value, unescaped into the arena only where it has escapes; the empty str otherwise. */
static inline struct str json_str(struct arena *arena, const struct json_node *node)
{
	if (!json_is(node, JSON_STRING))
		return (struct str){"", 0};
	return node->escaped ? json_unescape(arena, node) : (struct str){node->at, node->len};
}
/* Whether `node` is a string (or key) with this value, without allocating. */
bool json_str_is(const struct json_node *node, struct str value);
/* The same of a key: nearly all have no escapes, and for these little is called. */
static inline bool json_key_is(const struct json_node *key, struct str name)
{
	return key->escaped ? json_str_is(key, name)
			    : key->len == name.len && str_same(key->at, name.at, name.len);
}
/* Whether two strings have the same value, without allocating. */
bool json_str_equal(const struct json_node *a, const struct json_node *b);
/* Byte order of two strings' values, without allocating. */
int json_str_cmp(const struct json_node *a, const struct json_node *b);
/* hash_str() of a string's value. */
uint64_t json_str_hash(const struct json_node *node, const struct hash_key *key);
/* The source text of the whole value, quotes included. */
static inline struct str json_raw(const struct json_node *node)
{
	if (node == NULL)
		return (struct str){"", 0};
	return node->kind == JSON_STRING ? (struct str){node->at - 1, node->len + 2}
					 : (struct str){node->at, node->len};
}

/*
 * An integer in int64 without loss: 3, -0, 3.0 and 3e2 are integers as a JSON schema sees them,
 * 3.5 is not; out of range is false too.
 */
bool json_i64(const struct json_node *node, int64_t *out);

enum { JSON_DIGITS_SURE = 18 }; /* fit into int64 whatever they are */

/* json_i64() of nearly all numbers, those of few digits and nothing else; false tells nothing. */
static inline bool json_plain_i64(const struct json_node *node, int64_t *out)
{
	int64_t value = 0;

	if (!json_is(node, JSON_NUMBER) || node->len > JSON_DIGITS_SURE)
		return false;
	for (uint32_t i = 0; i < node->len; i++) {
		if (node->at[i] < '0' || node->at[i] > '9')
			return false;
		value = value * 10 + (node->at[i] - '0');
	}
	*out = value;
	return true;
}
/* The nearest double; false for what is no number or beyond DBL_MAX. */
bool json_double(const struct json_node *node, double *out);

/*
 * Equal values: members in any order, strings by their value, numbers by their text ("1" is not
 * "1.0"), JSON_SKIPPED by its text. NULL equals NULL alone.
 */
bool json_equal(const struct json_node *a, const struct json_node *b);
/* A hash that agrees with json_equal; 0 for NULL. */
uint64_t json_hash(const struct json_node *node);
