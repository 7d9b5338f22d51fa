/*
 * What a cluster is charged against the quota of its namespace, by the policy's measure, and what
 * is said where that is too much: at apply, and by the controller of what came in past admission.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"
#include "validators/footprint.h"

struct charged {
	struct str name; /* in the words of ResourceQuota */
	struct quantity value;
};

/* In the arena; one of them is count/rayclusters. Returns how many. */
size_t charged_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct charged **out);
/* Zero where there is no such amount. */
struct quantity charged_of(const struct charged *amounts, size_t count, struct str name);

/* An amount that does not fit. */
struct charged_excess {
	const struct policy *policy;
	const struct ray_object *object;
	struct str namespace, name;
	struct quantity hard, used, asked; /* used: by the others */
	bool withheld;                     /* it is admitted: the controller makes what fits */
	bool resumed;                      /* it is suspended: that much only when it is not */
	bool upgraded;                     /* beside its own cluster, which counts as used */
};

void charged_report(
	struct arena *arena, const struct charged_excess *excess, struct field_errors *errors);

/* `namespace "ray"`; of one that `check` was not told in words of its own. */
struct str charged_namespace(struct arena *arena, struct str namespace);
/* What `charge: maximum` and `charge: now` measure. */
enum footprint_column charged_column(const struct policy *policy);
