#include "validators/footprint.h"

#include <stdlib.h>

#include "api/injected.h"

/* One container as it counts: of what kind, and what it asks for. */
enum counted_as {
	COUNTED_CONTAINER,
	COUNTED_INIT,
	COUNTED_SIDECAR, /* an init container that keeps running */
};

struct counted {
	enum counted_as as;
	const struct resource_list *requests, *limits;
};

struct pod_count {
	const struct pod_template *template;
	struct counted *items; /* in the order in which the kubelet starts them */
	size_t count;
};

static void add_counted(struct pod_count *pod, enum counted_as as,
	const struct resource_list *requests, const struct resource_list *limits)
{
	pod->items[pod->count++] = (struct counted){as, requests, limits};
}

static void add_injected(
	struct pod_count *pod, const struct injected *list, size_t count, enum injected_place place)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].place == place)
			add_counted(pod,
				place == INJECTED_CONTAINER ? COUNTED_CONTAINER : COUNTED_INIT,
				&list[i].requests, &list[i].limits);
	}
}

static struct pod_count count_pod(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group)
{
	struct injected *const extra = arena_array(arena, INJECTED_MAX, sizeof(*extra));
	const size_t extras = injected_containers(arena, policy, cluster, group, extra);
	const struct pod_spec *const spec = &group->template.spec;
	struct pod_count pod = {.template = &group->template};

	pod.items = arena_array(arena,
		spec->containers.count + spec->init_containers.count + extras, sizeof(*pod.items));
	add_injected(&pod, extra, extras, INJECTED_INIT_FIRST);
	for (size_t i = 0; i < spec->init_containers.count; i++) {
		const struct container *const c = &spec->init_containers.items[i];
		const bool sidecar = str_is(c->restart_policy.v, "Always");

		add_counted(&pod, sidecar ? COUNTED_SIDECAR : COUNTED_INIT, &c->resources.requests,
			&c->resources.limits);
	}
	add_injected(&pod, extra, extras, INJECTED_INIT_LAST);
	for (size_t i = 0; i < spec->containers.count; i++) {
		const struct container *const c = &spec->containers.items[i];

		add_counted(&pod, COUNTED_CONTAINER, &c->resources.requests, &c->resources.limits);
	}
	add_injected(&pod, extra, extras, INJECTED_CONTAINER);
	return pod;
}

static struct quantity value_of(const struct resource_list *list, struct str name)
{
	const struct resource *const r = resource_find_str(list, name);

	return r ? r->quantity : (struct quantity){0};
}

/* What the API server makes of an absent request: the limit. */
static struct quantity asked(const struct resource_list *requests,
	const struct resource_list *limits, struct str name, bool limit)
{
	if (limit || resource_find_str(requests, name) == NULL)
		return value_of(limits, name);
	return value_of(requests, name);
}

static struct quantity pod_value(const struct pod_count *pod, struct str name, bool limit)
{
	const struct resource_requirements *const whole = &pod->template->spec.resources;
	struct quantity running = {0}, sidecars = {0}, starting = {0};

	for (size_t i = 0; i < pod->count; i++) {
		const struct counted *const c = &pod->items[i];
		const struct quantity v = asked(c->requests, c->limits, name, limit);

		if (c->as == COUNTED_CONTAINER)
			running = quantity_add(running, v);
		else if (c->as == COUNTED_SIDECAR)
			sidecars = quantity_add(sidecars, v);
		if (c->as != COUNTED_CONTAINER)
			starting = quantity_max(starting,
				c->as == COUNTED_INIT ? quantity_add(sidecars, v) : sidecars);
	}
	struct quantity total = quantity_max(quantity_add(running, sidecars), starting);

	if (resource_find_str(limit ? &whole->limits : &whole->requests, name) ||
		resource_find_str(&whole->limits, name))
		total = asked(&whole->requests, &whole->limits, name, limit);
	return quantity_add(total, value_of(&pod->template->spec.overhead, name));
}

/* The resource names of a pod, each once. */
struct names {
	struct str items[FOOTPRINT_NAMES_MAX];
	size_t count;
};

