#include "server/check/report.h"

static void add_member(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "\"%s\":", key);
	buf_add_json_str(out, value);
	buf_add_char(out, ',');
}

static void json_begin(struct report *r)
{
	buf_add_cstr(&r->out, "{\"objects\":[");
}

static void json_finding(
	struct report *r, const struct judged *judged, const struct judged_finding *f)
{
	const struct field_error *const error = f->finding->error;
	struct buf *const out = &r->out;

	buf_add_char(out, '{');
	add_member(out, "rule", str_from(error->rule));
	add_member(out, "severity", str_from(report_severity(f->finding)));
	add_member(out, "field", error->field);
	add_member(out, "message", error->message);
	add_member(out, "file", str_from(judged->source->name));
	buf_printf(out, "\"line\":%u,\"column\":%u,\"upstream\":", f->line, f->column);
	if (f->finding->rule->upstream)
		buf_add_json_str(out, str_from(f->finding->rule->upstream));
	else
		buf_add_cstr(out, "null");
	buf_add_char(out, '}');
}

static void json_object(struct report *r, const struct judged *judged)
{
	struct buf *const out = &r->out;
	bool first = true;

	buf_add_cstr(out, r->counts.objects ? ",\n{" : "\n{");
	add_member(out, "file", str_from(judged->source->name));
	buf_printf(out, "\"line\":%u,", judged->line);
	add_member(out, "kind", str_from(ray_kind_name(judged->manifest->kind)));
	add_member(out, "apiVersion", judged->api_version);
	add_member(out, "namespace", judged->namespace);
	add_member(out, "name", judged->name);
	buf_printf(out, "\"allowed\":%s,\"findings\":[", judged->errors ? "false" : "true");
	for (size_t i = 0; i < judged->count; i++) {
		if (!report_tells(r, &judged->findings[i]))
			continue;
		if (!first)
			buf_add_char(out, ',');
		first = false;
		json_finding(r, judged, &judged->findings[i]);
	}
	buf_printf(out, "],\"unlisted\":{\"errors\":%zu,\"warnings\":%zu}}",
		report_unlisted(r, judged, FIELD_SEVERITY_ERROR),
		report_unlisted(r, judged, FIELD_SEVERITY_WARN));
}

/* They stand behind the objects. */
static void json_unreadable(struct report *r, const struct report_remark *what)
{
	struct buf *const out = &r->later;

	buf_add_cstr(out, out->len ? ",\n{" : "\n{");
	add_member(out, "file", str_from(what->file));
	buf_printf(out, "\"line\":%u,\"column\":%u,\"message\":", what->line, what->column);
	buf_add_json_str(out, what->text);
	buf_add_char(out, '}');
}

static void json_end(struct report *r)
{
	const struct report_counts *const c = &r->counts;

	buf_add_cstr(&r->out, "],\n\"unreadable\":[");
	buf_add(&r->out, buf_str(&r->later));
	buf_printf(&r->out,
		"],\n\"summary\":{\"objects\":%zu,\"refused\":%zu,\"errors\":%zu,\"warnings\":%zu,"
		"\"others\":%zu,\"unreadable\":%zu}}\n",
		c->objects, c->refused, c->errors, c->warnings, c->others, c->unreadable);
}

const struct report_format REPORT_JSON = {
	"json", json_begin, json_object, json_unreadable, NULL, json_end};
