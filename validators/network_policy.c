/* Network policies that KubeRay makes of spec.networkPolicy. */
#include "validators/rules.h"

#include "api/names.h"
#include "base/strmap.h"

#define POLICY_GATE "RayClusterNetworkPolicy"

enum {
	DNS_PORT = 53,
};

static bool denies_only(const struct raycluster *cluster, const char *mode)
{
	return str_is(cluster->network_policy.mode.v, mode);
}

/* Without a mode both directions are denied. */
static bool denies_egress(const struct raycluster *cluster)
{
	return cluster->network_policy.self.node && !denies_only(cluster, "DenyAllIngress");
}

/* RG0961 */
static void gate_is_open(const struct rule_context *c, const struct raycluster *cluster)
{
	enum field_severity at_most;

	if (cluster->network_policy.self.node &&
		!rule_cluster_gate_is_open(c, POLICY_GATE, &at_most))
		rule_found_at_most(c, at_most, cluster->network_policy.self.at, FIELD_FORBIDDEN,
			FIELD_READS_NOTHING,
			"needs KubeRay's feature gate " POLICY_GATE
			", %s: have it turned on, or remove this",
			rule_gate_state(at_most));
}

static void rules_fit_mode(const struct rule_context *c, const struct raycluster *cluster,
	const struct policy_rules *rules)
{
	const bool egress_only = denies_only(cluster, "DenyAllEgress");
	const bool ingress_only = denies_only(cluster, "DenyAllIngress");
	const char *const useless = egress_only ? "ingressRules" : "egressRules";

	if ((egress_only || ingress_only) && json_count(json_get(rules->self.node, useless)))
		rule_found(c, FIELD_CHILD(rules->self.at, useless), FIELD_FORBIDDEN,
			FIELD_READS(cluster->network_policy.mode.node),
			"mode %.*s does not restrict %s: remove these rules, or use mode DenyAll",
			STR_ARG(cluster->network_policy.mode.v),
			egress_only ? "ingress" : "egress");
}

/* RG0962 */
static void all_rules_fit_mode(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct network_policy *const policy = &cluster->network_policy;

	rules_fit_mode(c, cluster, &policy->head);
	rules_fit_mode(c, cluster, &policy->worker);
	for (size_t i = 0; i < policy->groups.count; i++)
		rules_fit_mode(c, cluster, &policy->groups.items[i]);
}

/* RG0963 */
static void group_name_fits_policy(const struct rule_context *c, const struct ray_group *group)
{
	const char *const fault = c->cluster->network_policy.self.node
					  ? names_fault(NAME_DNS1123_LABEL, group->name.v)
					  : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(group->self.at, "groupName"), FIELD_INVALID,
			FIELD_READS(group->name.node), "becomes part of a NetworkPolicy's name: %s",
			fault);
}

/* RG0964 */
static void named_group_exists(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct network_policy *const policy = &cluster->network_policy;
	struct strmap workers = {0};

	for (size_t i = 0; policy->groups.count && i < cluster->worker_count; i++)
		strmap_set(&workers, cluster->workers[i]->name.v, cluster->workers[i]);
	for (size_t i = 0; i < policy->groups.count; i++) {
		const struct policy_rules *const rules = &policy->groups.items[i];

		if (rules->group_name.node && !strmap_find(&workers, rules->group_name.v))
			rule_found(c, FIELD_CHILD(rules->self.at, "groupName"), FIELD_NOT_FOUND,
				FIELD_READS(rules->group_name.node),
				"must be the groupName of one of the workerGroupSpecs");
	}
	strmap_done(&workers);
}

/* Whether a rule's port entry lets this port through. A port by name may be any. */
static bool port_covers(const struct json_node *entry, int64_t port, const char *protocol)
{
	const struct json_node *const said = json_get(entry, "protocol");
	const struct json_node *const number = json_get(entry, "port");
	int64_t first, last;

	if (json_present(said) ? !json_str_is(said, str_from(protocol))
			       : !str_is(str_from(protocol), "TCP"))
		return false;
	if (!json_present(number) || json_is(number, JSON_STRING))
		return true;
	if (!json_i64(number, &first))
		return false;
	if (!json_i64(json_get(entry, "endPort"), &last))
		last = first;
	return first <= port && port <= last;
}

/* Whether an egress rule lets lookups out, to whomever. */
static bool rule_covers_dns(const struct json_node *rule)
{
	const struct json_node *const ports = json_get(rule, "ports");

	for (struct json_iter it = json_iter(ports); json_next_item(&it);) {
		if (port_covers(it.value, DNS_PORT, "UDP"))
			return true;
	}
	return json_count(ports) == 0;
}