static void add_names(struct names *names, const struct resource_list *list)
{
	for (size_t i = 0; i < list->count && names->count < FOOTPRINT_NAMES_MAX; i++) {
		size_t at = 0;

		while (at < names->count && !str_eq(names->items[at], list->items[i].name))
			at++;
		if (at == names->count)
			names->items[names->count++] = list->items[i].name;
	}
}

static void collect_names(const struct pod_count *pod, struct names *names)
{
	for (size_t i = 0; i < pod->count; i++) {
		add_names(names, pod->items[i].requests);
		add_names(names, pod->items[i].limits);
	}
	add_names(names, &pod->template->spec.resources.requests);
	add_names(names, &pod->template->spec.resources.limits);
	add_names(names, &pod->template->spec.overhead);
}

/* How many pods of a group: at least, now, at most. Unbounded where nobody said a maximum. */
struct pods {
	int64_t least, now, most;
	bool unbounded;
};

static struct pods pods_of(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t hosts = group_hosts(group) > 0 ? group_hosts(group) : 0;
	const int64_t now = group_replicas(cluster, group) * hosts;

	if (cluster->suspend.v || group->suspend.v)
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

static struct quantity times(struct quantity q, int64_t count)
{
	return quantity_mul(q, count > 0 ? count : 0);
}

static struct footprint_line *line_for(
	struct footprint *f, struct arena *arena, const char *prefix, struct str name)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct str line = f->lines[i].name;
		const struct str tail = str_from(prefix);

		if (line.len == tail.len + name.len && str_starts(line, prefix) &&
			str_eq(str_from_offset(line, tail.len), name))
			return &f->lines[i];
	}
	struct footprint_line *const line = &f->lines[f->count++];

	line->name = arena_printf(arena, "%s%.*s", prefix, STR_ARG(name));
	return line;
}

static void add_value(struct footprint_line *line, struct quantity q, const struct pods *pods)
{
	line->least = quantity_add(line->least, times(q, pods->least));
	line->now = quantity_add(line->now, times(q, pods->now));
	if (pods->unbounded && !quantity_is_zero(q))
		line->most = quantity_unbounded();
	else
		line->most = quantity_add(line->most, times(q, pods->most));
}

static void add_pods(struct footprint *f, struct arena *arena, const struct pod_count *pod,
	const struct pods *pods)
{
	struct names names = {.count = 0};

	collect_names(pod, &names);
	for (size_t i = 0; i < names.count && f->count + 3 < 2 * FOOTPRINT_NAMES_MAX; i++) {
		const struct quantity request = pod_value(pod, names.items[i], false);
		const struct quantity limit = pod_value(pod, names.items[i], true);

		add_value(line_for(f, arena, "requests.", names.items[i]), request, pods);
		if (!quantity_is_zero(limit))
			add_value(line_for(f, arena, "limits.", names.items[i]), limit, pods);
	}
	add_value(line_for(f, arena, "", STR("pods")), quantity_whole(1), pods);
}

static void start(struct arena *arena, struct footprint *f)
{
	*f = (struct footprint){
		.lines = arena_array(arena, 2 * FOOTPRINT_NAMES_MAX, sizeof(*f->lines))};
}

void footprint_of_pod(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out)
{
	const struct pod_count pod = count_pod(arena, policy, cluster, group);

	start(arena, out);
	add_pods(out, arena, &pod, &(struct pods){1, 1, 1, false});
}

void footprint_of_group(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out)
{
	const struct pod_count pod = count_pod(arena, policy, cluster, group);
	const struct pods pods = pods_of(cluster, group);

	start(arena, out);
	add_pods(out, arena, &pod, &pods);
}

/* A share of a line that one podType can take. */
struct share {
	struct quantity each;
	int64_t pods;
};

static int dearest_first(const void *a, const void *b)
{
	const struct share *const x = a;
	const struct share *const y = b;

	return quantity_cmp(y->each, x->each);
}

/*
 * The legacy cluster has one more bound, spec.maxWorkers over all types: the most that a line can
 * come to is the dearest workers first until that many.
 */
static struct quantity dearest(struct share *shares, size_t count, int64_t cap)
{
	struct quantity total = {0};

