#include "server/kube/kubeconfig_fields.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/base64.h"

bool kubeconfig_fail(const struct kubeconfig_entry *entry, const struct json_node *at,
	struct err *err, const char *format, ...)
{
	uint32_t line, column;
	char text[160];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	yaml_position(&entry->file->doc, at ? at : entry->object, &line, &column);
	return err_set(err, ERR_INVALID, "kubeconfig '%.100s', line %u, %.60s: %s",
		entry->file->path, line, entry->what, text);
}

const char *kubeconfig_path(const struct kubeconfig_entry *entry, struct str path)
{
	if (str_starts(path, "/"))
		return arena_str(entry->arena, path).at;
	return arena_printf(entry->arena, "%s/%.*s", entry->file->folder, STR_ARG(path)).at;
}

/* What one field is read from. */
struct source {
	const struct kubeconfig_entry *entry;
	const char *key;
	const struct json_node *value;
};

static bool read_string(const struct source *from, struct str *out, struct err *err)
{
	if (!json_is(from->value, JSON_STRING))
		return kubeconfig_fail(
			from->entry, from->value, err, "%s must be a string", from->key);
	*out = json_str(from->entry->arena, from->value);
	if (memchr(out->at, '\0', out->len))
		return kubeconfig_fail(
			from->entry, from->value, err, "%s holds a NUL character", from->key);
	return true;
}

static bool read_data(const struct source *from, struct str text, const char **to, struct err *err)
{
	CLEANUP(buf_done) struct buf bytes = {0};

	if (!base64_read(text, &bytes))
		return kubeconfig_fail(
			from->entry, from->value, err, "%s is not base64", from->key);
	*to = arena_str(from->entry->arena, buf_str(&bytes)).at;
	return true;
}

static bool read_text(
	const struct source *from, enum kubeconfig_kind kind, const char **to, struct err *err)
{
	struct str text = {0};

	if (!read_string(from, &text, err))
		return false;
	if (text.len == 0)
		return true;
	if (kind == KUBECONFIG_DATA)
		return read_data(from, text, to, err);
	*to = kind == KUBECONFIG_PATH ? kubeconfig_path(from->entry, text)
				      : arena_str(from->entry->arena, text).at;
	return true;
}

static bool read_flag(const struct source *from, bool *to, struct err *err)
{
	if (!json_is(from->value, JSON_TRUE) && !json_is(from->value, JSON_FALSE))
		return kubeconfig_fail(
			from->entry, from->value, err, "%s must be true or false", from->key);
	*to = json_is(from->value, JSON_TRUE);
	return true;
}

static bool read_list(const struct source *from, const char *const **to, struct err *err)
{
	const char **const list =
		arena_array(from->entry->arena, json_count(from->value) + 1, sizeof(*list));
	size_t count = 0;

	if (!json_is(from->value, JSON_ARRAY))
		return kubeconfig_fail(
			from->entry, from->value, err, "%s must be a list", from->key);
	for (struct json_iter it = json_iter(from->value); json_next_item(&it);) {
		const struct source item = {from->entry, from->key, it.value};
		struct str text = {0};

		if (!read_string(&item, &text, err))
			return false;
		list[count++] = arena_str(from->entry->arena, text).at;
	}
	*to = list;
	return true;
}

static bool read_field(const struct source *from, const struct kubeconfig_field *field, void *into,
	struct err *err)
{
	void *const member = (char *)into + field->offset;

	if (field->kind == KUBECONFIG_FLAG)
		return read_flag(from, member, err);
	if (field->kind == KUBECONFIG_LIST)
		return read_list(from, member, err);
	return read_text(from, field->kind, member, err);
}

bool kubeconfig_fields_read(const struct kubeconfig_entry *entry,
	const struct kubeconfig_field *fields, size_t count, void *into, struct err *err)
{
	if (!json_is(entry->object, JSON_OBJECT))
		return kubeconfig_fail(entry, NULL, err, "must be a mapping");
	for (size_t i = 0; i < count; i++) {
		const struct json_node *const value = json_get(entry->object, fields[i].key);
		const struct source from = {entry, fields[i].key, value};

		if (json_present(value) && !read_field(&from, &fields[i], into, err))
			return false;
	}
	return true;
}
