#include <criterion/criterion.h>
#include <string.h>

#include "base/json_read.h"
#include "server/rules_report.h"
#include "validators/plan.h"

static size_t all_rules(void)
{
	size_t tables, count = 0;
	const struct rule_table *const *const list = plan_tables(&tables);

	for (size_t i = 0; i < tables; i++)
		count += list[i]->count;
	return count;
}

static size_t lines(const struct buf *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->len; i++)
		count += text->at[i] == '\n';
	return count;
}

Test(rules_report, a_rule_is_found_by_id_or_name)
{
	const struct rule *const rule = rules_report_find(STR("RG0302"));

	cr_assert_not_null(rule);
	cr_expect_eq(rules_report_find(STR("rg0302")), rule);
	cr_expect_eq(rules_report_find(str_from(rule->name)), rule);
	cr_expect_null(rules_report_find(STR("RG9999")));
	cr_expect_null(rules_report_find(STR("")));
}

Test(rules_report, a_name_nearly_right_is_suggested)
{
	const struct rule *const rule = rules_report_suggest(STR("worker-bounds-in-ordre"));

	cr_assert_not_null(rule);
	cr_expect_str_eq(rule->id, "RG0302");
	cr_expect_null(rules_report_suggest(STR("something-else-altogether")));
}

Test(rules_report, every_format_has_every_rule)
{
	CLEANUP(buf_done) struct buf text = {0};
	CLEANUP(buf_done) struct buf markdown = {0};
	CLEANUP(buf_done) struct buf json = {0};
	const struct json_limits limits = {.bytes = 1 << 24, .depth = 10, .nodes = 1 << 20};
	struct json_doc doc;
	struct arena arena;
	struct err err;

	arena_init(&arena, 4096);
	rules_report_all(STR(""), &text);
	rules_report_all(STR("markdown"), &markdown);
	rules_report_all(STR("json"), &json);
	cr_expect_eq(lines(&text), all_rules());
	cr_expect_eq(lines(&markdown), all_rules() + 2);
	cr_assert(json_read(&arena, buf_str(&json), &limits, &doc, &err), "%s", err.text);
	cr_expect_eq(json_count(doc.root), all_rules());
	arena_done(&arena);
}

/* What can be looked up by whoever reads it: a part of KubeRay, or an issue. */
static bool means_something(struct str word)
{
	static const char *const WORDS[] = {"KubeRay's CRD", "KubeRay's webhook",
		"KubeRay's operator", "KubeRay's CRD and operator",
		"KubeRay's webhook and operator", "the operator of 2022"};
	const struct str whole = word;
	const struct str repository = str_cut(&word, '#');
	int64_t issue;

	for (size_t i = 0; i < ARRAY_LEN(WORDS); i++) {
		if (str_is(whole, WORDS[i]))
			return true;
	}
	return (str_is(repository, "kuberay") || str_is(repository, "ray") ||
		       str_is(repository, "kueue")) &&
	       str_to_i64(word, &issue);
}

Test(rules_report, upstream_is_said_in_words_that_can_be_looked_up)
{
	size_t tables;
	const struct rule_table *const *const list = plan_tables(&tables);

	for (size_t i = 0; i < tables; i++) {
		for (size_t k = 0; k < list[i]->count; k++) {
			const struct rule *const rule = &list[i]->rules[k];
			struct str rest = str_from(rule->upstream ? rule->upstream : "");

			while (rest.len) {
				cr_expect(means_something(str_trim(str_cut(&rest, ','))), "%s: %s",
					rule->id, rule->upstream);
			}
		}
	}
}
