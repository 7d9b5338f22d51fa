/* Schemas of the parts of core/v1 objects that are checked but not kept; see api/pod.h. */
#pragma once

#include "api/schema.h"

/* api/pod_parts.c */
extern const struct schema SCHEMA_VALUE_FROM;
extern const struct schema SCHEMA_ENV_FROM;
extern const struct schema SCHEMA_FIELD_REF;
extern const struct schema SCHEMA_RESOURCE_FIELD_REF;
extern const struct schema SCHEMA_PROBE;
extern const struct schema SCHEMA_LIFECYCLE;
extern const struct schema SCHEMA_SECURITY_CONTEXT;
extern const struct schema SCHEMA_POD_SECURITY_CONTEXT;
extern const struct schema SCHEMA_RESIZE_POLICY;
extern const struct schema SCHEMA_RESTART_RULE;

/* api/scheduling_schema.c */
extern const struct schema SCHEMA_LABEL_SELECTOR;
extern const struct schema SCHEMA_AFFINITY;
extern const struct schema SCHEMA_SPREAD_CONSTRAINT;
extern const struct schema SCHEMA_DNS_CONFIG;
extern const struct schema SCHEMA_HOST_ALIAS;
extern const struct schema SCHEMA_NAMED;
extern const struct schema SCHEMA_POD_OS;
extern const struct schema SCHEMA_READINESS_GATE;
extern const struct schema SCHEMA_RESOURCE_CLAIM;
extern const struct schema SCHEMA_SCHEDULING_GROUP;

/* api/network_schema.c */
extern const struct schema SCHEMA_SERVICE;
extern const struct schema SCHEMA_EGRESS_RULE;
extern const struct schema SCHEMA_INGRESS_RULE;
extern const struct schema SCHEMA_INGRESS_TLS;
