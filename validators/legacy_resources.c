/*
 * Resources of the legacy dialect: the operator reads the limits of the first container with a
 * parser of its own, and starts nothing when that fails. What rayResources gives by name replaces
 * what was read.
 */
#include "validators/rules.h"

#include <ctype.h>

static bool is_digits(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (!isdigit((unsigned char)s.at[i]))
			return false;
	}
	return s.len > 0;
}

/* Whether the key names a resource of that sort to the operator: it looks for the word alone. */
static bool names_sort(struct str key, const char *sort)
{
	const size_t len = str_from(sort).len;

	for (size_t i = 0; i + len <= key.len; i++) {
		if (str_is_nocase((struct str){key.at + i, len}, sort))
			return true;
	}
	return false;
}

static struct str text_of(const struct rule_context *c, const struct json_node *node)
{
	return json_is(node, JSON_STRING) ? json_str(c->arena, node) : json_raw(node);
}

static bool has_ray_resource(const struct ray_group *group, const char *name)
{
	return json_present(json_get(group->ray_resources.node, name));
}

/* Where rayResources is given at all, a failed reading is only logged. */
static enum field_severity when_unread(const struct ray_group *group)
{
	return json_count(group->ray_resources.node) ? FIELD_SEVERITY_WARN : FIELD_SEVERITY_ERROR;
}

/* Our own controller reads what Kubernetes does, and leaves memory without a limit to Ray. */
static bool is_read_by_operator(const struct rule_context *c)
{
	return c->policy->target.controller != POLICY_CONTROLLER_RAYGATE;
}

/* RG1115: a memory of 0 bytes ends in an exception, and that in a restart loop. */
static void memory_is_limited(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	if (ray == NULL || ray->resources.self.node == NULL || has_ray_resource(group, "memory") ||
		!is_read_by_operator(c) || container_amount_is_unreadable(ray, "limits", "memory"))
		return;
	const struct resource *const limit = resource_find(&ray->resources.limits, "memory");
	const struct resource *const request = resource_find(&ray->resources.requests, "memory");
	const struct field_path *const at =
		FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "limits"), STR("memory"));

	if (limit && quantity_cmp(limit->quantity, quantity_whole(1)) < 0)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(limit->node),
			"must be at least one byte: the operator cannot start a Ray node without "
			"memory");
	else if (limit == NULL && request)
		rule_warned(c, at, FIELD_REQUIRED, FIELD_READS(NULL),
			"the operator of Ray 2.0 reads limits alone, and fails without memory: "
			"write the limit too");
	else if (limit == NULL)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(NULL),
			"resources without a memory limit make the operator fail: write one, such "
			"as 1Gi");
}

/* RG1116 */
static void cpu_is_limited(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	if (ray == NULL || has_ray_resource(group, "CPU") ||
		resource_find(&ray->resources.limits, "cpu") ||
		container_amount_is_unreadable(ray, "limits", "cpu"))
		return;
	rule_found(c,
		FIELD_KEY(
			FIELD_CHILD(FIELD_CHILD(ray->self.at, "resources"), "limits"), STR("cpu")),
		FIELD_REQUIRED, FIELD_READS(json_get(group->ray_resources.node, "CPU")),
		"without a CPU limit Ray counts 0 CPUs here and runs no task: write one, or "
		"rayResources.CPU");
}

/* A whole number, or whole thousandths. */
static bool operator_reads_count(struct str text)
{
	if (str_ends(text, "m"))
		text.len--;
	return is_digits(text);
}

/* Bytes as a whole number, or a decimal number before K, M, G, T or P with or without an i. */
static bool operator_reads_bytes(struct str text)
{
	if (is_digits(text))
		return true;
	if (str_ends(text, "i"))
		text.len--;
	if (text.len < 2 || !str_contains(STR("KMGTP"), (char[]){text.at[text.len - 1], 0}))
		return false;
	text.len--;
	const size_t point = str_find(text, '.');

	if (point == text.len)
		return is_digits(text);
	return point > 0 && is_digits((struct str){text.at, point}) &&
	       is_digits(str_from_offset(text, point + 1));
}

/* The same amount as the operator reads it, and as much for Ray as for Kubernetes. */
static struct quantity_text form_for_operator(struct quantity amount, bool bytes)
{
	struct quantity whole = quantity_whole(quantity_value(amount));

	if (!bytes)
		return quantity_print_count(quantity_milli(quantity_milli_value(amount)));
	whole.format = QUANTITY_BINARY;
	const struct quantity_text text = quantity_print(whole);

	return operator_reads_bytes(str_from(text.at)) ? text : quantity_print_count(whole);
}

/* RG1117 */
static void operator_reads_limits(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);
	const struct resource_list *const limits = ray ? &ray->resources.limits : NULL;

	for (size_t i = 0; limits && is_read_by_operator(c) && i < limits->count; i++) {
		const struct resource *const r = &limits->items[i];
		const bool bytes = names_sort(r->name, "memory");
		const bool count = names_sort(r->name, "cpu") || names_sort(r->name, "gpu");
		const struct str text = text_of(c, r->node);

		if ((bytes && !operator_reads_bytes(text)) ||
			(count && !operator_reads_count(text)))
			rule_found_at_most(c, when_unread(group),
				FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "limits"), r->name),
				FIELD_INVALID, FIELD_READS(r->node, group->ray_resources.node),
				"the operator reads only %s: write %s",
				bytes ? "bytes or Ki, Mi, Gi, Ti and Pi"
				      : "whole numbers and thousandths",
				form_for_operator(r->quantity, bytes).at);
	}
}

