/*
 * tests/golden/rules/ID/: a manifest that breaks just this rule and one as near to it as possible
 * that does not. The verdict on the first is in refused.txt; `make golden` writes it anew. A rule
 * without its folder fails: every id has an example of both. old.yaml is the version before,
 * policy.yaml the policy, cluster.yaml what the cluster around the object holds, room.txt how many
 * clusters the process keeps count of.
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
	bool defaults;         /* with a policy.yaml */
	struct facts *facts;   /* NULL without a cluster.yaml */
	struct ledger *ledger; /* NULL without a room.txt */
};

static struct facts *read_facts(struct arena *arena, const char *id)
{
	const struct str text = golden_read(arena, FOLDER "/%s/cluster.yaml", id);

	return text.len ? facts_kit_read(text, NULL) : NULL;
}

static struct ledger *read_ledger(struct arena *arena, const char *id)
{
	const struct str text = str_trim(golden_read(arena, FOLDER "/%s/room.txt", id));
	int64_t room = 0;

	if (text.len == 0)
		return NULL;
	cr_assert(str_to_i64(text, &room) && room >= 0, FOLDER "/%s/room.txt", id);
	return ledger_new((size_t)room);
}

static void check_refused(
	struct arena *arena, const struct rule *rule, const struct surroundings *around)
{
	const struct verdict_case refused = {
		.object = golden_need(arena, FOLDER "/%s/refused.yaml", rule->id),
		.old = golden_read(arena, FOLDER "/%s/old.yaml", rule->id),
		.policy = around->policy,
		.defaults = around->defaults,
		.facts = around->facts,
		.ledger = around->ledger,
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
		.defaults = around->defaults,
		.facts = around->facts,
		.ledger = around->ledger,
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
		.defaults = given != NULL,
		.facts = read_facts(&arena, rule->id),
		.ledger = read_ledger(&arena, rule->id),
	};

	check_refused(&arena, rule, &around);
	check_accepted(&arena, rule, &around);
	policy_free(&around.policy);
	facts_free(&around.facts);
	ledger_free(&around.ledger);
	arena_done(&arena);
}

Test(golden_rules, each_rule_has_an_example_that_breaks_it_and_one_that_does_not)
{
	size_t count;
	const struct rule_table *const *const tables = plan_tables(&count);

	for (size_t t = 0; t < count; t++) {
		for (size_t i = 0; i < tables[t]->count; i++) {
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
