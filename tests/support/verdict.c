#include "tests/support/verdict.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "server/admission/mutation.h"

static const struct json_node *read_yaml(struct arena *arena, struct str text)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 4u << 20, .depth = 100, .nodes = 500000, .expanded = 500000};
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	return doc.json.root;
}

void verdict_judge(struct arena *arena, const struct verdict_case *it, struct findings *out)
{
	struct mutation_input in = {
		.arena = arena,
		.policy = it->policy,
		.object = read_yaml(arena, it->object),
		.old = it->old.len ? read_yaml(arena, it->old) : NULL,
		.crd_defaults = true,
		.strict = true,
	};

	cr_assert(ray_object_recognise(in.object, &in.kind, &in.dialect), "no kind that is judged");
	in.namespace = json_str(arena, json_get(json_get(in.object, "metadata"), "namespace"));
	*out = mutation_run(&in)->findings;
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
