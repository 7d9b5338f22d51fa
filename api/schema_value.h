/*
 * The values of schema rows, one kind at a time. Private to the decoder: api/schema.h is the way
 * in.
 */
#pragma once

#include <string.h>

#include "api/schema.h"

/* The value at hand: by which row it is judged, and where it stands. */
struct schema_value {
	const struct schema_field *row;
	const struct json_node *node;
	const struct field_path *up; /* of the object it is a member of */
	const struct field_path *at; /* its own, where it is no member; or NULL */
};

/* Most values need no path: it is made where one is reported, or kept. */
#define SCHEMA_AT(v) ((v)->at ? (v)->at : FIELD_CHILD((v)->up, (v)->row->key))
static inline const struct field_path *schema_at_kept(
	struct arena *arena, const struct schema_value *v)
{
	return v->at ? field_path_keep(arena, v->at) : field_path_child(arena, v->up, v->row->key);
}

struct field_fact schema_fact(
	const char *rule, enum field_error_type type, struct field_reads reads);
/* What a value is to be. */
enum schema_wanted {
	SCHEMA_WANTED_STRING,
	SCHEMA_WANTED_BOOL,
	SCHEMA_WANTED_INTEGER,
	SCHEMA_WANTED_NUMBER,
	SCHEMA_WANTED_QUANTITY,
	SCHEMA_WANTED_INT_OR_STRING,
	SCHEMA_WANTED_STRINGS,
	SCHEMA_WANTED_INTEGERS,
	SCHEMA_WANTED_STRING_MAP,
	SCHEMA_WANTED_RESOURCES,
	SCHEMA_WANTED_LIST, /* of objects */
	SCHEMA_WANTED_OBJECT,
};
void schema_wrong_type(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, enum schema_wanted wanted) COLD NOINLINE;
/* The same of the value at hand, of one that must be a list of objects, and of an object. */
void schema_value_wrong(const struct schema_decoder *d, const struct schema_value *v,
	enum schema_wanted wanted) COLD NOINLINE;
void schema_wrong_list(const struct schema_decoder *d, const struct schema_value *v) COLD NOINLINE;
void schema_wrong_object(const struct schema_decoder *d, const struct schema *schema,
	const struct json_node *node, const struct field_path *at) COLD NOINLINE;
/*
 * How an amount with a fraction is written, by the resource that `at` names; empty where that is no
 * other way than of any amount.
 */
struct str schema_fraction(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at) COLD NOINLINE;
/* How a scalar that is no string stands in the file, or as JSON. */
struct str schema_text(const struct schema_decoder *d, const struct json_node *node) COLD NOINLINE;

/* Where the row keeps the value in the struct; NULL where it does not. */
static inline void *schema_place(void *out, const struct schema_value *v)
{
	return out && v->row->kept ? (char *)out + v->row->offset : NULL;
}

/*
 * Puts a T of these members to its place: member by member, since what has just been written piece
 * by piece is slow to copy as a whole.
 */
#define SCHEMA_STORE(out, v, T, ...)                                                               \
	do {                                                                                       \
		T *const place = schema_place((out), (v));                                         \
		if (place)                                                                         \
			*place = (T){__VA_ARGS__};                                                 \
	} while (0)

/*
 * What most values are needs no call: a text that stands as it is, with no words to choose from.
 * False: the value has yet to be decoded.
 */
static inline bool schema_keep_text(const struct schema_value *v, void *out)
{
	const struct json_node *const node = v->node;

	if (v->row->kind != SCHEMA_STRING || v->row->words || node->kind != JSON_STRING ||
		node->escaped)
		return false;
	SCHEMA_STORE(out, v, struct val_str, node, {node->at, node->len});
	return true;
}

typedef void schema_decode_fn(
	const struct schema_decoder *d, const struct schema_value *v, void *out);
/* By enum schema_kind. */
extern schema_decode_fn *const SCHEMA_DECODE[];
/* SCHEMA_OBJECT and SCHEMA_LIST, which lead back to api/schema.c. */
schema_decode_fn schema_decode_object, schema_decode_list;
