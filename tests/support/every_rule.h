/*
 * Rules are not run where an object lacks the parts that they need (validators/rule.h). Whatever
 * the object, all rules must find the same: a part left out of a row shows here.
 */
#pragma once

#include "api/policy.h"
#include "base/json_read.h"

struct every_rule_case {
	const struct policy *policy;
	const struct json_node *object;
	const struct json_node *old; /* of an UPDATE; or NULL */
	bool crd_defaults;
};

/* The first finding, as text, that only one of the two ways has; "" where there is none. */
struct str every_rule_difference(struct arena *arena, const struct every_rule_case *it);
