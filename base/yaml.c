#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "base/yaml_fast.h"
#include "base/yaml_fault.h"
#include "base/yaml_text.h"

/* Each is compared with all that came before it. */
enum { DIRECTIVES_MAX = 4096 };

struct yaml_stream {
	struct str text;
	struct yaml_fast fast;
	struct yaml_text builder;
	yaml_parser_t parser; /* of what is not plain, from the first document that is not on */
	bool parsing;         /* there is such a one, and it begins at fast.offset */
	uint32_t index;
	bool in_document; /* its rest is passed over before the next one */
	bool ended;
	bool unfilled; /* the document is a template: one error of it is enough */
	uint32_t
		broken; /* the first line where what is no YAML can be over; 0: it is YAML so far */
};

struct yaml_stream *yaml_open(struct str text)
{
	struct yaml_stream *const stream = mem_alloc(sizeof(*stream));

	stream->text = (struct str){text.len ? text.at : "", text.len};
	stream->fast = (struct yaml_fast){.text = stream->text, .line = 1};
	return stream;
}

void yaml_close(struct yaml_stream **stream)
{
	if (*stream == NULL)
		return;
	if ((*stream)->parsing)
		yaml_parser_delete(&(*stream)->parser);
	yaml_text_done(&(*stream)->builder);
	free(*stream);
	*stream = NULL;
}

/* What libyaml reads: all that was not read before. */
static struct str parsed_text(const struct yaml_stream *stream)
{
	return str_from_offset(stream->text, stream->fast.offset);
}

static void start_parser(struct yaml_stream *stream)
{
	const struct str text = parsed_text(stream);

	if (!yaml_parser_initialize(&stream->parser))
		abort();
	stream->parsing = true;
	yaml_parser_set_encoding(&stream->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&stream->parser, (const unsigned char *)text.at, text.len);
}

static struct yaml_place place_of(const struct yaml_stream *stream, yaml_mark_t mark)
{
	return (struct yaml_place){
		(uint32_t)mark.line + stream->fast.line, (uint32_t)mark.column + 1};
}

static bool fail_reader(struct yaml_stream *stream, struct err *err)
{
	const yaml_parser_t *const parser = &stream->parser;
	const size_t most = parsed_text(stream).len;
	const size_t offset = stream->fast.offset +
			      (parser->problem_offset < most ? parser->problem_offset : most);
	uint32_t line, column;

	json_position(stream->text, stream->text.at + offset, &line, &column);
	stream->broken = line + 1;
	return err_set(err, ERR_INVALID, "line %u, byte %u: %s (0x%02x)", line, column,
		parser->problem, (unsigned)parser->problem_value);
}

static bool fail_parser(struct yaml_stream *stream, struct err *err)
{
	const yaml_parser_t *const parser = &stream->parser;
	const struct yaml_place at = place_of(stream, parser->problem_mark);
	const struct yaml_fault fault = {
		.problem = parser->problem,
		.context = parser->context,
		.at = {parser->problem_mark.line, parser->problem_mark.column},
		.from = {parser->context_mark.line, parser->context_mark.column},
		.first_line = stream->fast.line,
	};

	stream->ended = true;
	/* What lacks its end is found wrong where the next document begins. */
	stream->broken = at.line + (at.column > 1);
	if (parser->error == YAML_MEMORY_ERROR)
		abort();
	if (parser->error == YAML_READER_ERROR)
		return fail_reader(stream, err);
	return yaml_fault_tell(parsed_text(stream), &fault, err);
}

static bool build_scalar(struct yaml_stream *stream, const yaml_event_t *event)
{
	const struct yaml_props props = {
		.place = place_of(stream, event->start_mark),
		.anchor = (const char *)event->data.scalar.anchor,
	};
	const struct str value = {
		(const char *)event->data.scalar.value, event->data.scalar.length};
	const enum yaml_as as = yaml_scalar_as(
		(const char *)event->data.scalar.tag, event->data.scalar.plain_implicit);

	return yaml_text_scalar(&stream->builder, &props, value, as);
}

