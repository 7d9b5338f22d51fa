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

		add_counted(pod, sidecar ? COUNTED_SIDECAR : COUNTED_INIT, &c->resources.requests,
			&c->resources.limits);
	}
}

static void add_containers(struct pod_count *pod)
{
	const container_list *const list = &pod->template->spec.containers;

	for (size_t i = 0; i < list->count; i++)
		add_counted(pod, COUNTED_CONTAINER, &list->items[i].resources.requests,
			&list->items[i].resources.limits);
}

static struct pod_count count_pod(struct arena *arena, const struct policy *policy,
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

/* A negative amount is refused by a rule; where that is only a warning, it must earn nothing. */
static struct quantity value_of(const struct resource_list *list, struct str name)
{
	const struct resource *const r = resource_find_str(list, name);

	return r && !quantity_is_negative(r->quantity) ? r->quantity : (struct quantity){0};
}

/* What the API server makes of an absent request: the limit. */
static struct quantity asked(const struct resource_list *requests,
	const struct resource_list *limits, struct str name, bool limit)
{
	if (limit || resource_find_str(requests, name) == NULL)
		return value_of(limits, name);
	return value_of(requests, name);
}

static struct quantity containers_value(const struct pod_count *pod, struct str name, bool limit)
{
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
	return quantity_max(quantity_add(running, sidecars), starting);
}

/*
 * Resources of the whole pod win over its containers'. An absent request of it is what the
 * containers come to, and its limit only where they ask for nothing (KEP 2837).
 */
static struct quantity pod_value(const struct pod_count *pod, struct str name, bool limit)
{
	const struct resource_requirements *const whole = &pod->template->spec.resources;
	const struct resource_list *const own = limit ? &whole->limits : &whole->requests;
	struct quantity total = containers_value(pod, name, limit);

	if (resource_find_str(own, name))
		total = value_of(own, name);
	else if (quantity_is_zero(total))
		total = value_of(&whole->limits, name);
	if (limit && quantity_is_zero(total))
		return total;
	return quantity_add(total, value_of(&pod->template->spec.overhead, name));
}

/* The resource names that are counted, each once. */
struct names {
	struct str items[FOOTPRINT_NAMES_MAX];
	size_t count;
	bool too_many;
};

static void add_name(struct names *names, struct str name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (str_eq(names->items[i], name))
			return;
	}
	if (names->count < FOOTPRINT_NAMES_MAX)
		names->items[names->count++] = name;
	else
		names->too_many = true;
}

static void add_names(struct names *names, const struct resource_list *list)
{
	for (size_t i = 0; i < list->count && !names->too_many; i++)
		add_name(names, list->items[i].name);
}

static void add_pod_names(struct names *names, const struct pod_count *pod)
{
	for (size_t i = 0; i < pod->count; i++) {
		add_names(names, pod->items[i].requests);
		add_names(names, pod->items[i].limits);
	}
	add_names(names, &pod->template->spec.resources.requests);
	add_names(names, &pod->template->spec.resources.limits);
	add_names(names, &pod->template->spec.overhead);
}

/* In order of appearance; but a crowd of names hides none that the policy bounds. */
static void collect_names(struct names *names, const struct policy *policy,
	const struct pod_count *pods, size_t count)
{
	*names = (struct names){.count = 0};
	for (size_t i = 0; i < count; i++)
		add_pod_names(names, &pods[i]);
	if (!names->too_many)
		return;
	*names = (struct names){.count = 0};
	for (size_t i = 0; i < policy->bounded_count; i++)
		add_name(names, policy->bounded[i]);
	for (size_t i = 0; i < count; i++)
		add_pod_names(names, &pods[i]);
}

/* How many pods of a group: at least, now, at most. Unbounded where nobody said a maximum. */
struct pods {
	int64_t least, now, most;
	bool unbounded;
};

static const struct pods NO_PODS = {0};

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

