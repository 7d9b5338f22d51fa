/* The autoscaler: its options, and what it needs of the pods it starts and ends. */
#include "api/derived_names.h"
#include "validators/rules.h"
#include "validators/v2.h"

#define START_COMMAND "KUBERAY_GEN_AUTOSCALER_START_CMD"

static void v2_env_has_autoscaling(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct env_var *const env = v2_env(cluster);

	if (env && !raycluster_autoscales(cluster) && v2_env_is_on(cluster))
		rule_found(c, FIELD_CHILD(env->self.at, "value"), FIELD_INVALID,
			FIELD_READS(env->value.node, cluster->autoscaling.node),
			"turns autoscaler v2 on in Ray alone: set enableInTreeAutoscaling to true, "
			"or remove " V2_ENV);
}

static void version_is_said_once(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct env_var *const env = v2_env(cluster);

	if (env && raycluster_autoscales(cluster) && cluster->autoscaler.version.v.len)
		rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_FORBIDDEN,
			FIELD_READS(env->name.node, cluster->autoscaler.version.node,
				cluster->autoscaling.node),
			V2_ENV " and autoscalerOptions.version say the same thing: remove the "
			       "variable");
}

/* What is left out is the CRD's default: so many that nothing but a quota stops it. */
static void maximum_is_said(const struct rule_context *c, const struct ray_group *group)
{
	if (raycluster_autoscales(c->cluster) && group_max(c->cluster, group) == INT32_MAX)
		rule_found(c, FIELD_CHILD(group->self.at, c->cluster->words->max),
			group->max.node ? FIELD_INVALID : FIELD_REQUIRED,
			FIELD_READS(group->max.node, c->cluster->autoscaling.node),
			"without a maximum the autoscaler starts as many workers as are asked for: "
			"write how many there may be");
}

static bool restarts(const struct ray_group *group)
{
	const struct str policy = group->template.spec.restart_policy.v;

	return policy.len && !str_is(policy, "Never");
}

static const struct field_path *restart_path(struct arena *arena, const struct ray_group *group)
{
	const struct field_path *const spec = FIELD_CHILD(group->template.self.at, "spec");

	return field_path_keep(arena, FIELD_CHILD(field_path_keep(arena, spec), "restartPolicy"));
}

static void pods_of_v2_never_restart(const struct rule_context *c, const struct ray_group *group)
{
	const struct raycluster *const cluster = c->cluster;

	if (restarts(group) && raycluster_autoscales(cluster) &&
		raycluster_autoscaler_is(cluster, "v2"))
		rule_found(c, restart_path(c->arena, group), FIELD_INVALID,
			FIELD_READS(group->template.spec.restart_policy.node,
				cluster->autoscaler.version.node, cluster->autoscaling.node),
			"must be Never with autoscaler v2, which replaces pods: set it, or remove "
			"it");
}

static void workers_of_v1_should_not_restart(
	const struct rule_context *c, const struct ray_group *group)
{
	const struct raycluster *const cluster = c->cluster;

	if (restarts(group) && raycluster_autoscales(cluster) &&
		raycluster_autoscaler_is(cluster, "v1"))
		rule_found(c, restart_path(c->arena, group), FIELD_INVALID,
			FIELD_READS(group->template.spec.restart_policy.node,
				cluster->autoscaler.version.node, cluster->autoscaling.node),
			"should be Never with the autoscaler: a worker that restarts in place is "
			"one that it loses sight of");
}

static bool pod_may_restart(const struct ray_group *group)
{
	return !str_is(group->template.spec.restart_policy.v, "Never");
}

static bool all_never_restart(const struct raycluster *cluster)
{
	for (size_t i = 0; i < cluster->group_count; i++) {
		if (pod_may_restart(cluster->groups[i]))
			return false;
	}
	return true;
}

static void implied_v2_is_said(const struct rule_context *c, const struct raycluster *cluster)
{
	const bool by_env = v2_env_is_on(cluster) && cluster->autoscaler.version.v.len == 0;
	const struct v2_signs signs = v2_signs(cluster);
	const struct field_path *const options = FIELD_CHILD(cluster->self.at, "autoscalerOptions");

	if (!raycluster_autoscales(cluster) || !(by_env || v2_is_implied(cluster)) ||
		all_never_restart(cluster))
		return;
	rule_found(c, FIELD_CHILD(options, "version"), FIELD_REQUIRED,
		FIELD_READS(signs.version, signs.env, cluster->ray_version.node),
		"this Ray uses autoscaler v2, whose pods must not restart in place: write v2 "
		"here%s and KubeRay sees to it%s",
		by_env ? " in place of " V2_ENV : "", by_env ? "" : ", or v1");
}

static void idle_timeout_is_not_negative(
	const struct rule_context *c, const struct raycluster *cluster)
{
	const struct autoscaler_options *const options = &cluster->autoscaler;

	if (options->idle_timeout_seconds.v < 0)
		rule_found(c, FIELD_CHILD(options->self.at, "idleTimeoutSeconds"), FIELD_INVALID,
			FIELD_READS(options->idle_timeout_seconds.node), "must be 0 or more");
}

static void start_command_is_not_set(const struct rule_context *c, const struct raycluster *cluster)
{
	for (size_t i = 0; i < cluster->autoscaler.env.count; i++) {
		const struct env_var *const env = &cluster->autoscaler.env.items[i];

		if (str_is(env->name.v, START_COMMAND))
			rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_FORBIDDEN,
				FIELD_READS(env->name.node),
				START_COMMAND " is set by KubeRay: remove it, or set command and "
					      "args");
	}
}

