/* The caBundles of a webhook configuration, validating or mutating: read, and patched. */
#pragma once

#include "base/buf.h"
#include "base/json_read.h"
#include "base/mem.h"

struct ca_bundle {
	struct str webhook; /* its name */
	struct str pem;     /* empty where there is none, or what is no base64 */
};

/* One for each webhook of the configuration, in its order; all in the arena. */
const struct ca_bundle *ca_bundle_read(
	const struct json_node *configuration, struct arena *arena, size_t *count);

/*
 * A JSON Patch that gives every webhook whose bundle is another one this bundle. Each operation
 * first tests the webhook's name, so that a list that was changed meanwhile is not patched at the
 * wrong place. False when there is nothing to do.
 */
bool ca_bundle_patch(
	const struct ca_bundle *bundles, size_t count, struct str wanted, struct buf *out);