/* Whether an egress rule lets anything else out, such as calls of the API server. */
static bool rule_covers_more(const struct json_node *rule)
{
	const struct json_node *const ports = json_get(rule, "ports");

	for (struct json_iter it = json_iter(ports); json_next_item(&it);) {
		int64_t port;

		if (!json_i64(json_get(it.value, "port"), &port) || port != DNS_PORT)
			return true;
	}
	return json_count(ports) == 0;
}

typedef bool rule_covers_fn(const struct json_node *rule);

static bool any_rule(const struct policy_rules *rules, rule_covers_fn *covers)
{
	const struct json_node *const egress = json_get(rules->self.node, "egressRules");

	for (struct json_iter it = json_iter(egress); json_next_item(&it);) {
		if (covers(it.value))
			return true;
	}
	return false;
}

static void warn_without_dns(const struct rule_context *c, const struct policy_rules *rules,
	const char *member, const char *whose)
{
	const struct network_policy *const policy = &c->cluster->network_policy;
	const struct field_path *const at =
		rules->self.at ? rules->self.at : FIELD_CHILD(policy->self.at, member);

	if (!any_rule(rules, rule_covers_dns))
		rule_found(c, FIELD_CHILD(at, "egressRules"), FIELD_REQUIRED,
			FIELD_READS(policy->mode.node, json_get(rules->self.node, "egressRules")),
			"%s cannot look up names, so the cluster does not start: add a rule for "
			"port 53, UDP",
			whose);
}

/* RG0965: an entry of workerGroups replaces `worker` for its group. */
static void names_can_be_looked_up(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct network_policy *const policy = &cluster->network_policy;

	if (!denies_egress(cluster))
		return;
	warn_without_dns(c, &policy->head, "head", "the head");
	for (size_t i = 0; i < policy->groups.count; i++) {
		if (policy->groups.items[i].self.node)
			warn_without_dns(c, &policy->groups.items[i], NULL, "this group's workers");
	}
	if (cluster->worker_count > policy->groups.count)
		warn_without_dns(c, &policy->worker, "worker", "a worker");
}

/* RG0966 */
static void autoscaler_reaches_api(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct policy_rules *const head = &cluster->network_policy.head;
	const struct field_path *const at = FIELD_CHILD(cluster->network_policy.self.at, "head");

	if (denies_egress(cluster) && raycluster_autoscales(cluster) &&
		!any_rule(head, rule_covers_more))
		rule_found(c, FIELD_CHILD(at, "egressRules"), FIELD_REQUIRED,
			FIELD_READS(cluster->network_policy.mode.node,
				json_get(head->self.node, "egressRules")),
			"the autoscaler in the head pod cannot reach the API server: add a rule "
			"for its address and port");
}

static const struct rule RULES[] = {
	RULE("RG0961", "network-policy-needs-its-gate", ERROR, MODERN, "0.1", "KubeRay's operator",
		"networkPolicy needs KubeRay's feature gate.", RULE_CHECKS_CLUSTER(gate_is_open),
		.needs = PART(NETWORK_POLICY)),
	RULE("RG0962", "network-policy-rules-fit-mode", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A network policy has rules only for directions that its mode restricts.",
		RULE_CHECKS_CLUSTER(all_rules_fit_mode), .needs = PART(NETWORK_POLICY)),
	RULE("RG0963", "network-policy-group-name-fits", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With networkPolicy every group's name is a DNS label.",
		RULE_CHECKS_WORKER(group_name_fits_policy), .needs = PART(NETWORK_POLICY)),
	RULE("RG0964", "network-policy-group-exists", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A group of networkPolicy is one of the worker groups.",
		RULE_CHECKS_CLUSTER(named_group_exists), .needs = PART(NETWORK_POLICY)),
	RULE("RG0965", "network-policy-lets-dns-out", WARN, MODERN, "0.1", NULL,
		"Where egress is denied, a rule lets name lookups out.",
		RULE_CHECKS_CLUSTER(names_can_be_looked_up), .needs = PART(NETWORK_POLICY)),
	RULE("RG0966", "network-policy-lets-autoscaler-out", WARN, MODERN, "0.1", NULL,
		"Where egress is denied, a rule lets the autoscaler reach the API server.",
		RULE_CHECKS_CLUSTER(autoscaler_reaches_api), .needs = PART(NETWORK_POLICY)),
};

const struct rule_table RULES_NETWORK_POLICY = RULE_TABLE(RULES);
