#include "base/yaml.h"

#include <criterion/criterion.h>
#include <string.h>

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

TestSuite(yaml, .init = setup, .fini = teardown);

/* From the exact bytes on the heap, so that a sanitizer sees one byte too far. */
static bool reads(
	struct str yaml, const struct yaml_limits *limits, struct yaml_doc *doc, struct err *err)
{
	char *const copy = mem_alloc(yaml.len);

	if (yaml.len)
		memcpy(copy, yaml.at, yaml.len);
	*err = (struct err){0};
	const bool good = yaml_read(&arena, (struct str){copy, yaml.len}, limits, doc, err);

	memset(copy, 'x', yaml.len);
	mem_free(&(char *){copy});
	return good;
}

struct reading {
	struct str yaml;
	const char *json;
};

static void expect_readings(const struct reading *cases, size_t count, const char *before)
{
	for (size_t i = 0; i < count; i++) {
		const struct str yaml =
			arena_printf(&arena, "%s%.*s", before, STR_ARG(cases[i].yaml));
		const struct str json =
			arena_printf(&arena, *before ? "{\"a\":%s}" : "%s", cases[i].json);
		struct yaml_doc doc;
		struct err err;

		cr_expect(reads(yaml, &LIMITS, &doc, &err), "%s: %s", yaml.at, err.text);
		cr_expect(str_eq(doc.json.text, json), "%s: %.*s is not %s", yaml.at,
			STR_ARG(doc.json.text), json.at);
	}
}

#define READING(yaml, json)                                                                        \
	{                                                                                          \
		STR_INIT(yaml), json                                                               \
	}

/* Checked against sigs.k8s.io/yaml 1.4.0, but for integers beyond 64 bits. */
Test(yaml, scalars_are_resolved_as_kubectl_does)
{
	static const struct reading CASES[] = {
		READING("", "null"),
		READING("~", "null"),
		READING("null", "null"),
		READING("NULL", "null"),
		READING("nUll", "\"nUll\""),
		READING("y", "true"),
		READING("Yes", "true"),
		READING("on", "true"),
		READING("True", "true"),
		READING("tRUE", "\"tRUE\""),
		READING("N", "false"),
		READING("no", "false"),
		READING("OFF", "false"),
		READING("false", "false"),
		READING("nope", "\"nope\""),
		READING("0", "0"),
		READING("-0", "0"),
		READING("+1", "1"),
		READING("-12", "-12"),
		READING("007", "7"),
		READING("0777", "511"),
		READING("-017", "-15"),
		READING("08", "8"),
		READING("09.5", "9.5"),
		READING("0o17", "15"),
		READING("0O17", "15"),
		READING("0o8", "\"0o8\""),
		READING("0x1F", "31"),
		READING("-0x10", "-16"),
		READING("0xg", "\"0xg\""),
		READING("0x", "\"0x\""),
		READING("0b101", "5"),
		READING("-0b11", "-3"),
		READING("0b2", "\"0b2\""),
		READING("1_000", "1000"),
		READING("1_000_", "1000"),
		READING("_1", "\"_1\""),
		READING("0x_1", "1"),
		READING("9223372036854775808", "9223372036854775808"),
		READING("-9223372036854775809", "-9223372036854775809"),
		READING("123456789012345678901234567890", "123456789012345678901234567890"),
		READING("+123456789012345678901234567890", "123456789012345678901234567890"),
		READING("0x8000000000000000", "9223372036854775808"),
		READING("-0x8000000000000000", "-9223372036854775808"),
		READING("-0x8000000000000001", "\"-0x8000000000000001\""),
		READING("0xFFFFFFFFFFFFFFFF", "18446744073709551615"),
		READING("0xFFFFFFFFFFFFFFFFF", "\"0xFFFFFFFFFFFFFFFFF\""),
		READING(".5", "0.5"),
		READING("-.5", "-0.5"),
		READING("5.", "5"),
		READING("1.0", "1"),
		READING("1.50", "1.5"),
		READING("0.1", "0.1"),
		READING("-0.0", "-0"),
		READING("1e3", "1000"),
		READING("1.e3", "1000"),
		READING("1e20", "100000000000000000000"),
		READING("1e21", "1e+21"),
		READING("0.000001", "0.000001"),
		READING("0.0000001", "1e-7"),
		READING("1.5e-300", "1.5e-300"),
		READING("9007199254740993.0", "9007199254740992"),
		READING("123456789.123456789", "123456789.12345679"),
		READING("1e-400", "0"),
		READING("1e400", "\"1e400\""),
		READING("1_0.5e1_0", "105000000000"),
		READING(".5_0", "0.5"),
		READING(".5__0", "\".5__0\""),
		READING("._5", "\"._5\""),
		READING("1e", "\"1e\""),
		READING(".e3", "\".e3\""),
		READING("+", "\"+\""),
		READING(".", "\".\""),
		READING("1.2.3", "\"1.2.3\""),
		READING("12:30:45", "\"12:30:45\""),
		READING("2001-12-14", "\"2001-12-14\""),
		READING("2001-12-14T21:59:43Z", "\"2001-12-14T21:59:43Z\""),
		READING("Infinity", "\"Infinity\""),
		READING("500m", "\"500m\""),
		READING("2Gi", "\"2Gi\""),
		READING("<<", "\"<<\""),
		READING("\"1\"", "\"1\""),
		READING("'yes'", "\"yes\""),
		READING("\"\"", "\"\""),
		READING("\"\\x41\\t\\0\\e\\u00e9\\U0001F600\\/\"",
			"\"A\\t\\u0000\\u001b\xc3\xa9\xf0\x9f\x98\x80/\""),
		READING("'it''s \"so\" \\n'", "\"it's \\\"so\\\" \\\\n\""),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "a: ");
}

