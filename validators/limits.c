#include "validators/limits.h"

#include "validators/footprint.h"
#include "validators/rules.h"

/*
 * What the size of a pod hangs on, for the ratchet: the resources of each container, not the
 * containers, so that a new image does not make an old excess a new one.
 */
static size_t pod_reads(const struct ray_group *group, const struct json_node **nodes)
{
	const struct pod_spec *const spec = &group->template.spec;
	size_t count = 0;

	nodes[count++] = spec->overhead.node;
	nodes[count++] = spec->resources.self.node;
	for (size_t i = 0; i < spec->containers.count; i++)
		nodes[count++] = spec->containers.items[i].resources.self.node;
	for (size_t i = 0; i < spec->init_containers.count; i++)
		nodes[count++] = spec->init_containers.items[i].resources.self.node;
	return count;
}

static size_t pod_reads_max(const struct ray_group *group)
{
	return 2 + group->template.spec.containers.count +
	       group->template.spec.init_containers.count;
}

static size_t group_reads(const struct raycluster *cluster, const struct ray_group *group,
	const struct json_node **nodes)
{
	size_t count = 0;

	nodes[count++] = group->max.node;
	nodes[count++] = group->min.node;
	nodes[count++] = group->replicas.node;
	nodes[count++] = group->hosts.node;
	nodes[count++] = group->suspend.node;
	nodes[count++] = cluster->autoscaling.node;
	return count + pod_reads(group, nodes + count);
}

enum { GROUP_READS = 6 };

/* A kind of limit: what it bounds in messages, and which measure of the footprint counts. */
struct limit {
	const struct policy_amounts *amounts;
	const char *what;
	const char *way_out;
};

static void compare(const struct rule_context *c, const struct limit *limit,
	const struct footprint *footprint, const struct field_path *at, struct field_reads reads)
{
	for (size_t i = 0; i < limit->amounts->count; i++) {
		const struct policy_amount *const allowed = &limit->amounts->items[i];
		const struct footprint_line *const line = footprint_find(footprint, allowed->name);
		const enum footprint_column column =
			c->policy->charge == POLICY_CHARGE_NOW ? FOOTPRINT_NOW : FOOTPRINT_MOST;

		if (line == NULL)
			continue;
		const struct quantity asked = footprint_column(line, column);

		if (quantity_cmp(asked, allowed->hard) > 0)
			rule_found(c, at, FIELD_FORBIDDEN, reads,
				"%s may have %s of %.*s by the policy, and this one comes to %s: "
				"%s",
				limit->what, footprint_print(allowed->name, allowed->hard).at,
				STR_ARG(allowed->name), footprint_print(allowed->name, asked).at,
				limit->way_out);
	}
}

static void pods_are_within_limits(const struct rule_context *c, const struct ray_group *group)
{
	const struct limit limit = {&c->policy->pod_limits, "a pod",
		"lower the resources of its containers (injected ones count too)"};
	struct footprint footprint;

	if (limit.amounts->count == 0)
		return;
	const struct json_node **const nodes =
		arena_array(c->arena, pod_reads_max(group), sizeof(*nodes));
	const size_t count = pod_reads(group, nodes);

	footprint_of_pod(c->arena, c->policy, c->cluster, group, &footprint);
	compare(c, &limit, &footprint, group->template.self.at, (struct field_reads){nodes, count});
}

static void groups_are_within_limits(const struct rule_context *c, const struct ray_group *group)
{
	const struct limit limit = {&c->policy->group_limits, "a worker group",
		"lower its greatest number of workers or the resources of its pods"};
	struct footprint footprint;

	if (limit.amounts->count == 0)
		return;
	const struct json_node **const nodes =
		arena_array(c->arena, GROUP_READS + pod_reads_max(group), sizeof(*nodes));
	const size_t count = group_reads(c->cluster, group, nodes);

	footprint_of_group(c->arena, c->policy, c->cluster, group, &footprint);
	compare(c, &limit, &footprint, group->self.at, (struct field_reads){nodes, count});
}

static void cluster_is_within_limits(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct limit limit = {&c->policy->cluster_limits, "a cluster",
		"lower the greatest numbers of workers or the resources of the pods"};
	struct footprint footprint;
	size_t room = 2, count = 0;

	if (limit.amounts->count == 0)
		return;
	for (size_t i = 0; i < cluster->group_count; i++)
		room += GROUP_READS + pod_reads_max(cluster->groups[i]);
	const struct json_node **const nodes = arena_array(c->arena, room, sizeof(*nodes));

	nodes[count++] = cluster->suspend.node;
	nodes[count++] = cluster->max_workers.node;
	for (size_t i = 0; i < cluster->group_count; i++)
		count += group_reads(cluster, cluster->groups[i], nodes + count);
	footprint_count(c->arena, c->policy, c->object, &footprint);
	compare(c, &limit, &footprint, cluster->self.at, (struct field_reads){nodes, count});
}

static const struct rule RULES[] = {
	RULE(LIMITS_RULE_QUOTA, "within-quota", ERROR, BOTH, "0.1", NULL,
		"What a cluster is charged fits into the quota of its namespace.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE(LIMITS_RULE_QUOTA_FULL, "quota-can-be-kept", ERROR, BOTH, "0.1", NULL,
		"The process keeps count of no more clusters than its bound.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE(LIMITS_RULE_QUOTA_MOST, "largest-size-within-quota", WARN, BOTH, "0.1", NULL,
		"Where the policy charges what a cluster has now, its largest size fits into the "
		"quota too.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE("RG1411", "pod-within-limits", ERROR, BOTH, "0.1", NULL,
		"A pod, with what the controller adds to it, is within the policy's limits per "
		"pod.",
		RULE_CHECKS_GROUP(pods_are_within_limits), .policy = true),
	RULE("RG1412", "group-within-limits", ERROR, BOTH, "0.1", NULL,
		"A worker group at its largest is within the policy's limits per group.",
		RULE_CHECKS_WORKER(groups_are_within_limits), .policy = true),
	RULE("RG1413", "cluster-within-limits", ERROR, BOTH, "0.1", NULL,
		"A cluster at its largest is within the policy's limits per cluster.",
		RULE_CHECKS_CLUSTER(cluster_is_within_limits), .policy = true),
};

const struct rule_table RULES_LIMITS = RULE_TABLE(RULES);