static bool build_open(struct yaml_stream *stream, const yaml_event_t *event)
{
	const bool mapping = event->type == YAML_MAPPING_START_EVENT;
	const struct yaml_props props = {
		.place = place_of(stream, event->start_mark),
		.anchor = (const char *)(mapping ? event->data.mapping_start.anchor
						 : event->data.sequence_start.anchor),
	};

	return yaml_text_open(&stream->builder, &props, mapping);
}

static bool build(struct yaml_stream *stream, const yaml_event_t *event)
{
	switch ((int)event->type) {
	case YAML_SCALAR_EVENT:
		return build_scalar(stream, event);
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		return build_open(stream, event);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		return yaml_text_close(&stream->builder);
	case YAML_ALIAS_EVENT:
		return yaml_text_alias(&stream->builder, place_of(stream, event->start_mark),
			(const char *)event->data.alias.anchor);
	default:
		return true;
	}
}

static bool next_event(struct yaml_stream *stream, yaml_event_t *event, struct err *err)
{
	if (!yaml_parser_parse(&stream->parser, event))
		return fail_parser(stream, err);
	if (event->type == YAML_STREAM_END_EVENT)
		stream->ended = true;
	return true;
}

/*
 * To behind the next event of that kind, or the end. Not into any depth: libyaml's time for each
 * token grows with it.
 */
static bool skip_to(
	struct yaml_stream *stream, yaml_event_type_t last, int64_t depth_max, struct err *err)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int64_t depth = 0;

	while (type != last && !stream->ended) {
		yaml_event_t event;

		if (!next_event(stream, &event, err))
			return false;
		type = event.type;
		depth += type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
		depth -= type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
		const struct yaml_place place = place_of(stream, event.start_mark);

		yaml_event_delete(&event);
		if (depth > depth_max)
			return err_set(err, ERR_TOO_LARGE,
				"line %u, column %u: mappings and sequences are deeper than %u",
				place.line, place.column, (unsigned)depth_max);
	}
	return true;
}

static bool build_document(struct yaml_stream *stream, struct err *err)
{
	bool good = true;

	stream->in_document = true;
	while (good && stream->in_document) {
		yaml_event_t event;

		if (!next_event(stream, &event, err))
			return false;
		good = build(stream, &event);
		stream->in_document = event.type != YAML_DOCUMENT_END_EVENT;
		yaml_event_delete(&event);
	}
	return good;
}

static bool to_next_document(
	struct yaml_stream *stream, const struct yaml_limits *limits, struct err *err)
{
	/* After an error inside a document there is the rest of it. */
	if (stream->in_document && !skip_to(stream, YAML_DOCUMENT_END_EVENT, limits->depth, err))
		return false;
	stream->in_document = false;
	return skip_to(stream, YAML_DOCUMENT_START_EVENT, limits->depth, err);
}

static bool parse_document(struct yaml_stream *stream, const struct yaml_limits *limits,
	struct yaml_doc *doc, struct err *err)
{
	if (!to_next_document(stream, limits, err)) {
		if (!stream->unfilled || err->code == ERR_TOO_LARGE)
			return false;
		stream->unfilled = false;
		stream->ended = !yaml_resume(stream);
		return true;
	}
	if (stream->ended)
		return true;
	doc->index = stream->index++;
	const bool good = build_document(stream, err);

	stream->unfilled = stream->builder.unfilled;
	return good && yaml_text_finish(&stream->builder, doc);
}

/* Into `doc`, whose root is NULL at the end. */
static bool read_document(struct yaml_stream *stream, struct arena *arena,
	const struct yaml_limits *limits, struct yaml_doc *doc, struct err *err)
{
	enum yaml_fast_result result = YAML_FAST_NOT;

	yaml_text_begin(&stream->builder, arena, limits, err);
	if (!stream->parsing)
		result = yaml_fast_read(&stream->fast, &stream->builder);
	if (result == YAML_FAST_DOCUMENT) {
		doc->index = stream->index++;
		return yaml_text_finish(&stream->builder, doc);
	}
	if (result == YAML_FAST_END) {
		stream->ended = true;
		return true;
	}
	if (!stream->parsing) {
		start_parser(stream);
		yaml_text_begin(&stream->builder, arena, limits, err);
	}
	return parse_document(stream, limits, doc, err);
}

