/* Parts of a pod that no rule reads as structs (core/v1): env sources, probes, security. */
#include "api/pod_parts.h"

#include "base/attr.h"

static const struct schema_field CONFIG_MAP_KEY_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "key", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "name", .fallback = "\"\""),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
};
static const struct schema CONFIG_MAP_KEY_REF =
	SCHEMA_OF("a reference to a key", CONFIG_MAP_KEY_REF_ROWS, NULL);

static const struct schema_field FIELD_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "apiVersion"),
	SCHEMA_CHECK(SCHEMA_STRING, "fieldPath", .required = true),
};
const struct schema SCHEMA_FIELD_REF = SCHEMA_OF("a field reference", FIELD_REF_ROWS, NULL);

static const struct schema_field FILE_KEY_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "key", .required = true),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional", .fallback = "false"),
	SCHEMA_CHECK(SCHEMA_STRING, "path", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "volumeName", .required = true),
};
static const struct schema FILE_KEY_REF =
	SCHEMA_OF("a reference to a key in a file", FILE_KEY_REF_ROWS, NULL);

static const struct schema_field RESOURCE_FIELD_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "containerName"),
	SCHEMA_CHECK(SCHEMA_QUANTITY, "divisor"),
	SCHEMA_CHECK(SCHEMA_STRING, "resource", .required = true),
};
const struct schema SCHEMA_RESOURCE_FIELD_REF =
	SCHEMA_OF("a resource field reference", RESOURCE_FIELD_REF_ROWS, NULL);

static const struct schema_field VALUE_FROM_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&CONFIG_MAP_KEY_REF, "configMapKeyRef"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_FIELD_REF, "fieldRef"),
	SCHEMA_CHECK_OBJECT(&FILE_KEY_REF, "fileKeyRef"),
	SCHEMA_CHECK_OBJECT(&SCHEMA_RESOURCE_FIELD_REF, "resourceFieldRef"),
	SCHEMA_CHECK_OBJECT(&CONFIG_MAP_KEY_REF, "secretKeyRef"),
};
const struct schema SCHEMA_VALUE_FROM =
	SCHEMA_OF_STRUCT("valueFrom", VALUE_FROM_ROWS, struct schema_object, NULL);

static const struct schema_field CONFIG_MAP_REF_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .fallback = "\"\""),
	SCHEMA_CHECK(SCHEMA_BOOL, "optional"),
};
static const struct schema CONFIG_MAP_REF =
	SCHEMA_OF("a reference to a config map or secret", CONFIG_MAP_REF_ROWS, NULL);

static const struct schema_field ENV_FROM_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&CONFIG_MAP_REF, "configMapRef"),
	SCHEMA_CHECK(SCHEMA_STRING, "prefix"),
	SCHEMA_CHECK_OBJECT(&CONFIG_MAP_REF, "secretRef"),
};
const struct schema SCHEMA_ENV_FROM = SCHEMA_OF("an envFrom source", ENV_FROM_ROWS, NULL);

static const struct schema_field EXEC_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "command"),
};
static const struct schema EXEC = SCHEMA_OF("an exec action", EXEC_ROWS, NULL);

static const struct schema_field HTTP_HEADER_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "name", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "value", .required = true),
};
static const struct schema HTTP_HEADER = SCHEMA_OF("a name and its value", HTTP_HEADER_ROWS, NULL);

static const struct schema_field HTTP_GET_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "host"),
	SCHEMA_CHECK_LIST(&HTTP_HEADER, "httpHeaders"),
	SCHEMA_CHECK(SCHEMA_STRING, "path"),
	SCHEMA_CHECK(SCHEMA_INT_OR_STRING, "port", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "scheme", .words = SCHEMA_WORDS("HTTP", "HTTPS"),
		.judge = SCHEMA_JUDGE_POD),
};
static const struct schema HTTP_GET = SCHEMA_OF("an httpGet action", HTTP_GET_ROWS, NULL);

static const struct schema_field TCP_SOCKET_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "host"),
	SCHEMA_CHECK(SCHEMA_INT_OR_STRING, "port", .required = true),
};
static const struct schema TCP_SOCKET = SCHEMA_OF("a tcpSocket action", TCP_SOCKET_ROWS, NULL);