Test(yaml, tags_are_honoured)
{
	static const struct reading CASES[] = {
		READING("!!str 1", "\"1\""),
		READING("!!str", "\"\""),
		READING("!!str null", "\"null\""),
		READING("!!int \"1\"", "1"),
		READING("!!int 0x10", "16"),
		READING("!!float \"1.5\"", "1.5"),
		READING("!!float 1", "1"),
		READING("!!bool \"yes\"", "true"),
		READING("!!null \"\"", "null"),
		READING("!!binary |\n  aGVs\n  bG8=\n", "\"hello\""),
		READING("!!binary \"\"", "\"\""),
		READING("!!timestamp 2001-12-14", "\"2001-12-14\""),
		READING("!foo 1", "\"1\""),
		READING("! yes", "\"yes\""),
		READING("!<tag:yaml.org,2002:str> 1", "\"1\""),
		READING("!!set {a, b}", "{\"a\":null,\"b\":null}"),
		READING("!!str [1]", "[1]"),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "a: ");
}

Test(yaml, documents_become_compact_json)
{
	static const struct reading CASES[] = {
		READING("x", "\"x\""),
		READING("--- 3\n...\n", "3"),
		READING("[]", "[]"),
		READING("- a\n- - b\n  - c\n-\n- {}\n", "[\"a\",[\"b\",\"c\"],null,{}]"),
		READING("a:\n  b: 1\n  c:\n  - d: 2\n    e: 3\n",
			"{\"a\":{\"b\":1,\"c\":[{\"d\":2,\"e\":3}]}}"),
		READING("{a: b, c: , \"d\":1, e}", "{\"a\":\"b\",\"c\":null,\"d\":1,\"e\":null}"),
		READING("[a: b, {c: d}]", "[{\"a\":\"b\"},{\"c\":\"d\"}]"),
		READING("? a\n? b\n: c\n", "{\"a\":null,\"b\":\"c\"}"),
		READING("{\"a\":[1,\n\t2.5e1,true,null,\"\\u00e9\"]}",
			"{\"a\":[1,25,true,null,\"\xc3\xa9\"]}"),
		READING("\xef\xbb\xbf"
			"a: 1",
			"{\"a\":1}"),
		READING("a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}"),
		READING("# only\n\n%YAML 1.1\n---\na: 1", "{\"a\":1}"),
		READING("a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\n",
			"{\"a\":\"x\\n y\\n\",\"b\":\"x y\\nz\"}"),
		READING("a: |+2\n   x\n\n", "{\"a\":\" x\\n\\n\"}"),
		READING("a: x\n  y # z\n", "{\"a\":\"x y\"}"),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "");
}

