/* What Ray makes of its container's resources, and what it needs of them. */
#include "api/version.h"
#include "validators/check.h"
#include "validators/rules.h"

enum {
	HEAD_BYTES = 1000 * 1000 * 1000, /* a head of today's Ray fills about this much by itself */
	WORKER_BYTES = 512 << 20,
};

/* The container of a group whose resources Ray takes for its own; NULL when there is none. */
static const struct container *ray_of(const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	return ray && ray->self.node ? ray : NULL;
}

/* What KubeRay reads: the limit, where that is not zero, else the request. */
static const struct resource *ray_cpu(const struct container *ray)
{
	const struct resource *const limit = resource_find(&ray->resources.limits, "cpu");

	if (limit && !quantity_is_zero(limit->quantity))
		return limit;
	const struct resource *const request = resource_find(&ray->resources.requests, "cpu");

	return request && !quantity_is_zero(request->quantity) ? request : NULL;
}

/* Whether the number of CPUs is said to Ray in words of its own. */
static const struct json_node *said_cpus(const struct ray_group *group)
{
	for (struct json_iter it = json_iter(group->resources.node); json_next_member(&it);) {
		if (json_str_is(it.key, STR("CPU")) || json_str_is(it.key, STR("cpu")))
			return it.value;
	}
	return group_start_param(group, "num-cpus");
}

static const struct field_path *resources_path(
	struct arena *arena, const struct container *ray, const char *list, const char *name)
{
	const struct field_path *const resources =
		field_path_keep(arena, FIELD_CHILD(ray->self.at, "resources"));
	const struct field_path *const at = field_path_keep(arena, FIELD_CHILD(resources, list));

	return field_path_keep(arena, FIELD_KEY(at, str_from(name)));
}

static void cpus_are_said(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = ray_of(group);

	if (ray && !ray_cpu(ray) && !said_cpus(group) &&
		!container_amount_is_unreadable(ray, "limits", "cpu") &&
		!container_amount_is_unreadable(ray, "requests", "cpu"))
		rule_found(c, resources_path(c->arena, ray, "limits", "cpu"), FIELD_REQUIRED,
			FIELD_READS(NULL),
			"without it Ray takes all CPUs of the node for its own: set a limit, or "
			"num-cpus in rayStartParams");
}

static void cpus_are_whole(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = ray_of(group);
	const struct resource *const cpu = ray ? ray_cpu(ray) : NULL;

	/* Of what no node has there is nothing to be rounded. */
	if (!cpu || quantity_is_whole(cpu->quantity) || quantity_is_negative(cpu->quantity) ||
		quantity_is_unbounded(cpu->quantity) || said_cpus(group))
		return;
	const bool limit = cpu == resource_find(&ray->resources.limits, "cpu");

	rule_found(c, resources_path(c->arena, ray, limit ? "limits" : "requests", "cpu"),
		FIELD_INVALID, FIELD_READS(cpu->node, NULL),
		"Ray will count %lld: parts of a CPU are rounded up; give whole CPUs, or set "
		"num-cpus in "
		"rayStartParams",
		(long long)quantity_value(cpu->quantity));
}

static void memory_is_limited(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = ray_of(group);

	if (ray && !resource_find(&ray->resources.limits, "memory") &&
		!container_amount_is_unreadable(ray, "limits", "memory"))
		rule_found(c, resources_path(c->arena, ray, "limits", "memory"), FIELD_REQUIRED,
			FIELD_READS(NULL),
			"without it Ray counts the node's whole memory as its own, and /dev/shm "
			"has no bound: set a limit");
}

static void memory_is_enough(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = ray_of(group);
	const struct resource *const limit =
		ray ? resource_find(&ray->resources.limits, "memory") : NULL;
	const int64_t least = group->is_head ? HEAD_BYTES : WORKER_BYTES;

	/* Less than a mebibyte is another rule's, and zero is no limit. */
	if (!limit || quantity_cmp(limit->quantity, quantity_whole(1 << 20)) < 0 ||
		quantity_cmp(limit->quantity, quantity_whole(least)) >= 0)
		return;
	rule_found(c, resources_path(c->arena, ray, "limits", "memory"), FIELD_INVALID,
		FIELD_READS(limit->node),
		group->is_head
			? "the head of a Ray cluster needs about 1Gi before it does any work: "
			  "raise it"
			: "a Ray worker needs about 512Mi before it runs any task: raise it");
}

/* The size of a memory-backed volume that is mounted at /dev/shm; NULL when it has none. */
static const struct json_node *shared_memory(
	const struct ray_group *group, const struct container *ray, const struct field_path **at)
{
	const struct volume_mount *const mount = container_mount_at(ray, "/dev/shm");
	const struct pod_volume *const volume =
		mount ? pod_volume_find(&group->template, mount->name.v) : NULL;
	const struct json_node *const empty =
		volume ? json_get(volume->self.node, "emptyDir") : NULL;

	if (!volume || !volume->self.node || !json_str_is(json_get(empty, "medium"), STR("Memory")))
		return NULL;
	*at = volume->self.at;
	return json_get(empty, "sizeLimit");
}

