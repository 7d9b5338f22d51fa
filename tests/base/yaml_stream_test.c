#include <criterion/criterion.h>
#include <string.h>

#include "base/buf.h"
#include "base/yaml.h"

static const struct yaml_limits LIMITS = {
	.bytes = 1 << 24, .depth = 64, .nodes = 1 << 20, .expanded = 100000};

static struct arena arena;

static void setup(void)
{
	arena_init(&arena, 4096);
}

static void teardown(void)
{
	arena_done(&arena);
}

TestSuite(yaml_stream, .init = setup, .fini = teardown);

static bool reads(struct str yaml, const struct yaml_limits *limits, struct err *err)
{
	struct yaml_doc doc;

	return yaml_read(&arena, yaml, limits, &doc, err);
}

Test(yaml_stream, documents_come_one_by_one_and_empty_ones_are_passed_over)
{
	static const char YAML[] = "# head\n---\na: 1\n---\n---\n# nothing\n...\n---\nb: &x 2\n"
				   "---\n~\n---\nc: 3\n";
	static const struct {
		const char *json;
		uint32_t index, line;
	} DOCUMENTS[] = {{"{\"a\":1}", 0, 3}, {"{\"b\":2}", 3, 9}, {"{\"c\":3}", 5, 13}};
	struct yaml_stream *stream = yaml_open(STR(YAML));
	struct yaml_doc doc;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(DOCUMENTS); i++) {
		cr_assert(yaml_next(stream, &arena, &LIMITS, &doc, &err), "%s", err.text);
		cr_assert_not_null(doc.json.root);
		cr_expect(str_is(doc.json.text, DOCUMENTS[i].json), "%zu", i);
		cr_expect_eq(doc.index, DOCUMENTS[i].index);
		cr_expect_eq(doc.places[0].line, DOCUMENTS[i].line, "%u", doc.places[0].line);
		arena_reset(&arena);
	}
	for (int again = 0; again < 3; again++) {
		cr_assert(yaml_next(stream, &arena, &LIMITS, &doc, &err), "%s", err.text);
		cr_expect_null(doc.json.root);
	}
	yaml_close(&stream);
	yaml_close(&stream);
}

Test(yaml_stream, anchors_end_with_their_document)
{
	struct yaml_stream *stream = yaml_open(STR("a: &x 1\n---\na: *x\n"));
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_next(stream, &arena, &LIMITS, &doc, &err));
	cr_assert(!yaml_next(stream, &arena, &LIMITS, &doc, &err));
	cr_expect_str_eq(err.text, "line 3, column 4: there is no anchor before the alias 'x'");
	yaml_close(&stream);
}

/* 0: a document, 1: wrong, 2: the end. */
static int step(struct yaml_stream *stream)
{
	struct yaml_doc doc;
	struct err err;

	if (!yaml_next(stream, &arena, &LIMITS, &doc, &err)) {
		cr_expect_null(doc.json.root, "%s", err.text);
		return 1;
	}
	return doc.json.root ? 0 : 2;
}

#define TEN     "1,1,1,1,1,1,1,1,1,1,"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

