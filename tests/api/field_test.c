#include "api/field.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/buf.h"

static struct arena arena;
static struct field_errors errors;

static void start(void)
{
	arena_init(&arena, 65536);
	field_errors_init(&errors, &arena, NULL);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(field, .init = start, .fini = stop);

static void add(const char *rule, enum field_severity at_most)
{
	const struct field_fact fact = {
		.rule = rule, .type = FIELD_INVALID, .at_most = at_most, .reads = {0}};

	field_add(&errors, FIELD_ROOT("spec"), &fact, "is wrong");
}

static void fill(void)
{
	for (size_t i = 0; i < FIELD_ERRORS_LIMIT; i++)
		add("RG0001", FIELD_SEVERITY_ERROR);
}

Test(field, beyond_the_limit_each_rule_and_grade_has_its_share_and_the_rest_is_counted)
{
	fill();
	cr_assert_eq(errors.count, (size_t)FIELD_ERRORS_LIMIT);
	for (size_t i = 0; i < FIELD_ERRORS_SHARE + 3; i++)
		add("RG0001", FIELD_SEVERITY_ERROR);
	cr_expect_eq(errors.count, (size_t)FIELD_ERRORS_LIMIT + FIELD_ERRORS_SHARE);
	cr_expect_eq(errors.dropped, 3u);
	for (size_t i = 0; i < FIELD_ERRORS_SHARE + 1; i++)
		add("RG0002", FIELD_SEVERITY_ERROR);
	for (size_t i = 0; i < FIELD_ERRORS_SHARE + 1; i++)
		add("RG0002", FIELD_SEVERITY_WARN);
	cr_expect_eq(errors.count, (size_t)FIELD_ERRORS_LIMIT + 3 * FIELD_ERRORS_SHARE);
	cr_expect_eq(errors.dropped, 5u);
	add("RG0001", FIELD_SEVERITY_ERROR);
	cr_expect_eq(errors.dropped, 6u, "the share of a rule is spent once");
}

/* Of a value, and of the text that repeats what a user wrote. */
Test(field, control_characters_of_values_are_shown_as_in_json)
{
	static const char *const VALUES[] = {"\"a\x7f"
					     "b\xc2\x85\xc3\xa4\"",
		"\"a\\u007fb\\u0085\xc3\xa4\""};

	static const struct json_limits LIMITS = {.bytes = 100, .depth = 2, .nodes = 10};

	for (size_t i = 0; i < ARRAY_LEN(VALUES); i++) {
		struct json_doc doc;
		struct err err;

		cr_assert(json_read(&arena, str_from(VALUES[i]), &LIMITS, &doc, &err), "%s",
			err.text);
		const struct field_fact fact = {.rule = "RG0001",
			.type = FIELD_INVALID,
			.at_most = FIELD_SEVERITY_WARN,
			.reads = FIELD_READS(doc.root)};

		field_add(&errors, FIELD_ROOT("spec"), &fact, "\"%s\" is none", "x\ny\x01\xc2\x9f");
		cr_expect(str_is(errors.items[i].message,
				  "Invalid value: \"a\\u007fb\\u0085\xc3\xa4\": "
				  "\"x\\u000ay\\u0001\\u009f\" is none"),
			"%.*s", STR_ARG(errors.items[i].message));
	}
}

/* An API server passes no warning on that has a control character. */
Test(field, control_characters_of_a_key_are_shown_as_in_json)
{
	const struct field_fact fact = {.rule = "RG0001", .type = FIELD_INVALID};
	const struct field_path *const spec = FIELD_ROOT("spec");

	field_add(
		&errors, FIELD_CHILD(spec, "a\nb\x7f\xc2\x80\xc2\x9f\xc2\xa0"), &fact, "is wrong");
	field_add(&errors, FIELD_KEY(spec, STR("\x1f\t\xc3\xa4")), &fact, "is wrong");
	cr_expect(str_is(errors.items[0].field, "spec.a\\u000ab\\u007f\\u0080\\u009f\xc2\xa0"),
		"%.*s", STR_ARG(errors.items[0].field));
	cr_expect(str_is(errors.items[1].field, "spec[\\u001f\\u0009\xc3\xa4]"), "%.*s",
		STR_ARG(errors.items[1].field));
}

Test(field, what_is_forgotten_leaves_no_trace)
{
	add("RG0001", FIELD_SEVERITY_ERROR);
	const struct field_errors before = errors;

	fill();
	for (size_t i = 0; i < FIELD_ERRORS_SHARE + 3; i++)
		add("RG0002", FIELD_SEVERITY_ERROR);
	cr_assert_gt(errors.dropped, 0u);
	field_errors_forget(&errors, &before);
	cr_expect_eq(errors.count, 1u);
	cr_expect_eq(errors.dropped, 0u);
	fill();
	for (size_t i = 0; i < FIELD_ERRORS_SHARE; i++)
		add("RG0002", FIELD_SEVERITY_ERROR);
	cr_expect_eq(errors.count, (size_t)FIELD_ERRORS_LIMIT + FIELD_ERRORS_SHARE + 1,
		"its share is whole again");
}

static uint64_t hash_of(struct str name)
{
	return field_path_hash(FIELD_KEY(FIELD_ROOT("labels"), name));
}

/* A name of a MB would be hashed anew for each finding below it. */
Test(field, the_place_of_a_long_name_is_told_by_its_ends_and_its_length)
{
	char a[4096], b[4096];
	const struct str first = {a, sizeof(a)}, other = {b, sizeof(b)};
	static const size_t TOLD[] = {0, 511, sizeof(b) - 512, sizeof(b) - 1};

	memset(a, 'x', sizeof(a));
	memset(b, 'x', sizeof(b));
	for (size_t i = 0; i < ARRAY_LEN(TOLD); i++) {
		b[TOLD[i]] = 'y';
		cr_expect_neq(hash_of(first), hash_of(other), "byte %zu", TOLD[i]);
		b[TOLD[i]] = 'x';
	}
	cr_expect_neq(hash_of(first), hash_of((struct str){b, sizeof(b) - 1}));
	b[2048] = 'y';
	cr_expect_eq(hash_of(first), hash_of(other), "the middle is not looked at");
	b[1000] = 'y';
	cr_expect_neq(
		hash_of((struct str){a, 1024}), hash_of((struct str){b, 1024}), "short enough");
}

/* Keys k0 … and, in `list`, as many objects with one member. */
static const struct json_node *long_object(size_t count)
{
	static const struct json_limits LIMITS = {
		.bytes = 64u << 20, .depth = 8, .nodes = 4u << 20};
	struct buf text CLEANUP(buf_done) = {0};
	struct json_doc doc;
	struct err err;

	buf_add_cstr(&text, "{\"map\":{");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s\"k%zu\":%zu", i ? "," : "", i, i);
	buf_add_cstr(&text, "},\"list\":[");
	for (size_t i = 0; i < count; i++)
		buf_printf(&text, "%s{\"a\":%zu}", i ? "," : "", i);
	buf_add_cstr(&text, "]}");
	cr_assert(json_read(&arena, arena_str(&arena, buf_str(&text)), &LIMITS, &doc, &err), "%s",
		err.text);
	return doc.root;
}

