#include "server/check/excerpt.h"
#include "server/check/report.h"

/* Colours as compilers have them. */
static const char BOLD[] = "\033[1m", RED[] = "\033[1;31m", MAGENTA[] = "\033[1;35m",
		  PLAIN[] = "\033[0m";

static void paint(struct report *r, const char *color)
{
	if (r->color)
		buf_add_cstr(&r->out, color);
}

static void add_place(struct report *r, const char *file, uint32_t line, uint32_t column)
{
	paint(r, BOLD);
	buf_add_cstr(&r->out, file);
	if (line)
		buf_printf(&r->out, ":%u:%u", line, column);
	buf_add_cstr(&r->out, ": ");
	paint(r, PLAIN);
}

static void add_severity(struct report *r, bool error)
{
	paint(r, error ? RED : MAGENTA);
	buf_add_cstr(&r->out, error ? "error: " : "warning: ");
	paint(r, PLAIN);
}

/* What stands in a terminal's line must not move its cursor. */
static void add_printable(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		buf_add_char(out, (unsigned char)s.at[i] < 0x20 || s.at[i] == 0x7F ? '?' : s.at[i]);
}

static void add_excerpt(
	struct report *r, struct source *source, uint32_t line, uint32_t column, uint32_t length)
{
	struct excerpt e = {.line = line, .length = length, .color = r->color};

	if (source_split(source, line, column, &e.before, &e.text))
		excerpt_print(&e, &r->out);
}

static void text_begin(struct report *r)
{
	(void)r;
}

static void text_finding(
	struct report *r, const struct judged *judged, const struct judged_finding *f)
{
	const struct finding *const finding = f->finding;

	add_place(r, judged->source->name, f->line, f->column);
	add_severity(r, finding->severity == FIELD_SEVERITY_ERROR);
	add_printable(&r->out, finding->error->field);
	if (finding->error->field.len)
		buf_add_cstr(&r->out, ": ");
	add_printable(&r->out, finding->error->message);
	buf_printf(
		&r->out, " [%s]%s\n", finding->rule->id, finding->was_there ? " (as before)" : "");
	add_excerpt(r, judged->source, f->line, f->column, f->length);
}

static void text_rest(struct report *r, const struct judged *judged)
{
	const size_t count = report_unlisted(r, judged, FIELD_SEVERITY_ERROR) +
			     report_unlisted(r, judged, FIELD_SEVERITY_WARN);

	if (count == 0)
		return;
	add_place(r, judged->source->name, 0, 0);
	report_unlisted_sentence(count, &r->out);
	buf_add_char(&r->out, '\n');
}

static void text_object(struct report *r, const struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		if (report_tells(r, &judged->findings[i]))
			text_finding(r, judged, &judged->findings[i]);
	}
	text_rest(r, judged);
}

static void add_remark(struct report *r, const struct report_remark *what)
{
	add_printable(&r->out, what->text);
	buf_add_char(&r->out, '\n');
	if (what->source && what->line)
		add_excerpt(r, what->source, what->line, what->column, 1);
}

static void text_unreadable(struct report *r, const struct report_remark *what)
{
	add_place(r, what->file, what->line, what->column);
	add_severity(r, true);
	add_remark(r, what);
}

static void text_note(struct report *r, const struct report_remark *what)
{
	add_place(r, what->file, what->line, what->column);
	buf_add_cstr(&r->out, "note: ");
	add_remark(r, what);
}

static void text_end(struct report *r)
{
	if (!r->quiet)
		report_summary(&r->counts, &r->out);
}

const struct report_format REPORT_TEXT = {
	"text", text_begin, text_object, text_unreadable, text_note, text_end};
