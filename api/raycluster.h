/*
 * The model of a RayCluster: one struct for ray.io/v1 (KubeRay 1.7) and cluster.ray.io/v1 (the Ray
 * Kubernetes Operator of 2022). Field names follow the modern dialect; `words` says what the user
 * called them. Nothing here is defaulted unless the decoder was told to apply the CRD's defaults;
 * the raycluster_… functions below give effective values.
 */
#pragma once

#include "api/pod.h"
#include "api/schema.h"
#include "api/version.h"

enum dialect {
	DIALECT_MODERN, /* ray.io */
	DIALECT_LEGACY, /* cluster.ray.io */
};
#define DIALECTS 2

/* What the dialect calls the fields that both have, for paths and messages. */
struct dialect_words {
	const char *group;    /* "ray.io" */
	const char *groups;   /* the list of groups: "workerGroupSpecs", "podTypes" */
	const char *name;     /* of a group: "groupName", "name" */
	const char *min;      /* "minReplicas", "minWorkers" */
	const char *max;      /* "maxReplicas", "maxWorkers" */
	const char *template; /* "template", "podConfig" */
};

struct scale_strategy {
	struct schema_object self;
	struct val_strings workers_to_delete;
};

struct ray_group {
	struct schema_object self;
	bool is_head;
	/*
	 * Its pods are made from the same text as those of the worker group before it: template,
	 * start parameters, resources and labels.
	 */
	bool is_twin;
	struct val_str name; /* absent in the modern head */
	struct val_i32 replicas, min, max;
	struct val_i32 hosts; /* numOfHosts: pods a replica */
	struct val_i32 idle_timeout_seconds;
	struct val_i32 priority;
	struct val_bool suspend;
	struct val_map start_params; /* rayStartParams */
	struct val_map resources;    /* logical Ray resources: strings */
	struct val_map labels;
	struct pod_template template;
	struct scale_strategy scale_strategy;
	/* the modern head alone */
	struct val_str service_type;
	struct schema_object service;
	struct val_bool enable_ingress;
	struct schema_object ingress;
	/* podTypes alone */
	struct schema_object ray_resources;
	struct val_strings setup_commands, worker_setup_commands;
};

struct autoscaler_options {
	struct schema_object self;
	struct val_str version;
	struct val_str upscaling_mode;
	struct val_i32 idle_timeout_seconds;
	struct val_str image;
	struct val_strings command, args;
	SCHEMA_LIST_OF(struct env_var) env;
	SCHEMA_LIST_OF(struct volume_mount) mounts;
	struct resource_requirements resources;
	struct schema_object security_context;
};

struct redis_credential {
	struct schema_object self;
	struct val_str value;
	struct schema_object value_from;
};

struct embedded_storage {
	struct schema_object self;
	struct val_str claim_name;
	struct val_quantity size;
	struct val_str storage_class;
	struct val_strings access_modes;
	struct val_str sub_path;
	struct val_str deletion_policy;
};

struct gcs_options {
	struct schema_object self;
	struct val_str backend;
	struct val_str redis_address;
	struct redis_credential redis_username, redis_password;
	struct val_str storage_namespace;
	struct embedded_storage storage;
};

struct history_collector {
	struct schema_object self;
	struct val_str image;
	SCHEMA_LIST_OF(struct env_var) env;
	struct resource_requirements resources;
};

struct history_options {
	struct schema_object self;
	struct history_collector collector;
};

struct tls_options {
	struct schema_object self;
	struct val_bool enabled;
};

struct upgrade_strategy {
	struct schema_object self;
	struct val_str type;
};

struct policy_rules {
	struct schema_object self;
	struct val_str group_name;      /* in workerGroups alone */
	struct val_any ingress, egress; /* the lists, when they are there */
};

struct network_policy {
	struct schema_object self;
	struct val_str mode;
	struct policy_rules head, worker;
	SCHEMA_LIST_OF(struct policy_rules) groups;
};

struct auth_options {
	struct schema_object self;
	struct val_str mode;
	struct val_str secret_name;
	struct val_bool k8s_token;
};

struct service_port {
	struct schema_object self;
	struct val_str name;
	struct val_i64 port;
	struct val_int_or_str target_port;
};

typedef SCHEMA_LIST_OF(struct ray_group) group_list;

