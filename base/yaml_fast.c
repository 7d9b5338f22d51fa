#include "base/yaml_fast.h"

#include <string.h>

enum {
	LEVELS_MAX = 64,      /* of block collections; what is deeper is left to libyaml */
	FLOW_LEVELS_MAX = 16, /* within one line */
	KEY_MAX = 1000,       /* libyaml refuses keys beyond 1024 bytes */
};

/* A block collection that is open: the column of its keys or dashes, from 0. */
struct level {
	uint32_t indent;
	bool mapping;
};

struct reader {
	struct yaml_text *out;
	const char *next, *stop; /* behind this line; behind the text */
	const char *begin, *at,
		*end;     /* of this line: its first byte, what is not a space, its end */
	uint32_t line;    /* its number, from 1 */
	uint32_t depth;   /* of levels */
	bool wants_value; /* behind a key or a dash nothing stood yet … */
	struct yaml_place empty_place; /* … and if nothing comes, this is where it is missing */
	struct level levels[LEVELS_MAX];
};

struct token {
	struct str text;
	enum yaml_as as;
};

enum line { LINE_CONTENT, LINE_MARKER, LINE_END, LINE_ODD };

static char peek(const struct reader *r, const char *at)
{
	return at < r->end ? *at : '\n';
}

static bool is_blank_at(const struct reader *r, const char *at)
{
	return at >= r->end || *at == ' ';
}

static const char *skip_spaces(const struct reader *r, const char *at)
{
	while (at < r->end && *at == ' ')
		at++;
	return at;
}

static bool is_printable(const char *at, const char *end)
{
	unsigned odd = 0;

	for (; at < end; at++)
		odd |= (unsigned char)(*at - 0x20) > 0x7E - 0x20;
	return !odd;
}

/* Nothing but a comment, which is parted from what stands before it. */
static bool ends_here(const struct reader *r, const char *at)
{
	const char *const rest = skip_spaces(r, at);

	return rest == r->end || (*rest == '#' && (rest == r->begin || rest[-1] == ' '));
}

/* "---" is a document's begin wherever it stands in front; "..." is left to libyaml. */
static enum line kind_of(const struct reader *r)
{
	if (r->at != r->begin || r->end - r->at < 3 || !is_blank_at(r, r->at + 3))
		return LINE_CONTENT;
	if (memcmp(r->at, "...", 3) == 0)
		return LINE_ODD;
	if (memcmp(r->at, "---", 3) != 0)
		return LINE_CONTENT;
	return ends_here(r, r->at + 3) ? LINE_MARKER : LINE_ODD;
}

/* The next line that is more than a comment. */
static enum line next_line(struct reader *r)
{
	do {
		if (r->next == r->stop)
			return LINE_END;
		const char *const end = memchr(r->next, '\n', (size_t)(r->stop - r->next));

		r->begin = r->next;
		r->end = end ? end : r->stop;
		r->next = end ? end + 1 : r->stop;
		r->line++;
		if (!is_printable(r->begin, r->end))
			return LINE_ODD;
		r->at = skip_spaces(r, r->begin);
	} while (ends_here(r, r->at));
	return kind_of(r);
}

static struct yaml_place place_at(const struct reader *r, const char *at)
{
	return (struct yaml_place){r->line, (uint32_t)(at - r->begin) + 1};
}

static bool add_scalar(struct reader *r, const char *at, const struct token *token)
{
	const struct yaml_props props = {.place = place_at(r, at)};

	return yaml_text_scalar(r->out, &props, token->text, token->as);
}

