/* A RayJob, and the jobs of a RayCronJob: how the job is submitted, retried and ended. */
#include "validators/rules.h"

#include "validators/check.h"

#define SELECTOR_KEY "ray.io/cluster"

static bool is_mode(const struct ray_job *job, const char *mode)
{
	return str_is(job->submission_mode.v, mode);
}

static bool selects_cluster(const struct ray_job *job)
{
	return json_count(job->cluster_selector.node) > 0;
}

/* RG1201 */
static void suspend_needs_shutdown(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job && job->suspend.v && !job->shutdown_after_finish.v)
		rule_found(c, FIELD_CHILD(job->self.at, "suspend"), FIELD_INVALID,
			FIELD_READS(job->suspend.node, job->shutdown_after_finish.node),
			"suspending ends the cluster: set shutdownAfterJobFinishes: true too");
}

/* RG1202 */
static void ttl_needs_shutdown(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;
	const struct val_i32 *const ttl = job ? &job->ttl_seconds_after_finished : NULL;

	if (job == NULL)
		return;
	if (ttl->v < 0)
		rule_found(c, FIELD_CHILD(job->self.at, "ttlSecondsAfterFinished"), FIELD_INVALID,
			FIELD_READS(ttl->node), "must be 0 or more");
	else if (ttl->v > 0 && !job->shutdown_after_finish.v)
		rule_found(c, FIELD_CHILD(job->self.at, "ttlSecondsAfterFinished"), FIELD_INVALID,
			FIELD_READS(ttl->node, job->shutdown_after_finish.node),
			"counts only with shutdownAfterJobFinishes: set that to true, or remove "
			"this");
}

/* RG1203; where one stands under another name, or is no object, the decoder has told so. */
static void job_has_cluster(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job && job->self.node && job->cluster_spec.at == NULL && !selects_cluster(job) &&
		!json_present(json_get(job->self.node, "rayClusterSpec")))
		rule_found(c, FIELD_CHILD(job->self.at, "rayClusterSpec"), FIELD_REQUIRED,
			FIELD_READS(job->cluster_selector.node),
			"a job needs a cluster: describe one here, or name one in clusterSelector");
}

/* RG1219: KubeRay judges it all the same. */
static void job_has_one_cluster(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job && job->cluster_spec.node && selects_cluster(job))
		rule_found(c, FIELD_CHILD(job->self.at, "rayClusterSpec"), FIELD_FORBIDDEN,
			FIELD_READS(NULL, job->cluster_selector.node),
			"no cluster is made of it: the job runs on the one that clusterSelector "
			"names; remove one of the two");
}

/* RG1204 */
static void selector_names_cluster(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;
	const struct json_node *const name =
		job ? json_get(job->cluster_selector.node, SELECTOR_KEY) : NULL;

	if (job && selects_cluster(job) && !(json_is(name, JSON_STRING) && name->len))
		rule_found(c,
			FIELD_KEY(FIELD_CHILD(job->self.at, "clusterSelector"), STR(SELECTOR_KEY)),
			FIELD_REQUIRED, FIELD_READS(name),
			"must be the name of the RayCluster that runs the job");
}

/* RG1205 */
static void selector_fits_job(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job == NULL || !selects_cluster(job))
		return;
	if (job->suspend.v)
		rule_found(c, FIELD_CHILD(job->self.at, "suspend"), FIELD_FORBIDDEN,
			FIELD_READS(job->suspend.node),
			"a cluster that clusterSelector names is not the job's to suspend: remove "
			"one of the two");
	if (is_mode(job, "SidecarMode"))
		rule_found(c, FIELD_CHILD(job->self.at, "submissionMode"), FIELD_FORBIDDEN,
			FIELD_READS(job->submission_mode.node),
			"SidecarMode puts a container into the head pod, and clusterSelector names "
			"a cluster that runs already: use K8sJobMode or HTTPMode");
	if (job->backoff_limit.v > 0)
		rule_found(c, FIELD_CHILD(job->self.at, "backoffLimit"), FIELD_FORBIDDEN,
			FIELD_READS(job->backoff_limit.node),
			"each retry makes a new cluster, which clusterSelector rules out: use 0");
}

/* RG1206 */
static void interactive_is_not_retried(
	const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job && is_mode(job, "InteractiveMode") && job->backoff_limit.v > 0)
		rule_found(c, FIELD_CHILD(job->self.at, "backoffLimit"), FIELD_INVALID,
			FIELD_READS(job->backoff_limit.node, job->submission_mode.node),
			"must be 0 in InteractiveMode: nobody submits the job a second time");
}

