/*
 * Any object that Raygate judges: a RayCluster of either dialect, or a RayJob, RayService or
 * RayCronJob of ray.io/v1 with a RayCluster's spec inside.
 */
#pragma once

#include "api/ray_kind.h"

struct object_meta {
	struct schema_object self;
	struct val_str name, generate_name, namespace, uid, resource_version;
	struct val_str deletion_timestamp;
	struct val_i64 generation;
	struct val_map labels, annotations;
	struct val_strings finalizers;
};

struct deletion_condition {
	struct schema_object self;
	struct val_str job_status, deployment_status;
	struct val_i32 ttl_seconds;
};

struct deletion_rule {
	struct schema_object self;
	struct val_str policy;
	struct deletion_condition condition;
};

struct deletion_policy {
	struct schema_object self;
	struct val_str policy;
};

struct deletion_strategy {
	struct schema_object self;
	struct deletion_policy on_success, on_failure;
	SCHEMA_LIST_OF(struct deletion_rule) rules;
};

struct submitter_config {
	struct schema_object self;
	struct val_i32 backoff_limit;
};

struct ray_job {
	struct schema_object self; /* of the RayJob's spec */
	struct val_str entrypoint, submission_mode, runtime_env_yaml, managed_by, job_id;
	struct val_i32 active_deadline_seconds, pre_running_deadline_seconds, backoff_limit;
	struct val_i32 ttl_seconds_after_finished;
	struct val_bool shutdown_after_finish, suspend;
	struct val_map cluster_selector;
	struct deletion_strategy deletion;
	struct submitter_config submitter;
	struct pod_template submitter_template;
	struct schema_object cluster_spec;
};

struct cluster_upgrade_options {
	struct schema_object self;
	struct val_str gateway_class;
	struct val_i32 interval_seconds, max_surge_percent, step_size_percent;
};

struct service_upgrade {
	struct schema_object self;
	struct val_str type;
	struct cluster_upgrade_options options;
};

struct ray_service {
	struct schema_object self;
	struct val_i32 deletion_delay_seconds;
	struct val_str serve_config, managed_by;
	struct val_bool suspend;
	struct service_upgrade upgrade;
	struct schema_object cluster_spec;
};

struct ray_cron_job {
	struct schema_object self;
	struct val_str schedule, time_zone;
	struct val_bool suspend;
	struct ray_job job; /* jobTemplate */
};

struct ray_object {
	struct schema_object self; /* the root */
	enum ray_kind kind;
	struct val_str api_version, kind_name;
	bool is_older; /* of ray.io/v1alpha1, which lacks fields of v1 */
	struct object_meta meta;
	struct val_any spec; /* read by its kind into what follows */
	struct val_any status;
	struct raycluster
		*cluster;    /* NULL: absent, malformed, or a RayJob with a clusterSelector */
	struct ray_job *job; /* of a RayJob, or what a RayCronJob makes; else NULL */
	struct ray_service *service;
	struct ray_cron_job *cron;
	enum dialect dialect;
	uint64_t parts; /* those that were met (api/part.h) */
};

/*
 * Decodes a whole object of that kind. Never fails: what is wrong is in decoder->errors, and what
 * could not be read is absent.
 */
struct ray_object *ray_object_decode(const struct schema_decoder *decoder, enum ray_kind kind,
	enum dialect dialect, const struct json_node *root);

/* metadata.name, or generateName while there is no name yet; "" when there is neither. */
struct str ray_object_name(const struct ray_object *object);
/* Whether it makes no cluster here: MultiKueue makes it elsewhere, or a job selects one. */
bool ray_object_runs_elsewhere(const struct ray_object *object);
/* An annotation's or label's value; the empty str when it is absent (`at` is NULL then). */
struct str ray_object_annotation(
	const struct ray_object *object, struct arena *arena, const char *key);
struct str ray_object_label(const struct ray_object *object, struct arena *arena, const char *key);
