/* The rules' own examples are in tests/golden/rules/RG17*. */
#include "server/admission/preflight.h"

#include <criterion/criterion.h>

#include "tests/support/preflight_kit.h"
#include "tests/support/review.h"

Test(preflight, what_is_not_known_is_not_spoken_of)
{
	static const struct {
		const char *rule, *kind;
	} CASES[] = {
		{"RG1701", "ServiceAccount"},
		{"RG1702", "PriorityClass"},
		{"RG1703", "RuntimeClass"},
		{"RG1704", "Secret"},
		{"RG1705", "PersistentVolumeClaim"},
		{"RG1721", "ResourceQuota"},
		{"RG1711", "LimitRange"},
		{"RG1731", "Node"},
		{"RG1707", "Service"},
	};
	static const char CLUSTER[] = "apiVersion: v1\n"
				      "kind: ResourceQuota\n"
				      "metadata: {name: team, namespace: team}\n"
				      "spec: {hard: {pods: 1}}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: LimitRange\n"
				      "metadata: {name: team, namespace: team}\n"
				      "spec: {limits: [{type: Container, max: {cpu: 1}}]}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: Node\n"
				      "metadata: {name: n1}\n"
				      "status: {allocatable: {cpu: 1, memory: 16Gi}}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: Service\n"
				      "metadata: {name: demo-head-svc, namespace: team}\n";
	static const char POD[] =
		"serviceAccountName: a, priorityClassName: b, runtimeClassName: c, volumes: "
		"[{name: v, secret: {secretName: d}}, {name: w, persistentVolumeClaim: "
		"{claimName: e}}], ";
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < 2 * ARRAY_LEN(CASES); i++) {
		const bool known = i % 2;
		const char *const unknown[] = {known ? NULL : CASES[i / 2].kind, NULL};
		struct facts *facts = facts_kit_read(str_from(CLUSTER), unknown);
		const struct verdict_case it = {
			.object = preflight_kit_object(&arena, POD, SIZED, 1),
			.policy = policy,
			.facts = facts};
		const struct heard heard = preflight_kit_listen(&arena, &it, CASES[i / 2].rule);

		cr_expect_eq(heard.warnings > 0, known, "%s, known: %d", CASES[i / 2].kind, known);
		facts_free(&facts);
	}
	policy_free(&policy);
	arena_done(&arena);
}

static const char STRICT[] = "apiVersion: raygate.dev/v1\n"
			     "kind: Policy\n"
			     "rules: {RG1701: error, RG1711: error, RG1721: error, RG1723: error, "
			     "RG1731: error}\n";

static struct policy *read_policy(struct arena *arena, const char *text)
{
	struct field_errors errors;
	struct err err;

	field_errors_init(&errors, arena, NULL);
	struct policy *const policy = policy_decode(str_from(text), "test", &errors, &err);

	cr_assert(policy, "%s", err.text);
	return policy;
}

Test(preflight, an_update_is_refused_only_for_what_it_brings_in)
{
	static const char CLUSTER[] =
		"apiVersion: v1\n"
		"kind: ResourceQuota\n"
		"metadata: {name: team, namespace: team}\n"
		"spec: {hard: {pods: 3, limits.cpu: 10}}\n"
		"status: {hard: {pods: 3, limits.cpu: 10}, used: {pods: 3, limits.cpu: 5}}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: LimitRange\n"
		"metadata: {name: team, namespace: team}\n"
		"spec: {limits: [{type: Container, max: {cpu: 1}}]}\n"
		"---\n"
		"apiVersion: v1\n"
		"kind: Node\n"
		"metadata: {name: n1}\n"
		"status: {allocatable: {cpu: 1, memory: 16Gi}}\n";
	static const struct {
		const char *name;
		const char *old_pod, *old_container, *pod, *container;
		int old_replicas, replicas;
		size_t errors;
	} CASES[] = {
		{"nothing changes", "serviceAccountName: a, ", SIZED, "serviceAccountName: a, ",
			SIZED, 2, 2, 0},
		{"a toleration: the node again", "", SIZED, "tolerations: [{operator: Exists}], ",
			SIZED, 2, 2, 1},
		{"another missing account", "serviceAccountName: a, ", SIZED,
			"serviceAccountName: b, ", SIZED, 2, 2, 1},
		{"more workers than are allowed", "", SIZED, "", SIZED, 2, 3, 1},
		{"fewer workers", "", SIZED, "", SIZED, 2, 1, 0},
		{"more CPU: range and node", "", SIZED, "",
			"resources: {limits: {cpu: 3, memory: 4Gi}}, ", 2, 2, 2},
		{"a variable", "", SIZED, "", SIZED "env: [{name: A, value: b}], ", 2, 2, 0},
	};
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	struct arena arena;

	arena_init(&arena, 65536);
	struct policy *policy = read_policy(&arena, STRICT);

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		const struct verdict_case it = {
			.object = preflight_kit_object(
				&arena, CASES[i].pod, CASES[i].container, CASES[i].replicas),
			.old = preflight_kit_object(&arena, CASES[i].old_pod,
				CASES[i].old_container, CASES[i].old_replicas),
			.policy = policy,
			.facts = facts,
		};
		struct findings findings;

		verdict_judge(&arena, &it, &findings);
		verdict_print(&findings, &text);
		cr_expect_eq(findings.errors, CASES[i].errors, "%s:\n%.*s", CASES[i].name,
			STR_ARG(buf_str(&text)));
	}
	policy_free(&policy);
	facts_free(&facts);
	arena_done(&arena);
}

