/*
 * Advisories on what surrounds a cluster: versions of the API, Kueue, GitOps, and ways of writing
 * that KubeRay keeps only for old manifests.
 */
#include "validators/rules.h"

#define QUEUE_NAME  "kueue.x-k8s.io/queue-name"
#define ELASTIC_JOB "kueue.x-k8s.io/elastic-job"
#define OPEN_FILES  "RAY_START_ULIMIT_OPEN_FILES"

enum {
	KUEUE_PODSETS = 18,    /* since its changes of July 2026 */
	KUEUE_PODSETS_OLD = 8, /* long before */
};

/* RG1509 */
static void api_is_current(const struct rule_context *c, const struct ray_object *object)
{
	if (object->is_older)
		rule_found(c, FIELD_ROOT("apiVersion"), FIELD_INVALID,
			FIELD_READS(object->api_version.node),
			"is deprecated: write ray.io/v1, which has all of its fields");
}

/* RG1510: where the annotations work; where they do not, other rules speak. */
static void options_replace_annotations(
	const struct rule_context *c, const struct raycluster *cluster)
{
	static const char *const OLD[] = {"ray.io/ft-enabled", "ray.io/external-storage-namespace"};
	const struct field_path *const at = FIELD_CHILD(FIELD_ROOT("metadata"), "annotations");
	const struct container *const ray =
		cluster->head ? pod_ray_container(&cluster->head->template) : NULL;

	if (cluster->gcs.self.node || !container_env(ray, "RAY_REDIS_ADDRESS"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(OLD); i++) {
		const struct json_node *const value =
			json_get(c->object->meta.annotations.node, OLD[i]);

		if (json_is(value, JSON_STRING) && value->len)
			rule_found(c, FIELD_KEY(at, str_from(OLD[i])), FIELD_INVALID,
				FIELD_READS(value),
				"is deprecated: spec.gcsFaultToleranceOptions says the same");
	}
}

static bool is_queued(const struct rule_context *c)
{
	return ray_object_label(c->object, c->arena, QUEUE_NAME).len > 0;
}

/* RG1511: head, groups, and the submitter of a RayJob are a set of pods each. */
static void kueue_takes_groups(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct ray_job *const job = c->object->job;
	const bool submitter = job && (job->submission_mode.v.len == 0 ||
					      str_is(job->submission_mode.v, "K8sJobMode"));
	const size_t others = submitter ? 2 : 1;
	const struct field_path *const at = FIELD_CHILD(cluster->self.at, "workerGroupSpecs");

	if (cluster->worker_count + others <= KUEUE_PODSETS_OLD || !is_queued(c))
		return;
	if (cluster->worker_count + others > KUEUE_PODSETS)
		rule_found(c, at, FIELD_TOO_MANY, FIELD_READS_NOTHING,
			"Kueue takes at most %zu worker groups here (kueue#12818)",
			KUEUE_PODSETS - others);
	else
		rule_found(c, at, FIELD_TOO_MANY, FIELD_READS_NOTHING,
			"a Kueue from before July 2026 takes fewer worker groups, the oldest %zu "
			"(kueue#11379)",
			KUEUE_PODSETS_OLD - others);
}

/* RG1512: by that name Kueue knows the head itself. */
static void kueue_takes_name(const struct rule_context *c, const struct ray_group *group)
{
	if (str_is(group->name.v, "head") && is_queued(c))
		rule_found(c, FIELD_CHILD(group->self.at, "groupName"), FIELD_FORBIDDEN,
			FIELD_READS(group->name.node),
			"Kueue refuses a worker group named head: choose another name");
}

/* RG1513 */
static void kueue_takes_autoscaling(const struct rule_context *c, const struct raycluster *cluster)
{
	if (is_queued(c) && raycluster_autoscales(cluster) &&
		!str_is(ray_object_annotation(c->object, c->arena, ELASTIC_JOB), "true"))
		rule_found(c, FIELD_CHILD(cluster->self.at, "enableInTreeAutoscaling"),
			FIELD_INVALID, FIELD_READS(cluster->autoscaling.node),
			"Kueue takes it only with elastic jobs: annotation " ELASTIC_JOB
			": \"true\" and its gate ElasticJobsViaWorkloadSlices");
}

static bool has_prefix(const struct rule_context *c, const struct json_node *map)
{
	static const char *const PREFIXES[] = {
		"argocd.argoproj.io/", "kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/"};

	for (struct json_iter it = json_iter(map); json_next_member(&it);) {
		for (size_t i = 0; i < ARRAY_LEN(PREFIXES); i++) {
			if (str_starts(json_str(c->arena, it.key), PREFIXES[i]))
				return true;
		}
	}
	return false;
}

/* RG1514: only where the user's own manifest is judged; in a stored object the autoscaler wrote. */
static void replicas_are_left_alone(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct object_meta *const meta = &c->object->meta;

	if (c->old || meta->resource_version.node || !raycluster_autoscales(cluster) ||
		!(has_prefix(c, meta->labels.node) || has_prefix(c, meta->annotations.node)))
		return;
	for (size_t i = 0; i < cluster->worker_count; i++) {
		const struct ray_group *const group = cluster->workers[i];

		if (group->replicas.node && group->replicas.v > 0)
			rule_found(c, FIELD_CHILD(group->self.at, "replicas"), FIELD_INVALID,
				FIELD_READS(group->replicas.node),
				"each sync would undo the autoscaler's work (kuberay#1120): leave "
				"it out, or have it ignored");
	}
}

static bool is_limit(struct str text)
{
	int64_t number;

	return str_is(text, "unlimited") || str_is(text, "hard") || str_is(text, "soft") ||
	       (str_to_i64(text, &number) && number > 0);
}

/* RG1515: the value stands in a command of the shell. */
static void open_files_is_number(const struct rule_context *c, const struct ray_group *group)
{
	const struct env_var *const env =
		container_env(pod_ray_container(&group->template), OPEN_FILES);

	if (env && env->value.v.len && str_find(env->value.v, '$') == env->value.v.len &&
		!is_limit(env->value.v))
		rule_found(c, FIELD_CHILD(env->self.at, "value"), FIELD_INVALID,
			FIELD_READS(env->value.node),
			"becomes an argument of ulimit -n: must be a positive number");
}

static const struct rule RULES[] = {
	RULE("RG1509", "api-version-is-current", WARN, MODERN, "0.1", NULL,
		"The object is of ray.io/v1.", RULE_CHECKS_OBJECT(api_is_current)),
	RULE("RG1510", "ft-options-not-annotations", WARN, MODERN, "0.1", NULL,
		"Fault tolerance is described by options, not by the old annotations.",
		RULE_CHECKS_CLUSTER(options_replace_annotations), .needs = PART(ENV)),
	RULE("RG1511", "kueue-takes-the-groups", WARN, MODERN, "0.1", "kueue#11379, kueue#12818",
		"A cluster in a queue of Kueue has no more groups than Kueue takes.",
		RULE_CHECKS_CLUSTER(kueue_takes_groups), .needs = PART(LABELS)),
	RULE("RG1512", "kueue-takes-the-name", WARN, MODERN, "0.1", NULL,
		"A cluster in a queue of Kueue has no worker group named head.",
		RULE_CHECKS_WORKER(kueue_takes_name), .needs = PART(LABELS)),
	RULE("RG1513", "kueue-takes-autoscaling", WARN, MODERN, "0.1", "kueue#6662, kueue#7605",
		"A cluster in a queue of Kueue autoscales only as an elastic job.",
		RULE_CHECKS_CLUSTER(kueue_takes_autoscaling), .needs = PART(LABELS)),
	RULE("RG1514", "gitops-leaves-replicas", WARN, MODERN, "0.1", "kuberay#1120, kuberay#4149",
		"A manifest that Argo CD or Flux applies leaves replicas to the autoscaler.",
		RULE_CHECKS_CLUSTER(replicas_are_left_alone),
		.needs = PART(LABELS) | PART(ANNOTATIONS)),
	RULE("RG1515", "open-files-limit-is-number", WARN, MODERN, "0.1", NULL,
		"RAY_START_ULIMIT_OPEN_FILES is a number.", RULE_CHECKS_GROUP(open_files_is_number),
		.by_pod = true, .needs = PART(ENV)),
};

const struct rule_table RULES_SURROUNDINGS = RULE_TABLE(RULES);
