/*
 * The policy of a chart: defaults, limits, quotas, severities. One YAML file, decoded once into
 * this struct, then read by many threads and never changed; server/config/policy.c swaps whole
 * ones.
 */
#pragma once

#include "api/field.h"
#include "api/node.h"
#include "api/pod.h"
#include "base/err.h"

enum policy_enforcement {
	POLICY_DENY,  /* errors deny */
	POLICY_WARN,  /* what would be denied is admitted with warnings */
	POLICY_AUDIT, /* neither denials nor warnings, nothing new added; metric, log, audit
			 annotation */
};

enum policy_charge {
	POLICY_CHARGE_MAXIMUM, /* with autoscaling on, the most it can become */
	POLICY_CHARGE_NOW,
};

enum policy_controller {
	POLICY_CONTROLLER_UNSAID,
	POLICY_CONTROLLER_KUBERAY,
	POLICY_CONTROLLER_RAYGATE,
};

enum policy_gate {
	POLICY_GATE_UNSAID,
	POLICY_GATE_ON,
	POLICY_GATE_OFF,
};

/* Which controller will run what is admitted. */
struct policy_target {
	enum policy_controller controller;
	struct str version;            /* "1.7.0"; "" when not said */
	const struct json_node *gates; /* featureGates: a map of booleans, or NULL */
};

/* Resources for a Ray container that has none, by resource name. */
struct policy_resources {
	struct resource_list requests, limits;
};

/* "requests.cpu", "limits.memory", "pods", "count/rayclusters", …: the words of ResourceQuota. */
struct policy_amount {
	struct str name;
	struct quantity hard;
	const struct json_node *node; /* the quantity as written */
};
struct policy_amounts {
	struct policy_amount *items;
	size_t count;
};

struct policy_quota {
	struct str namespace; /* "" is the default of all namespaces without one of their own */
	struct policy_amounts hard;
};

/* What a profile adds to the pods of head and workers, each where the user said nothing. */
struct policy_pod_profile {
	struct schema_object self;
	struct val_map node_selector, labels, annotations;
	struct val_any tolerations, image_pull_secrets, env; /* lists of objects */
	struct val_any security_context, pod_security_context;
	struct val_str priority_class_name, runtime_class_name, service_account_name,
		scheduler_name;
	struct policy_resources resources;
};

struct policy_profile {
	struct str name;
	const struct json_node *namespaces; /* list of names or globs ("team-*"); NULL: every one */
	const struct json_node *labels;     /* the object's labels that must match; NULL: any */
	struct policy_pod_profile all, head, worker; /* head and worker win over all */
};

struct policy_severity {
	struct str rule; /* id */
	const struct json_node *key;
	uint32_t line; /* of the key */
	enum field_severity severity;
};

struct policy_price {
	struct str resource; /* per hour and unit of the resource: CPU, GiB of memory, GPU */
	double per_hour;
};

struct policy {
	struct arena arena;   /* everything below lives here, the text included */
	struct str source;    /* file name for messages; "built-in" without one */
	uint64_t fingerprint; /* of the text: which policy was in force */
	enum policy_enforcement enforcement;
	enum policy_charge charge;
	struct policy_target target;
	struct policy_resources head, worker; /* defaults */
	struct policy_amounts pod_limits, group_limits, cluster_limits;
	struct str *bounded; /* resources that any amount names, each once: "cpu" */
	size_t bounded_count;
	struct policy_quota *quotas;
	size_t quota_count;
	struct policy_severity *severities; /* by rule id, in byte order */
	size_t severity_count;
	struct policy_profile *profiles; /* in order; the first that matches adds first */
	size_t profile_count;
	struct node_shape *nodes; /* that may come when they are needed */
	size_t node_count;
	struct policy_price *prices;
	size_t price_count;
	struct str *doubts; /* of what does nothing, each with its place */
	size_t doubt_count;
};

/*
 * Decodes a policy from YAML (or JSON). On failure NULL, with every finding in `errors` (its arena
 * must outlive them), their messages with line, column and field in front, and a summary in `err`.
 * `source` names the text in messages.
 */
struct policy *policy_decode(struct str text, const char *source, struct field_errors *errors,
	struct err *err) MUST_CHECK;
/* The policy without any default, limit or quota: rules alone, enforced. */
struct policy *policy_empty(void);
void policy_free(struct policy **policy);

enum policy_gate policy_gate(const struct policy *policy, const char *gate);
/* What the policy says of a rule; false when it says nothing. */
bool policy_severity(const struct policy *policy, struct str rule, enum field_severity *out);
/* The quota of a namespace: its own, else the default one, else NULL. */
const struct policy_quota *policy_quota(const struct policy *policy, struct str namespace);
/* NULL when the list does not name it. */
const struct policy_amount *policy_amount(const struct policy_amounts *amounts, const char *name);
