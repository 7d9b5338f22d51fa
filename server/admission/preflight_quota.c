/*
 * ResourceQuotas: whether the namespace has room for all pods of the cluster, and whether each
 * container says what a quota counts (evaluator of pods in Kubernetes'
 * pkg/quota/v1/evaluator/core).
 */
#include "server/admission/preflight_parts.h"

#include "validators/footprint_share.h"

/* Whether any container asks for or is bounded in CPU or memory: else a pod is BestEffort. */
static bool asks_for_something(const container_list *list)
{
	static const char *const COUNTED[] = {"cpu", "memory"};

	for (size_t i = 0; i < list->count; i++) {
		const struct resource_requirements *const r = &list->items[i].resources;

		for (size_t n = 0; n < ARRAY_LEN(COUNTED); n++) {
			if (resource_find(&r->requests, COUNTED[n]) ||
				resource_find(&r->limits, COUNTED[n]))
				return true;
		}
	}
	return false;
}

static bool is_best_effort(const struct pod_spec *spec)
{
	return !asks_for_something(&spec->containers) &&
	       !asks_for_something(&spec->init_containers) && spec->resources.self.node == NULL;
}

static bool is_among(const struct facts_scope *scope, struct str value)
{
	for (size_t i = 0; i < scope->value_count; i++) {
		if (str_eq(scope->values[i], value))
			return true;
	}
	return false;
}

static bool priority_fits(const struct facts_scope *scope, struct str priority)
{
	if (str_is(scope->operator, "In"))
		return is_among(scope, priority);
	if (str_is(scope->operator, "NotIn"))
		return !is_among(scope, priority);
	return (priority.len > 0) == str_is(scope->operator, "Exists");
}

/* What we cannot tell of a pod (namespaces of its affinity) counts as not counted: no warning. */
static bool fits(const struct facts_scope *scope, const struct pod_spec *spec)
{
	const bool ends = spec->active_deadline_seconds.node != NULL;

	if (str_is(scope->name, "BestEffort"))
		return is_best_effort(spec);
	if (str_is(scope->name, "NotBestEffort"))
		return !is_best_effort(spec);
	if (str_is(scope->name, "Terminating"))
		return ends;
	if (str_is(scope->name, "NotTerminating"))
		return !ends;
	if (str_is(scope->name, "PriorityClass"))
		return priority_fits(scope, spec->priority_class_name.v);
	return false;
}

static bool counts(const struct facts_quota *quota, const struct ray_group *group)
{
	for (size_t i = 0; i < quota->scope_count; i++) {
		if (!fits(&quota->scopes[i], &group->template.spec))
			return false;
	}
	return true;
}

static void add_lines(struct footprint *sum, const struct footprint *part, struct arena *arena)
{
	struct footprint_line *const lines =
		arena_array(arena, sum->count + part->count, sizeof(*lines));
	size_t count = 0;

	for (; count < sum->count; count++)
		lines[count] = sum->lines[count];
	sum->lines = lines;
	for (size_t i = 0; i < part->count; i++) {
		const struct footprint_line *const add = &part->lines[i];
		struct footprint_line *line = NULL;

		for (size_t k = 0; k < count && line == NULL; k++)
			line = str_eq(lines[k].name, add->name) ? &lines[k] : NULL;
		if (line == NULL) {
			line = &lines[count++];
			*line = (struct footprint_line){.name = add->name};
		}
		line->least = quantity_add(line->least, add->least);
		line->now = quantity_add(line->now, add->now);
		line->most = quantity_add(line->most, add->most);
	}
	sum->count = count;
}

/* What a quota counts of an object: all of it, or the groups that its scopes fit. */
static void footprint_under(struct preflight *p, const struct facts_quota *quota,
	const struct ray_object *object, struct footprint *out)
{
	const struct raycluster *const cluster = object->cluster;

	if (quota->scope_count == 0) {
		footprint_count(p->in->arena, p->in->policy, object, out);
		return;
	}
	*out = (struct footprint){0};
	for (size_t i = 0; i < cluster->group_count; i++) {
		struct footprint part;

		if (!counts(quota, cluster->groups[i]))
			continue;
		footprint_of_group(p->in->arena, p->in->policy, cluster, cluster->groups[i], &part);
		add_lines(out, &part, p->in->arena);
	}
}

static struct quantity column(
	const struct footprint *footprint, struct str name, enum footprint_column which)
{
	const struct footprint_line *const line = footprint_find(footprint, name);

	return line ? footprint_column(line, which) : (struct quantity){0};
}

/* One line of a quota: what the new version asks for, and what the old one did. */
struct asked {
	const struct facts_quota *quota;
	const struct facts_amount *amount;
	const struct footprint *is, *was;
};

/* What others hold: what is used, less what this cluster's own pods hold of it. */
static struct quantity used_by_others(const struct asked *a)
{
	const struct quantity own = column(a->was, a->amount->name, FOOTPRINT_NOW);

	return quantity_cmp(own, a->amount->used) < 0 ? quantity_sub(a->amount->used, own)
						      : (struct quantity){0};
}

static bool is_too_much(const struct asked *a, enum footprint_column which)
{
	const struct str name = a->amount->name;
	const struct quantity asked = column(a->is, name, which);

	/* An update that asks for no more than before has nothing to be told. */
	if (a->was->count && quantity_cmp(asked, column(a->was, name, which)) <= 0)
		return false;
	return !quantity_is_zero(asked) &&
	       quantity_cmp(quantity_add(used_by_others(a), asked), a->amount->hard) > 0;
}

