/*
 * What of a document is ours to judge: an object, the items of a list, or the object of an
 * AdmissionReview.
 */
#pragma once

#include "api/ray_object.h"

struct manifest {
	const struct json_node *root;
	const struct json_node *old; /* of an AdmissionReview of an UPDATE, else NULL */
	struct str namespace;        /* of its AdmissionReview or metadata; "" when it names none */
	struct str api_version; /* of the typed list to which it leaves that and its kind; or "" */
	enum ray_kind kind;
	enum dialect dialect;
};

/* Whoever is called for what a document holds. */
struct manifest_visitor {
	void (*judge)(void *context, const struct manifest *manifest);
	/* of an object of another kind; or NULL */
	void (*pass)(void *context, const struct json_node *object);
	void *context;
};

/*
 * Calls for each object, in order; returns how many are not judged: of other kinds, or reviews of
 * what admission lets through unseen (deletes, subresources, objects on their way out).
 */
size_t manifest_each(struct arena *arena, const struct json_node *document,
	const struct manifest_visitor *visitor);
