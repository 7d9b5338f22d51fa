/*
 * Whether what a policy adds can be added at all. Its tables take what pods do not: a toleration
 * with an operator that Kubernetes does not know would keep all defaults out of every object.
 */
#pragma once

#include "api/policy.h"
#include "base/err.h"

/*
 * Gives the defaults alone, and then with each profile, to clusters that ask for nothing. false
 * when a RayCluster of ray.io would not get them for a rule that they break; the error names the
 * profile, the field and the rule. Where the policy adds nothing (enforcement audit) there is
 * nothing to try.
 */
MUST_CHECK bool policy_trial(const struct policy *policy, struct err *err);
/*
 * The same with RayClusters of cluster.ray.io, of which more is asked: a memory limit, say. No
 * reason to refuse a policy, as there may be none of them.
 */
MUST_CHECK bool policy_trial_legacy(const struct policy *policy, struct err *err);