/* Of a quota with scopes it is not said: it counts some of the pods. */
static struct str added_of(struct preflight *p, const struct asked *a, enum footprint_column which)
{
	const struct footprint_share share = {
		.policy = p->in->policy,
		.object = p->completed,
		.name = a->amount->name,
		.column = which,
	};

	return a->quota->scope_count ? (struct str){"", 0} : footprint_added(p->in->arena, &share);
}

static void report(struct preflight *p, const struct asked *a, enum footprint_column which)
{
	const struct str name = a->amount->name;
	const bool least = which == FOOTPRINT_LEAST;
	const struct quantity asked = column(a->is, name, which);

	preflight_found(p, least ? PREFLIGHT_RULE_QUOTA_LEAST : PREFLIGHT_RULE_QUOTA_MOST,
		p->object->cluster->self.at, FIELD_FORBIDDEN, FIELD_READS_NOTHING,
		"%s it needs %s of %.*s%.*s, and ResourceQuota \"%.*s\" has %s for all, %s used by "
		"others: %.*s, or have the quota raised",
		least ? "even at its smallest" : "at its largest", footprint_print(name, asked).at,
		STR_ARG(name), STR_ARG(added_of(p, a, which)), STR_ARG(a->quota->name),
		footprint_print(name, a->amount->hard).at,
		footprint_print(name, used_by_others(a)).at,
		STR_ARG(footprint_way_out(p->in->arena, p->object->cluster, name, which)));
}

/* Whether some line of the quota is too small, leaving aside what this cluster holds already. */
static bool is_tight(const struct facts_quota *quota, const struct footprint *is)
{
	for (size_t i = 0; i < quota->amount_count; i++) {
		const struct facts_amount *const amount = &quota->amounts[i];
		const struct quantity most = column(is, amount->name, FOOTPRINT_MOST);

		if (quantity_cmp(quantity_add(amount->used, most), amount->hard) > 0)
			return true;
	}
	return false;
}

static void compare(struct preflight *p, const struct facts_quota *quota)
{
	struct footprint is, was = {0};

	footprint_under(p, quota, p->completed, &is);
	if (!is_tight(quota, &is))
		return;
	const struct ray_object *const old = preflight_old(p);

	if (old)
		footprint_under(p, quota, preflight_complete(p->in, old), &was);
	for (size_t i = 0; i < quota->amount_count; i++) {
		const struct asked a = {quota, &quota->amounts[i], &is, &was};

		if (is_too_much(&a, FOOTPRINT_LEAST))
			report(p, &a, FOOTPRINT_LEAST);
		else if (is_too_much(&a, FOOTPRINT_MOST))
			report(p, &a, FOOTPRINT_MOST);
	}
}

/* "requests.cpu" → the request of "cpu"; NULL for a name that no container has to give. */
static const struct resource_list *must_have(
	const struct container *c, struct str name, struct str *resource)
{
	static const char *const NEEDED[] = {
		"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"};

	for (size_t i = 0; i < ARRAY_LEN(NEEDED); i++) {
		if (!str_is(name, NEEDED[i]))
			continue;
		*resource = str_from_offset(name, str_find(name, '.') + 1);
		return str_starts(name, "requests.") ? &c->resources.requests
						     : &c->resources.limits;
	}
	return NULL;
}

static void look_at_values(
	struct preflight *p, const struct facts_quota *quota, const container_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct container *const c = &list->items[i];

		for (size_t n = 0; c->self.node && n < quota->amount_count; n++) {
			const struct str name = quota->amounts[n].name;
			struct str resource;
			const struct resource_list *const has = must_have(c, name, &resource);

			if (has == NULL || resource_find_str(has, resource) ||
				(has == &c->resources.requests &&
					resource_find_str(&c->resources.limits, resource)))
				continue;
			preflight_found(p, PREFLIGHT_RULE_QUOTA_VALUES,
				FIELD_CHILD(c->self.at, "resources"), FIELD_REQUIRED,
				FIELD_READS(c->resources.self.node),
				"ResourceQuota \"%.*s\" counts %.*s, so every container must set "
				"it: without it the pod is refused",
				STR_ARG(quota->name), STR_ARG(name));
		}
	}
}

/* Pods with resources of their own need none of their containers'. */
static void look_at_group(
	struct preflight *p, const struct facts_quota *quota, const struct ray_group *group)
{
	const struct pod_spec *const spec = &group->template.spec;

	if (spec->resources.self.node || !counts(quota, group))
		return;
	look_at_values(p, quota, &spec->containers);
	look_at_values(p, quota, &spec->init_containers);
}

void preflight_quotas(struct preflight *p)
{
	const struct raycluster *const cluster = p->completed->cluster;
	const struct facts_quota *quota;

	if (!facts_known(p->in->facts, FACTS_RESOURCE_QUOTA))
		return;
	for (size_t at = 0;
		(quota = facts_next_quota(p->in->facts, p->in->namespace, &at)) != NULL;) {
		for (size_t i = 0; i < cluster->group_count; i++)
			look_at_group(p, quota, cluster->groups[i]);
		/* What the old version asked for is no finding, but what the new one is held to. */
		if (p->object == p->in->object)
			compare(p, quota);
	}
}