#define DEFINITION(name)                                                                           \
	"apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "   \
	"" name "}\n"
#define ENCRYPTED(enabled)                                                                         \
	"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a, namespace: team}\nspec:\n"   \
	"  tlsOptions: {enabled: " enabled "}\n"                                                   \
	"  headGroupSpec: {template: {spec: {containers: [{name: head, image: ray}]}}}\n"
#define POLICY "apiVersion: raygate.dev/v1\nkind: Policy\n"

Test(preflight, cert_manager_is_missed_only_where_kuberay_would_wait_for_it)
{
	static const char RAY[] = DEFINITION("rayclusters.ray.io");
	static const char BOTH[] =
		DEFINITION("rayclusters.ray.io") "---\n" DEFINITION("certificates.cert-manager.io");
	static const struct {
		const char *cluster, *object, *policy, *unknown;
		size_t warnings;
	} CASES[] = {
		{RAY, ENCRYPTED("true"), POLICY, NULL, 1},
		{BOTH, ENCRYPTED("true"), POLICY, NULL, 0},
		{RAY, ENCRYPTED("false"), POLICY, NULL, 0},
		{RAY, ENCRYPTED("true"), POLICY "target: {controller: kuberay}\n", NULL, 1},
		{RAY, ENCRYPTED("true"), POLICY "target: {controller: raygate}\n", NULL, 0},
		{RAY, ENCRYPTED("true"), POLICY, "CustomResourceDefinition", 0},
	};
	struct field_errors errors;
	struct arena arena;
	struct err err;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const char *const unknown[] = {CASES[i].unknown, NULL};
		struct facts *facts = facts_kit_read(str_from(CASES[i].cluster), unknown);

		field_errors_init(&errors, &arena, NULL);
		struct policy *policy =
			policy_decode(str_from(CASES[i].policy), "test", &errors, &err);

		cr_assert(policy, "%s", err.text);
		const struct verdict_case it = {
			.object = str_from(CASES[i].object), .policy = policy, .facts = facts};

		cr_expect_eq(preflight_kit_listen(&arena, &it, "RG1706").warnings,
			CASES[i].warnings, "%zu", i);
		policy_free(&policy);
		facts_free(&facts);
	}
	arena_done(&arena);
}

