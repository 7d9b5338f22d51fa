/* What is asked of a policy that is in force. */
#include "api/policy.h"

enum policy_gate policy_gate(const struct policy *policy, const char *gate)
{
	const struct json_node *const said = json_get(policy->target.gates, gate);

	if (json_is(said, JSON_TRUE))
		return POLICY_GATE_ON;
	if (json_is(said, JSON_FALSE))
		return POLICY_GATE_OFF;
	return POLICY_GATE_UNSAID;
}

const struct policy_quota *policy_quota(const struct policy *policy, struct str namespace)
{
	const struct policy_quota *fallback = NULL;

	for (size_t i = 0; i < policy->quota_count; i++) {
		if (policy->quotas[i].namespace.len == 0)
			fallback = &policy->quotas[i];
		else if (str_eq(policy->quotas[i].namespace, namespace))
			return &policy->quotas[i];
	}
	return fallback;
}

const struct policy_amount *policy_amount(const struct policy_amounts *amounts, const char *name)
{
	for (size_t i = 0; i < amounts->count; i++) {
		if (str_is(amounts->items[i].name, name))
			return &amounts->items[i];
	}
	return NULL;
}
