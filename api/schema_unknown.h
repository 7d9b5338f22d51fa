/* What was probably meant by a field that its schema does not know. Private to the decoder. */
#pragma once

#include "api/schema.h"

/*
 * Reports the key of a member of an object of that schema, which stands at `up`. The row whose
 * absence it told of in the same words, since the member was meant as that; NULL where it did not.
 */
const struct schema_field *schema_report_unknown(const struct schema_decoder *d,
	const struct schema *schema, const struct json_node *object, const struct json_node *key,
	const struct field_path *up) COLD;
