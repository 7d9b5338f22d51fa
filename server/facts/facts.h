/*
 * What a Kubernetes cluster holds beside its RayClusters, as watches last told it: the quotas and
 * limit ranges of namespaces, nodes, and the names of things that pods refer to. Watches write,
 * admission reads; nobody asks the API server in between.
 *
 * A kind whose list was never read whole is not known, and says nothing: a name that is not there
 * is then no mistake of the user's. Nor is a kind whose watch has been broken for longer than
 * FACTS_PATIENCE: warnings from a state that may be long gone would be worse than none.
 *
 * Thread-safe: one read-write lock, private to facts.c, held for an event or for one preflight.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "api/node.h"
#include "base/clock.h"
#include "base/json_read.h"
#include "base/mem.h"
#include "base/str.h"

enum facts_kind {
	FACTS_RESOURCE_QUOTA,
	FACTS_LIMIT_RANGE,
	FACTS_NODE,
	FACTS_PRIORITY_CLASS,
	FACTS_RUNTIME_CLASS,
	FACTS_SERVICE_ACCOUNT,
	FACTS_SECRET,
	FACTS_VOLUME_CLAIM,
	FACTS_CUSTOM_RESOURCE,
	FACTS_SERVICE,   /* those that belong to no RayCluster */
	FACTS_GCS_STORE, /* RayClusters whose GCS keeps its state in a claim; not followed here */
	FACTS_KINDS,
};

/* A watch that is cut is taken up again sooner, unless the API server is away. */
#define FACTS_PATIENCE (10 * CLOCK_SECOND)

/* Where a kind is listed and watched. */
struct facts_source {
	const char *group;    /* "" is core */
	const char *version;  /* "v1" */
	const char *resource; /* "resourcequotas" */
	const char *kind;     /* "ResourceQuota", as messages name it */
	bool namespaced;
	bool names_only;      /* its metadata is enough */
	const char *selector; /* of labels; NULL for all there are */
};
extern const struct facts_source FACTS_SOURCES[FACTS_KINDS];

/* A ResourceQuota: what its status holds, or its spec while it has no status. */
struct facts_amount {
	struct str name; /* "requests.cpu": the short form "cpu" is written out */
	struct quantity hard, used;
};

/* Which pods a quota counts. A list of scopes counts those that fit all of them. */
struct facts_scope {
	struct str name;     /* "BestEffort", "PriorityClass", … */
	struct str operator; /* "Exists" where the scope stands in spec.scopes */
	struct str *values;
	size_t value_count;
};

struct facts_quota {
	struct str name;
	struct facts_amount *amounts;
	size_t amount_count;
	struct facts_scope *scopes;
	size_t scope_count;
};

/* An item of a LimitRange; the API server has filled in the defaults that follow from the rest. */
struct facts_limit {
	struct str type; /* "Container", "Pod", "PersistentVolumeClaim" */
	struct resource_list max, min, defaults, default_requests, ratio;
};

struct facts_limit_range {
	struct str name;
	struct facts_limit *limits;
	size_t count;
};

/* Where a RayCluster's GCS keeps its state. */
struct facts_store {
	struct str cluster, claim, sub_path;
};

struct facts;

struct facts *facts_new(void);
void facts_free(struct facts **facts);

/* The kind of an object by its apiVersion and kind; FACTS_KINDS when it is none of these. */
enum facts_kind facts_recognise(const struct json_node *object);

/*
 * What a watch tells: an object that is new or has changed, one that is gone. One that holds
 * nothing that is looked at counts as gone.
 */
void facts_put(struct facts *facts, enum facts_kind kind, const struct json_node *object);
void facts_remove(struct facts *facts, enum facts_kind kind, struct str namespace, struct str name);
/* As if none had ever been seen; it stays known. */
void facts_forget(struct facts *facts, enum facts_kind kind);
/* The whole list has been read once. */
void facts_set_known(struct facts *facts, enum facts_kind kind);
/* Its watch has been broken since then (clock_now()); 0: it goes on. */
void facts_set_broken(struct facts *facts, enum facts_kind kind, int64_t since);

/*
 * Readers: all calls between facts_lock() and facts_unlock() see one state, and what they are given
 * lives until facts_unlock(). `namespace` is "" for what has none.
 */
void facts_lock(struct facts *facts);
void facts_unlock(struct facts *facts);

bool facts_known(const struct facts *facts, enum facts_kind kind);
bool facts_has(
	const struct facts *facts, enum facts_kind kind, struct str namespace, struct str name);
/*
 * The name nearest to `name` that is there, for "did you mean": the empty str when none is near,
 * or when there are too many to look at.
 */
struct str facts_nearest(
	const struct facts *facts, enum facts_kind kind, struct str namespace, struct str name);
/* How many of a kind a namespace has. */
size_t facts_count(const struct facts *facts, enum facts_kind kind, struct str namespace);

/* One after the other, in the order in which they were first seen; start with *at = 0. */
const struct facts_quota *facts_next_quota(
	const struct facts *facts, struct str namespace, size_t *at);
const struct facts_limit_range *facts_next_limit_range(
	const struct facts *facts, struct str namespace, size_t *at);
const struct node_shape *facts_next_node(const struct facts *facts, size_t *at);
const struct facts_store *facts_next_store(
	const struct facts *facts, struct str namespace, size_t *at);
