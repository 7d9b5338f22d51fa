/* rayStartParams against the resources of the container that Ray runs in. */
#include "validators/gpu.h"
#include "validators/rules.h"
#include "validators/start_read.h"

static void cpus_fit(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	const struct resource *const limit = resource_find(&ray->resources.limits, "cpu");
	int64_t cpus = 0;
	const struct json_node *const value = start_param_number(c, group, "num-cpus", &cpus);

	if (value && limit && cpus > quantity_value(limit->quantity))
		rule_found(c, start_param_path(c, group, "num-cpus"), FIELD_INVALID,
			FIELD_READS(value, limit->node),
			"is more than the container's CPU limit (%s), so Ray runs more at once "
			"than there is CPU for: lower it, or raise the limit",
			quantity_print(limit->quantity).at);
}

static void memory_fits(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	static const char *const PARAMS[] = {"memory", "object-store-memory"};
	const struct resource *const limit = resource_find(&ray->resources.limits, "memory");

	for (size_t i = 0; limit && i < ARRAY_LEN(PARAMS); i++) {
		int64_t bytes = 0;
		const struct json_node *const value =
			start_param_number(c, group, PARAMS[i], &bytes);

		if (value && bytes > quantity_value(limit->quantity))
			rule_found(c, start_param_path(c, group, PARAMS[i]), FIELD_INVALID,
				FIELD_READS(value, limit->node),
				"is more than the container's memory limit (%s): it would be "
				"killed before Ray sees that memory is short; lower it",
				quantity_print(limit->quantity).at);
	}
}

/* One whose name KubeRay does not know for a GPU's ("GPU") is what the user then tells Ray of. */
static bool has_gpu(const struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (gpu_is_key_nocase(list->items[i].name) &&
			!quantity_is_zero(list->items[i].quantity))
			return true;
	}
	return false;
}

/* Devices may come by a claim (dynamic resource allocation): then nothing is known. */
static void gpus_are_there(
	const struct rule_context *c, const struct ray_group *group, const struct container *ray)
{
	const struct resource_requirements *const have = &ray->resources;
	int64_t gpus = 0;
	const struct json_node *const value = start_param_number(c, group, "num-gpus", &gpus);

	if (value && gpus > 0 && !has_gpu(&have->limits) && !has_gpu(&have->requests) &&
		json_count(json_get(have->self.node, "claims")) == 0)
		rule_found(c, start_param_path(c, group, "num-gpus"), FIELD_INVALID,
			FIELD_READS(value, have->limits.node, have->requests.node),
			"promises GPUs that the Ray container does not ask for: add "
			"resources.limits[nvidia.com/gpu]");
}

static void params_fit_container(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	if (ray == NULL)
		return;
	cpus_fit(c, group, ray);
	memory_fits(c, group, ray);
	gpus_are_there(c, group, ray);
}

static const struct rule RULES[] = {
	RULE("RG0412", "start-params-fit-container", WARN, MODERN, "0.1", NULL,
		"rayStartParams promise Ray no more CPU, memory or GPUs than the container has.",
		RULE_CHECKS_PARAMS(params_fit_container), .by_pod = true),
};

const struct rule_table RULES_START_CONFLICTS = RULE_TABLE(RULES);
