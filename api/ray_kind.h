/*
 * The kinds that Raygate judges, and by what an object says which one it is: its apiVersion and
 * kind, as they should be written or nearly so.
 */
#pragma once

#include "api/raycluster.h"

enum ray_kind {
	RAY_CLUSTER,
	RAY_JOB,
	RAY_SERVICE,
	RAY_CRON_JOB,
};

/* "RayCluster", … */
const char *ray_kind_name(enum ray_kind kind);
/* "ray.io", "cluster.ray.io" */
const char *ray_kind_group(enum dialect dialect);
/* Whether that group serves the kind in that version: "v1", or an older one. */
bool ray_kind_has_version(enum ray_kind kind, enum dialect dialect, struct str version);

/* Whether that is the apiVersion of the kind's older version. */
bool ray_kind_is_older(enum ray_kind kind, enum dialect dialect, struct str api_version);

/* From a group and a resource ("rayclusters") or a kind ("RayCluster"); false when it is no ours.
 */
bool ray_kind_find(
	struct str group, struct str kind_or_resource, enum ray_kind *kind, enum dialect *dialect);

/*
 * From an object's apiVersion and kind. Where they are misspelt, missing, or do not go together,
 * but what was meant is plain, that one: RG0110 then says what is wrong. False when it is an object
 * of somebody else's.
 */
bool ray_object_recognise(const struct json_node *root, enum ray_kind *kind, enum dialect *dialect);
/* The kind of ours as which somebody else's object is called; NULL where it is called otherwise. */
const char *ray_kind_namesake(const struct json_node *root);
