/*
 * tests/golden/rules/ID/: a manifest that breaks just this rule and one as near to it as possible
 * that does not. The verdict on the first is in refused.txt; `make golden` writes it anew. A rule
 * without its folder fails: every id has an example of both. old.yaml is the version before,
 * policy.yaml the policy, cluster.yaml what the cluster around the object holds.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/facts_kit.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/verdict.h"
#include "validators/plan.h"

#define FOLDER "tests/golden/rules"

/* Their examples need more than one object or a second look: see the tests named. */
static const struct {
	const char *id;
	const char *tested_by;
} ELSEWHERE[] = {
	{"RG1401", "tests/golden/reviews/quota-of-a-namespace/08-update-that-raises.validate"},
	{"RG1402", "tests/server/admission/charge_test.c"},
	{"RG1403", "tests/golden/reviews/charge-now/01-largest-is-over.validate"},
	{"RG1601", "tests/golden/reviews/record-of-defaults-broken/01-create.mutate"},
	{"RG1602", "tests/server/admission/defaulting_update_test.c"},
	{"RG1603", "tests/server/admission/defaulting_update_test.c"},
};

static bool is_tested_elsewhere(const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(ELSEWHERE); i++) {
		if (str_is(str_from(id), ELSEWHERE[i].id))
			return true;
	}
	return false;
}

static size_t findings_of(const struct findings *findings, const char *id)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += str_is(str_from(id), findings->items[i].rule->id);
	return count;
}

static void compare_text(const char *id, const struct findings *findings)
{
	CLEANUP(buf_done) struct buf actual = {0};

	verdict_print(findings, &actual);
	golden_expect(buf_str(&actual), FOLDER "/%s/refused.txt", id);
}

/* What all examples of a rule are judged by. */
struct surroundings {
	struct policy *policy;
	struct facts *facts; /* NULL without a cluster.yaml */
};

static struct facts *read_facts(struct arena *arena, const char *id)
{
	const struct str text = golden_read(arena, FOLDER "/%s/cluster.yaml", id);

	return text.len ? facts_kit_read(text, NULL) : NULL;
}

static void check_refused(
	struct arena *arena, const struct rule *rule, const struct surroundings *around)
{
	const struct verdict_case refused = {
		.object = golden_need(arena, FOLDER "/%s/refused.yaml", rule->id),
		.old = golden_read(arena, FOLDER "/%s/old.yaml", rule->id),
		.policy = around->policy,
		.facts = around->facts,
	};
	struct findings findings;

	if (refused.object.len == 0)
		return;
	verdict_judge(arena, &refused, &findings);
	cr_expect(findings_of(&findings, rule->id) > 0, "%s: refused.yaml does not break it",
		rule->id);
	compare_text(rule->id, &findings);
}

static void check_accepted(
	struct arena *arena, const struct rule *rule, const struct surroundings *around)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct verdict_case accepted = {
		.object = golden_need(arena, FOLDER "/%s/accepted.yaml", rule->id),
		.old = golden_read(arena, FOLDER "/%s/old.yaml", rule->id),
		.policy = around->policy,
		.facts = around->facts,
	};
	struct findings findings;

	verdict_judge(arena, &accepted, &findings);
	verdict_print(&findings, &text);
	cr_expect(findings_of(&findings, rule->id) == 0 && findings.errors == 0,
		"%s: accepted.yaml has\n%.*s", rule->id, STR_ARG(buf_str(&text)));
}

static void check_rule(const struct rule *rule)
{
	struct arena arena;

	arena_init(&arena, 65536);
	struct policy *const given = golden_policy(&arena, FOLDER "/%s/policy.yaml", rule->id);
	struct surroundings around = {
		.policy = given ? given : policy_empty(),
		.facts = read_facts(&arena, rule->id),
	};

	check_refused(&arena, rule, &around);
	check_accepted(&arena, rule, &around);
	policy_free(&around.policy);
	facts_free(&around.facts);
	arena_done(&arena);
}

Test(golden_rules, each_rule_has_an_example_that_breaks_it_and_one_that_does_not)
{
	size_t count;
	const struct rule_table *const *const tables = plan_tables(&count);

	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			if (!is_tested_elsewhere(tables[t]->rules[i].id))
				check_rule(&tables[t]->rules[i]);
		}
	}
}

/* A rule that goes takes its examples along, so that none goes unseen. */
Test(golden_rules, each_example_is_of_a_rule)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct files_list folders = files_in(&arena, FOLDER);

	cr_expect_gt(folders.count, 0u);
	for (size_t i = 0; i < folders.count; i++)
		cr_expect_not_null(plan_rule_find(str_from(folders.names[i])),
			FOLDER "/%s: there is no such rule", folders.names[i]);
	for (size_t i = 0; i < ARRAY_LEN(ELSEWHERE); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct err err;

		cr_expect_not_null(
			plan_rule_find(str_from(ELSEWHERE[i].id)), "no rule %s", ELSEWHERE[i].id);
		cr_expect(files_read(ELSEWHERE[i].tested_by, &text, &err), "%s", err.text);
		buf_add_char(&text, '\0');
		cr_expect(str_contains(buf_str(&text), ELSEWHERE[i].id), "%s does not speak of %s",
			ELSEWHERE[i].tested_by, ELSEWHERE[i].id);
	}
	arena_done(&arena);
}

Test(golden_rules, ids_are_unique_and_well_formed)
{
	size_t count;
	const struct rule_table *const *const tables = plan_tables(&count);

	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
			const struct rule *const rule = &tables[t]->rules[i];
			const struct str about = str_from(rule->about);

			cr_expect(plan_rule_find(str_from(rule->id)) == rule, "%s stands twice",
				rule->id);
			cr_expect(str_starts(str_from(rule->id), "RG") && strlen(rule->id) == 6,
				"'%s'", rule->id);
			cr_expect(about.len && about.at[about.len - 1] == '.',
				"%s: '%s' is no sentence", rule->id, rule->about);
			cr_expect(rule->name && !strchr(rule->name, ' '), "%s", rule->id);
		}
	}
}
