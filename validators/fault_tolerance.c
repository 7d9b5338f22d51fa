/* Fault tolerance of the GCS: where its state is kept, and who may say so. */
#include "validators/rules.h"

#include "api/names.h"
#include "validators/check.h"

#define FT_ENABLED        "ray.io/ft-enabled"
#define STORAGE_NAMESPACE "ray.io/external-storage-namespace"
#define OPTIONS           "gcsFaultToleranceOptions"
#define ROCKSDB_GATE      "GCSFaultToleranceEmbeddedStorage"
#define GCS_VOLUME        "gcs-storage"
#define GCS_PATH          "/data/gcs"

/* The object's annotations count; the jobs of a RayCronJob do not inherit its own. */
static const struct json_node *annotation(const struct rule_context *c, const char *key)
{
	if (c->object->kind == RAY_CRON_JOB)
		return NULL;
	const struct json_node *const value = json_get(c->object->meta.annotations.node, key);

	return json_is(value, JSON_STRING) ? value : NULL;
}

static bool annotation_is_true(const struct rule_context *c)
{
	return str_is_nocase(json_str(c->arena, annotation(c, FT_ENABLED)), "true");
}

static const struct field_path *annotation_at(const struct rule_context *c, const char *key)
{
	const struct field_path *const all = field_path_keep(c->arena,
		FIELD_CHILD(field_path_keep(c->arena, FIELD_ROOT("metadata")), "annotations"));

	return field_path_keep(c->arena, FIELD_KEY(all, str_from(key)));
}

static bool has_options(const struct raycluster *cluster)
{
	return cluster->gcs.self.node != NULL;
}

static bool is_rocksdb(const struct raycluster *cluster)
{
	return str_is(cluster->gcs.backend.v, "rocksdb");
}

static const struct container *head_container(const struct raycluster *cluster)
{
	return cluster->head ? pod_ray_container(&cluster->head->template) : NULL;
}

static const struct env_var *head_env(const struct raycluster *cluster, const char *name)
{
	return container_env(head_container(cluster), name);
}

/* NULL where the head has no such start parameter, or an empty one. */
static const struct json_node *head_param(const struct raycluster *cluster, const char *name)
{
	const struct json_node *const value =
		cluster->head ? group_start_param(cluster->head, name) : NULL;

	return json_is(value, JSON_STRING) && value->len ? value : NULL;
}

static const struct field_path *head_param_at(
	const struct rule_context *c, const struct raycluster *cluster, const char *name)
{
	const struct field_path *const params =
		field_path_keep(c->arena, FIELD_CHILD(cluster->head->self.at, "rayStartParams"));

	return field_path_keep(c->arena, FIELD_KEY(params, str_from(name)));
}

/* RG0801 */
static void annotation_and_options(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct json_node *const value = annotation(c, FT_ENABLED);

	if (has_options(cluster) && value && value->len)
		rule_found(c, annotation_at(c, FT_ENABLED), FIELD_FORBIDDEN, FIELD_READS(value),
			"must not stand beside " OPTIONS
			", which switches fault tolerance on by itself: remove the annotation");
}

/* RG0802 */
static void address_switches_it_on(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct env_var *const env = head_env(cluster, "RAY_REDIS_ADDRESS");

	if (env && !has_options(cluster) && !annotation_is_true(c))
		rule_found(c, env->self.at, FIELD_FORBIDDEN,
			FIELD_READS(env->name.node, annotation(c, FT_ENABLED)),
			"RAY_REDIS_ADDRESS switches fault tolerance on behind KubeRay's back: give "
			"the address in spec." OPTIONS ".redisAddress");
}

/* RG0803: both places at once is how people lock themselves out (kuberay#2986). */
static void one_password(const struct rule_context *c, const struct raycluster *cluster)
{
	if (!has_options(cluster))
		return;
	const struct env_var *const env = head_env(cluster, "REDIS_PASSWORD");
	const struct json_node *const param = head_param(cluster, "redis-password");
	const char *const mend =
		cluster->gcs.redis_password.self.node ? "remove it here" : "move it there";

	if (param)
		rule_found(c, head_param_at(c, cluster, "redis-password"), FIELD_FORBIDDEN,
			FIELD_READS(param),
			"the password belongs in " OPTIONS ".redisPassword alone: %s", mend);
	if (env)
		rule_found(c, env->self.at, FIELD_FORBIDDEN, FIELD_READS(env->name.node),
			"the password belongs in " OPTIONS ".redisPassword alone: %s", mend);
}

