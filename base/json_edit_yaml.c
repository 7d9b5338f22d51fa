#include "base/json_edit.h"

#include <ctype.h>

#include "base/utf8.h"

enum {
	INDENT = 2,
	/* A key of more bytes is written as `? key`: libyaml reads 1,024 at most, escapes included.
	 */
	KEY_MAX = 100,
};

/* What YAML 1.1 takes for a boolean or null, in any mix of cases. */
static const char *const WORDS[] = {
	"y",
	"n",
	"yes",
	"no",
	"on",
	"off",
	"true",
	"false",
	"null",
};

static bool is_word(struct str s)
{
	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (str_is_nocase(s, WORDS[i]))
			return true;
	}
	return false;
}

/* Has a letter that no number, in any base or with any exponent, and no time has. */
static bool has_plain_letter(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		const char c = s.at[i];

		if (isalpha((unsigned char)c) && str_find(STR("abcdefABCDEFxXoOtTzZ"), c) == 20)
			return true;
	}
	return false;
}

static bool starts_plain(struct str s)
{
	if (isalpha((unsigned char)s.at[0]) || s.at[0] == '/' || s.at[0] == '_')
		return true;
	if (isdigit((unsigned char)s.at[0]))
		return has_plain_letter(s);
	return s.len > 2 && str_starts(s, "--") && isalpha((unsigned char)s.at[2]);
}

/* Stricter than YAML: what is quoted needlessly is still the same value. */
static bool is_plain(struct str s)
{
	if (s.len == 0 || !starts_plain(s) || is_word(s) || str_ends(s, ":") || str_ends(s, " "))
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.at[i] < ' ' || s.at[i] > '~')
			return false;
	}
	return !str_contains(s, ": ") && !str_contains(s, " #");
}

/*
 * Beyond ASCII: what YAML calls printable, without its own line breaks (U+0085, U+2028, U+2029)
 * and the byte order mark.
 */
static bool is_printable(uint32_t point)
{
	if (point < 0xA0 || point == 0x2028 || point == 0x2029 || point == 0xFEFF)
		return false;
	return point < 0xFFFE || point > 0xFFFF;
}

static void add_escaped(struct buf *out, uint32_t point)
{
	static const char SHORT[][2] = {
		{'\n', 'n'},
		{'\t', 't'},
		{'\r', 'r'},
	};

	for (size_t i = 0; i < ARRAY_LEN(SHORT); i++) {
		if ((uint32_t)SHORT[i][0] == point) {
			buf_printf(out, "\\%c", SHORT[i][1]);
			return;
		}
	}
	buf_printf(out, point < 0x100 ? "\\x%02X" : "\\u%04X", (unsigned)point);
}

/* One character in double quotes; returns its length in bytes. */
static size_t add_character(struct buf *out, struct str rest)
{
	const size_t len = utf8_sequence(rest);
	const unsigned char first = (unsigned char)rest.at[0];

	if (len == 0 && str_starts(rest, "\xC0\x80")) {
		buf_add_cstr(out, "\\0");
		return 2;
	}
	if (len == 0)
		buf_add_cstr(out, "\xEF\xBF\xBD");
	else if (first == '"' || first == '\\')
		buf_printf(out, "\\%c", first);
	else if (first >= ' ' && first <= '~')
		buf_add_char(out, (char)first);
	else if (len > 1 && is_printable(utf8_point((struct str){rest.at, len})))
		buf_add(out, (struct str){rest.at, len});
	else
		add_escaped(out, utf8_point((struct str){rest.at, len}));
	return len ? len : 1;
}

static void add_quoted(struct buf *out, struct str s)
{
	buf_add_char(out, '"');
	while (s.len)
		s = str_from_offset(s, add_character(out, s));
	buf_add_char(out, '"');
}

static void add_scalar_str(struct buf *out, struct str s)
{
	if (is_plain(s))
		buf_add(out, s);
	else
		add_quoted(out, s);
}

/*
 * A literal block keeps every byte of a text of printable lines. Not taken: text that begins with
 * white space or an empty line (the block would need an indentation mark) or ends in more than one
 * line feed.
 */
static bool fits_literal(struct str s)
{
	if (str_find(s, '\n') == s.len || s.at[0] == ' ' || s.at[0] == '\t' || s.at[0] == '\n' ||
		str_ends(s, "\n\n"))
		return false;
	while (s.len) {
		const size_t len = utf8_sequence(s);
		const char c = s.at[0];

		if (len == 0 || (len > 1 && !is_printable(utf8_point((struct str){s.at, len}))))
			return false;
		if (len == 1 && (c < ' ' || c == '\x7f') && c != '\n' && c != '\t')
			return false;
		s = str_from_offset(s, len);
	}
	return true;
}

static void add_indent(struct buf *out, int indent)
{
	buf_printf(out, "%*s", indent, "");
}

