/*
 * A rule is a row: what it holds, for whom, how grave a breach is, and a small function that looks
 * at one thing and reports. Nothing stops at the first finding. A rule is pure: it reads the model
 * and the policy, never the clock, a file or the network, and logs nothing.
 */
#pragma once

#include "api/field.h"
#include "api/policy.h"
#include "api/ray_object.h"

struct rule;

/* What every rule sees. */
struct rule_context {
	struct arena *arena;
	struct field_errors *errors;
	const struct policy *policy; /* never NULL */
	const struct ray_object *object;
	const struct raycluster
		*cluster;             /* of the object; not NULL where a rule's scope needs it */
	const struct ray_object *old; /* UPDATE alone; of the same kind */
	struct str namespace;         /* of the request; "" offline without one */
	const struct rule *rule;      /* the one that is running */
	bool twins_too;               /* looks at twins (raycluster.h) as at any other group */
};

typedef void rule_object_fn(const struct rule_context *c, const struct ray_object *object);
typedef void rule_cluster_fn(const struct rule_context *c, const struct raycluster *cluster);
typedef void rule_group_fn(const struct rule_context *c, const struct ray_group *group);
/* A pod that somebody will create: of a group, or the one that submits a RayJob. */
struct rule_pod {
	const struct pod_template *template;
	const struct ray_group *group; /* NULL: the submitter's */
};
typedef void rule_pod_fn(const struct rule_context *c, const struct rule_pod *pod);
typedef void rule_container_fn(const struct rule_context *c, const struct container *container);
typedef void rule_pod_container_fn(const struct rule_context *c, const struct rule_pod *pod,
	const struct container *container);
typedef void rule_resources_fn(
	const struct rule_context *c, const struct resource_requirements *resources);
typedef void rule_update_fn(const struct rule_context *c, const struct ray_object *old,
	const struct ray_object *object);

enum rule_scope {
	RULE_BY_DECODER,    /* api/schema.c reports it; the row says what it holds */
	RULE_OBJECT,        /* once an object */
	RULE_CLUSTER,       /* once a cluster */
	RULE_GROUP,         /* the head and each worker group */
	RULE_WORKER,        /* each worker group */
	RULE_PARAMS,        /* the head and each worker group, of those that have rayStartParams */
	RULE_POD,           /* each pod template: of each group, and of a RayJob's submitter */
	RULE_CONTAINER,     /* each container and init container of each of those */
	RULE_POD_CONTAINER, /* the same, with its pod */
	RULE_RESOURCES,     /* of those and of whole pods, of autoscaler and history collector */
	RULE_SPECIAL,       /* of those resources which name more than CPU and memory */
	RULE_UPDATE,        /* once an UPDATE, old against new: never ratchets */
	RULE_BY_ENGINE,     /* quota and limits: reported by their own stage */
};

enum rule_dialects {
	RULE_MODERN = 1 << DIALECT_MODERN,
	RULE_LEGACY = 1 << DIALECT_LEGACY,
	RULE_BOTH = RULE_MODERN | RULE_LEGACY,
};

union rule_check {
	rule_object_fn *object;
	rule_cluster_fn *cluster;
	rule_group_fn *group; /* RULE_GROUP, RULE_WORKER, RULE_PARAMS */
	rule_pod_fn *pod;
	rule_container_fn *container;
	rule_pod_container_fn *pod_container;
	rule_resources_fn *resources; /* RULE_RESOURCES, RULE_SPECIAL */
	rule_update_fn *update;
};

struct rule {
	const char *id;    /* "RG0301": stable for ever, never used again for something else */
	const char *name;  /* "worker-bounds-in-order" */
	const char *about; /* one sentence that says what holds, with a full stop */
	enum field_severity severity;
	enum rule_dialects dialects;
	const char *since; /* version of Raygate */
	/*
	 * What of upstream refuses it, too ("KubeRay's operator": once it is stored), or where
	 * people met it ("kuberay#1739"); parted by ", ". NULL: nothing that we know of.
	 */
	const char *upstream;
	bool crd; /* the API server refuses this too, mostly by the CRD, before /validate is asked
		   */
	bool strict;   /* graver in a strict validation: kubectl would refuse it */
	bool policy;   /* what the administrator forbids: 403 where nothing else is wrong */
	bool compares; /* looks at the old version itself, and so never ratchets */
	/*
	 * Without any of these parts in the object (api/part.h) there is nothing to find, and the
	 * rule is not run; 0: it always is. Never for a rule on an update, which has two objects.
	 */
	uint64_t needs;
	/* Of a group it reads but what its pods are made from: it finds the same in a twin. */
	bool by_pod;
	enum rule_scope scope;
	union rule_check check;
};

/*
 * A row: id, name, ERROR, WARN or OFF (until the policy turns it on), MODERN, LEGACY or BOTH, since
 * which version, what upstream has of it or NULL, the sentence; then what it checks, and .crd =
 * true where the CRD refuses it too.
 */
