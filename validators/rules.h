/* The tables of rules, one a file; validators/validate.c lists them in order. */
#pragma once

#include "validators/rule.h"

extern const struct rule_table RULES_SCHEMA;           /* RG01: schema_rules.c */
extern const struct rule_table RULES_KIND;             /* RG0110: kind.c */
extern const struct rule_table RULES_METADATA;         /* RG0201-: metadata.c */
extern const struct rule_table RULES_ANNOTATIONS;      /* RG0207-: annotations.c */
extern const struct rule_table RULES_SILENCE;          /* RG0210: silence.c */
extern const struct rule_table RULES_WORKERS;          /* RG0301-: workers.c */
extern const struct rule_table RULES_GROUP_NAMES;      /* RG0308-: group_names.c */
extern const struct rule_table RULES_GROUP_OPTIONS;    /* RG0312-: group_options.c */
extern const struct rule_table RULES_RAY_RESOURCES;    /* RG0401-: ray_resources.c */
extern const struct rule_table RULES_START_PARAMS;     /* RG0406-: start_params.c */
extern const struct rule_table RULES_START_CONFLICTS;  /* RG0412: start_conflicts.c */
extern const struct rule_table RULES_START_PORTS;      /* RG0411, RG0413-: start_ports.c */
extern const struct rule_table RULES_RESOURCES;        /* RG0501-: resources.c */
extern const struct rule_table RULES_NEEDS;            /* RG0511-: needs.c */
extern const struct rule_table RULES_POD;              /* RG0601-: pod.c */
extern const struct rule_table RULES_CLAIMS;           /* RG0610, RG0616: claims.c */
extern const struct rule_table RULES_SCHEDULING;       /* RG0611-: scheduling.c */
extern const struct rule_table RULES_RESERVED;         /* RG0621-: reserved.c */
extern const struct rule_table RULES_CONTAINER;        /* RG0630-: container.c */
extern const struct rule_table RULES_RESTART;          /* RG0636-: restart.c */
extern const struct rule_table RULES_ENV;              /* RG0640-: env.c */
extern const struct rule_table RULES_PROBES;           /* RG0650-: probes.c */
extern const struct rule_table RULES_SECURITY;         /* RG0660-: security.c */
extern const struct rule_table RULES_HOST;             /* RG0691-: host.c */
extern const struct rule_table RULES_VOLUMES;          /* RG0670-: volumes.c */
extern const struct rule_table RULES_VOLUME_SOURCES;   /* RG0677: volume_sources.c */
extern const struct rule_table RULES_VOLUME_ADDRESSES; /* RG0678: volume_addresses.c */
extern const struct rule_table RULES_MOUNTS;           /* RG0680-: mounts.c */
extern const struct rule_table RULES_AUTOSCALER;       /* RG07: autoscaler.c */
extern const struct rule_table RULES_FAULT_TOLERANCE;  /* RG08: fault_tolerance.c */
extern const struct rule_table RULES_REDIS;            /* RG08: redis.c */
extern const struct rule_table RULES_AUTH;             /* RG0901: auth.c */
extern const struct rule_table RULES_TLS;              /* RG0921: tls.c */
extern const struct rule_table RULES_HISTORY;          /* RG0941: history.c */
extern const struct rule_table RULES_NETWORK_POLICY;   /* RG0961: network_policy.c */
extern const struct rule_table RULES_ORIGIN;           /* RG0981: origin.c */
extern const struct rule_table RULES_SERVICE;          /* RG1001-: service.c */
extern const struct rule_table RULES_INGRESS;          /* RG1007-: ingress.c */
extern const struct rule_table RULES_LEGACY;           /* RG1101-: legacy.c */
extern const struct rule_table RULES_LEGACY_PORTS;     /* RG1112-: legacy_ports.c */
extern const struct rule_table RULES_LEGACY_PRUNED;    /* RG1114: legacy_pruned.c */
extern const struct rule_table RULES_LEGACY_RESOURCES; /* RG1115-: legacy_resources.c */
extern const struct rule_table RULES_LEGACY_TARGET;    /* RG1122-: legacy_target.c */
extern const struct rule_table RULES_RAYJOB;           /* RG1201-: rayjob.c */
extern const struct rule_table RULES_RAYJOB_SUBMIT;    /* RG1214-: rayjob_submit.c */
extern const struct rule_table
	RULES_YAML_INSIDE; /* RG1212, RG1216, RG1246, RG1248: yaml_inside.c */
extern const struct rule_table RULES_RAYJOB_DELETION; /* RG1221-: rayjob_deletion.c */
extern const struct rule_table RULES_RAYSERVICE;      /* RG1241-: rayservice.c */
extern const struct rule_table RULES_SERVE_SERVICE;   /* RG1249-: serve_service.c */
extern const struct rule_table RULES_RAYCRONJOB;      /* RG1261-: raycronjob.c */
extern const struct rule_table RULES_UPDATE;          /* RG1301-: update.c */
extern const struct rule_table RULES_UPDATE_EFFECTS;  /* RG1304-: update_effects.c */
extern const struct rule_table RULES_UPDATE_CHILDREN; /* RG1311: update_children.c */
extern const struct rule_table RULES_LIMITS;          /* RG14: limits.c */
extern const struct rule_table RULES_ADVISORIES;      /* RG1501-: advisories.c */
extern const struct rule_table RULES_SURROUNDINGS;    /* RG1509-: surroundings.c */
extern const struct rule_table RULES_DEFAULTS;        /* RG16: defaults_rules.c */
extern const struct rule_table RULES_PREFLIGHT;       /* RG17: preflight.c */
extern const struct rule_table RULES_UNSUPPORTED;     /* RG18: unsupported.c */