/* A number of bytes above zero. */
static bool store_of(const struct rule_context *c, const struct json_node *param, int64_t *bytes)
{
	return json_is(param, JSON_STRING) && str_to_i64(json_str(c->arena, param), bytes) &&
	       *bytes > 0;
}

static void shared_memory_fits(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = ray_of(group);
	const struct field_path *volume = NULL;
	const struct json_node *const size = ray ? shared_memory(group, ray, &volume) : NULL;
	const struct json_node *const store = group_start_param(group, "object-store-memory");
	struct quantity shm = {0};
	struct err err;
	int64_t bytes = 0;

	const bool sized = size && quantity_read(size, &shm, &err);
	const bool stored = store_of(c, store, &bytes);

	if (!sized && !stored)
		return;
	const struct resource *limit = ray ? resource_find(&ray->resources.limits, "memory") : NULL;
	const struct field_path *const param = FIELD_KEY(
		FIELD_CHILD(group->self.at, "rayStartParams"), STR("object-store-memory"));

	if (limit && quantity_is_zero(limit->quantity))
		limit = NULL;
	if (sized && limit && quantity_cmp(shm, limit->quantity) > 0)
		rule_found(c, FIELD_CHILD(FIELD_CHILD(volume, "emptyDir"), "sizeLimit"),
			FIELD_INVALID, FIELD_READS(size, limit->node),
			"what lies in /dev/shm counts against the container's memory limit (%s), "
			"which is less: lower it, or raise the limit",
			quantity_print_bytes(limit->quantity).at);
	if (stored && limit && quantity_cmp(quantity_whole(bytes), limit->quantity) >= 0)
		rule_found(c, param, FIELD_INVALID, FIELD_READS(store, limit->node),
			"leaves nothing of the container's memory limit (%s) for Ray's processes: "
			"keep it well below",
			quantity_print_bytes(limit->quantity).at);
	if (stored && sized && quantity_cmp(quantity_whole(bytes), shm) > 0)
		rule_found(c, param, FIELD_INVALID, FIELD_READS(store, size),
			"is more than /dev/shm holds (%s), so objects would go to disk: raise the "
			"volume's sizeLimit, or lower this",
			quantity_print_bytes(shm).at);
}

static void ray_stands_first(const struct rule_context *c, const struct rule_pod *pod)
{
	const container_list *const containers = &pod->template->spec.containers;

	if (!pod->group || !containers->count || !containers->items[0].self.node)
		return;
	const struct container *const first = &containers->items[0];

	/* Nearly all are called so. */
	if (str_starts(first->name.v, "ray") || version_image_is_ray(first->image.v) ||
		str_contains(first->name.v, "ray"))
		return;
	for (size_t i = 1; i < containers->count; i++) {
		const struct container *const other = &containers->items[i];

		if (!other->self.node || !version_image_is_ray(other->image.v))
			continue;
		rule_found(c, FIELD_CHILD(first->self.at, "name"), FIELD_INVALID,
			FIELD_READS(first->name.node, first->image.node, other->image.node),
			"the first container is the one in which Ray is started: put \"%.*s\" "
			"before it",
			STR_ARG(other->name.v));
		return;
	}
}

static const char *const POD_RESOURCES[] = {"cpu", "memory"};

/* What the containers ask for together, and the nodes that say so. */
struct requested {
	struct quantity sum;
	const struct json_node **nodes; /* [0] is the caller's */
	size_t count;
};

static struct requested requested_of(
	struct arena *arena, const struct pod_spec *spec, struct str name)
{
	struct requested all = {.count = 1};

	all.nodes = arena_array(arena, spec->containers.count + 1, sizeof(*all.nodes));
	for (size_t i = 0; i < spec->containers.count; i++) {
		const struct resource_requirements *const r = &spec->containers.items[i].resources;
		const struct resource *request = resource_find_str(&r->requests, name);

		if (!request)
			request = resource_find_str(&r->limits, name);
		if (!request)
			continue;
		all.sum = quantity_add(all.sum, request->quantity);
		all.nodes[all.count++] = request->node;
	}
	return all;
}

static void pod_request_covers(const struct rule_context *c, const struct pod_spec *spec,
	const struct resource *request, const struct resource *limit)
{
	const struct field_path *const requests = FIELD_CHILD(spec->resources.self.at, "requests");
	const struct field_path *const at = FIELD_KEY(requests, request->name);
	struct requested all = requested_of(c->arena, spec, request->name);

	all.nodes[0] = request->node;
	if (limit && quantity_cmp(request->quantity, limit->quantity) > 0)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(request->node, limit->node),
			"must be at most the limit (%s): lower the request, or raise the limit",
			quantity_print(limit->quantity).at);
	if (quantity_cmp(all.sum, request->quantity) > 0)
		rule_found(c, at, FIELD_INVALID, ((struct field_reads){all.nodes, all.count}),
			"must be at least what the containers ask for together (%s)",
			quantity_print(all.sum).at);
}

