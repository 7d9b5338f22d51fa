/* What a worker group asks of the autoscaler and the operator: time-out, priority, suspension. */
#include "api/derived_names.h"
#include "api/names.h"
#include "api/version.h"
#include "base/strmap.h"
#include "validators/rules.h"
#include "validators/v2.h"

#define DELETION_GATE "RayJobDeletionPolicy"

static void idle_timeout_is_not_negative(
	const struct rule_context *c, const struct ray_group *group)
{
	if (group->idle_timeout_seconds.v < 0)
		rule_found(c, FIELD_CHILD(group->self.at, "idleTimeoutSeconds"), FIELD_INVALID,
			FIELD_READS(group->idle_timeout_seconds.node), "must be 0 or more");
}

static void idle_timeout_has_v2(const struct rule_context *c, const struct ray_group *group)
{
	const struct v2_signs signs = v2_signs(c->cluster);

	if (group->idle_timeout_seconds.node && !v2_is_asked_for(c->cluster))
		rule_found(c, FIELD_CHILD(group->self.at, "idleTimeoutSeconds"), FIELD_INVALID,
			FIELD_READS(group->idle_timeout_seconds.node, signs.version, signs.env),
			"counts in a group only with autoscaler v2: set autoscalerOptions.version "
			"to \"v2\"");
}

static void priority_has_its_version(const struct rule_context *c, const struct ray_group *group)
{
	const struct val_str *const ray = &c->cluster->ray_version;
	const struct field_path *const at = FIELD_CHILD(group->self.at, "priority");
	const struct field_reads reads = FIELD_READS(group->priority.node, ray->node);
	struct version version;

	if (group->priority.v == 0)
		return;
	if (ray->v.len == 0)
		rule_found(c, at, FIELD_INVALID, reads,
			"needs Ray 2.56.0 or later: set rayVersion to the version of the image");
	else if (!version_parse(ray->v, &version))
		rule_found(c, at, FIELD_INVALID, reads,
			"needs Ray 2.56.0 or later, and rayVersion \"%.*s\" is no version: write "
			"one such as \"2.56.0\"",
			STR_ARG(ray->v));
	else if (!version_at_least(version, 2, 56, 0))
		rule_found(c, at, FIELD_INVALID, reads,
			"needs Ray 2.56.0 or later, and rayVersion is %.*s: use a newer Ray, or "
			"remove it",
			STR_ARG(ray->v));
}

static void priority_has_v2(const struct rule_context *c, const struct ray_group *group)
{
	const struct v2_signs signs = v2_signs(c->cluster);

	if (group->priority.v && !v2_is_asked_for(c->cluster))
		rule_found(c, FIELD_CHILD(group->self.at, "priority"), FIELD_INVALID,
			FIELD_READS(group->priority.node, signs.version, signs.env),
			"counts only with autoscaler v2: set autoscalerOptions.version to \"v2\"");
}

/* The gate is open by default: it matters only where the policy says that it is closed. */
static void suspend_has_its_gate(const struct rule_context *c, const struct ray_group *group)
{
	if (group->suspend.v && policy_gate(c->policy, DELETION_GATE) == POLICY_GATE_OFF)
		rule_found(c, FIELD_CHILD(group->self.at, "suspend"), FIELD_FORBIDDEN,
			FIELD_READS(group->suspend.node),
			"needs KubeRay's feature gate " DELETION_GATE
			", which is off: set replicas, minReplicas and maxReplicas to 0 instead");
}

static void suspend_has_no_autoscaler(const struct rule_context *c, const struct ray_group *group)
{
	if (group->suspend.v && raycluster_autoscales(c->cluster))
		rule_found(c, FIELD_CHILD(group->self.at, "suspend"), FIELD_FORBIDDEN,
			FIELD_READS(group->suspend.node, c->cluster->autoscaling.node),
			"a group cannot be suspended while enableInTreeAutoscaling is true: set "
			"minReplicas and maxReplicas to 0 instead");
}

/* Only a RayCluster's own spec can name pods; one inside a RayJob has none yet. */
static void victims_are_of_the_group(const struct rule_context *c, const struct ray_group *group)
{
	const struct val_strings *const names = &group->scale_strategy.workers_to_delete;
	const struct field_path *const at =
		FIELD_CHILD(group->scale_strategy.self.at, "workersToDelete");
	const struct str cluster = c->object->meta.name.v;

	if (c->object->kind != RAY_CLUSTER || cluster.len == 0 || names->node == NULL)
		return;
	const struct str prefix = derived_worker_pod(c->arena, cluster, group->name.v);
	CLEANUP(strmap_done) struct strmap seen = {0};

	for (struct json_iter it = json_iter(names->node); json_next_item(&it);) {
		const struct str name = json_str(c->arena, it.value);

		if (strmap_set(&seen, name, (void *)&seen))
			rule_found(c, FIELD_ITEM(at, it.index, name), FIELD_DUPLICATE,
				FIELD_READS(it.value), "names a pod a second time");
		else if (!str_starts(name, prefix.at))
			rule_found(c, FIELD_ITEM(at, it.index, name), FIELD_INVALID,
				FIELD_READS(it.value, group->name.node),
				"names no pod of this group (\"%.*s…\"): KubeRay would delete any "
				"pod of that name",
				STR_ARG(prefix));
	}
}

static const struct rule RULES[] = {
	RULE("RG0312", "group-idle-timeout-not-negative", ERROR, MODERN, "0.1",
		"KubeRay's operator", "A group's idle time-out is not negative.",
		RULE_CHECKS_WORKER(idle_timeout_is_not_negative),
		.needs = PART(GROUP_IDLE_TIMEOUT)),
	RULE("RG0313", "group-idle-timeout-needs-v2", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A group has its own idle time-out only with autoscaler v2, and says so.",
		RULE_CHECKS_WORKER(idle_timeout_has_v2), .needs = PART(GROUP_IDLE_TIMEOUT)),
	RULE("RG0314", "priority-needs-ray-2.56", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A group has a priority only where rayVersion is 2.56.0 or later.",
		RULE_CHECKS_WORKER(priority_has_its_version), .needs = PART(PRIORITY)),
	RULE("RG0315", "priority-needs-v2", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A group has a priority only with autoscaler v2, and says so.",
		RULE_CHECKS_WORKER(priority_has_v2), .needs = PART(PRIORITY)),
	RULE("RG0316", "group-suspend-needs-gate", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A group is suspended only where the feature gate RayJobDeletionPolicy is on.",
		RULE_CHECKS_WORKER(suspend_has_its_gate), .needs = PART(GROUP_SUSPEND)),
	RULE("RG0317", "group-suspend-without-autoscaler", ERROR, MODERN, "0.1",
		"KubeRay's operator", "A group is suspended only where the autoscaler is off.",
		RULE_CHECKS_WORKER(suspend_has_no_autoscaler), .needs = PART(GROUP_SUSPEND)),
	RULE("RG0318", "workers-to-delete-are-workers", WARN, MODERN, "0.1", NULL,
		"workersToDelete names each pod once, and only pods of its own group.",
		RULE_CHECKS_WORKER(victims_are_of_the_group), .needs = PART(SCALE_STRATEGY)),
};

const struct rule_table RULES_GROUP_OPTIONS = RULE_TABLE(RULES);
