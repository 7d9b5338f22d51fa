/* Names of other objects in a pod template: are they there? */
#include "server/admission/preflight_parts.h"

#include "api/derived_names.h"

static const char *const RULES[FACTS_KINDS] = {
	[FACTS_SERVICE_ACCOUNT] = PREFLIGHT_RULE_SERVICE_ACCOUNT,
	[FACTS_PRIORITY_CLASS] = PREFLIGHT_RULE_PRIORITY_CLASS,
	[FACTS_RUNTIME_CLASS] = PREFLIGHT_RULE_RUNTIME_CLASS,
	[FACTS_SECRET] = PREFLIGHT_RULE_SECRET,
	[FACTS_VOLUME_CLAIM] = PREFLIGHT_RULE_VOLUME_CLAIM,
};

static struct str way_out(
	const struct preflight *p, enum facts_kind kind, struct str namespace, struct str name)
{
	const struct str near = facts_nearest(p->in->facts, kind, namespace, name);

	if (near.len)
		return arena_printf(p->in->arena, "did you mean \"%.*s\"?", STR_ARG(near));
	return STR("create it, or correct the name");
}

/* An object that is looked for. */
struct sought {
	enum facts_kind kind;
	const char *rule;
	const char *without; /* what becomes of the pod, for the message */
};

/* Its name is the value of `node` at `at`. */
static void seek_by(struct preflight *p, const struct sought *sought, const struct field_path *at,
	const struct json_node *node)
{
	const enum facts_kind kind = sought->kind;
	const struct facts_source *const source = &FACTS_SOURCES[kind];
	const struct str namespace = source->namespaced ? p->in->namespace : STR("");
	const struct str name = json_str(p->in->arena, node);

	if (name.len == 0 || !facts_known(p->in->facts, kind) ||
		facts_has(p->in->facts, kind, namespace, name))
		return;
	preflight_found(p, sought->rule, at, FIELD_NOT_FOUND, FIELD_READS(node),
		"the %s has no %s of this name: %s%.*s",
		source->namespaced ? "namespace" : "cluster", source->kind, sought->without,
		STR_ARG(way_out(p, kind, namespace, name)));
}

static void seek(struct preflight *p, enum facts_kind kind, const struct field_path *at,
	const struct json_node *node)
{
	seek_by(p, &(struct sought){kind, RULES[kind], ""}, at, node);
}

static bool is_optional(const struct json_node *reference)
{
	return json_is(json_get(reference, "optional"), JSON_TRUE);
}

/* A secret that the kubelet waits for; `key` is the member that names it. */
static void seek_secret(struct preflight *p, const struct field_path *at,
	const struct json_node *reference, const char *key)
{
	if (!is_optional(reference))
		seek(p, FACTS_SECRET, FIELD_CHILD(at, key), json_get(reference, key));
}

static void look_at_volume(struct preflight *p, const struct pod_volume *volume)
{
	const struct json_node *const secret = json_get(volume->self.node, "secret");
	const struct json_node *const claim = json_get(volume->self.node, "persistentVolumeClaim");
	const struct json_node *const sources =
		json_get(json_get(volume->self.node, "projected"), "sources");
	const struct field_path *const projected =
		FIELD_CHILD(FIELD_CHILD(volume->self.at, "projected"), "sources");

	seek_secret(p, FIELD_CHILD(volume->self.at, "secret"), secret, "secretName");
	seek(p, FACTS_VOLUME_CLAIM,
		FIELD_CHILD(FIELD_CHILD(volume->self.at, "persistentVolumeClaim"), "claimName"),
		json_get(claim, "claimName"));
	for (struct json_iter it = json_iter(sources); json_next_item(&it);)
		seek_secret(p, FIELD_CHILD(FIELD_INDEX(projected, it.index), "secret"),
			json_get(it.value, "secret"), "name");
}

static void look_at_variable(struct preflight *p, const struct schema_object *value_from)
{
	seek_secret(p, FIELD_CHILD(value_from->at, "secretKeyRef"),
		json_get(value_from->node, "secretKeyRef"), "name");
}

static void look_at_container(struct preflight *p, const struct container *c)
{
	const struct json_node *const from = json_get(c->self.node, "envFrom");

	for (size_t i = 0; i < c->env.count; i++)
		look_at_variable(p, &c->env.items[i].value_from);
	for (struct json_iter it = json_iter(from); json_next_item(&it);)
		seek_secret(p,
			FIELD_CHILD(FIELD_INDEX(FIELD_CHILD(c->self.at, "envFrom"), it.index),
				"secretRef"),
			json_get(it.value, "secretRef"), "name");
}

static void look_at_containers(struct preflight *p, const container_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		look_at_container(p, &list->items[i]);
}

/* A rule of its own: the kubelet does without one that is missing, and an image may need none. */
static const struct sought PULL_SECRET = {
	FACTS_SECRET, PREFLIGHT_RULE_PULL_SECRET, "an image that needs it does not come; "};

