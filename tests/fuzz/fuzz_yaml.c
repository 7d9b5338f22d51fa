/*
 * What a YAML stream gives is strict JSON with a place for each node; printed as YAML and read
 * again it stays the same; JSON read as YAML is the same tree; and what base/yaml_fast reads is
 * what libyaml reads.
 */
#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_edit.h"
#include "base/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct json_limits JSON = {.bytes = 1 << 24, .depth = 64, .nodes = 100000};
static const struct yaml_limits LIMITS = {1 << 20, 64, 100000, 10000};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void printed_again(const struct json_doc *doc, struct buf *out)
{
	struct json_edit *value = json_edit_import(doc->root);

	out->len = 0;
	json_edit_print_yaml(value, out);
	json_edit_free(&value);
}

/* The second time, since YAML turns the number -0 into 0. */
static void comes_back(struct arena *arena, const struct json_doc *doc)
{
	CLEANUP(buf_done) struct buf first = {0};
	CLEANUP(buf_done) struct buf second = {0};
	const struct yaml_limits larger = {1 << 24, 64, 100000, 0};
	struct yaml_doc once, twice;
	struct err err;

	printed_again(doc, &first);
	must(yaml_read(arena, buf_str(&first), &larger, &once, &err));
	must(once.json.count == doc->count);
	printed_again(&once.json, &second);
	must(yaml_read(arena, buf_str(&second), &larger, &twice, &err));
	must(json_equal(once.json.root, twice.json.root));
}

static void check(struct arena *arena, struct str text, const struct yaml_doc *doc)
{
	struct json_doc again;
	struct err err;
	uint32_t lines = 2; /* what is not there may be said to be behind the last line */

	must(json_read(arena, doc->json.text, &JSON, &again, &err));
	must(json_equal(doc->json.root, again.root));
	/* Any byte of a line break of YAML's. */
	for (size_t i = 0; i < text.len; i++)
		lines += text.at[i] == '\n' || text.at[i] == '\r' || (text.at[i] & 0x80);
	for (uint32_t i = 0; i < doc->json.count; i++) {
		must(doc->places[i].line >= 1 && doc->places[i].line <= lines);
		must(doc->places[i].column >= 1 && doc->places[i].column <= text.len + 1);
	}
	comes_back(arena, &doc->json);
}

/* What is written with a point or an exponent goes through a double on its way, as in Kubernetes.
 */
static bool is_kept(const struct json_node *node, int64_t *out)
{
	static const int64_t DOUBLES = INT64_C(1) << 53;
	bool plain = true;

	if (!json_i64(node, out))
		return false;
	for (uint32_t i = 0; i < node->len; i++)
		plain = plain && (isdigit((unsigned char)node->at[i]) || node->at[i] == '-');
	return plain || (-DOUBLES <= *out && *out <= DOUBLES);
}

static void check_json(struct arena *arena, struct str text, const struct json_doc *doc)
{
	struct yaml_doc yaml;
	struct err err;

	/* YAML folds line breaks that JSON does not know. */
	if (!yaml_read(arena, text, &LIMITS, &yaml, &err) || str_contains(text, "\xc2\x85") ||
		str_contains(text, "\xe2\x80\xa8") || str_contains(text, "\xe2\x80\xa9"))
		return;
	must(yaml.json.count == doc->count);
	for (uint32_t i = 0; i < doc->count; i++) {
		const struct json_node *const a = &doc->root[i], *const b = &yaml.json.root[i];

		must(a->span == b->span && (a->kind == b->kind || a->kind == JSON_NUMBER));
		int64_t whole, same;

		must(a->kind != JSON_STRING || json_str_equal(a, b));
		must(!is_kept(a, &whole) || (json_i64(b, &same) && whole == same));
	}
}

