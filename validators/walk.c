#include "validators/walk.h"

static void add_container(
	struct walk *walk, const struct rule_pod *pod, const struct container *container)
{
	if (container->self.node)
		walk->containers[walk->container_count++] = (struct walk_container){pod, container};
}

/* Nearly every list has CPU and memory, and nothing else. */
static bool is_special(const struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (!str_is(list->items[i].name, "cpu") && !str_is(list->items[i].name, "memory"))
			return true;
	}
	return false;
}

static void add_resources(struct walk *walk, const struct resource_requirements *resources)
{
	if (resources->self.node)
		walk->resources[walk->resource_count++] = (struct walk_resources){resources,
			is_special(&resources->limits) || is_special(&resources->requests)};
}

static void add_list(struct walk *walk, const struct rule_pod *pod, const container_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		add_container(walk, pod, &list->items[i]);
		add_resources(walk, &list->items[i].resources);
	}
}

static void add_pod(struct walk *walk, const struct rule_pod pod)
{
	const struct pod_spec *const spec = &pod.template->spec;

	if (!pod.template->self.node)
		return;
	struct rule_pod *const kept = &walk->pods[walk->pod_count++];

	*kept = pod;
	add_list(walk, kept, &spec->containers);
	add_list(walk, kept, &spec->init_containers);
	add_resources(walk, &spec->resources);
}

static size_t containers_of(const struct pod_template *template)
{
	return template->spec.containers.count + template->spec.init_containers.count;
}

/* With room for all that there can be. */
static struct walk walk_make(const struct rule_context *c)
{
	enum { OTHER_RESOURCES = 2 }; /* of the autoscaler and of the history collector */
	struct walk walk = {.groups = rule_groups(c)};
	const size_t pods = walk.groups.count + 1;
	size_t containers = c->object->job ? containers_of(&c->object->job->submitter_template) : 0;

	for (size_t i = 0; i < walk.groups.count; i++)
		containers += containers_of(&walk.groups.items[i]->template);
	walk.pods = arena_array(c->arena, pods, sizeof(*walk.pods));
	walk.containers = arena_array(c->arena, containers + 1, sizeof(*walk.containers));
	walk.resources =
		arena_array(c->arena, containers + pods + OTHER_RESOURCES, sizeof(*walk.resources));
	return walk;
}

struct walk walk_over(const struct rule_context *c)
{
	struct walk walk = walk_make(c);

	for (size_t i = 0; i < walk.groups.count; i++) {
		struct ray_group *const group = walk.groups.items[i];

		add_pod(&walk, (struct rule_pod){&group->template, group});
	}
	if (c->object->job)
		add_pod(&walk, (struct rule_pod){&c->object->job->submitter_template, NULL});
	if (c->cluster) {
		add_resources(&walk, &c->cluster->autoscaler.resources);
		add_resources(&walk, &c->cluster->history.collector.resources);
	}
	return walk;
}

static void by_object(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	(void)walk;
	row->check.object(c, c->object);
}

static void by_cluster(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	(void)walk;
	if (c->cluster)
		row->check.cluster(c, c->cluster);
}

static struct rule_groups groups_for(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	return row->by_pod || c->cluster == NULL
		       ? walk->groups
		       : (struct rule_groups){c->cluster->groups, c->cluster->group_count};
}

static void by_group(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = groups_for(walk, c, row);
	rule_group_fn *const check = row->check.group;

	for (size_t i = 0; i < groups.count; i++)
		check(c, groups.items[i]);
}

static void by_worker(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = groups_for(walk, c, row);
	rule_group_fn *const check = row->check.group;

	for (size_t i = c->cluster && c->cluster->head ? 1 : 0; i < groups.count; i++)
		check(c, groups.items[i]);
}

/* Most groups of workers have none. */
static void by_params(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = groups_for(walk, c, row);
	rule_group_fn *const check = row->check.group;

	for (size_t i = 0; i < groups.count; i++) {
		if (group_has_start_params(groups.items[i]))
			check(c, groups.items[i]);
	}
}

static void by_pod(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_pod *const end = walk->pods + walk->pod_count;
	rule_pod_fn *const check = row->check.pod;

	for (const struct rule_pod *pod = walk->pods; pod != end; pod++)
		check(c, pod);
}

static void by_container(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct walk_container *const end = walk->containers + walk->container_count;
	rule_container_fn *const check = row->check.container;

	for (const struct walk_container *at = walk->containers; at != end; at++)
		check(c, at->container);
}

static void by_pod_container(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct walk_container *const end = walk->containers + walk->container_count;
	rule_pod_container_fn *const check = row->check.pod_container;

	for (const struct walk_container *at = walk->containers; at != end; at++)
		check(c, at->pod, at->container);
}

static void by_resources(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct walk_resources *const end = walk->resources + walk->resource_count;
	rule_resources_fn *const check = row->check.resources;

	for (const struct walk_resources *at = walk->resources; at != end; at++)
		check(c, at->of);
}

static void by_special(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	const struct walk_resources *const end = walk->resources + walk->resource_count;

	for (const struct walk_resources *at = walk->resources; at != end; at++) {
		if (at->special)
			row->check.resources(c, at->of);
	}
}

static void by_update(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	(void)walk;
	if (c->old)
		row->check.update(c, c->old, c->object);
}

typedef void walk_fn(
	const struct walk *walk, const struct rule_context *c, const struct plan_row *row);

/* None of what the decoder and the engine report: no plan has those. */
static walk_fn *const WALKS[] = {
	[RULE_OBJECT] = by_object,
	[RULE_CLUSTER] = by_cluster,
	[RULE_GROUP] = by_group,
	[RULE_WORKER] = by_worker,
	[RULE_PARAMS] = by_params,
	[RULE_POD] = by_pod,
	[RULE_CONTAINER] = by_container,
	[RULE_POD_CONTAINER] = by_pod_container,
	[RULE_RESOURCES] = by_resources,
	[RULE_SPECIAL] = by_special,
	[RULE_UPDATE] = by_update,
};

void walk_by(const struct walk *walk, const struct rule_context *c, const struct plan_row *row)
{
	WALKS[row->scope](walk, c, row);
}
