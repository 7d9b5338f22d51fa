/* What came in past admission is judged as admission would have, once for each generation. */
#include "server/plan/accept.h"

#include <criterion/criterion.h>

#include "api/derived_names.h"
#include "base/yaml.h"
#include "server/children/child.h"

#define POLICY                                                                                     \
	"apiVersion: raygate.dev/v1\nkind: Policy\nquotas: {ns: {requests.cpu: 4, "                \
	"count/rayclusters: 3}}\n"

#define POLICY_GPU                                                                                 \
	"apiVersion: raygate.dev/v1\nkind: Policy\nquotas: {ns: {requests.nvidia.com/gpu: 1}}\n"

/* A cluster whose head has 1 CPU, and so have its workers. */
#define CLUSTER(head, group)                                                                       \
	"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: demo, namespace: ns}\n"         \
	"spec:\n"                                                                                  \
	"  headGroupSpec: {" head "template: {spec: {containers: [{name: r, image: 'i:1', "        \
	"resources: {limits: {cpu: 1, memory: 4Gi}}}]}}}\n"                                        \
	"  workerGroupSpecs: [{groupName: w, " group ", template: {spec: {containers: "            \
	"[{name: r, image: 'i:1', resources: {limits: {cpu: 1, memory: 2Gi}}}]}}}]\n"

static const struct example {
	const char *what, *policy, *object, *old, *used_cpu;
	const char *reason; /* NULL: accepted */
	const char *message;
} EXAMPLES[] = {
	{"a cluster within the rules and the quota", POLICY, CLUSTER("", "replicas: 3"), NULL, "0",
		NULL, ""},
	{"a mistake", POLICY, CLUSTER("", "replicas: 3, minReplicas: 4, maxReplicas: 2"), NULL, "0",
		"InvalidSpec", "(RG0302)"},
	{"a mistake and the quota are told together", POLICY,
		CLUSTER("", "replicas: 9, minReplicas: 9, maxReplicas: 8"), NULL, "0",
		"InvalidSpec", "(RG1401)"},
	{"too much by itself", POLICY, CLUSTER("", "replicas: 4"), NULL, "0", "QuotaExceeded",
		"requests.cpu asks for 5, 0 of 4 are used by others: over by 1; lower replicas or "
		"its pods' "
		"resources, or have the policy's quota raised (RG1401)"},
	{"too much beside others", POLICY, CLUSTER("", "replicas: 1"), NULL, "3", "QuotaExceeded",
		"3 of 4 are used by others"},
	{"another namespace has no quota", "apiVersion: raygate.dev/v1\nkind: Policy\n",
		CLUSTER("", "replicas: 400"), NULL, "0", NULL, ""},
	{"of what it does not ask for others may have too much", POLICY_GPU,
		CLUSTER("", "replicas: 1"), NULL, "0", NULL, ""},
	{"an update that asks for no more", POLICY, CLUSTER("", "replicas: 4"),
		CLUSTER("", "replicas: 5"), "9", NULL, ""},
	{"an update that asks for more", POLICY, CLUSTER("", "replicas: 5"),
		CLUSTER("", "replicas: 4"), "0", "QuotaExceeded", "over by 2"},
	{"a mistake that was there before", POLICY,
		CLUSTER("rayStartParams: {num-cpus: two}, ", "replicas: 1"),
		CLUSTER("rayStartParams: {num-cpus: two}, ", "replicas: 2"), "0", NULL, ""},
	{"a mistake that is new", POLICY,
		CLUSTER("rayStartParams: {num-cpus: two}, ", "replicas: 1"),
		CLUSTER("", "replicas: 2"), "0", "InvalidSpec",
		"spec.headGroupSpec.rayStartParams[num-cpus]: Invalid value: \"two\""},
	{"a type that cannot be", POLICY, CLUSTER("", "replicas: many"), NULL, "0", "InvalidSpec",
		"spec.workerGroupSpecs[0].replicas"},
	{"a policy that only warns", POLICY "enforcement: warn\n", CLUSTER("", "replicas: 4"), NULL,
		"0", NULL, ""},
	{"a quota that only warns", POLICY "rules: {RG1401: warn}\n", CLUSTER("", "replicas: 4"),
		NULL, "0", NULL, ""},
};

