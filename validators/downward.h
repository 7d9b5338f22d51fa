/*
 * What a pod can be told of itself (the downward API of Kubernetes): in a variable, or in a file of
 * a volume. Each reports under the running rule.
 */
#pragma once

#include "validators/check.h"

enum downward_use {
	DOWNWARD_VARIABLE, /* an env entry's valueFrom */
	DOWNWARD_FILE,     /* an item of a downwardAPI volume or projection */
};

/*
 * The fieldRef and the resourceFieldRef of `source`, as far as they are there: a field that can be
 * taken in this use, an amount that a container has, and a divisor that the API server knows
 * (validateObjectFieldSelector and validateContainerResourceFieldSelector of core/validation).
 */
void check_downward(
	const struct rule_context *c, const struct schema_object *source, enum downward_use use);
