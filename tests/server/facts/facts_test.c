#include "server/facts/facts.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "tests/support/facts_kit.h"

static const char CLUSTER[] =
	"apiVersion: v1\n"
	"kind: ResourceQuota\n"
	"metadata: {name: team, namespace: a}\n"
	"spec:\n"
	"  hard: {cpu: 1, requests.memory: 1Gi}\n"
	"  scopes: [NotTerminating]\n"
	"  scopeSelector:\n"
	"    matchExpressions:\n"
	"    - {scopeName: PriorityClass, operator: In, values: [low, high]}\n"
	"status:\n"
	"  hard: {cpu: 4, requests.memory: 8Gi, count/pods: 10}\n"
	"  used: {cpu: 1500m, count/pods: 3}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: ResourceQuota\n"
	"metadata: {name: young, namespace: a}\n"
	"spec: {hard: {limits.cpu: 2}}\n"
	"---\n"
	"apiVersion: v1\n"
	"kind: ServiceAccount\n"
	"metadata: {name: ray, namespace: a}\n"
	"---\n"
	"apiVersion: node.k8s.io/v1\n"
	"kind: RuntimeClass\n"
	"metadata: {name: gvisor}\n";

static const struct facts_amount *amount(const struct facts_quota *quota, const char *name)
{
	for (size_t i = 0; i < quota->amount_count; i++) {
		if (str_is(quota->amounts[i].name, name))
			return &quota->amounts[i];
	}
	return NULL;
}

Test(facts, a_quota_holds_what_its_status_says_in_long_names)
{
	static const struct {
		const char *name;
		const char *hard, *used;
	} AMOUNTS[] = {
		{"requests.cpu", "4", "1500m"},
		{"requests.memory", "8Gi", "0"},
		{"pods", "10", "3"},
	};
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	size_t at = 0;
	const struct facts_quota *const quota = facts_next_quota(facts, STR("a"), &at);

	cr_assert(quota && str_is(quota->name, "team"));
	cr_expect_eq(quota->amount_count, ARRAY_LEN(AMOUNTS));
	for (size_t i = 0; i < ARRAY_LEN(AMOUNTS); i++) {
		const struct facts_amount *const a = amount(quota, AMOUNTS[i].name);

		cr_assert(a, "%s", AMOUNTS[i].name);
		cr_expect_str_eq(quantity_print(a->hard).at, AMOUNTS[i].hard);
		cr_expect_str_eq(quantity_print(a->used).at, AMOUNTS[i].used);
	}
	cr_expect_eq(quota->scope_count, 2u);
	cr_expect(str_is(quota->scopes[0].operator, "Exists"));
	cr_expect_eq(quota->scopes[1].value_count, 2u);
	facts_free(&facts);
}

Test(facts, a_quota_without_a_status_holds_its_spec)
{
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	size_t at = 0;

	facts_next_quota(facts, STR("a"), &at);
	const struct facts_quota *const quota = facts_next_quota(facts, STR("a"), &at);

	cr_assert(quota && str_is(quota->name, "young"));
	cr_expect_str_eq(quantity_print(amount(quota, "limits.cpu")->hard).at, "2");
	cr_expect_null(facts_next_quota(facts, STR("a"), &at));
	facts_free(&facts);
}

Test(facts, a_name_is_there_in_its_kind_and_namespace_alone)
{
	static const struct {
		enum facts_kind kind;
		const char *namespace, *name;
		bool there;
	} CASES[] = {
		{FACTS_SERVICE_ACCOUNT, "a", "ray", true},
		{FACTS_SERVICE_ACCOUNT, "b", "ray", false},
		{FACTS_SERVICE_ACCOUNT, "a", "other", false},
		{FACTS_SECRET, "a", "ray", false},
		{FACTS_RUNTIME_CLASS, "", "gvisor", true},
		{FACTS_RUNTIME_CLASS, "a", "gvisor", false},
	};
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_expect_eq(facts_has(facts, CASES[i].kind, str_from(CASES[i].namespace),
				     str_from(CASES[i].name)),
			CASES[i].there, "case %zu", i);
	facts_free(&facts);
}

static void put(struct facts *facts, enum facts_kind kind, const char *text)
{
	static const struct yaml_limits LIMITS = {.bytes = 4096, .depth = 20, .nodes = 100};
	struct yaml_doc doc;
	struct arena arena;
	struct err err;

	arena_init(&arena, 4096);
	cr_assert(yaml_read(&arena, str_from(text), &LIMITS, &doc, &err), "%s", err.text);
	facts_put(facts, kind, doc.json.root);
	arena_done(&arena);
}

Test(facts, a_changed_object_replaces_the_one_before)
{
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	size_t at = 0;

	put(facts, FACTS_RESOURCE_QUOTA,
		"{metadata: {name: team, namespace: a}, status: {hard: {cpu: 9}}}");
	cr_expect_eq(facts_count(facts, FACTS_RESOURCE_QUOTA, STR("a")), 2u);
	const struct facts_quota *const quota = facts_next_quota(facts, STR("a"), &at);

	cr_expect_str_eq(quantity_print(amount(quota, "requests.cpu")->hard).at, "9");
	cr_expect_eq(quota->scope_count, 0u);
	facts_free(&facts);
}

