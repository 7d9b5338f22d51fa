/*
 * The values of schema rows, one kind at a time. Private to the decoder: api/schema.h is the way
 * in.
 */
#pragma once

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
void schema_wrong_type(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, const char *wanted) COLD;
/* Copies a decoded value to its place in the struct, where the row keeps it. */
void schema_store(void *out, const struct schema_value *v, const void *decoded, size_t size);

typedef void schema_decode_fn(
	const struct schema_decoder *d, const struct schema_value *v, void *out);
/* By enum schema_kind. */
extern schema_decode_fn *const SCHEMA_DECODE[];
/* SCHEMA_OBJECT and SCHEMA_LIST, which lead back to api/schema.c. */
schema_decode_fn schema_decode_object, schema_decode_list;