	qsort(shares, count, sizeof(*shares), dearest_first);
	for (size_t i = 0; i < count && cap > 0; i++) {
		const int64_t taken = shares[i].pods < cap ? shares[i].pods : cap;

		total = quantity_add(total, times(shares[i].each, taken));
		cap -= taken > 0 ? taken : 0;
	}
	return total;
}

static void cap_legacy(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, struct footprint *f)
{
	const size_t count = cluster->worker_count;
	struct footprint *const pods = arena_array(arena, count, sizeof(*pods));
	struct share *const shares = arena_array(arena, count, sizeof(*shares));
	struct footprint head = {0};

	if (!cluster->max_workers.node)
		return;
	if (cluster->head)
		footprint_of_group(arena, policy, cluster, cluster->head, &head);
	for (size_t i = 0; i < count; i++)
		footprint_of_pod(arena, policy, cluster, cluster->workers[i], &pods[i]);
	for (size_t l = 0; l < f->count; l++) {
		const struct footprint_line *const own = footprint_find(&head, f->lines[l].name);

		for (size_t i = 0; i < count; i++) {
			const struct footprint_line *const line =
				footprint_find(&pods[i], f->lines[l].name);

			shares[i].each = line ? line->now : (struct quantity){0};
			shares[i].pods = group_max(cluster, cluster->workers[i]);
		}
		f->lines[l].most = quantity_add(own ? own->most : (struct quantity){0},
			dearest(shares, count, cluster->max_workers.v));
	}
}

static void add_submitter(struct arena *arena, const struct ray_object *object, struct footprint *f)
{
	static const struct pod_template NOTHING;
	struct injected submitter;

	if (!injected_submitter(arena, object, &submitter))
		return;
	struct counted one = {COUNTED_CONTAINER, &submitter.requests, &submitter.limits};
	const struct pod_count pod = {.template = &NOTHING, .items = &one, .count = 1};

	add_pods(f, arena, &pod, &(struct pods){1, 1, 1, false});
}

void footprint_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct footprint *out)
{
	const struct raycluster *const cluster = object->cluster;

	start(arena, out);
	if (cluster == NULL)
		return;
	for (size_t i = 0; i < cluster->group_count; i++) {
		const struct pod_count pod = count_pod(arena, policy, cluster, cluster->groups[i]);
		const struct pods pods = pods_of(cluster, cluster->groups[i]);

		add_pods(out, arena, &pod, &pods);
	}
	if (cluster->dialect == DIALECT_LEGACY)
		cap_legacy(arena, policy, cluster, out);
	add_submitter(arena, object, out);
}

const struct footprint_line *footprint_find(const struct footprint *f, struct str name)
{
	for (size_t i = 0; i < f->count; i++) {
		if (str_eq(f->lines[i].name, name))
			return &f->lines[i];
	}
	return NULL;
}

struct quantity footprint_column(const struct footprint_line *line, enum footprint_column column)
{
	switch (column) {
	case FOOTPRINT_LEAST:
		return line->least;
	case FOOTPRINT_NOW:
		return line->now;
	case FOOTPRINT_MOST:
		break;
	}
	return line->most;
}

struct quantity_text footprint_print(struct str name, struct quantity quantity)
{
	const bool bytes = str_ends(name, "memory") || str_ends(name, "storage") ||
			   str_contains(name, "hugepages-");

	return bytes ? quantity_print_bytes(quantity) : quantity_print_count(quantity);
}

struct str footprint_summary(
	struct arena *arena, const struct footprint *f, enum footprint_column column)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct footprint_line *const pods = footprint_find(f, STR("pods"));

	buf_printf(&text, "%s pods",
		pods ? quantity_print_count(footprint_column(pods, column)).at : "0");
	for (size_t i = 0; i < f->count; i++) {
		const struct footprint_line *const line = &f->lines[i];
		const struct quantity q = footprint_column(line, column);

		if (!str_starts(line->name, "requests.") || quantity_is_zero(q))
			continue;
		const struct str name = str_from_offset(line->name, sizeof("requests.") - 1);

		buf_printf(&text, "%s %s %.*s", i ? "," : ":", footprint_print(name, q).at,
			STR_ARG(name));
	}
	return arena_str(arena, buf_str(&text));
}
