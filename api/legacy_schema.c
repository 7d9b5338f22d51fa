/* cluster.ray.io/v1 as of August 2022: the CRD of the Ray Kubernetes Operator. */
#include "api/raycluster.h"

/* The CRD says no more of it than that it is an object. */
static const struct schema RAY_RESOURCES = {
	.name = "rayResources",
	.size = sizeof(struct schema_object),
	.open = true,
};

static const struct schema_field POD_TYPE_ROWS[] = {
	SCHEMA_KEEP(struct ray_group, max, "maxWorkers"),
	SCHEMA_KEEP(struct ray_group, min, "minWorkers"),
	SCHEMA_KEEP(struct ray_group, name, "name", .required = true),
	SCHEMA_KEEP_OBJECT(struct ray_group, template, &SCHEMA_POD_CONFIG, "podConfig",
		.required = true, .shared = true),
	SCHEMA_KEEP_OBJECT(struct ray_group, ray_resources, &RAY_RESOURCES, "rayResources"),
	SCHEMA_KEEP(struct ray_group, setup_commands, "setupCommands"),
	SCHEMA_KEEP(struct ray_group, worker_setup_commands, "workerSetupCommands"),
};
static const struct schema POD_TYPE =
	SCHEMA_OF_STRUCT("a podType", POD_TYPE_ROWS, struct ray_group, "name");

static const struct schema_field SERVICE_PORT_ROWS[] = {
	SCHEMA_KEEP(struct service_port, name, "name", .required = true),
	SCHEMA_KEEP(struct service_port, port, "port", .required = true),
	SCHEMA_KEEP(struct service_port, target_port, "targetPort", .required = true),
};
static const struct schema SERVICE_PORT = SCHEMA_OF_STRUCT(
	"a port of the head service", SERVICE_PORT_ROWS, struct service_port, "name");

static const struct schema_field SPEC_ROWS[] = {
	SCHEMA_KEEP(struct raycluster, head_pod_type, "headPodType", .required = true),
	SCHEMA_KEEP_LIST(struct raycluster, head_service_ports, &SERVICE_PORT, "headServicePorts"),
	SCHEMA_KEEP(struct raycluster, head_start_commands, "headStartRayCommands"),
	SCHEMA_KEEP(struct raycluster, idle_timeout_minutes, "idleTimeoutMinutes", .bounded = true,
		.max = INT32_MAX),
	SCHEMA_KEEP(
		struct raycluster, max_workers, "maxWorkers", .bounded = true, .max = INT32_MAX),
	SCHEMA_KEEP_LIST(struct raycluster, pod_types, &POD_TYPE, "podTypes", .required = true),
	SCHEMA_KEEP(struct raycluster, upscaling_speed, "upscalingSpeed", .bounded = true),
	SCHEMA_KEEP(struct raycluster, worker_start_commands, "workerStartRayCommands"),
};
const struct schema SCHEMA_LEGACY_SPEC =
	SCHEMA_OF_STRUCT("a RayCluster spec", SPEC_ROWS, struct raycluster, NULL);
