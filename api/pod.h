/*
 * A pod template as the rules see it (core/v1 of Kubernetes 1.35): what is read often is decoded,
 * the rest is checked and reached through the node of its object with json_get().
 */
#pragma once

#include "api/schema.h"

struct env_var {
	struct schema_object self;
	struct val_str name;
	struct val_str value;
	struct schema_object value_from;
};

struct container_port {
	struct schema_object self;
	struct val_str name;
	struct val_i32 port;
	struct val_i32 host_port;
	struct val_str protocol;
};

struct volume_mount {
	struct schema_object self;
	struct val_str name;
	struct val_str path;
	struct val_str sub_path;
	struct val_str sub_path_expr;
};

struct volume_device {
	struct schema_object self;
	struct val_str name;
	struct val_str path;
};

struct resource_requirements {
	struct schema_object self;
	struct resource_list requests;
	struct resource_list limits;
};

struct container {
	struct schema_object self;
	struct val_str name;
	struct val_str image;
	struct val_strings command;
	struct val_strings args;
	SCHEMA_LIST_OF(struct env_var) env;
	SCHEMA_LIST_OF(struct container_port) ports;
	SCHEMA_LIST_OF(struct volume_mount) mounts;
	SCHEMA_LIST_OF(struct volume_device) devices;
	struct resource_requirements resources;
	struct val_str restart_policy; /* Always on an init container makes it a sidecar */
	struct schema_object security_context;
};

struct pod_volume {
	struct schema_object self; /* the source is a member of self.node beside "name" */
	struct val_str name;
};

struct toleration {
	struct schema_object self;
	struct val_str key, operator, value, effect;
};

struct local_reference {
	struct schema_object self;
	struct val_str name;
};

typedef SCHEMA_LIST_OF(struct container) container_list;

struct pod_spec {
	struct schema_object self;
	container_list containers;
	container_list init_containers;
	SCHEMA_LIST_OF(struct pod_volume) volumes;
	SCHEMA_LIST_OF(struct toleration) tolerations;
	SCHEMA_LIST_OF(struct local_reference) pull_secrets;
	struct val_str restart_policy;
	struct val_str service_account_name;
	struct val_str service_account; /* the deprecated alias */
	struct val_str priority_class_name;
	struct val_str runtime_class_name;
	struct val_str scheduler_name;
	struct val_str node_name;
	struct val_str hostname;
	struct val_str subdomain;
	struct val_bool host_network;
	struct val_bool host_pid;
	struct val_bool host_ipc;
	struct val_map node_selector;
	struct resource_list overhead;
	struct resource_requirements resources; /* pod-level */
	struct val_i64 termination_grace_seconds;
	struct val_i64 active_deadline_seconds;
	struct schema_object security_context;
};

struct template_metadata {
	struct schema_object self;
	struct val_str name;
	struct val_str generate_name; /* legacy podConfig alone; the modern CRD prunes it */
	struct val_str namespace;
	struct val_map labels;
	struct val_map annotations;
	struct val_strings finalizers;
};

/* headGroupSpec.template, workerGroupSpecs[].template, or podTypes[].podConfig. */
struct pod_template {
	struct schema_object self;
	struct val_str api_version; /* podConfig alone */
	struct val_str kind;        /* podConfig alone */
	struct template_metadata metadata;
	struct pod_spec spec;
};

extern const struct schema SCHEMA_POD_TEMPLATE;      /* core/v1 PodTemplateSpec */
extern const struct schema SCHEMA_POD_CONFIG;        /* the legacy embedded Pod */
extern const struct schema SCHEMA_TEMPLATE_METADATA; /* the five fields a CRD keeps of ObjectMeta */
extern const struct schema SCHEMA_CONTAINER;
extern const struct schema SCHEMA_ENV_VAR;
extern const struct schema SCHEMA_VOLUME; /* api/volume_schema.c */
extern const struct schema SCHEMA_VOLUME_MOUNT;
extern const struct schema SCHEMA_RESOURCES;
extern const struct schema SCHEMA_LOCAL_REFERENCE;

/*
 * The Ray container is the first one whatever its name; NULL when there is none, or no object
 * stands there.
 */
const struct container *pod_ray_container(const struct pod_template *template);

/*
 * Whether its resources hold something of that name in that list ("limits" or "requests") that
 * cannot be read: the decoder has told of it, and it is not missing.
 */
bool container_amount_is_unreadable(
	const struct container *container, const char *list, const char *name);
const struct env_var *container_env_of_some(const struct container *container, const char *name);
/* The env entry of that name (the last one, as Kubernetes takes it), NULL when there is none. */
static inline const struct env_var *container_env(
	const struct container *container, const char *name)
{
	/* Most containers have none at all. */
	return container && container->env.count ? container_env_of_some(container, name) : NULL;
}
const struct volume_mount *container_mount_at(const struct container *container, const char *path);
const struct pod_volume *pod_volume_find(const struct pod_template *template, struct str name);
