#include "api/pod.h"

const struct container *pod_ray_container(const struct pod_template *template)
{
	const container_list *const containers = &template->spec.containers;

	return containers->count && containers->items[0].self.node ? &containers->items[0] : NULL;
}

const struct env_var *container_env(const struct container *container, const char *name)
{
	const struct env_var *found = NULL;

	for (size_t i = 0; container && i < container->env.count; i++) {
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
