#include "validators/footprint_pod.h"

#include <string.h>

static void add_counted(
	struct pod_count *pod, enum counted_as as, const struct resource_requirements *resources)
{
	pod->items[pod->count++] =
		(struct counted){as, &resources->requests, &resources->limits, NULL};
}

static void add_one_more(struct pod_count *pod, enum counted_as as, const struct injected *one)
{
	pod->items[pod->count++] = (struct counted){as, &one->requests, &one->limits, one->name};
}

static void add_injected(
	struct pod_count *pod, const struct injected *list, size_t count, enum injected_place place)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].place == place)
			add_one_more(pod,
				place == INJECTED_CONTAINER ? COUNTED_CONTAINER : COUNTED_INIT,
				&list[i]);
	}
}

/* With room for the submitter's container of a RayJob as well. */
static struct pod_count start_pod(struct arena *arena, const struct pod_template *template)
{
	const struct pod_spec *const spec = &template->spec;

	return (struct pod_count){
		.template = template,
		.items = arena_array(arena,
			spec->containers.count + spec->init_containers.count + INJECTED_MAX + 1,
			sizeof(struct counted)),
	};
}

static void add_init(struct pod_count *pod)
{
	const container_list *const list = &pod->template->spec.init_containers;

	for (size_t i = 0; i < list->count; i++) {
		const struct container *const c = &list->items[i];
		const bool sidecar = str_is(c->restart_policy.v, "Always");

		add_counted(pod, sidecar ? COUNTED_SIDECAR : COUNTED_INIT, &c->resources);
	}
}

static void add_containers(struct pod_count *pod)
{
	const container_list *const list = &pod->template->spec.containers;

	for (size_t i = 0; i < list->count; i++)
		add_counted(pod, COUNTED_CONTAINER, &list->items[i].resources);
}

struct pod_count pod_count_of(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group)
{
	struct injected *const extra = arena_array(arena, INJECTED_MAX, sizeof(*extra));
	const size_t extras = injected_containers(arena, policy, cluster, group, extra);
	struct pod_count pod = start_pod(arena, &group->template);

	add_injected(&pod, extra, extras, INJECTED_INIT_FIRST);
	add_init(&pod);
	add_injected(&pod, extra, extras, INJECTED_INIT_LAST);
	add_containers(&pod);
	add_injected(&pod, extra, extras, INJECTED_CONTAINER);
	return pod;
}

/*
 * A negative amount is refused by a rule; where that is only a warning, it must earn nothing. Of
 * each container for itself the API server rounds up to thousandths.
 */
static struct quantity value_of(const struct resource_list *list, struct str name)
{
	const struct resource *const r = resource_find_str(list, name);

	return r && !quantity_is_negative(r->quantity) ? quantity_round_up_milli(r->quantity)
						       : (struct quantity){0};
}

/* What the API server makes of an absent request: the limit. */
static struct quantity asked(const struct resource_list *requests,
	const struct resource_list *limits, struct str name, bool limit)
{
	if (limit || resource_find_str(requests, name) == NULL)
		return value_of(limits, name);
	return value_of(requests, name);
}

static bool is_left_out(const struct counted *c, const char *without)
{
	return without && c->added && strcmp(c->added, without) == 0;
}

static struct quantity containers_value(
	const struct pod_count *pod, struct str name, bool limit, const char *without)
{
	struct quantity running = {0}, sidecars = {0}, starting = {0};

	for (size_t i = 0; i < pod->count; i++) {
		const struct counted *const c = &pod->items[i];
		const struct quantity v = asked(c->requests, c->limits, name, limit);

		if (is_left_out(c, without))
			continue;
		if (c->as == COUNTED_CONTAINER)
			running = quantity_add(running, v);
		else if (c->as == COUNTED_SIDECAR)
			sidecars = quantity_add(sidecars, v);
		if (c->as != COUNTED_CONTAINER)
			starting = quantity_max(starting,
				c->as == COUNTED_INIT ? quantity_add(sidecars, v) : sidecars);
	}
	return quantity_max(quantity_add(running, sidecars), starting);
}