/* RG0804 */
static void one_address(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct env_var *const env = head_env(cluster, "RAY_REDIS_ADDRESS");

	if (env && has_options(cluster))
		rule_found(c, env->self.at, FIELD_FORBIDDEN, FIELD_READS(env->name.node),
			"the address belongs in " OPTIONS ".redisAddress alone: remove it here");
}

/* RG0805 */
static void one_storage_namespace(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct json_node *const value = annotation(c, STORAGE_NAMESPACE);

	if (has_options(cluster) && value && value->len)
		rule_found(c, annotation_at(c, STORAGE_NAMESPACE), FIELD_FORBIDDEN,
			FIELD_READS(value),
			"must not stand beside " OPTIONS ": move it to " OPTIONS
			".externalStorageNamespace");
}

/* RG0806 */
static void one_username(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct env_var *const env = head_env(cluster, "REDIS_USERNAME");
	const struct json_node *const param = head_param(cluster, "redis-username");

	if (param)
		rule_found(c, head_param_at(c, cluster, "redis-username"), FIELD_FORBIDDEN,
			FIELD_READS(param),
			"the user name belongs in " OPTIONS ".redisUsername: move it there");
	if (env)
		rule_found(c, env->self.at, FIELD_FORBIDDEN, FIELD_READS(env->name.node),
			"the user name belongs in " OPTIONS ".redisUsername: move it there");
}

/* RG0807 */
static void rocksdb_gate_is_open(const struct rule_context *c, const struct raycluster *cluster)
{
	enum field_severity at_most;

	if (is_rocksdb(cluster) && !rule_cluster_gate_is_open(c, ROCKSDB_GATE, &at_most))
		rule_found_at_most(c, at_most, FIELD_CHILD(cluster->gcs.self.at, "backend"),
			FIELD_FORBIDDEN, FIELD_READS(cluster->gcs.backend.node),
			"needs KubeRay's feature gate " ROCKSDB_GATE
			", %s: have it turned on, or use redis",
			rule_gate_state(at_most));
}

/* RG0808 */
static void rocksdb_has_no_redis(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct gcs_options *const gcs = &cluster->gcs;
	const struct {
		const char *name;
		const struct json_node *node;
	} fields[] = {
		{"redisAddress", gcs->redis_address.v.len ? gcs->redis_address.node : NULL},
		{"redisUsername", gcs->redis_username.self.node},
		{"redisPassword", gcs->redis_password.self.node},
		{"externalStorageNamespace",
			gcs->storage_namespace.v.len ? gcs->storage_namespace.node : NULL},
	};

	for (size_t i = 0; is_rocksdb(cluster) && i < ARRAY_LEN(fields); i++) {
		if (fields[i].node)
			rule_found(c, FIELD_CHILD(gcs->self.at, fields[i].name), FIELD_FORBIDDEN,
				FIELD_READS(gcs->backend.node),
				"only the redis backend has it: remove it, or set backend to "
				"redis");
	}
}

/* RG0809 */
static void one_kind_of_claim(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct embedded_storage *const storage = &cluster->gcs.storage;
	const struct json_node *const clash =
		storage->size.node                       ? storage->size.node
		: storage->storage_class.node            ? storage->storage_class.node
		: json_count(storage->access_modes.node) ? storage->access_modes.node
							 : NULL;

	if (is_rocksdb(cluster) && storage->claim_name.v.len && clash)
		rule_found(c, FIELD_CHILD(storage->self.at, "claimName"), FIELD_INVALID,
			FIELD_READS(storage->claim_name.node, storage->size.node,
				storage->storage_class.node, storage->access_modes.node),
			"an existing claim keeps its own size, storageClassName and accessModes: "
			"remove those, or claimName");
}

/* RG0810 */
static void storage_env_is_free(const struct rule_context *c, const struct raycluster *cluster)
{
	static const char *const NAMES[] = {"RAY_gcs_storage", "RAY_gcs_storage_path"};

	for (size_t i = 0; is_rocksdb(cluster) && i < ARRAY_LEN(NAMES); i++) {
		const struct env_var *const env = head_env(cluster, NAMES[i]);

		if (env)
			rule_found(c, env->self.at, FIELD_FORBIDDEN, FIELD_READS(env->name.node),
				"KubeRay sets %s for the rocksdb backend: remove it", NAMES[i]);
	}
}