Test(yaml_stream, behind_a_wrong_document_the_stream_goes_on_but_not_behind_broken_yaml)
{
	static const struct {
		const char *yaml;
		int steps[5];
	} CASES[] = {
		{"a: 1\na: 2\nb: {c: [1]}\n---\nb: 1\n", {1, 0, 2, 2, 2}},
		{"a: {b: *x, c: [1]}\n---\nb: 1\n", {1, 0, 2, 2, 2}},
		{"a: {b: !!int x, c: [1]}\n---\nb: 1\n---\nb: [.nan]", {1, 0, 1, 2, 2}},
		{"a: 1\n---\nb: [1\n---\nc: 1\n", {0, 1, 2, 2, 2}},
		{"a: [.nan]\n---\nb: [1\n---\nc: 1\n", {1, 1, 2, 2, 2}},
		{"a: .nan\nb: [1\n---\nc: 1\n", {1, 1, 2, 2, 2}},
		/* more values than there may be levels, all of them passed over */
		{"a: 1\na: 2\nb: [" HUNDRED HUNDRED "]\n---\nb: 1\n", {1, 0, 2, 2, 2}},
		{"&2}---", {1, 2, 2, 2, 2}},
		{"\x01", {1, 2, 2, 2, 2}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct yaml_stream *stream = yaml_open(str_from(CASES[i].yaml));

		for (size_t j = 0; j < ARRAY_LEN(CASES[i].steps); j++)
			cr_expect_eq(
				step(stream), CASES[i].steps[j], "%s: step %zu", CASES[i].yaml, j);
		yaml_close(&stream);
	}
}

Test(yaml_stream, limits_hold_to_the_last)
{
	static const struct {
		const char *yaml;
		struct yaml_limits fits;
		const char *message;
	} CASES[] = {
		{"a: 1", {4, 9, 9, 9}, "4 bytes are more than the 3 allowed"},
		{"a: [{b: []}]", {99, 4, 9, 9},
			"line 1, column 9: mappings and sequences are deeper than 3"},
		{"a: [1, 2]", {99, 9, 5, 9}, "line 1, column 8: keys and values are more than 4"},
		{"- &x [1, 2]\n- *x", {99, 9, 99, 3},
			"line 2, column 3: keys and values that aliases repeat are more than 2"},
		{"- &x [1, 2]\n- *x", {99, 9, 7, 9},
			"line 2, column 3: keys and values are more than 6"},
		{"- &x [[1]]\n- [*x]", {99, 4, 99, 9},
			"line 1, column 1: with aliases this is deeper than 3"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct yaml_limits less = CASES[i].fits;
		struct err err;

		less.bytes -= i == 0;
		less.depth -= i == 1 || i == 5;
		less.nodes -= i == 2 || i == 4;
		less.expanded -= i == 3;
		cr_expect(reads(str_from(CASES[i].yaml), &CASES[i].fits, &err), "%s", err.text);
		cr_expect(!reads(str_from(CASES[i].yaml), &less, &err), "%s", CASES[i].yaml);
		cr_expect_str_eq(err.text, CASES[i].message);
		cr_expect_eq(err.code, ERR_TOO_LARGE);
	}
}

static struct str repeated(const char *before, const char *part, size_t count, const char *behind)
{
	static struct buf text;

	text.len = 0;
	buf_add_cstr(&text, before);
	for (size_t i = 0; i < count; i++)
		buf_add_cstr(&text, part);
	buf_add_cstr(&text, behind);
	return buf_str(&text);
}

Test(yaml_stream, a_billion_laughs_are_refused_at_once, .timeout = 10)
{
	static const char *const LAUGHS[] = {
		"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
		"c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
		"e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
		"g: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n",
		"a: &a {x: 1}\nb: &b {q: *a, r: *a, s: *a, t: *a, u: *a, v: *a, w: *a, x: *a}\n"
		"c: &c {<<: *b, i: *b, j: *b, k: *b, l: *b, m: *b, n0: *b, o: *b, p: *b}\n"
		"d: &d {<<: *c, ii: *c, jj: *c, kk: *c, ll: *c, mm: *c, nn: *c, oo: *c, pp: *c}\n"
		"e: &e {<<: *d, i1: *d, j1: *d, k1: *d, l1: *d, m1: *d, n1: *d, o1: *d, p1: *d}\n"
		"f: &f {<<: *e, i2: *e, j2: *e, k2: *e, l2: *e, m2: *e, n2: *e, o2: *e, p2: *e}\n"
		"g: {<<: *f, i3: *f, j3: *f, k3: *f, l3: *f, m3: *f, n3: *f, o3: *f, p3: *f}\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(LAUGHS); i++) {
		struct err err;

		cr_expect(!reads(str_from(LAUGHS[i]), &LIMITS, &err), "%zu", i);
		cr_expect_eq(err.code, ERR_TOO_LARGE, "%s", err.text);
		cr_expect(arena.used < 64 << 20, "%zu bytes", arena.used);
	}
}

Test(yaml_stream, an_alias_of_a_long_text_repeats_no_more_bytes_than_are_allowed)
{
	const struct yaml_limits limits = {
		.bytes = 50000, .depth = 9, .nodes = 1 << 20, .expanded = 1 << 20};
	struct err err;

	cr_expect(!reads(
		repeated("- &x \"0123456789012345678901234567890123456789\"\n", "- *x\n", 2000, ""),
		&limits, &err));
	cr_expect_eq(err.code, ERR_TOO_LARGE);
	cr_expect(str_contains(str_from(err.text), "aliases repeat too much text"), "%s", err.text);
}

Test(yaml_stream, hostile_texts_take_no_long_time, .timeout = 60)
{
	static const struct {
		const char *before, *part, *behind;
		bool good;
	} CASES[] = {
		{"", "[", "", false},
		{"", "{a: ", "", false},
		{"", "- ", "", false},
		{"", "? ", "", false},
		{"", "[{", "", false},
		{"", "*a : ", "", false},
		{"- &x 1\n", "- *x\n", "", true},
		{"- &x {a: 1}\n", "- {<<: *x}\n", "", true},
		{"x: &x {a: 1}\nb:\n", " <<: *x\n", "", true},
		{"", "- &x {a: 1}\n", "", true},
		{"", "---\n", "a: 1", true},
		{"[", "{},", "]", true},
		{"\"", "\\n", "\"", true},
		{"a: |\n", "  text\n", "", true},
		{"a: >\n", "  text\n\n", "", true},
		{"a: ", "word ", "", true},
		{"", "#\n", "a: 1", true},
		{"", "!!str ", "a", false},
		{"", "&a ", "a", false},
		{"a: ", "0_", "", true},
		{"", "%TAG !a! b\n", "---\na", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str text =
			repeated(CASES[i].before, CASES[i].part, 20000, CASES[i].behind);
		struct err err = {0};

		cr_expect_eq(reads(text, &LIMITS, &err), CASES[i].good, "'%s': %s", CASES[i].part,
			err.text);
		arena_reset(&arena);
	}
}

Test(yaml_stream, every_beginning_of_a_text_is_read_or_refused)
{
	static const struct str TEXT =
		STR_INIT("%YAML 1.1\n---\na: &x {b: [1, 'c', \"\\u00e9\"], <<: {d: ~}}\n"
			 "e: !!str |+\n  f\n\n? g\n: - *x\n...\n");

	for (size_t len = 0; len <= TEXT.len; len++) {
		struct str part = arena_str(&arena, (struct str){TEXT.at, len});
		struct err err = {0};

		if (!reads(part, &LIMITS, &err))
			cr_expect(*err.text, "%zu", len);
	}
}

Test(yaml_stream, two_thousand_documents_need_the_memory_of_one)
{
	const struct str text =
		repeated("", "---\nkind: RayCluster\nmetadata: {name: a}\n", 2000, "");
	struct yaml_stream *stream = yaml_open(text);
	struct yaml_doc doc;
	struct err err;
	size_t count = 0, most = 0;

	for (;; count++) {
		cr_assert(yaml_next(stream, &arena, &LIMITS, &doc, &err), "%s", err.text);
		if (doc.json.root == NULL)
			break;
		most = arena.used > most ? arena.used : most;
		arena_reset(&arena);
	}
	cr_expect_eq(count, 2000);
	cr_expect(most < 4096, "%zu", most);
	yaml_close(&stream);
}

Test(yaml_stream, more_tag_directives_than_libyaml_can_bear_are_refused)
{
	struct buf text = {0};
	struct err err;

	for (int i = 0; i < 4096; i++)
		buf_printf(&text, "%%TAG !a%d! b\n", i);
	buf_add_cstr(&text, "---\na");
	cr_expect(reads(buf_str(&text), &LIMITS, &err), "%s", err.text);
	buf_add_cstr(&text, "%TAG");
	cr_expect(!reads(buf_str(&text), &LIMITS, &err));
	cr_expect_str_eq(err.text, "more than 4096 '%TAG' directives");
	buf_done(&text);
}
