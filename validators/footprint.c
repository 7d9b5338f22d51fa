#include "validators/footprint.h"

#include <stdlib.h>

#include "validators/footprint_pod.h"

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
		const struct quantity request = pod_count_value(pod, names->items[i], false, NULL);
		const struct quantity limit = pod_count_value(pod, names->items[i], true, NULL);

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
	const struct pod_count pod = pod_count_of(arena, policy, cluster, group);

	count_alone(arena, policy, &pod, &(struct pods){1, 1, 1, false}, out);
}

void footprint_of_group(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out)
{
	const struct pod_count pod = pod_count_of(arena, policy, cluster, group);
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

void footprint_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct footprint *out)
{
	const struct raycluster *const cluster = object->cluster;

	*out = (struct footprint){0};
	if (cluster == NULL)
		return;
	struct pod_count *pods;
	struct pods *numbers;
	const size_t count = pod_count_all(arena, policy, object, &pods, &numbers);
	struct names names;

	collect_names(&names, policy, pods, count);
	start(arena, &names, out);
	for (size_t i = 0; i < count; i++)
		add_pods(out, arena, &names, &pods[i], &numbers[i]);
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
