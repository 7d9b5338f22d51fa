/*
 * What of a document is ours to judge: an object, the items of a List, or the object of an
 * AdmissionReview.
 */
#pragma once

#include "api/ray_object.h"

struct manifest {
	const struct json_node *root;
	const struct json_node *old; /* of an AdmissionReview of an UPDATE, else NULL */
	struct str namespace;        /* of its AdmissionReview or metadata; "" when it names none */
	enum ray_kind kind;
	enum dialect dialect;
};

typedef void manifest_fn(void *context, const struct manifest *manifest);

/*
 * Calls for each object that is judged, in order; returns how many are not: of other kinds, or
 * reviews of what admission lets through unseen (deletes, subresources, objects on their way out).
 */
size_t manifest_each(
	struct arena *arena, const struct json_node *document, manifest_fn *judge, void *context);
