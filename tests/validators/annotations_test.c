#include <criterion/criterion.h>

#include "tests/support/verdict.h"

/* Values of ray.io/initializing-timeout, and what is said of each; NULL: nothing. */
static const struct {
	const char *value, *words;
} TIMEOUTS[] = {
	{"5m", NULL},
	{"1h30m", NULL},
	{"300", NULL},
	{"+300", NULL},
	{"", NULL},
	{"90 minutes", "must be a duration"},
	{"5", NULL},
	{"5 ", "must be a duration"},
	{"+-5", "must be a duration"},
	{"99999999999999999999", "must be a duration"},
	{"0", "must be more than zero"},
	{"-5", "must be more than zero"},
	{"0s", "must be more than zero"},
	{"-1m", "must be more than zero"},
};

static struct str verdict_of(struct arena *arena, const char *value)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct policy *policy = policy_empty();
	struct findings findings;
	const struct verdict_case it = {
		.object = arena_printf(arena,
			"apiVersion: ray.io/v1\nkind: RayService\nmetadata:\n  name: a\n"
			"  annotations: {ray.io/initializing-timeout: \"%s\"}\nspec: {}\n",
			value),
		.policy = policy,
	};

	verdict_judge(arena, &it, &findings);
	verdict_print(&findings, &out);
	policy_free(&policy);
	return arena_str(arena, buf_str(&out));
}

Test(annotations, a_timeout_that_is_no_time_is_told_apart_from_one_that_is_none)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(TIMEOUTS); i++) {
		const struct str verdict = verdict_of(&arena, TIMEOUTS[i].value);
		const char *const words = TIMEOUTS[i].words;

		cr_expect_eq(str_contains(verdict, "RG0208"), words != NULL, "'%s': %.*s",
			TIMEOUTS[i].value, STR_ARG(verdict));
		cr_expect(words == NULL || str_contains(verdict, words), "'%s': %.*s",
			TIMEOUTS[i].value, STR_ARG(verdict));
	}
	arena_done(&arena);
}
