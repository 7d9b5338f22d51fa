/*
 * What one round of reconciling looks at: a RayCluster as it was last told, and what is there of
 * it. Made by the cache, read by the planners; all of it lives in the round's arena or outlives the
 * round, and nothing of it changes while it is planned.
 */
#pragma once

#include <stdint.h>

#include "api/policy.h"
#include "api/ray_object.h"
#include "server/plan/action_kind.h"
#include "server/quota/ledger.h"

/* The annotation of a pod that came in the place of one that failed: how many did, a number. */
#define OBSERVED_FAILED_BEFORE "raygate.dev/failed-before"

enum pod_role {
	POD_HEAD,
	POD_WORKER,
	POD_CLEANUP, /* of a Redis, when its cluster is gone */
};

enum pod_phase {
	POD_PENDING,
	POD_RUNNING,
	POD_SUCCEEDED,
	POD_FAILED,
	POD_UNKNOWN,
};

/* The pod's condition "Ready". */
enum pod_ready {
	POD_READY_UNSAID, /* it has no such condition */
	POD_READY_FALSE,
	POD_READY_TRUE,
};

struct observed_pod {
	struct str name;
	struct str uid;   /* "": we asked for it, and no watch has told of it yet */
	struct str group; /* the worker group's or podType's name; of a modern head "headgroup" */
	struct str replica_name; /* of hosts that belong together; else "" */
	struct str ip;           /* of a head; "" until it has one */
	/* Why it is not ready, in the API server's words: of a container, or a condition. */
	struct str reason, message;
	struct str launch_hash; /* of what it was made from, where the planner left one */
	enum pod_role role;
	enum pod_phase phase;
	enum pod_ready ready;
	int32_t replica_index, host_index; /* -1: it has no such label */
	int32_t restarts;                  /* of container 0 */
	int64_t created;                   /* seconds since 1970 */
	int64_t changed;                   /* since when it is ready, or is not; 0 unknown */
	bool ours;                         /* its controller is this cluster, by uid */
	bool stray;                        /* it has no controller at all */
	bool deleting;                     /* it has a deletionTimestamp, or we asked for its end */
	int64_t ends; /* its deletionTimestamp: when its grace is over; 0 where none was told */
	/* Pods in a row that failed before it came in their place: OBSERVED_FAILED_BEFORE. */
	int32_t failed_before;
	bool unschedulable;  /* PodScheduled is False; `reason` and `message` say why */
	bool lost;           /* nobody hears of its node; `changed` is since when */
	bool ray_terminated; /* container 0 has ended … */
	bool restarts_never; /* … and nobody starts it again */
};

struct observed_service {
	struct str name;
	struct str cluster_ip;         /* "None" of a headless one; "" where not known */
	struct str type;               /* "ClusterIP", …; "" where not known */
	const struct json_node *ports; /* spec.ports; NULL while no watch has told of it */
	bool ours, stray, deleting;
	bool of_head; /* its labels say that it leads to the head; not while no watch has told */
};

/* For a volume, of which a watch has told. */
struct observed_claim {
	struct str name;
	const struct json_node *spec;
	bool ours, stray, deleting;
};

/*
 * A write that the API server refused in an earlier round, or that nobody answered in the last two,
 * and that was not done since.
 */
struct observed_failure {
	struct str what;    /* the name of the object, or of the group it is for */
	struct str group;   /* whose pods they are; "" for what is no pod */
	struct str kind;    /* "Pod", "Service", … */
	struct str message; /* the API server's */
	int code;           /* HTTP's; 0 when no answer came */
	bool taken;         /* a create: somebody else has the name */
	enum action_kind action;
};

/* What pods are made of (accept_made_of()); all zero where that is not known. */
struct observed_digest {
	uint64_t high, low;
};

/* Whether the spec may be made real; accept.h settles it once for each generation. */
struct observed_verdict {
	bool accepted;
	int64_t generation; /* the last one that was accepted; 0: none was */
	const char *reason; /* CamelCase: "Accepted", "InvalidSpec", "QuotaExceeded", … */
	struct str message; /* why not, for people */
	/* Up to this size pods are replaced while it is not accepted. By group, the head first. */
	const struct observed_size *sizes;
	size_t size_count;
	/* What this size is charged. */
	const struct ledger_amount *charge;
	size_t charge_count;
	struct observed_digest made_of; /* the generation that was accepted last */
};

struct observed_size {
	struct str group; /* as observed_pod.group */
	int32_t pods;
	int32_t most; /* that it is charged for, where these are more; else 0 */
};

enum { OBSERVED_RANDOM = 32 };

struct observed {
	const struct ray_object *object; /* never NULL; its cluster is, where there is no spec */
	const struct json_node *root;    /* the whole object, its status included */
	/* What is made real while the object is refused (accept_kept); NULL: the object. */
	const struct ray_object *kept;
	/* While it is refused, nobody knows what was accepted: nothing is made, and nothing ends
	 * that is not asked to. */
	bool withheld;
	/* Somebody may have stored it, and that was not found out yet; or could not be. */
	bool accepted_unread, accepted_unreadable;
	/* What was accepted, where it is to be stored for whoever comes after us; else NULL. */
	const struct json_node *to_store;
	struct str namespace, name, uid;
	int64_t generation;
	const struct observed_pod *pods; /* all that carry the cluster's labels, of any owner */
	size_t pod_count;
	/*
	 * Pods that we asked for, while nobody says whether they are there: name, group, role and
	 * place are known of them. They do not count as pods; what is asked for in the place of one
	 * has its name, so that there are never two.
	 */
	const struct observed_pod *doubts;
	size_t doubt_count;
	const struct observed_service *services;
	size_t service_count;
	const struct observed_claim *claims;
	size_t claim_count;
	const struct observed_failure *failures;
	size_t failure_count;
	struct observed_verdict verdict;
	const struct policy *policy;
	struct str domain; /* of the cluster's DNS; "" is cluster.local */
	int64_t now;       /* seconds since 1970 */
	bool first;    /* of this process and spec: what cannot be seen may or may not be there */
	uint64_t seed; /* for the names of new pods; another one each round */
	uint8_t random[OBSERVED_RANDOM]; /* of getrandom(), anew each round: secrets are made of it
					  */
};