static void options_have_an_autoscaler(
	const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->autoscaler.self.node && !raycluster_autoscales(cluster))
		rule_found(c, cluster->autoscaler.self.at, FIELD_FORBIDDEN,
			FIELD_READS(cluster->autoscaler.self.node, cluster->autoscaling.node),
			"counts only with an autoscaler: set enableInTreeAutoscaling to true, or "
			"remove it");
}

static void group_options_have_an_autoscaler(
	const struct rule_context *c, const struct ray_group *group)
{
	const struct json_node *const autoscaling = c->cluster->autoscaling.node;

	if (raycluster_autoscales(c->cluster))
		return;
	if (group->idle_timeout_seconds.node)
		rule_found(c, FIELD_CHILD(group->self.at, "idleTimeoutSeconds"), FIELD_FORBIDDEN,
			FIELD_READS(group->idle_timeout_seconds.node, autoscaling),
			"counts only with an autoscaler: set enableInTreeAutoscaling to true, or "
			"remove it");
	if (group->priority.v)
		rule_found(c, FIELD_CHILD(group->self.at, "priority"), FIELD_FORBIDDEN,
			FIELD_READS(group->priority.node, autoscaling),
			"counts only with an autoscaler: set enableInTreeAutoscaling to true, or "
			"remove it");
}

static void service_account_keeps_its_name(
	const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->head == NULL || !raycluster_autoscales(cluster))
		return;
	const struct pod_spec *const spec = &cluster->head->template.spec;
	const struct val_str *const account = &spec->service_account_name;
	const struct str used = derived_check_name(c->arena, account->v);

	if (account->v.len && !str_eq(used, account->v))
		rule_found(c, FIELD_CHILD(spec->self.at, "serviceAccountName"), FIELD_INVALID,
			FIELD_READS(account->node, cluster->autoscaling.node),
			"the autoscaler cuts it to \"%.*s\": choose one of at most 50 characters "
			"that begins with a letter",
			STR_ARG(used));
}

static const struct rule RULES[] = {
	RULE("RG0701", "v2-variable-needs-autoscaling", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The head's " V2_ENV " is on only where enableInTreeAutoscaling is.",
		RULE_CHECKS_CLUSTER(v2_env_has_autoscaling), .needs = PART(ENV)),
	RULE("RG0702", "autoscaler-version-said-once", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The autoscaler's version is given by autoscalerOptions.version or by a variable "
		"of the head, not by both.",
		RULE_CHECKS_CLUSTER(version_is_said_once), .needs = PART(ENV)),
	RULE("RG0703", "v2-pods-never-restart", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With autoscaler v2 the restartPolicy of head and workers is Never or absent.",
		RULE_CHECKS_GROUP(pods_of_v2_never_restart), .by_pod = true,
		.needs = PART(AUTOSCALER)),
	RULE("RG0704", "v1-workers-never-restart", WARN, MODERN, "0.1", "KubeRay's operator",
		"With autoscaler v1 the restartPolicy of workers is Never or absent.",
		RULE_CHECKS_WORKER(workers_of_v1_should_not_restart), .by_pod = true,
		.needs = PART(AUTOSCALER)),
	RULE("RG0705", "idle-timeout-not-negative", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The autoscaler's idle time-out is not negative.",
		RULE_CHECKS_CLUSTER(idle_timeout_is_not_negative), .needs = PART(AUTOSCALER)),
	RULE("RG0706", "autoscaler-start-command-is-kuberays", ERROR, MODERN, "0.1",
		"KubeRay's operator", "The autoscaler's env leaves " START_COMMAND " to KubeRay.",
		RULE_CHECKS_CLUSTER(start_command_is_not_set), .needs = PART(AUTOSCALER)),
	RULE("RG0707", "autoscaler-options-are-used", WARN, MODERN, "0.1", NULL,
		"autoscalerOptions are given only where enableInTreeAutoscaling is true.",
		RULE_CHECKS_CLUSTER(options_have_an_autoscaler), .needs = PART(AUTOSCALER)),
	RULE("RG0708", "group-autoscaling-is-used", WARN, MODERN, "0.1", NULL,
		"A group has an idle time-out or a priority only where enableInTreeAutoscaling is "
		"true.",
		RULE_CHECKS_WORKER(group_options_have_an_autoscaler),
		.needs = PART(GROUP_IDLE_TIMEOUT) | PART(PRIORITY)),
	RULE("RG0709", "implied-v2-is-said", WARN, MODERN, "0.1", NULL,
		"Where Ray uses autoscaler v2 without being told (from 2.48 on), pods do not "
		"restart in place.",
		RULE_CHECKS_CLUSTER(implied_v2_is_said), .needs = PART(AUTOSCALING)),
	RULE("RG0710", "service-account-keeps-its-name", WARN, MODERN, "0.1", "KubeRay's operator",
		"With the autoscaler on, the head's ServiceAccount has a name that KubeRay does "
		"not cut.",
		RULE_CHECKS_CLUSTER(service_account_keeps_its_name), .needs = PART(POD_NAMES)),
	RULE("RG0711", "autoscaled-groups-have-a-maximum", WARN, MODERN, "0.1", NULL,
		"With the autoscaler on, each worker group has a maximum.",
		RULE_CHECKS_WORKER(maximum_is_said), .needs = PART(AUTOSCALING)),
};

const struct rule_table RULES_AUTOSCALER = RULE_TABLE(RULES);
