/*
 * LimitRanges: what they make of containers, and what they refuse (plugin LimitRanger of the API
 * server: defaults first, then minimum, maximum and ratio of each container and of the pod).
 */
#include <stdlib.h>

#include "api/injected.h"
#include "server/admission/preflight_parts.h"

/* The items of all LimitRanges of the namespace that are about `type`, one after the other. */
struct limits {
	const struct facts *facts;
	struct str namespace;
	const char *type;
	const struct facts_limit_range *range;
	size_t next_range, next_limit;
};

static struct limits limits_of(const struct preflight_input *in, const char *type)
{
	return (struct limits){.facts = in->facts, .namespace = in->namespace, .type = type};
}

static const struct facts_limit *next_limit(struct limits *l)
{
	if (!facts_known(l->facts, FACTS_LIMIT_RANGE))
		return NULL;
	for (;;) {
		while (l->range && l->next_limit < l->range->count) {
			const struct facts_limit *const limit = &l->range->limits[l->next_limit++];

			if (str_is(limit->type, l->type))
				return limit;
		}
		l->range = facts_next_limit_range(l->facts, l->namespace, &l->next_range);
		l->next_limit = 0;
		if (l->range == NULL)
			return NULL;
	}
}

/* `list` and those of `more` whose names it lacks. */
static struct resource_list with(
	struct arena *arena, const struct resource_list *list, const struct resource_list *more)
{
	struct resource_list out = *list;

	if (more->count == 0)
		return out;
	out.items = arena_array(arena, list->count + more->count, sizeof(*out.items));
	for (size_t i = 0; i < list->count; i++)
		out.items[i] = list->items[i];
	for (size_t i = 0; i < more->count; i++) {
		if (resource_find_str(list, more->items[i].name) == NULL)
			out.items[out.count++] = more->items[i];
	}
	return out;
}

/* An absent request is the limit that the user wrote, before any default is. */
static void complete(const struct preflight_input *in, struct resource_requirements *r)
{
	struct limits limits = limits_of(in, "Container");

	r->requests = with(in->arena, &r->requests, &r->limits);
	for (const struct facts_limit *l; (l = next_limit(&limits)) != NULL;) {
		r->limits = with(in->arena, &r->limits, &l->defaults);
		r->requests = with(in->arena, &r->requests, &l->default_requests);
	}
}

static void complete_list(const struct preflight_input *in, container_list *list)
{
	struct container *const items = arena_array(in->arena, list->count, sizeof(*items));

	for (size_t i = 0; i < list->count; i++) {
		items[i] = list->items[i];
		complete(in, &items[i].resources);
	}
	list->items = items;
}

static bool has_limit_ranges(const struct preflight_input *in)
{
	return facts_known(in->facts, FACTS_LIMIT_RANGE) &&
	       facts_count(in->facts, FACTS_LIMIT_RANGE, in->namespace) > 0;
}

const struct ray_object *preflight_complete(
	const struct preflight_input *in, const struct ray_object *object)
{
	struct ray_object *const out = arena_alloc(in->arena, sizeof(*out));
	struct raycluster *const cluster = arena_alloc(in->arena, sizeof(*cluster));

	if (!has_limit_ranges(in))
		return object;
	*out = *object;
	*cluster = *object->cluster;
	out->cluster = cluster;
	cluster->groups = arena_array(in->arena, cluster->group_count, sizeof(struct ray_group *));
	for (size_t i = 0; i < cluster->group_count; i++) {
		struct ray_group *const group = arena_alloc(in->arena, sizeof(*group));

		*group = *object->cluster->groups[i];
		complete_list(in, &group->template.spec.containers);
		complete_list(in, &group->template.spec.init_containers);
		cluster->groups[i] = group;
	}
	/* The head, when there is one, is the first group. */
	cluster->head = cluster->head ? cluster->groups[0] : NULL;
	cluster->workers = cluster->groups + (cluster->head != NULL);
	return out;
}

