#include "validators/defaults_unit.h"

#include <assert.h>

#include "validators/glob.h"

const struct unit_section UNIT_SECTIONS[] = {
	{"resources", "resources", UNIT_IN_CONTAINER, UNIT_RESOURCE},
	{"env", "env", UNIT_IN_CONTAINER, UNIT_NAMED},
	{"securityContext", "securityContext", UNIT_IN_CONTAINER, UNIT_SCALAR},
	{"nodeSelector", "nodeSelector", UNIT_IN_SPEC, UNIT_ENTRY},
	{"tolerations", "tolerations", UNIT_IN_SPEC, UNIT_ITEM},
	{"imagePullSecrets", "imagePullSecrets", UNIT_IN_SPEC, UNIT_NAMED},
	{"priorityClassName", "priorityClassName", UNIT_IN_SPEC, UNIT_SCALAR},
	{"runtimeClassName", "runtimeClassName", UNIT_IN_SPEC, UNIT_SCALAR},
	{"schedulerName", "schedulerName", UNIT_IN_SPEC, UNIT_SCALAR},
	{"serviceAccountName", "serviceAccountName", UNIT_IN_SPEC, UNIT_SCALAR},
	{"podSecurityContext", "securityContext", UNIT_IN_SPEC, UNIT_SCALAR},
	{"labels", "labels", UNIT_IN_METADATA, UNIT_ENTRY},
	{"annotations", "annotations", UNIT_IN_METADATA, UNIT_ENTRY},
};
const size_t UNIT_SECTION_COUNT = ARRAY_LEN(UNIT_SECTIONS);

enum section_index {
	SECTION_RESOURCES,
	SECTION_ENV,
	SECTION_SECURITY_CONTEXT,
	SECTION_NODE_SELECTOR,
	SECTION_TOLERATIONS,
	SECTION_PULL_SECRETS,
	SECTION_PRIORITY_CLASS,
	SECTION_RUNTIME_CLASS,
	SECTION_SCHEDULER,
	SECTION_SERVICE_ACCOUNT,
	SECTION_POD_SECURITY_CONTEXT,
	SECTION_LABELS,
	SECTION_ANNOTATIONS,
};

const char *unit_brackets(const struct unit_section *section)
{
	switch (section->shape) {
	case UNIT_NAMED:
	case UNIT_ITEM:
		return "[]";
	case UNIT_RESOURCE:
	case UNIT_ENTRY:
		return "{}";
	case UNIT_SCALAR:
		break;
	}
	return "";
}

void unit_add(struct unit_list *list, struct unit unit)
{
	if (list->count == list->cap) {
		const size_t cap = list->cap ? list->cap * 2 : 8;

		list->items = arena_grow(list->arena, list->items, list->cap * sizeof(*list->items),
			cap * sizeof(*list->items));
		list->cap = cap;
	}
	list->items[list->count++] = unit;
}

/* Same section and key; of an item the same value. */
static bool is_same_place(const struct unit *a, const struct unit *b)
{
	if (a->section != b->section || !str_eq(a->key, b->key))
		return false;
	return a->section->shape != UNIT_ITEM || json_equal(a->value, b->value);
}

bool unit_equal(const struct unit *a, const struct unit *b)
{
	return is_same_place(a, b) && json_equal(a->value, b->value) &&
	       json_equal(a->limit, b->limit);
}

bool unit_list_has(const struct unit_list *list, const struct unit *unit)
{
	for (size_t i = 0; i < list->count; i++) {
		if (is_same_place(&list->items[i], unit))
			return true;
	}
	return false;
}

static const struct json_node *object_at(const struct json_node *parent, const char *key)
{
	const struct json_node *const node = json_get(parent, key);

	return json_is(node, JSON_OBJECT) ? node : NULL;
}

static struct pod_place place_of(
	struct arena *arena, const struct raycluster *cluster, struct ray_group *group)
{
	const bool head_group = cluster->dialect == DIALECT_MODERN && group->is_head;
	struct pod_place place = {
		.is_head_group = head_group,
		.is_unique = head_group || group->name.node,
		.model = group,
		.template = group->template.self.node,
		.at = group->template.self.at,
	};

	if (!head_group)
		place.group = group->name.v;

