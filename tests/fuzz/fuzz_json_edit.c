/* What the strict reader accepts can be edited and printed in every form, and is the same value. */
#include <stdint.h>
#include <stdlib.h>

#include "base/json_edit.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 200, .nodes = 100000};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static struct json_edit *read_again(struct str json)
{
	struct arena arena;
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 4096);
	must(json_read(&arena, json, &LIMITS, &doc, &err));
	struct json_edit *const value = json_edit_import(doc.root);

	arena_done(&arena);
	return value;
}

typedef void (*print_fn)(const struct json_edit *value, struct buf *out);

static void comes_back(const struct json_edit *value, const struct json_edit *as, print_fn print)
{
	CLEANUP(buf_done) struct buf out = {0};

	print(as, &out);
	struct json_edit *again = read_again(buf_str(&out));

	must(json_edit_equal(value, again));
	json_edit_free(&again);
}

static void check(const struct json_doc *doc)
{
	CLEANUP(buf_done) struct buf yaml = {0};
	struct json_edit *value = json_edit_import(doc->root);
	struct json_edit *raw = json_edit_raw(doc->text);

	must(json_edit_equal(value, raw));
	comes_back(value, value, json_edit_print);
	comes_back(value, value, json_edit_print_indented);
	comes_back(value, raw, json_edit_print);
	comes_back(value, raw, json_edit_print_indented);
	json_edit_print_yaml(raw, &yaml);
	must(utf8_is_valid(buf_str(&yaml)));
	json_edit_free(&value);
	json_edit_free(&raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct json_doc doc;
	struct err err;

	arena_init(&arena, 4096);
	if (json_read(&arena, (struct str){(const char *)data, size}, &LIMITS, &doc, &err))
		check(&doc);
	arena_done(&arena);
	return 0;
}
