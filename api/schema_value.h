/*
 * The values of schema rows, one kind at a time. Private to the decoder: api/schema.h is the way
 * in.
 */
#pragma once

#include "api/schema.h"

/* The value at hand: where it stands and by which row it is judged. */
struct schema_value {
	const struct schema_field *row;
	const struct json_node *node;
	const struct field_path *at;
};

struct field_fact schema_fact(
	const char *rule, enum field_error_type type, struct field_reads reads);
void schema_wrong_type(const struct schema_decoder *d, const struct json_node *node,
	const struct field_path *at, const char *wanted) COLD;
/* Copies a decoded value to its place in the struct, where the row keeps it. */
void schema_store(void *out, const struct schema_value *v, const void *decoded, size_t size);

typedef void schema_decode_fn(
	const struct schema_decoder *d, const struct schema_value *v, void *out);
/* By enum schema_kind; NULL of SCHEMA_OBJECT and SCHEMA_LIST. */
extern schema_decode_fn *const SCHEMA_PLAIN[];
