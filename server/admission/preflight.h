/*
 * What an object will meet in the cluster as it is: names that its pods refer to, the LimitRanges
 * and ResourceQuotas of its namespace, nodes that could hold its pods. Reads the facts that
 * watches left behind and calls nobody; what the facts do not know is not spoken of.
 */
#pragma once

#include "api/policy.h"
#include "api/ray_object.h"
#include "server/facts/facts.h"

struct preflight_input {
	struct arena *arena;
	const struct policy *policy;
	struct facts *facts;
	struct str namespace;
	const struct ray_object *object;
	const struct json_node *old; /* UPDATE alone */
};

/*
 * Adds what is found to `errors`, under the rules of validators/preflight.h. What the old object
 * meets in the same way is never graver than a warning.
 */
void preflight_run(const struct preflight_input *in, struct field_errors *errors);
