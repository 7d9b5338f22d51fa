#include "tests/support/explain_kit.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "server/explain/report.h"

void explain_kit_begin(struct explain_kit *kit, const char *items)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 10000, .expanded = 1000};
	struct yaml_doc doc;
	struct err err;

	*kit = (struct explain_kit){.policy = policy_empty()};
	arena_init(&kit->arena, 65536);
	kit->in = (struct explain_input){
		.arena = &kit->arena, .policy = kit->policy, .now = EXPLAIN_KIT_NOW};
	const struct str text =
		arena_printf(&kit->arena, "apiVersion: v1\nkind: List\nitems:\n%s", items);

	cr_assert(yaml_read(&kit->arena, text, &LIMITS, &doc, &err), "%s:\n%s", err.text, items);
	explain_add(&kit->in, doc.json.root);
	kit->in.of[EXPLAIN_QUOTA].looked = kit->in.of[EXPLAIN_QUOTA].count > 0;
	kit->in.of[EXPLAIN_SERVICE].looked = kit->in.of[EXPLAIN_SERVICE].count > 0;
	for (size_t kind = EXPLAIN_ACCOUNT; kind <= EXPLAIN_BINDING; kind++)
		kit->in.of[kind].looked = kit->in.of[EXPLAIN_ROLE].count > 0;
	kit->in.of[EXPLAIN_SLICE].looked = kit->in.of[EXPLAIN_SERVICE].looked;
}

void explain_kit_end(struct explain_kit *kit)
{
	policy_free(&kit->policy);
	arena_done(&kit->arena);
}

static void expect(const struct explain_example *e)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct explain_verdict verdict;
	struct explain_kit f;

	explain_kit_begin(&f, e->items);
	explain_diagnose(&f.in, f.in.of[EXPLAIN_CLUSTER].items[0], &verdict);
	explain_report_text(&verdict, false, 1000, &out);
	cr_expect_eq(str_contains(buf_str(&out), e->words), e->told, "%s: '%s' is%s in\n%.*s",
		e->what, e->words, e->told ? " not" : "", STR_ARG(buf_str(&out)));
	explain_kit_end(&f);
}

void explain_kit_expect(const struct explain_example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect(&examples[i]);
}
