/*
 * Which autoscaler a cluster asks for: KubeRay knows v2 by one field and one variable; Ray itself
 * uses v2 from 2.48 on where neither says otherwise (ray#54518; KubeRay's API text says 2.47).
 */
#pragma once

#include "api/raycluster.h"
#include "api/version.h"

#define V2_ENV "RAY_enable_autoscaler_v2"

/* What KubeRay looks at, for FIELD_READS; each may be NULL. */
struct v2_signs {
	const struct json_node *version; /* autoscalerOptions.version */
	const struct json_node *env;     /* the value of V2_ENV in the head's Ray container */
};

struct v2_signs v2_signs(const struct raycluster *cluster);
/* The entry of V2_ENV in the head's Ray container, NULL when there is none. */
const struct env_var *v2_env(const struct raycluster *cluster);
/* V2_ENV has one of the two values by which KubeRay knows that v2 is on. */
bool v2_env_is_on(const struct raycluster *cluster);
/* By the field or by the variable, as KubeRay's rules on groups want it. */
bool v2_is_asked_for(const struct raycluster *cluster);
/* rayVersion, else the tag of the head's image; false when neither is a version. */
bool v2_ray_version(const struct raycluster *cluster, struct version *out);
/* Neither field nor variable says which, and Ray is one that takes v2 then. */
bool v2_is_implied(const struct raycluster *cluster);