static void pod_limit_holds(const struct rule_context *c, const struct pod_spec *spec,
	const struct resource *limit, const char *name)
{
	for (size_t i = 0; i < spec->containers.count; i++) {
		const struct container *const container = &spec->containers.items[i];
		const struct resource *const own =
			resource_find(&container->resources.limits, name);

		if (own && quantity_cmp(own->quantity, limit->quantity) > 0)
			rule_found(c, resources_path(c->arena, container, "limits", name),
				FIELD_INVALID, FIELD_READS(own->node, limit->node),
				"must be at most the limit of the whole pod (%s)",
				quantity_print(limit->quantity).at);
	}
}

static void pod_names_are_right(
	const struct rule_context *c, const struct field_path *at, const struct resource_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct resource *const item = &list->items[i];

		if (!str_is(item->name, "cpu") && !str_is(item->name, "memory") &&
			!str_starts(item->name, "hugepages-"))
			rule_found(c, FIELD_KEY(at, item->name), FIELD_NOT_SUPPORTED,
				FIELD_READS(item->node),
				"a pod as a whole may only have cpu, memory and hugepages: give "
				"this to a "
				"container");
	}
}

/* The API server's own admission sets it, by the runtime class, and refuses any other. */
static void check_overhead(const struct rule_context *c, const struct pod_spec *spec)
{
	if (spec->overhead.count && !spec->runtime_class_name.v.len)
		rule_found(c, FIELD_CHILD(spec->self.at, "overhead"), FIELD_FORBIDDEN,
			FIELD_READS(spec->overhead.node, spec->runtime_class_name.node),
			"is what a runtime class says of itself: name that class in "
			"runtimeClassName, or remove this");
}

static void pod_resources_fit(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const struct resource_requirements *const r = &spec->resources;
	const struct field_path *const requests = FIELD_CHILD(r->self.at, "requests");

	check_overhead(c, spec);
	if (!r->self.node)
		return;
	pod_names_are_right(c, FIELD_CHILD(r->self.at, "limits"), &r->limits);
	pod_names_are_right(c, requests, &r->requests);
	for (size_t i = 0; i < ARRAY_LEN(POD_RESOURCES); i++) {
		const char *const name = POD_RESOURCES[i];
		const struct resource *const request = resource_find(&r->requests, name);
		const struct resource *const limit = resource_find(&r->limits, name);

		if (request)
			pod_request_covers(c, spec, request, limit);
		if (limit)
			pod_limit_holds(c, spec, limit, name);
	}
}

static const struct rule RULES[] = {
	RULE("RG0511", "ray-cpu-said", WARN, MODERN, "0.1", "kuberay#2612",
		"Ray's container has a CPU limit or request, or the group says num-cpus.",
		RULE_CHECKS_GROUP(cpus_are_said), .by_pod = true),
	RULE("RG0512", "ray-cpu-whole", WARN, MODERN, "0.1", "kuberay#1166",
		"Ray's container has whole CPUs, or the group says num-cpus.",
		RULE_CHECKS_GROUP(cpus_are_whole), .by_pod = true),
	RULE("RG0513", "ray-memory-limited", WARN, MODERN, "0.1", "kuberay#788",
		"Ray's container has a memory limit.", RULE_CHECKS_GROUP(memory_is_limited),
		.by_pod = true),
	RULE("RG0514", "ray-memory-enough", WARN, BOTH, "0.1", "kuberay#528",
		"The memory limit of Ray's container is enough for Ray to start.",
		RULE_CHECKS_GROUP(memory_is_enough), .by_pod = true, .needs = PART(LIMITS)),
	RULE("RG0515", "shared-memory-fits", WARN, MODERN, "0.1", NULL,
		"The object store, /dev/shm and the memory limit of Ray's container fit together.",
		RULE_CHECKS_GROUP(shared_memory_fits), .by_pod = true,
		.needs = PART(START_PARAMS) | PART(VOLUMES)),
	RULE("RG0516", "ray-container-first", WARN, BOTH, "0.1", NULL,
		"The first container of a pod is the one that runs Ray.",
		RULE_CHECKS_POD(ray_stands_first)),
	RULE("RG0517", "pod-resources-fit", ERROR, BOTH, "0.1", NULL,
		"Resources of a whole pod are CPU, memory or huge pages and cover its containers.",
		RULE_CHECKS_POD(pod_resources_fit), .needs = PART(POD_RESOURCES)),
};

const struct rule_table RULES_NEEDS = RULE_TABLE(RULES);