static void add_literal(struct buf *out, struct str s, int indent)
{
	buf_add_cstr(out, str_ends(s, "\n") ? "|" : "|-");
	while (s.len) {
		const struct str line = str_cut(&s, '\n');

		buf_add_char(out, '\n');
		if (line.len)
			add_indent(out, indent);
		buf_add(out, line);
	}
}

/*
 * YAML 1.1 wants a point and a sign in a number with an exponent, JSON does not: 1e3 becomes
 * 1.0e+3.
 */
static void add_number(struct buf *out, struct str number)
{
	size_t e = str_find(number, 'e');

	if (e == number.len)
		e = str_find(number, 'E');
	buf_add(out, (struct str){number.at, e});
	if (e == number.len)
		return;
	if (str_find((struct str){number.at, e}, '.') == e)
		buf_add_cstr(out, ".0");
	const struct str exponent = str_from_offset(number, e + 1);

	buf_add_cstr(out, str_starts(exponent, "-") || str_starts(exponent, "+") ? "e" : "e+");
	buf_add(out, exponent);
}

/* `indent` is that of a literal block's lines. */
static void add_scalar(struct buf *out, const struct json_edit *value, int indent)
{
	const struct str text = json_edit_text(value);

	switch (json_edit_kind(value)) {
	case JSON_FALSE:
		buf_add_cstr(out, "false");
		break;
	case JSON_TRUE:
		buf_add_cstr(out, "true");
		break;
	case JSON_NUMBER:
		add_number(out, text);
		break;
	case JSON_STRING:
		if (fits_literal(text))
			add_literal(out, text, indent);
		else
			add_scalar_str(out, text);
		break;
	case JSON_ARRAY:
		buf_add_cstr(out, "[]");
		break;
	case JSON_OBJECT:
		buf_add_cstr(out, "{}");
		break;
	case JSON_NULL:
	case JSON_SKIPPED:
		buf_add_cstr(out, "null");
		break;
	}
}

static void add_parts(struct buf *out, const struct json_edit *container, int indent);

static void add_member(struct buf *out, const struct json_edit *member, int indent)
{
	const bool parts = json_edit_first(member) != NULL;
	const bool list = json_edit_kind(member) == JSON_ARRAY;
	const struct str key = json_edit_key(member);

	if (key.len > KEY_MAX) {
		buf_add_cstr(out, "? ");
		add_quoted(out, key);
		buf_add_char(out, '\n');
		add_indent(out, indent);
	} else {
		add_scalar_str(out, key);
	}
	if (parts) {
		const int inner = list ? indent : indent + INDENT;

		buf_add_cstr(out, ":\n");
		add_indent(out, inner);
		add_parts(out, member, inner);
	} else {
		buf_add_cstr(out, ": ");
		add_scalar(out, member, indent + INDENT);
		buf_add_char(out, '\n');
	}
}

/* Of a container that is not empty; the first line's indentation is already there. */
static void add_parts(struct buf *out, const struct json_edit *container, int indent)
{
	const struct json_edit *const first = json_edit_first(container);

	for (const struct json_edit *part = first; part; part = json_edit_next(part)) {
		if (part != first)
			add_indent(out, indent);
		if (json_edit_kind(container) == JSON_OBJECT) {
			add_member(out, part, indent);
			continue;
		}
		buf_add_cstr(out, "- ");
		if (json_edit_first(part)) {
			add_parts(out, part, indent + INDENT);
		} else {
			add_scalar(out, part, indent + INDENT);
			buf_add_char(out, '\n');
		}
	}
}

static void expand_all(struct json_edit *value)
{
	json_edit_expand(value);
	for (struct json_edit *part = json_edit_first(value); part; part = json_edit_next(part))
		expand_all(part);
}

void json_edit_print_yaml(const struct json_edit *value, struct buf *out)
{
	struct json_edit *expanded = json_edit_copy(value);

	expand_all(expanded);
	if (json_edit_first(expanded)) {
		add_parts(out, expanded, 0);
	} else {
		add_scalar(out, expanded, INDENT);
		buf_add_char(out, '\n');
	}
	json_edit_free(&expanded);
}

static void add_comment_line(struct buf *out, struct str line)
{
	buf_add_cstr(out, line.len ? "# " : "#");
	while (line.len) {
		const size_t len = utf8_sequence(line);
		const struct str c = {line.at, len ? len : 1};
		const bool ascii =
			len == 1 && ((c.at[0] >= ' ' && c.at[0] <= '~') || c.at[0] == '\t');

		if (ascii || (len > 1 && is_printable(utf8_point(c))))
			buf_add(out, c);
		else
			buf_add_char(out, '?');
		line = str_from_offset(line, c.len);
	}
	buf_add_char(out, '\n');
}

void json_edit_print_yaml_comment(struct str text, struct buf *out)
{
	while (text.len)
		add_comment_line(out, str_cut(&text, '\n'));
}
