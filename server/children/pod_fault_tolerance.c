#include "server/children/pod_parts.h"

#define STORE      "gcs-storage"
#define STORE_PATH "/data/gcs"
#define NAMESPACE  "ray.io/external-storage-namespace"

/* One Redis serves many clusters, each under a name: the user's, else the cluster's uid. */
static struct str storage_namespace(const struct child_context *c)
{
	const struct str option = c->cluster->gcs.storage_namespace.v;
	const struct str annotation = ray_object_annotation(c->object, c->arena, NAMESPACE);

	if (option.len)
		return option;
	return annotation.at ? annotation : c->uid;
}

/* The parameter refers to the variable, so that no password stands in a command. */
static void add_credential(struct pod_draft *d, const struct redis_credential *credential,
	const char *param, const char *env)
{
	struct json_edit *const item = json_edit_object();

	if (credential->self.node == NULL) {
		struct json_edit *unused = item;

		json_edit_free(&unused);
		return;
	}
	start_params_set(&d->params, str_from(param), arena_printf(d->c->arena, "$%s", env));
	json_edit_put_cstr(item, "name", env);
	if (credential->value.node)
		json_edit_put_str(item, "value", credential->value.v);
	if (credential->value_from.node)
		json_edit_put(item, "valueFrom", json_edit_import(credential->value_from.node));
	json_edit_add(child_array(d->ray, "env"), item);
}

/* Clusters of the annotation alone may have their password in the parameters. */
static void add_old_password(struct pod_draft *d)
{
	const struct str *const password = start_params_get(&d->params, "redis-password");

	if (password)
		container_default_env(d->ray, "REDIS_PASSWORD", *password);
}

static void add_redis(struct pod_draft *d)
{
	const struct gcs_options *const options = &d->c->cluster->gcs;
	const struct str name = storage_namespace(d->c);

	json_edit_set(
		json_edit_get(d->meta, STR("annotations")), STR(NAMESPACE), json_edit_str(name));
	container_default_env(d->ray, "RAY_external_storage_namespace", name);
	if (options->self.node == NULL) {
		add_old_password(d);
		return;
	}
	container_add_env(d->ray, "RAY_REDIS_ADDRESS", options->redis_address.v);
	add_credential(d, &options->redis_username, "redis-username", "REDIS_USERNAME");
	add_credential(d, &options->redis_password, "redis-password", "REDIS_PASSWORD");
}

static void add_rocksdb(struct pod_draft *d)
{
	const struct str sub_path = d->c->cluster->gcs.storage.sub_path.v;
	struct json_edit *const volume = pod_add_volume(d, STORE);

	container_default_env(d->ray, "RAY_gcs_storage", STR("rocksdb"));
	container_default_env(d->ray, "RAY_gcs_storage_path", STR(STORE_PATH));
	struct json_edit *const mount = container_add_mount(d->ray, STORE, STORE_PATH);

	if (sub_path.len)
		json_edit_put_str(mount, "subPath", sub_path);
	if (volume)
		json_edit_put_str(json_edit_put_object(volume, "persistentVolumeClaim"),
			"claimName", d->c->store_claim);
}

void pod_add_fault_tolerance(struct pod_draft *d)
{
	const bool on = d->c->fault_tolerant;

	if (!d->group->is_head) {
		if (on)
			container_default_env(
				d->ray, "RAY_gcs_rpc_server_reconnect_timeout_s", STR("600"));
		return;
	}
	json_edit_set(json_edit_get(d->meta, STR("annotations")), STR("ray.io/ft-enabled"),
		json_edit_str(on ? STR("true") : STR("false")));
	if (on && d->c->embedded_store)
		add_rocksdb(d);
	else if (on)
		add_redis(d);
}
