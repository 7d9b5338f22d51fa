/* What a footprint costs for an hour by the prices of the policy: an estimate for people. */
#pragma once

#include "api/policy.h"
#include "validators/footprint.h"

struct plan_cost_text {
	char at[32];
};

/*
 * "0.295", or "unbounded": each resource that is requested, in CPUs, GiB or pieces, times its
 * price; what has no price costs nothing.
 */
struct plan_cost_text plan_cost(const struct policy *policy, const struct footprint *footprint,
	enum footprint_column column);
