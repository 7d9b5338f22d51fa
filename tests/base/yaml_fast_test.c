/* What is read without libyaml, and that it is what libyaml reads. */
#include "base/yaml_fast.h"

#include <criterion/criterion.h>

#include "tests/support/files.h"

static const struct yaml_limits LIMITS = {1 << 20, 64, 100000, 10000};

static const char *const PLAIN[] = {
	"a: 1\n",
	"a: 1",
	"\n# comment\n\na: b # comment\n",
	"a:\nb:\n  c:\n",
	"a:\n- b\n- c:\n  - d\n  e: f\ng: h\n",
	"a:\n  - b\n  -\n  - c: d\n    e: f\n",
	"- - a\n  - b\n-  - c : d\n",
	"  a: 1\n  b: 2\n",
	"--- # Source: chart\na: b\n---\n---\n# nothing\n---\nc: d\n",
	"a: {b: c, d: [1, 'e', \"f\"], g: {}, h: []}\n",
	"a: {b: rayproject/ray:2.52.0, c: http://x:80/y}\n",
	"- {a: b} # c\n- [d]\n",
	"a: b c, d [e] {f} \"g\" 'h' #\ni: j#k\nl: -1\nm: --flag=x\n",
	"a b: c\n'd e': f\n\"g\" : h\n1: 2\ntrue: false\n",
	"a: ---\nb: ...\nc: '---'\n",
	"a: ~\nb: null\nc: .5\nd: +1\ne: /f\ng: $(H)\n",
};

/* Wrong, or right in a way that is libyaml's to read. */
static const char *const NOT_PLAIN[] = {
	"a: b\n  c\n",
	"a:\n  b\n",
	"a: |\n  b\n",
	"a: >-\n  b\n",
	"a: &b c\n",
	"a: *b\n",
	"a: !!str 1\n",
	"<<: {a: b}\n",
	"? a\n: b\n",
	"a: 'it''s'\n",
	"a: \"\\n\"\n",
	"a: \"b\n  c\"\n",
	"a: 'b' c\n",
	"a: b: c\n",
	"a: - b\n",
	"a: [b,\n  c]\n",
	"a: [b, c: d]\n",
	"a: {b, c}\n",
	"a: {b: c,}\n",
	"a: [b] c\n",
	"{a: b}: c\n",
	"{a: b}\n",
	"a\n",
	"a:\n    b: c\n  d: e\n",
	"- a\nb: c\n",
	"  a: b\nc: d\n",
	"a:\tb\n",
	"a: b\r\n",
	"a: \xC3\xBC\n",
	"%YAML 1.1\n---\na: b\n",
	"--- a\n",
	"a: b\n...\n",
	"a: @b\n",
	"a: `b`\n",
	"a: %b\n",
	"a: ,b\n",
	"a: b\n--- |\n c\n",
};

/* Each document with the places of its nodes, or "wrong". */
static void print_all(struct arena *arena, struct str text, uint32_t shift, struct buf *out)
{
	struct yaml_stream *stream = yaml_open(text);
	struct yaml_doc doc;
	struct err err;

	for (int count = 0; count < 9; count++) {
		if (!yaml_next(stream, arena, &LIMITS, &doc, &err)) {
			buf_add_cstr(out, "wrong\n");
			continue;
		}
		if (doc.json.root == NULL)
			break;
		buf_printf(out, "%u %.*s", doc.index, STR_ARG(doc.json.text));
		for (uint32_t i = 0; i < doc.json.count; i++)
			buf_printf(out, " %u:%u", doc.places[i].line - shift, doc.places[i].column);
		buf_add_char(out, '\n');
	}
	yaml_close(&stream);
}

