#include "server/children/pod_parts.h"

#define START                                                                                      \
	"ray kuberay-autoscaler --cluster-name $(RAY_CLUSTER_NAME) --cluster-namespace "           \
	"$(RAY_CLUSTER_NAMESPACE)"

static struct json_edit *sidecar(const struct json_edit *ray)
{
	struct json_edit *const container = json_edit_object();

	json_edit_put_cstr(container, "name", "autoscaler");
	json_edit_put_str(container, "image", json_edit_text(json_edit_get(ray, STR("image"))));
	json_edit_put_cstr(container, "imagePullPolicy", "IfNotPresent");
	container_put_script(container, STR(START));
	container_add_env_from_field(
		container, "RAY_CLUSTER_NAME", "metadata.labels['" LABEL_CLUSTER "']");
	container_add_env_from_field(container, "RAY_CLUSTER_NAMESPACE", "metadata.namespace");
	container_add_env_from_field(container, "RAY_HEAD_POD_NAME", "metadata.name");
	container_add_env(container, "KUBERAY_CRD_VER", STR("v1"));
	container_add_env(container, "KUBERAY_GEN_AUTOSCALER_START_CMD", STR(START));
	container_put_resources(container, "500m", "512Mi");
	return container;
}

/* What the user says of the sidecar in autoscalerOptions: put in place of ours, or behind it. */
static void take_options(struct json_edit *container, const struct json_node *options)
{
	static const char *const REPLACED[] = {
		"resources", "image", "imagePullPolicy", "securityContext", "command", "args"};
	static const char *const APPENDED[] = {"env", "envFrom", "volumeMounts"};

	for (size_t i = 0; i < ARRAY_LEN(REPLACED); i++) {
		const struct json_node *const value = json_get(options, REPLACED[i]);
		const bool empty = json_is(value, JSON_ARRAY) && json_count(value) == 0;

		if (json_present(value) && !empty)
			json_edit_set(container, str_from(REPLACED[i]), json_edit_import(value));
	}
	for (size_t i = 0; i < ARRAY_LEN(APPENDED); i++) {
		const struct json_node *const list = json_get(options, APPENDED[i]);

		for (struct json_iter it = json_iter(list); json_next_item(&it);)
			json_edit_add(
				child_array(container, APPENDED[i]), json_edit_import(it.value));
	}
}

/* Ray's own autoscaler is told which of its two it is; v2 cannot live with restarts in place. */
static void choose_version(struct pod_draft *d)
{
	const struct raycluster *const cluster = d->c->cluster;

	if (raycluster_autoscaler_is(cluster, "v2")) {
		container_add_env(d->ray, "RAY_enable_autoscaler_v2", STR("true"));
		json_edit_set(d->spec, STR("restartPolicy"), json_edit_str(STR("Never")));
	} else if (raycluster_autoscaler_is(cluster, "v1")) {
		container_add_env(d->ray, "RAY_enable_autoscaler_v2", STR("false"));
	}
}

void pod_add_autoscaler(struct pod_draft *d)
{
	if (!raycluster_autoscales(d->c->cluster))
		return;
	struct json_edit *const container = sidecar(d->ray);

	start_params_set(&d->params, STR("no-monitor"), STR("true"));
	json_edit_set(d->spec, STR("serviceAccountName"), json_edit_str(d->c->service_account));
	if (d->c->token_auth)
		container_add_token(d->c, container);
	take_options(container, d->c->cluster->autoscaler.self.node);
	json_edit_add(json_edit_get(d->spec, STR("containers")), container);
	choose_version(d);
}