static void expect_number(const struct field_path *path, const struct json_node *root,
	struct field_trail *trail, size_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%zu", number);
	cr_assert(str_is(json_raw(field_path_find(path, root, trail)), digits), "%zu", number);
}

Test(field, a_node_is_found_wherever_the_last_one_was)
{
	enum { COUNT = 7 };
	const struct json_node *const root = long_object(COUNT);
	const struct field_path *const map = FIELD_ROOT("map"), *const list = FIELD_ROOT("list");
	struct field_trail trail = {0};

	for (size_t a = 0; a < COUNT; a++) {
		for (size_t b = 0; b < COUNT; b++) {
			char key[24];

			snprintf(key, sizeof(key), "k%zu", b);
			expect_number(FIELD_KEY(map, str_from(key)), root, &trail, b);
			expect_number(FIELD_CHILD(FIELD_INDEX(list, a), "a"), root, &trail, a);
			expect_number(FIELD_CHILD(FIELD_INDEX(list, b), "a"), root, &trail, b);
			snprintf(key, sizeof(key), "k%zu", a);
			expect_number(FIELD_KEY(map, str_from(key)), root, &trail, a);
			cr_expect_eq(field_path_find(FIELD_KEY(map, STR("none")), root, &trail),
				json_get(root, "map"));
			cr_expect_eq(field_path_find(FIELD_INDEX(list, COUNT), root, &trail),
				json_get(root, "list"));
			cr_expect_eq(field_path_find(FIELD_CHILD(list, "k0"), root, &trail),
				json_get(root, "list"));
			cr_expect_eq(field_path_find(FIELD_INDEX(map, 1), root, &trail),
				json_get(root, "map"));
		}
	}
}

/* Were each looked for from the beginning, this would take half an hour. */
Test(field, nodes_of_a_long_list_are_found_one_behind_the_other, .timeout = 120)
{
	enum { COUNT = 500000 };
	const struct json_node *const root = long_object(COUNT);
	const struct field_path *const map = FIELD_ROOT("map"), *const list = FIELD_ROOT("list");
	struct field_trail trail = {0};

	for (size_t i = 0; i < COUNT; i++) {
		char key[24];

		snprintf(key, sizeof(key), "k%zu", i);
		expect_number(FIELD_KEY(map, str_from(key)), root, &trail, i);
	}
	for (size_t i = 0; i < COUNT; i++)
		expect_number(FIELD_CHILD(FIELD_INDEX(list, i), "a"), root, &trail, i);
}