Test(yaml, keys_become_strings)
{
	static const struct reading CASES[] = {
		READING("1: a", "{\"1\":\"a\"}"),
		READING("0x10: a", "{\"16\":\"a\"}"),
		READING("yes: a", "{\"true\":\"a\"}"),
		READING("y: a", "{\"true\":\"a\"}"),
		READING("off: a", "{\"false\":\"a\"}"),
		READING("1.0: a", "{\"1\":\"a\"}"),
		READING("0.1: a", "{\"0.1\":\"a\"}"),
		READING("1e3: a", "{\"1000\":\"a\"}"),
		READING("1e6: a", "{\"1e+06\":\"a\"}"),
		READING("0.00001: a", "{\"1e-05\":\"a\"}"),
		READING("123456789.123: a", "{\"1.2345679e+08\":\"a\"}"),
		READING("1e100: a", "{\".inf\":\"a\"}"),
		READING("-.inf: a", "{\"-.inf\":\"a\"}"),
		READING(".nan: a", "{\".nan\":\"a\"}"),
		READING("-0.0: a", "{\"-0\":\"a\"}"),
		READING("2001-01-01: a", "{\"2001-01-01\":\"a\"}"),
		READING("\"\": a", "{\"\":\"a\"}"),
		READING("\"null\": a", "{\"null\":\"a\"}"),
		READING("!!str 1: a", "{\"1\":\"a\"}"),
		READING("!!binary aGk=: a", "{\"hi\":\"a\"}"),
		READING("a\"b: c", "{\"a\\\"b\":\"c\"}"),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "");
}

Test(yaml, aliases_repeat_what_they_name)
{
	static const struct reading CASES[] = {
		READING("a: &x 1\nb: *x", "{\"a\":1,\"b\":1}"),
		READING("a: &x {b: [1, &y z]}\nc: [*x, *y]",
			"{\"a\":{\"b\":[1,\"z\"]},\"c\":[{\"b\":[1,\"z\"]},\"z\"]}"),
		READING("a: &x 1\nb: &x 2\nc: *x", "{\"a\":1,\"b\":2,\"c\":2}"),
		READING("&x a: *x", "{\"a\":\"a\"}"),
		READING("a: &x 1\n*x : 2", "{\"a\":1,\"1\":2}"),
		READING("a: &x \"q\\\"\"\n*x : 2", "{\"a\":\"q\\\"\",\"q\\\"\":2}"),
		READING("a: &b\nc: *b", "{\"a\":null,\"c\":null}"),
		READING("- &x []\n- *x\n- *x", "[[],[],[]]"),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "");
}

