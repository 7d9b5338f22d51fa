/* deletionStrategy of a RayJob: what is deleted when the job has ended, and after how long. */
#include "validators/rules.h"

#define DELETION_GATE "RayJobDeletionPolicy"

/* What may be deleted, in the order in which it must be. */
static const char *const ORDER[] = {"DeleteWorkers", "DeleteCluster", "DeleteSelf"};
/* The conditions a rule can have, each of one field. */
static const struct {
	bool of_deployment;
	const char *word;
} CONDITIONS[] = {
	{false, "SUCCEEDED"},
	{false, "FAILED"},
	{true, "Failed"},
};

/* NULL where there is no strategy to judge. */
static const struct deletion_strategy *strategy_of(const struct ray_object *object)
{
	return object->job && object->job->deletion.self.node ? &object->job->deletion : NULL;
}

static bool has_legacy(const struct deletion_strategy *s)
{
	return s->on_success.self.node || s->on_failure.self.node;
}

/* RG1221: on by default since KubeRay 1.6. */
static void gate_is_open(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s && policy_gate(c->policy, DELETION_GATE) == POLICY_GATE_OFF)
		rule_found(c, s->self.at, FIELD_FORBIDDEN, FIELD_READS_NOTHING,
			"needs KubeRay's feature gate " DELETION_GATE
			", off: have it turned on, or use shutdownAfterJobFinishes");
}

/* RG1222 */
static void one_way_is_chosen(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s == NULL)
		return;
	if (s->rules.node && has_legacy(s))
		rule_found(c, FIELD_CHILD(s->self.at, "deletionRules"), FIELD_FORBIDDEN,
			FIELD_READS_NOTHING,
			"must not stand beside onSuccess and onFailure: keep one of the two ways");
	else if (s->rules.node && s->rules.count == 0)
		rule_found(c, FIELD_CHILD(s->self.at, "deletionRules"), FIELD_REQUIRED,
			FIELD_READS(s->rules.node),
			"must hold at least one rule: write one, or remove deletionStrategy");
	else if (!s->rules.node && (!s->on_success.self.node || !s->on_failure.self.node))
		rule_found(c, s->self.at, FIELD_REQUIRED,
			FIELD_READS(s->on_success.self.node, s->on_failure.self.node),
			"needs deletionRules, or both onSuccess and onFailure");
}

/* RG1223 */
static void rules_replace_shutdown(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s && s->rules.count && object->job->shutdown_after_finish.v)
		rule_found(c, FIELD_CHILD(object->job->self.at, "shutdownAfterJobFinishes"),
			FIELD_FORBIDDEN, FIELD_READS(object->job->shutdown_after_finish.node),
			"must not stand beside deletionRules: write a rule DeleteCluster instead");
}

/* RG1224: of the legacy fields. */
static void legacy_policy_is_said(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s == NULL)
		return;
	const struct deletion_policy *const both[] = {&s->on_success, &s->on_failure};

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (both[i]->self.node && both[i]->policy.node == NULL)
			rule_found(c, FIELD_CHILD(both[i]->self.at, "policy"), FIELD_REQUIRED,
				FIELD_READS(both[i]->policy.node),
				"must be DeleteCluster, DeleteWorkers, DeleteSelf or DeleteNone");
	}
}

/* One policy of either way, where it stands. */
static void policy_is_possible(const struct rule_context *c, const struct ray_object *object,
	const struct val_str *policy, const struct field_path *at)
{
	const struct ray_job *const job = object->job;
	const bool workers = str_is(policy->v, "DeleteWorkers");

	if ((workers || str_is(policy->v, "DeleteCluster")) &&
		json_count(job->cluster_selector.node))
		rule_found(c, at, FIELD_INVALID, FIELD_READS(policy->node),
			"a cluster that clusterSelector names is not the job's to delete: use "
			"DeleteSelf or DeleteNone");
	else if (workers && object->cluster && raycluster_autoscales(object->cluster))
		rule_found(c, at, FIELD_INVALID,
			FIELD_READS(policy->node, object->cluster->autoscaling.node),
			"the autoscaler would start the workers again: use DeleteCluster");
}

/* RG1225 */
static void policies_are_possible(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s == NULL)
		return;
	policy_is_possible(
		c, object, &s->on_success.policy, FIELD_CHILD(s->on_success.self.at, "policy"));
	policy_is_possible(
		c, object, &s->on_failure.policy, FIELD_CHILD(s->on_failure.self.at, "policy"));
	for (size_t i = 0; i < s->rules.count; i++)
		policy_is_possible(c, object, &s->rules.items[i].policy,
			FIELD_CHILD(s->rules.items[i].self.at, "policy"));
}

/* RG1226 */
static void shutdown_or_none(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	if (s == NULL || !object->job->shutdown_after_finish.v)
		return;
	const struct deletion_policy *const both[] = {&s->on_success, &s->on_failure};

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		if (str_is(both[i]->policy.v, "DeleteNone"))
			rule_found(c, FIELD_CHILD(both[i]->self.at, "policy"), FIELD_INVALID,
				FIELD_READS(both[i]->policy.node,
					object->job->shutdown_after_finish.node),
				"shutdownAfterJobFinishes deletes the cluster: set that to false, "
				"or choose another policy");
	}
}

