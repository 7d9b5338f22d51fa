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
	cr_assert(rules_report_all(STR(""), &text));
	cr_assert(rules_report_all(STR("markdown"), &markdown));
	cr_assert(rules_report_all(STR("json"), &json));
	cr_expect_eq(lines(&text), all_rules());
	cr_expect_eq(lines(&markdown), all_rules() + 2);
	cr_assert(json_read(&arena, buf_str(&json), &limits, &doc, &err), "%s", err.text);
	cr_expect_eq(json_count(doc.root), all_rules());
	arena_done(&arena);
}

Test(rules_report, an_unknown_format_is_refused)
{
	CLEANUP(buf_done) struct buf text = {0};

	cr_expect_not(rules_report_all(STR("xml"), &text));
	cr_expect_not(rules_report_one(rules_report_find(STR("RG0302")), STR("xml"), &text));
	cr_expect_eq(text.len, 0);
}
