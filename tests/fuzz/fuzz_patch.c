/*
 * {"document": …, "patch": […], "merge": …}: no patch harms us, what comes out is JSON, a patch
 * survives printing, and applying twice gives the same text.
 */
#include <stdint.h>
#include <stdlib.h>

#include "api/patch.h"
#include "api/patch_value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What comes out may be as deep as the document, the place and the value together. */
static const struct json_limits INPUT = {.bytes = 1 << 16, .depth = 64, .nodes = 1 << 14};
static const struct json_limits OUTPUT = {
	.bytes = 1 << 26, .depth = 64 + 2 * PATCH_DEPTH_MAX, .nodes = 1 << 26};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static const struct json_node *read_output(struct arena *arena, const struct buf *text)
{
	struct json_doc doc = {0};
	struct err err;

	must(json_read(arena, buf_str(text), &OUTPUT, &doc, &err));
	return doc.root;
}

static void check_same_patch(struct arena *arena, const struct patch *patch, struct buf *text)
{
	struct patch again;
	struct err err;

	patch_print(patch, text);
	must(patch_read(arena, read_output(arena, text), &again, &err));
	must(again.count == patch->count);
	for (size_t i = 0; i < patch->count; i++) {
		must(again.steps[i].verb == patch->steps[i].verb);
		must(str_eq(again.steps[i].path, patch->steps[i].path));
		must(str_eq(again.steps[i].from, patch->steps[i].from));
		must(str_eq(again.steps[i].value, patch->steps[i].value));
	}
}

static void check_patch(
	struct arena *arena, const struct json_node *document, const struct json_node *node)
{
	struct buf text CLEANUP(buf_done) = {0}, first CLEANUP(buf_done) = {0},
			second CLEANUP(buf_done) = {0};
	struct patch patch;
	struct err err = {0};

	if (!patch_read(arena, node, &patch, &err)) {
		must(err.text[0] != '\0');
		return;
	}
	check_same_patch(arena, &patch, &text);
	if (!patch_apply(arena, document, &patch, &first, &err)) {
		must(err.text[0] != '\0' && first.len == 0);
		return;
	}
	read_output(arena, &first);
	must(patch_apply(arena, document, &patch, &second, &err));
	must(str_eq(buf_str(&first), buf_str(&second)));
}

/* RFC 7396: what the patch names is as it says, null is gone, and all else stays. */
static void follows(struct arena *arena, const struct json_node *was, const struct json_node *merge,
	const struct json_node *is)
{
	if (!json_is(merge, JSON_OBJECT)) {
		must(patch_value_equal(arena, merge, is));
		return;
	}
	must(json_is(is, JSON_OBJECT));
	for (struct json_iter it = json_iter(merge); json_next_member(&it);) {
		const struct str key = json_str(arena, it.key);

		if (json_is(it.value, JSON_NULL))
			must(json_get_str(is, key) == NULL);
		else
			follows(arena, json_get_str(was, key), it.value, json_get_str(is, key));
	}
	for (struct json_iter it = json_iter(was); json_next_member(&it);) {
		const struct str key = json_str(arena, it.key);

		must(json_get_str(merge, key) ||
			patch_value_equal(arena, it.value, json_get_str(is, key)));
	}
}

/* A second time changes nothing. */
static void check_merge(
	struct arena *arena, const struct json_node *document, const struct json_node *merge)
{
	struct buf once CLEANUP(buf_done) = {0}, twice CLEANUP(buf_done) = {0};

	merge_patch_apply(arena, document, merge, &once);
	const struct json_node *const merged = read_output(arena, &once);

	follows(arena, document, merge, merged);
	merge_patch_apply(arena, merged, merge, &twice);
	must(patch_value_equal(arena, merged, read_output(arena, &twice)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena CLEANUP(arena_done);
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 1 << 14);
	if (!json_read(&arena, (struct str){(const char *)data, size}, &INPUT, &doc, &err))
		return 0;
	const struct json_node *const document = json_get(doc.root, "document");
	const struct json_node *const merge = json_get(doc.root, "merge");

	if (document == NULL)
		return 0;
	check_patch(&arena, document, json_get(doc.root, "patch"));
	if (merge)
		check_merge(&arena, document, merge);
	return 0;
}
