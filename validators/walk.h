/*
 * What the rules look at, found once for all of them: the pods, containers and resources of an
 * object, in the order in which they are reported.
 */
#pragma once

#include "validators/plan.h"
#include "validators/rule.h"

struct walk_container {
	const struct rule_pod *pod;
	const struct container *container;
};

struct walk_resources {
	const struct resource_requirements *of;
	bool special; /* more than CPU and memory */
};

struct walk {
	struct rule_groups groups; /* whose pods are looked at: rule_groups() */
	struct rule_pod *pods;
	size_t pod_count;
	struct walk_container *containers; /* of each pod, its init containers last */
	size_t container_count;
	/* Of containers, then of the pod; at last those of autoscaler and history collector. */
	struct walk_resources *resources;
	size_t resource_count;
};

/* Of the context's object; without its twins, unless they are looked at too. */
struct walk walk_over(const struct rule_context *c);
/* Calls the rule's check for each thing that its scope names. */
void walk_by(const struct walk *walk, const struct rule_context *c, const struct plan_row *row);
