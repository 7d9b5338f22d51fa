#include "api/derived_names.h"

#include <criterion/criterion.h>

#include "base/attr.h"

static struct arena arena;

static void start(void)
{
	arena_init(&arena, 4096);
}

static void stop(void)
{
	arena_done(&arena);
}

TestSuite(derived_names, .init = start, .fini = stop);

#define EXPECT_STR(expression, expected)                                                           \
	do {                                                                                       \
		const struct str got = (expression);                                               \
		cr_expect(str_is(got, expected), "%s: '%.*s', not '%s'", #expression,              \
			STR_ARG(got), expected);                                                   \
	} while (0)

static const char LONG[] = "ray-cluster-0000000000000000000000011111111122222233333333333333";

Test(derived_names, pod_names_keep_the_first_50_bytes)
{
	EXPECT_STR(derived_worker_pod(&arena, str_from(LONG), STR("group-name")),
		"ray-cluster-00000000000000000000000111111111222222-worker-");
	EXPECT_STR(derived_pod_name(&arena, STR("My-Cluster"), "head", false), "my-cluster-head");
	EXPECT_STR(derived_pod_name(&arena, STR("raycluster-kuberay"), "head", true),
		"raycluster-kuberay-head-");
	EXPECT_STR(derived_worker_pod(&arena, STR("raycluster-kuberay"), STR("workergroup")),
		"raycluster-kuberay-workergroup-worker-");
	EXPECT_STR(derived_pod_name(&arena, STR(""), "head", true), "-head-");
}

Test(derived_names, object_names_keep_the_last_50_bytes_and_begin_with_a_letter)
{
	static const struct {
		const char *name, *checked;
	} CASES[] = {
		{"72fbcc7e-a661-4b18e-ca41-e903-fc3ae634b18e-lazer090scholar-director-s",
			"rca41-e903-fc3ae634b18e-lazer090scholar-director-s"},
		{"--------566666--------444433-----------222222----------4444",
			"r6666--------444433-----------222222----------4444"},
		{"acceptable-name-head-12345", "acceptable-name-head-12345"},
		{"1abc", "rabc"},
		{"-abc", "rabc"},
		{"$abc", "$abc"},
		{"7", "r"},
		{"", ""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str name = derived_check_name(&arena, str_from(CASES[i].name));

		cr_expect(str_is(name, CASES[i].checked), "%s: %s", CASES[i].name, name.at);
	}
}

Test(derived_names, label_values_keep_the_last_63_bytes)
{
	EXPECT_STR(derived_check_label(&arena, str_from(LONG)),
		"ay-cluster-0000000000000000000000011111111122222233333333333333");
	EXPECT_STR(derived_check_label(&arena, STR("1a")), "1a");
	EXPECT_STR(derived_check_label(&arena, STR("_a")), "ra");
	EXPECT_STR(derived_identifier(&arena, STR("c"), "head"), "c-head");
}

Test(derived_names, services_are_named_after_the_cluster)
{
	EXPECT_STR(derived_head_service(&arena, STR("c")), "c-head-svc");
	EXPECT_STR(derived_serve_service(&arena, STR("c")), "c-serve-svc");
	EXPECT_STR(derived_headless_service(&arena, STR("c")), "c-headless");
	EXPECT_STR(derived_service_fqdn(&arena, STR("c-head-svc"), STR("ns"), STR("")),
		"c-head-svc.ns.svc.cluster.local");
	EXPECT_STR(derived_service_fqdn(&arena, STR("s"), STR("ns"), STR("k8s.lan")),
		"s.ns.svc.k8s.lan");
}

Test(derived_names, the_legacy_operator_names_by_other_rules)
{
	EXPECT_STR(derived_legacy_head_service(&arena, STR("ray-cluster")), "ray-cluster-ray-head");
	EXPECT_STR(derived_legacy_pod(&arena, STR("ray-cluster"), STR("ray-head-type-")),
		"ray-cluster-ray-head-type-");
	EXPECT_STR(derived_legacy_node_name(&arena, STR("ray-cluster"), "worker"),
		"ray-ray-cluster-worker");
}

Test(derived_names, generated_names_have_at_most_63_bytes)
{
	const struct str name = derived_generated_name(&arena, str_from(LONG), STR("bcdfg"));

	cr_expect_eq(name.len, 63u);
	cr_expect(str_ends(name, "33333bcdfg"));
	EXPECT_STR(derived_generated_name(&arena, STR("a-"), STR("x2z4w")), "a-x2z4w");
}
