/* Workflow commands of GitHub Actions: source "Workflow commands for GitHub Actions" of its
 * documentation, and escapeData and escapeProperty of actions/toolkit. */
#include "server/check/report.h"

static void add_escaped(struct buf *out, struct str s, bool property)
{
	for (size_t i = 0; i < s.len; i++) {
		const char c = s.at[i];

		if (c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", (unsigned)c);
		else
			buf_add_char(out, c);
	}
}

static void add_command(
	struct report *r, const char *command, const char *file, uint32_t line, uint32_t column)
{
	buf_printf(&r->out, "::%s file=", command);
	add_escaped(&r->out, str_from(file), true);
	if (line)
		buf_printf(&r->out, ",line=%u,col=%u", line, column);
}

static void github_begin(struct report *r)
{
	(void)r;
}

static void add_unlisted(
	struct report *r, const struct judged *judged, enum field_severity severity)
{
	const size_t count = report_unlisted(r, judged, severity);

	if (count == 0)
		return;
	add_command(r, severity == FIELD_SEVERITY_ERROR ? "error" : "warning", judged->source->name,
		judged->line, 1);
	buf_add_cstr(&r->out, ",title=unlisted::");
	report_unlisted_sentence(count, &r->out);
	buf_add_char(&r->out, '\n');
}

static void github_object(struct report *r, const struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		const struct judged_finding *const f = &judged->findings[i];

		if (!report_tells(r, f))
			continue;
		add_command(
			r, report_severity(f->finding), judged->source->name, f->line, f->column);
		buf_printf(&r->out, ",title=%s::", f->finding->rule->id);
		add_escaped(&r->out, f->finding->error->field, false);
		if (f->finding->error->field.len)
			buf_add_cstr(&r->out, ": ");
		add_escaped(&r->out, f->finding->error->message, false);
		buf_add_char(&r->out, '\n');
	}
	add_unlisted(r, judged, FIELD_SEVERITY_ERROR);
	add_unlisted(r, judged, FIELD_SEVERITY_WARN);
}

static void github_unreadable(struct report *r, const struct report_remark *what)
{
	add_command(r, "error", what->file, what->line, what->column);
	buf_add_cstr(&r->out, ",title=unreadable::");
	add_escaped(&r->out, what->text, false);
	buf_add_char(&r->out, '\n');
}

static void github_note(struct report *r, const struct report_remark *what)
{
	add_command(r, "notice", what->file, what->line, what->column);
	buf_add_cstr(&r->out, ",title=not judged::");
	add_escaped(&r->out, what->text, false);
	buf_add_char(&r->out, '\n');
}

static void github_end(struct report *r)
{
	if (!r->quiet)
		report_summary(&r->counts, &r->out);
}

const struct report_format REPORT_GITHUB = {
	"github", github_begin, github_object, github_unreadable, github_note, github_end};
