/* Old against new: changes that do less than they seem to, or more. Warnings all of them. */
#include "base/buf.h"
#include "base/strmap.h"
#include "validators/rules.h"

#define FT_ANNOTATION "ray.io/ft-enabled"
#define REDIS_CLEANUP "ray.io/gcs-ft-redis-cleanup-finalizer"
#define ORIGIN        "ray.io/originated-from-crd"

/* Both versions of an object that is a RayCluster itself. */
static bool are_clusters(const struct ray_object *old, const struct ray_object *object)
{
	return object->kind == RAY_CLUSTER && old->cluster && object->cluster;
}

static const char *state_store(const struct rule_context *c, const struct ray_object *object)
{
	const struct gcs_options *const options = &object->cluster->gcs;

	if (options->self.node)
		return str_is(options->backend.v, "rocksdb") ? "rocksdb" : "redis";
	return str_is_nocase(ray_object_annotation(object, c->arena, FT_ANNOTATION), "true")
		       ? "redis"
		       : NULL;
}

static bool has_finalizer(const struct ray_object *object, const char *name)
{
	for (struct json_iter it = json_iter(object->meta.finalizers.node); json_next_item(&it);) {
		if (json_str_is(it.value, str_from(name)))
			return true;
	}
	return false;
}

/* A backend that is named in both versions is the CRD's business. */
static void state_stays_where_it_is(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (!are_clusters(old, object))
		return;
	const struct gcs_options *const options = &object->cluster->gcs;
	const char *const before = state_store(c, old);
	const char *const now = state_store(c, object);
	const bool named = old->cluster->gcs.backend.node && options->backend.node;
	const struct field_reads reads = FIELD_READS(
		options->backend.node, old->cluster->gcs.backend.node, options->self.node);
	const struct field_path *const at =
		FIELD_CHILD(object->cluster->self.at, "gcsFaultToleranceOptions");

	if (before == NULL || before == now || named)
		return;
	if (now)
		rule_found(c, FIELD_CHILD(at, "backend"), FIELD_FORBIDDEN, reads,
			"moves the cluster's state from %s to %s, and nothing carries it over: the "
			"next head begins anew",
			before, now);
	else if (has_finalizer(object, REDIS_CLEANUP))
		rule_found(c, at, FIELD_REQUIRED, reads,
			"fault tolerance is turned off while the finalizer " REDIS_CLEANUP
			" still waits to clean Redis up: the next head begins anew");
	else
		rule_found(c, at, FIELD_REQUIRED, reads,
			"fault tolerance with %s is turned off: the next head begins anew", before);
}

/* Lowering replicas as well is somebody who knows what he does. */
static void maximum_ends_no_worker(const struct rule_context *c, const struct ray_group *before,
	const struct ray_group *group, const struct raycluster *old)
{
	const int64_t ran = group_replicas(old, before);
	const int64_t max = group_max(c->cluster, group);

	if (max < ran && max < group_max(old, before) && group->replicas.v >= ran && max >= 0)
		rule_found(c, FIELD_CHILD(group->self.at, "maxReplicas"), FIELD_INVALID,
			FIELD_READS(group->max.node, before->max.node, before->replicas.node),
			"is below the %lld replicas that ran: KubeRay ends %lld of them, whichever "
			"they are",
			(long long)ran, (long long)(ran - max));
}

typedef void group_pair_fn(const struct rule_context *c, const struct ray_group *before,
	const struct ray_group *group, const struct raycluster *old);

/* Each worker group of the new version with the one of its name in the old. */
static void for_each_pair(
	const struct rule_context *c, const struct raycluster *old, group_pair_fn *check)
{
	const bool match = raycluster_groups_match(old, c->cluster);
	CLEANUP(strmap_done) struct strmap names = {0};

	for (size_t i = 0; !match && i < old->worker_count; i++)
		strmap_set(&names, old->workers[i]->name.v, old->workers[i]);
	for (size_t i = 0; i < c->cluster->worker_count; i++) {
		const struct ray_group *const group = c->cluster->workers[i];
		const struct ray_group *const before =
			match ? old->workers[i] : strmap_find(&names, group->name.v);

		if (before)
			check(c, before, group, old);
	}
}

static void maximum_is_above_what_runs(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (are_clusters(old, object) && !old->cluster->suspend.v && !object->cluster->suspend.v &&
		!raycluster_autoscales(object->cluster))
		for_each_pair(c, old->cluster, maximum_ends_no_worker);
}

