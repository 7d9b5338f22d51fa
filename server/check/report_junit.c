/*
 * JUnit's XML, as CI servers take it: a suite for each file, a case for each object; warnings of
 * an object are its output.
 */
#include "base/utf8.h"
#include "server/check/report.h"

/* Length of the character that `s` starts with, if XML 1.0 has it (production 2, Char). */
static size_t xml_character(struct str s)
{
	const unsigned char c = (unsigned char)s.at[0];

	if (c < 0x80)
		return c >= 0x20 || c == '\t' || c == '\n' || c == '\r';
	return str_starts(s, "\xEF\xBF\xBE") || str_starts(s, "\xEF\xBF\xBF") ? 0
									      : utf8_sequence(s);
}

static const char *entity_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	/* a reader would make a space of each in an attribute, and of a return nothing at all */
	case '\t':
		return "&#9;";
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	default:
		return NULL;
	}
}

static void add_xml(struct buf *out, struct str s)
{
	for (size_t at = 0; at < s.len;) {
		const struct str rest = str_from_offset(s, at);
		const size_t length = xml_character(rest);
		const char *const entity = entity_of(*rest.at);

		if (length == 0)
			buf_add_cstr(out, "\xEF\xBF\xBD"); /* U+FFFD: there was something else */
		else if (entity)
			buf_add_cstr(out, entity);
		else
			buf_add(out, (struct str){rest.at, length});
		at += length ? length : 1;
	}
}

static void add_attribute(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, " %s=\"", name);
	add_xml(out, value);
	buf_add_char(out, '"');
}

static void close_suite(struct report *r)
{
	struct report_suite *const suite = &r->suite;

	if (suite->file == NULL)
		return;
	buf_add_cstr(&r->out, "<testsuite");
	add_attribute(&r->out, "name", str_from(suite->file));
	add_attribute(&r->out, "file", str_from(suite->file));
	buf_printf(&r->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", suite->cases,
		suite->failures, suite->errors);
	buf_add(&r->out, buf_str(&r->later));
	buf_add_cstr(&r->out, "</testsuite>\n");
	r->later.len = 0;
	mem_free(&suite->file);
	*suite = (struct report_suite){0};
}

/* A case tells no file and line of its own, which the schema of Jenkins' xUnit does not know. */
static void open_case(struct report *r, const char *file, struct str name)
{
	if (r->suite.file && !str_is(str_from(file), r->suite.file))
		close_suite(r);
	if (r->suite.file == NULL)
		r->suite.file = mem_strdup(file);
	r->suite.cases++;
	buf_add_cstr(&r->later, "<testcase");
	add_attribute(&r->later, "name", name);
	add_attribute(&r->later, "classname", str_from(file));
	buf_add_cstr(&r->later, ">\n");
}

static void close_case(struct report *r)
{
	buf_add_cstr(&r->later, "</testcase>\n");
}

static void add_finding(
	struct buf *out, const struct judged *judged, const struct judged_finding *f)
{
	buf_printf(out, "%s:%u:%u: %s: ", judged->source->name, f->line, f->column,
		report_severity(f->finding));
	report_sentence(f->finding, out);
	buf_printf(out, " [%s]\n", f->finding->rule->id);
}

/* All findings of one severity, a line each; the first of them, or NULL. */
static const struct judged_finding *collect(const struct report *r, const struct judged *judged,
	enum field_severity severity, struct buf *out)
{
	const size_t more = report_unlisted(r, judged, severity);
	const struct judged_finding *first = NULL;

	for (size_t i = 0; i < judged->count; i++) {
		const struct judged_finding *const f = &judged->findings[i];

		if (f->finding->severity != severity)
			continue;
		if (first == NULL)
			first = f;
		add_finding(out, judged, f);
	}
	if (more) {
		buf_printf(out, "%s: ", judged->source->name);
		report_unlisted_sentence(more, out);
		buf_add_char(out, '\n');
	}
	return first;
}

static void add_failure(struct report *r, const struct judged *judged)
{
	CLEANUP(buf_done) struct buf all = {0};
	CLEANUP(buf_done) struct buf sentence = {0};
	const struct judged_finding *const first = collect(r, judged, FIELD_SEVERITY_ERROR, &all);

	if (first == NULL)
		return;
	r->suite.failures++;
	report_sentence(first->finding, &sentence);
	buf_printf(&r->later, "<failure type=\"%s\"", first->finding->rule->id);
	add_attribute(&r->later, "message", buf_str(&sentence));
	buf_add_char(&r->later, '>');
	add_xml(&r->later, buf_str(&all));
	buf_add_cstr(&r->later, "</failure>\n");
}

static void add_warnings(struct report *r, const struct judged *judged)
{
	CLEANUP(buf_done) struct buf all = {0};

	if (r->quiet || collect(r, judged, FIELD_SEVERITY_WARN, &all) == NULL)
		return;
	buf_add_cstr(&r->later, "<system-out>");
	add_xml(&r->later, buf_str(&all));
	buf_add_cstr(&r->later, "</system-out>\n");
}

static void junit_begin(struct report *r)
{
	buf_add_cstr(&r->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			      "<testsuites name=\"raygate check\">\n");
}

static void junit_object(struct report *r, const struct judged *judged)
{
	CLEANUP(buf_done) struct buf name = {0};

	buf_printf(&name, "%s ", ray_kind_name(judged->manifest->kind));
	if (judged->namespace.len)
		buf_printf(&name, "%.*s/", STR_ARG(judged->namespace));
	if (judged->name.len)
		buf_add(&name, judged->name);
	else
		buf_printf(&name, "at line %u", judged->line);
	open_case(r, judged->source->name, buf_str(&name));
	add_failure(r, judged);
	add_warnings(r, judged);
	close_case(r);
}

static void junit_unreadable(struct report *r, const struct report_remark *what)
{
	CLEANUP(buf_done) struct buf all = {0};

	buf_add_cstr(&all, what->file);
	if (what->line)
		buf_printf(&all, ":%u:%u", what->line, what->column);
	buf_printf(&all, ": error: %.*s\n", STR_ARG(what->text));
	open_case(r, what->file, STR("can be read"));
	r->suite.errors++;
	buf_add_cstr(&r->later, "<error type=\"unreadable\"");
	add_attribute(&r->later, "message", what->text);
	buf_add_char(&r->later, '>');
	add_xml(&r->later, buf_str(&all));
	buf_add_cstr(&r->later, "</error>\n");
	close_case(r);
}

static void junit_end(struct report *r)
{
	close_suite(r);
	buf_add_cstr(&r->out, "</testsuites>\n");
}

const struct report_format REPORT_JUNIT = {
	"junit", junit_begin, junit_object, junit_unreadable, NULL, junit_end};