/* RG0811 */
static void storage_mount_is_free(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct container *const ray = head_container(cluster);

	if (!is_rocksdb(cluster) || ray == NULL)
		return;
	for (size_t i = 0; i < ray->mounts.count; i++) {
		const struct volume_mount *const mount = &ray->mounts.items[i];

		if (str_is(mount->name.v, GCS_VOLUME) || str_is(mount->path.v, GCS_PATH))
			rule_found(c, mount->self.at, FIELD_FORBIDDEN,
				FIELD_READS(mount->name.node, mount->path.node),
				"KubeRay mounts " GCS_VOLUME " at " GCS_PATH
				" itself: use another name and path");
	}
	const struct pod_volume *const volume =
		pod_volume_find(&cluster->head->template, STR(GCS_VOLUME));

	if (volume)
		rule_found(c, FIELD_CHILD(volume->self.at, "name"), FIELD_FORBIDDEN,
			FIELD_READS(volume->name.node),
			"KubeRay adds a volume of this name: use another name, or "
			"storage.claimName for a claim of your own");
}

/* RG0812 */
static void redis_has_no_storage(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->gcs.storage.self.node && !is_rocksdb(cluster))
		rule_found(c, cluster->gcs.storage.self.at, FIELD_FORBIDDEN,
			FIELD_READS(cluster->gcs.backend.node),
			"only the rocksdb backend has storage: remove it, or set backend to "
			"rocksdb");
}

/* RG0813: a dead annotation, with nothing behind it. */
static void annotation_has_address(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct json_node *const value = annotation(c, FT_ENABLED);
	const struct container *const ray = head_container(cluster);

	if (has_options(cluster) || ray == NULL || !annotation_is_true(c))
		return;
	if (!container_env(ray, "RAY_REDIS_ADDRESS") &&
		json_count(json_get(ray->self.node, "envFrom")) == 0)
		rule_found(c, annotation_at(c, FT_ENABLED), FIELD_INVALID, FIELD_READS(value),
			"no Redis is named, so nothing survives the head: use spec." OPTIONS
			".redisAddress instead of the annotation");
}

/* RG0814 */
static void source_of_credential(const struct rule_context *c, const struct redis_credential *cred)
{
	const struct schema_object *const from = &cred->value_from;

	if (from->node == NULL)
		return;
	if (cred->value.v.len)
		rule_found(c, FIELD_CHILD(cred->self.at, "valueFrom"), FIELD_INVALID,
			FIELD_READS(cred->value.node),
			"must not stand beside value: the head pod would be refused");
	else if (json_count(from->node) != 1)
		rule_found(c, FIELD_CHILD(cred->self.at, "valueFrom"), FIELD_INVALID,
			FIELD_READS(from->node),
			"must name exactly one source, such as secretKeyRef: the head pod would be "
			"refused");
}

static void credentials_have_one_source(
	const struct rule_context *c, const struct raycluster *cluster)
{
	source_of_credential(c, &cluster->gcs.redis_username);
	source_of_credential(c, &cluster->gcs.redis_password);
}

/* RG0815 */
static void storage_can_be_claimed(const struct rule_context *c, const struct raycluster *cluster)
{
	static const char *const MODES[] = {
		"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod", NULL};
	const struct embedded_storage *const storage = &cluster->gcs.storage;
	const struct field_path *const modes = FIELD_CHILD(storage->self.at, "accessModes");

	if (storage->size.node && quantity_cmp(storage->size.v, quantity_whole(0)) <= 0)
		rule_found(c, FIELD_CHILD(storage->self.at, "size"), FIELD_INVALID,
			FIELD_READS(storage->size.node),
			"must be more than nothing: no claim of this size can be made");
	for (struct json_iter it = json_iter(storage->access_modes.node); json_next_item(&it);)
		check_word(c, FIELD_INDEX(modes, it.index), it.value, MODES);
}

/* RG0816 */
static void sub_path_stays_inside(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct val_str *const path = &cluster->gcs.storage.sub_path;
	const char *const fault = path->v.len ? names_fault(NAME_RELATIVE_PATH, path->v) : NULL;

	if (fault)
		rule_found(c, FIELD_CHILD(cluster->gcs.storage.self.at, "subPath"), FIELD_INVALID,
			FIELD_READS(path->node), "%s", fault);
}