/* RG1118 */
static void one_of_each_sort(const struct rule_context *c, const struct ray_group *group)
{
	static const char *const SORTS[] = {"cpu", "gpu", "memory"};
	const struct container *const ray = pod_ray_container(&group->template);

	for (size_t s = 0; ray && is_read_by_operator(c) && s < ARRAY_LEN(SORTS); s++) {
		const struct resource *first = NULL;

		for (size_t i = 0; i < ray->resources.limits.count; i++) {
			const struct resource *const r = &ray->resources.limits.items[i];

			if (!names_sort(r->name, SORTS[s]))
				continue;
			if (first)
				rule_found_at_most(c, when_unread(group),
					FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "limits"),
						r->name),
					FIELD_FORBIDDEN, FIELD_READS(r->node, first->node),
					"the operator takes it for a second %s beside %.*s: one "
					"pod can have one",
					SORTS[s], STR_ARG(first->name));
			else
				first = r;
		}
	}
}

/* RG1119 */
static void ray_resources_are_counts(const struct rule_context *c, const struct ray_group *group)
{
	const struct field_path *const at = FIELD_CHILD(group->self.at, "rayResources");

	for (struct json_iter it = json_iter(group->ray_resources.node); json_next_member(&it);) {
		int64_t number;

		if (!json_is(it.value, JSON_NUMBER) || !json_i64(it.value, &number) || number < 0)
			rule_found(c, FIELD_KEY(at, json_str(c->arena, it.key)), FIELD_INVALID,
				FIELD_READS(it.value),
				"must be a whole number, 0 or more, and not in quotes");
	}
}

/* RG1120 */
static void requests_equal_limits(const struct rule_context *c, const struct ray_group *group)
{
	static const char *const NAMES[] = {"cpu", "memory"};
	const struct container *const ray = pod_ray_container(&group->template);

	for (size_t i = 0; ray && i < ARRAY_LEN(NAMES); i++) {
		const struct resource *const request =
			resource_find(&ray->resources.requests, NAMES[i]);
		const struct resource *const limit =
			resource_find(&ray->resources.limits, NAMES[i]);

		if (request && limit && quantity_cmp(request->quantity, limit->quantity) < 0)
			rule_found(c,
				FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "requests"),
					str_from(NAMES[i])),
				FIELD_INVALID, FIELD_READS(request->node, limit->node),
				"should equal the limit (%s): Ray hands out the limit, whatever "
				"the node has left",
				quantity_print(limit->quantity).at);
	}
}

/* RG1121 */
static void memory_is_binary(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);
	const struct resource *const limit =
		ray ? resource_find(&ray->resources.limits, "memory") : NULL;

	if (limit == NULL || !is_read_by_operator(c))
		return;
	const struct str text = text_of(c, limit->node);

	if (operator_reads_bytes(text) && !is_digits(str_from_offset(text, text.len - 1)) &&
		!str_ends(text, "i"))
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(ray->resources.self.at, "limits"), STR("memory")),
			FIELD_INVALID, FIELD_READS(limit->node),
			"the operator takes it for %.*si and tells Ray of more memory than the "
			"pod may use: write Mi or Gi",
			STR_ARG(text));
}

static const struct rule RULES[] = {
	RULE("RG1115", "ray-memory-is-limited", ERROR, LEGACY, "0.1", NULL,
		"Resources of the Ray container hold a memory limit.",
		RULE_CHECKS_GROUP(memory_is_limited)),
	RULE("RG1116", "ray-cpu-is-limited", WARN, LEGACY, "0.1", NULL,
		"The Ray container has a CPU limit, or rayResources a CPU.",
		RULE_CHECKS_GROUP(cpu_is_limited)),
	RULE("RG1117", "operator-reads-quantity", ERROR, LEGACY, "0.1", NULL,
		"Limits of the Ray container have a form that the operator reads.",
		RULE_CHECKS_GROUP(operator_reads_limits)),
	RULE("RG1118", "one-resource-of-each-sort", ERROR, LEGACY, "0.1", NULL,
		"No two limits of the Ray container are a CPU, a GPU or a memory to the operator.",
		RULE_CHECKS_GROUP(one_of_each_sort)),
	RULE("RG1119", "ray-resources-are-counts", ERROR, LEGACY, "0.1", NULL,
		"Every value of rayResources is a whole number, 0 or more.",
		RULE_CHECKS_GROUP(ray_resources_are_counts)),
	RULE("RG1120", "requests-equal-limits", WARN, LEGACY, "0.1", NULL,
		"CPU and memory of the Ray container are requested as they are limited.",
		RULE_CHECKS_GROUP(requests_equal_limits)),
	RULE("RG1121", "memory-is-binary", WARN, LEGACY, "0.1", NULL,
		"The memory limit of the Ray container has no decimal suffix.",
		RULE_CHECKS_GROUP(memory_is_binary)),
};

const struct rule_table RULES_LEGACY_RESOURCES = RULE_TABLE(RULES);
