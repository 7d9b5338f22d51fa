/* Schemas of the specs that hold a RayCluster's spec; decoded by api/ray_object.c. */
#pragma once

#include "api/schema.h"

extern const struct schema SCHEMA_RAY_JOB_SPEC;
extern const struct schema SCHEMA_RAY_SERVICE_SPEC;
extern const struct schema SCHEMA_RAY_CRON_JOB_SPEC;
