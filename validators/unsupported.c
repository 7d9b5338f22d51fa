#include "validators/unsupported.h"

#include "validators/rules.h"

struct row {
	struct unsupported told;
	/* Exactly one of them: a place in the spec, or a key of the metadata. */
	void (*find)(const struct ray_object *object, const struct row *row, unsupported_fn *fn,
		void *context);
	const char *label, *annotation;
	enum dialect dialect;
};

static void ingress(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct ray_group *const head = object->cluster->head;

	if (head && head->enable_ingress.v)
		fn(context, &row->told, FIELD_CHILD(head->self.at, "enableIngress"),
			head->enable_ingress.node);
}

static void network_policy(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct schema_object *const self = &object->cluster->network_policy.self;

	if (self->node)
		fn(context, &row->told, self->at, self->node);
}

static void tls(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct tls_options *const options = &object->cluster->tls;

	if (options->enabled.v)
		fn(context, &row->told, options->self.at, options->enabled.node);
}

static void history(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct schema_object *const self = &object->cluster->history.self;

	if (self->node)
		fn(context, &row->told, self->at, self->node);
}

static void recreate(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct upgrade_strategy *const upgrade = &object->cluster->upgrade;

	if (str_is(upgrade->type.v, "Recreate"))
		fn(context, &row->told, FIELD_CHILD(upgrade->self.at, "type"), upgrade->type.node);
}

static void redis(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct gcs_options *const gcs = &object->cluster->gcs;

	if (gcs->self.node && !str_is(gcs->backend.v, "rocksdb"))
		fn(context, &row->told, gcs->self.at, gcs->self.node);
}

const struct ray_group *unsupported_scaled_type(const struct raycluster *cluster)
{
	int64_t held = 0;
	const struct ray_group *found = NULL;

	for (size_t i = 0; i < cluster->worker_count; i++) {
		const struct ray_group *const type = cluster->workers[i];
		const int64_t least = group_min(cluster, type);

		held += least > 0 ? least : 0;
		if (found == NULL && group_max(cluster, type) > (least > 0 ? least : 0))
			found = type;
	}
	return held < raycluster_max_workers(cluster) ? found : NULL;
}

const struct val_i32 *unsupported_head_workers(const struct raycluster *cluster, bool *of_most)
{
	const struct ray_group *const head = cluster->head;

	*of_most = head && head->min.v <= 0;
	if (head == NULL || (*of_most && head->max.v <= 0))
		return NULL;
	return *of_most ? &head->max : &head->min;
}

/* RG1125 tells of it at apply. */
static void head_workers(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	bool of_most;
	const struct val_i32 *const count = unsupported_head_workers(object->cluster, &of_most);

	if (count)
		fn(context, &row->told,
			FIELD_CHILD(object->cluster->head->self.at,
				of_most ? "maxWorkers" : "minWorkers"),
			count->node);
}

/*
 * What only an autoscaler reads, or, since these may be left out, what only one makes; at apply
 * RG1122 tells of it.
 */
static void scaling(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct raycluster *const cluster = object->cluster;
	const bool said = cluster->upscaling_speed.node || cluster->idle_timeout_minutes.node;
	const struct ray_group *const type = said ? NULL : unsupported_scaled_type(cluster);

	if (type)
		fn(context, &row->told, FIELD_CHILD(type->self.at, "maxWorkers"), type->max.node);
	if (cluster->upscaling_speed.node)
		fn(context, &row->told, FIELD_CHILD(cluster->self.at, "upscalingSpeed"),
			cluster->upscaling_speed.node);
	if (cluster->idle_timeout_minutes.node)
		fn(context, &row->told, FIELD_CHILD(cluster->self.at, "idleTimeoutMinutes"),
			cluster->idle_timeout_minutes.node);
}

#define GANG                                                                                       \
	"its pods are scheduled one by one, as if this label was not there: Kueue can admit it "   \
	"as a whole"
#define REDIS                                                                                      \
	"what it stored in Redis stays there when it is deleted: use a "                           \
	"storage namespace that you clean yourself"

