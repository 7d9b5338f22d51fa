/*
 * The controller's runtime over an API server in memory, step by step in one thread: what is there
 * is told when the test says so, writes are made one by one, time stands still. A runtime may be
 * thrown away at any moment, as by a kill, and another one begun.
 */
#pragma once

#include "server/controller/perform.h"
#include "server/controller/reconcile.h"
#include "tests/support/fake_cluster.h"

struct controller_kit {
	struct fake_cluster *cluster;
	struct policy *policy;
	enum dialect dialect;
	struct world *world;
	struct workqueue *queue;
	struct writers *writers;
	struct reconciler *reconciler;
	struct kube_client *client;
	struct performer performer;
	bool leads;        /* else nothing is looked at */
	bool is_left;      /* to somebody else, who leads */
	int writes;        /* that were tried */
	size_t ready;      /* clusters that became so for the first time … */
	int64_t ready_s;   /* … and seconds after its creation the last of them did */
	struct buf events; /* "Reason: message\n", without the random part of a name */
};

/* A policy by which namespace "ns" has so many CPUs; `more` is lines of it, or "". */
#define CONTROLLER_KIT_QUOTA(cpu, more)                                                            \
	"apiVersion: raygate.dev/v1\nkind: Policy\nenforcement: deny\n" more                       \
	"quotas: {ns: {requests.cpu: \"" cpu "\"}}\n"

/* A cluster without anything in it; `policy` in YAML, or NULL. */
struct controller_kit *controller_kit_new(const char *policy);
/* The same of either dialect; above it is the modern one. */
struct controller_kit *controller_kit_new_of(enum dialect dialect, const char *policy);
/* Takes NULL and nulls. */
void controller_kit_free(struct controller_kit **pointer);

/* A RayCluster "name" of namespace "ns": a head and so many workers in a group "workers". */
void controller_kit_apply(struct controller_kit *kit, const char *name, int workers);
/* Changes it as a user does: another generation. */
void controller_kit_scale(struct controller_kit *kit, const char *name, int workers);
void controller_kit_suspend(struct controller_kit *kit, const char *name, bool suspended);
/* Lets Ray scale it from the first, which puts a container of 500m CPU beside the head's. */
void controller_kit_autoscale(struct controller_kit *kit, const char *name);
/* Puts text in the place of some other that it has: another generation. */
void controller_kit_edit(
	struct controller_kit *kit, const char *name, const char *from, const char *to);
void controller_kit_delete(struct controller_kit *kit, const char *name);
/* As it is stored, until it is changed; NULL where there is none. */
const char *controller_kit_cluster(const struct controller_kit *kit, const char *name);
bool controller_kit_says(const struct controller_kit *kit, const char *name, const char *words);
/* A pod of RayCluster "a" that the kit did not make; `owner` is the uid of its controller, or NULL.
 */
void controller_kit_put_pod(
	struct controller_kit *kit, const char *name, const char *group, const char *owner);

/* Begins a runtime that has read all there is; ends it without a word. */
void controller_kit_begin(struct controller_kit *kit);
void controller_kit_kill(struct controller_kit *kit);
/* Watches tell all that there is. */
void controller_kit_tell(struct controller_kit *kit);
/* As a watch tells of one RayCluster that has changed, and of nothing else. */
void controller_kit_tell_of(struct controller_kit *kit, const char *name);
/* Looks until there is nothing to look at; then one write. False when there was none. */
bool controller_kit_write(struct controller_kit *kit);
/* As a kubelet has it: what is there runs. False when it did already. */
bool controller_kit_run_pods(struct controller_kit *kit);
/* The first pod with this in its name is ready no more. */
void controller_kit_fail_readiness(struct controller_kit *kit, const char *part);
/* Nobody hears of the node of the first pod with this in its name. */
void controller_kit_lose_node(struct controller_kit *kit, const char *part);
/* The first pod with this in its name has failed. */
void controller_kit_end_pod(struct controller_kit *kit, const char *part);
/* All objects with this in their paths are gone. */
void controller_kit_lose(struct controller_kit *kit, const char *part);
/* Until nothing happens any more; pods run as soon as they are there, and time passes. */
void controller_kit_settle(struct controller_kit *kit);
/* Begins, and settles; the second kills what there is before. */
void controller_kit_lead(struct controller_kit *kit);
void controller_kit_restart(struct controller_kit *kit);
/* Tells all that there is, and settles. */
void controller_kit_hear(struct controller_kit *kit);

/* How many pods there are of a cluster and group. */
size_t controller_kit_pods(const struct controller_kit *kit, const char *name, const char *group);
/* How many pods there are, of any cluster, whose first container may have so much CPU. */
size_t controller_kit_pods_with_cpu(const struct controller_kit *kit, const char *cpu);
/* Whether it has so many pods, of all groups. */
void controller_kit_expect_pods(const struct controller_kit *kit, const char *name, size_t pods);
/* How often its status was written. */
size_t controller_kit_status_writes(const struct controller_kit *kit, const char *name);
/* Whether the cluster has a head, so many workers, its Service, no more; and says it is ready. */
void controller_kit_expect(struct controller_kit *kit, const char *name, size_t workers);