static const struct json_node *read_yaml(struct arena *arena, const char *text)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	struct yaml_doc doc;
	struct err err;

	if (text == NULL)
		return NULL;
	cr_assert(yaml_read(arena, str_from(text), &LIMITS, &doc, &err), "%s:\n%s", err.text, text);
	return doc.json.root;
}

static const struct ray_object *decode(struct arena *arena, const struct json_node *root)
{
	struct field_errors errors;
	const struct schema_decoder decoder = {.arena = arena, .errors = &errors};

	field_errors_init(&errors, arena, root);
	return ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, root);
}

static struct policy *read_policy(struct arena *arena, const char *text)
{
	struct field_errors errors;
	struct err err;

	field_errors_init(&errors, arena, NULL);
	struct policy *const policy = policy_decode(str_from(text), "policy", &errors, &err);

	cr_assert_not_null(policy, "%s", err.text);
	return policy;
}

static void expect_verdict(const struct example *e)
{
	struct arena arena;
	struct ledger_amount used[] = {
		{.name = STR("requests.cpu")}, {STR("requests.nvidia.com/gpu"), quantity_whole(2)}};
	struct accept_result result;
	struct err err;

	arena_init(&arena, 65536);
	struct policy *policy = read_policy(&arena, e->policy);
	const struct json_node *const root = read_yaml(&arena, e->object);

	cr_assert(quantity_parse(str_from(e->used_cpu), &used[0].value, &err));
	const struct accept_input in = {
		.arena = &arena,
		.policy = policy,
		.object = decode(&arena, root),
		.root = root,
		.old = read_yaml(&arena, e->old),
		.used = used,
		.used_count = ARRAY_LEN(used),
	};

	accept_judge(&in, &result);
	cr_expect_eq(result.accepted, e->reason == NULL, "%s: %s", e->what, result.message.at);
	cr_expect_str_eq(result.reason, e->reason ? e->reason : "Accepted", "%s", e->what);
	cr_expect(e->reason ? str_contains(result.message, e->message) : result.message.len == 0,
		"%s: '%s' lacks '%s'", e->what, result.message.at, e->message);
	cr_expect(result.charge_count > 0, "%s", e->what);
	policy_free(&policy);
	arena_done(&arena);
}

Test(accept, judges_as_admission_would_have)
{
	for (size_t i = 0; i < ARRAY_LEN(EXAMPLES); i++)
		expect_verdict(&EXAMPLES[i]);
}

/* An autoscaler gets of what it asks for what there is room for, 4 CPU for all but its sidecar. */
Test(accept, what_fits_of_what_is_asked_for)
{
	static const struct {
		const char *what, *was, *is, *used_cpu;
		int32_t workers;
	} CASES[] = {
		{"as many as there is room for", "replicas: 1, maxReplicas: 9",
			"replicas: 7, maxReplicas: 9", "0", 2},
		{"beside others", "replicas: 1, maxReplicas: 9", "replicas: 7, maxReplicas: 9", "1",
			1},
		{"what it had stays", "replicas: 3, maxReplicas: 9", "replicas: 7, maxReplicas: 9",
			"9", 3},
		{"the least that it asks for is cut as well", "replicas: 1, maxReplicas: 9",
			"replicas: 7, minReplicas: 5, maxReplicas: 9", "0", 2},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct arena arena CLEANUP(arena_done);
		struct ledger_amount used = {.name = STR("requests.cpu")};
		struct accept_result result;
		struct err err;

		arena_init(&arena, 65536);
		struct policy *policy = read_policy(&arena, POLICY "charge: now\n");
		const char *const autoscaled = "  enableInTreeAutoscaling: true\n";
		const struct json_node *const root = read_yaml(&arena,
			arena_printf(&arena, CLUSTER("", "%s") "%s", CASES[i].is, autoscaled).at);
		const struct json_node *const old = read_yaml(&arena,
			arena_printf(&arena, CLUSTER("", "%s") "%s", CASES[i].was, autoscaled).at);

		cr_assert(quantity_parse(str_from(CASES[i].used_cpu), &used.value, &err));
		const struct accept_input in = {
			.arena = &arena,
			.policy = policy,
			.object = decode(&arena, root),
			.root = root,
			.old = old,
			.is_only_larger = true,
			.used = &used,
			.used_count = 1,
		};

		accept_judge(&in, &result);
		cr_expect_str_eq(result.reason, "QuotaExceeded", "%s", CASES[i].what);
		cr_assert_eq(result.size_count, 2u, "%s", CASES[i].what);
		cr_expect_eq(result.sizes[1].pods, CASES[i].workers, "%s: %d", CASES[i].what,
			result.sizes[1].pods);
		policy_free(&policy);
	}
}

