#include "base/json_edit.h"

enum { INDENT = 4 };

/* A NUL is kept as C0 80, which no UTF-8 text has inside; see json_edit_text(). */
static void print_str(struct str kept, struct buf *out)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t end; (end = str_find(kept, '\xC0')) < kept.len;
		kept = str_from_offset(kept, end + 1)) {
		const bool is_nul = end + 1 < kept.len && kept.at[end + 1] == '\x80';

		buf_add(&text, (struct str){kept.at, end});
		buf_add_char(&text, is_nul ? '\0' : '\xC0');
		end += is_nul;
	}
	if (text.len == 0) {
		buf_add_json_str(out, kept);
		return;
	}
	buf_add(&text, kept);
	buf_add_json_str(out, buf_str(&text));
}

/* White space of JSON stands only between tokens and in strings. */
static void print_raw(struct str json, struct buf *out)
{
	bool in_string = false;

	for (size_t i = 0; i < json.len; i++) {
		const char c = json.at[i];

		if (!in_string && (c == ' ' || c == '\t' || c == '\n' || c == '\r'))
			continue;
		if (c == '"')
			in_string = !in_string;
		buf_add_char(out, c);
		if (in_string && c == '\\')
			buf_add_char(out, json.at[++i]);
	}
}

static void new_line(struct buf *out, int level)
{
	if (level >= 0)
		buf_printf(out, "\n%*s", level * INDENT, "");
}

/* `level` is negative where everything stands on one line. */
static void print(const struct json_edit *value, int level, struct buf *out);

static void print_parts(const struct json_edit *value, int level, struct buf *out)
{
	const bool object = json_edit_kind(value) == JSON_OBJECT;
	const struct json_edit *const first = json_edit_first(value);
	const int inner = level < 0 ? level : level + 1;

	buf_add_char(out, object ? '{' : '[');
	for (const struct json_edit *part = first; part; part = json_edit_next(part)) {
		if (part != first)
			buf_add_char(out, ',');
		new_line(out, inner);
		if (object) {
			print_str(json_edit_key(part), out);
			buf_add_cstr(out, level < 0 ? ":" : ": ");
		}
		print(part, inner, out);
	}
	if (first)
		new_line(out, level);
	buf_add_char(out, object ? '}' : ']');
}

static void print_container(const struct json_edit *value, int level, struct buf *out)
{
	const struct str raw = json_edit_text(value);

	if (raw.len == 0) {
		print_parts(value, level, out);
	} else if (level < 0) {
		print_raw(raw, out);
	} else {
		struct json_edit *expanded = json_edit_copy(value);

		json_edit_expand(expanded);
		print_parts(expanded, level, out);
		json_edit_free(&expanded);
	}
}

static void print(const struct json_edit *value, int level, struct buf *out)
{
	switch (json_edit_kind(value)) {
	case JSON_FALSE:
		buf_add_cstr(out, "false");
		break;
	case JSON_TRUE:
		buf_add_cstr(out, "true");
		break;
	case JSON_NUMBER:
		buf_add(out, json_edit_text(value));
		break;
	case JSON_STRING:
		print_str(json_edit_text(value), out);
		break;
	case JSON_ARRAY:
	case JSON_OBJECT:
		print_container(value, level, out);
		break;
	case JSON_NULL:
	case JSON_SKIPPED:
		buf_add_cstr(out, "null");
		break;
	}
}

void json_edit_print(const struct json_edit *value, struct buf *out)
{
	print(value, -1, out);
}

void json_edit_print_indented(const struct json_edit *value, struct buf *out)
{
	print(value, 0, out);
	buf_add_char(out, '\n');
}
