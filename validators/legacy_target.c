/*
 * What our own controller does of a legacy cluster in another way than the operator of 2022. Said
 * only where the policy's target is raygate.
 */
#include "validators/rules.h"

#include <inttypes.h>

#include "api/legacy_sleep.h"
#include "validators/unsupported.h"

/* RG1122 */
static void autoscaler_is_there(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct {
		const char *name;
		const struct json_node *node;
	} fields[] = {
		{"upscalingSpeed", cluster->upscaling_speed.node},
		{"idleTimeoutMinutes", cluster->idle_timeout_minutes.node},
	};

	const struct ray_group *const type = unsupported_scaled_type(cluster);
	bool told = false;

	for (size_t i = 0; rule_is_ours(c) && i < ARRAY_LEN(fields); i++) {
		if (fields[i].node)
			rule_found(c, FIELD_CHILD(cluster->self.at, fields[i].name),
				FIELD_NOT_SUPPORTED, FIELD_READS(fields[i].node),
				"has no effect yet: minWorkers are held, and nothing scales");
		told |= fields[i].node != NULL;
	}
	/* Both may be left out, and the operator of 2022 scaled all the same. */
	if (rule_is_ours(c) && !told && type)
		rule_found(c, FIELD_CHILD(type->self.at, "maxWorkers"), FIELD_NOT_SUPPORTED,
			FIELD_READS(type->max.node, type->min.node, cluster->max_workers.node),
			"nothing scales to %" PRId64 " yet: minWorkers are held",
			group_max(cluster, type));
}

/* RG1123 */
static void somebody_starts_ray(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);
	struct str before;

	if (!rule_is_ours(c) || ray == NULL || legacy_sleeps(c->arena, ray, &before))
		return;
	rule_found(c, FIELD_CHILD(ray->self.at, "command"), FIELD_INVALID,
		FIELD_READS(ray->command.node, ray->args.node),
		"only in a container that sleeps as the chart's is Ray started: run "
		"$RAYGATE_START_COMMANDS in yours");
}

/* RG1125: the operator of 2022 made workers of that type as well. */
static void head_type_makes_workers(const struct rule_context *c, const struct raycluster *cluster)
{
	bool of_most;
	const struct val_i32 *const count =
		rule_is_ours(c) ? unsupported_head_workers(cluster, &of_most) : NULL;

	if (count)
		rule_found(c,
			FIELD_CHILD(cluster->head->self.at, of_most ? "maxWorkers" : "minWorkers"),
			FIELD_NOT_SUPPORTED, FIELD_READS(count->node),
			"has no effect yet: of the head's podType only the head is made, give "
			"workers a podType of their own");
}

static const struct rule RULES[] = {
	RULE("RG1122", "legacy-autoscaler", WARN, LEGACY, "0.1", NULL,
		"Where the policy's target is raygate, nothing is said to an autoscaler, and no "
		"podType counts on one.",
		RULE_CHECKS_CLUSTER(autoscaler_is_there)),
	RULE("RG1123", "legacy-start-runs", WARN, LEGACY, "0.1", NULL,
		"Where the policy's target is raygate, containers sleep as the chart's do, or "
		"start Ray "
		"themselves.",
		RULE_CHECKS_GROUP(somebody_starts_ray)),
	RULE("RG1125", "head-type-is-the-heads", WARN, LEGACY, "0.1", NULL,
		"Where the policy's target is raygate, the head's podType asks for no workers.",
		RULE_CHECKS_CLUSTER(head_type_makes_workers)),
};

const struct rule_table RULES_LEGACY_TARGET = RULE_TABLE(RULES);
