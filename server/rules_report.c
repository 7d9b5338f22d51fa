#include "server/rules_report.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "validators/plan.h"
#include "validators/silence.h"

static const char *severity_name(const struct rule *rule)
{
	static const char *const NAMES[] = {
		[FIELD_SEVERITY_OFF] = "off",
		[FIELD_SEVERITY_WARN] = "warning",
		[FIELD_SEVERITY_ERROR] = "error",
	};

	return NAMES[rule->severity];
}

static const char *dialects_name(const struct rule *rule)
{
	if (rule->dialects == RULE_BOTH)
		return "both";
	return rule->dialects == RULE_MODERN ? "ray.io" : "cluster.ray.io";
}

static int by_id(const void *a, const void *b)
{
	const struct rule *const *const x = a;
	const struct rule *const *const y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* The rows of all tables by id; the caller frees. */
static const struct rule **sorted_rules(size_t *count)
{
	const struct rule **rules = NULL;
	size_t tables;
	const struct rule_table *const *const list = plan_tables(&tables);

	*count = 0;
	for (size_t t = 0; t < tables; t++) {
		rules = mem_resize(rules, (*count + list[t]->count) * sizeof(*rules));
		for (size_t i = 0; i < list[t]->count; i++)
			rules[(*count)++] = &list[t]->rules[i];
	}
	if (*count)
		qsort(rules, *count, sizeof(*rules), by_id);
	return rules;
}

const struct rule *rules_report_find(struct str word)
{
	CLEANUP(mem_free) const struct rule **rules = NULL;
	size_t count;

	rules = sorted_rules(&count);
	for (size_t i = 0; i < count; i++) {
		if (str_is_nocase(word, rules[i]->id) || str_is(word, rules[i]->name))
			return rules[i];
	}
	return NULL;
}

const struct rule *rules_report_suggest(struct str word)
{
	CLEANUP(mem_free) const struct rule **rules = NULL;
	const struct rule *nearest = NULL;
	size_t count, best = 4;

	rules = sorted_rules(&count);
	for (size_t i = 0; i < count; i++) {
		const size_t distance = str_distance(word, str_from(rules[i]->name), best - 1);

		if (distance < best) {
			best = distance;
			nearest = rules[i];
		}
	}
	return nearest;
}

static void text_row(const struct rule *rule, struct buf *out)
{
	buf_printf(out, "%s  %-7s  %-14s  %-5s  %-38s  %-31s  %s\n", rule->id, severity_name(rule),
		dialects_name(rule), rule->since, rule->name, rule->upstream ? rule->upstream : "-",
		rule->about);
}

static void markdown_cell(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '|')
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
	buf_add_cstr(out, " |");
}

static void markdown_row(const struct rule *rule, struct buf *out)
{
	const char *const cells[] = {rule->id, rule->name, severity_name(rule), dialects_name(rule),
		rule->since, rule->upstream ? rule->upstream : "", rule->about};

	buf_add_char(out, '|');
	for (size_t i = 0; i < ARRAY_LEN(cells); i++) {
		buf_add_char(out, ' ');
		markdown_cell(out, cells[i]);
	}
	buf_add_char(out, '\n');
}

static void json_member(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "\"%s\":", key);
	if (value)
		buf_add_json_str(out, str_from(value));
	else
		buf_add_cstr(out, "null");
	buf_add_char(out, ',');
}

static void json_row(const struct rule *rule, struct buf *out)
{
	buf_add_char(out, '{');
	json_member(out, "id", rule->id);
	json_member(out, "name", rule->name);
	json_member(out, "severity", severity_name(rule));
	buf_printf(out, "\"dialects\":[%s%s%s],", rule->dialects & RULE_MODERN ? "\"ray.io\"" : "",
		rule->dialects == RULE_BOTH ? "," : "",
		rule->dialects & RULE_LEGACY ? "\"cluster.ray.io\"" : "");
	json_member(out, "since", rule->since);
	json_member(out, "upstream", rule->upstream);
	json_member(out, "about", rule->about);
	buf_printf(out, "\"crd\":%s,\"policy\":%s}", rule->crd ? "true" : "false",
		rule->policy ? "true" : "false");
}

static void text_one(const struct rule *rule, struct buf *out)
{
	buf_printf(out, "%s %s\n\n  %s\n\n", rule->id, rule->name, rule->about);
	buf_printf(out, "  severity  %s\n", severity_name(rule));
	buf_printf(out, "  objects   of %s\n",
		rule->dialects == RULE_BOTH ? "ray.io and cluster.ray.io" : dialects_name(rule));
	buf_printf(out, "  since     %s\n", rule->since);
	if (rule->upstream)
		buf_printf(out, "  upstream  %s\n", rule->upstream);
	if (rule->crd)
		buf_add_cstr(out, "  the CRD's own schema refuses it, too\n");
	if (rule->policy)
		buf_add_cstr(out, "  it is the administrator's policy that forbids it\n");
	if (rule->scope == RULE_UPDATE)
		buf_add_cstr(out, "  it looks at updates, the new object against the old\n");
	buf_printf(out, "\nA policy changes it by `rules: {%s: error|warn|off}`", rule->id);
	if (rule->severity == FIELD_SEVERITY_WARN)
		buf_printf(out, ",\nand an object silences it by the annotation `%s: %s`",
			SILENCE_ANNOTATION, rule->id);
	buf_add_cstr(out, ".\n");
}

static const char MARKDOWN_HEAD[] =
	"| id | name | severity | objects | since | upstream | what holds |\n"
	"| --- | --- | --- | --- | --- | --- | --- |\n";

void rules_report_all(struct str format, struct buf *out)
{
	CLEANUP(mem_free) const struct rule **rules = NULL;
	const bool json = str_is(format, "json");
	const bool markdown = str_is(format, "markdown");
	size_t count;

	rules = sorted_rules(&count);
	if (markdown)
		buf_add_cstr(out, MARKDOWN_HEAD);
	for (size_t i = 0; i < count; i++) {
		if (json) {
			buf_add_cstr(out, i ? ",\n" : "[\n");
			json_row(rules[i], out);
		} else if (markdown) {
			markdown_row(rules[i], out);
		} else {
			text_row(rules[i], out);
		}
	}
	if (json)
		buf_add_cstr(out, "\n]\n");
}

void rules_report_one(const struct rule *rule, struct str format, struct buf *out)
{
	if (str_is(format, "json")) {
		json_row(rule, out);
		buf_add_char(out, '\n');
	} else if (str_is(format, "markdown")) {
		buf_add_cstr(out, MARKDOWN_HEAD);
		markdown_row(rule, out);
	} else {
		text_one(rule, out);
	}
}