static bool is_alphanumeric(char c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Without escapes, and to its end on this line. */
static const char *read_quoted(const struct reader *r, const char *at, struct token *out)
{
	const char *const begin = at + 1;
	const char *const end = memchr(begin, *at, (size_t)(r->end - begin));

	if (end == NULL || peek(r, end + 1) == '\'')
		return NULL;
	if (*at == '"' && memchr(begin, '\\', (size_t)(end - begin)))
		return NULL;
	*out = (struct token){{begin, (size_t)(end - begin)}, YAML_AS_STRING};
	return end + 1;
}

/* What a plain scalar is made of: more may be in YAML, but of these each is sure. */
enum { BEGINS = 1, IN_FLOW = 2 };
static const unsigned char PLAIN[256] = {
	['_'] = BEGINS | IN_FLOW,
	['/'] = BEGINS | IN_FLOW,
	['.'] = BEGINS | IN_FLOW,
	['$'] = BEGINS | IN_FLOW,
	['+'] = BEGINS | IN_FLOW,
	['~'] = BEGINS | IN_FLOW,
	['('] = BEGINS,
	['^'] = BEGINS,
	['-'] = IN_FLOW,
	['='] = IN_FLOW,
	['@'] = IN_FLOW,
	['%'] = IN_FLOW,
};

static bool is_plain(char c, unsigned where)
{
	return is_alphanumeric(c) || (PLAIN[(unsigned char)c] & where);
}

static bool begins_plain(const struct reader *r, const char *at)
{
	const char second = peek(r, at + 1);

	if (*at == '-')
		return is_alphanumeric(second) || second == '-';
	return is_plain(*at, BEGINS);
}

static const char *read_plain(const struct reader *r, const char *at, struct token *out)
{
	const char *end = at;

	if (!begins_plain(r, at))
		return NULL;
	for (; end < r->end; end++) {
		if (*end == ':' && is_blank_at(r, end + 1))
			break;
		if (*end == '#' && end[-1] == ' ')
			break;
	}
	while (end[-1] == ' ')
		end--;
	*out = (struct token){{at, (size_t)(end - at)}, YAML_AS_RESOLVED};
	return end;
}

/* Of bytes alone that mean nothing in a flow collection. */
static const char *read_plain_in_flow(const struct reader *r, const char *at, struct token *out)
{
	const char *end = at;

	if (!begins_plain(r, at))
		return NULL;
	while (end < r->end &&
		(is_plain(*end, IN_FLOW) || (*end == ':' && is_plain(peek(r, end + 1), IN_FLOW))))
		end++;
	*out = (struct token){{at, (size_t)(end - at)}, YAML_AS_RESOLVED};
	return end;
}

static const char *read_scalar(const struct reader *r, const char *at, bool flow, struct token *out)
{
	const char c = peek(r, at);

	if (c == '\n')
		return NULL;
	if (c == '"' || c == '\'')
		return read_quoted(r, at, out);
	return flow ? read_plain_in_flow(r, at, out) : read_plain(r, at, out);
}

/* A scalar with the ": " behind it; returns what stands behind that, and where the ':' ends. */
static const char *read_key(const struct reader *r, const char *at, bool flow, struct token *out,
	const char **colon_end)
{
	const char *const end = read_scalar(r, at, flow, out);
	const char *const colon = end ? skip_spaces(r, end) : NULL;

	if (colon == NULL || peek(r, colon) != ':' || !is_blank_at(r, colon + 1) ||
		colon - at > KEY_MAX)
		return NULL;
	*colon_end = colon + 1;
	return skip_spaces(r, colon + 1);
}

static const char *read_flow(struct reader *r, const char *at, unsigned depth);

static const char *read_flow_member(struct reader *r, const char *at, bool mapping, unsigned depth)
{
	struct token token;
	const char *colon_end;

	if (mapping) {
		const char *const value = read_key(r, at, true, &token, &colon_end);

		if (value == NULL || !add_scalar(r, at, &token))
			return NULL;
		at = value;
	}
	if (peek(r, at) == '{' || peek(r, at) == '[')
		return read_flow(r, at, depth + 1);
	const char *const end = read_scalar(r, at, true, &token);

	return end && add_scalar(r, at, &token) ? end : NULL;
}

/* A collection that ends on this line; returns what stands behind its bracket. */
static const char *read_flow(struct reader *r, const char *at, unsigned depth)
{
	const bool mapping = *at == '{';
	const struct yaml_props props = {.place = place_at(r, at)};

	if (depth == FLOW_LEVELS_MAX || !yaml_text_open(r->out, &props, mapping))
		return NULL;
	at = skip_spaces(r, at + 1);
	if (peek(r, at) != (mapping ? '}' : ']')) {
		at = read_flow_member(r, at, mapping, depth);
		while (at && peek(r, at = skip_spaces(r, at)) == ',')
			at = read_flow_member(r, skip_spaces(r, at + 1), mapping, depth);
	}
	if (at == NULL || peek(r, at) != (mapping ? '}' : ']') || !yaml_text_close(r->out))
		return NULL;
	return at + 1;
}

/* What stands on the line behind a key or a dash; nothing: it may come on the next lines. */
static bool read_value(struct reader *r, const char *at)
{
	const char *end;
	struct token token;

	if (ends_here(r, at))
		return true;
	if (*at == '{' || *at == '[') {
		end = read_flow(r, at, 0);
	} else {
		end = read_scalar(r, at, false, &token);
		if (end && !add_scalar(r, at, &token))
			return false;
	}
	r->wants_value = false;
	return end && ends_here(r, end);
}

static bool add_missing_value(struct reader *r)
{
	const struct yaml_props props = {.place = r->empty_place};

	r->wants_value = false;
	return yaml_text_scalar(r->out, &props, STR(""), YAML_AS_RESOLVED);
}

static struct level *top(struct reader *r)
{
	return r->depth ? &r->levels[r->depth - 1] : NULL;
}

static bool close_level(struct reader *r)
{
	r->depth--;
	return yaml_text_close(r->out);
}

static bool open_level(struct reader *r, const char *at, bool mapping)
{
	const struct yaml_props props = {.place = place_at(r, at)};

	if (r->depth == LEVELS_MAX)
		return false;
	r->levels[r->depth++] = (struct level){(uint32_t)(at - r->begin), mapping};
	r->wants_value = false;
	return yaml_text_open(r->out, &props, mapping);
}

/* A collection may begin here: deeper than the one around it, or dashes right below a key. */
static bool begins_level(struct reader *r, uint32_t indent, bool mapping)
{
	const struct level *const around = top(r);

	return r->wants_value && (around == NULL || around->indent < indent ||
					 (around->indent == indent && around->mapping && !mapping));
}

/* Before a key or a dash: closes what ends here, and opens what begins. */
static bool enter_level(struct reader *r, const char *at, bool mapping)
{
	const uint32_t indent = (uint32_t)(at - r->begin);

	if (begins_level(r, indent, mapping))
		return open_level(r, at, mapping);
	if (r->wants_value && !add_missing_value(r))
		return false;
	while (top(r) && top(r)->indent > indent) {
		if (!close_level(r))
			return false;
	}
	/* the dashes right below a key end at the next key */
	if (top(r) && !top(r)->mapping && mapping && top(r)->indent == indent && !close_level(r))
		return false;
	return top(r) && top(r)->indent == indent && top(r)->mapping == mapping;
}

static void want_value(struct reader *r, const char *behind)
{
	r->wants_value = true;
	r->empty_place = place_at(r, behind);
}

/* Dashes, each of which begins a sequence or goes on with one, then a key or a value. */
static bool read_line(struct reader *r)
{
	const char *at = r->at, *colon_end;
	struct token token;
	bool behind_dash = false;

	while (*at == '-' && is_blank_at(r, at + 1)) {
		if (!enter_level(r, at, false))
			return false;
		want_value(r, at + 1);
		behind_dash = true;
		at = skip_spaces(r, at + 1);
		if (ends_here(r, at))
			return true;
	}
	const char *const value = read_key(r, at, false, &token, &colon_end);

	if (value == NULL)
		return behind_dash && read_value(r, at);
	if (!enter_level(r, at, true) || !add_scalar(r, at, &token))
		return false;
	want_value(r, colon_end);
	return read_value(r, value);
}

static bool finish(struct reader *r)
{
	if (r->wants_value && !add_missing_value(r))
		return false;
	while (r->depth) {
		if (!close_level(r))
			return false;
	}
	return true;
}

enum yaml_fast_result yaml_fast_read(struct yaml_fast *fast, struct yaml_text *out)
{
	struct reader r = {
		.out = out,
		.next = fast->text.at + fast->offset,
		.stop = fast->text.at + fast->text.len,
		.line = fast->line - 1,
		.wants_value = true,
	};
	enum line kind = next_line(&r);
	const bool marked = kind == LINE_MARKER;

	if (kind == LINE_END)
		return YAML_FAST_END;
	if (marked)
		kind = next_line(&r);
	while (kind == LINE_CONTENT && read_line(&r))
		kind = next_line(&r);
	if (kind == LINE_CONTENT || kind == LINE_ODD || !finish(&r))
		return YAML_FAST_NOT;
	fast->offset = (size_t)((kind == LINE_MARKER ? r.begin : r.stop) - fast->text.at);
	fast->line = r.line;
	return YAML_FAST_DOCUMENT;
}