static const struct schema_field GRPC_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT32, "port", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "service", .fallback = "\"\""),
};
static const struct schema GRPC = SCHEMA_OF("a grpc action", GRPC_ROWS, NULL);

static const struct schema_field PROBE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&EXEC, "exec"),
	SCHEMA_CHECK(SCHEMA_INT32, "failureThreshold"),
	SCHEMA_CHECK_OBJECT(&GRPC, "grpc"),
	SCHEMA_CHECK_OBJECT(&HTTP_GET, "httpGet"),
	SCHEMA_CHECK(SCHEMA_INT32, "initialDelaySeconds"),
	SCHEMA_CHECK(SCHEMA_INT32, "periodSeconds"),
	SCHEMA_CHECK(SCHEMA_INT32, "successThreshold"),
	SCHEMA_CHECK_OBJECT(&TCP_SOCKET, "tcpSocket"),
	SCHEMA_CHECK(SCHEMA_INT64, "terminationGracePeriodSeconds"),
	SCHEMA_CHECK(SCHEMA_INT32, "timeoutSeconds"),
};
const struct schema SCHEMA_PROBE = SCHEMA_OF("a probe", PROBE_ROWS, NULL);

static const struct schema_field SLEEP_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_INT64, "seconds", .required = true),
};
static const struct schema SLEEP = SCHEMA_OF("a sleep action", SLEEP_ROWS, NULL);

static const struct schema_field LIFECYCLE_HANDLER_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&EXEC, "exec"),
	SCHEMA_CHECK_OBJECT(&HTTP_GET, "httpGet"),
	SCHEMA_CHECK_OBJECT(&SLEEP, "sleep"),
	SCHEMA_CHECK_OBJECT(&TCP_SOCKET, "tcpSocket"),
};
static const struct schema LIFECYCLE_HANDLER =
	SCHEMA_OF("a lifecycle handler", LIFECYCLE_HANDLER_ROWS, NULL);

static const struct schema_field LIFECYCLE_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&LIFECYCLE_HANDLER, "postStart"),
	SCHEMA_CHECK_OBJECT(&LIFECYCLE_HANDLER, "preStop"),
	SCHEMA_CHECK(SCHEMA_STRING, "stopSignal"),
};
const struct schema SCHEMA_LIFECYCLE = SCHEMA_OF("a lifecycle", LIFECYCLE_ROWS, NULL);

static const struct schema_field PROFILE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "localhostProfile"),
	SCHEMA_CHECK(SCHEMA_STRING, "type", .required = true,
		.words = SCHEMA_WORDS("RuntimeDefault", "Unconfined", "Localhost"),
		.judge = SCHEMA_JUDGE_POD),
};
static const struct schema PROFILE = SCHEMA_OF("a security profile", PROFILE_ROWS, NULL);

static const struct schema_field CAPABILITIES_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRINGS, "add"),
	SCHEMA_CHECK(SCHEMA_STRINGS, "drop"),
};
static const struct schema CAPABILITIES = SCHEMA_OF("capabilities", CAPABILITIES_ROWS, NULL);

static const struct schema_field SE_LINUX_OPTIONS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "level"),
	SCHEMA_CHECK(SCHEMA_STRING, "role"),
	SCHEMA_CHECK(SCHEMA_STRING, "type"),
	SCHEMA_CHECK(SCHEMA_STRING, "user"),
};
static const struct schema SE_LINUX_OPTIONS =
	SCHEMA_OF("SELinux options", SE_LINUX_OPTIONS_ROWS, NULL);

static const struct schema_field WINDOWS_OPTIONS_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "gmsaCredentialSpec"),
	SCHEMA_CHECK(SCHEMA_STRING, "gmsaCredentialSpecName"),
	SCHEMA_CHECK(SCHEMA_BOOL, "hostProcess"),
	SCHEMA_CHECK(SCHEMA_STRING, "runAsUserName"),
};
static const struct schema WINDOWS_OPTIONS =
	SCHEMA_OF("Windows options", WINDOWS_OPTIONS_ROWS, NULL);

