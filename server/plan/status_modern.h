/*
 * The status of a RayCluster of ray.io: KubeRay 1.7's fields and conditions, and four
 * conditions of our own. One write a round at most, of what differs from what the
 * object holds; what will change again at once waits for a while.
 */
#pragma once

#include "server/children/child.h"
#include "server/plan/round.h"

/* KubeRay's. */
#define STATUS_HEAD_READY  "HeadPodReady"
#define STATUS_PROVISIONED "RayClusterProvisioned"
#define STATUS_FAILURE     "ReplicaFailure"
#define STATUS_SUSPENDING  "RayClusterSuspending"
#define STATUS_SUSPENDED   "RayClusterSuspended"
/* Ours: is the spec within the rules and the quota; pods that are not made for that; pods that do
 * not start; what we lack. */
#define STATUS_ACCEPTED  "Accepted"
#define STATUS_WITHHELD  "PodsWithheld"
#define STATUS_PENDING   "PodsPending"
#define STATUS_SUPPORTED "Supported"
/* An Event's reason: the status itself cannot be written. */
#define STATUS_REFUSED "FailedToUpdateStatus"
/* Begins, in its message, each thing that is there and that the spec wants otherwise. */
#define STATUS_CHANGING "changing "

/* Of a legacy cluster: when its phase was Running for the first time. */
#define STATUS_FIRST_RUNNING "firstRunningTime"

struct status_input {
	const struct observed *seen;
	const struct child_context *c; /* its cluster is NULL where the spec cannot be read */
	bool suspending, suspended;    /* as they are after this round */
	bool adopts; /* pods are being taken back: until then nothing new is told of any */
};

/* Adds the action, and the Events that go with it. */
void status_modern(const struct status_input *in, struct round *round);

/* Whether the object's status has that condition, and it is True. */
bool status_says(const struct json_node *root, const char *type);
/* The generation that its status was made of; 0 where it has none. */
int64_t status_generation(const struct json_node *root);
