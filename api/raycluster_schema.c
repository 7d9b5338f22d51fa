/* ray.io/v1 as of KubeRay 1.7: raycluster_types.go and the CRD generated from it. */
#include "api/pod_parts.h"
#include "api/raycluster.h"

static const struct schema_field INGRESS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "host"),
	SCHEMA_CHECK(SCHEMA_STRING, "path"),
	SCHEMA_CHECK(SCHEMA_STRING, "pathType",
		.words = SCHEMA_WORDS("Exact", "Prefix", "ImplementationSpecific")),
	SCHEMA_CHECK_LIST(&SCHEMA_INGRESS_TLS, "tls"),
};
static const struct schema INGRESS =
	SCHEMA_OF_STRUCT("ingress options", INGRESS_ROWS, struct schema_object, NULL);

static const struct schema_field HEAD_ROWS[] = {
	SCHEMA_KEEP(struct ray_group, enable_ingress, "enableIngress", .part = PART_INGRESS),
	SCHEMA_KEEP_OBJECT(struct ray_group, service, &SCHEMA_SERVICE, "headService",
		.part = PART_HEAD_SERVICE),
	SCHEMA_KEEP_OBJECT(struct ray_group, ingress, &INGRESS, "ingressOptions",
		.older = SCHEMA_OLDER_LACKS, .part = PART_INGRESS),
	SCHEMA_KEEP(struct ray_group, labels, "labels", .older = SCHEMA_OLDER_LACKS,
		.part = PART_GROUP_LABELS),
	SCHEMA_KEEP(struct ray_group, start_params, "rayStartParams", .older = SCHEMA_OLDER_ASKS,
		.part = PART_START_PARAMS),
	SCHEMA_KEEP(struct ray_group, resources, "resources", .older = SCHEMA_OLDER_LACKS,
		.part = PART_GROUP_RESOURCES),
	SCHEMA_KEEP(struct ray_group, service_type, "serviceType", .part = PART_HEAD_SERVICE,
		.judge = SCHEMA_JUDGE_POD,
		.words = SCHEMA_WORDS("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")),
	SCHEMA_KEEP_OBJECT(
		struct ray_group, template, &SCHEMA_POD_TEMPLATE, "template", .required = true),
};
const struct schema SCHEMA_HEAD_GROUP =
	SCHEMA_OF_AGED_STRUCT("the head group", HEAD_ROWS, struct ray_group, NULL);

static const struct schema_field SCALE_STRATEGY_ROWS[] = {
	SCHEMA_KEEP(struct scale_strategy, workers_to_delete, "workersToDelete"),
};
static const struct schema SCALE_STRATEGY =
	SCHEMA_OF_STRUCT("a scale strategy", SCALE_STRATEGY_ROWS, struct scale_strategy, NULL);

static const struct schema_field WORKER_ROWS[] = {
	SCHEMA_KEEP(struct ray_group, name, "groupName", .required = true),
	SCHEMA_KEEP(struct ray_group, idle_timeout_seconds, "idleTimeoutSeconds",
		.older = SCHEMA_OLDER_LACKS, .part = PART_GROUP_IDLE_TIMEOUT),
	SCHEMA_KEEP(struct ray_group, labels, "labels", .older = SCHEMA_OLDER_LACKS,
		.part = PART_GROUP_LABELS),
	SCHEMA_KEEP(struct ray_group, max, "maxReplicas", .fallback = "2147483647"),
	SCHEMA_KEEP(struct ray_group, min, "minReplicas", .fallback = "0"),
	SCHEMA_KEEP(struct ray_group, hosts, "numOfHosts", .older = SCHEMA_OLDER_LACKS,
		.part = PART_HOSTS, .fallback = "1"),
	SCHEMA_KEEP(struct ray_group, priority, "priority", .older = SCHEMA_OLDER_LACKS,
		.part = PART_PRIORITY, .fallback = "0"),
	SCHEMA_KEEP(struct ray_group, start_params, "rayStartParams", .older = SCHEMA_OLDER_ASKS,
		.part = PART_START_PARAMS),
	SCHEMA_KEEP(struct ray_group, replicas, "replicas", .fallback = "0"),
	SCHEMA_KEEP(struct ray_group, resources, "resources", .older = SCHEMA_OLDER_LACKS,
		.part = PART_GROUP_RESOURCES),
	SCHEMA_KEEP_OBJECT(struct ray_group, scale_strategy, &SCALE_STRATEGY, "scaleStrategy",
		.part = PART_SCALE_STRATEGY),
	SCHEMA_KEEP(struct ray_group, suspend, "suspend", .older = SCHEMA_OLDER_LACKS,
		.part = PART_GROUP_SUSPEND),
	SCHEMA_KEEP_OBJECT(struct ray_group, template, &SCHEMA_POD_TEMPLATE, "template",
		.required = true, .shared = true),
};
static const struct schema WORKER =
	SCHEMA_OF_AGED_STRUCT("a worker group", WORKER_ROWS, struct ray_group, "groupName");