static const struct schema_field SECURITY_CONTEXT_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_BOOL, "allowPrivilegeEscalation"),
	SCHEMA_CHECK_OBJECT(&PROFILE, "appArmorProfile"),
	SCHEMA_CHECK_OBJECT(&CAPABILITIES, "capabilities"),
	SCHEMA_CHECK(SCHEMA_BOOL, "privileged"),
	SCHEMA_CHECK(SCHEMA_STRING, "procMount", .words = SCHEMA_WORDS("Default", "Unmasked"),
		.judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_BOOL, "readOnlyRootFilesystem"),
	SCHEMA_CHECK(SCHEMA_INT64, "runAsGroup"),
	SCHEMA_CHECK(SCHEMA_BOOL, "runAsNonRoot"),
	SCHEMA_CHECK(SCHEMA_INT64, "runAsUser"),
	SCHEMA_CHECK_OBJECT(&SE_LINUX_OPTIONS, "seLinuxOptions"),
	SCHEMA_CHECK_OBJECT(&PROFILE, "seccompProfile"),
	SCHEMA_CHECK_OBJECT(&WINDOWS_OPTIONS, "windowsOptions"),
};
const struct schema SCHEMA_SECURITY_CONTEXT =
	SCHEMA_OF_STRUCT("a security context", SECURITY_CONTEXT_ROWS, struct schema_object, NULL);

static const struct schema_field POD_SECURITY_CONTEXT_ROWS[] = {
	SCHEMA_CHECK_OBJECT(&PROFILE, "appArmorProfile"),
	SCHEMA_CHECK(SCHEMA_INT64, "fsGroup"),
	SCHEMA_CHECK(SCHEMA_STRING, "fsGroupChangePolicy",
		.words = SCHEMA_WORDS("OnRootMismatch", "Always"), .judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_INT64, "runAsGroup"),
	SCHEMA_CHECK(SCHEMA_BOOL, "runAsNonRoot"),
	SCHEMA_CHECK(SCHEMA_INT64, "runAsUser"),
	SCHEMA_CHECK(SCHEMA_STRING, "seLinuxChangePolicy",
		.words = SCHEMA_WORDS("MountOption", "Recursive"), .judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK_OBJECT(&SE_LINUX_OPTIONS, "seLinuxOptions"),
	SCHEMA_CHECK_OBJECT(&PROFILE, "seccompProfile"),
	SCHEMA_CHECK(SCHEMA_INTS, "supplementalGroups"),
	SCHEMA_CHECK(SCHEMA_STRING, "supplementalGroupsPolicy",
		.words = SCHEMA_WORDS("Merge", "Strict"), .judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK_LIST(&HTTP_HEADER, "sysctls"),
	SCHEMA_CHECK_OBJECT(&WINDOWS_OPTIONS, "windowsOptions"),
};
const struct schema SCHEMA_POD_SECURITY_CONTEXT = SCHEMA_OF_STRUCT(
	"a pod security context", POD_SECURITY_CONTEXT_ROWS, struct schema_object, NULL);

static const struct schema_field RESIZE_POLICY_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "resourceName", .required = true),
	SCHEMA_CHECK(SCHEMA_STRING, "restartPolicy", .required = true,
		.words = SCHEMA_WORDS("NotRequired", "RestartContainer"),
		.judge = SCHEMA_JUDGE_POD_SAID),
};
const struct schema SCHEMA_RESIZE_POLICY = SCHEMA_OF("a resize policy", RESIZE_POLICY_ROWS, NULL);

static const struct schema_field EXIT_CODES_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "operator", .required = true,
		.words = SCHEMA_WORDS("In", "NotIn"), .judge = SCHEMA_JUDGE_POD_SAID),
	SCHEMA_CHECK(SCHEMA_INTS, "values"),
};
static const struct schema EXIT_CODES = SCHEMA_OF("exit codes", EXIT_CODES_ROWS, NULL);

static const struct schema_field RESTART_RULE_ROWS[] = {
	SCHEMA_CHECK(SCHEMA_STRING, "action", .required = true),
	SCHEMA_CHECK_OBJECT(&EXIT_CODES, "exitCodes"),
};
const struct schema SCHEMA_RESTART_RULE = SCHEMA_OF("a restart rule", RESTART_RULE_ROWS, NULL);
