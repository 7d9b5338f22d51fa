#include "tests/support/verdict.h"

#include <criterion/criterion.h>

#include "base/yaml.h"

static struct ray_object *read_object(
	struct arena *arena, struct str text, struct field_errors *errors)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 4u << 20, .depth = 100, .nodes = 500000, .expanded = 500000};
	enum ray_kind kind;
	enum dialect dialect;
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	cr_assert(ray_object_recognise(doc.json.root, &kind, &dialect), "no kind that is judged");
	field_errors_init(errors, arena, doc.json.root);
	return ray_object_decode(
		&(struct schema_decoder){arena, errors, true}, kind, dialect, doc.json.root);
}

void verdict_judge(struct arena *arena, const struct verdict_case *it, struct findings *out)
{
	struct field_errors errors, old_errors;
	struct validation v = {
		.arena = arena,
		.policy = it->policy,
		.strict = true,
		.object = read_object(arena, it->object, &errors),
		.errors = &errors,
	};

	v.namespace = v.object->meta.namespace.v;
	if (it->old.len) {
		v.old = read_object(arena, it->old, &old_errors);
		v.old_errors = &old_errors;
	}
	validate_run(&v);
	validate_settle(&v, out);
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
