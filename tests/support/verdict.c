#include "tests/support/verdict.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "server/admission/charge.h"
#include "server/admission/mutation.h"
#include "server/admission/preflight.h"
#include "tests/support/every_rule.h"

static const struct json_node *read_yaml(struct arena *arena, struct str text)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 4u << 20, .depth = 100, .nodes = 500000, .expanded = 500000};
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	return doc.json.root;
}

static void look_at_cluster(
	const struct verdict_case *it, const struct mutation_input *in, struct mutation *m)
{
	const struct preflight_input preflight = {
		.arena = in->arena,
		.policy = in->policy,
		.facts = it->facts,
		.namespace = in->namespace,
		.object = m->object,
		.old = in->old,
	};

	preflight_run(&preflight, &m->errors);
	mutation_settle(m);
}

static void look_at_quota(
	const struct verdict_case *it, const struct mutation_input *in, struct mutation *m)
{
	const struct charge_input charge = {
		.arena = in->arena,
		.policy = in->policy,
		.ledger = it->ledger,
		.group = str_from(ray_kind_group(in->dialect)),
		.namespace = in->namespace,
		.uid = STR("1"),
		.object = m->object,
		.old = in->old,
	};

	cr_assert(charge_reserve(&charge, &m->errors));
	mutation_settle(m);
}

void verdict_judge(struct arena *arena, const struct verdict_case *it, struct findings *out)
{
	struct mutation_input in = {
		.arena = arena,
		.policy = it->policy,
		.object = read_yaml(arena, it->object),
		.old = it->old.len ? read_yaml(arena, it->old) : NULL,
		.defaults = it->defaults,
		.crd_defaults = true,
		.strict = true,
	};

	cr_assert(ray_object_recognise(in.object, &in.kind, &in.dialect), "no kind that is judged");
	in.namespace = json_str(arena, json_get(json_get(in.object, "metadata"), "namespace"));
	struct mutation *const m = mutation_run(&in);

	look_at_cluster(it, &in, m);
	look_at_quota(it, &in, m);
	*out = m->findings;
	const struct str differs = every_rule_difference(
		arena, &(struct every_rule_case){it->policy, in.object, in.old, in.crd_defaults});

	cr_expect(differs.len == 0, "not found by the rules that its parts ask for: %.*s",
		STR_ARG(differs));
}

void verdict_print(const struct findings *findings, struct buf *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *const f = &findings->items[i];

		buf_printf(out, "%s %s %.*s: %.*s\n",
			f->severity == FIELD_SEVERITY_ERROR ? "error" : "warning", f->rule->id,
			STR_ARG(f->error->field), STR_ARG(f->error->message));
	}
}
