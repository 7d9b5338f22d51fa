/*
 * What can be told only where a Kubernetes cluster is known: server/admission/preflight.h looks,
 * the rows of these rules say what they hold.
 */
#pragma once

#define PREFLIGHT_RULE_SERVICE_ACCOUNT "RG1701"
#define PREFLIGHT_RULE_PRIORITY_CLASS  "RG1702"
#define PREFLIGHT_RULE_RUNTIME_CLASS   "RG1703"
#define PREFLIGHT_RULE_SECRET          "RG1704"
#define PREFLIGHT_RULE_VOLUME_CLAIM    "RG1705"
#define PREFLIGHT_RULE_CERT_MANAGER    "RG1706"
#define PREFLIGHT_RULE_SERVICE         "RG1707"
#define PREFLIGHT_RULE_GCS_STORE       "RG1708"
#define PREFLIGHT_RULE_PULL_SECRET     "RG1709"
#define PREFLIGHT_RULE_RANGE_CONTAINER "RG1711"
#define PREFLIGHT_RULE_RANGE_POD       "RG1712"
#define PREFLIGHT_RULE_RANGE_INJECTED  "RG1713"
#define PREFLIGHT_RULE_QUOTA_LEAST     "RG1721"
#define PREFLIGHT_RULE_QUOTA_MOST      "RG1722"
#define PREFLIGHT_RULE_QUOTA_VALUES    "RG1723"
#define PREFLIGHT_RULE_NODE            "RG1731"
