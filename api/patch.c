#include "api/patch.h"

static const char *const VERBS[] = {
	[PATCH_ADD] = "add",
	[PATCH_REMOVE] = "remove",
	[PATCH_REPLACE] = "replace",
	[PATCH_MOVE] = "move",
	[PATCH_COPY] = "copy",
	[PATCH_TEST] = "test",
};

const char *patch_verb_name(enum patch_verb verb)
{
	return VERBS[verb];
}

void patch_push(struct arena *arena, struct patch *patch, struct patch_step step)
{
	if (patch->count == patch->room) {
		const size_t room = patch->room ? patch->room * 2 : 16;

		patch->steps = arena_grow(
			arena, patch->steps, patch->count * sizeof(step), room * sizeof(step));
		patch->room = room;
	}
	patch->steps[patch->count++] = step;
}

static bool has_from(enum patch_verb verb)
{
	return verb == PATCH_MOVE || verb == PATCH_COPY;
}

static bool has_value(enum patch_verb verb)
{
	return verb == PATCH_ADD || verb == PATCH_REPLACE || verb == PATCH_TEST;
}

void patch_print(const struct patch *patch, struct buf *out)
{
	buf_add_char(out, '[');
	for (size_t i = 0; i < patch->count; i++) {
		const struct patch_step *const step = &patch->steps[i];

		buf_add_cstr(out, i ? ",{\"op\":\"" : "{\"op\":\"");
		buf_add_cstr(out, VERBS[step->verb]);
		buf_add_cstr(out, "\",\"path\":");
		buf_add_json_str(out, step->path);
		if (has_from(step->verb)) {
			buf_add_cstr(out, ",\"from\":");
			buf_add_json_str(out, step->from);
		}
		if (has_value(step->verb)) {
			buf_add_cstr(out, ",\"value\":");
			buf_add(out, step->value);
		}
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

static bool read_verb(const struct json_node *node, enum patch_verb *out, struct err *err)
{
	for (size_t i = 0; i < ARRAY_LEN(VERBS); i++) {
		if (json_is(node, JSON_STRING) && json_str_is(node, str_from(VERBS[i]))) {
			*out = (enum patch_verb)i;
			return true;
		}
	}
	return err_set(
		err, ERR_INVALID, "'op' must be one of add, remove, replace, move, copy and test");
}

static bool read_pointer(struct arena *arena, const struct json_node *object, const char *member,
	struct str *out, struct err *err)
{
	const struct json_node *const node = json_get(object, member);

	if (!json_is(node, JSON_STRING))
		return err_set(err, ERR_INVALID, "'%s' must be a string", member);
	*out = json_str(arena, node);
	return pointer_is_valid(*out) ||
	       err_set(err, ERR_INVALID, "'%s' must be a JSON Pointer, like '/spec/replicas'",
		       member);
}

static bool read_step(
	struct arena *arena, const struct json_node *node, struct patch_step *out, struct err *err)
{
	const struct json_node *const value = json_get(node, "value");

	if (!json_is(node, JSON_OBJECT))
		return err_set(err, ERR_INVALID, "must be an object");
	if (!read_verb(json_get(node, "op"), &out->verb, err) ||
		!read_pointer(arena, node, "path", &out->path, err))
		return false;
	if (has_from(out->verb) && !read_pointer(arena, node, "from", &out->from, err))
		return false;
	if (!has_value(out->verb))
		return true;
	if (value == NULL)
		return err_set(err, ERR_INVALID, "'value' is missing");
	out->value = json_raw(value);
	return true;
}

bool patch_read(
	struct arena *arena, const struct json_node *root, struct patch *out, struct err *err)
{
	*out = (struct patch){0};
	if (!json_is(root, JSON_ARRAY))
		return err_set(err, ERR_INVALID, "a JSON Patch must be an array");
	if (json_count(root) > PATCH_OPERATIONS_MAX)
		return err_set(err, ERR_TOO_LARGE, "a JSON Patch must have at most %d operations",
			PATCH_OPERATIONS_MAX);
	for (struct json_iter it = json_iter(root); json_next_item(&it);) {
		struct patch_step step = {.verb = PATCH_ADD};

		if (!read_step(arena, it.value, &step, err))
			return err_wrap(err, "operation %zu", it.index);
		patch_push(arena, out, step);
	}
	return true;
}