Test(yaml, merges_are_resolved_and_explicit_keys_win)
{
	static const struct reading CASES[] = {
		READING("<<: {a: 1, b: 2}\na: 3", "{\"a\":3,\"b\":2}"),
		READING("a: 3\n<<: {a: 1, b: 2}", "{\"a\":3,\"b\":2}"),
		READING("<<: [{a: 1}, {a: 2, b: 3}]", "{\"a\":1,\"b\":3}"),
		READING("<<: {a: 1}\n<<: {a: 2, b: 1}", "{\"a\":1,\"b\":1}"),
		READING("<<: {}", "{}"),
		READING("<<: []\na: 1", "{\"a\":1}"),
		READING("<<: {<<: {a: 1}, b: 2}", "{\"b\":2,\"a\":1}"),
		READING("x: &x {k: 1, l: {m: [1]}}\nz: {<<: *x, k: 2}",
			"{\"x\":{\"k\":1,\"l\":{\"m\":[1]}},\"z\":{\"k\":2,\"l\":{\"m\":[1]}}}"),
		READING("- &a {k: 1}\n- &b {<<: *a, l: 2}\n- <<: [*b, {q: 3}]\n",
			"[{\"k\":1},{\"l\":2,\"k\":1},{\"l\":2,\"k\":1,\"q\":3}]"),
		READING("<<: {1: a}\n\"1\": b", "{\"1\":\"b\"}"),
		READING("\"<<\": {a: 1}", "{\"<<\":{\"a\":1}}"),
		READING("!!str <<: {a: 1}", "{\"<<\":{\"a\":1}}"),
		READING("!!merge <<: {a: 1}", "{\"a\":1}"),
		READING("a: {<<: &m {b: 1}}\nc: *m", "{\"a\":{\"b\":1},\"c\":{\"b\":1}}"),
	};

	expect_readings(CASES, ARRAY_LEN(CASES), "");
}

#define UNFILLED                                                                                   \
	" looks like a template that was not filled in: render it first, with helm template, say"

