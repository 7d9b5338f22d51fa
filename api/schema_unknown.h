/* What was probably meant by a field that its schema does not know. Private to the decoder. */
#pragma once

#include "api/schema.h"

/* A member of an object of a schema that has no such field. */
struct schema_unknown {
	const struct schema *schema;
	struct schema_object in;
	const struct json_node *key;
	uint64_t told; /* a bit for each row of which nothing is to be asked any more */
};

/*
 * Reports it. The row whose absence it told of in the same words, since the member was meant as
 * that; NULL where it did not.
 */
const struct schema_field *schema_report_unknown(
	const struct schema_decoder *d, const struct schema_unknown *unknown) COLD;
