#include "server/children/child.h"

#include "api/derived_names.h"

static struct str text_or(struct arena *arena, const struct json_node *node, struct str fallback)
{
	const struct str text = json_str(arena, node);

	return text.len ? text : fallback;
}

static struct str service_name(struct arena *arena, const struct ray_object *object)
{
	const struct json_node *const service =
		object->cluster->head ? object->cluster->head->service.node : NULL;

	if (object->dialect == DIALECT_LEGACY)
		return derived_legacy_head_service(arena, ray_object_name(object));
	return text_or(arena, json_get(json_get(service, "metadata"), "name"),
		derived_head_service(arena, ray_object_name(object)));
}

static void init_head(struct child_context *c, const struct ray_group *head)
{
	const struct str own = head ? head->template.spec.service_account_name.v : STR("");

	c->head_port = STR("6379");
	if (head)
		c->head_port = text_or(c->arena, group_start_param(head, "port"), c->head_port);
	c->own_service_account = own.len > 0;
	c->service_account = derived_check_name(c->arena, own.len ? own : c->name);
}

static void init_store(struct child_context *c)
{
	const struct gcs_options *const options = &c->cluster->gcs;
	const struct str annotation =
		ray_object_annotation(c->object, c->arena, "ray.io/ft-enabled");
	const struct str own = options->storage.claim_name.v;

	c->fault_tolerant = options->self.node || str_is_nocase(annotation, "true");
	c->embedded_store = str_is(options->backend.v, "rocksdb");
	c->store_claim = own.len ? own : arena_printf(c->arena, "%.*s-gcs-pvc", STR_ARG(c->name));
}

void child_context_init(struct child_context *c, struct arena *arena,
	const struct ray_object *object, struct str namespace, struct str domain)
{
	const struct str own = object->meta.namespace.v;

	*c = (struct child_context){
		.arena = arena,
		.object = object,
		.cluster = object->cluster,
		.name = ray_object_name(object),
		.namespace = own.len ? own : namespace,
		.uid = object->meta.uid.v,
		.head_service = service_name(arena, object),
		.token_auth = str_is(object->cluster->auth.mode.v, "token"),
	};
	c->head_fqdn = derived_service_fqdn(arena, c->head_service, c->namespace, domain);
	init_head(c, object->cluster->head);
	init_store(c);
}

struct str child_head_service_asked(const struct child_context *c)
{
	return service_name(c->arena, c->object);
}

void child_use_head_service(struct child_context *c, struct str name, struct str domain)
{
	c->head_service = name;
	c->head_fqdn = derived_service_fqdn(c->arena, name, c->namespace, domain);
}

struct str child_group_name(const struct ray_group *group)
{
	return group->is_head && group->name.v.len == 0 ? STR(HEAD_GROUP) : group->name.v;
}

bool child_is_managed_here(const struct raycluster *cluster)
{
	return !json_is(cluster->managed_by.node, JSON_STRING) ||
	       json_str_is(cluster->managed_by.node, STR(MANAGED_BY));
}

bool child_is_of_raygate(const struct child_context *c)
{
	return c->policy && c->policy->target.controller == POLICY_CONTROLLER_RAYGATE;
}

void child_put_owner(const struct child_context *c, struct json_edit *meta)
{
	struct json_edit *const owner = json_edit_object();

	json_edit_put_cstr(owner, "apiVersion",
		c->object->dialect == DIALECT_LEGACY ? "cluster.ray.io/v1" : "ray.io/v1");
	json_edit_put_cstr(owner, "kind", "RayCluster");
	json_edit_put_str(owner, "name", c->name);
	json_edit_put_str(owner, "uid", c->uid);
	json_edit_put_bool(owner, "controller", true);
	json_edit_put_bool(owner, "blockOwnerDeletion", true);
	json_edit_add(json_edit_put_array(meta, "ownerReferences"), owner);
}

struct json_edit *child_new(
	const struct child_context *c, const char *api_version, const char *kind)
{
	struct json_edit *const child = json_edit_object();

	json_edit_put_cstr(child, "apiVersion", api_version);
	json_edit_put_cstr(child, "kind", kind);
	struct json_edit *const meta = json_edit_put_object(child, "metadata");

	json_edit_put_str(meta, "namespace", c->namespace);
	if (c->uid.len)
		child_put_owner(c, meta);
	return child;
}

struct json_edit *child_object(struct json_edit *object, const char *key)
{
	struct json_edit *const there = json_edit_get(object, str_from(key));

	if (json_edit_kind(there) == JSON_OBJECT)
		return there;
	json_edit_set(object, str_from(key), json_edit_object());
	return json_edit_get(object, str_from(key));
}

struct json_edit *child_array(struct json_edit *object, const char *key)
{
	struct json_edit *const there = json_edit_get(object, str_from(key));

	if (json_edit_kind(there) == JSON_ARRAY)
		return there;
	json_edit_set(object, str_from(key), json_edit_array());
	return json_edit_get(object, str_from(key));
}

void child_default_str(struct json_edit *object, const char *key, struct str value)
{
	if (json_edit_get(object, str_from(key)) == NULL)
		json_edit_put_str(object, key, value);
}

void child_put_owner_labels(const struct child_context *c, struct json_edit *labels)
{
	json_edit_put_str(labels, LABEL_CLUSTER, c->name);
	json_edit_put_cstr(labels, LABEL_APP, APP_NAME);
	json_edit_put_cstr(labels, LABEL_CREATED_BY, CREATED_BY);
}
