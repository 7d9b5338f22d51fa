#include "base/json_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json_keys.h"
#include "base/json_scan.h"
#include "base/utf8.h"

enum {
	BYTES_MAX = (1 << 27) - 1, /* what json_node.len can say */
	SHOWN = 64,                /* bytes of a key in a message */
	LEVELS = 64,               /* with a filter of their own */
};

struct reader {
	struct arena *arena;
	const struct json_limits *limits;
	const char *begin, *end;
	struct json_node *nodes;
	uint32_t count, room, allocated;
	/*
	 * The innermost open container. While a container is open its span holds the index of the
	 * one around it, so that no stack is needed.
	 */
	uint32_t open;
	uint32_t depth;
	/*
	 * The open container whose inside is not kept, or 0. Inside it only the keys of the open
	 * objects stay, one behind the other, until their object is closed.
	 */
	uint32_t skipped;
	struct json_keys keys;
	/*
	 * What json_keys_note() knows of each open object; of those too deep to have a place here
	 * the first says JSON_KEYS_SUSPECT.
	 */
	uint64_t filters[LEVELS];
	struct err *err;
};

/* Returns NULL, so that a failure is one line. */
static const char *fail(const struct reader *r, enum err_code code, const char *at,
	const char *format, ...) PRINTF_LIKE(4, 5);
static const char *fail(
	const struct reader *r, enum err_code code, const char *at, const char *format, ...)
{
	char what[200];
	uint32_t line, column;
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	json_position((struct str){r->begin, (size_t)(r->end - r->begin)}, at, &line, &column);
	err_set(r->err, code, "line %u, column %u: %s", line, column, what);
	return NULL;
}

static const char *fail_expected(const struct reader *r, const char *at, const char *expected)
{
	if (at == r->end)
		return fail(r, ERR_INVALID, at, "expected %s, found the end of the text", expected);
	const size_t len = utf8_sequence((struct str){at, (size_t)(r->end - at)});

	if (len == 0 || (unsigned char)*at < 0x20 || *at == 0x7F)
		return fail(r, ERR_INVALID, at, "expected %s, found the byte 0x%02x", expected,
			(unsigned char)*at);
	return fail(r, ERR_INVALID, at, "expected %s, found '%.*s'", expected, (int)len, at);
}

static inline char peek(const struct reader *r, const char *at)
{
	return at < r->end ? *at : '\0';
}

static inline const char *skip_space(const struct reader *r, const char *at)
{
	if (at < r->end && (unsigned char)*at > ' ')
		return at;
	return json_scan_space(at, r->end);
}

/* How many nodes may be there now: a skipped container's inside is not counted. */
static void set_room(struct reader *r)
{
	const bool limited = r->skipped == 0 && r->allocated > r->limits->nodes;

	r->room = limited ? r->limits->nodes : r->allocated;
}

static bool make_room(struct reader *r, const char *at)
{
	const uint32_t more = r->allocated * 2;

	if (r->skipped == 0 && r->count >= r->limits->nodes) {
		fail(r, ERR_TOO_LARGE, at, "more than %u values and keys", r->limits->nodes);
		return false;
	}
	r->nodes = arena_grow(
		r->arena, r->nodes, r->allocated * sizeof(*r->nodes), more * sizeof(*r->nodes));
	r->allocated = more;
	set_room(r);
	return true;
}

static inline bool add_node(struct reader *r, const char *at, size_t len, struct json_node node)
{
	if (r->count == r->room && !make_room(r, at))
		return false;
	node.at = at;
	node.len = len & BYTES_MAX;
	r->nodes[r->count++] = node;
	return true;
}

