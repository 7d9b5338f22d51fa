#include "server/check/report.h"

const struct report_format *report_format_find(struct str name)
{
	static const struct report_format *const FORMATS[] = {
		&REPORT_TEXT, &REPORT_JSON, &REPORT_SARIF, &REPORT_JUNIT, &REPORT_GITHUB};

	if (name.len == 0)
		return &REPORT_TEXT;
	for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++) {
		if (str_is(name, FORMATS[i]->name))
			return FORMATS[i];
	}
	return NULL;
}

void report_begin(struct report *r)
{
	r->format->begin(r);
}

void report_object(struct report *r, const struct judged *judged)
{
	r->format->object(r, judged);
	r->counts.objects++;
	r->counts.refused += judged->errors > 0;
	r->counts.errors += judged->errors;
	r->counts.warnings += judged->warnings;
}

void report_unreadable(struct report *r, const struct report_remark *what)
{
	r->format->unreadable(r, what);
	r->counts.unreadable++;
}

void report_note(struct report *r, const struct report_remark *what)
{
	if (r->format->note && !r->quiet)
		r->format->note(r, what);
}

void report_end(struct report *r)
{
	r->format->end(r);
}

void report_done(struct report *r)
{
	buf_done(&r->out);
	buf_done(&r->later);
	strmap_done(&r->rules);
}

bool report_tells(const struct report *r, const struct judged_finding *f)
{
	return !r->quiet || f->finding->severity == FIELD_SEVERITY_ERROR;
}

void report_sentence(const struct finding *finding, struct buf *out)
{
	buf_add(out, finding->error->field);
	if (finding->error->field.len)
		buf_add_cstr(out, ": ");
	buf_add(out, finding->error->message);
}

const char *report_severity(const struct finding *finding)
{
	return finding->severity == FIELD_SEVERITY_ERROR ? "error" : "warning";
}

size_t report_unlisted(
	const struct report *r, const struct judged *judged, enum field_severity severity)
{
	const struct findings *const found = &judged->mutation->findings;

	if (severity == FIELD_SEVERITY_ERROR)
		return found->unlisted_errors;
	return r->quiet ? 0 : found->unlisted_warnings;
}

void report_unlisted_sentence(size_t count, struct buf *out)
{
	buf_printf(out, "and %zu more of the same rules", count);
}

static void add_count(struct buf *out, size_t count, const char *what)
{
	buf_printf(out, "%zu %s%s", count, what, count == 1 ? "" : "s");
}

void report_summary(const struct report_counts *c, struct buf *out)
{
	add_count(out, c->objects, "object");
	buf_add_cstr(out, " judged");
	if (c->refused)
		buf_printf(out, ", %zu refused", c->refused);
	else if (c->objects)
		buf_add_cstr(out, ", none refused");
	if (c->errors || c->warnings)
		buf_add_cstr(out, ": ");
	if (c->errors)
		add_count(out, c->errors, "error");
	if (c->errors && c->warnings)
		buf_add_cstr(out, ", ");
	if (c->warnings)
		add_count(out, c->warnings, "warning");
	if (c->others) {
		buf_add_cstr(out, "; ");
		add_count(out, c->others, "document");
		buf_add_cstr(out, " of other kinds");
	}
	if (c->unreadable)
		buf_printf(out, "; %zu could not be read", c->unreadable);
	buf_add_char(out, '\n');
}
