/* A legacy cluster that counts on an autoscaler, by the fields of one or by room to grow. */
#include <criterion/criterion.h>

#include "tests/support/verdict.h"

#define POD              "podConfig: {metadata: {generateName: x-}, spec: {containers: [{name: r, image: i}]}}"
#define TYPE(name, more) "  - {name: " name ", " more POD "}\n"
#define CLUSTER(top, types)                                                                        \
	"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"            \
	"  headPodType: h\n" top "  podTypes:\n" TYPE("h", "") types
#define FIELDS  "  upscalingSpeed: 1\n  idleTimeoutMinutes: 5\n"
#define NOTHING "has no effect yet: minWorkers are held, and nothing scales\n"

/* clang-format off */
static const struct {
	const char *what, *object, *told;
} CASES[] = {
	{"its two fields", CLUSTER(FIELDS, TYPE("w", "minWorkers: 2, maxWorkers: 2, ")),
	 "spec.upscalingSpeed: Unsupported value: 1: " NOTHING
	 "spec.idleTimeoutMinutes: Unsupported value: 5: " NOTHING},
	{"they say it for the podTypes too", CLUSTER("  upscalingSpeed: 1\n", TYPE("w", "minWorkers: 0, maxWorkers: 2, ")),
	 "spec.upscalingSpeed: Unsupported value: 1: " NOTHING},
	{"both are left out, and there may be more", CLUSTER("  maxWorkers: 10\n", TYPE("w", "minWorkers: 0, maxWorkers: 10, ")),
	 "spec.podTypes[1].maxWorkers: Unsupported value: 10: nothing scales to 10 yet: minWorkers are held\n"},
	{"once, of the first of them",
	 CLUSTER("  maxWorkers: 10\n", TYPE("v", "minWorkers: 1, maxWorkers: 1, ") TYPE("w", "maxWorkers: 3, ") TYPE("x", "maxWorkers: 3, ")),
	 "spec.podTypes[2].maxWorkers: Unsupported value: 3: nothing scales to 3 yet: minWorkers are held\n"},
	{"where it is left out too, spec.maxWorkers is what there may be", CLUSTER("  maxWorkers: 1\n", TYPE("w", "")),
	 "spec.podTypes[1].maxWorkers: Unsupported value: nothing scales to 1 yet: minWorkers are held\n"},
	{"and where that is, 2", CLUSTER("", TYPE("w", "minWorkers: 1, ")),
	 "spec.podTypes[1].maxWorkers: Unsupported value: nothing scales to 2 yet: minWorkers are held\n"},
	{"as many as there may be", CLUSTER("  maxWorkers: 2\n", TYPE("w", "minWorkers: 2, maxWorkers: 2, ")), ""},
	{"of all together there may be no more", CLUSTER("  maxWorkers: 2\n", TYPE("w", "minWorkers: 2, maxWorkers: 9, ")), ""},
	{"no workers", CLUSTER("  maxWorkers: 2\n", ""), ""},
};
/* clang-format on */

static struct str told_of(
	struct arena *arena, const char *object, const struct policy *policy, const char *id)
{
	const struct verdict_case it = {.object = str_from(object), .policy = policy};
	CLEANUP(buf_done) struct buf text = {0};
	struct findings findings;

	verdict_judge(arena, &it, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *const at = &findings.items[i];

		if (str_is(str_from(at->rule->id), id))
			buf_printf(&text, "%.*s: %.*s\n", STR_ARG(at->error->field),
				STR_ARG(at->error->message));
	}
	return arena_str(arena, buf_str(&text));
}

Test(legacy_target, that_nothing_scales_is_told_once)
{
	struct policy *policy = policy_empty();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		policy->target.controller = POLICY_CONTROLLER_RAYGATE;
		const struct str told = told_of(&arena, CASES[i].object, policy, "RG1122");

		cr_expect(str_is(told, CASES[i].told), "%s: expected\n%sgot\n%s", CASES[i].what,
			CASES[i].told, told.at);
		policy->target.controller = POLICY_CONTROLLER_KUBERAY;
		cr_expect_eq(told_of(&arena, CASES[i].object, policy, "RG1122").len, 0u, "%s",
			CASES[i].what);
	}
	policy_free(&policy);
}

#define HEAD(more)                                                                                 \
	"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"            \
	"  headPodType: h\n  maxWorkers: 4\n  podTypes:\n" TYPE("h", more)                         \
		TYPE("w", "minWorkers: 1, maxWorkers: 1, ")
#define HEAD_ALONE                                                                                 \
	"has no effect yet: of the head's podType only the head is made, give workers a podType "  \
	"of their own\n"