/* The value of the four hex digits at `at`, -1 when they are not there. */
static int32_t hex4(const struct reader *r, const char *at)
{
	int32_t value = 0;

	if (r->end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		const int c = at[i] | 0x20;

		if (at[i] >= '0' && at[i] <= '9')
			value = value * 16 + (at[i] - '0');
		else if (c >= 'a' && c <= 'f')
			value = value * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return value;
}

static const char *unicode_end(const struct reader *r, const char *at)
{
	const int32_t unit = hex4(r, at + 2);

	if (unit < 0)
		return fail(r, ERR_INVALID, at, "'\\u' needs four hexadecimal digits");
	if (unit < 0xD800 || unit > 0xDFFF)
		return at + 6;
	if (unit <= 0xDBFF && r->end - at >= 12 && at[6] == '\\' && at[7] == 'u') {
		const int32_t low = hex4(r, at + 8);

		if (low >= 0xDC00 && low <= 0xDFFF)
			return at + 12;
	}
	return fail(r, ERR_INVALID, at, "'%.6s' is half of a surrogate pair", at);
}

static const char *escape_end(const struct reader *r, const char *at)
{
	const char c = peek(r, at + 1);

	if (c == 'u')
		return unicode_end(r, at);
	if (JSON_SCAN_ESCAPES[(unsigned char)c])
		return at + 2;
	return fail_expected(r, at + 1, "one of \"\\/bfnrtu behind a backslash");
}

static const char *fail_in_string(const struct reader *r, const char *start, const char *at)
{
	if (at == r->end)
		return fail(r, ERR_INVALID, start - 1, "a string without an end");
	if ((unsigned char)*at < 0x20)
		return fail(r, ERR_INVALID, at,
			"the control character 0x%02x must be escaped in a string", *at);
	return fail(r, ERR_INVALID, at, "the byte 0x%02x is not UTF-8", (unsigned char)*at);
}

/* Goes on at the first byte of a string that is not plain; returns the closing quote. */
static const char *odd_string_end(
	const struct reader *r, const char *start, const char *at, bool *escaped)
{
	while (at < r->end && *at != '"') {
		if (*at == '\\') {
			*escaped = true;
			at = escape_end(r, at);
			if (at == NULL)
				return NULL;
		} else {
			const size_t len = utf8_sequence((struct str){at, (size_t)(r->end - at)});

			if (len == 0 || (unsigned char)*at < 0x20)
				return fail_in_string(r, start, at);
			at += len;
		}
		/* The quick way over escapes does not tell of them: only once they are known of. */
		at = *escaped ? json_scan_long_string(at, r->end) : json_scan_string(at, r->end);
	}
	return at < r->end ? at : fail_in_string(r, start, at);
}

/* From behind the opening quote to behind the closing one, as a node. */
static inline const char *read_string(struct reader *r, const char *const start)
{
	bool escaped = false;
	const char *at = json_scan_string(start, r->end);

	if (peek(r, at) != '"') {
		at = odd_string_end(r, start, at, &escaped);
		if (at == NULL)
			return NULL;
	}
	const struct json_node node = {.kind = JSON_STRING, .escaped = escaped, .span = 1};

	return add_node(r, start, (size_t)(at - start), node) ? at + 1 : NULL;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *digits_end(const struct reader *r, const char *at)
{
	if (!is_digit(peek(r, at)))
		return fail_expected(r, at, "a digit");
	while (is_digit(peek(r, at)))
		at++;
	return at;
}

static const char *read_number(struct reader *r, const char *const start)
{
	const char *at = start + (*start == '-');

	if (peek(r, at) == '0') {
		if (is_digit(peek(r, ++at)))
			return fail(r, ERR_INVALID, start, "a number must not begin with a zero");
	} else {
		at = digits_end(r, at);
	}
	if (at && peek(r, at) == '.')
		at = digits_end(r, at + 1);
	if (at && (peek(r, at) | 0x20) == 'e') {
		at++;
		if (peek(r, at) == '+' || peek(r, at) == '-')
			at++;
		at = digits_end(r, at);
	}
	const struct json_node node = {.kind = JSON_NUMBER, .span = 1};

	if (at == NULL || !add_node(r, start, (size_t)(at - start), node))
		return NULL;
	return at;
}

static const char *read_word(
	struct reader *r, const char *at, const char *word, enum json_kind kind)
{
	const struct json_node node = {.kind = (unsigned)kind & 15, .span = 1};
	const size_t len = strlen(word);

	if ((size_t)(r->end - at) < len || memcmp(at, word, len) != 0)
		return fail(r, ERR_INVALID, at, "expected '%s'", word);
	return add_node(r, at, len, node) ? at + len : NULL;
}

static const char *read_scalar(struct reader *r, const char *at)
{
	const char c = peek(r, at);

	if (c == '"')
		at = read_string(r, at + 1);
	else if (c == '-' || is_digit(c))
		at = read_number(r, at);
	else if (c == 't')
		at = read_word(r, at, "true", JSON_TRUE);
	else if (c == 'f')
		at = read_word(r, at, "false", JSON_FALSE);
	else if (c == 'n')
		at = read_word(r, at, "null", JSON_NULL);
	else
		return fail_expected(r, at, "a value");
	if (r->skipped && at)
		r->count--;
	return at;
}

static inline uint64_t *filter_of(struct reader *r)
{
	return &r->filters[r->depth < LEVELS ? r->depth : 0];
}

/* A member's key and the colon; returns where its value begins. */
static const char *read_key(struct reader *r, const char *at)
{
	if (peek(r, at) != '"')
		return fail_expected(r, at, "a key in double quotes");
	at = read_string(r, at + 1);
	if (at == NULL)
		return NULL;
	json_keys_note(filter_of(r), &r->nodes[r->count - 1], r->end);
	at = skip_space(r, at);
	if (peek(r, at) != ':')
		return fail_expected(r, at, "':' behind a key");
	return skip_space(r, at + 1);
}

static bool key_is_skipped(const struct reader *r)
{
	const struct json_node *const key = r->nodes + r->count - 1;

	if (r->limits->skip == NULL || r->depth == 0 || r->nodes[r->open].kind != JSON_OBJECT)
		return false;
	for (const char *const *name = r->limits->skip; *name; name++) {
		if ((**name == *key->at || key->escaped) && json_str_is(key, str_from(*name)))
			return true;
	}
	return false;
}

/* Returns the first byte inside that is not white space. */
static const char *open_container(struct reader *r, const char *at, enum json_kind kind)
{
	const struct json_node node = {.kind = (unsigned)kind & 15, .span = r->open};
	const bool skip = r->skipped == 0 && key_is_skipped(r);

	if (r->depth == r->limits->depth)
		return fail(r, ERR_TOO_LARGE, at, "objects and arrays are more than %u deep",
			r->limits->depth);
	if (!add_node(r, at, 0, node))
		return NULL;
	r->open = r->count - 1;
	r->depth++;
	*filter_of(r) = r->depth < LEVELS ? 0 : JSON_KEYS_SUSPECT;
	if (skip) {
		r->skipped = r->open;
		set_room(r);
	}
	return skip_space(r, at + 1);
}

static const char *fail_duplicate(const struct reader *r)
{
	const struct json_node *const first = r->keys.first, *const again = r->keys.again;
	const struct str key = {again->at, again->len};
	const size_t shown = utf8_cut(key, SHOWN);
	uint32_t line, column;

	json_position(
		(struct str){r->begin, (size_t)(r->end - r->begin)}, first->at - 1, &line, &column);
	return fail(r, ERR_INVALID, again->at - 1,
		"the key '%.*s%s' is already in this object, at line %u, column %u", (int)shown,
		key.at, shown < key.len ? "…" : "", line, column);
}

/* `at` is the closing bracket; returns the byte behind it. */
static const char *close_container(struct reader *r, const char *at)
{
	const uint32_t index = r->open;
	struct json_node *const node = r->nodes + index;

	if (node->kind == JSON_OBJECT && *filter_of(r) == JSON_KEYS_SUSPECT &&
		!json_keys_differ(&r->keys, node, r->nodes + r->count, r->skipped != 0))
		return fail_duplicate(r);
	r->open = node->span;
	r->depth--;
	node->len = (size_t)(at + 1 - node->at) & BYTES_MAX;
	node->span = r->count - index;
	if (r->skipped == index && index) {
		node->kind = JSON_SKIPPED;
		node->span = 1;
		r->count = index + 1;
		r->skipped = 0;
		set_room(r);
	} else if (r->skipped) {
		r->count = index;
	}
	return at + 1;
}

/* Behind a value: closes what ends here, and finds where the next value begins, if there is one. */
static const char *read_separators(struct reader *r, const char *at)
{
	while (at && r->depth) {
		const bool object = r->nodes[r->open].kind == JSON_OBJECT;

		at = skip_space(r, at);
		const char c = peek(r, at);

		if (c == ',') {
			at = skip_space(r, at + 1);
			return object ? read_key(r, at) : at;
		}
		if (c != (object ? '}' : ']'))
			return fail_expected(r, at,
				object ? "',' or '}' behind a member"
				       : "',' or ']' behind an item");
		at = close_container(r, at);
	}
	return at;
}

/* A container that is not empty is left open, and its first value comes next. */
static const char *read_container(struct reader *r, const char *at, bool object)
{
	at = open_container(r, at, object ? JSON_OBJECT : JSON_ARRAY);
	if (at == NULL)
		return NULL;
	if (peek(r, at) == (object ? '}' : ']'))
		return read_separators(r, close_container(r, at));
	return object ? read_key(r, at) : at;
}

static const char *read_value(struct reader *r, const char *at)
{
	do {
		const char c = peek(r, at);

		if (c == '{' || c == '[')
			at = read_container(r, at, c == '{');
		else
			at = read_separators(r, read_scalar(r, at));
	} while (at && r->depth);
	return at;
}

static bool read_text(struct reader *r)
{
	const char *at = skip_space(r, r->begin);

	if (at == r->end)
		return err_set(r->err, ERR_INVALID, "the text is empty");
	if (r->end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
		fail(r, ERR_INVALID, at, "a byte order mark is not JSON");
		return false;
	}
	at = read_value(r, at);
	if (at == NULL)
		return false;
	at = skip_space(r, at);
	if (at != r->end)
		fail_expected(r, at, "nothing behind the value");
	return at == r->end;
}

static bool read_with(struct reader *r, struct json_doc *out)
{
	const size_t most = r->limits->bytes < BYTES_MAX ? r->limits->bytes : BYTES_MAX;
	const size_t len = (size_t)(r->end - r->begin);

	*out = (struct json_doc){
		.text = {r->begin, len}
        };
	if (len > most)
		return err_set(r->err, ERR_TOO_LARGE, "%zu bytes are more than the %zu allowed",
			len, most);
	/* Compact JSON has a node for each 9 to 14 bytes. */
	r->allocated = (uint32_t)(len / 8) + 8;
	r->nodes = arena_grow(r->arena, NULL, 0, r->allocated * sizeof(*r->nodes));
	set_room(r);
	const bool good = read_text(r);

	json_keys_done(&r->keys);
	if (good) {
		out->root = r->nodes;
		out->count = r->count;
	}
	return good;
}

bool json_read(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_doc *out, struct err *err)
{
	struct json_twice twice;

	const bool good = json_read_twice(arena, text, limits, &twice, err);

	*out = twice.doc;
	return good;
}

bool json_read_twice(struct arena *arena, struct str text, const struct json_limits *limits,
	struct json_twice *out, struct err *err)
{
	struct reader r = {
		.arena = arena,
		.limits = limits,
		.begin = text.len ? text.at : "",
		.err = err,
	};

	r.end = r.begin + text.len;
	*out = (struct json_twice){0};
	if (read_with(&r, &out->doc))
		return true;
	if (r.keys.again) {
		out->first = (uint32_t)(r.keys.first - r.nodes);
		out->again = (uint32_t)(r.keys.again - r.nodes);
		out->key = (struct str){r.keys.again->at, r.keys.again->len};
	}
	return false;
}
