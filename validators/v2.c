#include "validators/v2.h"

static const struct container *head_container(const struct raycluster *cluster)
{
	return cluster->head ? pod_ray_container(&cluster->head->template) : NULL;
}

const struct env_var *v2_env(const struct raycluster *cluster)
{
	const struct container *const ray = head_container(cluster);

	return ray ? container_env(ray, V2_ENV) : NULL;
}

struct v2_signs v2_signs(const struct raycluster *cluster)
{
	const struct env_var *const env = v2_env(cluster);

	return (struct v2_signs){
		.version = cluster->autoscaler.version.node,
		.env = env ? env->value.node : NULL,
	};
}

bool v2_env_is_on(const struct raycluster *cluster)
{
	const struct env_var *const env = v2_env(cluster);

	return env && (str_is(env->value.v, "1") || str_is(env->value.v, "true"));
}

bool v2_is_asked_for(const struct raycluster *cluster)
{
	return raycluster_autoscaler_is(cluster, "v2") || v2_env_is_on(cluster);
}

bool v2_ray_version(const struct raycluster *cluster, struct version *out)
{
	const struct container *const ray = head_container(cluster);

	*out = cluster->version;
	if (cluster->has_version)
		return true;
	return ray && version_of_image(ray->image.v, out);
}

bool v2_is_implied(const struct raycluster *cluster)
{
	struct version version;

	return cluster->autoscaler.version.v.len == 0 && v2_env(cluster) == NULL &&
	       v2_ray_version(cluster, &version) && version_at_least(version, 2, 48, 0);
}
