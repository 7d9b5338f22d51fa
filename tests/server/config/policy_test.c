#include "server/config/policy.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "server/admission/policy_trial.h"
#include "tests/support/certs_kit.h"
#include "tests/support/review.h"

#define HEAD "apiVersion: raygate.dev/v1\nkind: Policy\n"

#define UNCOUNTED                                                                                  \
	"no container can ask for this resource, so nothing is ever counted: write cpu, memory, "  \
	"ephemeral-storage, or a name with its domain, such as nvidia.com/gpu"

/* What does nothing is told, and the policy holds: it may be written for a newer version. */
Test(policy_store, what_does_nothing_is_told_with_its_line)
{
	static const struct {
		const char *text;
		const char *told[3];
	} CASES[] = {
		{HEAD "rules: {RG0104: warn, RG9999: \"off\"}\n",
			{"line 3: rules[RG9999]: there is no such rule, and so this does nothing"}},
		{HEAD "rules:\n  rg0104: error\n  worker-bounds-in-order: warn\n",
			{"line 4: rules[rg0104]: there is no such rule: write its id, RG0104",
				"line 5: rules[worker-bounds-in-order]: there is no such rule: "
				"write its id, RG0302"}},
		{HEAD "target:\n  featureGates: {RayClusterMTSL: true}\n",
			{"line 4, column 34: target.featureGates[RayClusterMTSL]: Invalid value: "
			 "\"RayClusterMTSL\": KubeRay 1.7 has no such gate, and no rule looks at "
			 "it; "
			 "did you mean \"RayClusterMTLS\"?"}},
		{HEAD "target: {featureGates: {Foo: false}, version: abc}\nrules: {x: error}\n",
			{"line 3, column 30: target.featureGates[Foo]: Invalid value: \"Foo\": "
			 "KubeRay "
			 "1.7 has no such gate, and no rule looks at it",
				"line 3, column 47: target.version: Invalid value: \"abc\": is no "
				"version: write KubeRay's, such as 1.7.0",
				"line 4: rules[x]: there is no such rule, and so this does "
				"nothing"}},
		{HEAD "target: {featureGates: {RayClusterStatusConditions: true}, version: "
		      "1.7.0}\n",
			{NULL}},
		{HEAD "target: {version: v1.6.2-rc.1}\n", {NULL}},
		{HEAD "quotas: {a: {requests.gpu: 0, limits.foo: 1}}\n",
			{"line 3, column 28: quotas[a][requests.gpu]: Invalid value: 0: " UNCOUNTED,
				"line 3, column 43: quotas[a][limits.foo]: Invalid value: "
				"1: " UNCOUNTED}},
		{HEAD "limits: {pod: {requests.requests.cpu: 1}, cluster: {limits.pods: 2}}\n",
			{"line 3, column 39: limits.pod[requests.requests.cpu]: Invalid value: "
			 "1: " UNCOUNTED,
				"line 3, column 66: limits.cluster[limits.pods]: Invalid value: "
				"2: " UNCOUNTED}},
		{HEAD "quotas: {a: {cpu: 1, memory: 1Gi, pods: 1, count/rayclusters: 1, "
		      "limits.ephemeral-storage: 1Gi, requests.hugepages-2Mi: 2Mi, "
		      "requests.nvidia.com/gpu: 1, limits.cpu: 3}}\n",
			{NULL}},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct policy *policy CLEANUP(policy_free) = review_policy(CASES[i].text);
		struct arena arena CLEANUP(arena_done);
		size_t at = 0;

		arena_init(&arena, 4096);
		for (size_t t = 0; t < 3 && CASES[i].told[t]; t++) {
			const struct str told = policy_next_doubt(policy, &arena, &at);

			cr_expect(str_is(told, CASES[i].told[t]), "%s: %.*s", CASES[i].text,
				STR_ARG(told));
		}
		cr_expect_eq(policy_next_doubt(policy, &arena, &at).len, 0u, "%s", CASES[i].text);
	}
}

#define PROFILE(operator)                                                                          \
	HEAD "profiles: [{name: a, all: {tolerations: [{key: a, operator: " operator"}]}}]\n"

static const struct policy_hooks TRIED = {.trial = policy_trial};

static struct buf told;
static size_t told_count;

static void tell(const char *source, struct str mistake)
{
	buf_printf(&told, "%s%.*s\n", strrchr(source, '/') + 1, STR_ARG(mistake));
	told_count++;
}

