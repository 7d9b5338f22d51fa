#include "server/admission/policy_trial.h"

#include "api/admission.h"
#include "server/admission/bare_cluster.h"
#include "server/admission/mutation.h"

/* They ask for nothing, so that they get all there is, and stay below every sum of a policy. */
static const struct example {
	enum dialect dialect;
	struct str cluster;
} MODERN = {DIALECT_MODERN, STR_INIT(BARE_CLUSTER_MODERN("trial"))},
  LEGACY = {DIALECT_LEGACY, STR_INIT(BARE_CLUSTER_LEGACY("trial"))};

/* The policy with one profile at most, which holds for every object. */
static struct policy with_profile(const struct policy *policy, struct policy_profile *profile)
{
	struct policy one = *policy;

	one.profiles = profile;
	one.profile_count = profile != NULL;
	one.group_limits.count = 0;
	one.cluster_limits.count = 0;
	if (profile) {
		profile->namespaces = NULL;
		profile->labels = NULL;
	}
	return one;
}

static bool fits(const struct policy *policy, const struct example *example, struct str what,
	struct err *err)
{
	struct arena arena CLEANUP(arena_done);
	struct json_doc doc;

	arena_init(&arena, 65536);
	if (!json_read(&arena, example->cluster, &ADMISSION_OBJECT_LIMITS, &doc, err))
		return false;
	const struct mutation_input in = {
		.arena = &arena,
		.policy = policy,
		.namespace = STR("default"),
		.kind = RAY_CLUSTER,
		.dialect = example->dialect,
		.object = doc.root,
		.defaults = true,
		.crd_defaults = true,
		.strict = true,
	};
	const struct finding *const worse = mutation_run(&in)->worse;

	return worse == NULL ||
	       err_set(err, ERR_INVALID,
		       "policy '%.*s': no cluster of %s would get %.*s: it breaks %s at %.*s: %.*s",
		       STR_ARG(policy->source), ray_kind_group(example->dialect), STR_ARG(what),
		       worse->rule->id, STR_ARG(worse->error->field),
		       STR_ARG(worse->error->message));
}

static bool try_on(const struct policy *policy, const struct example *example, struct err *err)
{
	const struct policy defaults = with_profile(policy, NULL);

	if (policy->enforcement == POLICY_AUDIT)
		return true;
	if (!fits(&defaults, example, STR("the defaults"), err))
		return false;
	for (size_t i = 0; i < policy->profile_count; i++) {
		struct policy_profile profile = policy->profiles[i];
		const struct policy one = with_profile(policy, &profile);
		struct arena names CLEANUP(arena_done);

		arena_init(&names, 256);
		const struct str what = arena_printf(
			&names, "what profiles[%zu] (%.*s) adds", i, STR_ARG(profile.name));

		if (!fits(&one, example, what, err))
			return false;
	}
	return true;
}

bool policy_trial(const struct policy *policy, struct err *err)
{
	return try_on(policy, &MODERN, err);
}

bool policy_trial_legacy(const struct policy *policy, struct err *err)
{
	return try_on(policy, &LEGACY, err);
}
