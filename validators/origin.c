/* Clusters that a RayJob or RayService makes, and what such clusters may not say. */
#include "validators/rules.h"

#define ORIGIN "ray.io/originated-from-crd"

/* The embedded spec becomes a cluster with that label, which KubeRay then refuses to run. */
static bool has_parent(const struct rule_context *c)
{
	const struct str origin = ray_object_label(c->object, c->arena, ORIGIN);

	return c->object->kind != RAY_CLUSTER || str_is(origin, "RayJob") ||
	       str_is(origin, "RayService");
}

/* RG0981 */
static void parent_upgrades(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->upgrade.type.node && has_parent(c))
		rule_found(c, FIELD_CHILD(cluster->upgrade.self.at, "type"), FIELD_FORBIDDEN,
			FIELD_READS(cluster->upgrade.type.node),
			"a cluster that a RayJob or RayService makes is upgraded by it: remove "
			"upgradeStrategy");
}

static const struct rule RULES[] = {
	RULE("RG0981", "upgrade-strategy-without-parent", ERROR, MODERN, "0.1",
		"KubeRay's operator",
		"A cluster that belongs to a RayJob or RayService has no upgradeStrategy.",
		RULE_CHECKS_CLUSTER(parent_upgrades), .needs = PART(UPGRADE)),
};

const struct rule_table RULES_ORIGIN = RULE_TABLE(RULES);