static const struct schema_field AUTOSCALER_ROWS[] = {
	SCHEMA_KEEP(struct autoscaler_options, args, "args", .older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP(struct autoscaler_options, command, "command", .older = SCHEMA_OLDER_LACKS),
	SCHEMA_KEEP_LIST(struct autoscaler_options, env, &SCHEMA_ENV_VAR, "env", .part = PART_ENV),
	SCHEMA_CHECK_LIST(&SCHEMA_ENV_FROM, "envFrom", .part = PART_ENV_FROM),
	SCHEMA_KEEP(struct autoscaler_options, idle_timeout_seconds, "idleTimeoutSeconds"),
	SCHEMA_KEEP(struct autoscaler_options, image, "image"),
	SCHEMA_CHECK(SCHEMA_STRING, "imagePullPolicy", .judge = SCHEMA_JUDGE_POD,
		.words = SCHEMA_WORDS("Always", "IfNotPresent", "Never")),
	SCHEMA_KEEP_OBJECT(struct autoscaler_options, resources, &SCHEMA_RESOURCES, "resources"),
	SCHEMA_KEEP_OBJECT(struct autoscaler_options, security_context, &SCHEMA_SECURITY_CONTEXT,
		"securityContext", .part = PART_SECURITY),
	SCHEMA_KEEP(struct autoscaler_options, upscaling_mode, "upscalingMode",
		.words = SCHEMA_WORDS("Default", "Aggressive", "Conservative")),
	SCHEMA_KEEP(struct autoscaler_options, version, "version", .older = SCHEMA_OLDER_LACKS,
		.words = SCHEMA_WORDS("v1", "v2")),
	SCHEMA_KEEP_LIST(struct autoscaler_options, mounts, &SCHEMA_VOLUME_MOUNT, "volumeMounts",
		.part = PART_MOUNTS),
};
static const struct schema AUTOSCALER = SCHEMA_OF_AGED_STRUCT(
	"autoscaler options", AUTOSCALER_ROWS, struct autoscaler_options, NULL);

static const struct schema_field CREDENTIAL_ROWS[] = {
	SCHEMA_KEEP(struct redis_credential, value, "value"),
	SCHEMA_KEEP_OBJECT(struct redis_credential, value_from, &SCHEMA_VALUE_FROM, "valueFrom",
		.part = PART_ENV_SOURCE),
};
static const struct schema CREDENTIAL =
	SCHEMA_OF_STRUCT("a Redis credential", CREDENTIAL_ROWS, struct redis_credential, NULL);

static const struct schema_field STORAGE_ROWS[] = {
	SCHEMA_KEEP(struct embedded_storage, access_modes, "accessModes"),
	SCHEMA_KEEP(struct embedded_storage, claim_name, "claimName"),
	SCHEMA_KEEP(struct embedded_storage, deletion_policy, "deletionPolicy",
		.words = SCHEMA_WORDS("DeleteWithCluster", "Retain")),
	SCHEMA_KEEP(struct embedded_storage, size, "size"),
	SCHEMA_KEEP(struct embedded_storage, storage_class, "storageClassName"),
	SCHEMA_KEEP(struct embedded_storage, sub_path, "subPath"),
};
static const struct schema STORAGE =
	SCHEMA_OF_STRUCT("the storage of the GCS", STORAGE_ROWS, struct embedded_storage, NULL);

static const struct schema_field GCS_ROWS[] = {
	SCHEMA_KEEP(
		struct gcs_options, backend, "backend", .words = SCHEMA_WORDS("redis", "rocksdb")),
	SCHEMA_KEEP(struct gcs_options, storage_namespace, "externalStorageNamespace"),
	SCHEMA_KEEP(struct gcs_options, redis_address, "redisAddress"),
	SCHEMA_KEEP_OBJECT(struct gcs_options, redis_password, &CREDENTIAL, "redisPassword"),
	SCHEMA_KEEP_OBJECT(struct gcs_options, redis_username, &CREDENTIAL, "redisUsername"),
	SCHEMA_KEEP_OBJECT(struct gcs_options, storage, &STORAGE, "storage"),
};
static const struct schema GCS =
	SCHEMA_OF_STRUCT("GCS fault tolerance options", GCS_ROWS, struct gcs_options, NULL);

static const struct schema_field COLLECTOR_ROWS[] = {
	SCHEMA_KEEP_LIST(struct history_collector, env, &SCHEMA_ENV_VAR, "env", .part = PART_ENV),
	SCHEMA_KEEP(struct history_collector, image, "image"),
	SCHEMA_CHECK(SCHEMA_STRING, "imagePullPolicy", .judge = SCHEMA_JUDGE_POD,
		.words = SCHEMA_WORDS("Always", "IfNotPresent", "Never")),
	SCHEMA_KEEP_OBJECT(struct history_collector, resources, &SCHEMA_RESOURCES, "resources"),
};
static const struct schema COLLECTOR =
	SCHEMA_OF_STRUCT("collector options", COLLECTOR_ROWS, struct history_collector, NULL);

static const struct schema_field HISTORY_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct history_options, collector, &COLLECTOR, "collectorOptions"),
};
static const struct schema HISTORY =
	SCHEMA_OF_STRUCT("history server options", HISTORY_ROWS, struct history_options, NULL);