/* The status as it would be, with that message. */
static const struct json_node *with_message(struct arena *arena, struct str message)
{
	CLEANUP(buf_done) struct buf text = {0};

	buf_add_cstr(&text, "status: {conditions: [{type: Accepted, status: 'False', "
			    "observedGeneration: 3, message: ");
	buf_add_json_str(&text, message);
	buf_add_cstr(&text, "}]}");
	return read_yaml(arena, arena_str(arena, buf_str(&text)).at);
}

Test(accept, a_size_survives_in_the_status)
{
	static const struct observed_size SIZES[] = {
		{STR_INIT(HEAD_GROUP), 1, 0}, {STR_INIT("w"), 40, 50}};
	static const struct observed_verdict VERDICTS[] = {
		{.accepted = true, .reason = "Accepted"},
		{.reason = "InvalidSpec", .message = STR_INIT("replicas is kept: no, w=7")},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(VERDICTS); i++) {
		struct observed_verdict out = {0};

		cr_assert(accept_recall(&arena,
			with_message(&arena, accept_message(&arena, &VERDICTS[i], NULL, SIZES, 2)),
			&out));
		cr_expect_eq(out.generation, 3);
		cr_assert_eq(out.size_count, 2u);
		cr_expect(str_is(out.sizes[0].group, HEAD_GROUP));
		cr_expect(str_is(out.sizes[1].group, "w"));
		cr_expect_eq(out.sizes[1].pods, 40);
		cr_expect_eq(out.sizes[1].most, 50);
	}
	arena_done(&arena);
}

/* The amounts of its quota alone, and none that has no end. */
Test(accept, a_charge_survives_in_the_status)
{
	const struct ledger_amount charge[] = {{STR("requests.cpu"), quantity_milli(4500)},
		{STR("requests.memory"), quantity_whole(1)},
		{STR("count/rayclusters"), quantity_unbounded()}};
	const struct observed_size sizes[] = {
		{STR(HEAD_GROUP), 1, 0}, {STR("w; charged: requests.cpu=0,"), 2, 0}};
	const struct observed_verdict verdict = {.reason = "QuotaExceeded",
		.message = STR("no, is kept: w=9; charged: requests.cpu=9"),
		.charge = charge,
		.charge_count = ARRAY_LEN(charge)};
	struct observed_verdict out = {0};
	struct arena arena;

	arena_init(&arena, 4096);
	struct policy *policy = read_policy(&arena, POLICY);
	const struct str message =
		accept_message(&arena, &verdict, policy_quota(policy, STR("ns")), sizes, 2);

	cr_assert(accept_recall(&arena, with_message(&arena, message), &out));
	cr_assert_eq(out.charge_count, 1u, "%s", message.at);
	cr_expect(str_is(out.charge[0].name, "requests.cpu"));
	cr_expect_eq(quantity_milli_value(out.charge[0].value), 4500);
	cr_expect_eq(out.sizes[0].pods, 1);
	policy_free(&policy);
	arena_done(&arena);
}