/* What of a group KubeRay makes pods from; counts and the autoscaler's fields aside. */
static bool makes_other_pods(const struct ray_group *before, const struct ray_group *group)
{
	return !json_equal(before->template.self.node, group->template.self.node) ||
	       !json_equal(before->start_params.node, group->start_params.node) ||
	       !json_equal(before->resources.node, group->resources.node) ||
	       !json_equal(before->labels.node, group->labels.node);
}

/* The groups whose pods would look different, by name, and the first of them. */
struct changed {
	const struct ray_group *first;
	struct buf *names;
	size_t count;
};

enum { NAMES_SHOWN = 4 };

static void add_changed(struct changed *out, const struct ray_group *group)
{
	const struct str label = group_label(group);

	if (out->first == NULL)
		out->first = group;
	if (out->count < NAMES_SHOWN)
		buf_printf(out->names, "%s%.*s", out->count ? ", " : "", STR_ARG(label));
	else if (out->count == NAMES_SHOWN)
		buf_add_cstr(out->names, ", …");
	out->count++;
}

static void find_changed(
	const struct raycluster *old, const struct raycluster *now, struct changed *out)
{
	const bool match = raycluster_groups_match(old, now);
	CLEANUP(strmap_done) struct strmap names = {0};

	for (size_t i = 0; !match && i < old->group_count; i++) {
		if (!old->groups[i]->is_head || old->dialect == DIALECT_LEGACY)
			strmap_set(&names, old->groups[i]->name.v, old->groups[i]);
	}
	for (size_t i = 0; i < now->group_count; i++) {
		const struct ray_group *const group = now->groups[i];
		const bool by_place = group->is_head && now->dialect == DIALECT_MODERN;
		const struct ray_group *const before = match ? old->groups[i]
						       : by_place
							       ? old->head
							       : strmap_find(&names, group->name.v);

		if (before && makes_other_pods(before, group))
			add_changed(out, group);
	}
}

/* Kueue adds to templates while it lets a suspended cluster go: those pods are yet to come. */
static bool pods_run_on(const struct ray_object *old, const struct ray_object *object)
{
	return !old->cluster->suspend.v && !object->cluster->suspend.v &&
	       !str_is(object->cluster->upgrade.type.v, "Recreate");
}

static void running_pods_stay(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	CLEANUP(buf_done) struct buf names = {0};
	struct changed changed = {.names = &names};

	if (!are_clusters(old, object) || !pods_run_on(old, object) ||
		ray_object_label(object, c->arena, ORIGIN).len)
		return;
	find_changed(old->cluster, object->cluster, &changed);
	if (changed.first)
		rule_found(c, FIELD_CHILD(changed.first->self.at, "template"), FIELD_INVALID,
			FIELD_READS_NOTHING, "changes pods to come, not those that run (%.*s): %s",
			STR_ARG(buf_str(&names)),
			rule_is_ours(c)
				? "delete those that are to be replaced"
				: "set upgradeStrategy.type to Recreate to replace them all, or "
				  "delete them");
}

/* Whether two objects have the same members, those aside that KubeRay leaves out of its hash. */
static bool same_but_counts(const struct json_node *a, const struct json_node *b)
{
	static const char *const COUNTS[] = {
		"replicas", "minReplicas", "maxReplicas", "scaleStrategy", "workerGroupSpecs"};
	const struct json_node *const sides[] = {a, b};

	for (size_t s = 0; s < ARRAY_LEN(sides); s++) {
		for (struct json_iter it = json_iter(sides[s]); json_next_member(&it);) {
			size_t i = 0;

			while (i < ARRAY_LEN(COUNTS) && !json_str_is(it.key, str_from(COUNTS[i])))
				i++;
			if (i == ARRAY_LEN(COUNTS) &&
				!json_equal(json_get_str(a, (struct str){it.key->at, it.key->len}),
					json_get_str(b, (struct str){it.key->at, it.key->len})))
				return false;
		}
	}
	return true;
}

static bool counts_differ(const struct raycluster *old, const struct ray_group *before,
	const struct raycluster *now, const struct ray_group *group)
{
	return before->replicas.v != group->replicas.v ||
	       group_min(old, before) != group_min(now, group) ||
	       group_max(old, before) != group_max(now, group);
}

