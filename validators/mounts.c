/* What containers mount: of volumes that are there, or that the controller adds. */
#include "validators/check.h"
#include "validators/name_set.h"
#include "validators/rules.h"

static struct name_set volume_names(struct arena *arena, const struct pod_template *template)
{
	const size_t count = template->spec.volumes.count;
	struct name_set names = name_set_make(arena, count);

	for (size_t i = 0; i < count; i++)
		name_set_add(&names, template->spec.volumes.items[i].name.v);
	name_set_sort(&names);
	return names;
}

/* Volumes that KubeRay adds to the pods of a group by itself. */
static bool is_added(
	const struct raycluster *cluster, const struct ray_group *group, struct str name)
{
	if (!cluster || !group || cluster->dialect != DIALECT_MODERN)
		return false;
	if (str_is(name, "shared-mem"))
		return !group_start_param(group, "plasma-directory") &&
		       !container_mount_at(pod_ray_container(&group->template), "/dev/shm");
	if (str_is(name, "ray-logs"))
		return (group->is_head && raycluster_autoscales(cluster)) ||
		       cluster->history.collector.self.node;
	if (str_is(name, "gcs-storage"))
		return group->is_head && str_is(cluster->gcs.backend.v, "rocksdb");
	if (str_is(name, "ray-tls"))
		return cluster->tls.enabled.v;
	return str_is(name, "ray-token") && cluster->auth.k8s_token.v;
}

static void volume_is_missing(const struct rule_context *c, const struct field_path *up,
	const char *key, const struct val_str *name, const struct name_set *names)
{
	const struct str near = name_set_nearest(names, name->v);

	if (near.len)
		rule_found(c, FIELD_CHILD(up, key), FIELD_NOT_FOUND, FIELD_READS(name->node),
			"the pod has no such volume; did you mean \"%.*s\"?", STR_ARG(near));
	else
		rule_found(c, FIELD_CHILD(up, key), FIELD_NOT_FOUND, FIELD_READS(name->node),
			"the pod has no such volume: add it to volumes, or remove this");
}

/* Whether any of them may name a volume. */
static bool name_volumes(const container_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct container *const container = &list->items[i];

		if (container->mounts.count || container->devices.count || container->env.count)
			return true;
	}
	return false;
}

static void check_mounts_of(const struct rule_context *c, const struct rule_pod *pod,
	const struct container *container, const struct name_set *names)
{
	for (size_t i = 0; i < container->mounts.count; i++) {
		const struct volume_mount *const mount = &container->mounts.items[i];

		if (mount->self.node && mount->name.node && !name_set_holds(names, mount->name.v) &&
			!is_added(c->cluster, pod->group, mount->name.v))
			volume_is_missing(c, mount->self.at, "name", &mount->name, names);
	}
}

static void check_devices_of(const struct rule_context *c, const struct container *container,
	const struct name_set *names)
{
	for (size_t i = 0; i < container->devices.count; i++) {
		const struct volume_device *const device = &container->devices.items[i];

		if (device->self.node && device->name.node &&
			!name_set_holds(names, device->name.v))
			volume_is_missing(c, device->self.at, "name", &device->name, names);
	}
}

/* The files that variables are read from. */
static void check_files_of(const struct rule_context *c, const struct rule_pod *pod,
	const struct container *container, const struct name_set *names)
{
	for (size_t i = 0; i < container->env.count; i++) {
		const struct schema_object *const from = &container->env.items[i].value_from;
		const struct json_node *const ref = json_get(from->node, "fileKeyRef");
		const struct json_node *const name = json_get(ref, "volumeName");
		const struct val_str volume = {name, json_str(c->arena, name)};

		if (json_is(name, JSON_STRING) && !name_set_holds(names, volume.v) &&
			!is_added(c->cluster, pod->group, volume.v))
			volume_is_missing(c, FIELD_CHILD(from->at, "fileKeyRef"), "volumeName",
				&volume, names);
	}
}

