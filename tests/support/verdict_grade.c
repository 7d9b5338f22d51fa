#include "tests/support/verdict_grade.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/review.h"
#include "tests/support/verdict.h"

enum {
	TEXT_MAX = 16384,
};

/* Frees the policy. */
static enum field_severity gravest(
	struct policy *policy, const char *id, struct str old, struct str now)
{
	enum field_severity grade = FIELD_SEVERITY_OFF;
	struct findings findings;
	struct arena arena;

	arena_init(&arena, 65536);
	verdict_judge(&arena, &(struct verdict_case){.object = now, .old = old, .policy = policy},
		&findings);
	for (size_t i = 0; i < findings.errors + findings.warnings; i++) {
		if (str_is(str_from(findings.items[i].rule->id), id) &&
			findings.items[i].severity > grade)
			grade = findings.items[i].severity;
	}
	arena_done(&arena);
	policy_free(&policy);
	return grade;
}

enum field_severity verdict_grade(const char *id, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	return gravest(policy_empty(), id, (struct str){0}, str_from(text));
}

void verdict_expect_told(const char *id, const char *manifest, const char *end)
{
	CLEANUP(buf_done) struct buf told = {0};
	struct policy *policy = policy_empty();
	struct findings findings;
	struct arena arena;
	bool found = false;

	arena_init(&arena, 65536);
	verdict_judge(&arena,
		&(struct verdict_case){.object = str_from(manifest), .policy = policy}, &findings);
	for (size_t i = 0; i < findings.errors; i++) {
		if (str_is(str_from(id), findings.items[i].rule->id))
			found = found || str_ends(findings.items[i].error->message, end);
	}
	verdict_print(&findings, &told);
	cr_expect(found, "%s\nis not told\n%s\nbut\n%.*s", manifest, end, STR_ARG(buf_str(&told)));
	arena_done(&arena);
	policy_free(&policy);
}

enum field_severity verdict_grade_by(const char *policy, const char *id, const char *manifest)
{
	return gravest(review_policy(policy), id, STR(""), str_from(manifest));
}

enum field_severity verdict_grade_update(const char *id, const char *old, const char *now)
{
	return gravest(policy_empty(), id, str_from(old), str_from(now));
}

enum field_severity verdict_grade_update_of_raygate(
	const char *id, const char *old, const char *now)
{
	struct policy *const policy = review_policy("apiVersion: raygate.dev/v1\nkind: Policy\n"
						    "target: {controller: raygate}\n");

	return gravest(policy, id, str_from(old), str_from(now));
}