/* The first group whose counts differ where nothing else does; NULL when anything else does. */
static const struct ray_group *only_counts_differ(
	const struct raycluster *old, const struct raycluster *now)
{
	const struct ray_group *found = NULL;

	if (!same_but_counts(old->self.node, now->self.node) ||
		old->worker_count != now->worker_count)
		return NULL;
	for (size_t i = 0; i < now->worker_count; i++) {
		if (!same_but_counts(old->workers[i]->self.node, now->workers[i]->self.node))
			return NULL;
		if (!found && counts_differ(old, old->workers[i], now, now->workers[i]))
			found = now->workers[i];
	}
	return found;
}

static void service_takes_counts_with_a_new_cluster(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (object->kind != RAY_SERVICE || !old->cluster || !object->cluster)
		return;
	const struct ray_group *const group = only_counts_differ(old->cluster, object->cluster);

	if (group)
		rule_found(c, group->self.at, FIELD_INVALID, FIELD_READS_NOTHING,
			"only numbers of workers change, which KubeRay leaves for the next new "
			"cluster: change them in the RayCluster that runs as well");
}

/* Our own controller takes the absence for false. */
static void resumes_by_false(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (!rule_is_ours(c) && are_clusters(old, object) && old->cluster->suspend.v &&
		object->cluster->suspend.node == NULL)
		rule_found(c, FIELD_CHILD(object->cluster->self.at, "suspend"), FIELD_REQUIRED,
			FIELD_READS(object->cluster->suspend.node, old->cluster->suspend.node),
			"the cluster stays suspended without it: write false to resume");
}

static void pod_config_restarts(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	CLEANUP(buf_done) struct buf names = {0};
	struct changed changed = {.names = &names};

	if (!are_clusters(old, object))
		return;
	find_changed(old->cluster, object->cluster, &changed);
	if (changed.first)
		rule_found(c, FIELD_CHILD(changed.first->self.at, "podConfig"), FIELD_INVALID,
			FIELD_READS_NOTHING,
			"any change of it makes the operator end and start pods anew (%.*s); of "
			"the head's, the whole cluster",
			STR_ARG(buf_str(&names)));
}

static void head_type_stays(
	const struct rule_context *c, const struct ray_object *old, const struct ray_object *object)
{
	if (!are_clusters(old, object))
		return;
	const struct val_str *const before = &old->cluster->head_pod_type;
	const struct val_str *const now = &object->cluster->head_pod_type;

	if (before->node && now->node && !str_eq(before->v, now->v))
		rule_found(c, FIELD_CHILD(object->cluster->self.at, "headPodType"), FIELD_INVALID,
			FIELD_READS(now->node, before->node),
			"was \"%.*s\": the operator ends the head, and with it all that runs",
			STR_ARG(before->v));
}

static const struct rule RULES[] = {
	RULE("RG1304", "gcs-state-stays", WARN, MODERN, "0.1", "kuberay#5013",
		"GCS fault tolerance is neither turned off nor moved to another store while a "
		"cluster lives.",
		RULE_CHECKS_UPDATE(state_stays_where_it_is)),
	RULE("RG1305", "maximum-ends-no-worker", WARN, MODERN, "0.1", NULL,
		"maxReplicas does not fall below the replicas that run.",
		RULE_CHECKS_UPDATE(maximum_is_above_what_runs)),
	RULE("RG1306", "running-pods-stay", WARN, MODERN, "0.1", NULL,
		"A change of pod templates comes with an upgradeStrategy that replaces the pods.",
		RULE_CHECKS_UPDATE(running_pods_stay)),
	RULE("RG1307", "service-counts-come-with-a-change", WARN, MODERN, "0.1",
		"kuberay#2331, kuberay#2333",
		"A RayService's numbers of workers change only together with its cluster's spec.",
		RULE_CHECKS_UPDATE(service_takes_counts_with_a_new_cluster)),
	RULE("RG1308", "resume-by-false", WARN, MODERN, "0.1", NULL,
		"A suspended cluster is resumed by suspend: false, not by removing the field.",
		RULE_CHECKS_UPDATE(resumes_by_false)),
	RULE("RG1309", "pod-config-restarts", WARN, LEGACY, "0.1", NULL,
		"A podConfig stays as it is: the legacy operator replaces its pods for any change.",
		RULE_CHECKS_UPDATE(pod_config_restarts)),
	RULE("RG1310", "head-pod-type-stays", WARN, LEGACY, "0.1", NULL,
		"headPodType stays as it is: the legacy operator replaces the head for a change.",
		RULE_CHECKS_UPDATE(head_type_stays)),
};

const struct rule_table RULES_UPDATE_EFFECTS = RULE_TABLE(RULES);