static const struct schema_field POLICY_RULES_ROWS[] = {
	SCHEMA_CHECK_LIST(&SCHEMA_EGRESS_RULE, "egressRules"),
	SCHEMA_CHECK_LIST(&SCHEMA_INGRESS_RULE, "ingressRules"),
};
static const struct schema POLICY_RULES =
	SCHEMA_OF_STRUCT("network policy rules", POLICY_RULES_ROWS, struct policy_rules, NULL);

static const struct schema_field GROUP_POLICY_ROWS[] = {
	SCHEMA_CHECK_LIST(&SCHEMA_EGRESS_RULE, "egressRules"),
	SCHEMA_KEEP(struct policy_rules, group_name, "groupName", .required = true),
	SCHEMA_CHECK_LIST(&SCHEMA_INGRESS_RULE, "ingressRules"),
};
static const struct schema GROUP_POLICY = SCHEMA_OF_STRUCT(
	"the network policy of a group", GROUP_POLICY_ROWS, struct policy_rules, "groupName");

static const struct schema_field NETWORK_POLICY_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct network_policy, head, &POLICY_RULES, "head"),
	SCHEMA_KEEP(struct network_policy, mode, "mode", .fallback = "\"DenyAll\"",
		.words = SCHEMA_WORDS("DenyAll", "DenyAllIngress", "DenyAllEgress")),
	SCHEMA_KEEP_OBJECT(struct network_policy, worker, &POLICY_RULES, "worker"),
	SCHEMA_KEEP_LIST(struct network_policy, groups, &GROUP_POLICY, "workerGroups",
		.unique = SCHEMA_WORDS("groupName")),
};
static const struct schema NETWORK_POLICY =
	SCHEMA_OF_STRUCT("a network policy", NETWORK_POLICY_ROWS, struct network_policy, NULL);

