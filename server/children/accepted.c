#include "server/children/accepted.h"

#include "base/json_sorted.h"
#include "server/children/legacy_pod.h"

static const struct {
	const char *suffix, *label;
} WORDS[] = {
	[DIALECT_MODERN] = {"accepted-spec", LABEL_CLUSTER},
	[DIALECT_LEGACY] = {"accepted-podtypes", LEGACY_CLUSTER},
};

struct str accepted_name(struct arena *arena, enum dialect dialect, struct str cluster)
{
	return arena_printf(arena, "%.*s-%s", STR_ARG(cluster), WORDS[dialect].suffix);
}

/* --- the text --- */

/* What Go's encoder escapes besides what JSON has escaped: three of HTML, two line ends. */
static size_t put_escape(struct str text, struct buf *out)
{
	static const struct {
		const char *is, *becomes;
	} ESCAPES[] = {
		{"<", "\\u003c"},
		{">", "\\u003e"},
		{"&", "\\u0026"},
		{"\xE2\x80\xA8", "\\u2028"},
		{"\xE2\x80\xA9", "\\u2029"},
	};

	for (size_t i = 0; i < ARRAY_LEN(ESCAPES); i++) {
		if (str_starts(text, ESCAPES[i].is)) {
			buf_add_cstr(out, ESCAPES[i].becomes);
			return strlen(ESCAPES[i].is);
		}
	}
	return 0;
}

static void put_string(struct str text, struct buf *out)
{
	CLEANUP(buf_done) struct buf plain = {0};

	buf_add_json_str(&plain, text);
	for (struct str rest = buf_str(&plain); rest.len;) {
		const size_t escaped = put_escape(rest, out);

		if (escaped == 0)
			buf_add_char(out, rest.at[0]);
		rest = str_from_offset(rest, escaped ? escaped : 1);
	}
}

static void put_object(struct arena *arena, const struct json_node *node, struct buf *out)
{
	const struct json_member *members;
	const size_t count = json_sorted(arena, node, &members);

	buf_add_char(out, '{');
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(out, ',');
		put_string(members[i].key, out);
		buf_add_char(out, ':');
		accepted_put(arena, members[i].value, out);
	}
	buf_add_char(out, '}');
}

static void put_array(struct arena *arena, const struct json_node *node, struct buf *out)
{
	const size_t before = out->len;

	buf_add_char(out, '[');
	for (struct json_iter it = json_iter(node); json_next_item(&it);) {
		if (out->len > before + 1)
			buf_add_char(out, ',');
		accepted_put(arena, it.value, out);
	}
	buf_add_char(out, ']');
}

void accepted_put(struct arena *arena, const struct json_node *node, struct buf *out)
{
	if (json_is(node, JSON_OBJECT))
		put_object(arena, node, out);
	else if (json_is(node, JSON_ARRAY))
		put_array(arena, node, out);
	else if (json_is(node, JSON_STRING))
		put_string(json_str(arena, node), out);
	else
		buf_add(out, json_raw(node));
}

struct json_edit *accepted_revision(
	const struct child_context *c, int64_t generation, const struct json_node *root)
{
	const enum dialect dialect = c->object->dialect;
	struct json_edit *const revision = child_new(c, "apps/v1", "ControllerRevision");
	struct json_edit *const meta = json_edit_get(revision, STR("metadata"));
	CLEANUP(buf_done) struct buf spec = {0};

	json_edit_put_str(meta, "name", accepted_name(c->arena, dialect, c->name));
	json_edit_put_str(json_edit_put_object(meta, "labels"), WORDS[dialect].label, c->name);
	json_edit_put_i64(revision, "revision", generation);
	accepted_put(c->arena, json_get(root, "spec"), &spec);
	json_edit_put(
		json_edit_put_object(revision, "data"), "spec", json_edit_raw(buf_str(&spec)));
	return revision;
}