	place.spec = object_at(place.template, "spec");
	place.metadata = object_at(place.template, "metadata");
	place.container = json_item(json_get(place.spec, "containers"), 0);
	if (!json_is(place.container, JSON_OBJECT))
		place.container = NULL;
	place.container_name = json_str(arena, json_get(place.container, "name"));
	return place;
}

static bool is_same_group(const struct pod_place *a, const struct pod_place *b)
{
	return a->is_head_group == b->is_head_group && str_eq(a->group, b->group);
}

size_t unit_places(struct arena *arena, const struct raycluster *cluster, struct pod_place **out)
{
	const size_t count = cluster->group_count;
	struct pod_place *const places = arena_array(arena, count, sizeof(*places));

	assert(count <= UNIT_PLACES_MAX);
	*out = places;
	for (size_t i = 0; i < count; i++) {
		places[i] = place_of(arena, cluster, cluster->groups[i]);
		for (size_t before = 0; before < i; before++) {
			if (is_same_group(&places[before], &places[i]))
				places[before].is_unique = places[i].is_unique = false;
		}
	}
	return count;
}

const struct pod_place *unit_place_match(
	const struct pod_place *places, size_t count, const struct pod_place *wanted)
{
	for (size_t i = 0; i < count; i++) {
		if (places[i].is_unique && is_same_group(&places[i], wanted))
			return &places[i];
	}
	return NULL;
}

/* The node that holds the section, and whether something of a wrong type is in the way. */
static const struct json_node *section_node(
	const struct pod_place *place, const struct unit_section *section, bool *blocked)
{
	const struct json_node *up = NULL;

	switch (section->place) {
	case UNIT_IN_CONTAINER:
		up = place->container;
		break;
	case UNIT_IN_SPEC:
		up = place->spec;
		break;
	case UNIT_IN_METADATA:
		up = place->metadata;
		*blocked = up == NULL && json_present(json_get(place->template, "metadata"));
		return json_get(up, section->member);
	}
	*blocked = up == NULL;
	return json_get(up, section->member);
}

static enum unit_state entry_state(const struct json_node *map, const struct unit *unit)
{
	const struct json_node *const value = json_get_str(map, unit->key);

	if (!json_present(value))
		return UNIT_ABSENT;
	return json_equal(value, unit->value) ? UNIT_SAME : UNIT_OTHER;
}

/* Resources of the whole pod bound those of its containers: adding one could be refused. */
static bool pod_level_names(const struct pod_place *place, struct str name)
{
	const struct json_node *const whole = json_get(place->spec, "resources");

	return json_present(json_get_str(json_get(whole, "requests"), name)) ||
	       json_present(json_get_str(json_get(whole, "limits"), name));
}

static enum unit_state resource_state(
	const struct pod_place *place, const struct json_node *resources, const struct unit *unit)
{
	const struct json_node *const requests = json_get(resources, "requests");
	const struct json_node *const limits = json_get(resources, "limits");
	const struct json_node *request = json_get_str(requests, unit->key);
	const struct json_node *limit = json_get_str(limits, unit->key);

	if ((json_present(requests) && requests->kind != JSON_OBJECT) ||
		(json_present(limits) && limits->kind != JSON_OBJECT))
		return UNIT_BLOCKED;
	request = json_present(request) ? request : NULL;
	limit = json_present(limit) ? limit : NULL;
	if (request == NULL && limit == NULL)
		return pod_level_names(place, unit->key) ? UNIT_BLOCKED : UNIT_ABSENT;
	return json_equal(request, unit->value) && json_equal(limit, unit->limit) ? UNIT_SAME
										  : UNIT_OTHER;
}

static enum unit_state list_state(const struct json_node *list, const struct unit *unit)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (json_equal(it.value, unit->value))
			return UNIT_SAME;
		if (unit->section->shape == UNIT_NAMED &&
			json_str_is(json_get(it.value, "name"), unit->key))
			return UNIT_OTHER;
	}
	return UNIT_ABSENT;
}

enum unit_state unit_state_in(const struct pod_place *place, const struct unit *unit)
{
	const enum unit_shape shape = unit->section->shape;
	const bool list = shape == UNIT_NAMED || shape == UNIT_ITEM;
	bool blocked = false;
	const struct json_node *const node = section_node(place, unit->section, &blocked);

