/* The tables of rules, one a file; validators/validate.c lists them in order. */
#pragma once

#include "validators/rule.h"

extern const struct rule_table RULES_SCHEMA;   /* RG01: schema_rules.c */
extern const struct rule_table RULES_METADATA; /* RG02: metadata.c */
extern const struct rule_table RULES_WORKERS;  /* RG03: workers.c */
extern const struct rule_table RULES_LIMITS;   /* RG14: limits.c */
