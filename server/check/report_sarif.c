/* SARIF 2.1.0 (OASIS), as code scanning of GitHub and others takes it. */
#include "server/check/report.h"
#include "server/config/version.h"

/* What is no manifest at all breaks a rule of SARIF's own. */
static const struct rule UNREADABLE = {
	.id = "unreadable",
	.name = "file-can-be-read",
	.about = "Files and documents can be read.",
	.severity = FIELD_SEVERITY_ERROR,
};

/* Nor does what is only counted have a place of its own. */
static const struct rule UNLISTED = {
	.id = "unlisted",
	.name = "more-of-the-same-rules",
	.about = "Of very many findings in an object some are listed, and all are counted.",
	.severity = FIELD_SEVERITY_ERROR,
};

static void add_text(struct buf *out, const char *key, struct str text)
{
	buf_printf(out, "\"%s\":{\"text\":", key);
	buf_add_json_str(out, text);
	buf_add_char(out, '}');
}

/* A path as a URI reference: a colon in it would end a scheme. */
static void add_uri(struct buf *out, const char *path)
{
	static const char UNRESERVED[] = "-._~/";

	buf_add_char(out, '"');
	for (; *path; path++) {
		const char c = *path;
		const bool plain =
			(c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (plain || str_find(STR(UNRESERVED), c) < sizeof(UNRESERVED) - 1)
			buf_add_char(out, c);
		else
			buf_printf(out, "%%%02X", (unsigned char)c);
	}
	buf_add_char(out, '"');
}

static void add_region(struct buf *out, uint32_t line, uint32_t column, uint32_t length)
{
	if (line == 0)
		return;
	buf_printf(out, ",\"region\":{\"startLine\":%u", line);
	if (column)
		buf_printf(out, ",\"startColumn\":%u,\"endColumn\":%u", column, column + length);
	buf_add_char(out, '}');
}

/* A rule is described once, where its first result is. */
static void add_rule(struct report *r, const struct rule *rule)
{
	const bool error = rule->severity == FIELD_SEVERITY_ERROR;

	if (strmap_find(&r->rules, str_from(rule->id)))
		return;
	buf_add_cstr(&r->later, r->rules.count ? ",\n" : "\n");
	buf_printf(&r->later, "{\"id\":\"%s\",\"name\":\"%s\",", rule->id, rule->name);
	add_text(&r->later, "shortDescription", str_from(rule->about));
	buf_printf(&r->later, ",\"defaultConfiguration\":{\"level\":\"%s\"}}",
		error ? "error" : "warning");
	strmap_set(&r->rules, str_from(rule->id), r);
}

static void begin_result(
	struct report *r, const struct rule *rule, const char *level, struct str text)
{
	buf_add_cstr(&r->out, r->rules.count ? ",\n" : "\n");
	add_rule(r, rule);
	buf_printf(&r->out, "{\"ruleId\":\"%s\",\"level\":\"%s\",", rule->id, level);
	add_text(&r->out, "message", text);
	buf_add_cstr(
		&r->out, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
}

static void sarif_begin(struct report *r)
{
	buf_add_cstr(&r->out,
		"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
		"\"version\":\"2.1.0\",\"runs\":[{\"columnKind\":\"unicodeCodePoints\","
		"\"results\":[");
}

static void sarif_finding(
	struct report *r, const struct judged *judged, const struct judged_finding *f)
{
	const struct finding *const finding = f->finding;
	CLEANUP(buf_done) struct buf text = {0};

	report_sentence(finding, &text);
	begin_result(r, finding->rule, report_severity(finding), buf_str(&text));
	add_uri(&r->out, judged->source->name);
	buf_add_char(&r->out, '}');
	add_region(&r->out, f->line, f->column, f->length);
	buf_add_char(&r->out, '}');
	if (finding->error->field.len) {
		buf_add_cstr(&r->out, ",\"logicalLocations\":[{\"fullyQualifiedName\":");
		buf_add_json_str(&r->out, finding->error->field);
		buf_add_cstr(&r->out, "}]");
	}
	buf_add_cstr(&r->out, "}]}");
}

static void add_unlisted(
	struct report *r, const struct judged *judged, enum field_severity severity)
{
	const size_t count = report_unlisted(r, judged, severity);
	CLEANUP(buf_done) struct buf text = {0};

	if (count == 0)
		return;
	report_unlisted_sentence(count, &text);
	begin_result(r, &UNLISTED, severity == FIELD_SEVERITY_ERROR ? "error" : "warning",
		buf_str(&text));
	add_uri(&r->out, judged->source->name);
	buf_add_char(&r->out, '}');
	add_region(&r->out, judged->line, 1, 1);
	buf_add_cstr(&r->out, "}}]}");
}

static void sarif_object(struct report *r, const struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++) {
		if (report_tells(r, &judged->findings[i]))
			sarif_finding(r, judged, &judged->findings[i]);
	}
	add_unlisted(r, judged, FIELD_SEVERITY_ERROR);
	add_unlisted(r, judged, FIELD_SEVERITY_WARN);
}

static void sarif_unreadable(struct report *r, const struct report_remark *what)
{
	begin_result(r, &UNREADABLE, "error", what->text);
	add_uri(&r->out, what->file);
	buf_add_char(&r->out, '}');
	add_region(&r->out, what->line, what->column, 1);
	buf_add_cstr(&r->out, "}}]}");
}

static void sarif_end(struct report *r)
{
	buf_printf(&r->out,
		"],\n\"invocations\":[{\"executionSuccessful\":%s}],\n"
		"\"tool\":{\"driver\":{\"name\":\"raygate\",\"version\":\"%s\",\"rules\":[",
		r->counts.unreadable ? "false" : "true", RAYGATE_VERSION);
	buf_add(&r->out, buf_str(&r->later));
	buf_add_cstr(&r->out, "]}}}]}\n");
}

const struct report_format REPORT_SARIF = {
	"sarif", sarif_begin, sarif_object, sarif_unreadable, NULL, sarif_end};