struct raycluster {
	struct schema_object self; /* the spec: "spec", "spec.rayClusterSpec", … */
	enum dialect dialect;
	const struct dialect_words *words;

	struct ray_group *head; /* NULL when there is none */
	struct ray_group **workers;
	size_t worker_count;
	struct ray_group **groups; /* head first when there is one, then the workers */
	size_t group_count;
	struct ray_group **distinct; /* of groups those that are no twins: the head first, too */
	size_t distinct_count;
	bool shares; /* templates may be copies of each other (struct schema_sharing) */

	/* modern */
	group_list worker_specs;
	struct val_str ray_version;
	struct version version; /* of ray_version, where it is one */
	bool has_version;
	struct val_bool autoscaling;
	struct autoscaler_options autoscaler;
	struct val_bool suspend;
	struct val_str managed_by;
	struct val_map head_service_annotations;
	struct gcs_options gcs;
	struct history_options history;
	struct network_policy network_policy;
	struct tls_options tls;
	struct auth_options auth;
	struct upgrade_strategy upgrade;

	/* legacy */
	group_list pod_types;
	struct val_str head_pod_type;
	struct val_i32 max_workers;
	struct val_double upscaling_speed;
	struct val_i32 idle_timeout_minutes;
	SCHEMA_LIST_OF(struct service_port) head_service_ports;
	struct val_strings head_start_commands, worker_start_commands;
};

/* The value of managedBy by which Kueue makes it in another cluster: there it has its pods. */
#define RAY_MULTIKUEUE "kueue.x-k8s.io/multikueue"

extern const struct dialect_words DIALECT_WORDS[DIALECTS]; /* by enum dialect */
extern const struct schema SCHEMA_RAYCLUSTER_SPEC;         /* modern */
extern const struct schema SCHEMA_HEAD_GROUP;              /* of a modern one */
extern const struct schema SCHEMA_LEGACY_SPEC;

/*
 * Decodes a spec of that dialect into the arena, and sorts out head and workers. `at` must live as
 * long as the model. Returns NULL when the node is absent or no object (which is then reported).
 */
struct raycluster *raycluster_decode(const struct schema_decoder *decoder, enum dialect dialect,
	const struct json_node *spec, const struct field_path *at);

/*
 * Decodes again the templates that are copies, so that each has its own nodes and paths: before
 * anybody is told of something inside of them.
 */
void raycluster_unshare(struct arena *arena, struct raycluster *cluster);

/* The worker group of that name, the first when there are several; NULL when there is none. */
struct ray_group *raycluster_worker(const struct raycluster *cluster, struct str name);
/* Whether both have the same groups by name, each in its place, and the same head. */
bool raycluster_groups_match(const struct raycluster *a, const struct raycluster *b);

/* Whether managedBy says that its pods are made in another cluster. */
bool raycluster_runs_elsewhere(const struct raycluster *cluster);
bool raycluster_autoscales(const struct raycluster *cluster);
/* autoscalerOptions.version is exactly v2 (KubeRay's IsAutoscalingV2Enabled). */
bool raycluster_autoscaler_is(const struct raycluster *cluster, const char *version);

/* What counts where a field is absent: the CRD's defaults, or the legacy operator's. */
/* The most workers over all groups of a legacy cluster. */
int64_t raycluster_max_workers(const struct raycluster *cluster);
int64_t group_min(const struct raycluster *cluster, const struct ray_group *group);
int64_t group_max(const struct raycluster *cluster, const struct ray_group *group);
/* Desired replicas, clamped into [min, max] as the controller does; of the head 1. */
int64_t group_replicas(const struct raycluster *cluster, const struct ray_group *group);
int64_t group_hosts(const struct ray_group *group);
/* Where its pods are described, or would be where nobody does (`template.self.at` is NULL then). */
const struct field_path *group_template_path(
	struct arena *arena, const struct raycluster *cluster, const struct ray_group *group);
/* How a message names it: the head's "head group", else its name, "" where it has none. */
struct str group_label(const struct ray_group *group);
static inline bool group_has_start_params(const struct ray_group *group)
{
	return json_is(group->start_params.node, JSON_OBJECT) && group->start_params.node->span > 1;
}
/* The value of a start parameter, NULL when it is not there. */
const struct json_node *group_start_param(const struct ray_group *group, const char *name);