/* RG1227 */
static void condition_is_one(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	for (size_t i = 0; s && i < s->rules.count; i++) {
		const struct deletion_condition *const condition = &s->rules.items[i].condition;
		const bool job = condition->job_status.node != NULL;
		const bool deployment = condition->deployment_status.node != NULL;

		if (condition->self.node && job == deployment)
			rule_found(c, condition->self.at, job ? FIELD_FORBIDDEN : FIELD_REQUIRED,
				FIELD_READS(condition->job_status.node,
					condition->deployment_status.node),
				"needs exactly one of jobStatus and jobDeploymentStatus");
	}
}

static bool matches(const struct deletion_rule *rule, size_t condition)
{
	const struct deletion_condition *const c = &rule->condition;
	const struct val_str *const said =
		CONDITIONS[condition].of_deployment ? &c->deployment_status : &c->job_status;
	const bool both = c->deployment_status.node && c->job_status.node;

	return !both && said->node && str_is(said->v, CONDITIONS[condition].word);
}

/* The first rule for that condition and policy; a later one is reported when asked for. */
static const struct deletion_rule *first_rule(const struct rule_context *c,
	const struct deletion_strategy *s, size_t condition, const char *policy)
{
	const struct deletion_rule *first = NULL;

	for (size_t i = 0; i < s->rules.count; i++) {
		const struct deletion_rule *const rule = &s->rules.items[i];

		if (!matches(rule, condition) || !str_is(rule->policy.v, policy))
			continue;
		if (first == NULL)
			first = rule;
		else if (c)
			rule_found(c, FIELD_CHILD(rule->self.at, "policy"), FIELD_DUPLICATE,
				FIELD_READS(rule->policy.node),
				"another rule says the same for %s: remove one",
				CONDITIONS[condition].word);
	}
	return first;
}

/* RG1228 */
static void rules_are_unique(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	for (size_t i = 0; s && i < ARRAY_LEN(CONDITIONS); i++) {
		for (size_t p = 0; p < ARRAY_LEN(ORDER); p++)
			(void)first_rule(c, s, i, ORDER[p]);
		(void)first_rule(c, s, i, "DeleteNone");
	}
}

/* RG1229 */
static void rules_are_in_order(const struct rule_context *c, const struct ray_object *object)
{
	const struct deletion_strategy *const s = strategy_of(object);

	for (size_t i = 0; s && i < ARRAY_LEN(CONDITIONS); i++) {
		const struct deletion_rule *before = NULL;

		for (size_t p = 0; p < ARRAY_LEN(ORDER); p++) {
			const struct deletion_rule *const rule = first_rule(NULL, s, i, ORDER[p]);
			const struct val_i32 *const ttl =
				rule ? &rule->condition.ttl_seconds : NULL;

			if (rule && before && ttl->v < before->condition.ttl_seconds.v)
				rule_found(c, FIELD_CHILD(rule->condition.self.at, "ttlSeconds"),
					FIELD_INVALID,
					FIELD_READS(ttl->node, before->condition.ttl_seconds.node),
					"must be at least that of %.*s (%d): workers go before "
					"their cluster, and that before the job",
					STR_ARG(before->policy.v),
					(int)before->condition.ttl_seconds.v);
			if (rule)
				before = rule;
		}
	}
}

static const struct rule RULES[] = {
	RULE("RG1221", "deletion-strategy-needs-its-gate", ERROR, MODERN, "0.1",
		"KubeRay's operator", "deletionStrategy needs KubeRay's feature gate.",
		RULE_CHECKS_OBJECT(gate_is_open), .needs = PART(JOB)),
	RULE("RG1222", "deletion-strategy-is-one", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A deletionStrategy holds rules, or both onSuccess and onFailure.",
		RULE_CHECKS_OBJECT(one_way_is_chosen), .needs = PART(JOB), .crd = true),
	RULE("RG1223", "deletion-rules-replace-shutdown", ERROR, MODERN, "0.1",
		"KubeRay's operator", "deletionRules do not stand beside shutdownAfterJobFinishes.",
		RULE_CHECKS_OBJECT(rules_replace_shutdown), .needs = PART(JOB)),
	RULE("RG1224", "deletion-policy-is-said", ERROR, MODERN, "0.1", "KubeRay's operator",
		"onSuccess and onFailure have a policy.", RULE_CHECKS_OBJECT(legacy_policy_is_said),
		.needs = PART(JOB)),
	RULE("RG1225", "deletion-policy-is-possible", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A deletion policy fits clusterSelector and autoscaling.",
		RULE_CHECKS_OBJECT(policies_are_possible), .needs = PART(JOB)),
	RULE("RG1226", "deletion-none-without-shutdown", ERROR, MODERN, "0.1", "KubeRay's operator",
		"DeleteNone does not stand beside shutdownAfterJobFinishes.",
		RULE_CHECKS_OBJECT(shutdown_or_none), .needs = PART(JOB)),
	RULE("RG1227", "deletion-condition-is-one", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The condition of a deletion rule names one status.",
		RULE_CHECKS_OBJECT(condition_is_one), .needs = PART(JOB), .crd = true),
	RULE("RG1228", "deletion-rules-are-unique", ERROR, MODERN, "0.1", "KubeRay's operator",
		"No two deletion rules have the same condition and policy.",
		RULE_CHECKS_OBJECT(rules_are_unique), .needs = PART(JOB)),
	RULE("RG1229", "deletion-rules-are-in-order", ERROR, MODERN, "0.1", "KubeRay's operator",
		"For each condition workers are deleted before the cluster, and that before the "
		"job.",
		RULE_CHECKS_OBJECT(rules_are_in_order), .needs = PART(JOB)),
};

const struct rule_table RULES_RAYJOB_DELETION = RULE_TABLE(RULES);
