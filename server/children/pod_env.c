#include "api/injected.h"
#include "server/children/pod_parts.h"

/* In the words that KubeRay has for it: any other is of a RayCluster. */
static struct str originated_from(const struct child_context *c)
{
	const struct str crd = ray_object_label(c->object, c->arena, LABEL_CRD);

	return str_is(crd, "RayJob") || str_is(crd, "RayService") ? crd : STR("RayCluster");
}

/* Where the head is, in full and (for old images) in short. */
static void add_head_address(const struct child_context *c, struct json_edit *container)
{
	const struct str fqdn = c->head_fqdn;

	container_add_env(container, "FQ_RAY_IP", fqdn);
	container_add_env(container, "RAY_IP", (struct str){fqdn.at, str_find(fqdn, '.')});
}

static void add_init_env(struct pod_draft *d)
{
	struct json_edit *v = json_edit_first(json_edit_get(d->spec, STR("initContainers")));

	for (; v; v = json_edit_next(v)) {
		if (json_edit_kind(v) == JSON_OBJECT)
			add_head_address(d->c, v);
	}
}

static void add_names(struct pod_draft *d)
{
	static const struct {
		const char *name, *field;
	} FIELDS[] = {
		{"RAY_CLUSTER_NAME", "metadata.labels['" LABEL_CLUSTER "']"},
		{"RAY_CLUSTER_NAMESPACE", "metadata.namespace"},
		{"RAY_CLOUD_INSTANCE_ID", "metadata.name"},
		{"RAY_NODE_TYPE_NAME", "metadata.labels['" LABEL_GROUP "']"},
	};

	for (size_t i = 0; i < ARRAY_LEN(FIELDS); i++)
		container_add_env_from_field(d->ray, FIELDS[i].name, FIELDS[i].field);
}

/* Shorter waits where something serves requests. */
static void add_serve_env(struct pod_draft *d)
{
	container_default_env(d->ray, "RAY_timeout_ms_task_wait_for_death_info", STR("0"));
	container_default_env(d->ray, "RAY_gcs_server_request_timeout_seconds", STR("5"));
	container_default_env(d->ray, "RAY_SERVE_KV_TIMEOUT_S", STR("5"));
}

/*
 * How often `ray start` asks for a head that is not there yet, a second or more each time: some
 * minutes instead of Ray's 20 times, as an image may be long in coming.
 */
static void add_patience(struct pod_draft *d)
{
	if (!d->group->is_head && !injected_waits_for_head(d->c->policy, d->c->cluster))
		container_default_env(d->ray, "RAY_NUM_REDIS_GET_RETRIES", STR("200"));
}

void pod_add_env(struct pod_draft *d)
{
	const struct child_context *const c = d->c;
	const bool head = d->group->is_head;
	const struct str crd = originated_from(c);
	const struct str host = head ? STR("127.0.0.1") : c->head_fqdn;

	add_init_env(d);
	if (!head)
		add_head_address(c, d->ray);
	add_names(d);
	container_add_env(d->ray, "KUBERAY_GEN_RAY_START_CMD", d->start);
	container_default_env(d->ray, "RAY_PORT", c->head_port);
	if (str_is(crd, "RayService"))
		add_serve_env(d);
	container_default_env(d->ray, "RAY_ADDRESS",
		arena_printf(c->arena, "%.*s:%.*s", STR_ARG(host), STR_ARG(c->head_port)));
	container_default_env(d->ray, "RAY_USAGE_STATS_KUBERAY_IN_USE", STR("1"));
	if (head)
		container_add_env(d->ray, "RAY_USAGE_STATS_EXTRA_TAGS",
			arena_printf(
				c->arena, "kuberay_version=v1.7.0;kuberay_crd=%.*s", STR_ARG(crd)));
	container_default_env(d->ray, "RAY_DASHBOARD_ENABLE_K8S_DISK_USAGE", STR("1"));
	add_patience(d);
}
