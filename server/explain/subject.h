/*
 * One RayCluster to explain, with what belongs to it picked out of all that was read: its pods and
 * Events. Everything lives in the input's arena.
 */
#pragma once

#include "api/ray_object.h"
#include "server/explain/input.h"

/* A controller that is there has written a status by then. */
enum { EXPLAIN_FIRST_LOOK_S = 10 };

enum explain_run {
	EXPLAIN_UNSAID, /* the pod has no word of it yet */
	EXPLAIN_WAITING,
	EXPLAIN_RUNS,
	EXPLAIN_ENDED,
};

/* A container's state, as the kubelet last told it. */
struct explain_container {
	struct str name, image;
	bool init;    /* runs before the others, and must end well */
	bool sidecar; /* an init container that runs on */
	bool ready;
	enum explain_run run;
	struct str reason, message; /* of what it waits for, or how it ended */
	int64_t exit_code;          /* where it has ended */
	int64_t restarts, since;
	/* How the run before this one ended. */
	bool ended_before;
	struct str last_reason, last_message;
	int64_t last_exit_code;
};

struct explain_pod {
	const struct json_node *root;
	struct str name, group, node, phase;  /* group as the object calls it; the head's is "" */
	struct str reason, message;           /* of the pod itself: Evicted, NodeLost, … */
	struct explain_container *containers; /* those of init first */
	size_t container_count;
	const struct json_node *scheduled, *readiness; /* conditions, or NULL */
	int64_t created, deleted; /* deleted: when its grace ends; 0: nobody deletes it */
	bool head, ready;
};

struct explain_subject {
	const struct explain_input *in;
	const struct json_node *root;
	const struct ray_object *object; /* its cluster may be NULL: a spec that cannot be read */
	struct str namespace, name, uid;
	struct explain_pod *pods; /* the head's first, then by age */
	size_t pod_count;
	const struct json_node **events; /* of the cluster and its pods, the newest first */
	size_t event_count;
};

/* `root` is an EXPLAIN_CLUSTER. */
void explain_subject_init(
	struct explain_subject *s, const struct explain_input *in, const struct json_node *root);

/* How objects of that dialect are found: the selector of its pods, all of a namespace for NULL. */
struct str explain_pod_selector(struct arena *arena, enum dialect dialect, const char *cluster);

/* NULL when there is none. */
const struct explain_pod *explain_head(const struct explain_subject *s);
/* Of a status: the condition of that type, or NULL; and whether its status is "True". */
const struct json_node *explain_condition(const struct json_node *root, const char *type);
bool explain_condition_is(const struct json_node *condition, const char *status);
/* A pod that will be no more, or has ended. */
bool explain_pod_is_over(const struct explain_pod *pod);
/* How many pods a group is to have now, and has: those that are over not counted. */
int64_t explain_wanted(const struct explain_subject *s, const struct ray_group *group);
int64_t explain_there(const struct explain_subject *s, const struct ray_group *group);
/* The group of a pod; NULL where the spec has none of that name. */
const struct ray_group *explain_group_of(
	const struct explain_subject *s, const struct explain_pod *pod);
/* The newest Event of that pod (of the cluster for NULL) with one of these reasons; or NULL. */
const struct json_node *explain_event(const struct explain_subject *s,
	const struct explain_pod *pod, const char *const reasons[]);
#define EXPLAIN_EVENT_OF(s, pod, ...)                                                              \
	explain_event((s), (pod), (const char *const[]){__VA_ARGS__, NULL})
/* When an Event happened last. */
int64_t explain_event_time(struct arena *arena, const struct json_node *event);