void preflight_names(struct preflight *p, const struct pod_template *template)
{
	const struct pod_spec *const spec = &template->spec;
	const struct field_path *const at = spec->self.at;
	const bool old_name = spec->service_account_name.node == NULL;

	if (spec->self.node == NULL)
		return;
	seek(p, FACTS_SERVICE_ACCOUNT,
		FIELD_CHILD(at, old_name ? "serviceAccount" : "serviceAccountName"),
		old_name ? spec->service_account.node : spec->service_account_name.node);
	seek(p, FACTS_PRIORITY_CLASS, FIELD_CHILD(at, "priorityClassName"),
		spec->priority_class_name.node);
	seek(p, FACTS_RUNTIME_CLASS, FIELD_CHILD(at, "runtimeClassName"),
		spec->runtime_class_name.node);
	for (size_t i = 0; i < spec->volumes.count; i++)
		look_at_volume(p, &spec->volumes.items[i]);
	for (size_t i = 0; i < spec->pull_secrets.count; i++)
		seek_by(p, &PULL_SECRET, FIELD_CHILD(spec->pull_secrets.items[i].self.at, "name"),
			spec->pull_secrets.items[i].name.node);
	look_at_containers(p, &spec->containers);
	look_at_containers(p, &spec->init_containers);
}

/* KubeRay looks for it once, as it starts; another controller may need none. */
void preflight_cert_manager(struct preflight *p)
{
	static const char DEFINITION[] = "certificates.cert-manager.io";
	const struct val_bool *const enabled = &p->object->cluster->tls.enabled;

	if (!enabled->v || !facts_known(p->in->facts, FACTS_CUSTOM_RESOURCE) ||
		p->in->policy->target.controller == POLICY_CONTROLLER_RAYGATE ||
		facts_has(p->in->facts, FACTS_CUSTOM_RESOURCE, STR(""), STR(DEFINITION)))
		return;
	preflight_found(p, PREFLIGHT_RULE_CERT_MANAGER,
		FIELD_CHILD(p->object->cluster->tls.self.at, "enabled"), FIELD_FORBIDDEN,
		FIELD_READS(enabled->node),
		"the cluster has no cert-manager, which issues the certificates: until it is "
		"installed KubeRay makes no pods");
}

/* What the cluster's own options name, and the head does not start without. */
void preflight_options(struct preflight *p)
{
	const struct raycluster *const cluster = p->object->cluster;
	const struct gcs_options *const gcs = &cluster->gcs;
	const struct autoscaler_options *const scaler = &cluster->autoscaler;

	if (gcs->storage.self.node)
		seek(p, FACTS_VOLUME_CLAIM, FIELD_CHILD(gcs->storage.self.at, "claimName"),
			gcs->storage.claim_name.node);
	look_at_variable(p, &gcs->redis_username.value_from);
	look_at_variable(p, &gcs->redis_password.value_from);
	/* Another mode has no use for it. */
	if (str_is(cluster->auth.mode.v, "token"))
		seek(p, FACTS_SECRET, FIELD_CHILD(cluster->auth.self.at, "secretName"),
			cluster->auth.secret_name.node);
	for (size_t i = 0; raycluster_autoscales(cluster) && i < scaler->env.count; i++)
		look_at_variable(p, &scaler->env.items[i].value_from);
}

/*
 * Where it cannot make the head's Service, a controller goes no further. The name of a cluster
 * that a RayJob or RayService makes is not known yet; the legacy operator takes over what is there.
 */
void preflight_head_service(struct preflight *p)
{
	const struct object_meta *const meta = &p->object->meta;
	const struct ray_group *const head = p->object->cluster->head;
	const struct json_node *const own =
		head ? json_get(json_get(head->service.node, "metadata"), "name") : NULL;
	const bool is_own = json_is(own, JSON_STRING) && own->len;
	const struct json_node *const node = is_own ? own : meta->name.node;
	const struct str name = is_own ? json_str(p->in->arena, own)
				       : derived_head_service(p->in->arena, meta->name.v);

	if (p->object->kind != RAY_CLUSTER || p->object->dialect != DIALECT_MODERN ||
		meta->name.v.len == 0 || !facts_known(p->in->facts, FACTS_SERVICE) ||
		!facts_has(p->in->facts, FACTS_SERVICE, p->in->namespace, name))
		return;
	preflight_found(p, PREFLIGHT_RULE_SERVICE,
		is_own ? FIELD_CHILD(FIELD_CHILD(head->service.at, "metadata"), "name")
		       : FIELD_CHILD(meta->self.at, "name"),
		FIELD_INVALID, FIELD_READS(node),
		"the namespace has a Service \"%.*s\" of somebody else: the head cannot get its "
		"own, and no pods are made; choose another name, or delete it",
		STR_ARG(name));
}

/* What a RayJob or RayService makes has its claim, too, and is no other cluster: RG0820 speaks. */
void preflight_gcs_store(struct preflight *p)
{
	const struct embedded_storage *const storage = &p->object->cluster->gcs.storage;
	const struct facts_store *other;

	if (p->object->kind != RAY_CLUSTER || storage->claim_name.v.len == 0 ||
		!facts_known(p->in->facts, FACTS_GCS_STORE))
		return;
	for (size_t at = 0;
		(other = facts_next_store(p->in->facts, p->in->namespace, &at)) != NULL;) {
		if (str_eq(other->cluster, p->object->meta.name.v) ||
			!str_eq(other->claim, storage->claim_name.v) ||
			!str_eq(other->sub_path, storage->sub_path.v))
			continue;
		preflight_found(p, PREFLIGHT_RULE_GCS_STORE,
			FIELD_CHILD(storage->self.at, "claimName"), FIELD_INVALID,
			FIELD_READS(storage->claim_name.node, storage->sub_path.node),
			"RayCluster \"%.*s\" keeps the state of its GCS there: use another claim, "
			"or another subPath",
			STR_ARG(other->cluster));
	}
}
