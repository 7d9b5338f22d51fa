/* Objects in a cluster, and what the preflight says of them. */
#pragma once

#include "tests/support/facts_kit.h"
#include "tests/support/verdict.h"

/*
 * YAML of a RayCluster in namespace "team": a head of 1 CPU, and one group of that many workers
 * whose pod and container have these members more, each with a comma and a blank behind it.
 */
struct str preflight_kit_object(
	struct arena *arena, const char *pod, const char *container, int replicas);
/* What makes that container one of 2 CPU. */
#define SIZED "resources: {limits: {cpu: 2, memory: 4Gi}}, "

/* How often a rule speaks, and how gravely. */
struct heard {
	size_t errors, warnings;
};

struct heard preflight_kit_listen(
	struct arena *arena, const struct verdict_case *it, const char *rule);
/* Of one such worker in a cluster that holds these YAML documents, and is known in every kind. */
struct heard preflight_kit_hear(
	const char *cluster, const char *pod, const char *container, const char *rule);
