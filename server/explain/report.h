/* How explain speaks: a screen for a person, a line for each of several clusters, or JSON. */
#pragma once

#include "base/buf.h"
#include "base/json_edit.h"
#include "server/explain/diagnose.h"

/* One cluster on one screen of `width` characters, at least 20. `color` for a terminal. */
void explain_report_text(
	const struct explain_verdict *verdict, bool color, size_t width, struct buf *out);
/* Several, most troubled first, a line each. */
void explain_report_lines(
	const struct explain_verdict *const *verdicts, size_t count, bool color, struct buf *out);
/* What could not be looked at. */
void explain_report_gaps(const struct explain_input *in, bool color, struct buf *out);
/* {clusters: […], unread: […]}; the caller frees it. */
struct json_edit *explain_report_json(const struct explain_input *in,
	const struct explain_verdict *const *verdicts, size_t count);