#define RULE(rule_id, rule_name, grade, for_dialects, version, origin, sentence, ...)              \
	{                                                                                          \
		.id = (rule_id), .name = (rule_name), .about = (sentence),                         \
		.severity = FIELD_SEVERITY_##grade, .dialects = RULE_##for_dialects,               \
		.since = (version), .upstream = (origin), __VA_ARGS__                              \
	}

#define RULE_CHECKS_OBJECT(fn)  .scope = RULE_OBJECT, .check = {.object = (fn)}
#define RULE_CHECKS_CLUSTER(fn) .scope = RULE_CLUSTER, .check = {.cluster = (fn)}
#define RULE_CHECKS_GROUP(fn)   .scope = RULE_GROUP, .check = {.group = (fn)}
#define RULE_CHECKS_WORKER(fn)  .scope = RULE_WORKER, .check = {.group = (fn)}
#define RULE_CHECKS_PARAMS(fn)                                                                     \
	.scope = RULE_PARAMS, .check = {.group = (fn)}, .needs = PART(START_PARAMS)
#define RULE_CHECKS_POD(fn)           .scope = RULE_POD, .check = {.pod = (fn)}
#define RULE_CHECKS_CONTAINER(fn)     .scope = RULE_CONTAINER, .check = {.container = (fn)}
#define RULE_CHECKS_RESOURCES(fn)     .scope = RULE_RESOURCES, .check = {.resources = (fn)}
#define RULE_CHECKS_SPECIAL(fn)       .scope = RULE_SPECIAL, .check = {.resources = (fn)}
#define RULE_CHECKS_POD_CONTAINER(fn) .scope = RULE_POD_CONTAINER, .check = {.pod_container = (fn)}
#define RULE_CHECKS_UPDATE(fn)        .scope = RULE_UPDATE, .check = {.update = (fn)}
#define RULE_CHECKED_BY_DECODER       .scope = RULE_BY_DECODER
#define RULE_CHECKED_BY_ENGINE        .scope = RULE_BY_ENGINE

/* One file of rules. */
struct rule_table {
	const struct rule *rules;
	size_t count;
};

#define RULE_TABLE(array)                                                                          \
	{                                                                                          \
		.rules = (array), .count = ARRAY_LEN(array)                                        \
	}

struct rule_groups {
	struct ray_group *const *items;
	size_t count;
};

/* The groups whose pods the running rule looks at: none without a cluster; no twins, at first. */
static inline struct rule_groups rule_groups(const struct rule_context *c)
{
	if (c->cluster == NULL)
		return (struct rule_groups){0};
	if (c->twins_too)
		return (struct rule_groups){c->cluster->groups, c->cluster->group_count};
	return (struct rule_groups){c->cluster->distinct, c->cluster->distinct_count};
}

/*
 * The group in the old version: by name; of several of one name, a mistake of its own, the one at
 * the same place. NULL where there was none, or is no old version.
 */
const struct ray_group *rule_group_before(
	const struct rule_context *c, const struct ray_group *group);

/*
 * Reports a breach of the running rule. `reads` are all values the rule looked at to decide, the
 * offending one first: an update that leaves them as they were is not refused for them
 * (design: ratcheting), so a missing one would let a new mistake pass as an old one. The text says
 * what must hold and how to mend it; no full stop at its end.
 */
void rule_found(const struct rule_context *c, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...) COLD
	PRINTF_LIKE(5, 6);
/*
 * The same where `crd` says whether the API server refuses this case by itself before /validate is
 * asked: for a rule that finds more than that.
 */
void rule_found_crd(const struct rule_context *c, bool crd, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...) COLD
	PRINTF_LIKE(6, 7);
/* The same, but never graver than a warning: for cases of a rule that may be meant. */
void rule_warned(const struct rule_context *c, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...) COLD
	PRINTF_LIKE(5, 6);
/*
 * For a rule that hangs on a feature gate of KubeRay: an error where the policy's target says the
 * gate is off, nothing where it says it is on, a warning where nothing is said and the gate is off
 * by default in the newest version known.
 */
bool rule_gate_is_open(
	const struct rule_context *c, const char *gate, enum field_severity *at_most);
/*
 * The same for what a RayCluster has: nothing where Raygate's own controller runs it, which has no
 * gates and says by RG1801 what it does not make.
 */
bool rule_cluster_gate_is_open(
	const struct rule_context *c, const char *gate, enum field_severity *at_most);
/* Whether the policy says that Raygate's own controller runs what is admitted. */
static inline bool rule_is_ours(const struct rule_context *c)
{
	return c->policy->target.controller == POLICY_CONTROLLER_RAYGATE;
}

/* "off", where the policy says so, or "off by default". */
const char *rule_gate_state(enum field_severity at_most);
void rule_found_at_most(const struct rule_context *c, enum field_severity at_most,
	const struct field_path *at, enum field_error_type type, struct field_reads reads,
	const char *format, ...) COLD PRINTF_LIKE(6, 7);
