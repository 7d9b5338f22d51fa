/*
 * The value of `ray start --resources`: a JSON object of numbers in single quotes, for a shell.
 * Written as Go writes a map of float64, so that pods are those that KubeRay makes.
 */
#pragma once

#include "base/mem.h"
#include "base/str.h"

struct logical_resource {
	struct str name;
	double value;
};

struct logical_resources {
	struct arena *arena; /* holds everything */
	struct logical_resource *items;
	size_t count, room;
};

void logical_resources_set(struct logical_resources *resources, struct str name, double value);
bool logical_resources_has(const struct logical_resources *resources, struct str name);
/* From a parameter's text, quotes and blanks around it left out; false when it is no such object.
 */
bool logical_resources_read(struct logical_resources *resources, struct str text) MUST_CHECK;
/* '{"TPU":4,"custom":0.5}', by name. */
struct str logical_resources_print(struct logical_resources *resources);
