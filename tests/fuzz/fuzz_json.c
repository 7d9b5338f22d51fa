/*
 * The strict reader takes what the grammar has, and nothing else. What it accepts, printed again
 * from its nodes, is read as an equal value; a reader that copies twins agrees with it in all, and
 * one that skips takes whatever it takes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json_read.h"
#include "tests/support/json_grammar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_place SKIP[] = {{1, "a"}, {2, "status"}, {0, NULL}};
static const struct json_twins TWINS = {1, "new", "old"};
static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 200, .nodes = 100000};
static const struct json_limits SKIPPING = {
	.bytes = 1 << 20, .depth = 200, .nodes = 100000, .skip = SKIP};
static const struct json_limits PAIRED = {
	.bytes = 1 << 20, .depth = 200, .nodes = 100000, .twins = &TWINS};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void print(struct arena *arena, const struct json_node *node, struct buf *out)
{
	struct json_iter members = json_iter(node), items = members;
	int64_t whole;
	double real;

	if (node->kind == JSON_NUMBER && json_i64(node, &whole))
		must(json_double(node, &real) && (whole < 0) == (real < 0));
	if (node->kind == JSON_STRING) {
		must(json_str_is(node, json_str(arena, node)) && json_str_equal(node, node));
		buf_add_json_str(out, json_str(arena, node));
		return;
	}
	if (node->kind != JSON_ARRAY && node->kind != JSON_OBJECT) {
		buf_add(out, json_raw(node));
		return;
	}
	buf_add_cstr(out, node->kind == JSON_OBJECT ? "{" : "[");
	while (json_next_member(&members)) {
		must(json_get_str(node, json_str(arena, members.key)) == members.value);
		buf_add_cstr(out, members.index ? "," : "");
		print(arena, members.key, out);
		buf_add_char(out, ':');
		print(arena, members.value, out);
	}
	while (json_next_item(&items)) {
		buf_add_cstr(out, items.index ? " ,\n" : "");
		print(arena, items.value, out);
	}
	buf_add_cstr(out, node->kind == JSON_OBJECT ? "}" : "]");
}

static void check(struct arena *arena, const struct json_doc *doc)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct json_doc again;
	struct err err;

	must(doc->root->span == doc->count);
	print(arena, doc->root, &out);
	must(json_read(arena, buf_str(&out), &LIMITS, &again, &err));
	must(json_equal(doc->root, again.root) && json_equal(again.root, doc->root));
	must(json_hash(doc->root) == json_hash(again.root));
}

/* The same nodes, whether their text was read or only compared. */
static void check_same(const struct json_doc *a, const struct json_doc *b)
{
	must(a->count == b->count);
	for (uint32_t i = 0; i < a->count; i++) {
		const struct json_node *const x = &a->root[i], *const y = &b->root[i];

		must(x->kind == y->kind && x->span == y->span && x->escaped == y->escaped);
		must(str_eq(json_raw(x), json_raw(y)));
	}
}

/* The text twice, the second time with its last byte changed, as two versions of one thing. */
static void check_twins(struct arena *arena, struct str text)
{
	CLEANUP(buf_done) struct buf both = {0};
	struct json_doc plain, paired;
	struct err err;

	buf_add_cstr(&both, "{\"new\":");
	buf_add(&both, text);
	buf_add_cstr(&both, ",\"old\":");
	buf_add(&both, text);
	buf_add_char(&both, '}');
	for (size_t i = 0; i < 8 && i < text.len; i++) {
		both.at[both.len - 2 - i * text.len / 8] ^= i ? 1 : 0;
		const bool good = json_read(arena, buf_str(&both), &LIMITS, &plain, &err);

		must(good == json_read(arena, buf_str(&both), &PAIRED, &paired, &err));
		if (good)
			check_same(&plain, &paired);
	}
}

/* Bounds and keys that stand twice in an object are no matter of grammar. */
static void check_grammar(struct str text, bool good, const struct err *err)
{
	if (good)
		must(json_grammar_holds(text));
	else if (err->code == ERR_INVALID && strstr(err->text, "is already in this object") == NULL)
		must(!json_grammar_holds(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	struct json_doc doc, skipped;
	struct arena arena;
	struct err err;

	/* Objects of many keys are searched key by key below. */
	if (size > 1 << 14)
		return 0;
	arena_init(&arena, 4096);
	const bool good = json_read(&arena, text, &LIMITS, &doc, &err);

	check_grammar(text, good, &err);
	must(!good || json_read(&arena, text, &SKIPPING, &skipped, &err));
	if (good) {
		must(skipped.count <= doc.count);
		check(&arena, &doc);
	}
	check_twins(&arena, text);
	arena_done(&arena);
	return 0;
}
