/* The object's own name: everything that is made for it is named after it. */
#include "validators/rules.h"

static void name_is_short_enough(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const name = &object->meta.name;

	if (object->kind == RAY_CLUSTER && name->v.len > 53)
		rule_found(c, FIELD_CHILD(FIELD_ROOT("metadata"), "name"), FIELD_TOO_LONG,
			FIELD_READS(name->node),
			"must be at most 53 characters, has %zu: the names of its services are "
			"made "
			"from it",
			name->v.len);
}

static const struct rule RULES[] = {
	RULE("RG0201", "cluster-name-short-enough", ERROR, MODERN, "0.1", "KubeRay M1",
		"A RayCluster's name has at most 53 characters.",
		RULE_CHECKS_OBJECT(name_is_short_enough)),
};

const struct rule_table RULES_METADATA = RULE_TABLE(RULES);
