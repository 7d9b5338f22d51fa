/* RayJob, RayService and RayCronJob of ray.io/v1 as of KubeRay 1.7. */
#include "api/rayjob_schema.h"

#include "api/pod_parts.h"
#include "api/ray_object.h"

#define MANAGERS SCHEMA_WORDS("ray.io/kuberay-operator", "kueue.x-k8s.io/multikueue")
#define POLICIES SCHEMA_WORDS("DeleteCluster", "DeleteWorkers", "DeleteSelf", "DeleteNone")

static const struct schema_field CONDITION_ROWS[] = {
	SCHEMA_KEEP(struct deletion_condition, deployment_status, "jobDeploymentStatus",
		.words = SCHEMA_WORDS("Failed")),
	SCHEMA_KEEP(struct deletion_condition, job_status, "jobStatus",
		.words = SCHEMA_WORDS("SUCCEEDED", "FAILED")),
	SCHEMA_KEEP(struct deletion_condition, ttl_seconds, "ttlSeconds", .fallback = "0",
		.bounded = true, .max = INT32_MAX),
};
static const struct schema CONDITION =
	SCHEMA_OF_STRUCT("a deletion condition", CONDITION_ROWS, struct deletion_condition, NULL);

static const struct schema_field RULE_ROWS[] = {
	SCHEMA_KEEP_OBJECT(
		struct deletion_rule, condition, &CONDITION, "condition", .required = true),
	SCHEMA_KEEP(struct deletion_rule, policy, "policy", .required = true, .words = POLICIES),
};
static const struct schema RULE =
	SCHEMA_OF_STRUCT("a deletion rule", RULE_ROWS, struct deletion_rule, NULL);

static const struct schema_field POLICY_ROWS[] = {
	SCHEMA_KEEP(struct deletion_policy, policy, "policy", .words = POLICIES),
};
static const struct schema POLICY =
	SCHEMA_OF_STRUCT("a deletion policy", POLICY_ROWS, struct deletion_policy, NULL);

static const struct schema_field STRATEGY_ROWS[] = {
	SCHEMA_KEEP_LIST(struct deletion_strategy, rules, &RULE, "deletionRules"),
	SCHEMA_KEEP_OBJECT(struct deletion_strategy, on_failure, &POLICY, "onFailure"),
	SCHEMA_KEEP_OBJECT(struct deletion_strategy, on_success, &POLICY, "onSuccess"),
};
static const struct schema STRATEGY =
	SCHEMA_OF_STRUCT("a deletion strategy", STRATEGY_ROWS, struct deletion_strategy, NULL);

static const struct schema_field SUBMITTER_ROWS[] = {
	SCHEMA_KEEP(struct submitter_config, backoff_limit, "backoffLimit"),
};
static const struct schema SUBMITTER =
	SCHEMA_OF_STRUCT("submitter configuration", SUBMITTER_ROWS, struct submitter_config, NULL);

/* rayClusterSpec is kept as a node here and decoded as a cluster by api/ray_object.c. */
static const struct schema CLUSTER_SPEC = {
	.name = "a RayCluster spec",
	.size = sizeof(struct schema_object),
	.open = true,
};

/* RG1203 */
static const char *const CLUSTER_INSTEAD[] = {"clusterSelector", NULL};

