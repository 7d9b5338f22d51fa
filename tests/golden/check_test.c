/*
 * tests/golden/check/CASE/: input.yaml or input.json, an optional policy.yaml, and what `raygate
 * check` prints of it in each format: text.txt, json.txt, sarif.txt, junit.txt, github.txt. `make
 * golden` writes them.
 */
#include <criterion/criterion.h>

#include "server/check/check_run.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

#define FOLDER "tests/golden/check"

static void check_format(struct arena *arena, const char *name, const char *format)
{
	struct policy *const given = golden_policy(arena, FOLDER "/%s/policy.yaml", name);
	struct policy *policy = given ? given : policy_empty();
	const char *file = "input.yaml";
	struct check_run check;
	struct str text = golden_read(arena, FOLDER "/%s/%s", name, file);

	if (text.at == NULL) {
		file = "input.json";
		text = golden_need(arena, FOLDER "/%s/%s", name, file);
	}
	check_run_init(&check, policy, report_format_find(str_from(format)));
	check.judge.defaults = given != NULL;
	report_begin(&check.report);
	check_run_text(&check, file, text);
	report_end(&check.report);
	golden_expect(buf_str(&check.report.out), FOLDER "/%s/%s.txt", name, format);
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
