/*
 * Whether any node could hold a pod at all, were it empty, one that is there or one that the policy
 * says may come: resources, nodeSelector, required node affinity, taints. What passes by itself (a
 * node that is not ready, that has little memory left) does not count, nor what other pods hold.
 */
#include <stdlib.h>

#include "server/admission/preflight_parts.h"

static struct str label_of(const struct node_shape *node, struct str key, bool *found)
{
	for (size_t i = 0; i < node->label_count; i++) {
		if (str_eq(node->labels[i].key, key)) {
			*found = true;
			return node->labels[i].value;
		}
	}
	*found = false;
	return STR("");
}

static bool selects(
	struct arena *arena, const struct json_node *selector, const struct node_shape *node)
{
	for (struct json_iter it = json_iter(selector); json_next_member(&it);) {
		bool found;
		const struct str value = label_of(node, json_str(arena, it.key), &found);

		if (!found || !json_str_is(it.value, value))
			return false;
	}
	return true;
}

static bool lists(const struct json_node *values, struct str value)
{
	for (struct json_iter it = json_iter(values); json_next_item(&it);) {
		if (json_str_is(it.value, value))
			return true;
	}
	return false;
}

/* Gt and Lt compare whole numbers; what is none fits neither. */
static bool compares(
	struct arena *arena, const struct json_node *values, struct str value, bool greater)
{
	int64_t bound, is;

	if (!str_to_i64(json_str(arena, json_item(values, 0)), &bound) || !str_to_i64(value, &is))
		return false;
	return greater ? is > bound : is < bound;
}

static bool requirement_fits(
	struct arena *arena, const struct json_node *requirement, struct str value, bool found)
{
	const struct json_node *const operator= json_get(requirement, "operator");
	const struct json_node *const values = json_get(requirement, "values");

	if (json_str_is(operator, STR("In")))
		return found && lists(values, value);
	if (json_str_is(operator, STR("NotIn")))
		return !found || !lists(values, value);
	if (json_str_is(operator, STR("Exists")))
		return found;
	if (json_str_is(operator, STR("DoesNotExist")))
		return !found;
	return found && compares(arena, values, value, json_str_is(operator, STR("Gt")));
}

/* A term without any requirement selects nothing. */
static bool term_fits(
	struct arena *arena, const struct json_node *term, const struct node_shape *node)
{
	const struct json_node *const labels = json_get(term, "matchExpressions");
	const struct json_node *const fields = json_get(term, "matchFields");

	for (struct json_iter it = json_iter(labels); json_next_item(&it);) {
		bool found;
		const struct str value =
			label_of(node, json_str(arena, json_get(it.value, "key")), &found);

		if (!requirement_fits(arena, it.value, value, found))
			return false;
	}
	for (struct json_iter it = json_iter(fields); json_next_item(&it);) {
		if (!requirement_fits(arena, it.value, node->name, true))
			return false;
	}
	return json_count(labels) + json_count(fields) > 0;
}

static const struct json_node *terms_of(const struct pod_spec *spec)
{
	const struct json_node *const affinity =
		json_get(json_get(spec->self.node, "affinity"), "nodeAffinity");

	return json_get(json_get(affinity, "requiredDuringSchedulingIgnoredDuringExecution"),
		"nodeSelectorTerms");
}

static bool is_wanted(
	struct arena *arena, const struct pod_spec *spec, const struct node_shape *node)
{
	const struct json_node *const terms = terms_of(spec);

	if (spec->node_name.v.len && !str_eq(spec->node_name.v, node->name))
		return false;
	if (!selects(arena, spec->node_selector.node, node))
		return false;
	if (!json_present(terms))
		return true;
	for (struct json_iter it = json_iter(terms); json_next_item(&it);) {
		if (term_fits(arena, it.value, node))
			return true;
	}
	return false;
}

/* Kubernetes' own taints come and go with the state of a node. */
static bool keeps_out(const struct node_taint *taint)
{
	return !str_is(taint->effect, "PreferNoSchedule") &&
	       !str_starts(taint->key, "node.kubernetes.io/") &&
	       !str_starts(taint->key, "node.cloudprovider.kubernetes.io/");
}

static bool tolerates(const struct toleration *t, const struct node_taint *taint)
{
	const bool exists = str_is(t->operator.v, "Exists");

	if (t->effect.v.len && !str_eq(t->effect.v, taint->effect))
		return false;
	if (t->key.v.len == 0)
		return exists;
	return str_eq(t->key.v, taint->key) && (exists || str_eq(t->value.v, taint->value));
}

static bool is_tolerated(const struct pod_spec *spec, const struct node_taint *taint)
{
	for (size_t i = 0; i < spec->tolerations.count; i++) {
		if (tolerates(&spec->tolerations.items[i], taint))
			return true;
	}
	return false;
}

static bool lets_in(const struct pod_spec *spec, const struct node_shape *node)
{
	for (size_t i = 0; i < node->taint_count; i++) {
		if (keeps_out(&node->taints[i]) && !is_tolerated(spec, &node->taints[i]))
			return false;
	}
	return true;
}

/* What of a pod a node has too little of: how many resources, and the first of them. */
struct shortage {
	size_t resources;
	const struct footprint_line *first;
	struct quantity has; /* of the first */
};

static struct shortage shortage_of(const struct footprint *pod, const struct node_shape *node)
{
	struct shortage s = {0};

