/* Names in a pod that the controller uses itself. */
#include "validators/check.h"
#include "validators/rules.h"

static const struct container *find_container(const container_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].self.node && str_is(list->items[i].name.v, name))
			return &list->items[i];
	}
	return NULL;
}

static void name_is_taken(const struct rule_context *c, const struct ray_group *head,
	const char *name, const struct json_node *reason, const char *why)
{
	const struct pod_spec *const spec = &head->template.spec;
	const struct container *taken = find_container(&spec->containers, name);

	if (!taken)
		taken = find_container(&spec->init_containers, name);
	if (taken)
		rule_found(c, FIELD_CHILD(taken->self.at, "name"), FIELD_DUPLICATE,
			FIELD_READS(taken->name.node, reason),
			"%s adds a container of this name to the head pod: name yours otherwise",
			why);
}

static void injected_containers_are_free(
	const struct rule_context *c, const struct raycluster *cluster)
{
	const struct ray_job *const job = c->object->job;

	if (cluster->head && raycluster_autoscales(cluster))
		name_is_taken(c, cluster->head, "autoscaler", cluster->autoscaling.node,
			"enableInTreeAutoscaling");
	if (cluster->head && job && str_is(job->submission_mode.v, "SidecarMode"))
		name_is_taken(c, cluster->head, "ray-job-submitter", job->submission_mode.node,
			"submissionMode SidecarMode");
}

static void waiting_is_left_to_controller(
	const struct rule_context *c, const struct ray_group *group)
{
	const struct pod_spec *const spec = &group->template.spec;
	const struct container *own = find_container(&spec->init_containers, "wait-gcs-ready");

	if (!own)
		own = find_container(&spec->containers, "wait-gcs-ready");
	if (own)
		rule_found(c, FIELD_CHILD(own->self.at, "name"), FIELD_DUPLICATE,
			FIELD_READS(own->name.node),
			"KubeRay adds an init container of this name, and Kubernetes refuses a pod "
			"with two: remove yours, or name it otherwise (where the operator runs "
			"with ENABLE_INIT_CONTAINER_INJECTION=false, turn the rule off)");
}

static void shared_memory_is_memory(const struct rule_context *c, const struct ray_group *group)
{
	const struct pod_volume *const volume =
		pod_volume_find(&group->template, STR("shared-mem"));
	const struct json_node *const medium =
		volume ? json_get(json_get(volume->self.node, "emptyDir"), "medium") : NULL;

	if (volume && volume->self.node && !json_str_is(medium, STR("Memory")) &&
		!container_mount_at(pod_ray_container(&group->template), "/dev/shm"))
		rule_found(c, FIELD_CHILD(volume->self.at, "name"), FIELD_INVALID,
			FIELD_READS(volume->name.node, medium),
			"KubeRay mounts the volume of this name at /dev/shm: make it emptyDir: "
			"{medium: Memory}, or name it otherwise");
}

enum pods {
	PODS_HEAD = 1,
	PODS_WORKER = 2,
	PODS_BOTH = PODS_HEAD | PODS_WORKER,
};

/* KubeRay appends these whether they are there or not; of two, Kubernetes takes the last. */
static const struct {
	const char *name;
	enum pods pods;
} APPENDED[] = {
	{"FQ_RAY_IP", PODS_WORKER},
	{"KUBERAY_GEN_RAY_START_CMD", PODS_BOTH},
	{"RAY_CLOUD_INSTANCE_ID", PODS_BOTH},
	{"RAY_CLUSTER_NAME", PODS_BOTH},
	{"RAY_CLUSTER_NAMESPACE", PODS_BOTH},
	{"RAY_IP", PODS_WORKER},
	{"RAY_NODE_TYPE_NAME", PODS_BOTH},
	{"RAY_USAGE_STATS_EXTRA_TAGS", PODS_HEAD},
};

static bool is_appended(const struct ray_group *group, struct str name)
{
	const unsigned here = group->is_head ? PODS_HEAD : PODS_WORKER;

	for (size_t i = 0; i < ARRAY_LEN(APPENDED); i++) {
		if (str_is(name, APPENDED[i].name))
			return ((unsigned)APPENDED[i].pods & here) != 0;
	}
	return false;
}

static void appended_env_is_free(const struct rule_context *c, const struct ray_group *group)
{
	const struct container *const ray = pod_ray_container(&group->template);

	for (size_t i = 0; ray && i < ray->env.count; i++) {
		const struct env_var *const env = &ray->env.items[i];

		if (env->self.node && is_appended(group, env->name.v))
			rule_found(c, FIELD_CHILD(env->self.at, "name"), FIELD_DUPLICATE,
				FIELD_READS(env->name.node),
				"has no effect: KubeRay sets this variable behind yours; remove "
				"it");
	}
}

static const struct rule RULES[] = {
	RULE("RG0621", "injected-container-free", ERROR, MODERN, "0.1", NULL,
		"The head pod has no container with the name of one that the controller adds.",
		RULE_CHECKS_CLUSTER(injected_containers_are_free),
		.needs = PART(AUTOSCALING) | PART(JOB)),
	RULE("RG0622", "injected-init-container-free", ERROR, MODERN, "0.1", NULL,
		"A worker pod has no container named wait-gcs-ready, as KubeRay's own is.",
		RULE_CHECKS_WORKER(waiting_is_left_to_controller), .by_pod = true),
	RULE("RG0623", "shared-mem-is-memory", WARN, MODERN, "0.1", NULL,
		"A volume named shared-mem is memory.", RULE_CHECKS_GROUP(shared_memory_is_memory),
		.by_pod = true, .needs = PART(VOLUMES)),
	RULE("RG0624", "appended-env-free", WARN, MODERN, "0.1", NULL,
		"Ray's container leaves the variables to KubeRay that it sets in any case.",
		RULE_CHECKS_GROUP(appended_env_is_free), .by_pod = true, .needs = PART(ENV)),
};

const struct rule_table RULES_RESERVED = RULE_TABLE(RULES);
