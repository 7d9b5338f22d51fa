#include "tests/support/preflight_kit.h"

struct str preflight_kit_object(
	struct arena *arena, const char *pod, const char *container, int replicas)
{
	return arena_printf(arena,
		"apiVersion: ray.io/v1\n"
		"kind: RayCluster\n"
		"metadata: {name: demo, namespace: team}\n"
		"spec:\n"
		"  rayVersion: 2.52.0\n"
		"  headGroupSpec: {template: {spec: {containers: [{name: ray-head, image: "
		"'rayproject/ray:2.52.0', resources: {limits: {cpu: 1, memory: 4Gi}}}]}}}\n"
		"  workerGroupSpecs:\n"
		"  - {groupName: workers, replicas: %d, minReplicas: %d, maxReplicas: %d, "
		"template: "
		"{spec: {%scontainers: [{%sname: ray-worker, image: 'rayproject/ray:2.52.0'}]}}}\n",
		replicas, replicas, replicas, pod, container);
}

struct heard preflight_kit_listen(
	struct arena *arena, const struct verdict_case *it, const char *rule)
{
	struct findings findings;
	struct heard heard = {0};

	verdict_judge(arena, it, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		if (!str_is(str_from(rule), findings.items[i].rule->id))
			continue;
		if (findings.items[i].severity == FIELD_SEVERITY_ERROR)
			heard.errors++;
		else
			heard.warnings++;
	}
	return heard;
}

struct heard preflight_kit_hear(
	const char *cluster, const char *pod, const char *container, const char *rule)
{
	struct policy *policy = policy_empty();
	struct facts *facts = facts_kit_read(str_from(cluster), NULL);
	struct arena arena;

	arena_init(&arena, 65536);
	const struct verdict_case it = {.object = preflight_kit_object(&arena, pod, container, 1),
		.policy = policy,
		.facts = facts};
	const struct heard heard = preflight_kit_listen(&arena, &it, rule);

	facts_free(&facts);
	policy_free(&policy);
	arena_done(&arena);
	return heard;
}
