/*
 * What is known of the RayClusters to explain: objects as the API server has them, the last lines
 * of some logs, and what could not be looked at. Whoever fills it in has read a cluster, or a file;
 * the rest of this folder calls nobody and reads no clock.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api/policy.h"
#include "base/json_read.h"
#include "base/mem.h"

enum explain_kind {
	EXPLAIN_CLUSTER, /* of either dialect */
	EXPLAIN_OWNER,   /* a RayJob or RayService */
	EXPLAIN_POD,
	EXPLAIN_EVENT,
	EXPLAIN_QUOTA,
	EXPLAIN_RANGE,
	EXPLAIN_NODE,
	EXPLAIN_SERVICE,
	EXPLAIN_SLICE, /* EndpointSlice */
	EXPLAIN_CLAIM, /* PersistentVolumeClaim */
	EXPLAIN_LEASE,
	EXPLAIN_ACCOUNT, /* ServiceAccount */
	EXPLAIN_ROLE,
	EXPLAIN_BINDING, /* RoleBinding */
	EXPLAIN_KINDS,
};

/* What each kind is called: in apiVersion and kind, and in a sentence. */
struct explain_kind_row {
	const char *api_version, *kind;
	const char *plural;
};
extern const struct explain_kind_row EXPLAIN_KIND_ROWS[EXPLAIN_KINDS];

struct explain_objects {
	const struct json_node **items;
	size_t count, room;
	bool looked; /* all there are were read: what is not among them is not there */
};

/* The end of what a container has written. */
struct explain_log {
	struct str pod, container;
	bool previous; /* of the run before the present one */
	struct str text;
};

/* What could not be looked at, and why. */
struct explain_gap {
	struct str what, why;
};

enum { EXPLAIN_GAPS_MAX = 16, EXPLAIN_LOGS_MAX = 8 };

struct explain_input {
	struct arena *arena; /* holds all of it, and what is made of it */
	const struct policy *policy;
	int64_t now; /* seconds since 1970 */
	struct explain_objects of[EXPLAIN_KINDS];
	struct explain_log logs[EXPLAIN_LOGS_MAX];
	size_t log_count;
	struct explain_gap gaps[EXPLAIN_GAPS_MAX];
	size_t gap_count;
};

/* Takes an object, or those of a List; what is of no kind that matters is left out. */
void explain_add(struct explain_input *in, const struct json_node *object);
/* An item of a list of that kind, which does not say its own kind. */
void explain_add_as(
	struct explain_input *in, enum explain_kind kind, const struct json_node *object);
/* More than there is room for is dropped. */
void explain_add_gap(struct explain_input *in, const char *what, struct str why);
/* NULL when it was not read. */
const struct explain_log *explain_find_log(
	const struct explain_input *in, struct str pod, struct str container, bool previous);

/* For those who read objects: parts by a path of literals, a number, a time. */
const struct json_node *explain_at(const struct json_node *object, const char *const path[]);
#define EXPLAIN_AT(object, ...) explain_at((object), (const char *const[]){__VA_ARGS__, NULL})
int64_t explain_i64(const struct json_node *node, int64_t absent);
/* Seconds since 1970; 0 for what is no time. */
int64_t explain_time(struct arena *arena, const struct json_node *node);
