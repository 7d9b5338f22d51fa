/* Default resources that no pod could have; only policy.c looks here. */
#pragma once

#include "api/policy.h"

/* `at` is where the two lists stand: "defaults.head". */
void policy_resources_check(const struct schema_decoder *decoder,
	const struct policy_resources *resources, const struct field_path *at);
