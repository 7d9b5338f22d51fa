#include "api/pod.h"

#include "api/pod_parts.h"

#define POD_WORDS(...)       .words = SCHEMA_WORDS(__VA_ARGS__), .judge = SCHEMA_JUDGE_POD
#define POD_SAID(...)        .words = SCHEMA_WORDS(__VA_ARGS__), .judge = SCHEMA_JUDGE_POD_SAID
#define POD_RANGE(low, high) .bounded = true, .min = (low), .max = (high), .judge = SCHEMA_JUDGE_POD

static const struct schema_field ENV_ROWS[] = {
	SCHEMA_KEEP(struct env_var, name, "name", .required = true),
	SCHEMA_KEEP(struct env_var, value, "value"),
	SCHEMA_KEEP_OBJECT(struct env_var, value_from, &SCHEMA_VALUE_FROM, "valueFrom",
		.part = PART_ENV_SOURCE),
};
const struct schema SCHEMA_ENV_VAR =
	SCHEMA_OF_STRUCT("an env variable", ENV_ROWS, struct env_var, "name");

static const struct schema_field PORT_ROWS[] = {
	SCHEMA_KEEP(struct container_port, port, "containerPort", .required = true,
		POD_RANGE(1, 65535)),
	SCHEMA_CHECK(SCHEMA_STRING, "hostIP"),
	SCHEMA_KEEP(struct container_port, host_port, "hostPort", POD_RANGE(0, 65535)),
	SCHEMA_KEEP(struct container_port, name, "name"),
	SCHEMA_KEEP(struct container_port, protocol, "protocol", .fallback = "\"TCP\"",
		POD_WORDS("TCP", "UDP", "SCTP")),
};
static const struct schema PORT =
	SCHEMA_OF_STRUCT("a container port", PORT_ROWS, struct container_port, "name");

static const struct schema_field MOUNT_ROWS[] = {
	SCHEMA_KEEP(struct volume_mount, path, "mountPath", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "mountPropagation", .part = PART_MOUNT_SHARING,
		POD_SAID("None", "HostToContainer", "Bidirectional")),
	SCHEMA_KEEP(struct volume_mount, name, "name", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnly"),
	SCHEMA_CHECK(SCHEMA_STRING, "recursiveReadOnly", .part = PART_MOUNT_SHARING,
		POD_SAID("Disabled", "IfPossible", "Enabled")),
	SCHEMA_KEEP(struct volume_mount, sub_path, "subPath"),
	SCHEMA_KEEP(struct volume_mount, sub_path_expr, "subPathExpr"),
};
const struct schema SCHEMA_VOLUME_MOUNT =
	SCHEMA_OF_STRUCT("a volume mount", MOUNT_ROWS, struct volume_mount, "mountPath");

static const struct schema_field DEVICE_ROWS[] = {
	SCHEMA_KEEP(struct volume_device, path, "devicePath", .required = true),
	SCHEMA_KEEP(struct volume_device, name, "name", .required = true),
};
static const struct schema DEVICE =
	SCHEMA_OF_STRUCT("a volume device", DEVICE_ROWS, struct volume_device, "devicePath");

static const struct schema_field CLAIM_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "request"),
};
static const struct schema CLAIM = SCHEMA_OF("a resource claim reference", CLAIM_ROWS, "name");

