#include <criterion/criterion.h>

#include "api/quantity.h"

static const struct json_limits LIMITS = {.bytes = 4096, .depth = 8, .nodes = 64};

static const struct json_node *read(struct arena *arena, const char *text)
{
	struct json_doc doc = {0};
	struct err err;

	cr_assert(json_read(arena, str_from(text), &LIMITS, &doc, &err), "%s: %s", text, err.text);
	return doc.root;
}

/* What is asked of both at once is what each says of it, with the words of the first that refuses.
 */
static void expect_both(const struct json_node *node, const char *json)
{
	struct quantity apart = {0}, both = {0};
	struct err err = {0}, err_of_both = {0};
	const bool fits = quantity_read(node, &apart, &err) && quantity_fits_schema(node, &err);

	cr_expect_eq(quantity_read_fitting(node, &both, &err_of_both), fits, "%s", json);
	if (fits)
		cr_expect(
			quantity_cmp(apart, both) == 0 && apart.format == both.format, "%s", json);
	else
		cr_expect_str_eq(err_of_both.text, err.text, "%s", json);
}

Test(quantity_json, a_client_reads_some_of_what_the_schema_refuses_and_the_other_way_round)
{
	static const struct {
		const char *json;
		bool fits;
		const char *printed; /* NULL: cannot be read */
	} CASES[] = {
		{"4", true, "4"},
		{"-4", true, "-4"},
		{"0.5", false, "500m"},
		{"2.0", true, "2"},
		{"1e3", true, "1e3"},
		{"1e30", false, "unbounded"},
		{"9007199254740993", true, "9007199254740993"},
		{"\"500m\"", true, "500m"},
		{"\"007Gi\"", true, "7Gi"},
		{"\"123456789\"", true, "123456789"},
		{"\"1234567890k\"", true, "1234567890k"},
		{"\"1Gi\\u0000\"", false, NULL},
		{"\"+.5Gi\"", true, "512Mi"},
		{"\"5.\"", true, "5"},
		{"\"1\\u0047i\"", true, "1Gi"},
		{"\"1e3\"", true, "1e3"},
		{"\"1E\"", true, "1E"},
		{"\"1e1.5\"", true, NULL},
		{"\"1e.5\"", true, NULL},
		{"\"1e\"", false, NULL},
		{"\" 1Gi\"", false, "1Gi"},
		{"\"\\t1Gi \"", false, "1Gi"},
		{"\".\"", false, "0"},
		{"\"+\"", false, "0"},
		{"\"m\"", false, "0"},
		{"\"1GB\"", false, NULL},
		{"\"1K\"", false, NULL},
		{"\"\"", false, NULL},
		{"\" \"", false, NULL},
		{"null", false, NULL},
		{"true", false, NULL},
		{"[1]", false, NULL},
		{"{}", false, NULL},
	};
	struct arena arena;

	arena_init(&arena, 1024);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const node = read(&arena, CASES[i].json);
		struct quantity q = {0};
		struct err err = {0};

		cr_expect_eq(quantity_fits_schema(node, &err), CASES[i].fits, "%s: %s",
			CASES[i].json, err.text);
		cr_expect(CASES[i].fits || err.text[0], "%s", CASES[i].json);
		cr_assert_eq(quantity_read(node, &q, &err), CASES[i].printed != NULL, "%s: %s",
			CASES[i].json, err.text);
		if (CASES[i].printed)
			cr_expect_str_eq(
				quantity_print(q).at, CASES[i].printed, "%s", CASES[i].json);
		expect_both(node, CASES[i].json);
	}
	arena_done(&arena);
}

Test(quantity_json, nothing_is_no_quantity)
{
	struct quantity q;
	struct err err = {0};

	cr_expect(!quantity_read(NULL, &q, &err));
	cr_expect(!quantity_fits_schema(NULL, &err));
}