	for (size_t i = 0; i < pod->count; i++) {
		const struct footprint_line *const line = &pod->lines[i];
		struct quantity has = {0};

		if (!str_starts(line->name, "requests."))
			continue;
		const struct resource *const there = resource_find_str(
			&node->allocatable, str_from_offset(line->name, sizeof("requests.") - 1));

		if (there)
			has = there->quantity;
		if (quantity_cmp(line->now, has) <= 0)
			continue;
		if (s.resources++ == 0) {
			s.first = line;
			s.has = has;
		}
	}
	return s;
}

/* Why each node is no candidate, and the best of those that are merely too small. */
struct search {
	size_t unwanted, tainted, cordoned, small;
	const struct node_shape *best;
	struct shortage lacks; /* of the best */
};

/* Better lacks fewer resources, or has more of the same one. */
static bool is_better(const struct search *s, const struct shortage *lacks)
{
	if (s->best == NULL || lacks->resources != s->lacks.resources)
		return s->best == NULL || lacks->resources < s->lacks.resources;
	return lacks->first == s->lacks.first && quantity_cmp(lacks->has, s->lacks.has) > 0;
}

static void note_small(
	struct search *s, const struct node_shape *node, const struct shortage *lacks)
{
	s->small++;
	if (!is_better(s, lacks))
		return;
	s->best = node;
	s->lacks = *lacks;
}

static bool holds(struct preflight *p, const struct pod_spec *spec, const struct footprint *pod,
	const struct node_shape *node, struct search *s)
{
	p->node_looks++;
	if (!is_wanted(p->in->arena, spec, node)) {
		s->unwanted++;
		return false;
	}
	if (!lets_in(spec, node)) {
		s->tainted++;
		return false;
	}
	const struct shortage lacks = shortage_of(pod, node);

	if (lacks.resources)
		note_small(s, node, &lacks);
	else if (node->unschedulable)
		s->cordoned++;
	return lacks.resources == 0 && !node->unschedulable;
}

static void add_reason(struct buf *text, size_t count, const char *reason)
{
	if (count)
		buf_printf(text, "%s%zu %s", text->len ? ", " : "", count, reason);
}

static struct str reasons(struct arena *arena, const struct search *s)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (s->best) {
		const struct str name = s->lacks.first->name;

		buf_printf(&text, "%zu too small (%.*s has %s of the %s %.*s)", s->small,
			STR_ARG(s->best->name), footprint_print(name, s->lacks.has).at,
			footprint_print(name, s->lacks.first->now).at,
			STR_ARG(str_from_offset(name, sizeof("requests.") - 1)));
	}
	add_reason(&text, s->unwanted, "not selected");
	add_reason(&text, s->tainted, "with taints that it does not tolerate");
	add_reason(&text, s->cordoned, "cordoned");
	return arena_str(arena, buf_str(&text));
}

static struct field_reads reads_of(struct arena *arena, const struct pod_template *template)
{
	const struct pod_spec *const spec = &template->spec;
	const struct field_reads size = preflight_pod_reads(arena, template);
	const struct json_node *const place[] = {spec->node_selector.node,
		json_get(spec->self.node, "tolerations"), json_get(spec->self.node, "affinity"),
		spec->node_name.node};
	const struct json_node **const nodes =
		arena_array(arena, size.count + ARRAY_LEN(place), sizeof(*nodes));
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(place); i++)
		nodes[count++] = place[i];
	for (size_t i = 0; i < size.count; i++)
		nodes[count++] = size.nodes[i];
	return (struct field_reads){nodes, count};
}

/* Those that are there, then those that may come. */
static bool any_holds(struct preflight *p, const struct pod_spec *spec, const struct footprint *pod,
	struct search *s)
{
	const struct policy *const policy = p->in->policy;
	const struct node_shape *node;

	for (size_t at = 0; (node = facts_next_node(p->in->facts, &at)) != NULL;) {
		if (holds(p, spec, pod, node, s))
			return true;
	}
	for (size_t i = 0; i < policy->node_count; i++) {
		if (holds(p, spec, pod, &policy->nodes[i], s))
			return true;
	}
	return false;
}

/* "3", or "3 and 1 of the policy". */
static struct str how_many(struct arena *arena, size_t there, size_t to_come)
{
	return to_come ? arena_printf(arena, "%zu and %zu of the policy", there, to_come)
		       : arena_printf(arena, "%zu", there);
}

void preflight_nodes(struct preflight *p, const struct ray_group *group)
{
	const struct pod_spec *const spec = &group->template.spec;
	const size_t there = facts_count(p->in->facts, FACTS_NODE, STR(""));
	const size_t to_come = p->in->policy->node_count;
	struct search s = {0};
	struct footprint pod;

	if (!facts_known(p->in->facts, FACTS_NODE) || there + to_come == 0 ||
		spec->self.node == NULL ||
		p->node_looks + there + to_come > PREFLIGHT_NODE_LOOKS_MAX)
		return;
	footprint_of_pod(p->in->arena, p->in->policy, p->object->cluster, group, &pod);
	if (any_holds(p, spec, &pod, &s))
		return;
	preflight_found(p, PREFLIGHT_RULE_NODE, group->template.self.at, FIELD_FORBIDDEN,
		reads_of(p->in->arena, &group->template),
		"no node can hold this pod, it would stay Pending; of %.*s: %.*s",
		STR_ARG(how_many(p->in->arena, there, to_come)),
		STR_ARG(reasons(p->in->arena, &s)));
}