static const struct schema_field AUTH_ROWS[] = {
	SCHEMA_KEEP(struct auth_options, k8s_token, "enableK8sTokenAuth"),
	SCHEMA_KEEP(struct auth_options, mode, "mode", .words = SCHEMA_WORDS("disabled", "token")),
	SCHEMA_KEEP(struct auth_options, secret_name, "secretName"),
};
static const struct schema AUTH =
	SCHEMA_OF_STRUCT("auth options", AUTH_ROWS, struct auth_options, NULL);

static const struct schema_field TLS_ROWS[] = {
	SCHEMA_KEEP(struct tls_options, enabled, "enabled"),
};
static const struct schema TLS =
	SCHEMA_OF_STRUCT("TLS options", TLS_ROWS, struct tls_options, NULL);

static const struct schema_field UPGRADE_ROWS[] = {
	SCHEMA_KEEP(
		struct upgrade_strategy, type, "type", .words = SCHEMA_WORDS("Recreate", "None")),
};
static const struct schema UPGRADE =
	SCHEMA_OF_STRUCT("an upgrade strategy", UPGRADE_ROWS, struct upgrade_strategy, NULL);

static const struct schema_field SPEC_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct raycluster, auth, &AUTH, "authOptions",
		.older = SCHEMA_OLDER_LACKS, .part = PART_AUTH),
	SCHEMA_KEEP_OBJECT(struct raycluster, autoscaler, &AUTOSCALER, "autoscalerOptions",
		.part = PART_AUTOSCALER),
	SCHEMA_KEEP(struct raycluster, autoscaling, "enableInTreeAutoscaling",
		.part = PART_AUTOSCALING),
	SCHEMA_KEEP_OBJECT(struct raycluster, gcs, &GCS, "gcsFaultToleranceOptions",
		.older = SCHEMA_OLDER_LACKS, .part = PART_GCS),
	SCHEMA_KEEP_OBJECT_APART(
		struct raycluster, head, &SCHEMA_HEAD_GROUP, "headGroupSpec", .required = true),
	SCHEMA_KEEP(struct raycluster, head_service_annotations, "headServiceAnnotations",
		.part = PART_HEAD_SERVICE),
	SCHEMA_KEEP_OBJECT(struct raycluster, history, &HISTORY, "historyServerOptions",
		.older = SCHEMA_OLDER_LACKS, .part = PART_HISTORY),
	SCHEMA_KEEP(struct raycluster, managed_by, "managedBy", .older = SCHEMA_OLDER_LACKS,
		.words = SCHEMA_WORDS("ray.io/kuberay-operator", "kueue.x-k8s.io/multikueue")),
	SCHEMA_KEEP_OBJECT(struct raycluster, network_policy, &NETWORK_POLICY, "networkPolicy",
		.older = SCHEMA_OLDER_LACKS, .part = PART_NETWORK_POLICY),
	SCHEMA_KEEP(struct raycluster, ray_version, "rayVersion", .part = PART_RAY_VERSION),
	SCHEMA_KEEP(struct raycluster, suspend, "suspend"),
	SCHEMA_KEEP_OBJECT(struct raycluster, tls, &TLS, "tlsOptions", .older = SCHEMA_OLDER_LACKS,
		.part = PART_TLS),
	SCHEMA_KEEP_OBJECT(struct raycluster, upgrade, &UPGRADE, "upgradeStrategy",
		.older = SCHEMA_OLDER_LACKS, .part = PART_UPGRADE),
	SCHEMA_KEEP_LIST(struct raycluster, worker_specs, &WORKER, "workerGroupSpecs"),
};
const struct schema SCHEMA_RAYCLUSTER_SPEC =
	SCHEMA_OF_AGED_STRUCT("a RayCluster spec", SPEC_ROWS, struct raycluster, NULL);