static const struct rule RULES[] = {
	RULE("RG0801", "fault-tolerance-has-one-switch", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The annotation ray.io/ft-enabled does not stand beside gcsFaultToleranceOptions.",
		RULE_CHECKS_CLUSTER(annotation_and_options), .needs = PART(GCS)),
	RULE("RG0802", "redis-address-only-with-fault-tolerance", ERROR, MODERN, "0.1",
		"KubeRay's operator", "Without fault tolerance the head has no RAY_REDIS_ADDRESS.",
		RULE_CHECKS_CLUSTER(address_switches_it_on), .needs = PART(ENV)),
	RULE("RG0803", "redis-password-in-one-place", ERROR, MODERN, "0.1",
		"KubeRay's operator, kuberay#2986",
		"With gcsFaultToleranceOptions the Redis password stands there alone.",
		RULE_CHECKS_CLUSTER(one_password), .needs = PART(GCS)),
	RULE("RG0804", "redis-address-in-one-place", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With gcsFaultToleranceOptions the Redis address stands there alone.",
		RULE_CHECKS_CLUSTER(one_address), .needs = PART(GCS)),
	RULE("RG0805", "storage-namespace-in-one-place", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With gcsFaultToleranceOptions the storage namespace stands there alone.",
		RULE_CHECKS_CLUSTER(one_storage_namespace), .needs = PART(GCS)),
	RULE("RG0806", "redis-username-in-options", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The Redis user name stands in gcsFaultToleranceOptions.",
		RULE_CHECKS_CLUSTER(one_username), .needs = PART(ENV) | PART(START_PARAMS)),
	RULE("RG0807", "rocksdb-needs-its-gate", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The rocksdb backend needs KubeRay's feature gate.",
		RULE_CHECKS_CLUSTER(rocksdb_gate_is_open), .needs = PART(GCS)),
	RULE("RG0808", "rocksdb-without-redis-fields", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The rocksdb backend has no Redis address, credentials or storage namespace.",
		RULE_CHECKS_CLUSTER(rocksdb_has_no_redis), .needs = PART(GCS)),
	RULE("RG0809", "gcs-claim-new-or-existing", ERROR, MODERN, "0.1", "KubeRay's operator",
		"The storage of the GCS is an existing claim, or described for a new one.",
		RULE_CHECKS_CLUSTER(one_kind_of_claim), .needs = PART(GCS)),
	RULE("RG0810", "gcs-storage-env-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With rocksdb the head leaves the variables of the GCS storage to KubeRay.",
		RULE_CHECKS_CLUSTER(storage_env_is_free), .needs = PART(GCS)),
	RULE("RG0811", "gcs-storage-mount-reserved", ERROR, MODERN, "0.1", "KubeRay's operator",
		"With rocksdb the volume gcs-storage and the path /data/gcs are KubeRay's.",
		RULE_CHECKS_CLUSTER(storage_mount_is_free), .needs = PART(GCS)),
	RULE("RG0812", "gcs-storage-only-with-rocksdb", ERROR, MODERN, "0.1", "KubeRay's operator",
		"Only the rocksdb backend has storage.", RULE_CHECKS_CLUSTER(redis_has_no_storage),
		.needs = PART(GCS)),
	RULE("RG0813", "ft-annotation-has-redis", WARN, MODERN, "0.1", NULL,
		"Fault tolerance by annotation names a Redis in the head's environment.",
		RULE_CHECKS_CLUSTER(annotation_has_address), .needs = PART(ANNOTATIONS)),
	RULE("RG0814", "redis-credential-has-one-source", ERROR, MODERN, "0.1", NULL,
		"A Redis credential is a value or comes from exactly one source.",
		RULE_CHECKS_CLUSTER(credentials_have_one_source), .needs = PART(GCS)),
	RULE("RG0815", "gcs-storage-can-be-claimed", ERROR, MODERN, "0.1", NULL,
		"The storage of the GCS has a positive size and known access modes.",
		RULE_CHECKS_CLUSTER(storage_can_be_claimed), .needs = PART(GCS)),
	RULE("RG0816", "gcs-storage-subpath-is-relative", ERROR, MODERN, "0.1", NULL,
		"The subPath of the GCS storage is relative and stays inside the volume.",
		RULE_CHECKS_CLUSTER(sub_path_stays_inside), .needs = PART(GCS)),
};

const struct rule_table RULES_FAULT_TOLERANCE = RULE_TABLE(RULES);
