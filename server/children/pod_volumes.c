#include "server/children/pod_parts.h"

static bool has_volume(const struct pod_draft *d, const char *name)
{
	const struct json_edit *v = json_edit_first(json_edit_get(d->spec, STR("volumes")));

	for (; v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("name"))), name))
			return true;
	}
	return false;
}

struct json_edit *pod_add_volume(struct pod_draft *d, const char *name)
{
	if (has_volume(d, name))
		return NULL;
	struct json_edit *const volume = json_edit_object();

	json_edit_put_cstr(volume, "name", name);
	json_edit_add(child_array(d->spec, "volumes"), volume);
	return volume;
}

/* The object store is as large as the container's memory at most. */
static void bound_by_memory(const struct pod_draft *d, struct json_edit *empty_dir)
{
	const struct container *const ray = pod_ray_container(&d->group->template);
	const struct resource *memory = resource_find(&ray->resources.limits, "memory");

	if (memory == NULL)
		memory = resource_find(&ray->resources.requests, "memory");
	if (memory)
		json_edit_put(empty_dir, "sizeLimit", json_edit_import(memory->node));
}

static void add_shared_memory(struct pod_draft *d)
{
	if (start_params_get(&d->params, "plasma-directory") ||
		container_mounts_at(d->ray, "/dev/shm"))
		return;
	struct json_edit *const volume = pod_add_volume(d, "shared-mem");

	if (volume) {
		struct json_edit *const empty_dir = json_edit_put_object(volume, "emptyDir");

		json_edit_put_cstr(empty_dir, "medium", "Memory");
		bound_by_memory(d, empty_dir);
	}
	container_add_mount(d->ray, "shared-mem", "/dev/shm");
}

static void add_logs_to(struct pod_draft *d, struct json_edit *container)
{
	if (container_mounts_at(container, "/tmp/ray"))
		return;
	struct json_edit *const volume = pod_add_volume(d, "ray-logs");

	if (volume)
		json_edit_put_object(volume, "emptyDir");
	container_add_mount(container, "ray-logs", "/tmp/ray");
}

/* The autoscaler writes logs that the head reads. */
static void add_logs(struct pod_draft *d)
{
	struct json_edit *v = json_edit_first(json_edit_get(d->spec, STR("containers")));

	add_logs_to(d, d->ray);
	for (; v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("name"))), "autoscaler"))
			add_logs_to(d, v);
	}
}

/* A projected token of the pod's service account. */
static void add_token(struct pod_draft *d)
{
	struct json_edit *const volume = pod_add_volume(d, "ray-token");

	if (volume == NULL)
		return;
	struct json_edit *const source = json_edit_object();

	json_edit_put_cstr(json_edit_put_object(source, "serviceAccountToken"), "path", "token");
	json_edit_add(
		json_edit_put_array(json_edit_put_object(volume, "projected"), "sources"), source);
}

void pod_add_volumes(struct pod_draft *d)
{
	if (d->c->token_auth && d->c->cluster->auth.k8s_token.v)
		add_token(d);
	add_shared_memory(d);
	if (d->group->is_head && raycluster_autoscales(d->c->cluster))
		add_logs(d);
}
