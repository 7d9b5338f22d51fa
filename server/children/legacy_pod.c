#include "server/children/legacy_pod.h"

#include "api/derived_names.h"
#include "server/children/legacy_start.h"

static const char *node_type(const struct ray_group *type)
{
	return type->is_head ? "head" : "worker";
}

/* The cluster's name stands in front of the podConfig's. */
static void put_name(
	const struct child_context *c, const struct ray_group *type, struct json_edit *meta)
{
	const struct str own = type->template.metadata.generate_name.v;
	const struct str prefix =
		own.len ? own : arena_printf(c->arena, "ray-%s-", node_type(type));

	json_edit_put_str(meta, "generateName", derived_legacy_pod(c->arena, c->name, prefix));
}

static void put_own(const struct json_node *map, struct json_edit *meta, const char *key)
{
	if (json_is(map, JSON_OBJECT) && json_count(map))
		json_edit_put(meta, key, json_edit_import(map));
}

/* Over the user's own: by these everybody finds the pods. */
static void put_labels(const struct child_context *c, const struct ray_group *type,
	const struct legacy_head *head, struct json_edit *meta)
{
	struct json_edit *const labels = child_object(meta, "labels");
	const struct {
		const char *key;
		struct str value;
	} ours[] = {
		{LEGACY_CLUSTER, c->name},
		{LEGACY_NODE_TYPE, str_from(node_type(type))},
		{LEGACY_POD_TYPE, type->name.v},
		{LEGACY_NODE_NAME, derived_legacy_node_name(c->arena, c->name, node_type(type))},
		{LEGACY_LAUNCH, legacy_launch(c, type, head)},
		{LEGACY_COMPONENT, c->head_service},
	};

	for (size_t i = 0; i < ARRAY_LEN(ours) - (type->is_head ? 0 : 1); i++)
		json_edit_set(labels, str_from(ours[i].key), json_edit_str(ours[i].value));
}

/*
 * The last one of a name counts, and there is one head whatever the user says; of the head's own
 * pod `head` is NULL.
 */
static void put_env(const struct child_context *c, const struct ray_group *type,
	const struct legacy_head *head, struct json_edit *container)
{
	container_default_env(
		container, "RAY_OVERRIDE_RESOURCES", legacy_resources(c->arena, type));
	if (head == NULL)
		container_default_env(container, "RAY_USAGE_STATS_ENABLED", STR("1"));
	else
		container_add_env(container, "RAY_HEAD_IP", head->ip);
}

static struct json_edit *make(
	const struct child_context *c, const struct ray_group *type, const struct legacy_head *head)
{
	if (pod_ray_container(&type->template) == NULL)
		return NULL;
	struct json_edit *const pod = child_new(c, "v1", "Pod");
	struct json_edit *const meta = json_edit_get(pod, STR("metadata"));
	struct json_edit *const spec = json_edit_import(json_get(type->template.self.node, "spec"));

	json_edit_put(pod, "spec", spec);
	put_name(c, type, meta);
	put_own(type->template.metadata.labels.node, meta, "labels");
	put_own(type->template.metadata.annotations.node, meta, "annotations");
	put_labels(c, type, head, meta);
	struct json_edit *const ray = json_edit_item(json_edit_get(spec, STR("containers")), 0);

	put_env(c, type, head, ray);
	legacy_put_start(c, type, ray);
	return pod;
}

struct json_edit *legacy_pod_of_head(const struct child_context *c)
{
	return make(c, c->cluster->head, NULL);
}

struct json_edit *legacy_pod_of_worker(
	const struct child_context *c, const struct ray_group *type, const struct legacy_head *head)
{
	return make(c, type, head);
}