/* A tab in front makes all of a text libyaml's. */
static void expect_the_same(struct str text)
{
	CLEANUP(buf_done) struct buf slow = {0}, fast_reads = {0}, libyaml_reads = {0};
	struct arena arena;

	arena_init(&arena, 65536);
	buf_add_cstr(&slow, "#\t\n");
	buf_add(&slow, text);
	print_all(&arena, text, 0, &fast_reads);
	print_all(&arena, buf_str(&slow), 1, &libyaml_reads);
	cr_expect(str_eq(buf_str(&fast_reads), buf_str(&libyaml_reads)), "%.*s\nis\n%.*snot\n%.*s",
		STR_ARG(text), STR_ARG(buf_str(&fast_reads)), STR_ARG(buf_str(&libyaml_reads)));
	arena_done(&arena);
}

/* Whether every document of a text is plain. */
static bool is_plain(const char *text)
{
	struct yaml_fast fast = {.text = str_from(text), .line = 1};
	enum yaml_fast_result result = YAML_FAST_DOCUMENT;
	struct yaml_text builder = {0};
	struct arena arena;
	struct err err;

	arena_init(&arena, 65536);
	while (result == YAML_FAST_DOCUMENT) {
		yaml_text_begin(&builder, &arena, &LIMITS, &err);
		result = yaml_fast_read(&fast, &builder);
	}
	yaml_text_done(&builder);
	arena_done(&arena);
	return result == YAML_FAST_END;
}

Test(yaml_fast, what_is_plain_is_read_as_libyaml_does)
{
	for (size_t i = 0; i < ARRAY_LEN(PLAIN); i++) {
		expect_the_same(str_from(PLAIN[i]));
		cr_expect(is_plain(PLAIN[i]), "%s", PLAIN[i]);
	}
}

Test(yaml_fast, what_is_not_plain_is_left_to_libyaml)
{
	for (size_t i = 0; i < ARRAY_LEN(NOT_PLAIN); i++) {
		expect_the_same(str_from(NOT_PLAIN[i]));
		cr_expect_not(is_plain(NOT_PLAIN[i]), "%s", NOT_PLAIN[i]);
	}
}

/* libyaml looks ahead, and sees it before the documents that stand in front. */
Test(yaml_fast, bytes_that_are_not_yaml_are_left_to_libyaml)
{
	static const char *const TEXTS[] = {"a: b\x7F\n", "a: b\x01\n", "a: b # \xFF\n"};

	for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
		expect_the_same(str_from(TEXTS[i]));
		cr_expect_not(is_plain(TEXTS[i]), "%s", TEXTS[i]);
	}
}

Test(yaml_fast, a_plain_document_in_front_moves_no_place_behind_it)
{
	for (size_t i = 0; i < ARRAY_LEN(NOT_PLAIN); i++) {
		CLEANUP(buf_done) struct buf text = {0};

		buf_printf(&text, "a:\n- b\n---\n%s---\nc: d\n", NOT_PLAIN[i]);
		expect_the_same(buf_str(&text));
	}
}

static void expect_samples(const char *folder, const char *file)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct files_list list = files_in(&arena, folder);

	cr_expect(list.count, "%s", folder);
	for (size_t i = 0; i < list.count; i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct err err;

		if (files_read(arena_printf(&arena, "%s/%s%s", folder, list.names[i], file).at,
			    &text, &err))
			expect_the_same(buf_str(&text));
	}
	arena_done(&arena);
}

Test(yaml_fast, all_our_manifests_are_read_as_libyaml_does)
{
	expect_samples("manifests/samples", "");
	expect_samples("manifests/policies", "");
	expect_samples("tests/golden/check", "/input.yaml");
	expect_samples("tests/golden/rules", "/accepted.yaml");
	expect_samples("tests/golden/rules", "/refused.yaml");
}

Test(yaml_fast, what_is_too_deep_is_left_to_libyaml)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (int i = 0; i < 70; i++)
		buf_printf(&text, "%*sa:\n", i, "");
	expect_the_same(buf_str(&text));
	buf_add_char(&text, '\0');
	cr_expect_not(is_plain(text.at));
	text.len = 0;
	buf_printf(&text, "%01100d: a\n", 1);
	expect_the_same(buf_str(&text));
}
