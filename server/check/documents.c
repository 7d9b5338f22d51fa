#include "server/check/documents.h"

#include <stdlib.h>
#include <string.h>

/* As deep as a review may be; a document of many small nodes may take half a gigabyte. */
enum { DEPTH_MAX = 256, NODES_MAX = 32 * 1000 * 1000, EXPANDED_MAX = 1000 * 1000 };

static const struct yaml_limits YAML_LIMITS = {
	.bytes = DOCUMENTS_BYTES_MAX,
	.depth = DEPTH_MAX,
	.nodes = NODES_MAX,
	.expanded = EXPANDED_MAX,
};
static const struct json_limits JSON_LIMITS = {
	.bytes = DOCUMENTS_BYTES_MAX,
	.depth = DEPTH_MAX,
	.nodes = NODES_MAX,
};

void documents_open(struct documents *d, struct source *source)
{
	*d = (struct documents){.source = source};
}

void documents_close(struct documents *d)
{
	yaml_close(&d->yaml);
}

/* The number behind a word, and what stands behind both; NULL when it is not there. */
static const char *take_number(const char *text, const char *word, uint32_t *out)
{
	const size_t length = strlen(word);
	char *end;

	if (text == NULL || strncmp(text, word, length) != 0)
		return NULL;
	*out = (uint32_t)strtoul(text + length, &end, 10);
	return end;
}

/*
 * The messages of both readers begin with their place: in characters that of YAML, in bytes that
 * of JSON, and of YAML that is not UTF-8.
 */
static bool fail(struct arena *arena, const struct err *err, struct document_fault *out)
{
	struct document_fault fault = {.text = str_from(err->text)};
	const char *const line = take_number(err->text, "line ", &fault.line);
	const char *rest = take_number(line, ", column ", &fault.column);

	if (rest == NULL)
		rest = take_number(line, ", byte ", &fault.column);
	if (rest && strncmp(rest, ": ", 2) == 0)
		fault.text = str_from(rest + 2);
	else
		fault.line = fault.column = 0;
	*out = fault;
	out->text = arena_str(arena, fault.text);
	return false;
}

/* A value behind others: its reader counts lines and bytes from where it begins. */
static bool fail_json(struct documents *d, struct arena *arena, struct yaml_place first,
	const struct err *err, struct document_fault *out)
{
	fail(arena, err, out);
	if (out->line == 0)
		return false;
	out->line += first.line - 1;
	const uint32_t column = out->line == first.line ? first.column : 1;
	struct str before, rest;

	if (source_split(d->source, out->line, column, &before, &rest)) {
		if (rest.len > out->column - 1)
			rest.len = out->column - 1;
		out->column = column + source_characters(rest);
	}
	return false;
}

static size_t end_of_string(struct str s, size_t at)
{
	for (at++; at < s.len && s.at[at] != '"'; at++) {
		if (s.at[at] == '\\')
			at++;
	}
	return at;
}

/* Bytes of the JSON value that `s` starts with, by its brackets; all of it when they do not fit. */
static size_t value_length(struct str s)
{
	size_t depth = 0;

	for (size_t at = 0; at < s.len; at++) {
		const char c = s.at[at];

		if (c == '"')
			at = end_of_string(s, at);
		else if (c == '{' || c == '[')
			depth++;
		else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0))
			return at + 1;
	}
	return s.len;
}

static bool next_json(struct documents *d, struct arena *arena, struct document *out,
	struct document_fault *fault)
{
	struct str rest = str_trim(str_from_offset(d->source->text, d->offset));
	struct yaml_place first;
	struct json_doc doc;
	struct err err;

	if (rest.len == 0)
		return true;
	rest.len = value_length(rest);
	source_place(d->source, rest.at, &first.line, &first.column);
	d->offset = (size_t)(rest.at - d->source->text.at) + rest.len;
	if (!json_read(arena, rest, &JSON_LIMITS, &doc, &err)) {
		d->offset = d->source->text.len;
		return fail_json(d, arena, first, &err, fault);
	}
	out->root = doc.root;
	return true;
}

static bool next_yaml(struct documents *d, struct arena *arena, struct document *out,
	struct document_fault *fault)
{
	struct err err;

	if (!yaml_next(d->yaml, arena, &YAML_LIMITS, &out->yaml, &err)) {
		yaml_resume(d->yaml);
		return fail(arena, &err, fault);
	}
	out->root = out->yaml.json.root;
	return true;
}

static bool begins_like_json(struct str text)
{
	const struct str rest = str_trim(text);

	return rest.len && (rest.at[0] == '{' || rest.at[0] == '[') && !str_starts(rest, "{{") &&
	       !str_starts(rest, "{%"); /* a template */
}

/* JSON values alone, one behind the other, or nothing; not JSON between YAML's "---". */
static bool looks_like_json(struct str text)
{
	const struct str rest = str_trim(text);
	const struct str behind = str_trim(str_from_offset(rest, value_length(rest)));

	if (rest.len == 0)
		return true;
	return begins_like_json(rest) && (behind.len == 0 || begins_like_json(behind));
}

/* As some shells of Windows write files. */
static bool is_utf16(struct str text)
{
	return str_starts(text, "\xFF\xFE") || str_starts(text, "\xFE\xFF");
}

/*
 * What begins like JSON is mostly JSON. Where it is not, it may still be YAML in flow style; what
 * is neither is told in the words of the JSON reader.
 */
static bool start(struct documents *d, struct arena *arena, struct document *out,
	struct document_fault *fault)
{
	struct document_fault other;

	d->started = true;
	if (is_utf16(d->source->text)) {
		d->offset = d->source->text.len;
		*fault = (struct document_fault){.text = STR("is UTF-16: save it as UTF-8")};
		return false;
	}
	if (looks_like_json(d->source->text)) {
		if (next_json(d, arena, out, fault))
			return true;
		d->yaml = yaml_open(d->source->text);
		if (next_yaml(d, arena, out, &other))
			return true;
		yaml_close(&d->yaml);
		return false;
	}
	d->yaml = yaml_open(d->source->text);
	return next_yaml(d, arena, out, fault);
}

bool documents_next(struct documents *d, struct arena *arena, struct document *out,
	struct document_fault *fault)
{
	*out = (struct document){0};
	if (!d->started)
		return start(d, arena, out, fault);
	return d->yaml ? next_yaml(d, arena, out, fault) : next_json(d, arena, out, fault);
}

void documents_place(const struct documents *d, const struct document *document,
	const struct json_node *node, uint32_t *line, uint32_t *column)
{
	if (document->yaml.json.root) {
		yaml_position(&document->yaml, node, line, column);
		return;
	}
	source_place(d->source, node->at - (node->kind == JSON_STRING), line, column);
}
