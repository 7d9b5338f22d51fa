/* The worker groups among themselves, and the numbers of each. */
#include "validators/rules.h"

static void bounds_are_not_negative(const struct rule_context *c, const struct ray_group *group)
{
	const struct dialect_words *const words = c->cluster->words;

	if (group->min.v < 0)
		rule_found(c, FIELD_CHILD(group->self.at, words->min), FIELD_INVALID,
			FIELD_READS(group->min.node), "must be 0 or more");
	if (group->max.v < 0)
		rule_found(c, FIELD_CHILD(group->self.at, words->max), FIELD_INVALID,
			FIELD_READS(group->max.node), "must be 0 or more");
}

static void bounds_are_in_order(const struct rule_context *c, const struct ray_group *group)
{
	const int64_t min = group_min(c->cluster, group);
	const int64_t max = group_max(c->cluster, group);

	if (min > max && max >= 0)
		rule_found(c, FIELD_CHILD(group->self.at, c->cluster->words->min), FIELD_INVALID,
			FIELD_READS(group->min.node, group->max.node),
			"must be at most %s (%lld): lower it, or raise %s", c->cluster->words->max,
			(long long)max, c->cluster->words->max);
}

static const struct rule RULES[] = {
	RULE("RG0301", "worker-bounds-not-negative", ERROR, BOTH, "0.1", "KubeRay S08, S09",
		"The least and greatest number of workers are not negative.",
		RULE_CHECKS_WORKER(bounds_are_not_negative)),
	RULE("RG0302", "worker-bounds-in-order", ERROR, BOTH, "0.1", "KubeRay S10",
		"The least number of workers is at most the greatest.",
		RULE_CHECKS_WORKER(bounds_are_in_order)),
};

const struct rule_table RULES_WORKERS = RULE_TABLE(RULES);