/* What a LimitRange measures: one container, or the sum of a pod. */
struct measured {
	const char *rule;
	const char *what; /* in front of the sentence: "" or "the controller's container x: " */
	const struct field_path *at;
	struct field_reads reads;
	const struct resource_list *requests, *limits;
};

static const struct resource *find(const struct resource_list *list, struct str name)
{
	return resource_find_str(list, name);
}

static const char *shown(struct arena *arena, struct str name, struct quantity q)
{
	return arena_printf(arena, "%s", footprint_print(name, q).at).at;
}

/* Both the request and the limit that are there must be at least the minimum. */
static void check_min(struct preflight *p, const struct measured *m, const struct resource *min)
{
	const struct resource *const request = find(m->requests, min->name);

	if (request && quantity_cmp(request->quantity, min->quantity) >= 0)
		return;
	preflight_found(p, m->rule, m->at, FIELD_INVALID, m->reads,
		"%sa LimitRange of the namespace wants a request of %.*s of at least %s, %s%s",
		m->what, STR_ARG(min->name), shown(p->in->arena, min->name, min->quantity),
		request ? "not " : "and there is none",
		request ? shown(p->in->arena, min->name, request->quantity) : "");
}

static void check_max(struct preflight *p, const struct measured *m, const struct resource *max)
{
	const struct resource *const limit = find(m->limits, max->name);
	const struct resource *const request = find(m->requests, max->name);
	const struct resource *const larger =
		limit && request && quantity_cmp(request->quantity, limit->quantity) > 0 ? request
											 : limit;

	if (larger && quantity_cmp(larger->quantity, max->quantity) <= 0)
		return;
	preflight_found(p, m->rule, m->at, FIELD_INVALID, m->reads,
		"%sa LimitRange of the namespace wants a limit of %.*s of at most %s, %s%s",
		m->what, STR_ARG(max->name), shown(p->in->arena, max->name, max->quantity),
		larger ? "not " : "and there is none",
		larger ? shown(p->in->arena, max->name, larger->quantity) : "");
}

/* limit / request <= ratio, without a division: limit <= ratio x request, in thousandths. */
static void check_ratio(struct preflight *p, const struct measured *m, const struct resource *ratio)
{
	const struct resource *const limit = find(m->limits, ratio->name);
	const struct resource *const request = find(m->requests, ratio->name);

	if (limit == NULL || request == NULL) {
		preflight_found(p, m->rule, m->at, FIELD_REQUIRED, m->reads,
			"%sa LimitRange of the namespace bounds the ratio of limit to request, so "
			"%.*s must have both",
			m->what, STR_ARG(ratio->name));
		return;
	}
	const struct quantity bound =
		quantity_mul(request->quantity, quantity_milli_value(ratio->quantity));

	if (quantity_cmp(quantity_mul(limit->quantity, 1000), bound) <= 0)
		return;
	preflight_found(p, m->rule, m->at, FIELD_INVALID, m->reads,
		"%sa LimitRange of the namespace wants the limit of %.*s (%s) to be at most %s "
		"times the request (%s)",
		m->what, STR_ARG(ratio->name), shown(p->in->arena, ratio->name, limit->quantity),
		quantity_print_count(ratio->quantity).at,
		shown(p->in->arena, ratio->name, request->quantity));
}

static void measure(struct preflight *p, const char *type, const struct measured *m)
{
	struct limits limits = limits_of(p->in, type);

	for (const struct facts_limit *l; (l = next_limit(&limits)) != NULL;) {
		for (size_t i = 0; i < l->min.count; i++)
			check_min(p, m, &l->min.items[i]);
		for (size_t i = 0; i < l->max.count; i++)
			check_max(p, m, &l->max.items[i]);
		for (size_t i = 0; i < l->ratio.count; i++)
			check_ratio(p, m, &l->ratio.items[i]);
	}
}