Test(yaml, what_is_wrong_is_said_with_its_place)
{
	static const struct {
		struct str yaml;
		const char *message;
	} CASES[] = {
		{STR_INIT(""), "there is nothing in it"},
		{STR_INIT("# nothing\n---\n...\n"), "there is nothing in it"},
		{STR_INIT("null"), "there is nothing in it"},
		{STR_INIT("a: 1\n---\nb: 2"), "line 3, column 1: a second document begins here"},
		{STR_INIT("a: 1\nb: 2\na: 3"), "line 3, column 1: the key 'a' is already in this "
					       "object, at line 1, column 1"},
		{STR_INIT("x:\n  - {b: 1, c: [{b: 2}], b: 3}"),
			"line 2, column 25: the key 'b' is already in this object, at line 2, "
			"column 6"},
		{STR_INIT("1: a\n\"1\": b"), "line 2, column 1: the key '1' is already in this "
					     "object, at line 1, column 1"},
		{STR_INIT("<<:\n  a: 1\n  a: 2"), "line 3, column 3: the key 'a' is already in "
						  "this object, at line 2, column 3"},
		{STR_INIT("q: 1\nx:\n  <<: {a: 1}\n  b: 1\n  b: 2"),
			"line 5, column 3: the key 'b' is already in this object, at line 4, "
			"column 3"},
		{STR_INIT("<<: 1"), "line 1, column 5: '<<' needs a mapping or a list of mappings"},
		{STR_INIT("<<: [{a: 1},\n  2]"),
			"line 2, column 3: '<<' needs a mapping or a list of mappings"},
		{STR_INIT("a: *x"), "line 1, column 4: there is no anchor before the alias 'x'"},
		{STR_INIT("a: &x [*x]"),
			"line 1, column 8: a value contains itself by the alias 'x'"},
		{STR_INIT("~: a"), "line 1, column 1: a key cannot be null"},
		{STR_INIT("a: &x ~\n*x : 1"), "line 2, column 1: a key cannot be null"},
		{STR_INIT("[a]: b"), "line 1, column 1: a key must be a scalar"},
		{STR_INIT("a: { {b: c}: d }"), "line 1, column 6: a key must be a scalar"},
		{STR_INIT("a: {[b]: c}"), "line 1, column 5: a key must be a scalar"},
		{STR_INIT("a:\n  b: {{ .Values.c }}"), "line 2, column 6: {{" UNFILLED},
		{STR_INIT("a:\n  {{- toYaml .b | nindent 4 }}"), "line 2, column 3: {{" UNFILLED},
		{STR_INIT("a: &x []\n*x : 1"), "line 2, column 1: a key must be a scalar"},
		{STR_INIT("a: -.inf"), "line 1, column 4: '-.inf' cannot be said in JSON"},
		{STR_INIT("a: .nan"), "line 1, column 4: '.nan' cannot be said in JSON"},
		{STR_INIT("a: !!int 1.5"), "line 1, column 4: '!!int' needs an integer, not '1.5'"},
		{STR_INIT("a: !!bool 1"), "line 1, column 4: '!!bool' needs a boolean, not '1'"},
		{STR_INIT("!!null x: 1"), "line 1, column 1: '!!null' needs null, not 'x'"},
		{STR_INIT("a: !!binary \"a b\""),
			"line 1, column 4: '!!binary' needs base64 of UTF-8 text, not 'a b'"},
		{STR_INIT("a: !!binary aGk"),
			"line 1, column 4: '!!binary' needs base64 of UTF-8 text, not 'aGk'"},
		{STR_INIT("a: !!binary /w=="),
			"line 1, column 4: '!!binary' needs base64 of UTF-8 text, not '/w=='"},
		{STR_INIT("\ta: 1"), "line 1, column 1: a tab cannot indent, only spaces can"},
		{STR_INIT("a:\n\tb: 1"), "line 2, column 1: a tab cannot indent, only spaces can"},
		{STR_INIT("a: @b"), "line 1, column 4: a value that begins with '@' needs quotes"},
		{STR_INIT("a: b: c"),
			"line 1, column 5: a ':' here needs other indentation, or quotes"},
		{STR_INIT("a: 1\n b: 2"),
			"line 2, column 3: a ':' here needs other indentation, or quotes"},
		{STR_INIT("{a: 1}}"), "line 1, column 7: expected nothing behind the value"},
		{STR_INIT("a: [1,\n"), "line 2, column 1: a value is missing here, or a bracket "
				       "before it is not closed"},
		{STR_INIT("a: 1\nb: \"x\n  y\n---\nc: 1"),
			"line 2, column 4: a quote that begins here is not closed"},
		{STR_INIT("a: |\n  b\nc\nd: 1\n"),
			"line 3, column 1: expected a key with ':' behind it"},
		{STR_INIT("a: *.py"), "line 1, column 5: a value that begins with '*' or '&' needs "
				      "quotes"},
		{STR_INIT("a: \"C:\\path\""),
			"line 1, column 7: '\\' needs single quotes around the value, or another "
			"'\\'"},
		{STR_INIT("a: - b"),
			"line 1, column 4: a list begins in a line of its own, below its key"},
		{STR_INIT("\xc3\xa4: 'it's'"), "line 1, column 8: expected nothing behind the "
					       "value: a quote within quotes "
					       "is written twice, or as \\\""},
		{STR_INIT("a: 1\n- b"),
			"line 2, column 1: expected a key that is indented like those above it "
			"(while parsing a block mapping that begins at line 1)"},
		{STR_INIT("a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> x\n"),
			"line 2, column 1: a conflict of a merge was left here: keep one side of "
			"it"},
		{STR_INIT("```yaml\na: 1\n```\n"),
			"line 1, column 1: ``` is Markdown: leave it out"},
		{STR_INIT("a: 1\n{{- if .b }}\nc: 1\n"), "line 2, column 1: {{" UNFILLED},
		{STR_INIT("a:\n  b: \"\xc3\xa4\"{{ .c }}\n"), "line 2, column 9: {{" UNFILLED},
		{STR_INIT("{% if b %}\na: 1\n"), "line 1, column 1: {%" UNFILLED},
		{STR_INIT("a:\xc2\xa0"
			  "b\nc: 1"),
			"line 1, column 3: U+00A0 looks like a blank and is none: type it anew"},
		{STR_INIT("a\xef\xbc\x9a"
			  "b\nc: 1"),
			"line 1, column 2: U+FF1A looks like ':' and is none: type it anew"},
		{STR_INIT("a: \"\xc2\xa0\" b # \xc2\xa0"),
			"line 1, column 8: expected nothing behind the value: a quote within "
			"quotes is written twice, or as \\\""},
		/* not where it stands in quotes, or is said of a comment */
		{STR_INIT("a: '{{ b }}'\n- c # {{ d }}"),
			"line 2, column 1: expected a key that is indented like those above it "
			"(while parsing a block mapping that begins at line 1)"},
		{STR_INIT("a: \"b"), "line 1, column 4: a quote that begins here is not closed"},
		{STR_INIT("a: \"\\ud800\""),
			"line 1, column 7: found invalid Unicode character escape code"},
		{STR_INIT("a: b\nc: \0"),
			"line 2, byte 4: control characters are not allowed (0x00)"},
		{STR_INIT("\xc3\xa9: 1\nb: \xff"),
			"line 2, byte 4: invalid leading UTF-8 octet (0xff)"},
		{STR_INIT("a: \x07"), "line 1, byte 4: control characters are not allowed (0x07)"},
		{STR_INIT("\xff\xfe"
			  "a\0"),
			"line 1, byte 1: invalid leading UTF-8 octet (0xff)"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct yaml_doc doc;
		struct err err;

		cr_expect(
			!reads(CASES[i].yaml, &LIMITS, &doc, &err), "%.*s", STR_ARG(CASES[i].yaml));
		cr_expect_str_eq(err.text, CASES[i].message);
		cr_expect_eq(err.code, ERR_INVALID, "%s", err.text);
	}
}

Test(yaml, keys_and_values_know_their_lines)
{
	static const char YAML[] = "a: 1\n"
				   "\303\251b: {c: &x [d,\n"
				   "   'e']}\n"
				   "f:\n"
				   "- g: |\n"
				   "    h\n"
				   "- *x\n"
				   "i: {<<: {j: 1},\n"
				   "  k: 2}\n"
				   "l:\n";
	static const struct {
		const char *raw;
		uint32_t line, column;
	} NODES[] = {
		{"{", 1, 1},
		{"\"a\"", 1, 1},
		{"1", 1, 4},
		{"\"\303\251b\"", 2, 1},
		{"{", 2, 5},
		{"\"c\"", 2, 6},
		{"[", 2, 9},
		{"\"d\"", 2, 13},
		{"\"e\"", 3, 4},
		{"\"f\"", 4, 1},
		{"[", 5, 1},
		{"{", 5, 3},
		{"\"g\"", 5, 3},
		{"\"h\\n\"", 5, 6},
		{"[", 7, 3},
		{"\"d\"", 2, 13},
		{"\"e\"", 3, 4},
		{"\"i\"", 8, 1},
		{"{", 8, 4},
		{"\"k\"", 9, 3},
		{"2", 9, 6},
		{"\"j\"", 8, 10},
		{"1", 8, 13},
		{"\"l\"", 10, 1},
		{"null", 10, 3},
	};
	struct yaml_doc doc;
	struct err err;

	cr_assert(reads(STR(YAML), &LIMITS, &doc, &err), "%s", err.text);
	cr_assert_eq(doc.json.count, ARRAY_LEN(NODES));
	for (size_t i = 0; i < ARRAY_LEN(NODES); i++) {
		uint32_t line, column;

		yaml_position(&doc, doc.json.root + i, &line, &column);
		cr_expect(str_starts(json_raw(doc.json.root + i), NODES[i].raw), "node %zu", i);
		cr_expect(line == NODES[i].line && column == NODES[i].column,
			"node %zu (%s) is at %u:%u", i, NODES[i].raw, line, column);
	}
}