/* Of the whole stream: what libyaml itself could not bear. */
static bool fits(
	const struct yaml_stream *stream, const struct yaml_limits *limits, struct err *err)
{
	const char *at = stream->text.at, *const end = at + stream->text.len;
	size_t directives = 0;

	if (stream->text.len > limits->bytes)
		return err_set(err, ERR_TOO_LARGE, "%zu bytes are more than the %zu allowed",
			stream->text.len, limits->bytes);
	if (stream->index)
		return true;
	for (; stream->text.len && (at = memmem(at, (size_t)(end - at), "%TAG", 4)); at += 4)
		directives++;
	if (directives > DIRECTIVES_MAX)
		return err_set(
			err, ERR_TOO_LARGE, "more than %d '%%TAG' directives", DIRECTIVES_MAX);
	return true;
}

bool yaml_next(struct yaml_stream *stream, struct arena *arena, const struct yaml_limits *limits,
	struct yaml_doc *doc, struct err *err)
{
	*doc = (struct yaml_doc){0};
	bool good = stream->ended || fits(stream, limits, err);

	while (good && !stream->ended) {
		good = read_document(stream, arena, limits, doc, err);
		if (good && json_present(doc->json.root))
			return true;
		doc->json = (struct json_doc){0};
		doc->places = NULL;
	}
	if (!good && err->code == ERR_TOO_LARGE)
		stream->ended = true;
	return good;
}

/* As libyaml counts lines. */
static size_t line_end_length(struct str s)
{
	if (s.at[0] == '\r')
		return str_starts(s, "\r\n") ? 2 : 1;
	if (s.at[0] == '\n')
		return 1;
	if (str_starts(s, "\xC2\x85"))
		return 2;
	return str_starts(s, "\xE2\x80\xA8") || str_starts(s, "\xE2\x80\xA9") ? 3 : 0;
}

static bool begins_document(struct str line)
{
	return str_starts(line, "---") && (line.len == 3 || strchr(" \t\r\n", line.at[3]));
}

bool yaml_resume(struct yaml_stream *stream)
{
	struct yaml_fast next = stream->fast;
	struct str rest = parsed_text(stream);
	bool found = false;

	if (stream->broken == 0)
		return false;
	while (!found && rest.len) {
		const size_t end = line_end_length(rest);

		rest = str_from_offset(rest, end ? end : 1);
		next.line += end > 0;
		found = end && next.line >= stream->broken && begins_document(rest);
	}
	stream->broken = 0;
	if (!found)
		return false;
	yaml_parser_delete(&stream->parser);
	stream->parsing = stream->in_document = stream->ended = false;
	next.offset = stream->text.len - rest.len;
	stream->fast = next;
	return true;
}

static bool read_only(struct yaml_stream *stream, struct arena *arena,
	const struct yaml_limits *limits, struct yaml_doc *doc, struct err *err)
{
	struct yaml_doc second;

	if (!yaml_next(stream, arena, limits, doc, err))
		return false;
	if (doc->json.root == NULL)
		return err_set(err, ERR_INVALID, "there is nothing in it");
	if (!yaml_next(stream, arena, limits, &second, err))
		return false;
	if (second.json.root)
		return err_set(err, ERR_INVALID,
			"line %u, column %u: a second document begins here", second.places[0].line,
			second.places[0].column);
	return true;
}

bool yaml_read(struct arena *arena, struct str text, const struct yaml_limits *limits,
	struct yaml_doc *doc, struct err *err)
{
	struct yaml_stream *stream = yaml_open(text);
	const bool good = read_only(stream, arena, limits, doc, err);

	yaml_close(&stream);
	return good;
}

void yaml_position(
	const struct yaml_doc *doc, const struct json_node *node, uint32_t *line, uint32_t *column)
{
	const struct yaml_place place = doc->places[node - doc->json.root];

	*line = place.line;
	*column = place.column;
}