/* A document as its text and places, a line lower by `shift`; or what is wrong with it. */
static bool print_next(struct yaml_stream *stream, uint32_t shift, struct buf *out)
{
	struct yaml_doc doc;
	struct arena arena;
	struct err err;
	bool more = true;

	arena_init(&arena, 4096);
	if (!yaml_next(stream, &arena, &LIMITS, &doc, &err))
		buf_add_cstr(out, "wrong\n");
	else if (doc.json.root == NULL)
		more = false;
	else
		buf_printf(out, "%u %.*s\n", doc.index, STR_ARG(doc.json.text));
	for (uint32_t i = 0; doc.json.root && i < doc.json.count; i++)
		buf_printf(out, "%u:%u\n", doc.places[i].line - shift, doc.places[i].column);
	arena_done(&arena);
	return more;
}

static void print_all(struct str text, uint32_t shift, struct buf *out)
{
	struct yaml_stream *stream = yaml_open(text);

	for (int count = 0; count < 100 && print_next(stream, shift, out); count++)
		;
	yaml_close(&stream);
}

/* With a tab in front all of it is libyaml's. Bytes that are not YAML it may see too early. */
static void fast_is_right(struct str text)
{
	CLEANUP(buf_done) struct buf slow = {0};
	CLEANUP(buf_done) struct buf by_fast = {0};
	CLEANUP(buf_done) struct buf by_libyaml = {0};

	for (size_t i = 0; i < text.len; i++) {
		const unsigned char c = (unsigned char)text.at[i];

		if (c > 0x7E || (c < 0x20 && c != '\n' && c != '\t' && c != '\r'))
			return;
	}
	buf_add_cstr(&slow, "#\t\n");
	buf_add(&slow, text);
	print_all(text, 0, &by_fast);
	print_all(buf_str(&slow), 1, &by_libyaml);
	must(str_eq(buf_str(&by_fast), buf_str(&by_libyaml)));
}

/* Digits as C's library reads them, without the prefix that says their base. */
static bool c_reads(struct str digits, uint64_t *out)
{
	static const struct {
		const char *prefix;
		int base;
	} BASES[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}, {"0", 8}, {"", 10}};
	char text[24] = "";
	size_t i = 0;
	char *end;

	while (!str_starts(digits, BASES[i].prefix))
		i++;
	if (digits.len > 1)
		digits = str_from_offset(digits, strlen(BASES[i].prefix));
	if (digits.len == 0 || digits.len >= sizeof(text) || !isxdigit((unsigned char)*digits.at))
		return false;
	memcpy(text, digits.at, digits.len);
	errno = 0;
	*out = strtoull(text, &end, BASES[i].base);
	return end == text + digits.len && errno == 0 &&
	       !(BASES[i].base == 16 && strpbrk(text, "xX"));
}

/* An integer all by itself, whatever its base, has the value that C's library finds. */
static void integer_is_right(struct arena *arena, struct str text)
{
	const bool negative = text.len && *text.at == '-';
	struct yaml_doc doc;
	uint64_t value;
	int64_t read = 0;
	struct err err;

	if (!c_reads(str_from_offset(text, negative), &value) || value > INT64_MAX)
		return;
	must(yaml_read(arena, text, &LIMITS, &doc, &err));
	must(json_is(doc.json.root, JSON_NUMBER) && json_i64(doc.json.root, &read));
	must(read == (negative ? -(int64_t)value : (int64_t)value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str text = {(const char *)data, size};
	struct yaml_stream *stream = yaml_open(text);
	struct yaml_doc doc = {0};
	struct json_doc json;
	struct arena arena;
	struct err err;

	arena_init(&arena, 4096);
	for (int count = 0; count < 100; count++, arena_reset(&arena)) {
		if (!yaml_next(stream, &arena, &LIMITS, &doc, &err))
			must(*err.text && doc.json.root == NULL);
		else if (doc.json.root)
			check(&arena, text, &doc);
		else
			break;
	}
	yaml_close(&stream);
	fast_is_right(text);
	integer_is_right(&arena, text);
	if (json_read(&arena, text, &JSON, &json, &err))
		check_json(&arena, text, &json);
	arena_done(&arena);
	return 0;
}
