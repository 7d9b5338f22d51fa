#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/buf.h"
#include "server/check/documents.h"

/* What each text is read as: a letter a document ('-' a wrong one), in order. */
static const struct {
	const char *name, *text, *expected;
} CASES[] = {
	{"nothing", "", ""},
	{"white space", " \n\t\n", ""},
	{"comments alone", "# a\n---\n# b\n", ""},
	{"one of YAML", "k: a", "a"},
	{"several of YAML", "k: a\n---\nk: b\n---\n\n---\nk: c\n", "abc"},
	{"one of JSON", "{\"k\":\"a\"}", "a"},
	{"JSON with tabs and CRLF", "{\r\n\t\"k\":\t\"a\"\r\n}\r\n", "a"},
	{"JSON values one behind the other", "{\"k\":\"a\"}{\"k\":\"b\"}\n{\"k\":\"c\"}", "abc"},
	{"brackets in a string", "{\"k\":\"a\",\"x\":\"}{\\\"]\"}{\"k\":\"b\"}", "ab"},
	{"JSON between YAML's dashes", "{\"k\":\"a\"}\n---\n{\"k\":\"b\"}\n---\nk: c\n", "abc"},
	{"YAML behind a byte order mark", "\xEF\xBB\xBFx: 1\nk: a", "a"},
	{"JSON behind a byte order mark", "\xEF\xBB\xBF{\"k\":\"a\"}", "a"},
	{"YAML in flow style", "{k: a}", "a"},
	{"a key twice, and the next one", "k: a\nk: b\n---\nk: c\n", "-c"},
	{"YAML that ends in the middle", "k: a\n---\nk: [1,\n", "a-"},
	{"no YAML, and the next ones", "k: [1,\n---\nk: b\n---\n\tk: c\n--- @\n---\nk: d\n",
		"-b--d"},
	{"no YAML in a quoted text", "k: \"a\n---\nk: b\n", "-b"},
	{"a byte that is none, and the next one", "k: \xFF\n---\nk: b\n", "-b"},
	{"no YAML behind lines that end in a carriage return", "k: a\rk: [\r---\rk: b\r", "-b"},
	{"JSON that ends in the middle", "{\"k\":\"a\"}{\"k\":", "a-"},
	{"neither", "{k: a", "-"},
	{"a closing bracket too much", "{\"k\":\"a\"}}", "a-"},
	{"a template in flow style", "{{- if .a }}\nk: a\n{{- end }}\n", "-"},
	{"a template is told once", "k: {{ .a }}-{{ .b }}\n---\nk: b\n", "-b"},
	{"a template alone in its line", "{{/* a */}}\nk: a\n---\nk: b\n", "-b"},
	{"a template at the end", "k: a\n---\nk: {{ .a }}-{{ .b }}\n", "a-"},
	{"UTF-16", "\xFF\xFEk\xFF:", "-"},
};

static void add_letter(struct arena *arena, const struct document *document, struct buf *out)
{
	buf_add(out, json_str(arena, json_get(document->root, "k")));
}

static void read_all(const char *text, struct buf *out)
{
	struct source source;
	struct documents documents;
	struct document document;
	struct document_fault fault;
	struct arena arena;

	arena_init(&arena, 4096);
	source_init(&source, "file", str_from(text));
	documents_open(&documents, &source);
	for (int i = 0; i < 20; i++) {
		if (!documents_next(&documents, &arena, &document, &fault)) {
			buf_add_char(out, '-');
			cr_expect_gt(fault.text.len, 0);
			continue;
		}
		if (document.root == NULL)
			break;
		add_letter(&arena, &document, out);
	}
	documents_close(&documents);
	arena_done(&arena);
	buf_add_char(out, '\0');
}

Test(documents, each_is_found_once)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf out = {0};

		read_all(CASES[i].text, &out);
		cr_expect_str_eq(out.at, CASES[i].expected, "%s: is '%s'", CASES[i].name, out.at);
	}
}