/* clang-format off */
static const struct {
	const char *what, *object, *told;
} OF_HEAD[] = {
	{"those that it holds", HEAD("minWorkers: 2, maxWorkers: 3, "),
	 "spec.podTypes[0].minWorkers: Unsupported value: 2: " HEAD_ALONE},
	{"without a most there are none in any case", HEAD("minWorkers: 2, "),
	 "spec.podTypes[0].minWorkers: Unsupported value: 2: " HEAD_ALONE},
	{"those that it could have", HEAD("maxWorkers: 3, "),
	 "spec.podTypes[0].maxWorkers: Unsupported value: 3: " HEAD_ALONE},
	{"none, as the chart says", HEAD("minWorkers: 0, maxWorkers: 0, "), ""},
	{"nothing is said", HEAD(""), ""},
};
/* clang-format on */

Test(legacy_target, that_no_worker_is_made_of_the_heads_type_is_told)
{
	struct policy *policy = policy_empty();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(OF_HEAD); i++) {
		policy->target.controller = POLICY_CONTROLLER_RAYGATE;
		const struct str told = told_of(&arena, OF_HEAD[i].object, policy, "RG1125");

		cr_expect(str_is(told, OF_HEAD[i].told), "%s: expected\n%sgot\n%s", OF_HEAD[i].what,
			OF_HEAD[i].told, told.at);
		policy->target.controller = POLICY_CONTROLLER_KUBERAY;
		cr_expect_eq(told_of(&arena, OF_HEAD[i].object, policy, "RG1125").len, 0u, "%s",
			OF_HEAD[i].what);
	}
	policy_free(&policy);
}

#define OPERATORS(more)                                                                            \
	"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"            \
	"  headPodType: h\n  maxWorkers: 4\n" more "  podTypes:\n"
#define WELL     TYPE("h", "")
#define NAMELESS "  - {name: h, podConfig: {spec: {containers: [{name: r, image: i}]}}}\n"
#define LABEL(key)                                                                                 \
	"  - {name: h, podConfig: {metadata: {generateName: x-, labels: {" key ": x}}, spec: "     \
	"{containers: [{name: r, image: i}]}}}\n"

/* Mistakes before the operator of 2022, and which of them are ones before our own controller. */
/* clang-format off */
static const struct {
	const char *rule, *object;
	bool ours;
} OF_OPERATOR[] = {
	{"RG1102", OPERATORS("") NAMELESS, false},
	{"RG1106", OPERATORS("  upscalingSpeed: 0\n") WELL, false},
	{"RG1107", OPERATORS("  headStartRayCommands: [ray start --head --redis-password=x]\n") WELL, false},
	{"RG1108", OPERATORS("") WELL, false},
	{"RG1108", OPERATORS("  headStartRayCommands: []\n") WELL, true},
	{"RG1109", OPERATORS("  headStartRayCommands: [ray start --head]\n") WELL, false},
	{"RG1111", OPERATORS("") LABEL("ray-node-type"), true},
	{"RG1111", OPERATORS("") LABEL("ray-launch-config"), true},
	{"RG1111", OPERATORS("") LABEL("ray-node-status"), false},
	{"RG1111", OPERATORS("") LABEL("cluster.ray.io/component"), true},
};
/* clang-format on */

Test(legacy_target, what_only_the_operator_cannot_is_not_told_of_our_controller)
{
	struct policy *policy = policy_empty();
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(OF_OPERATOR); i++) {
		const char *const rule = OF_OPERATOR[i].rule;
		const char *const object = OF_OPERATOR[i].object;

		policy->target.controller = POLICY_CONTROLLER_UNSAID;
		cr_expect_gt(told_of(&arena, object, policy, rule).len, 0u, "%s %s", rule, object);
		policy->target.controller = POLICY_CONTROLLER_RAYGATE;
		cr_expect_eq(told_of(&arena, object, policy, rule).len > 0, OF_OPERATOR[i].ours,
			"%s %s", rule, object);
	}
	arena_done(&arena);
	policy_free(&policy);
}

/* It is warned of before both controllers, in words that fit the one that is there. */
Test(legacy_target, who_goes_by_the_version_is_named)
{
	static const char OTHER[] =
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c}, spec: {rayVersion: "
		"2.52.0, headGroupSpec: {template: {spec: {containers: [{name: h, image: "
		"'rayproject/ray:2.9.0'}]}}}}}";
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	cr_expect(str_contains(told_of(&arena, OTHER, policy, "RG1502"), "KubeRay goes by"));
	policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	cr_expect(str_contains(told_of(&arena, OTHER, policy, "RG1502"), "the controller goes by"));
	arena_done(&arena);
	policy_free(&policy);
}