static void add_pods(struct footprint *f, struct arena *arena, const struct names *names,
	const struct pod_count *pod, const struct pods *pods)
{
	for (size_t i = 0; i < names->count; i++) {
		const struct quantity request = pod_value(pod, names->items[i], false);
		const struct quantity limit = pod_value(pod, names->items[i], true);

		if (!quantity_is_zero(request))
			add_value(line_for(f, arena, "requests.", names->items[i]), request, pods);
		if (!quantity_is_zero(limit))
			add_value(line_for(f, arena, "limits.", names->items[i]), limit, pods);
	}
	add_value(line_for(f, arena, "", STR("pods")), quantity_whole(1), pods);
}

/* Room for a request and a limit of each name, and for the pods. */
static void start(struct arena *arena, const struct names *names, struct footprint *f)
{
	*f = (struct footprint){
		.lines = arena_array(arena, 2 * names->count + 1, sizeof(*f->lines))};
}

static void count_alone(struct arena *arena, const struct policy *policy,
	const struct pod_count *pod, const struct pods *pods, struct footprint *out)
{
	struct names names;

	collect_names(&names, policy, pod, 1);
	start(arena, &names, out);
	add_pods(out, arena, &names, pod, pods);
}

void footprint_of_pod(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out)
{
	const struct pod_count pod = count_pod(arena, policy, cluster, group);

	count_alone(arena, policy, &pod, &(struct pods){1, 1, 1, false}, out);
}

void footprint_of_group(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out)
{
	const struct pod_count pod = count_pod(arena, policy, cluster, group);
	const struct pods pods = pods_of(cluster, group);

	count_alone(arena, policy, &pod, &pods, out);
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
			dearest(shares, count, raycluster_max_workers(cluster)));
	}
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

static void add_submitter(struct pod_count *pod, const struct injected *submitter)
{
	add_counted(pod, COUNTED_CONTAINER, &submitter->requests, &submitter->limits);
}

/* Every pod that the object will have, into arrays with room for one more than its groups. */
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
		pods[count] = count_pod(arena, policy, cluster, cluster->groups[i]);
		if (how == INJECTED_IN_HEAD && cluster->groups[i]->is_head)
			add_submitter(&pods[count], submitter);
		count++;
	}
	if (how == INJECTED_IN_POD) {
		const struct pod_template *const own = &object->job->submitter_template;

		numbers[count] = (struct pods){1, 1, 1, false};
		pods[count] = start_pod(arena, own->self.node ? own : &NOTHING);
		if (own->self.node == NULL)
			add_submitter(&pods[count], submitter);
		add_init(&pods[count]);
		add_containers(&pods[count]);
		count++;
	}
	return count;
}

void footprint_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct footprint *out)
{
	const struct raycluster *const cluster = object->cluster;

	*out = (struct footprint){0};
	if (cluster == NULL)
		return;
	struct pod_count *const pods = arena_array(arena, cluster->group_count + 1, sizeof(*pods));
	struct pods *const numbers = arena_array(arena, cluster->group_count + 1, sizeof(*numbers));
	const size_t count = collect_pods(arena, policy, object, pods, numbers);
	struct names names;

	collect_names(&names, policy, pods, count);
	start(arena, &names, out);
	for (size_t i = 0; i < count; i++) {
		if (is_suspended(object))
			numbers[i] = NO_PODS;
		add_pods(out, arena, &names, &pods[i], &numbers[i]);
	}
	if (cluster->dialect == DIALECT_LEGACY)
		cap_legacy(arena, policy, cluster, out);
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

bool footprint_counts_bytes(struct str name)
{
	return str_ends(name, "memory") || str_ends(name, "storage") ||
	       str_contains(name, "hugepages-");
}

struct quantity_text footprint_print(struct str name, struct quantity quantity)
{
	return footprint_counts_bytes(name) ? quantity_print_bytes(quantity)
					    : quantity_print_count(quantity);
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
