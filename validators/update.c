/* Old against new: what must not change while a cluster runs. */
#include "base/strmap.h"
#include "validators/rules.h"

enum { IMMUTABLE_MAX = 6 };

/* A field of one kind of object, in both versions; it may be absent in either. */
struct pair {
	const struct field_path *at; /* of the object that holds the field */
	const struct val_str *old, *new;
};

static size_t add_pair(struct pair *out, size_t count, const struct field_path *at,
	const struct val_str *old, const struct val_str *new)
{
	out[count] = (struct pair){at, old, new};
	return count + 1;
}

static size_t managers(
	const struct ray_object *old, const struct ray_object *object, struct pair *out)
{
	size_t count = 0;

	if (old->cluster && object->cluster)
		count = add_pair(out, count, object->cluster->self.at, &old->cluster->managed_by,
			&object->cluster->managed_by);
	if (old->job && object->job)
		count = add_pair(out, count, object->job->self.at, &old->job->managed_by,
			&object->job->managed_by);
	if (old->service && object->service)
		count = add_pair(out, count, object->service->self.at, &old->service->managed_by,
			&object->service->managed_by);
	return count;
}

/* A CEL rule on an optional field: it speaks only where both versions have it. */
static bool differs(const struct pair *p)
{
	return p->old->node && p->new->node && !str_eq(p->old->v, p->new->v);
}

static void manager_stays(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	struct pair pairs[IMMUTABLE_MAX];
	const size_t count = managers(old, object, pairs);

	for (size_t i = 0; i < count; i++) {
		if (differs(&pairs[i]))
			rule_found(c, FIELD_CHILD(pairs[i].at, "managedBy"), FIELD_FORBIDDEN,
				FIELD_READS(pairs[i].new->node, pairs[i].old->node),
				"cannot change from \"%.*s\": make the object anew to hand it over",
				STR_ARG(pairs[i].old->v));
	}
}

/*
 * The CRD's rule lets a field come that was not there. Of a RayCluster its pods would stay, without
 * a controller, and cost nothing here any more.
 */
static void is_not_given_away(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	const struct raycluster *const before = old->cluster;
	const struct raycluster *const now = object->cluster;

	if (object->kind == RAY_CLUSTER && before && now && before->managed_by.v.len == 0 &&
		raycluster_runs_elsewhere(now))
		rule_found(c, FIELD_CHILD(now->self.at, "managedBy"), FIELD_FORBIDDEN,
			FIELD_READS(now->managed_by.node, before->managed_by.node),
			"cannot be set once the cluster is there: its pods would stay, and nobody "
			"would look after them: make the object anew to hand it over");
}

static void backend_stays(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (old->cluster == NULL || object->cluster == NULL)
		return;
	const struct gcs_options *const options = &object->cluster->gcs;
	const struct pair pair = {options->self.at, &old->cluster->gcs.backend, &options->backend};

	if (differs(&pair))
		rule_found(c, FIELD_CHILD(pair.at, "backend"), FIELD_FORBIDDEN,
			FIELD_READS(pair.new->node, pair.old->node),
			"cannot change from \"%.*s\": make the cluster anew to store its state "
			"elsewhere",
			STR_ARG(pair.old->v));
}

/* Pods of the group that KubeRay still runs by what the old version asked for. */
static bool had_pods(const struct raycluster *old, const struct ray_group *group)
{
	return !old->suspend.v && !group->suspend.v && group_replicas(old, group) > 0;
}

/* With an autoscaler, workers may run that the old version does not count any more. */
static bool may_have_pods(const struct raycluster *old, const struct ray_group *group)
{
	return !old->suspend.v && !group->suspend.v && raycluster_autoscales(old) &&
	       group_max(old, group) > 0;
}

static void group_is_gone(const struct rule_context *c, const struct raycluster *old,
	const struct raycluster *cluster, const struct ray_group *group)
{
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "workerGroupSpecs");
	const struct field_reads reads = FIELD_READS(group->name.node);
	const struct str name = group->name.v;

	if (rule_is_ours(c)) {
		if (had_pods(old, group) || may_have_pods(old, group))
			rule_warned(c, at, FIELD_FORBIDDEN, reads,
				"group \"%.*s\" is removed or renamed while it has workers, which "
				"are deleted",
				STR_ARG(name));
	} else if (had_pods(old, group)) {
		rule_found(c, at, FIELD_FORBIDDEN, reads,
			"group \"%.*s\" cannot be removed or renamed while it has workers, which "
			"KubeRay would never end: set its replicas, minReplicas and maxReplicas to "
			"0 first",
			STR_ARG(name));
	} else if (may_have_pods(old, group)) {
		rule_warned(c, at, FIELD_FORBIDDEN, reads,
			"group \"%.*s\" is removed while the autoscaler may have workers of it, "
			"which KubeRay would never end: set its maxReplicas to 0 first",
			STR_ARG(name));
	}
}

/* Suspension and Recreate end all pods of a cluster, whatever their group. */
static bool ends_all_pods(const struct raycluster *cluster)
{
	return cluster->suspend.v || str_is(cluster->upgrade.type.v, "Recreate");
}

static void groups_stay(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	const struct raycluster *const before = old->cluster;
	const struct raycluster *const now = object->cluster;
	CLEANUP(strmap_done) struct strmap names = {0};

	/* A RayService makes a new cluster of a changed spec, a RayJob none at all. */
	if (object->kind != RAY_CLUSTER || !before || !now || ends_all_pods(now) ||
		raycluster_groups_match(before, now))
		return;
	for (size_t i = 0; i < now->worker_count; i++)
		strmap_set(&names, now->workers[i]->name.v, now->workers[i]);
	for (size_t i = 0; i < before->worker_count; i++) {
		struct ray_group *const group = before->workers[i];

		if (group->name.node && strmap_set(&names, group->name.v, group) == NULL)
			group_is_gone(c, before, now, group);
	}
}

static const struct rule RULES[] = {
	RULE("RG1301", "worker-groups-stay", ERROR, MODERN, "0.1", "kuberay#1739",
		"A worker group with workers is not removed or renamed: KubeRay would let them run "
		"for ever.",
		RULE_CHECKS_UPDATE(groups_stay)),
	RULE("RG1302", "managed-by-stays", ERROR, MODERN, "0.1", "KubeRay's CRD",
		"managedBy does not change from one value to another.",
		RULE_CHECKS_UPDATE(manager_stays), .crd = true),
	RULE("RG1312", "managed-by-is-not-added", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A RayCluster that is there is not given to MultiKueue: its pods would stay.",
		RULE_CHECKS_UPDATE(is_not_given_away)),
	RULE("RG1303", "gcs-backend-stays", ERROR, MODERN, "0.1", "KubeRay's CRD",
		"The backend of GCS fault tolerance does not change from one to another.",
		RULE_CHECKS_UPDATE(backend_stays), .crd = true),
};

const struct rule_table RULES_UPDATE = RULE_TABLE(RULES);