static void sidecar_excludes(const struct rule_context *c, const struct ray_job *job,
	const struct schema_object *other, const char *name)
{
	if (other->node)
		rule_found(c, FIELD_CHILD(job->self.at, name), FIELD_FORBIDDEN,
			FIELD_READS(job->submission_mode.node),
			"SidecarMode has no submitter pod: remove it, or use K8sJobMode");
}

/* RG1207 */
static void sidecar_fits_job(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job == NULL || !is_mode(job, "SidecarMode"))
		return;
	sidecar_excludes(c, job, &job->submitter_template.self, "submitterPodTemplate");
	sidecar_excludes(c, job, &job->submitter.self, "submitterConfig");
	if (object->cluster == NULL || object->cluster->head == NULL)
		return;
	const struct pod_spec *const pod = &object->cluster->head->template.spec;

	if (pod->restart_policy.v.len && !str_is(pod->restart_policy.v, "Never"))
		rule_found(c, FIELD_CHILD(pod->self.at, "restartPolicy"), FIELD_INVALID,
			FIELD_READS(pod->restart_policy.node, job->submission_mode.node),
			"must be Never in SidecarMode, or the job would be submitted again and "
			"again");
}

/* RG1208 */
static void no_k8s_token(const struct rule_context *c, const struct ray_object *object)
{
	const struct auth_options *const auth = object->cluster ? &object->cluster->auth : NULL;

	if ((object->job || object->service) && auth && auth->k8s_token.v &&
		str_is(auth->mode.v, "token"))
		rule_found(c, FIELD_CHILD(auth->self.at, "enableK8sTokenAuth"), FIELD_FORBIDDEN,
			FIELD_READS(auth->k8s_token.node),
			"only a RayCluster can have it: remove it, and a Secret with a token is "
			"made");
}

static void must_be_at_least(const struct rule_context *c, const struct schema_object *in,
	const char *name, const struct val_i32 *value, int32_t least)
{
	if (value->node && value->v < least)
		rule_found(c, FIELD_CHILD(in->at, name), FIELD_INVALID, FIELD_READS(value->node),
			"must be %d or more", (int)least);
}

/* RG1209 */
static void limits_are_possible(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job == NULL)
		return;
	must_be_at_least(c, &job->self, "activeDeadlineSeconds", &job->active_deadline_seconds, 1);
	must_be_at_least(c, &job->self, "backoffLimit", &job->backoff_limit, 0);
	must_be_at_least(c, &job->submitter.self, "backoffLimit", &job->submitter.backoff_limit, 0);
}

/* RG1210 */
static void mode_is_known(const struct rule_context *c, const struct ray_object *object)
{
	static const char *const MODES[] = {
		"K8sJobMode", "HTTPMode", "SidecarMode", "InteractiveMode", NULL};
	const struct ray_job *const job = object->job;

	if (job)
		check_word(c, FIELD_CHILD(job->self.at, "submissionMode"),
			job->submission_mode.node, MODES);
}

/* RG1211: a submitter of one's own may bring its command. */
static void job_does_something(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	const struct json_node *const entrypoint =
		job ? json_get(job->self.node, "entrypoint") : NULL;

	/* The decoder tells what is no text. */
	if (job && job->self.node && job->entrypoint.v.len == 0 &&
		(entrypoint == NULL || entrypoint->kind < JSON_ARRAY) &&
		!is_mode(job, "InteractiveMode") && job->submitter_template.self.node == NULL)
		rule_found(c, FIELD_CHILD(job->self.at, "entrypoint"), FIELD_REQUIRED,
			FIELD_READS(job->entrypoint.node, job->submission_mode.node),
			"there is nothing to run: write the command, such as python job.py");
}

static bool makes_submitter(const struct ray_job *job)
{
	return job->submitter_template.self.node &&
	       (job->submission_mode.v.len == 0 || is_mode(job, "K8sJobMode"));
}