Test(facts, a_removed_object_is_gone_and_comes_back)
{
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);

	facts_remove(facts, FACTS_SERVICE_ACCOUNT, STR("a"), STR("nobody"));
	facts_remove(facts, FACTS_SERVICE_ACCOUNT, STR("nowhere"), STR("ray"));
	cr_expect(facts_has(facts, FACTS_SERVICE_ACCOUNT, STR("a"), STR("ray")));
	facts_remove(facts, FACTS_SERVICE_ACCOUNT, STR("a"), STR("ray"));
	cr_expect_not(facts_has(facts, FACTS_SERVICE_ACCOUNT, STR("a"), STR("ray")));
	cr_expect_eq(facts_count(facts, FACTS_SERVICE_ACCOUNT, STR("a")), 0u);
	put(facts, FACTS_SERVICE_ACCOUNT, "{metadata: {name: ray, namespace: a}}");
	cr_expect(facts_has(facts, FACTS_SERVICE_ACCOUNT, STR("a"), STR("ray")));
	facts_free(&facts);
}

Test(facts, what_has_no_name_or_odd_members_does_no_harm)
{
	static const char *const ODD[] = {
		"{}",
		"{metadata: {namespace: a}}",
		"{metadata: {name: 3}}",
		"{metadata: {name: odd}, status: 3, spec: [1]}",
		"{metadata: {name: odd, labels: [a], namespace: [b]}, status: {hard: {cpu: x}}}",
		"{metadata: {name: odd}, spec: {limits: [1, {type: 3, max: {cpu: []}}]}}",
		"{metadata: {name: odd}, spec: {taints: {}}}",
	};
	struct facts *facts = facts_new();

	for (size_t i = 0; i < ARRAY_LEN(ODD); i++) {
		for (enum facts_kind kind = 0; kind < FACTS_KINDS; kind++)
			put(facts, kind, ODD[i]);
	}
	cr_expect_eq(facts_count(facts, FACTS_NODE, STR("")), 1u);
	facts_free(&facts);
}

Test(facts, a_cluster_has_a_store_while_it_names_a_claim_and_lives)
{
	static const struct {
		const char *object;
		size_t stores;
	} STEPS[] = {
		{"{metadata: {name: c, namespace: a}, spec: {}}", 0},
		{"{metadata: {name: c, namespace: a}, spec: {gcsFaultToleranceOptions: {storage: "
		 "{claimName: s, subPath: p}}}}",
			1},
		{"{metadata: {name: c, namespace: a}, spec: {gcsFaultToleranceOptions: {storage: "
		 "{size: 1Gi}}}}",
			0},
		{"{metadata: {name: c, namespace: a}, spec: {gcsFaultToleranceOptions: {storage: "
		 "{claimName: s}}}}",
			1},
		{"{metadata: {name: c, namespace: a, deletionTimestamp: now}, spec: "
		 "{gcsFaultToleranceOptions: {storage: {claimName: s}}}}",
			0},
		{"{metadata: {name: c, namespace: a}, spec: {gcsFaultToleranceOptions: {storage: "
		 "{claimName: s, subPath: p}}}}",
			1},
	};
	struct facts *facts = facts_new();

	for (size_t i = 0; i < ARRAY_LEN(STEPS); i++) {
		put(facts, FACTS_GCS_STORE, STEPS[i].object);
		cr_expect_eq(facts_count(facts, FACTS_GCS_STORE, STR("a")), STEPS[i].stores,
			"step %zu", i);
	}
	size_t at = 0;
	const struct facts_store *const store = facts_next_store(facts, STR("a"), &at);

	cr_assert_not_null(store);
	cr_expect(str_is(store->cluster, "c") && str_is(store->claim, "s") &&
		  str_is(store->sub_path, "p"));
	facts_forget(facts, FACTS_GCS_STORE);
	cr_expect_eq(facts_count(facts, FACTS_GCS_STORE, STR("a")), 0u);
	facts_free(&facts);
}

Test(facts, a_kind_is_unknown_until_its_list_was_read)
{
	struct facts *facts = facts_new();

	cr_expect_not(facts_known(facts, FACTS_NODE));
	facts_set_known(facts, FACTS_NODE);
	cr_expect(facts_known(facts, FACTS_NODE));
	cr_expect_not(facts_known(facts, FACTS_SECRET));
	facts_free(&facts);
}

Test(facts, a_kind_whose_watch_is_broken_for_long_is_unknown)
{
	struct facts *facts = facts_new();

	facts_set_known(facts, FACTS_NODE);
	facts_set_broken(facts, FACTS_NODE, clock_now());
	cr_expect(facts_known(facts, FACTS_NODE));
	facts_set_broken(facts, FACTS_NODE, clock_now() - FACTS_PATIENCE);
	cr_expect_not(facts_known(facts, FACTS_NODE));
	facts_set_broken(facts, FACTS_NODE, 0);
	cr_expect(facts_known(facts, FACTS_NODE));
	facts_free(&facts);
}

Test(facts, a_near_name_is_found)
{
	static const struct {
		const char *name, *near;
	} CASES[] = {
		{"gvisr", "gvisor"},
		{"gvisor-2", "gvisor"},
		{"gv", ""},
		{"kata", ""},
		{"gvisor-long", ""},
	};
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str near =
			facts_nearest(facts, FACTS_RUNTIME_CLASS, STR(""), str_from(CASES[i].name));

		cr_expect(str_is(near, CASES[i].near), "%s: '%.*s'", CASES[i].name, STR_ARG(near));
	}
	facts_free(&facts);
}
