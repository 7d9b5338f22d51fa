/*
 * A small world in which a planner's actions happen: pods come, run, fail, are deleted by somebody
 * or lost with their node; creates are refused; watches tell of it all some time later. From a
 * seed, so that the same seed has the same history.
 */
#pragma once

#include "server/plan/round.h"

enum { WORLD_PODS_MAX = 2000, WORLD_GROUPS_MAX = 3 };

struct world_pod {
	struct observed_pod seen;
	bool gone;
	bool lost;     /* its node is: it ends, and never does */
	int64_t told;  /* when a watch tells of it */
	int64_t ready; /* when it will be */
	int64_t ends;  /* when it will be gone; 0: nobody deletes it */
};

struct world_group {
	const char *name;
	int replicas, hosts;
	bool suspended;
};

struct world {
	struct arena arena; /* of the whole history */
	uint64_t dice;
	int64_t now;
	int64_t generation;
	bool rough; /* things go wrong */
	bool suspended, autoscaled;
	bool legacy; /* of cluster.ray.io: the head's podType is "h"; nothing is suspended there */
	struct world_group groups[WORLD_GROUPS_MAX];
	size_t group_count;
	struct world_pod pods[WORLD_PODS_MAX];
	size_t pod_count;
	struct str services[8];
	size_t service_count;
	struct observed_failure failures[64];
	size_t failure_count;
	struct str status; /* JSON */
	/* counted by world_round() */
	size_t status_writes, actions, rounds;
};

void world_init(struct world *world, uint64_t seed);
void world_done(struct world *world);
unsigned world_draw(struct world *world, unsigned bound);
/* Some time passes, and things happen. */
void world_pass(struct world *world, int64_t seconds);
/* Plans once, and does what was asked for. */
void world_round(struct world *world, plan_fn plan);
/* Pods of ours in that group that are there, ready and not ending; the head's is HEAD_GROUP,
 * or "h". */
int world_ready(const struct world *world, const char *group);
/* All of ours there that nobody deletes. */
int world_present(const struct world *world);
