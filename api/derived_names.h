/*
 * The names that follow from a cluster's: of pods, services and labels, to the letter as KubeRay
 * 1.7 and the legacy operator make them. Nothing is checked here; the results are in the arena
 * (or constants) and end with a NUL.
 */
#pragma once

#include <stdbool.h>

#include "base/mem.h"
#include "base/str.h"

enum {
	DERIVED_GENERATE_MAX = 58, /* what the API server keeps of a generateName */
	DERIVED_SUFFIX_LEN = 5,    /* random characters behind it */
};

/* The alphabet of those: no vowels, nothing that looks like something else. */
#define DERIVED_ALPHABET "bcdfghjklmnpqrstvwxz2456789"

/* KubeRay's helpers, by its names for them. */

/*
 * PodName: the first 50 bytes of `prefix`, "-" and `node_type` ("head", "worker"), in lower case;
 * with `generate` a "-" behind, for a generateName.
 */
struct str derived_pod_name(
	struct arena *arena, struct str prefix, const char *node_type, bool generate);
/* CheckName: the last 50 bytes; a digit or punctuation in front becomes "r". */
struct str derived_check_name(struct arena *arena, struct str name);
/* CheckLabel: the last 63 bytes; punctuation in front becomes "r". */
struct str derived_check_label(struct arena *arena, struct str value);

/* What KubeRay makes with them. `group` is a worker group's name. */
struct str derived_worker_pod(struct arena *arena, struct str cluster, struct str group);
struct str derived_identifier(struct arena *arena, struct str cluster, const char *node_type);
struct str derived_head_service(struct arena *arena, struct str cluster);
struct str derived_serve_service(struct arena *arena, struct str cluster);
struct str derived_headless_service(struct arena *arena, struct str cluster);
/* <service>.<namespace>.svc.<domain>; an empty domain is cluster.local. */
struct str derived_service_fqdn(
	struct arena *arena, struct str service, struct str namespace, struct str domain);

/* The legacy operator's. */

/* Service of the head, and value of the label cluster.ray.io/component: <cluster>-ray-head. */
struct str derived_legacy_head_service(struct arena *arena, struct str cluster);
/* generateName of a pod: the cluster's name in front of the podConfig's own. */
struct str derived_legacy_pod(struct arena *arena, struct str cluster, struct str generate_name);
/* Value of the label ray-node-name: ray-<cluster>-head or -worker. */
struct str derived_legacy_node_name(struct arena *arena, struct str cluster, const char *node_type);

/* As the API server does: at most 58 bytes of `generate_name`, then `suffix`. */
struct str derived_generated_name(struct arena *arena, struct str generate_name, struct str suffix);