/* What the options of a cluster name; %s stands in the spec. The other names are there. */
Test(preflight, what_options_name_is_looked_for)
{
	static const char CLUSTER[] = "apiVersion: v1\n"
				      "kind: PersistentVolumeClaim\n"
				      "metadata: {name: there, namespace: team}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: Secret\n"
				      "metadata: {name: there, namespace: team}\n"
				      "---\n"
				      "apiVersion: v1\n"
				      "kind: Service\n"
				      "metadata: {name: there, namespace: team}\n";
	static const struct {
		const char *kind, *name, *spec, *head;
		const char *rule; /* NULL: nothing is missed */
	} CASES[] = {
		{"RayCluster", "a",
			"gcsFaultToleranceOptions: {backend: rocksdb, storage: "
			"{claimName: none}}, ",
			"", "RG1705"},
		{"RayCluster", "a",
			"gcsFaultToleranceOptions: {backend: rocksdb, storage: "
			"{claimName: there}}, ",
			"", NULL},
		{"RayCluster", "a",
			"gcsFaultToleranceOptions: {redisAddress: 'r:1', redisPassword: "
			"{valueFrom: {secretKeyRef: {name: none, key: k}}}}, ",
			"", "RG1704"},
		{"RayCluster", "a",
			"gcsFaultToleranceOptions: {redisAddress: 'r:1', redisUsername: "
			"{valueFrom: {secretKeyRef: {name: none, key: k}}}}, ",
			"", "RG1704"},
		{"RayCluster", "a",
			"gcsFaultToleranceOptions: {redisAddress: 'r:1', redisPassword: "
			"{valueFrom: {secretKeyRef: {name: there, key: k}}}}, ",
			"", NULL},
		{"RayCluster", "a", "authOptions: {mode: token, secretName: none}, ", "", "RG1704"},
		{"RayCluster", "a", "authOptions: {mode: token, secretName: there}, ", "", NULL},
		{"RayCluster", "a", "authOptions: {mode: disabled, secretName: none}, ", "", NULL},
		{"RayCluster", "a",
			"enableInTreeAutoscaling: true, autoscalerOptions: {version: "
			"v2, env: [{name: E, valueFrom: {secretKeyRef: {name: none, key: "
			"k}}}]}, ",
			"", "RG1704"},
		{"RayCluster", "a",
			"autoscalerOptions: {version: v2, env: [{name: E, valueFrom: "
			"{secretKeyRef: {name: none, key: k}}}]}, ",
			"", NULL},
		{"RayCluster", "a", "", "headService: {metadata: {name: there}}, ", "RG1707"},
		{"RayCluster", "a", "", "headService: {metadata: {name: none}}, ", NULL},
		{"RayCluster", "there", "", "", NULL},
	};
	struct facts *facts = facts_kit_read(str_from(CLUSTER), NULL);
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		static const char *const RULES[] = {"RG1704", "RG1705", "RG1707"};
		const struct verdict_case it = {
			.object = arena_printf(&arena,
				"{apiVersion: ray.io/v1, kind: %s, metadata: {name: %s, namespace: "
				"team}, spec: {rayVersion: 2.56.0, %sheadGroupSpec: {%stemplate: "
				"{spec: {containers: [{name: h, image: 'rayproject/ray:2.56.0', "
				"resources: {limits: {cpu: 1, memory: 4Gi}}}]}}}}}",
				CASES[i].kind, CASES[i].name, CASES[i].spec, CASES[i].head),
			.policy = policy,
			.facts = facts};

		for (size_t r = 0; r < ARRAY_LEN(RULES); r++) {
			const bool missed = CASES[i].rule && strcmp(CASES[i].rule, RULES[r]) == 0;

			cr_expect_eq(preflight_kit_listen(&arena, &it, RULES[r]).warnings,
				missed ? 1u : 0u, "case %zu: %s", i, RULES[r]);
		}
	}
	policy_free(&policy);
	facts_free(&facts);
	arena_done(&arena);
}

/* Its pods are another cluster's, of which nothing is known here. */
Test(preflight, what_runs_elsewhere_is_not_looked_for_here)
{
	static const char OBJECT[] =
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c, namespace: team}, "
		"spec: {%s headGroupSpec: {template: {spec: {priorityClassName: absent, "
		"containers: [{name: r, image: ray}]}}}}}";
	static const char *const MANAGERS[] = {"", "managedBy: kueue.x-k8s.io/multikueue,"};
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(MANAGERS); i++) {
		struct facts *facts = facts_kit_read(
			STR("apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"), NULL);
		const struct verdict_case it = {
			.object = arena_printf(&arena, OBJECT, MANAGERS[i]),
			.policy = policy,
			.facts = facts,
		};

		cr_expect_eq(preflight_kit_listen(&arena, &it, "RG1702").warnings, i == 0);
		facts_free(&facts);
	}
	policy_free(&policy);
	arena_done(&arena);
}

/* It is said why it refuses nothing, though the policy makes an error of it. */
Test(preflight, what_was_missing_before_is_told_as_before)
{
	static const char OBJECT[] =
		"{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: c, namespace: team, "
		"labels: {is: '%d'}}, spec: {headGroupSpec: {template: {spec: {priorityClassName: "
		"absent, containers: [{name: r, image: ray}]}}}}}";
	struct policy *policy =
		review_policy("{apiVersion: raygate.dev/v1, kind: Policy, rules: {RG1702: error}}");
	struct facts *facts =
		facts_kit_read(STR("apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"), NULL);
	struct arena arena;
	struct findings findings;
	size_t seen = 0;

	arena_init(&arena, 65536);
	verdict_judge(&arena,
		&(struct verdict_case){.object = arena_printf(&arena, OBJECT, 2),
			.old = arena_printf(&arena, OBJECT, 1),
			.policy = policy,
			.facts = facts},
		&findings);
	for (size_t i = 0; i < findings.count; i++) {
		if (!str_is(str_from(findings.items[i].rule->id), "RG1702"))
			continue;
		seen++;
		cr_expect_eq(findings.items[i].severity, FIELD_SEVERITY_WARN);
		cr_expect(findings.items[i].was_there);
	}
	cr_expect_eq(seen, 1u);
	facts_free(&facts);
	policy_free(&policy);
	arena_done(&arena);
}
