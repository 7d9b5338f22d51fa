/* What becomes of a container that is resized, or that ends: policies and rules of its own. */
#include "validators/check.h"
#include "validators/rules.h"

enum { RULES_MAX = 20 }; /* as the API server has it */

static void check_resized(const struct rule_context *c, const struct rule_pod *pod,
	const struct schema_object *policy)
{
	const struct val_str *const pod_restarts = &pod->template->spec.restart_policy;
	const struct json_node *const name = json_get(policy->node, "resourceName");
	const struct json_node *const restart = json_get(policy->node, "restartPolicy");

	if (json_is(name, JSON_STRING) && !json_str_is(name, STR("cpu")) &&
		!json_str_is(name, STR("memory")))
		rule_found(c, FIELD_CHILD(policy->at, "resourceName"), FIELD_NOT_SUPPORTED,
			FIELD_READS(name),
			"must be cpu or memory: nothing else of a container can be resized");
	if (json_str_is(restart, STR("RestartContainer")) && str_is(pod_restarts->v, "Never"))
		rule_found(c, FIELD_CHILD(policy->at, "restartPolicy"), FIELD_INVALID,
			FIELD_READS(restart, pod_restarts->node),
			"must be NotRequired, since the pod's restartPolicy is Never");
}

static void resize_policies_fit(
	const struct rule_context *c, const struct rule_pod *pod, const struct container *container)
{
	const struct json_node *const list = json_get(container->self.node, "resizePolicy");
	const struct field_path *const at = FIELD_CHILD(container->self.at, "resizePolicy");

	if (!json_is(list, JSON_ARRAY))
		return;
	check_unique_member(c, at, list, "resourceName");
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		check_resized(c, pod, &(struct schema_object){it.value, FIELD_INDEX(at, it.index)});
}

static bool is_init(const struct rule_pod *pod, const struct container *container)
{
	const container_list *const inits = &pod->template->spec.init_containers;

	return inits->count && container >= inits->items && container < inits->items + inits->count;
}

/* The second is behind a feature gate of Kubernetes 1.35. */
static void check_action(
	const struct rule_context *c, const struct field_path *at, const struct json_node *action)
{
	static const char *const ACTIONS[] = {"Restart", "RestartAllContainers", NULL};

	if (json_is(action, JSON_STRING) && action->len)
		check_word(c, at, action, ACTIONS);
}

static void check_restart_rules(
	const struct rule_context *c, const struct json_node *rules, const struct field_path *at)
{
	if (json_count(rules) > RULES_MAX)
		rule_found(c, at, FIELD_TOO_MANY, FIELD_READS(rules), "must be at most %d, are %zu",
			RULES_MAX, json_count(rules));
	for (struct json_iter it = json_iter(rules); json_next_item(&it);) {
		const struct json_node *const codes = json_get(it.value, "exitCodes");

		check_given(c, &(struct schema_object){it.value, FIELD_INDEX(at, it.index)},
			"action", "must say what is done, such as Restart");
		check_action(c, FIELD_CHILD(FIELD_INDEX(at, it.index), "action"),
			json_get(it.value, "action"));
		if (json_is(it.value, JSON_OBJECT) && !json_present(codes))
			rule_found(c, FIELD_CHILD(FIELD_INDEX(at, it.index), "exitCodes"),
				FIELD_REQUIRED, FIELD_READS(codes, it.value),
				"must say for which exit codes the rule is");
	}
}

static void restart_rules_fit(
	const struct rule_context *c, const struct rule_pod *pod, const struct container *container)
{
	const struct json_node *const rules = json_get(container->self.node, "restartPolicyRules");
	const struct field_path *const at = FIELD_CHILD(container->self.at, "restartPolicyRules");
	const struct val_str *const policy = &container->restart_policy;

	if (!json_is(rules, JSON_ARRAY) || json_count(rules) == 0)
		return;
	if (!policy->v.len)
		rule_found(c, FIELD_CHILD(container->self.at, "restartPolicy"), FIELD_REQUIRED,
			FIELD_READS(policy->node, rules),
			"must be said where restartPolicyRules are: it holds where none of them "
			"does");
	else if (is_init(pod, container) && str_is(policy->v, "Always"))
		rule_found(c, at, FIELD_FORBIDDEN, FIELD_READS(rules, policy->node),
			"a sidecar is always started again: remove the rules");
	check_restart_rules(c, rules, at);
}

static void restart_policy_is_old_enough(
	const struct rule_context *c, const struct rule_pod *pod, const struct container *container)
{
	const bool init = is_init(pod, container);

	if (!container->restart_policy.v.len ||
		(init && str_is(container->restart_policy.v, "Always")))
		return;
	rule_found(c, FIELD_CHILD(container->self.at, "restartPolicy"), FIELD_NOT_SUPPORTED,
		FIELD_READS(container->restart_policy.node),
		init ? "Kubernetes before 1.35 takes Always alone for an init container"
		     : "Kubernetes before 1.35 has this on init containers alone; the pod has a "
		       "restartPolicy of its own");
}

static const struct rule RULES[] = {
	RULE("RG0636", "container-restart-policy-old", WARN, BOTH, "0.1", NULL,
		"A container's own restart policy is one that Kubernetes before 1.35 has, too.",
		RULE_CHECKS_POD_CONTAINER(restart_policy_is_old_enough),
		.needs = PART(CONTAINER_RESTART)),
	RULE("RG0637", "resize-policies-fit", ERROR, BOTH, "0.1", NULL,
		"A container has one resize policy for CPU, and one for memory.",
		RULE_CHECKS_POD_CONTAINER(resize_policies_fit), .needs = PART(CONTAINER_RESTART)),
	RULE("RG0638", "restart-rules-fit", ERROR, BOTH, "0.1", NULL,
		"Restart rules stand beside a restart policy, each with its exit codes.",
		RULE_CHECKS_POD_CONTAINER(restart_rules_fit), .needs = PART(CONTAINER_RESTART)),
};

const struct rule_table RULES_RESTART = RULE_TABLE(RULES);
