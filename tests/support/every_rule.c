#include "tests/support/every_rule.h"

#include "validators/validate.h"

/* `sharing`: as the gate decodes, where templates of the same text are copies; or NULL. */
static const struct ray_object *decode(struct arena *arena, const struct every_rule_case *it,
	const struct json_node *root, struct schema_sharing *sharing, struct field_errors *errors)
{
	const struct schema_decoder decoder = {
		.arena = arena,
		.errors = errors,
		.shallow = root == it->old,
		.crd_defaults = it->crd_defaults,
		.memory_max = arena->used + VALIDATE_DECODED_MAX,
		.sharing = it->crd_defaults ? NULL : sharing,
	};
	enum ray_kind kind;
	enum dialect dialect;

	field_errors_init(errors, arena, root);
	if (!ray_object_recognise(it->object, &kind, &dialect))
		return NULL;
	return ray_object_decode(&decoder, kind, dialect, root);
}

static bool judge(struct arena *arena, const struct every_rule_case *it, bool every_rule,
	struct field_errors *errors)
{
	struct schema_sharing sharing = {0};
	struct field_errors ignored;
	const struct validation v = {
		.arena = arena,
		.policy = it->policy,
		.object = decode(arena, it, it->object, every_rule ? NULL : &sharing, errors),
		.errors = errors,
		.crd_defaults = it->crd_defaults,
		.old = it->old ? decode(arena, it, it->old, NULL, &ignored) : NULL,
		.old_node = it->old,
		.every_rule = every_rule,
	};

	if (v.object == NULL)
		return false;
	validate_run(&v);
	return true;
}

static bool same(const struct field_error *a, const struct field_error *b)
{
	return str_eq(str_from(a->rule), str_from(b->rule)) && a->type == b->type &&
	       a->at_most == b->at_most && str_eq(a->field, b->field) &&
	       str_eq(a->message, b->message) && a->place == b->place && a->moved == b->moved &&
	       a->node == b->node &&
	       field_error_fingerprint(a).here == field_error_fingerprint(b).here;
}

struct str every_rule_difference(struct arena *arena, const struct every_rule_case *it)
{
	struct field_errors all, some;

	if (!judge(arena, it, true, &all) || !judge(arena, it, false, &some))
		return (struct str){0};
	for (size_t i = 0; i < all.count || i < some.count; i++) {
		if (i < all.count && i < some.count && same(&all.items[i], &some.items[i]))
			continue;
		const struct field_error *const e = i < all.count ? &all.items[i] : &some.items[i];

		return arena_printf(
			arena, "%s %.*s: %.*s", e->rule, STR_ARG(e->field), STR_ARG(e->message));
	}
	if (all.dropped != some.dropped)
		return STR("counts that were dropped");
	return (struct str){0};
}
