/* What the administrator forbids: limits per pod, group and cluster, and quotas per namespace. */
#pragma once

/* Reported by server/admission/charge.c, which knows what others use. */
#define LIMITS_RULE_QUOTA      "RG1401"
#define LIMITS_RULE_QUOTA_FULL "RG1402"
#define LIMITS_RULE_QUOTA_MOST "RG1403"