/*
 * Resources of the whole pod win over its containers'. An absent request of it is what the
 * containers come to, and its limit only where they ask for nothing (KEP 2837).
 */
struct quantity pod_count_value(
	const struct pod_count *pod, struct str name, bool limit, const char *without)
{
	const struct resource_requirements *const whole = &pod->template->spec.resources;
	const struct resource_list *const own = limit ? &whole->limits : &whole->requests;
	struct quantity total = containers_value(pod, name, limit, without);

	if (resource_find_str(own, name))
		total = value_of(own, name);
	else if (quantity_is_zero(total))
		total = value_of(&whole->limits, name);
	if (limit && quantity_is_zero(total))
		return total;
	return quantity_add(total, value_of(&pod->template->spec.overhead, name));
}

static const struct pods NO_PODS = {0};

/* None of what is suspended, nor of what another cluster has. */
struct pods pods_of(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t hosts = group_hosts(group) > 0 ? group_hosts(group) : 0;
	const int64_t now = group_replicas(cluster, group) * hosts;

	if (cluster->suspend.v || group->suspend.v || raycluster_runs_elsewhere(cluster))
		return (struct pods){0};
	if (group->is_head)
		return (struct pods){1, 1, 1, false};
	if (cluster->dialect == DIALECT_MODERN && !cluster->autoscaling.v)
		return (struct pods){now, now, now, false};
	const int64_t max = group_max(cluster, group);

	return (struct pods){
		.least = group_min(cluster, group) * hosts,
		.now = now,
		.most = max * hosts,
		.unbounded = max == INT32_MAX && hosts > 0,
	};
}

/* The pods of an object that is suspended as a whole come when it is not any more. */
static bool is_suspended(const struct ray_object *object)
{
	switch (object->kind) {
	case RAY_CLUSTER:
		return object->cluster->suspend.v;
	case RAY_JOB:
		return object->job->suspend.v;
	case RAY_SERVICE:
		return object->service->suspend.v;
	case RAY_CRON_JOB:
		return object->cron->suspend.v;
	}
	return false;
}

/* Into arrays with room for one more than its groups. */
static size_t collect_pods(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct pod_count *pods, struct pods *numbers)
{
	static const struct pod_template NOTHING;
	const struct raycluster *const cluster = object->cluster;
	struct injected *const submitter = arena_alloc(arena, sizeof(*submitter));
	const enum injected_submission how = injected_submitter(arena, object, submitter);
	size_t count = 0;

	for (size_t i = 0; i < cluster->group_count; i++) {
		numbers[count] = pods_of(cluster, cluster->groups[i]);
		pods[count] = pod_count_of(arena, policy, cluster, cluster->groups[i]);
		if (how == INJECTED_IN_HEAD && cluster->groups[i]->is_head)
			add_one_more(&pods[count], COUNTED_CONTAINER, submitter);
		count++;
	}
	if (how == INJECTED_IN_POD) {
		const struct pod_template *const own = &object->job->submitter_template;

		numbers[count] = (struct pods){1, 1, 1, false};
		pods[count] = start_pod(arena, own->self.node ? own : &NOTHING);
		if (own->self.node == NULL)
			add_one_more(&pods[count], COUNTED_CONTAINER, submitter);
		add_init(&pods[count]);
		add_containers(&pods[count]);
		count++;
	}
	return count;
}

size_t pod_count_all(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct pod_count **pods, struct pods **numbers)
{
	const size_t room = object->cluster->group_count + 1;

	*pods = arena_array(arena, room, sizeof(**pods));
	*numbers = arena_array(arena, room, sizeof(**numbers));
	const size_t count = collect_pods(arena, policy, object, *pods, *numbers);

	const bool none = is_suspended(object) || ray_object_runs_elsewhere(object);

	for (size_t i = 0; none && i < count; i++)
		(*numbers)[i] = NO_PODS;
	return count;
}