static const struct schema_field RESOURCES_ROWS[] = {
	SCHEMA_CHECK_LIST(
		&CLAIM, "claims", .part = PART_CLAIMS_USED, .unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP(struct resource_requirements, limits, "limits", .part = PART_LIMITS),
	SCHEMA_KEEP(struct resource_requirements, requests, "requests", .part = PART_REQUESTS),
};
const struct schema SCHEMA_RESOURCES =
	SCHEMA_OF_STRUCT("resources", RESOURCES_ROWS, struct resource_requirements, NULL);

static const struct schema_field CONTAINER_ROWS[] = {
	SCHEMA_KEEP(struct container, args, "args"),
	SCHEMA_KEEP(struct container, command, "command"),
	SCHEMA_KEEP_LIST(struct container, env, &SCHEMA_ENV_VAR, "env", .part = PART_ENV,
		.unique = SCHEMA_WORDS("name")),
	SCHEMA_CHECK_LIST(&SCHEMA_ENV_FROM, "envFrom", .part = PART_ENV_FROM),
	SCHEMA_KEEP(struct container, image, "image"),
	SCHEMA_CHECK(
		SCHEMA_STRING, "imagePullPolicy", POD_WORDS("Always", "IfNotPresent", "Never")),
	SCHEMA_CHECK_OBJECT(&SCHEMA_LIFECYCLE, "lifecycle", .part = PART_LIFECYCLE),
	SCHEMA_CHECK_OBJECT(&SCHEMA_PROBE, "livenessProbe", .part = PART_PROBES),
	SCHEMA_KEEP(struct container, name, "name", .required = true),
	SCHEMA_KEEP_LIST(struct container, ports, &PORT, "ports", .part = PART_PORTS,
		.unique = SCHEMA_WORDS("containerPort", "protocol")),
	SCHEMA_CHECK_OBJECT(&SCHEMA_PROBE, "readinessProbe", .part = PART_PROBES),
	SCHEMA_CHECK_LIST(&SCHEMA_RESIZE_POLICY, "resizePolicy", .part = PART_CONTAINER_RESTART),
	SCHEMA_KEEP_OBJECT(struct container, resources, &SCHEMA_RESOURCES, "resources"),
	SCHEMA_KEEP(struct container, restart_policy, "restartPolicy",
		.part = PART_CONTAINER_RESTART, POD_SAID("Always", "OnFailure", "Never")),
	SCHEMA_CHECK_LIST(
		&SCHEMA_RESTART_RULE, "restartPolicyRules", .part = PART_CONTAINER_RESTART),
	SCHEMA_KEEP_OBJECT(struct container, security_context, &SCHEMA_SECURITY_CONTEXT,
		"securityContext", .part = PART_SECURITY),
	SCHEMA_CHECK_OBJECT(&SCHEMA_PROBE, "startupProbe", .part = PART_PROBES),
	SCHEMA_CHECK(SCHEMA_BOOL, "stdin"),
	SCHEMA_CHECK(SCHEMA_BOOL, "stdinOnce"),
	SCHEMA_CHECK(SCHEMA_STRING, "terminationMessagePath"),
	SCHEMA_CHECK(SCHEMA_STRING, "terminationMessagePolicy",
		POD_WORDS("File", "FallbackToLogsOnError")),
	SCHEMA_CHECK(SCHEMA_BOOL, "tty"),
	SCHEMA_KEEP_LIST(struct container, devices, &DEVICE, "volumeDevices", .part = PART_DEVICES,
		.unique = SCHEMA_WORDS("devicePath")),
	SCHEMA_KEEP_LIST(struct container, mounts, &SCHEMA_VOLUME_MOUNT, "volumeMounts",
		.part = PART_MOUNTS, .unique = SCHEMA_WORDS("mountPath")),
	SCHEMA_CHECK(SCHEMA_STRING, "workingDir"),
};
const struct schema SCHEMA_CONTAINER =
	SCHEMA_OF_STRUCT("a container", CONTAINER_ROWS, struct container, "name");

static const struct schema_field TOLERATION_ROWS[] = {
	SCHEMA_KEEP(struct toleration, effect, "effect",
		POD_WORDS("NoSchedule", "PreferNoSchedule", "NoExecute")),
	SCHEMA_KEEP(struct toleration, key, "key"),
	SCHEMA_KEEP(
		struct toleration, operator, "operator", POD_WORDS("Exists", "Equal", "Lt", "Gt")),
	SCHEMA_CHECK(SCHEMA_INT64, "tolerationSeconds"),
	SCHEMA_KEEP(struct toleration, value, "value"),
};
static const struct schema TOLERATION =
	SCHEMA_OF_STRUCT("a toleration", TOLERATION_ROWS, struct toleration, NULL);

static const struct schema_field LOCAL_REFERENCE_ROWS[] = {
	SCHEMA_KEEP(struct local_reference, name, "name", .fallback = "\"\""),
};
const struct schema SCHEMA_LOCAL_REFERENCE = SCHEMA_OF_STRUCT(
	"a reference by name", LOCAL_REFERENCE_ROWS, struct local_reference, "name");

static const struct schema_field SPEC_ROWS[] = {
	SCHEMA_KEEP(struct pod_spec, active_deadline_seconds, "activeDeadlineSeconds",
		.part = PART_DEADLINES),
	SCHEMA_CHECK_OBJECT(&SCHEMA_AFFINITY, "affinity", .part = PART_AFFINITY),
	SCHEMA_CHECK(SCHEMA_BOOL, "automountServiceAccountToken"),
	SCHEMA_KEEP_LIST(struct pod_spec, containers, &SCHEMA_CONTAINER, "containers",
		.required = true, .unique = SCHEMA_WORDS("name")),
	SCHEMA_CHECK_OBJECT(&SCHEMA_DNS_CONFIG, "dnsConfig", .part = PART_DNS),
	SCHEMA_CHECK(SCHEMA_STRING, "dnsPolicy", .part = PART_DNS,
		POD_WORDS("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None")),
	SCHEMA_CHECK(SCHEMA_BOOL, "enableServiceLinks"),
	SCHEMA_CHECK(SCHEMA_ANY, "ephemeralContainers", .part = PART_EPHEMERAL_CONTAINERS),
	SCHEMA_CHECK_LIST(&SCHEMA_HOST_ALIAS, "hostAliases", .part = PART_HOST_ALIASES,
		.unique = SCHEMA_WORDS("ip")),
	SCHEMA_KEEP(struct pod_spec, host_ipc, "hostIPC"),
	SCHEMA_KEEP(struct pod_spec, host_network, "hostNetwork"),
	SCHEMA_KEEP(struct pod_spec, host_pid, "hostPID"),
	SCHEMA_CHECK(SCHEMA_BOOL, "hostUsers", .part = PART_POD_SECURITY),
	SCHEMA_KEEP(struct pod_spec, hostname, "hostname", .part = PART_POD_NAMES),
	SCHEMA_CHECK(SCHEMA_STRING, "hostnameOverride", .part = PART_POD_NAMES),
	SCHEMA_KEEP_LIST(struct pod_spec, pull_secrets, &SCHEMA_LOCAL_REFERENCE, "imagePullSecrets",
		.part = PART_POD_NAMES, .unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP_LIST(struct pod_spec, init_containers, &SCHEMA_CONTAINER, "initContainers",
		.part = PART_INIT_CONTAINERS, .unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP(struct pod_spec, node_name, "nodeName", .part = PART_POD_NAMES),
	SCHEMA_KEEP(struct pod_spec, node_selector, "nodeSelector", .part = PART_NODE_SELECTOR),
	SCHEMA_CHECK_OBJECT(&SCHEMA_POD_OS, "os"),
	SCHEMA_KEEP(struct pod_spec, overhead, "overhead", .part = PART_POD_RESOURCES),
	SCHEMA_CHECK(SCHEMA_STRING, "preemptionPolicy", POD_SAID("PreemptLowerPriority", "Never")),
	SCHEMA_CHECK(SCHEMA_INT32, "priority"),
	SCHEMA_KEEP(
		struct pod_spec, priority_class_name, "priorityClassName", .part = PART_POD_NAMES),
	SCHEMA_CHECK_LIST(&SCHEMA_READINESS_GATE, "readinessGates", .part = PART_GATES),
	SCHEMA_CHECK_LIST(&SCHEMA_RESOURCE_CLAIM, "resourceClaims", .part = PART_RESOURCE_CLAIMS,
		.unique = SCHEMA_WORDS("name")),
	SCHEMA_KEEP_OBJECT(struct pod_spec, resources, &SCHEMA_RESOURCES, "resources",
		.part = PART_POD_RESOURCES),
	SCHEMA_KEEP(struct pod_spec, restart_policy, "restartPolicy",
		POD_WORDS("Always", "OnFailure", "Never")),
	SCHEMA_KEEP(
		struct pod_spec, runtime_class_name, "runtimeClassName", .part = PART_POD_NAMES),
	SCHEMA_KEEP(struct pod_spec, scheduler_name, "schedulerName"),
	SCHEMA_CHECK_LIST(&SCHEMA_NAMED, "schedulingGates", .part = PART_GATES,
		.unique = SCHEMA_WORDS("name")),
	SCHEMA_CHECK_OBJECT(&SCHEMA_SCHEDULING_GROUP, "schedulingGroup"),
	SCHEMA_KEEP_OBJECT(struct pod_spec, security_context, &SCHEMA_POD_SECURITY_CONTEXT,
		"securityContext", .part = PART_POD_SECURITY),
	SCHEMA_KEEP(struct pod_spec, service_account, "serviceAccount", .part = PART_POD_NAMES),
	SCHEMA_KEEP(struct pod_spec, service_account_name, "serviceAccountName",
		.part = PART_POD_NAMES),
	SCHEMA_CHECK(SCHEMA_BOOL, "setHostnameAsFQDN"),
	SCHEMA_CHECK(SCHEMA_BOOL, "shareProcessNamespace", .part = PART_POD_SECURITY),
	SCHEMA_KEEP(struct pod_spec, subdomain, "subdomain", .part = PART_POD_NAMES),
	SCHEMA_KEEP(struct pod_spec, termination_grace_seconds, "terminationGracePeriodSeconds",
		.part = PART_DEADLINES),
	SCHEMA_KEEP_LIST(
		struct pod_spec, tolerations, &TOLERATION, "tolerations", .part = PART_TOLERATIONS),
	SCHEMA_CHECK_LIST(&SCHEMA_SPREAD_CONSTRAINT, "topologySpreadConstraints",
		.part = PART_SPREADING, .unique = SCHEMA_WORDS("topologyKey", "whenUnsatisfiable")),
	SCHEMA_KEEP_LIST(struct pod_spec, volumes, &SCHEMA_VOLUME, "volumes", .part = PART_VOLUMES,
		.unique = SCHEMA_WORDS("name")),
};
static const struct schema SPEC = SCHEMA_OF_STRUCT("a pod spec", SPEC_ROWS, struct pod_spec, NULL);

static const struct schema_field METADATA_ROWS[] = {
	SCHEMA_KEEP(
		struct template_metadata, annotations, "annotations", .part = PART_POD_ANNOTATIONS),
	SCHEMA_KEEP(
		struct template_metadata, finalizers, "finalizers", .part = PART_POD_FINALIZERS),
	SCHEMA_KEEP(struct template_metadata, labels, "labels", .part = PART_POD_LABELS),
	SCHEMA_KEEP(struct template_metadata, name, "name", .part = PART_POD_NAME),
	SCHEMA_KEEP(struct template_metadata, namespace, "namespace"),
};
const struct schema SCHEMA_TEMPLATE_METADATA = SCHEMA_OF_STRUCT(
	"the metadata of a template", METADATA_ROWS, struct template_metadata, NULL);

/* An embedded resource: the whole of ObjectMeta is known, little of it is of use in a pod. */
static const struct schema_field POD_METADATA_ROWS[] = {
	SCHEMA_KEEP(
		struct template_metadata, annotations, "annotations", .part = PART_POD_ANNOTATIONS),
	SCHEMA_CHECK(SCHEMA_STRING, "creationTimestamp"),
	SCHEMA_CHECK(SCHEMA_INT64, "deletionGracePeriodSeconds"),
	SCHEMA_CHECK(SCHEMA_STRING, "deletionTimestamp"),
	SCHEMA_KEEP(
		struct template_metadata, finalizers, "finalizers", .part = PART_POD_FINALIZERS),
	SCHEMA_KEEP(struct template_metadata, generate_name, "generateName"),
	SCHEMA_CHECK(SCHEMA_INT64, "generation"),
	SCHEMA_KEEP(struct template_metadata, labels, "labels", .part = PART_POD_LABELS),
	SCHEMA_CHECK(SCHEMA_ANY, "managedFields"),
	SCHEMA_KEEP(struct template_metadata, name, "name", .part = PART_POD_NAME),
	SCHEMA_KEEP(struct template_metadata, namespace, "namespace"),
	SCHEMA_CHECK(SCHEMA_ANY, "ownerReferences"),
	SCHEMA_CHECK(SCHEMA_STRING, "resourceVersion"),
	SCHEMA_CHECK(SCHEMA_STRING, "selfLink"),
	SCHEMA_CHECK(SCHEMA_STRING, "uid"),
};
static const struct schema POD_METADATA = SCHEMA_OF_STRUCT(
	"the metadata of a pod", POD_METADATA_ROWS, struct template_metadata, NULL);

static const struct schema_field TEMPLATE_ROWS[] = {
	SCHEMA_KEEP_OBJECT(struct pod_template, metadata, &SCHEMA_TEMPLATE_METADATA, "metadata"),
	SCHEMA_KEEP_OBJECT(struct pod_template, spec, &SPEC, "spec"),
};
const struct schema SCHEMA_POD_TEMPLATE =
	SCHEMA_OF_HEAVY_STRUCT("a pod template", TEMPLATE_ROWS, struct pod_template);

static const struct schema_field POD_CONFIG_ROWS[] = {
	SCHEMA_KEEP(struct pod_template, api_version, "apiVersion", .required = true),
	SCHEMA_KEEP(struct pod_template, kind, "kind", .required = true),
	SCHEMA_KEEP_OBJECT(struct pod_template, metadata, &POD_METADATA, "metadata"),
	SCHEMA_KEEP_OBJECT(struct pod_template, spec, &SPEC, "spec"),
};
const struct schema SCHEMA_POD_CONFIG =
	SCHEMA_OF_HEAVY_STRUCT("a podConfig", POD_CONFIG_ROWS, struct pod_template);
