#include "api/pod.h"

const struct container *pod_ray_container(const struct pod_template *template)
{
	const container_list *const containers = &template->spec.containers;

	return containers->count && containers->items[0].self.node ? &containers->items[0] : NULL;
}

const struct env_var *container_env_of_some(const struct container *container, const char *name)
{
	const struct env_var *found = NULL;

	for (size_t i = 0; i < container->env.count; i++) {
		if (str_is(container->env.items[i].name.v, name))
			found = &container->env.items[i];
	}
	return found;
}

const struct volume_mount *container_mount_at(const struct container *container, const char *path)
{
	for (size_t i = 0; container && i < container->mounts.count; i++) {
		if (str_is(container->mounts.items[i].path.v, path))
			return &container->mounts.items[i];
	}
	return NULL;
}

const struct pod_volume *pod_volume_find(const struct pod_template *template, struct str name)
{
	for (size_t i = 0; i < template->spec.volumes.count; i++) {
		if (str_eq(template->spec.volumes.items[i].name.v, name))
			return &template->spec.volumes.items[i];
	}
	return NULL;
}

bool container_amount_is_unreadable(
	const struct container *container, const char *list, const char *name)
{
	const struct resource_requirements *const r = &container->resources;
	const struct json_node *const resources = json_get(container->self.node, "resources");
	const struct json_node *const amounts = json_get(resources, list);
	const struct resource_list *const read =
		str_is(str_from(list), "limits") ? &r->limits : &r->requests;

	if (!r->self.node)
		return json_present(resources);
	if (!read->node)
		return json_present(amounts);
	return json_present(json_get(amounts, name)) && !resource_find(read, name);
}
