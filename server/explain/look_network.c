/* How the head is reached: its Service, and whether that leads to it. */
#include "api/derived_names.h"
#include "server/children/legacy_pod.h"
#include "server/children/service.h"
#include "server/explain/looks.h"
#include "server/explain/service.h"

struct str explain_head_service(const struct explain_subject *s)
{
	struct arena *const arena = s->in->arena;
	const struct str told =
		json_str(arena, EXPLAIN_AT(s->root, "status", "head", "serviceName"));
	const struct raycluster *const cluster = s->object->cluster;

	if (told.len)
		return told;
	if (s->object->dialect == DIALECT_LEGACY)
		return derived_legacy_head_service(arena, s->name);
	const struct str own = cluster && cluster->head
				       ? json_str(arena, EXPLAIN_AT(cluster->head->service.node,
								 "metadata", "name"))
				       : (struct str){0};

	return own.len ? own : derived_head_service(arena, s->name);
}

const struct json_node *look_find(const struct look *l, enum explain_kind kind, struct str name)
{
	const struct explain_objects *const all = &l->s->in->of[kind];

	for (size_t i = 0; i < all->count; i++) {
		const struct json_node *const meta = json_get(all->items[i], "metadata");

		if (json_str_is(json_get(meta, "name"), name) &&
			json_str_is(json_get(meta, "namespace"), l->s->namespace))
			return all->items[i];
	}
	return NULL;
}

static bool has_endpoint(const struct look *l, struct str service)
{
	const struct explain_objects *const all = &l->s->in->of[EXPLAIN_SLICE];

	for (size_t i = 0; i < all->count; i++) {
		const struct json_node *const labels =
			EXPLAIN_AT(all->items[i], "metadata", "labels");

		if (!json_str_is(json_get(labels, "kubernetes.io/service-name"), service))
			continue;
		for (struct json_iter it = json_iter(json_get(all->items[i], "endpoints"));
			json_next_item(&it);) {
			if (!json_is(EXPLAIN_AT(it.value, "conditions", "ready"), JSON_FALSE))
				return true;
		}
	}
	return false;
}

/* Whether the Service looks for what its controller has it look for. */
static bool is_as_made(struct look *l, const struct json_node *service)
{
	const struct ray_object *const object = l->s->object;
	struct child_context c;

	if (object->cluster == NULL || object->cluster->head == NULL)
		return true;
	child_context_init(&c, l->arena, object, l->s->namespace, STR(""));
	struct json_edit *made =
		object->dialect == DIALECT_LEGACY ? legacy_service(&c) : service_of_head(&c);
	struct json_edit *found = json_edit_import(EXPLAIN_AT(service, "spec", "selector"));
	const bool same = json_edit_equal(
		json_edit_get(json_edit_get(made, STR("spec")), STR("selector")), found);

	json_edit_free(&found);
	json_edit_free(&made);
	return same;
}

/* Labels that the Service looks for and the head has otherwise. */
static bool show_differences(struct look *l, struct explain_finding *f,
	const struct json_node *service, const struct explain_pod *head)
{
	const struct json_node *const labels = EXPLAIN_AT(head->root, "metadata", "labels");
	bool differs = false;

	for (struct json_iter it = json_iter(EXPLAIN_AT(service, "spec", "selector"));
		json_next_member(&it);) {
		const struct str key = json_str(l->arena, it.key);
		const struct json_node *const has = json_get_str(labels, key);

		if (json_equal(has, it.value))
			continue;
		explain_shows(l->found, f, "it looks for %.*s=%.*s, and the head has %.*s",
			STR_ARG(key), STR_ARG(json_str(l->arena, it.value)),
			STR_ARG(has ? json_str(l->arena, has) : STR("no such label")));
		differs = true;
	}
	return differs;
}

/* It has another owner; or none, and no label by which it could become the cluster's. */
static bool is_strangers(const struct look *l, const struct json_node *service)
{
	const struct json_node *const meta = json_get(service, "metadata");
	const struct json_node *const owners = json_get(meta, "ownerReferences");
	const struct json_node *const label =
		json_get_str(json_get(meta, "labels"), STR("ray.io/cluster"));
	bool owned = false;

	for (struct json_iter it = json_iter(owners); json_next_item(&it);) {
		if (json_str_is(json_get(it.value, "uid"), l->s->uid))
			return false;
		owned = true;
	}
	return owned ||
	       (l->s->object->dialect == DIALECT_MODERN && !json_str_is(label, l->s->name));
}

void look_advise_service_taken(struct look *l, struct explain_finding *f, struct str name)
{
	const bool heads =
		l->s->object->dialect == DIALECT_MODERN && str_eq(name, explain_head_service(l->s));

	explain_advises(l->found, f, "delete Service %.*s, if nobody needs it; or %s",
		STR_ARG(name),
		heads ? "name the head's otherwise: headGroupSpec.headService.metadata.name"
		      : "make the cluster under another name");
}

static void tell_stranger(struct look *l, struct str name)
{
	/* Its controller has told so already. */
	if (l->refused)
		return;
	struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
		"Service %.*s is somebody else's: the cluster has none", STR_ARG(name));

	look_advise_service_taken(l, f, name);
}

/* It leads nowhere, or to who has the labels that it looks for. */
static void tell_of_selector(struct look *l, struct str name, const struct json_node *service,
	const struct explain_pod *head)
{
	const bool endpoint = !l->s->in->of[EXPLAIN_SLICE].looked || has_endpoint(l, name);
	struct explain_finding f = {0};
	const bool differs = show_differences(l, &f, service, head);

	if (endpoint && !differs)
		return;
	struct explain_finding *const found = explain_found(l->found, EXPLAIN_WRONG,
		endpoint ? "Service %.*s does not lead to the head"
			 : "Service %.*s leads nowhere, though the head is ready",
		STR_ARG(name));

	found->evidence = f.evidence;
	if (json_count(EXPLAIN_AT(service, "spec", "selector")) == 0)
		explain_shows(l->found, found, "it looks for no labels at all");
	if (!is_as_made(l, service))
		explain_advises(l->found, found,
			"its selector is not as its controller makes it: delete it, and it is made "
			"anew: kubectl delete service %.*s -n %.*s",
			STR_ARG(name), LOOK_NAMESPACE(l));
	else if (differs)
		explain_advises(l->found, found,
			"take that label out of the head's template: controllers set it");
	else
		explain_advises(l->found, found,
			"where it stays so: see that Kubernetes' own controller-manager runs, "
			"which "
			"makes the Service's EndpointSlices");
}

void look_at_service(struct look *l)
{
	const struct explain_pod *const head = explain_head(l->s);
	const struct str name = explain_head_service(l->s);
	const struct json_node *const service = look_find(l, EXPLAIN_SERVICE, name);

	if (head == NULL || !head->ready || explain_pod_is_over(head) ||
		!l->s->in->of[EXPLAIN_SERVICE].looked)
		return;
	if (service == NULL) {
		struct explain_finding *const f = explain_found(l->found, EXPLAIN_WRONG,
			"Service %.*s is not there: nobody finds the head", STR_ARG(name));

		explain_advises(l->found, f, "its controller makes it again; see that it runs");
		return;
	}
	if (is_strangers(l, service)) {
		tell_stranger(l, name);
		return;
	}
	tell_of_selector(l, name, service, head);
}