/* Before and after it is sent through the hands that change it, and in both spellings. */
Test(accept, what_pods_are_made_of_does_not_hang_on_their_number)
{
	static const struct {
		const char *a, *b;
		bool same;
	} CASES[] = {
		{CLUSTER("", "replicas: 1"), CLUSTER("", "replicas: 9"), true},
		{CLUSTER("", "replicas: 1"),
			CLUSTER("", "minReplicas: 1, maxReplicas: 4, suspend: true, "
				    "scaleStrategy: {workersToDelete: [x]}"),
			true},
		{CLUSTER("", "replicas: 1"), CLUSTER("", "replicas: 1") "  suspend: true\n", true},
		{CLUSTER("", "replicas: 1"), CLUSTER("serviceType: ClusterIP, ", "replicas: 1"),
			false},
		{CLUSTER("", "replicas: 1"), CLUSTER("", "replicas: 1, numOfHosts: 2"), false},
		{CLUSTER("rayStartParams: {a: bc}, ", "replicas: 1"),
			CLUSTER("rayStartParams: {ab: c}, ", "replicas: 1"), false},
		{CLUSTER("rayStartParams: {a: 'x'}, ", "replicas: 1"),
			CLUSTER("rayStartParams: {a: \"\\x78\"}, ", "replicas: 1"), true},
		{CLUSTER("rayStartParams: {a: '1', b: '2'}, ", "replicas: 1"),
			CLUSTER("rayStartParams: {b: '2', a: '1'}, ", "replicas: 1"), true},
		{CLUSTER("rayStartParams: {a: '1'}, ", "replicas: 1"),
			CLUSTER("rayStartParams: {a: 1}, ", "replicas: 1"), false},
		{CLUSTER("rayStartParams: {a: [b, c]}, ", "replicas: 1"),
			CLUSTER("rayStartParams: {a: [[b], c]}, ", "replicas: 1"), false},
	};
	const struct observed_size sizes[] = {{STR(HEAD_GROUP), 1, 0}, {STR("w"), 2, 0}};
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct json_node *const a = read_yaml(&arena, CASES[i].a);
		const struct json_node *const b = read_yaml(&arena, CASES[i].b);
		const struct json_node *const resized =
			accept_resize(&arena, decode(&arena, a), a, sizes, ARRAY_LEN(sizes));
		const struct observed_digest is = accept_made_of(&arena, DIALECT_MODERN, a);

		cr_expect_eq(accept_is_the_same(is, accept_made_of(&arena, DIALECT_MODERN, b)),
			CASES[i].same, "%zu", i);
		cr_expect(accept_is_the_same(is, accept_made_of(&arena, DIALECT_MODERN, resized)),
			"%zu", i);
	}
	arena_done(&arena);
}

Test(accept, what_pods_are_made_of_survives_in_the_status)
{
	static const struct {
		const char *message;
		struct observed_digest digest;
	} CASES[] = {
		{"is kept: w=1; made of: 0123456789abcdef00000000000000ff",
			{UINT64_C(0x0123456789abcdef), 255}},
		{"is kept: w=1; charged: cpu=9; made of: 0123456789abcdef00000000000000ff",
			{UINT64_C(0x0123456789abcdef), 255}},
		{"no, made of: 0123456789abcdef00000000000000ff. Of this size it is kept: w=1",
			{0, 0}},
		{"is kept: w=1; made of: 0123456789abcdef00000000000000f", {0, 0}},
		{"is kept: w=1; made of: 0123456789ABCDEF00000000000000ff", {0, 0}},
		{"is kept: w=1; made of: ", {0, 0}},
	};
	static const struct observed_size SIZES[] = {{STR_INIT("w"), 1, 0}};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct observed_verdict out = {0};

		cr_expect(accept_recall(
			&arena, with_message(&arena, str_from(CASES[i].message)), &out));
		cr_expect_eq(out.size_count, 1u);
		cr_expect_eq(out.made_of.high, CASES[i].digest.high, "%zu", i);
		cr_expect_eq(out.made_of.low, CASES[i].digest.low, "%zu", i);
	}
	const struct observed_verdict verdict = {
		.reason = "InvalidSpec", .message = STR("no"), .made_of = {1, 2}};

	cr_expect(str_ends(accept_message(&arena, &verdict, NULL, SIZES, 1),
		"w=1; made of: 00000000000000010000000000000002"));
	arena_done(&arena);
}

