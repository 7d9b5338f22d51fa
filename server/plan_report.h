/* What `raygate plan` prints of one object, for people or as a value. Does no I/O. */
#pragma once

#include "base/json_edit.h"
#include "server/check/judge.h"

struct plan {
	struct arena *arena; /* of the object */
	const struct policy *policy;
	const struct judged *judged;
};

/* The verdict in a line, the patch, the footprint as a table, and the objects by name. */
void plan_report_text(const struct plan *plan, struct buf *out);
/*
 * The same as documents of YAML: verdict, patch and footprint are comments before the first of the
 * objects, which are whole. `first`: nothing stands before it.
 */
void plan_report_yaml(const struct plan *plan, bool first, struct buf *out);
/*
 * What a controller would create, as an array; empty where we cannot tell. What else there is to
 * say of it, a sentence each, is added to `notes`.
 */
struct json_edit *plan_report_objects(const struct plan *plan, struct buf *notes);
/*
 * {kind, apiVersion, namespace, name, allowed, patch: [RFC 6902], footprint: {whole: {RESOURCE:
 * {least, now, most}}, pricePerHour: {least, now, most} where the policy has prices, groups:
 * [{name, injected: [NAME], resources: {…}}]}}. The caller frees it.
 */
struct json_edit *plan_report_value(const struct plan *plan);
