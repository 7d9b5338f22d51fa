/* What a policy's tables take and nobody would ever look at. */
#include "api/policy_builder.h"

#include "api/names.h"
#include "api/version.h"
#include "base/strmap.h"

static struct field_fact fact_of(struct field_reads reads, enum field_severity at_most)
{
	return (struct field_fact){
		.rule = SCHEMA_RULE_WORD,
		.type = FIELD_INVALID,
		.at_most = at_most,
		.reads = reads,
	};
}

void policy_wrong(const struct policy_builder *b, const struct field_path *at,
	const struct json_node *node, const char *text)
{
	const struct field_fact fact = fact_of(FIELD_READS(node), FIELD_SEVERITY_ERROR);

	field_add(b->decoder.errors, at, &fact, "%s", text);
}

void policy_doubt(const struct policy_builder *b, const struct field_path *at,
	const struct json_node *node, const char *text)
{
	const struct field_fact fact = fact_of(FIELD_READS(node), FIELD_SEVERITY_WARN);

	field_add(b->doubts, at, &fact, "%s", text);
}

/* Only profiles take globs: of two quotas that fit one namespace, which would be charged? */
void policy_check_quota_name(
	const struct policy_builder *b, const struct field_path *at, const struct json_node *key)
{
	struct arena *const arena = &b->policy->arena;
	const struct str name = json_str(arena, key);
	const char *const fault = names_fault(NAME_DNS1123_LABEL, name);

	if (str_is(name, "*") || fault == NULL)
		return;
	const struct str near = names_suggest(arena, name, NAME_DNS1123_LABEL);

	if (name.len == 0)
		policy_wrong(
			b, at, key, "must be a namespace, or \"*\" for each that is not named");
	else if (str_contains(name, "*"))
		policy_wrong(b, at, key,
			"must be one namespace: name each, or write \"*\" for all that are not "
			"named");
	else
		policy_wrong(b, at, key,
			arena_printf(arena, "must be a namespace, which %s%s%.*s%s", fault,
				near.len ? "; did you mean \"" : "", STR_ARG(near),
				near.len ? "\"?" : "")
				.at);
}

/* Those of KubeRay 1.7; rules look at all but the first. */
static const char *const GATES[] = {
	"RayClusterStatusConditions",
	"GCSFaultToleranceEmbeddedStorage",
	"RayClusterHistoryServer",
	"RayClusterMTLS",
	"RayClusterNetworkPolicy",
	"RayCronJob",
	"RayJobDeletionPolicy",
	"RayMultiHostIndexing",
	"RayServiceIncrementalUpgrade",
};

static void check_gate_name(
	const struct policy_builder *b, const struct field_path *at, const struct json_node *key)
{
	struct arena *const arena = &b->policy->arena;
	const struct str name = json_str(arena, key);
	const char *near = NULL;
	size_t least = 5;

	for (size_t i = 0; i < ARRAY_LEN(GATES); i++) {
		const size_t distance = str_distance(name, str_from(GATES[i]), least);

		if (distance == 0)
			return;
		if (distance < least) {
			least = distance;
			near = GATES[i];
		}
	}
	policy_doubt(b, at, key,
		near ? arena_printf(arena,
			       "KubeRay 1.7 has no such gate, and no rule looks at it; did you "
			       "mean \"%s\"?",
			       near)
				.at
		     : "KubeRay 1.7 has no such gate, and no rule looks at it");
}

void policy_check_target(const struct policy_builder *b, const struct val_str *version)
{
	const struct field_path *const target = FIELD_ROOT("target");
	const struct field_path *const gates = FIELD_CHILD(target, "featureGates");
	struct version parsed;

	for (struct json_iter it = json_iter(b->policy->target.gates); json_next_member(&it);) {
		const struct field_path *const at =
			FIELD_KEY(gates, json_str(&b->policy->arena, it.key));

		if (!json_is(it.value, JSON_TRUE) && !json_is(it.value, JSON_FALSE))
			policy_wrong(b, at, it.value, "must be true or false");
		else
			check_gate_name(b, at, it.key);
	}
	if (version->node && !version_parse(version->v, &parsed))
		policy_doubt(b, FIELD_CHILD(target, "version"), version->node,
			"is no version: write KubeRay's, such as 1.7.0");
}

/* A list of Kubernetes that has names for keys: the API server refuses the pod with both. */
void policy_check_pod(const struct policy_builder *b, const struct policy_pod_profile *pod)
{
	struct strmap seen CLEANUP(strmap_done) = {0};

	for (struct json_iter it = json_iter(pod->env.node); json_next_item(&it);) {
		const struct json_node *const name = json_get(it.value, "name");

		if (json_is(name, JSON_STRING) &&
			strmap_set(&seen, json_str(&b->policy->arena, name), &seen))
			policy_wrong(b,
				FIELD_CHILD(FIELD_INDEX(FIELD_CHILD(pod->self.at, "env"), it.index),
					"name"),
				name, "is there already: remove one");
	}
}
