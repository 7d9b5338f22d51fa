/* While a policy is being built: what api/policy.c and its checks share. */
#pragma once

#include "api/policy.h"
#include "api/schema.h"

struct policy_builder {
	struct policy *policy;
	struct schema_decoder decoder;
	struct field_errors *doubts; /* what does nothing, and may be meant for another version */
};

/* The policy cannot be used. */
void policy_wrong(const struct policy_builder *b, const struct field_path *at,
	const struct json_node *node, const char *text);
/* It can, and whoever wrote it is told. */
void policy_doubt(const struct policy_builder *b, const struct field_path *at,
	const struct json_node *node, const char *text);

/* A list of amounts, each judged; cpu and memory under their full names. */
struct policy_amounts policy_amounts_build(const struct policy_builder *b,
	const struct resource_list *list, const struct field_path *at);

void policy_check_quota_name(
	const struct policy_builder *b, const struct field_path *at, const struct json_node *key);
void policy_check_target(const struct policy_builder *b, const struct val_str *version);
void policy_check_pod(const struct policy_builder *b, const struct policy_pod_profile *pod);