static void mounted_volumes_exist(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const container_list *const lists[] = {&spec->containers, &spec->init_containers};

	if (!name_volumes(lists[0]) && !name_volumes(lists[1]))
		return;
	const struct name_set names = volume_names(c->arena, pod->template);

	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			check_mounts_of(c, pod, &lists[l]->items[i], &names);
			check_devices_of(c, &lists[l]->items[i], &names);
			check_files_of(c, pod, &lists[l]->items[i], &names);
		}
	}
}

static void autoscaler_volumes_exist(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct autoscaler_options *const options = &cluster->autoscaler;

	if (!cluster->head || !raycluster_autoscales(cluster))
		return;
	const struct name_set names = volume_names(c->arena, &cluster->head->template);

	for (size_t i = 0; i < options->mounts.count; i++) {
		const struct volume_mount *const mount = &options->mounts.items[i];

		if (mount->self.node && mount->name.node &&
			!name_set_holds(&names, mount->name.v) &&
			!is_added(cluster, cluster->head, mount->name.v))
			volume_is_missing(c, mount->self.at, "name", &mount->name, &names);
	}
}

static void check_path(const struct rule_context *c, const struct volume_mount *mount)
{
	const struct field_path *const at = FIELD_CHILD(mount->self.at, "mountPath");

	if (!mount->path.node)
		return;
	if (!mount->path.v.len)
		rule_found(c, at, FIELD_REQUIRED, FIELD_READS(mount->path.node),
			"must be the path in the container, such as /data");
	else if (str_find(mount->path.v, ':') < mount->path.v.len)
		rule_warned(c, at, FIELD_INVALID, FIELD_READS(mount->path.node),
			"should have no ':': not every container engine can mount there");
}

static void check_sub_path(const struct rule_context *c, const struct volume_mount *mount)
{
	if (mount->sub_path.v.len && mount->sub_path_expr.v.len)
		rule_found(c, FIELD_CHILD(mount->self.at, "subPathExpr"), FIELD_INVALID,
			FIELD_READS(mount->sub_path_expr.node, mount->sub_path.node),
			"must be left out where subPath is set: keep one of them");
	check_local_path(c, FIELD_CHILD(mount->self.at, "subPath"), mount->sub_path.node);
	check_local_path(c, FIELD_CHILD(mount->self.at, "subPathExpr"), mount->sub_path_expr.node);
}

static void check_mount(const struct rule_context *c, const struct volume_mount *mount)
{
	if (!mount->self.node)
		return;
	check_path(c, mount);
	check_sub_path(c, mount);
}

static void mounts_of(const struct rule_context *c, const struct container *container)
{
	for (size_t i = 0; i < container->mounts.count; i++)
		check_mount(c, &container->mounts.items[i]);
}

static void mount_paths_fit(const struct rule_context *c, const struct ray_object *object)
{
	check_each_container(c, object, mounts_of);
	for (size_t i = 0; c->cluster && i < c->cluster->autoscaler.mounts.count; i++)
		check_mount(c, &c->cluster->autoscaler.mounts.items[i]);
}

static void check_sharing(const struct rule_context *c, const struct container *container,
	const struct volume_mount *mount)
{
	const struct json_node *const sharing = json_get(mount->self.node, "mountPropagation");
	const struct json_node *const recursive = json_get(mount->self.node, "recursiveReadOnly");

	if (json_str_is(sharing, STR("Bidirectional"))) {
		const struct json_node *const privileged =
			json_get(container->security_context.node, "privileged");

		if (!json_is(privileged, JSON_TRUE))
			rule_found(c, FIELD_CHILD(mount->self.at, "mountPropagation"),
				FIELD_FORBIDDEN, FIELD_READS(sharing, privileged),
				"Bidirectional is for privileged containers alone");
	}
	if (json_str_is(recursive, STR("Enabled")) || json_str_is(recursive, STR("IfPossible"))) {
		const struct json_node *const read_only = json_get(mount->self.node, "readOnly");

		if (!json_is(read_only, JSON_TRUE))
			rule_found(c, FIELD_CHILD(mount->self.at, "recursiveReadOnly"),
				FIELD_FORBIDDEN, FIELD_READS(recursive, read_only),
				"only goes with readOnly: true");
		if (json_is(sharing, JSON_STRING) && sharing->len &&
			!json_str_is(sharing, STR("None")))
			rule_found(c, FIELD_CHILD(mount->self.at, "recursiveReadOnly"),
				FIELD_FORBIDDEN, FIELD_READS(recursive, sharing),
				"only goes without mountPropagation, or with None");
	}
}