Test(accept, a_size_that_is_none_is_not_recalled)
{
	static const char *const MESSAGES[] = {"", "is kept: ", "is kept: w", "is kept: w=x",
		"is kept: w=-1", "is kept: w=99999999999", "anything else", "is kept: w=1 of",
		"is kept: w=1 of many", "is kept: w=1 from 2"};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(MESSAGES); i++) {
		struct observed_verdict out = {0};

		cr_expect(accept_recall(&arena, with_message(&arena, str_from(MESSAGES[i])), &out));
		cr_expect_eq(out.size_count, 0u, "%s", MESSAGES[i]);
	}
	cr_expect_not(accept_recall(
		&arena, read_yaml(&arena, "status: {}"), &(struct observed_verdict){0}));
	arena_done(&arena);
}

Test(accept, a_charge_that_is_none_is_not_recalled)
{
	static const char *const MESSAGES[] = {"is kept: w=1",
		"is kept: w=1; charged: ", "is kept: w=1; charged: cpu",
		"is kept: w=1; charged: cpu=x", "is kept: w=1; charged: cpu=-9"};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(MESSAGES); i++) {
		struct observed_verdict out = {0};

		cr_expect(accept_recall(&arena, with_message(&arena, str_from(MESSAGES[i])), &out));
		cr_expect_eq(out.size_count, 1u, "%s", MESSAGES[i]);
		cr_expect_eq(out.charge_count, 0u, "%s", MESSAGES[i]);
	}
	arena_done(&arena);
}

/* Of what was taken over no generation was ever accepted. */
Test(accept, a_size_is_recalled_without_a_generation)
{
	static const struct {
		const char *message;
		size_t sizes;
	} CASES[] = {
		{"no. Of this size it is kept: h=1, w=2", 2},
		{"no. Of this size it is kept: none", 0},
		{"no", 0},
	};
	struct arena arena;

	arena_init(&arena, 4096);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		struct observed_verdict out = {.generation = 7};
		const struct json_node *const root = read_yaml(
			&arena, arena_printf(&arena,
					"status: {conditions: [{type: Accepted, message: '%s'}]}",
					CASES[i].message)
					.at);

		cr_expect_eq(accept_recall(&arena, root, &out), CASES[i].sizes > 0);
		cr_expect_eq(out.generation, 0);
		cr_expect_eq(out.size_count, CASES[i].sizes, "%s", CASES[i].message);
	}
	arena_done(&arena);
}

Test(accept, suspended_groups_have_no_size)
{
	const struct observed_size *sizes;
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	const struct ray_object *const object =
		decode(&arena, read_yaml(&arena, CLUSTER("", "replicas: 3, suspend: true")));

	cr_assert_eq(accept_sizes(&arena, policy, object->cluster, &sizes), 1u);
	cr_expect(str_is(sizes[0].group, HEAD_GROUP));
	policy_free(&policy);
	arena_done(&arena);
}

/* Whatever a CRD without rules of its own has let in. */
Test(accept, what_is_no_group_has_no_size)
{
	const struct observed_size sizes[] = {{STR(HEAD_GROUP), 1, 0}, {STR("w"), 2, 0}};
	struct arena arena;

	arena_init(&arena, 65536);
	const struct json_node *const root = read_yaml(&arena,
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: demo, namespace: ns}\n"
		"spec: {workerGroupSpecs: [null, {replicas: 1}, {groupName: w, replicas: 7}]}\n");
	const struct json_node *const resized =
		accept_resize(&arena, decode(&arena, root), root, sizes, ARRAY_LEN(sizes));
	const struct json_node *const groups =
		json_get(json_get(resized, "spec"), "workerGroupSpecs");
	int64_t replicas = 0;

	cr_assert_eq(json_count(groups), 3u);
	cr_expect(json_is(json_item(groups, 0), JSON_NULL));
	cr_expect(json_i64(json_get(json_item(groups, 2), "replicas"), &replicas));
	cr_expect_eq(replicas, 2);
	arena_done(&arena);
}