/* RG1213: what a Job of Kubernetes wants of its pods, and KubeRay of its own container's place. */
static void submitter_can_run(const struct rule_context *c, const struct ray_object *object)
{
	const struct ray_job *const job = object->job;

	if (job == NULL || !makes_submitter(job))
		return;
	const struct pod_template *const template = &job->submitter_template;
	const struct field_path *const at = FIELD_CHILD(template->self.at, "spec");
	const struct val_str *const policy = &template->spec.restart_policy;
	const struct json_node *const list = json_get(template->spec.self.node, "containers");
	const struct json_node *const spec = json_get(template->self.node, "spec");

	if (!json_present(spec) || (json_is(list, JSON_ARRAY) && json_count(list) == 0))
		rule_found(c, FIELD_CHILD(at, "containers"), FIELD_REQUIRED,
			FIELD_READS(list, job->submission_mode.node),
			"the submitter needs a container: the first one submits the job");
	else if (json_is(spec, JSON_OBJECT) && !json_present(json_get(spec, "restartPolicy")))
		rule_found(c, FIELD_CHILD(at, "restartPolicy"), FIELD_REQUIRED,
			FIELD_READS(NULL, job->submission_mode.node),
			"a Job of Kubernetes refuses pods that restart always, as they do where "
			"nothing is said: write Never");
	else if (str_is(policy->v, "Always"))
		rule_found(c, FIELD_CHILD(at, "restartPolicy"), FIELD_INVALID,
			FIELD_READS(policy->node, job->submission_mode.node),
			"a Job of Kubernetes takes Never or OnFailure alone: write Never");
}

static const struct rule RULES[] = {
	RULE("RG1201", "job-suspend-needs-shutdown", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A job that is suspended shuts its cluster down.",
		RULE_CHECKS_OBJECT(suspend_needs_shutdown), .needs = PART(JOB)),
	RULE("RG1202", "job-ttl-needs-shutdown", ERROR, MODERN, "0.1", "KubeRay's operator",
		"ttlSecondsAfterFinished is 0 or more, and 0 without shutdownAfterJobFinishes.",
		RULE_CHECKS_OBJECT(ttl_needs_shutdown), .needs = PART(JOB)),
	RULE("RG1203", "job-has-cluster", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A job describes its cluster or selects one.", RULE_CHECKS_OBJECT(job_has_cluster),
		.needs = PART(JOB)),
	RULE("RG1204", "job-selector-names-cluster", ERROR, MODERN, "0.1", "KubeRay's operator",
		"clusterSelector names a cluster in ray.io/cluster.",
		RULE_CHECKS_OBJECT(selector_names_cluster), .needs = PART(JOB)),
	RULE("RG1205", "job-fits-selected-cluster", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A job on a selected cluster is not suspended, retried or a sidecar.",
		RULE_CHECKS_OBJECT(selector_fits_job), .needs = PART(JOB)),
	RULE("RG1206", "interactive-job-is-not-retried", ERROR, MODERN, "0.1",
		"KubeRay's operator, kuberay#3525", "In InteractiveMode backoffLimit is 0.",
		RULE_CHECKS_OBJECT(interactive_is_not_retried), .needs = PART(JOB)),
	RULE("RG1207", "sidecar-job-has-no-submitter", ERROR, MODERN, "0.1", "KubeRay's operator",
		"In SidecarMode there is no submitter pod and the head is never restarted.",
		RULE_CHECKS_OBJECT(sidecar_fits_job), .needs = PART(JOB)),
	RULE("RG1208", "k8s-token-auth-on-clusters-alone", ERROR, MODERN, "0.1",
		"KubeRay's operator",
		"The cluster of a RayJob or RayService has no enableK8sTokenAuth.",
		RULE_CHECKS_OBJECT(no_k8s_token), .needs = PART(AUTH)),
	RULE("RG1209", "job-limits-are-possible", ERROR, MODERN, "0.1", "KubeRay's operator",
		"A job's deadline is positive and its numbers of retries are not negative.",
		RULE_CHECKS_OBJECT(limits_are_possible), .needs = PART(JOB)),
	RULE("RG1210", "job-submission-mode-is-known", WARN, MODERN, "0.1", NULL,
		"submissionMode is one that KubeRay knows.", RULE_CHECKS_OBJECT(mode_is_known),
		.needs = PART(JOB)),
	RULE("RG1211", "job-has-entrypoint", WARN, MODERN, "0.1", NULL,
		"A job that KubeRay submits has an entrypoint.",
		RULE_CHECKS_OBJECT(job_does_something), .needs = PART(JOB)),
	RULE("RG1213", "submitter-can-run", ERROR, MODERN, "0.1", NULL,
		"The pod that submits a job has a container, and a restartPolicy that a Job of "
		"Kubernetes takes.",
		RULE_CHECKS_OBJECT(submitter_can_run), .needs = PART(JOB)),
	RULE("RG1219", "job-has-one-cluster", WARN, MODERN, "0.1", NULL,
		"A job that selects a cluster describes none.",
		RULE_CHECKS_OBJECT(job_has_one_cluster), .needs = PART(JOB)),
};

const struct rule_table RULES_RAYJOB = RULE_TABLE(RULES);
