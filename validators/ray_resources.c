/* Logical resources and labels of a group: the fields of its own, and the parameters beside them.
 */
#include "api/names.h"
#include "validators/gpu.h"
#include "validators/rules.h"
#include "validators/start_flags.h"

static void resources_are_said_once(const struct rule_context *c, const struct ray_group *group)
{
	static const char *const PARAMS[] = {"num-cpus", "num-gpus", "memory", "resources"};
	const struct field_path *const at = FIELD_CHILD(group->self.at, "rayStartParams");

	if (json_count(group->resources.node) == 0)
		return;
	for (size_t i = 0; i < ARRAY_LEN(PARAMS); i++) {
		const struct json_node *const value = group_start_param(group, PARAMS[i]);

		if (json_is(value, JSON_STRING) && value->len)
			rule_found(c, FIELD_KEY(at, str_from(PARAMS[i])), FIELD_FORBIDDEN,
				FIELD_READS(value, group->resources.node),
				"the group has resources as well: keep one of the two");
	}
}

static void labels_are_no_param(const struct rule_context *c, const struct ray_group *group)
{
	const struct json_node *const value = group_start_param(group, "labels");

	if (value)
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(group->self.at, "rayStartParams"), STR("labels")),
			FIELD_FORBIDDEN, FIELD_READS(value),
			"belong in the group's own field labels, beside rayStartParams");
}

static void labels_are_valid(const struct rule_context *c, const struct ray_group *group)
{
	const struct field_path *const at = FIELD_CHILD(group->self.at, "labels");

	for (struct json_iter it = json_iter(group->labels.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);
		const char *const bad_key = names_fault(NAME_QUALIFIED, name);
		const char *const bad_value =
			json_is(it.value, JSON_STRING)
				? names_fault(NAME_LABEL_VALUE, json_str(c->arena, it.value))
				: NULL;

		if (bad_key)
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.key),
				"the key of a label %s", bad_key);
		if (bad_value)
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.value),
				"the value of a label %s", bad_value);
	}
}

/* The flag of ray start that KubeRay makes of a resource, NULL for a custom one. */
static const char *flag_of(struct str name)
{
	if (str_is_nocase(name, "cpu"))
		return "num-cpus";
	if (str_is_nocase(name, "memory"))
		return "memory";
	return gpu_is_key_nocase(name) ? "num-gpus" : NULL;
}

static void resources_can_be_read(const struct rule_context *c, const struct ray_group *group)
{
	const struct field_path *const at = FIELD_CHILD(group->self.at, "resources");

	for (struct json_iter it = json_iter(group->resources.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);
		struct quantity quantity;
		struct err err;

		if (!json_is(it.value, JSON_STRING))
			continue;
		if (!quantity_parse(json_str(c->arena, it.value), &quantity, &err))
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.value),
				"%s (KubeRay leaves out what it cannot read)", err.text);
		else if (quantity_is_negative(quantity))
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.value),
				"must be 0 or more: Ray does not start with less than nothing");
		else if (flag_of(name) == NULL && !quantity_is_whole(quantity))
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.value),
				"must be a whole number: Ray takes no fractions of a node's "
				"resources");
		else if (quantity_cmp(quantity, quantity_whole(RAY_RESOURCE_MAX)) > 0)
			rule_found(c, FIELD_KEY(at, name), FIELD_INVALID, FIELD_READS(it.value),
				"must be at most %lld: Ray ends at more",
				(long long)RAY_RESOURCE_MAX);
	}
}

static void resources_are_one_each(const struct rule_context *c, const struct ray_group *group)
{
	static const char *const FLAGS[] = {"num-cpus", "memory", "num-gpus"};
	const struct field_path *const at = FIELD_CHILD(group->self.at, "resources");
	struct json_iter first[ARRAY_LEN(FLAGS)] = {{0}};

	for (struct json_iter it = json_iter(group->resources.node); json_next_member(&it);) {
		const struct str name = json_str(c->arena, it.key);
		const char *const flag = flag_of(name);

		for (size_t i = 0; flag && i < ARRAY_LEN(FLAGS); i++) {
			if (flag != FLAGS[i] && !str_is(str_from(flag), FLAGS[i]))
				continue;
			if (first[i].key)
				rule_found(c, FIELD_KEY(at, name), FIELD_DUPLICATE,
					FIELD_READS(it.value, first[i].value),
					"sets %s, and so does \"%.*s\": KubeRay takes one of the "
					"two, now this and now that",
					flag, STR_ARG(json_str(c->arena, first[i].key)));
			else
				first[i] = it;
		}
	}
}

static const struct rule RULES[] = {
	RULE("RG0401", "ray-resources-said-once", ERROR, MODERN, "0.1", "KubeRay's operator",
		"Logical resources of a group are given by resources or by rayStartParams, not by "
		"both.",
		RULE_CHECKS_GROUP(resources_are_said_once), .by_pod = true,
		.needs = PART(GROUP_RESOURCES)),
	RULE("RG0402", "labels-are-no-start-param", ERROR, MODERN, "0.1", "KubeRay's operator",
		"Ray labels of a group are given by its field labels, not by rayStartParams.",
		RULE_CHECKS_PARAMS(labels_are_no_param), .by_pod = true),
	RULE("RG0403", "ray-labels-are-valid", ERROR, MODERN, "0.1", "KubeRay's operator",
		"Ray labels of a group have keys and values such as Kubernetes labels have.",
		RULE_CHECKS_GROUP(labels_are_valid), .by_pod = true, .needs = PART(GROUP_LABELS)),
	RULE("RG0404", "ray-resources-can-be-read", ERROR, MODERN, "0.1", NULL,
		"Logical resources of a group are quantities that Ray takes, 0 or more.",
		RULE_CHECKS_GROUP(resources_can_be_read), .by_pod = true,
		.needs = PART(GROUP_RESOURCES)),
	RULE("RG0405", "ray-resources-are-one-each", WARN, MODERN, "0.1", NULL,
		"Logical resources of a group name CPU, memory and GPU once each.",
		RULE_CHECKS_GROUP(resources_are_one_each), .by_pod = true,
		.needs = PART(GROUP_RESOURCES)),
};

const struct rule_table RULES_RAY_RESOURCES = RULE_TABLE(RULES);
