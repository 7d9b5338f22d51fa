/*
 * What a RayCluster can ask for and our own controller does not make yet: told at apply where the
 * policy's target is raygate, in the status, in an Event and by `raygate plan`, and never passed
 * over in silence.
 */
#pragma once

#include "api/ray_object.h"

struct unsupported {
	const char *feature; /* "enableIngress" */
	const char *instead; /* what happens without it */
};

/* `at` is valid during the call alone; `node` is what asks for it. */
typedef void unsupported_fn(void *context, const struct unsupported *row,
	const struct field_path *at, const struct json_node *node);

/*
 * Of a legacy cluster: the first podType of which the operator of 2022 made more than minWorkers
 * where there was work; NULL where there is none.
 */
const struct ray_group *unsupported_scaled_type(const struct raycluster *cluster);

/*
 * What a legacy cluster says of workers of its head's podType: minWorkers, else maxWorkers, where
 * that is more than 0; else NULL.
 */
const struct val_i32 *unsupported_head_workers(const struct raycluster *cluster, bool *of_most);

/* Calls for each of them that the object asks for, in the order of the table. */
void unsupported_each(const struct ray_object *object, unsupported_fn *fn, void *context);
