/* spec.serveService of a RayService: KubeRay sends it to the API server nearly as it is. */
#include "validators/check.h"
#include "validators/rules.h"
#include "validators/service_settings.h"

/* The user's Service, where one is made of it. */
struct serve_service {
	struct schema_object meta, spec;
};

static struct schema_object part_of(struct arena *arena, const struct json_node *up,
	const struct field_path *at, const char *name)
{
	return (struct schema_object){json_get(up, name), field_path_child(arena, at, name)};
}

/* An incremental upgrade has Services of its own, one a cluster. */
static bool find(
	const struct rule_context *c, const struct ray_object *object, struct serve_service *out)
{
	const struct ray_service *const service = object->service;
	const struct json_node *const node =
		service ? json_get(service->self.node, "serveService") : NULL;

	if (!json_is(node, JSON_OBJECT) ||
		str_is(service->upgrade.type.v, "NewClusterWithIncrementalUpgrade"))
		return false;
	const struct field_path *const at =
		field_path_child(c->arena, service->self.at, "serveService");

	out->meta = part_of(c->arena, node, at, "metadata");
	out->spec = part_of(c->arena, node, at, "spec");
	return true;
}

/* Its own, or the head Service's. */
static const struct json_node *type_of(
	const struct ray_object *object, const struct serve_service *service)
{
	const struct json_node *const own = json_get(service->spec.node, "type");
	const struct ray_group *const head = object->cluster ? object->cluster->head : NULL;

	if (json_is(own, JSON_STRING) && own->len)
		return own;
	return head ? head->service_type.node : NULL;
}

/* RG1249 */
static void serve_service_can_be_made(const struct rule_context *c, const struct ray_object *object)
{
	struct serve_service service;

	if (!find(c, object, &service))
		return;
	if (check_text(c, service.meta.node, "name").len)
		check_member_name(c, &service.meta, "name", NAME_DNS1035_LABEL);
	service_settings_fit(c, &service.meta, &service.spec, type_of(object, &service));
}

/* RG1250 */
static void serve_service_fields_count(
	const struct rule_context *c, const struct ray_object *object)
{
	struct serve_service service;

	if (!find(c, object, &service))
		return;
	const struct json_node *const selector = json_get(service.spec.node, "selector");

	if (json_count(selector))
		rule_found(c, FIELD_CHILD(service.spec.at, "selector"), FIELD_FORBIDDEN,
			FIELD_READS(selector),
			"has no effect: KubeRay selects the pods that serve; remove it");
}

static const struct rule RULES[] = {
	RULE("RG1249", "serve-service-can-be-made", ERROR, MODERN, "0.1", NULL,
		"serveService has a name, labels and settings of its type that a Service can have.",
		RULE_CHECKS_OBJECT(serve_service_can_be_made), .needs = PART(SERVICE)),
	RULE("RG1250", "serve-service-fields-count", WARN, MODERN, "0.1", NULL,
		"serveService has no selector, which KubeRay would ignore.",
		RULE_CHECKS_OBJECT(serve_service_fields_count), .needs = PART(SERVICE)),
};

const struct rule_table RULES_SERVE_SERVICE = RULE_TABLE(RULES);
