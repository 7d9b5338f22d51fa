/*
 * What a pod takes of the node that it runs on, and of its namespace's rights. Nothing is wrong
 * with it in itself, so these rules are off until the policy turns them on: they are for platforms
 * whose nodes and namespaces are shared.
 */
#include "validators/rules.h"

static void container_is_unprivileged(
	const struct rule_context *c, const struct container *container)
{
	const struct schema_object *const context = &container->security_context;
	const struct json_node *const privileged = json_get(context->node, "privileged");

	if (json_is(privileged, JSON_TRUE))
		rule_found(c, FIELD_CHILD(context->at, "privileged"), FIELD_FORBIDDEN,
			FIELD_READS(privileged),
			"a privileged container is root on its node: remove it, or ask for the "
			"capabilities that are needed");
}

static void host_namespaces_are_left_alone(const struct rule_context *c, const struct rule_pod *pod)
{
	static const char *const SHARED[] = {"hostIPC", "hostNetwork", "hostPID"};
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < ARRAY_LEN(SHARED); i++) {
		const struct json_node *const shared = json_get(spec->self.node, SHARED[i]);

		if (json_is(shared, JSON_TRUE))
			rule_found(c, FIELD_CHILD(spec->self.at, SHARED[i]), FIELD_FORBIDDEN,
				FIELD_READS(shared),
				"lets the pod into what belongs to its node: remove it");
	}
}

static void host_paths_are_left_alone(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;

	for (size_t i = 0; i < spec->volumes.count; i++) {
		const struct schema_object *const volume = &spec->volumes.items[i].self;
		const struct json_node *const path = json_get(volume->node, "hostPath");

		if (json_present(path))
			rule_found(c, FIELD_CHILD(volume->at, "hostPath"), FIELD_FORBIDDEN,
				FIELD_READS(path),
				"opens the node's files to the pod: use a claim, a ConfigMap or an "
				"emptyDir");
	}
}

static bool is_account_of(const struct policy_pod_profile *profile, struct str account)
{
	return str_eq(profile->service_account_name.v, account);
}

/* The administrator has chosen it, or nobody has. */
static bool account_is_given(const struct rule_context *c, struct str account)
{
	for (size_t i = 0; i < c->policy->profile_count; i++) {
		const struct policy_profile *const p = &c->policy->profiles[i];

		if (is_account_of(&p->all, account) || is_account_of(&p->head, account) ||
			is_account_of(&p->worker, account))
			return true;
	}
	return account.len == 0 || str_is(account, "default");
}

static void account_is_left_alone(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const bool old_name = spec->service_account_name.node == NULL;
	const struct val_str *const account =
		old_name ? &spec->service_account : &spec->service_account_name;

	if (account->node && !account_is_given(c, account->v))
		rule_found(c,
			FIELD_CHILD(
				spec->self.at, old_name ? "serviceAccount" : "serviceAccountName"),
			FIELD_FORBIDDEN, FIELD_READS(account->node),
			"lets the pod do all that this account may: remove it, or have a profile "
			"of the policy give it");
}

static const struct rule RULES[] = {
	RULE("RG0691", "containers-are-unprivileged", OFF, BOTH, "0.1", NULL,
		"No container is privileged.", RULE_CHECKS_CONTAINER(container_is_unprivileged),
		.needs = PART(SECURITY), .policy = true),
	RULE("RG0692", "host-namespaces-are-left-alone", OFF, BOTH, "0.1", NULL,
		"No pod has hostNetwork, hostPID or hostIPC.",
		RULE_CHECKS_POD(host_namespaces_are_left_alone), .policy = true),
	RULE("RG0693", "host-paths-are-left-alone", OFF, BOTH, "0.1", NULL,
		"No pod mounts files of its node by hostPath.",
		RULE_CHECKS_POD(host_paths_are_left_alone), .needs = PART(VOLUMES), .policy = true),
	RULE("RG0694", "service-accounts-are-given", OFF, BOTH, "0.1", NULL,
		"No pod names a service account but default and those that a profile of the policy "
		"gives.",
		RULE_CHECKS_POD(account_is_left_alone), .needs = PART(POD_NAMES), .policy = true),
};

const struct rule_table RULES_HOST = RULE_TABLE(RULES);