/* At the start, and when it changes; a single one is in the error, of very many the first. */
Test(policy_store, each_mistake_is_told_with_its_place)
{
	static const struct policy_hooks HOOKS = {.tell = tell};
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	CLEANUP(buf_done) struct buf many = {0};
	char path[512];
	struct err err;

	snprintf(path, sizeof(path), "%s/p", folder);
	kit_write(folder, "p", HEAD "charge: later\nlimits:\n  pod: {cpu: x}\n");
	cr_assert_null(policy_store_new_tried(path, &HOOKS, &err));
	cr_expect(str_contains(str_from(err.text), "2 mistakes, the first: policy '"), "%s",
		err.text);
	cr_expect_eq(told_count, 2u);
	cr_expect(str_starts(buf_str(&told), "pline 3, column 9: charge: "), "%s", told.at);
	cr_expect(str_contains(buf_str(&told), "\npline 5, column 14: limits.pod"), "%s", told.at);
	told_count = 0;
	kit_write(folder, "p", HEAD "charge: later\n");
	cr_assert_null(policy_store_new_tried(path, &HOOKS, &err));
	cr_expect_eq(told_count, 0u);
	kit_write(folder, "p", HEAD);
	struct policy_store *store CLEANUP(policy_store_free) =
		policy_store_new_tried(path, &HOOKS, &err);

	cr_assert(store, "%s", err.text);
	buf_add_cstr(&many, HEAD "rules:\n");
	for (int i = 1000; i < 1025; i++)
		buf_printf(&many, "  RG%d: x\n", i);
	buf_add_char(&many, '\0');
	kit_write(folder, "p", many.at);
	cr_expect_eq(policy_store_refresh(store, true, &err), POLICY_BROKEN);
	cr_expect_eq(told_count, 21u, "%zu\n%s", told_count, told.at);
	cr_expect(str_ends(buf_str(&told), "pand 5 more\n"), "%s", told.at);
	buf_done(&told);
}

/* As one that cannot be read: at the start an error, later the one before it holds. */
Test(policy_store, a_policy_that_no_cluster_could_be_given_does_not_come_into_force)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char path[512];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	kit_write(folder, "policy.yaml", PROFILE("Foo"));
	cr_assert_null(policy_store_new_tried(path, &TRIED, &err));
	cr_expect(str_contains(str_from(err.text), "profiles[0] (a)"), "%s", err.text);
	kit_write(folder, "policy.yaml", PROFILE("Exists"));
	struct policy_store *store CLEANUP(policy_store_free) =
		policy_store_new_tried(path, &TRIED, &err);
	cr_assert(store, "%s", err.text);
	const struct policy *const before = policy_store_acquire(store);

	kit_write(folder, "policy.yaml", PROFILE("Foo"));
	cr_expect_eq(policy_store_refresh(store, true, &err), POLICY_BROKEN);
	cr_expect(str_contains(str_from(err.text), "tolerations[0].operator"), "%s", err.text);
	const struct policy *const after = policy_store_acquire(store);

	cr_expect_eq(before, after);
	policy_store_release(store, before);
	policy_store_release(store, after);
}

/* Once, and not for the moment that an editor takes to put another one there. */
Test(policy_store, a_file_that_is_gone_is_told_at_the_second_look)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char path[512];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	kit_write(folder, "policy.yaml", HEAD);
	struct policy_store *store CLEANUP(policy_store_free) = policy_store_new(path, &err);

	cr_assert(store, "%s", err.text);
	kit_run("rm '%s'", path);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_BROKEN);
	cr_expect_eq(err.code, ERR_NOT_FOUND, "%s", err.text);
	for (int i = 0; i < 3; i++)
		cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	cr_expect_eq(policy_store_refresh(store, true, &err), POLICY_BROKEN, "who asks is told");
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	kit_write(folder, "policy.yaml", HEAD);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_CHANGED,
		"the same, but it was told to be gone");
	kit_run("rm '%s'", path);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	kit_write(folder, "policy.yaml", HEAD);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED, "a moment");
}

/* Whoever opens such a file may wait for ever, and signals with him. */
Test(policy_store, a_pipe_in_the_place_of_the_file_is_told_and_keeps_nobody, .timeout = 60)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	char path[512];
	struct err err = {0};

	snprintf(path, sizeof(path), "%s/policy.yaml", folder);
	kit_write(folder, "policy.yaml", HEAD);
	struct policy_store *store CLEANUP(policy_store_free) = policy_store_new(path, &err);

	cr_assert(store, "%s", err.text);
	kit_run("cd '%s' && rm policy.yaml && mkfifo policy.yaml", folder);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_BROKEN);
	cr_expect(str_contains(str_from(err.text), "is no regular file"), "%s", err.text);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	kit_run("rm '%s'", path);
	kit_write(folder, "policy.yaml", HEAD);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_CHANGED);
}

/* `--policy /dev/stdin`, `--policy <(…)`: it has been read to its end, and holds. */
Test(policy_store, a_policy_given_through_a_pipe_is_read_once)
{
	struct err err = {0};
	char path[64];
	int ends[2];

	cr_assert_eq(pipe(ends), 0);
	cr_assert_eq(write(ends[1], HEAD, strlen(HEAD)), (ssize_t)strlen(HEAD));
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	struct policy_store *store CLEANUP(policy_store_free) = policy_store_new(path, &err);

	cr_assert(store, "%s", err.text);
	cr_expect_eq(policy_store_refresh(store, false, &err), POLICY_UNCHANGED);
	cr_expect_eq(policy_store_refresh(store, true, &err), POLICY_UNCHANGED, "%s", err.text);
	close(ends[0]);
}