	if (blocked)
		return UNIT_BLOCKED;
	if (!json_present(node))
		return shape == UNIT_RESOURCE ? resource_state(place, NULL, unit) : UNIT_ABSENT;
	if (shape == UNIT_SCALAR)
		return json_equal(node, unit->value) ? UNIT_SAME : UNIT_OTHER;
	if (node->kind != (list ? JSON_ARRAY : JSON_OBJECT))
		return UNIT_BLOCKED;
	if (list)
		return list_state(node, unit);
	return shape == UNIT_RESOURCE ? resource_state(place, node, unit) : entry_state(node, unit);
}

/* A place that an earlier profile filled stays its. */
static void want(struct unit_list *out, enum section_index section, struct str key,
	const struct json_node *value, const struct json_node *limit)
{
	const struct unit unit = {&UNIT_SECTIONS[section], key, value, limit};

	if ((value || limit) && !unit_list_has(out, &unit))
		unit_add(out, unit);
}

static void want_map(struct unit_list *out, enum section_index section, const struct json_node *map)
{
	for (struct json_iter it = json_iter(map); json_next_member(&it);)
		want(out, section, json_str(out->arena, it.key), it.value, NULL);
}

static void want_list(
	struct unit_list *out, enum section_index section, const struct json_node *list)
{
	const bool named = UNIT_SECTIONS[section].shape == UNIT_NAMED;

	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		want(out, section,
			named ? json_str(out->arena, json_get(it.value, "name")) : (struct str){0},
			it.value, NULL);
}

static void want_resources(struct unit_list *out, const struct policy_resources *resources)
{
	const struct resource_list *const lists[] = {&resources->requests, &resources->limits};

	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct str name = lists[l]->items[i].name;
			const struct resource *const request =
				resource_find_str(&resources->requests, name);
			const struct resource *const limit =
				resource_find_str(&resources->limits, name);

			want(out, SECTION_RESOURCES, name, request ? request->node : NULL,
				limit ? limit->node : NULL);
		}
	}
}

static void want_profile(struct unit_list *out, const struct policy_pod_profile *p)
{
	want_resources(out, &p->resources);
	want_list(out, SECTION_ENV, p->env.node);
	want(out, SECTION_SECURITY_CONTEXT, STR(""), p->security_context.node, NULL);
	want_map(out, SECTION_NODE_SELECTOR, p->node_selector.node);
	want_list(out, SECTION_TOLERATIONS, p->tolerations.node);
	want_list(out, SECTION_PULL_SECRETS, p->image_pull_secrets.node);
	want(out, SECTION_PRIORITY_CLASS, STR(""), p->priority_class_name.node, NULL);
	want(out, SECTION_RUNTIME_CLASS, STR(""), p->runtime_class_name.node, NULL);
	want(out, SECTION_SCHEDULER, STR(""), p->scheduler_name.node, NULL);
	want(out, SECTION_SERVICE_ACCOUNT, STR(""), p->service_account_name.node, NULL);
	want(out, SECTION_POD_SECURITY_CONTEXT, STR(""), p->pod_security_context.node, NULL);
	want_map(out, SECTION_LABELS, p->labels.node);
	want_map(out, SECTION_ANNOTATIONS, p->annotations.node);
}

static bool names_namespace(
	struct arena *arena, const struct json_node *patterns, struct str namespace)
{
	if (patterns == NULL)
		return true;
	for (struct json_iter it = json_iter(patterns); json_next_item(&it);) {
		if (glob_matches(json_str(arena, it.value), namespace))
			return true;
	}
	return false;
}

static bool has_labels(
	const struct json_node *wanted, const struct json_node *labels, struct arena *arena)
{
	for (struct json_iter it = json_iter(wanted); json_next_member(&it);) {
		if (!json_equal(json_get_str(labels, json_str(arena, it.key)), it.value))
			return false;
	}
	return true;
}

void unit_list_from_policy(const struct policy *policy, const struct ray_object *object,
	struct str namespace, const struct pod_place *place, struct unit_list *out)
{
	const bool head = place->model->is_head;

	for (size_t i = 0; i < policy->profile_count; i++) {
		const struct policy_profile *const p = &policy->profiles[i];

		if (!names_namespace(out->arena, p->namespaces, namespace) ||
			!has_labels(p->labels, object->meta.labels.node, out->arena))
			continue;
		want_profile(out, head ? &p->head : &p->worker);
		want_profile(out, &p->all);
	}
	want_resources(out, head ? &policy->head : &policy->worker);
}
