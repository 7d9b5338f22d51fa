#include "api/raycluster.h"

const struct dialect_words DIALECT_WORDS[DIALECTS] = {
	[DIALECT_MODERN] = {"ray.io", "workerGroupSpecs", "groupName", "minReplicas", "maxReplicas",
		"template"},
	[DIALECT_LEGACY] = {"cluster.ray.io", "podTypes", "name", "minWorkers", "maxWorkers",
		"podConfig"},
};

enum {
	LEGACY_MAX_WORKERS = 2, /* of the operator, where spec.maxWorkers is absent */
};

static void collect(struct arena *arena, struct raycluster *cluster, group_list *list)
{
	cluster->groups = arena_array(arena, list->count + 1, sizeof(*cluster->groups));
	if (cluster->head)
		cluster->groups[cluster->group_count++] = cluster->head;
	cluster->workers = cluster->groups + cluster->group_count;
	for (size_t i = 0; i < list->count; i++) {
		struct ray_group *const group = &list->items[i];

		if (group != cluster->head && group->self.node)
			cluster->workers[cluster->worker_count++] = group;
	}
	cluster->group_count += cluster->worker_count;
}

static bool same_text(const struct json_node *a, const struct json_node *b)
{
	const struct str x = json_raw(a);

	return (a == NULL) == (b == NULL) && str_eq(x, json_raw(b));
}

static bool makes_same_pods(const struct ray_group *a, const struct ray_group *b)
{
	return json_is(a->template.self.node, JSON_OBJECT) &&
	       same_text(a->template.self.node, b->template.self.node) &&
	       same_text(a->start_params.node, b->start_params.node) &&
	       same_text(a->resources.node, b->resources.node) &&
	       same_text(a->labels.node, b->labels.node);
}

static void find_twins(struct arena *arena, struct raycluster *cluster)
{
	cluster->distinct = arena_array(arena, cluster->group_count, sizeof(*cluster->distinct));
	for (size_t i = 1; i < cluster->worker_count; i++)
		cluster->workers[i]->is_twin =
			makes_same_pods(cluster->workers[i], cluster->workers[i - 1]);
	for (size_t i = 0; i < cluster->group_count; i++) {
		if (!cluster->groups[i]->is_twin)
			cluster->distinct[cluster->distinct_count++] = cluster->groups[i];
	}
}

/* The first podType of the name that headPodType gives: a second one is a mistake of its own. */
static struct ray_group *legacy_head(const struct raycluster *cluster)
{
	for (size_t i = 0; i < cluster->pod_types.count; i++) {
		struct ray_group *const group = &cluster->pod_types.items[i];

		if (group->name.node && cluster->head_pod_type.node &&
			str_eq(group->name.v, cluster->head_pod_type.v))
			return group;
	}
	return NULL;
}

struct raycluster *raycluster_decode(const struct schema_decoder *decoder, enum dialect dialect,
	const struct json_node *spec, const struct field_path *at)
{
	struct raycluster *const cluster = arena_alloc(decoder->arena, sizeof(*cluster));
	const bool legacy = dialect == DIALECT_LEGACY;

	cluster->dialect = dialect;
	cluster->words = &DIALECT_WORDS[dialect];
	schema_decode(
		decoder, legacy ? &SCHEMA_LEGACY_SPEC : &SCHEMA_RAYCLUSTER_SPEC, spec, at, cluster);
	if (cluster->self.node == NULL)
		return NULL;
	cluster->has_version = version_parse(cluster->ray_version.v, &cluster->version);
	if (legacy)
		cluster->head = legacy_head(cluster);
	if (cluster->head)
		cluster->head->is_head = true;
	collect(decoder->arena, cluster, legacy ? &cluster->pod_types : &cluster->worker_specs);
	find_twins(decoder->arena, cluster);
	cluster->shares = decoder->sharing && decoder->sharing->saved;
	return cluster;
}

void raycluster_unshare(struct arena *arena, struct raycluster *cluster)
{
	const bool legacy = cluster->dialect == DIALECT_LEGACY;
	const struct schema *const schema = legacy ? &SCHEMA_POD_CONFIG : &SCHEMA_POD_TEMPLATE;
	struct field_errors none; /* as there are none in what was copied */
	const struct schema_decoder decoder = {.arena = arena, .errors = &none};

	field_errors_init(&none, arena, NULL);
	for (size_t i = 0; cluster->shares && i < cluster->group_count; i++) {
		struct pod_template *const template = &cluster->groups[i]->template;
		const struct schema_object self = template->self;

		*template = (struct pod_template){0};
		schema_decode(&decoder, schema, self.node, self.at, template);
	}
	cluster->shares = false;
}

bool raycluster_groups_match(const struct raycluster *a, const struct raycluster *b)
{
	if (a->group_count != b->group_count || a->worker_count != b->worker_count)
		return false;
	for (size_t i = 0; i < a->group_count; i++) {
		if (a->groups[i]->is_head != b->groups[i]->is_head ||
			!str_eq(a->groups[i]->name.v, b->groups[i]->name.v))
			return false;
	}
	return true;
}

struct ray_group *raycluster_worker(const struct raycluster *cluster, struct str name)
{
	for (size_t i = 0; i < cluster->worker_count; i++) {
		if (str_eq(cluster->workers[i]->name.v, name))
			return cluster->workers[i];
	}
	return NULL;
}

bool raycluster_runs_elsewhere(const struct raycluster *cluster)
{
	return str_is(cluster->managed_by.v, RAY_MULTIKUEUE);
}

bool raycluster_autoscales(const struct raycluster *cluster)
{
	return cluster->dialect == DIALECT_LEGACY || cluster->autoscaling.v;
}

bool raycluster_autoscaler_is(const struct raycluster *cluster, const char *version)
{
	return str_is(cluster->autoscaler.version.v, version);
}

int64_t group_min(const struct raycluster *cluster, const struct ray_group *group)
{
	(void)cluster;
	return group->min.v;
}

int64_t raycluster_max_workers(const struct raycluster *cluster)
{
	return cluster->max_workers.node ? cluster->max_workers.v : LEGACY_MAX_WORKERS;
}

static int64_t legacy_max(const struct raycluster *cluster, const struct ray_group *group)
{
	if (group->max.node)
		return group->max.v;
	if (group->is_head)
		return 0;
	return raycluster_max_workers(cluster);
}

int64_t group_max(const struct raycluster *cluster, const struct ray_group *group)
{
	if (cluster->dialect == DIALECT_LEGACY)
		return legacy_max(cluster, group);
	return group->max.node ? group->max.v : INT32_MAX;
}

int64_t group_replicas(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t min = group_min(cluster, group);
	const int64_t max = group_max(cluster, group);

	if (group->is_head)
		return 1;
	const int64_t wanted = group->replicas.v < min ? min : group->replicas.v;

	return wanted > max ? max : wanted;
}

int64_t group_hosts(const struct ray_group *group)
{
	return group->hosts.node ? group->hosts.v : 1;
}

const struct field_path *group_template_path(
	struct arena *arena, const struct raycluster *cluster, const struct ray_group *group)
{
	if (group->template.self.at)
		return group->template.self.at;
	return field_path_child(arena, group->self.at, cluster->words->template);
}

struct str group_label(const struct ray_group *group)
{
	return group->is_head ? STR("head group") : group->name.v;
}

const struct json_node *group_start_param(const struct ray_group *group, const char *name)
{
	const struct json_node *const params = group->start_params.node;

	/* Most groups of workers have an empty map. */
	return params && params->span > 1 ? json_get(params, name) : NULL;
}