static const struct row ROWS[] = {
	{{"enableIngress", "no Ingress is made: write one for the head's Service"}, ingress, NULL,
		NULL, DIALECT_MODERN},
	{{"networkPolicy", "no NetworkPolicy is made, all pods may talk to its pods: write "
			   "one for the label ray.io/cluster"},
		network_policy, NULL, NULL, DIALECT_MODERN},
	{{"tlsOptions", "nothing is encrypted between its nodes: set RAY_USE_TLS and mount "
			"certificates in its templates"},
		tls, NULL, NULL, DIALECT_MODERN},
	{{"historyServerOptions", "nothing is collected for a history server: add its "
				  "collector to the containers of its templates"},
		history, NULL, NULL, DIALECT_MODERN},
	{{"upgradeStrategy Recreate", "a changed template holds for new pods alone: suspend "
				      "and resume it to have all of them anew"},
		recreate, NULL, NULL, DIALECT_MODERN},
	{{"cleaning of Redis", REDIS}, redis, NULL, NULL, DIALECT_MODERN},
	{{"cleaning of Redis", REDIS}, NULL, NULL, "ray.io/ft-enabled", DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "ray.io/gang-scheduling-enabled", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "volcano.sh/queue-name", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "yunikorn.apache.org/queue", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "kai.scheduler/queue", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "yunikorn.apache.org/app-id", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "volcano.sh/network-topology-mode", NULL, DIALECT_MODERN},
	{{"gang scheduling", GANG}, NULL, "volcano.sh/network-topology-highest-tier-allowed", NULL,
		DIALECT_MODERN},
	{{"ray.io/priority-class-name",
		 "no pod has a priority by it: set priorityClassName in the templates"},
		NULL, "ray.io/priority-class-name", NULL, DIALECT_MODERN},
	{{"autoscaling", "minWorkers are held, and nothing scales beyond them"}, scaling, NULL,
		NULL, DIALECT_LEGACY},
	{{"workers of the head's podType", "none is made: give them a podType of their own"},
		head_workers, NULL, NULL, DIALECT_LEGACY},
};

/* An annotation counts where it says true; a label where it is there. */
static void find_key(
	const struct ray_object *object, const struct row *row, unsupported_fn *fn, void *context)
{
	const struct val_map *const map =
		row->label ? &object->meta.labels : &object->meta.annotations;
	const char *const key = row->label ? row->label : row->annotation;
	const struct json_node *const value = json_get(map->node, key);
	const struct field_path *const meta = object->meta.self.at;

	if (!json_is(value, JSON_STRING) ||
		(row->annotation && !str_is_nocase((struct str){value->at, value->len}, "true")))
		return;
	fn(context, &row->told,
		FIELD_KEY(FIELD_CHILD(meta, row->label ? "labels" : "annotations"), str_from(key)),
		value);
}

void unsupported_each(const struct ray_object *object, unsupported_fn *fn, void *context)
{
	if (object->cluster == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LEN(ROWS); i++) {
		if (ROWS[i].dialect != object->dialect)
			continue;
		if (ROWS[i].find)
			ROWS[i].find(object, &ROWS[i], fn, context);
		else
			find_key(object, &ROWS[i], fn, context);
	}
}

static void report(void *context, const struct unsupported *row, const struct field_path *at,
	const struct json_node *node)
{
	const struct rule_context *const c = context;

	rule_found(c, at, FIELD_NOT_SUPPORTED, FIELD_READS(node),
		"Raygate's controller does not support %s yet: %s", row->feature, row->instead);
}

/* RG1801 */
static void controller_makes_it(const struct rule_context *c, const struct ray_object *object)
{
	struct rule_context copy = *c;

	if (c->policy->target.controller == POLICY_CONTROLLER_RAYGATE)
		unsupported_each(object, report, &copy);
}

/* Who is to run it, if not we; NULL where it is no such kind. */
static const struct val_str *manager_of(const struct ray_object *object)
{
	static const struct val_str NOBODY;

	switch (object->kind) {
	case RAY_JOB:
		return object->job ? &object->job->managed_by : &NOBODY;
	case RAY_SERVICE:
		return object->service ? &object->service->managed_by : &NOBODY;
	case RAY_CRON_JOB:
		return &NOBODY;
	case RAY_CLUSTER:
		break;
	}
	return NULL;
}

/* RG1802 */
static void somebody_runs_it(const struct rule_context *c, const struct ray_object *object)
{
	const struct val_str *const manager = manager_of(object);

	if (c->policy->target.controller != POLICY_CONTROLLER_RAYGATE || manager == NULL ||
		(manager->v.len && !str_is(manager->v, "ray.io/kuberay-operator")))
		return;
	rule_found(c, FIELD_ROOT("kind"), FIELD_NOT_SUPPORTED, FIELD_READS(manager->node),
		"nothing runs it: Raygate's controller makes RayClusters alone; %s",
		object->kind == RAY_SERVICE ? "deploy to one that it makes"
					    : "submit to one that it makes, by ray job submit");
}

static const struct rule RULES[] = {
	RULE("RG1801", "controller-makes-it", WARN, MODERN, "0.1", NULL,
		"Where the policy's target is raygate, a cluster asks for nothing that its "
		"controller does not make.",
		RULE_CHECKS_OBJECT(controller_makes_it)),
	RULE("RG1802", "kind-is-run", WARN, MODERN, "0.1", NULL,
		"Where the policy's target is raygate, an object is a RayCluster, or its managedBy "
		"names who runs it.",
		RULE_CHECKS_OBJECT(somebody_runs_it)),
};

const struct rule_table RULES_UNSUPPORTED = RULE_TABLE(RULES);
