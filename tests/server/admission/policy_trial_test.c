#include "server/admission/policy_trial.h"

#include <criterion/criterion.h>

#include "tests/support/files.h"
#include "tests/support/review.h"

#define HEAD         "apiVersion: raygate.dev/v1\nkind: Policy\n"
#define PROFILE(pod) HEAD "profiles: [{name: first}, {name: mine, " pod "}]\n"

Test(policy_trial, what_no_cluster_could_be_given_is_refused)
{
	static const struct {
		const char *policy;
		const char *words[2];
	} CASES[] = {
		{PROFILE("all: {tolerations: [{key: a, operator: Foo}]}"),
			{"profiles[1] (mine)",
				"headGroupSpec.template.spec.tolerations[0].operator"}},
		{PROFILE("worker: {tolerations: [{key: a, operator: Foo}]}"),
			{"profiles[1] (mine)", "workerGroupSpecs[0].template.spec.tolerations[0]"}},
		{PROFILE("namespaces: [team-*], labels: {a: b}, "
			 "all: {tolerations: [{operator: Foo}]}"),
			{"profiles[1] (mine)", "tolerations[0].operator"}},
		{PROFILE("all: {nodeSelector: {\"a b\": c}}"),
			{"profiles[1]", "nodeSelector[a b]"}},
		{PROFILE("all: {securityContext: {foo: 1}}"),
			{"profiles[1]", "securityContext.foo"}},
		{HEAD "defaults: {head: {requests: {gpu: 2}}}\n",
			{"no cluster of ray.io would get the defaults", "requests[gpu]"}},
		{HEAD "defaults: {worker: {requests: {cpu: 4}, limits: {cpu: 4}}}\n"
		      "limits: {pod: {requests.cpu: 2}}\n",
			{"the defaults", "workerGroupSpecs[0]"}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct policy *policy CLEANUP(policy_free) = review_policy(CASES[i].policy);
		struct err err = {0};

		cr_expect_not(policy_trial(policy, &err), "%s", CASES[i].policy);
		for (size_t w = 0; w < ARRAY_LEN(CASES[i].words); w++)
			cr_expect(str_contains(str_from(err.text), CASES[i].words[w]), "%s%s",
				CASES[i].policy, err.text);
	}
}

Test(policy_trial, what_some_cluster_can_be_given_is_taken)
{
	static const char *const CASES[] = {
		HEAD,
		HEAD "enforcement: audit\nprofiles: [{name: a, all: {tolerations: [{operator: "
		     "Foo}]}}]\n",
		HEAD "defaults: {head: {requests: {cpu: 4}, limits: {cpu: 4}}}\n"
		     "limits: {cluster: {pods: 1, requests.cpu: 1}, group: {pods: 0}}\n"
		     "quotas: {default: {pods: 0}}\n",
		HEAD "profiles: [{name: a, all: {requests: {cpu: 1}}}, {name: b, worker: {limits: "
		     "{nvidia.com/gpu: 1}, tolerations: [{operator: Exists}]}}]\n",
		HEAD "rules: {RG0512: \"off\"}\ndefaults: {head: {limits: {cpu: 500m}}}\nprofiles: "
		     "[{name: a, all: {securityContext: {allowPrivilegeEscalation: false}}}]\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct policy *policy CLEANUP(policy_free) = review_policy(CASES[i]);
		struct err err = {0};

		cr_expect(policy_trial(policy, &err), "%s%s", CASES[i], err.text);
	}
}

Test(policy_trial, what_clusters_of_2022_would_not_get_is_told)
{
	static const struct {
		const char *policy;
		const char *words[2]; /* NULL: they get it */
	} CASES[] = {
		{HEAD "defaults: {worker: {requests: {cpu: 1}}}\n",
			{"no cluster of cluster.ray.io would get the defaults",
				"spec.podTypes[1].podConfig.spec.containers[0]"}},
		{PROFILE("all: {tolerations: [{key: a, operator: Foo}]}"),
			{"profiles[1] (mine)", "spec.podTypes[0].podConfig.spec.tolerations[0]"}},
		{HEAD, {NULL}},
		{HEAD "defaults: {worker: {requests: {cpu: 1, memory: 2Gi}, limits: {cpu: 1, "
		      "memory: "
		      "2Gi}}}\n",
			{NULL}},
		{HEAD "enforcement: audit\ndefaults: {worker: {requests: {cpu: 1}}}\n", {NULL}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct policy *policy CLEANUP(policy_free) = review_policy(CASES[i].policy);
		const bool gets = CASES[i].words[0] == NULL;
		struct err err = {0};

		cr_expect_eq(
			policy_trial_legacy(policy, &err), gets, "%s%s", CASES[i].policy, err.text);
		for (size_t w = 0; !gets && w < ARRAY_LEN(CASES[i].words); w++)
			cr_expect(str_contains(str_from(err.text), CASES[i].words[w]), "%s%s",
				CASES[i].policy, err.text);
	}
}

/* What keeps one dialect from its defaults keeps no policy from its work for the other. */
Test(policy_trial, the_policies_that_ship_add_to_clusters_of_either_dialect)
{
	static const char *const FILES[] = {
		"manifests/policies/ray.yaml", "manifests/policies/example.yaml"};

	for (size_t i = 0; i < ARRAY_LEN(FILES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct err err = {0};

		cr_assert(files_read(FILES[i], &text, &err), "%s", err.text);
		buf_add_char(&text, '\0');
		struct policy *policy CLEANUP(policy_free) = review_policy(text.at);

		cr_expect(policy_trial(policy, &err), "%s: %s", FILES[i], err.text);
		cr_expect(policy_trial_legacy(policy, &err), "%s: %s", FILES[i], err.text);
	}
}