static const struct schema_field JOB_ROWS[] = {
	SCHEMA_KEEP(struct ray_job, active_deadline_seconds, "activeDeadlineSeconds",
		.older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP(struct ray_job, backoff_limit, "backoffLimit", .older = SCHEMA_OLDER_LACKS,
		.fallback = "0"),
	SCHEMA_KEEP(struct ray_job, cluster_selector, "clusterSelector"),
	SCHEMA_KEEP_OBJECT(struct ray_job, deletion, &STRATEGY, "deletionStrategy",
		.older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP(struct ray_job, entrypoint, "entrypoint", .older = SCHEMA_OLDER_ASKS),
	SCHEMA_CHECK(SCHEMA_NUMBER, "entrypointNumCpus"),
	SCHEMA_CHECK(SCHEMA_NUMBER, "entrypointNumGpus"),
	SCHEMA_CHECK(SCHEMA_STRING, "entrypointResources"),
	SCHEMA_KEEP(struct ray_job, job_id, "jobId"),
	SCHEMA_KEEP(struct ray_job, managed_by, "managedBy", .older = SCHEMA_OLDER_LACKS,
		.words = MANAGERS),
	SCHEMA_CHECK(SCHEMA_STRING_MAP, "metadata"),
	SCHEMA_KEEP(struct ray_job, pre_running_deadline_seconds, "preRunningDeadlineSeconds",
		.older = SCHEMA_OLDER_LACKS, .bounded = true, .min = 1, .max = INT32_MAX),
	SCHEMA_KEEP_OBJECT(struct ray_job, cluster_spec, &CLUSTER_SPEC, "rayClusterSpec",
		.words = CLUSTER_INSTEAD),
	SCHEMA_KEEP(struct ray_job, runtime_env_yaml, "runtimeEnvYAML"),
	SCHEMA_KEEP(struct ray_job, shutdown_after_finish, "shutdownAfterJobFinishes"),
	SCHEMA_KEEP(struct ray_job, submission_mode, "submissionMode", .older = SCHEMA_OLDER_LACKS,
		.fallback = "\"K8sJobMode\""),
	SCHEMA_KEEP_OBJECT(struct ray_job, submitter, &SUBMITTER, "submitterConfig",
		.older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP_OBJECT(
		struct ray_job, submitter_template, &SCHEMA_POD_TEMPLATE, "submitterPodTemplate"),
	SCHEMA_KEEP(struct ray_job, suspend, "suspend"),
	SCHEMA_KEEP(struct ray_job, ttl_seconds_after_finished, "ttlSecondsAfterFinished",
		.fallback = "0"),
};
const struct schema SCHEMA_RAY_JOB_SPEC =
	SCHEMA_OF_AGED_STRUCT("a RayJob spec", JOB_ROWS, struct ray_job, NULL);

static const struct schema_field UPGRADE_OPTIONS_ROWS[] = {
	SCHEMA_KEEP(struct cluster_upgrade_options, gateway_class, "gatewayClassName",
		.required = true),
	SCHEMA_KEEP(struct cluster_upgrade_options, interval_seconds, "intervalSeconds",
		.required = true),
	SCHEMA_KEEP(struct cluster_upgrade_options, max_surge_percent, "maxSurgePercent",
		.fallback = "100"),
	SCHEMA_KEEP(struct cluster_upgrade_options, step_size_percent, "stepSizePercent",
		.required = true),
};
static const struct schema UPGRADE_OPTIONS = SCHEMA_OF_STRUCT(
	"cluster upgrade options", UPGRADE_OPTIONS_ROWS, struct cluster_upgrade_options, NULL);

static const struct schema_field UPGRADE_ROWS[] = {
	SCHEMA_KEEP_OBJECT(
		struct service_upgrade, options, &UPGRADE_OPTIONS, "clusterUpgradeOptions"),
	SCHEMA_KEEP(struct service_upgrade, type, "type"),
};
static const struct schema UPGRADE =
	SCHEMA_OF_STRUCT("an upgrade strategy", UPGRADE_ROWS, struct service_upgrade, NULL);

static const struct schema_field SERVICE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "deploymentUnhealthySecondThreshold"),
	SCHEMA_CHECK(SCHEMA_BOOL, "excludeHeadPodFromServeSvc", .older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP(struct ray_service, managed_by, "managedBy", .older = SCHEMA_OLDER_LACKS,
		.words = MANAGERS),
	SCHEMA_KEEP_OBJECT(struct ray_service, cluster_spec, &CLUSTER_SPEC, "rayClusterConfig",
		.required = true),
	SCHEMA_KEEP(struct ray_service, deletion_delay_seconds, "rayClusterDeletionDelaySeconds",
		.older = SCHEMA_OLDER_LACKS, .bounded = true, .max = INT32_MAX),
	SCHEMA_KEEP(struct ray_service, serve_config, "serveConfigV2"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_SERVICE, "serveService"),
	SCHEMA_CHECK(SCHEMA_INT32, "serviceUnhealthySecondThreshold"),
	SCHEMA_KEEP(struct ray_service, suspend, "suspend", .older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP_OBJECT(struct ray_service, upgrade, &UPGRADE, "upgradeStrategy",
		.older = SCHEMA_OLDER_LACKS),
};
const struct schema SCHEMA_RAY_SERVICE_SPEC =
	SCHEMA_OF_AGED_STRUCT("a RayService spec", SERVICE_ROWS, struct ray_service, NULL);

static const struct schema_field CRON_ROWS[] = {
	SCHEMA_KEEP_OBJECT(
		struct ray_cron_job, job, &SCHEMA_RAY_JOB_SPEC, "jobTemplate", .required = true),
	SCHEMA_KEEP(struct ray_cron_job, schedule, "schedule", .required = true),
	SCHEMA_KEEP(struct ray_cron_job, suspend, "suspend"),
	SCHEMA_KEEP(struct ray_cron_job, time_zone, "timeZone"),
};
const struct schema SCHEMA_RAY_CRON_JOB_SPEC =
	SCHEMA_OF_STRUCT("a RayCronJob spec", CRON_ROWS, struct ray_cron_job, NULL);
