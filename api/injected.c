#include "api/injected.h"

#include <assert.h>

#include "api/version.h"

static bool autoscales(const struct policy *policy, const struct raycluster *cluster)
{
	(void)policy;
	return cluster->autoscaling.v;
}

bool injected_waits_for_head(const struct policy *policy, const struct raycluster *cluster)
{
	struct version version;

	if (policy == NULL || policy->target.controller != POLICY_CONTROLLER_RAYGATE)
		return true;
	return version_parse(cluster->ray_version.v, &version) &&
	       !version_at_least(version, 2, 9, 0);
}

/* KubeRay's alone: ours makes neither yet. */
static bool is_kuberay(const struct policy *policy)
{
	return policy->target.controller != POLICY_CONTROLLER_RAYGATE;
}

/* A gate that nobody spoke of is counted as open: a promise of too much is the smaller mistake. */
static bool has_tls(const struct policy *policy, const struct raycluster *cluster)
{
	return cluster->tls.enabled.v && is_kuberay(policy) &&
	       policy_gate(policy, "RayClusterMTLS") != POLICY_GATE_OFF;
}

static bool has_collector(const struct policy *policy, const struct raycluster *cluster)
{
	return cluster->history.collector.self.node && is_kuberay(policy) &&
	       policy_gate(policy, "RayClusterHistoryServer") != POLICY_GATE_OFF;
}

static const struct resource_requirements *autoscaler_resources(const struct raycluster *cluster)
{
	return &cluster->autoscaler.resources;
}

static const struct resource_requirements *collector_resources(const struct raycluster *cluster)
{
	return &cluster->history.collector.resources;
}

static const struct {
	const char *name;
	enum injected_place place;
	bool in_head, in_workers;
	const char *cpu_request, *memory_request, *cpu_limit, *memory_limit;
	bool (*when)(const struct policy *policy, const struct raycluster *cluster);
	/* what the user gave for it, which then replaces the figures whole; NULL: he cannot */
	const struct resource_requirements *(*given)(const struct raycluster *cluster);
} TABLE[] = {
	{"autoscaler", INJECTED_CONTAINER, true, false, "500m", "512Mi", "500m", "512Mi",
		autoscales, autoscaler_resources},
	{"wait-gcs-ready", INJECTED_INIT_LAST, false, true, "200m", "256Mi", "200m", "256Mi",
		injected_waits_for_head, NULL},
	{"wait-for-tls-ip-san", INJECTED_INIT_FIRST, true, true, "50m", "64Mi", "50m", "64Mi",
		has_tls, NULL},
	{"ray-history-collector", INJECTED_CONTAINER, true, true, "50m", "64Mi", "200m", "256Mi",
		has_collector, collector_resources},
};
_Static_assert(ARRAY_LEN(TABLE) <= INJECTED_MAX, "a pod can get every row");

static struct quantity figure(const char *text)
{
	struct quantity q;
	struct err err;
	const bool read = quantity_parse(str_from(text), &q, &err);

	assert(read);
	(void)read;
	return q;
}

static struct resource_list pair(struct arena *arena, const char *cpu, const char *memory)
{
	struct resource *const items = arena_array(arena, 2, sizeof(*items));

	items[0] = (struct resource){.name = STR("cpu"), .quantity = figure(cpu)};
	items[1] = (struct resource){.name = STR("memory"), .quantity = figure(memory)};
	return (struct resource_list){.items = items, .count = 2};
}

size_t injected_containers(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group,
	struct injected out[INJECTED_MAX])
{
	size_t count = 0;

	if (cluster->dialect == DIALECT_LEGACY)
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(TABLE); i++) {
		if (!(group->is_head ? TABLE[i].in_head : TABLE[i].in_workers) ||
			!TABLE[i].when(policy, cluster))
			continue;
		const struct resource_requirements *const given =
			TABLE[i].given ? TABLE[i].given(cluster) : NULL;
		const bool replaced = given && given->self.node;

		out[count++] = (struct injected){
			.name = TABLE[i].name,
			.place = TABLE[i].place,
			.requests = replaced ? given->requests
					     : pair(arena, TABLE[i].cpu_request,
						       TABLE[i].memory_request),
			.limits = replaced ? given->limits
					   : pair(arena, TABLE[i].cpu_limit, TABLE[i].memory_limit),
		};
	}
	return count;
}

enum injected_submission injected_submitter(
	struct arena *arena, const struct ray_object *object, struct injected *out)
{
	const struct ray_job *const job = object->job;

	if (job == NULL || object->cluster == NULL)
		return INJECTED_NOWHERE;
	const struct str mode = job->submission_mode.v;
	const bool in_pod = mode.len == 0 || str_is(mode, "K8sJobMode");

	*out = (struct injected){
		.name = "ray-job-submitter",
		.place = INJECTED_CONTAINER,
		.requests = pair(arena, "500m", "200Mi"),
		.limits = pair(arena, "1", "1Gi"),
	};
	if (in_pod)
		return INJECTED_IN_POD;
	return str_is(mode, "SidecarMode") ? INJECTED_IN_HEAD : INJECTED_NOWHERE;
}