/* A default limit below what the user requests makes a pod that no API server takes. */
static void check_defaults(
	struct preflight *p, const struct container *written, const struct container *completed)
{
	const struct resource_list *const limits = &completed->resources.limits;

	for (size_t i = 0; i < limits->count; i++) {
		const struct resource *const limit = &limits->items[i];
		const struct resource *const request =
			find(&written->resources.requests, limit->name);

		if (find(&written->resources.limits, limit->name) || request == NULL ||
			quantity_cmp(request->quantity, limit->quantity) <= 0)
			continue;
		preflight_found(p, PREFLIGHT_RULE_RANGE_CONTAINER,
			FIELD_CHILD(written->self.at, "resources"), FIELD_INVALID,
			FIELD_READS(written->resources.self.node),
			"a LimitRange of the namespace sets the limit of %.*s to %s, below the "
			"request (%s): set a limit",
			STR_ARG(limit->name), shown(p->in->arena, limit->name, limit->quantity),
			shown(p->in->arena, limit->name, request->quantity));
	}
}

static void look_at_containers(
	struct preflight *p, const container_list *written, const container_list *completed)
{
	for (size_t i = 0; i < written->count; i++) {
		const struct container *const is = &completed->items[i];

		if (is->self.node == NULL)
			continue;
		check_defaults(p, &written->items[i], is);
		measure(p, "Container",
			&(struct measured){PREFLIGHT_RULE_RANGE_CONTAINER, "",
				FIELD_CHILD(is->self.at, "resources"),
				FIELD_READS(is->resources.self.node), &is->resources.requests,
				&is->resources.limits});
	}
}

static void look_at_injected(struct preflight *p, const struct ray_group *group)
{
	struct injected *const list = arena_array(p->in->arena, INJECTED_MAX, sizeof(*list));
	const size_t count =
		injected_containers(p->in->arena, p->in->policy, p->object->cluster, group, list);

	for (size_t i = 0; i < count; i++) {
		const struct str what = arena_printf(
			p->in->arena, "the container %s that the controller adds: ", list[i].name);

		measure(p, "Container",
			&(struct measured){PREFLIGHT_RULE_RANGE_INJECTED, what.at,
				group_template_path(p->in->arena, p->object->cluster, group),
				FIELD_READS_NOTHING, &list[i].requests, &list[i].limits});
	}
}

static void look_at_pod(struct preflight *p, const struct ray_group *group)
{
	struct footprint footprint;
	struct resource_list requests = {0}, limits = {0};

	footprint_of_pod(p->in->arena, p->in->policy, p->object->cluster, group, &footprint);
	requests.items = arena_array(p->in->arena, footprint.count, sizeof(*requests.items));
	limits.items = arena_array(p->in->arena, footprint.count, sizeof(*limits.items));
	for (size_t i = 0; i < footprint.count; i++) {
		const struct footprint_line *const line = &footprint.lines[i];

		if (str_starts(line->name, "requests."))
			requests.items[requests.count++] = (struct resource){
				.name = str_from_offset(line->name, sizeof("requests.") - 1),
				.quantity = line->now};
		else if (str_starts(line->name, "limits."))
			limits.items[limits.count++] = (struct resource){
				.name = str_from_offset(line->name, sizeof("limits.") - 1),
				.quantity = line->now};
	}
	measure(p, "Pod",
		&(struct measured){PREFLIGHT_RULE_RANGE_POD, "the whole pod: ",
			group_template_path(p->in->arena, p->object->cluster, group),
			preflight_pod_reads(p->in->arena, &group->template), &requests, &limits});
}

void preflight_limit_ranges(
	struct preflight *p, const struct ray_group *written, const struct ray_group *completed)
{
	if (!has_limit_ranges(p->in))
		return;
	look_at_containers(
		p, &written->template.spec.containers, &completed->template.spec.containers);
	look_at_containers(p, &written->template.spec.init_containers,
		&completed->template.spec.init_containers);
	look_at_injected(p, completed);
	look_at_pod(p, completed);
}
