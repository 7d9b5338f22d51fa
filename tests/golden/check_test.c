/*
 * tests/golden/check/CASE/: input.yaml or input.json, an optional policy.yaml, and what `raygate
 * check` prints of it in each format: text.txt, json.txt, sarif.txt, junit.txt, github.txt. `make
 * golden` writes them.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "server/check_run.h"
#include "tests/support/files.h"

static const char *const FOLDER = "tests/golden/check";

static bool read_file(struct arena *arena, const char *name, const char *file, struct str *out)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;
	const bool read =
		files_read(arena_printf(arena, "%s/%s/%s", FOLDER, name, file).at, &text, &err);

	*out = arena_str(arena, buf_str(&text));
	return read;
}

static struct policy *read_policy(struct arena *arena, const char *name)
{
	struct field_errors errors;
	struct str text;
	struct err err;

	if (!read_file(arena, name, "policy.yaml", &text))
		return NULL;
	field_errors_init(&errors, arena, NULL);
	struct policy *const policy = policy_decode(text, name, &errors, &err);

	cr_assert(policy, "%s: %s", name, err.text);
	return policy;
}

static void compare(struct arena *arena, const char *name, const char *file, struct str actual)
{
	struct str expected;
	struct err err;

	if (getenv("GOLDEN")) {
		const char *const path = arena_printf(arena, "%s/%s/%s", FOLDER, name, file).at;

		cr_assert(files_write(path, actual, &err), "%s", err.text);
		return;
	}
	cr_expect(read_file(arena, name, file, &expected), "%s/%s is missing", name, file);
	cr_expect(str_eq(expected, actual), "%s/%s: expected\n%.*sis\n%.*s", name, file,
		STR_ARG(expected), STR_ARG(actual));
}

static void check_format(struct arena *arena, const char *name, const char *format)
{
	struct policy *const given = read_policy(arena, name);
	struct policy *policy = given ? given : policy_empty();
	const char *file = "input.yaml";
	struct check_run check;
	struct str text;

	if (!read_file(arena, name, file, &text)) {
		file = "input.json";
		cr_assert(read_file(arena, name, file, &text), "%s has no input", name);
	}
	check_run_init(&check, policy, report_format_find(str_from(format)));
	check.judge.defaults = given != NULL;
	report_begin(&check.report);
	check_run_text(&check, file, text);
	report_end(&check.report);
	compare(arena, name, arena_printf(arena, "%s.txt", format).at, buf_str(&check.report.out));
	check_run_done(&check);
	policy_free(&policy);
}

Test(golden_check, every_case_is_reported_as_expected_in_every_format)
{
	static const char *const FORMATS[] = {"text", "json", "sarif", "junit", "github"};
	struct arena arena;

	arena_init(&arena, 65536);
	const struct files_list cases = files_in(&arena, FOLDER);

	cr_assert_gt(cases.count, 0);
	for (size_t i = 0; i < cases.count; i++) {
		for (size_t f = 0; f < ARRAY_LEN(FORMATS); f++)
			check_format(&arena, cases.names[i], FORMATS[f]);
	}
	arena_done(&arena);
}