static void sharing_is_allowed(const struct rule_context *c, const struct container *container)
{
	for (size_t i = 0; i < container->mounts.count; i++) {
		if (container->mounts.items[i].self.node)
			check_sharing(c, container, &container->mounts.items[i]);
	}
}

/* Those that cannot be a device, as that of a claim can, by name or made with the pod. */
static struct name_set unclaimed_names(struct arena *arena, const struct pod_spec *spec)
{
	struct name_set names = name_set_make(arena, spec->volumes.count);

	for (size_t i = 0; i < spec->volumes.count; i++) {
		const struct pod_volume *const volume = &spec->volumes.items[i];

		if (!json_present(json_get(volume->self.node, "persistentVolumeClaim")) &&
			!json_present(json_get(volume->self.node, "ephemeral")))
			name_set_add(&names, volume->name.v);
	}
	name_set_sort(&names);
	return names;
}

static void check_claimed(const struct rule_context *c, const struct volume_device *device,
	const struct name_set *unclaimed)
{
	if (device->self.node && device->name.node && name_set_holds(unclaimed, device->name.v))
		rule_found(c, FIELD_CHILD(device->self.at, "name"), FIELD_INVALID,
			FIELD_READS(device->name.node),
			"must be a volume of a claim, since nothing else is a device: use "
			"volumeMounts for another");
}

static void devices_are_claims(const struct rule_context *c, const struct rule_pod *pod)
{
	const struct pod_spec *const spec = &pod->template->spec;
	const container_list *const lists[] = {&spec->containers, &spec->init_containers};
	const struct name_set unclaimed = unclaimed_names(c->arena, spec);

	for (size_t l = 0; l < ARRAY_LEN(lists); l++) {
		for (size_t i = 0; i < lists[l]->count; i++) {
			const struct container *const container = &lists[l]->items[i];

			for (size_t d = 0; d < container->devices.count; d++)
				check_claimed(c, &container->devices.items[d], &unclaimed);
		}
	}
}

static const struct rule RULES[] = {
	RULE("RG0680", "mounted-volume-exists", ERROR, BOTH, "0.1", NULL,
		"A container mounts volumes that its pod has or that the controller adds.",
		RULE_CHECKS_POD(mounted_volumes_exist),
		.needs = PART(MOUNTS) | PART(DEVICES) | PART(ENV_SOURCE)),
	RULE("RG0681", "autoscaler-volume-exists", ERROR, MODERN, "0.1", NULL,
		"The autoscaler mounts volumes of the head's template.",
		RULE_CHECKS_CLUSTER(autoscaler_volumes_exist), .needs = PART(AUTOSCALER)),
	RULE("RG0682", "mount-paths-fit", ERROR, BOTH, "0.1", NULL,
		"A mount has a path, and a sub-path that stays inside the volume.",
		RULE_CHECKS_OBJECT(mount_paths_fit), .needs = PART(MOUNTS)),
	RULE("RG0683", "mount-sharing-allowed", ERROR, BOTH, "0.1", NULL,
		"Mounts are shared or read-only in ways that Kubernetes allows.",
		RULE_CHECKS_CONTAINER(sharing_is_allowed), .needs = PART(MOUNT_SHARING)),
	RULE("RG0684", "device-is-a-claim", ERROR, BOTH, "0.1", NULL,
		"A device of a container is the volume of a claim.",
		RULE_CHECKS_POD(devices_are_claims), .needs = PART(DEVICES)),
};

const struct rule_table RULES_MOUNTS = RULE_TABLE(RULES);
