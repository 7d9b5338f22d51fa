/* What the spec asks for, and how much of it is there. */
#include "server/plan/modern_parts.h"
#include "server/plan/status_parts.h"
#include "validators/gpu.h"

static int64_t clamp(int64_t value)
{
	return value > INT32_MAX ? INT32_MAX : value < 0 ? 0 : value;
}

/* Exact: both factors are int32. */
static int64_t pods(int64_t replicas, const struct ray_group *group)
{
	const int64_t hosts = group_hosts(group);

	return group->suspend.v || replicas <= 0 || hosts <= 0 ? 0 : replicas * hosts;
}

static bool is_better(const struct observed_pod *pod, const struct observed_pod *than)
{
	if (than == NULL || pod->deleting != than->deleting)
		return than == NULL || than->deleting;
	return modern_pod_order(pod, than) < 0;
}

static void count_pod(struct status_counts *counts, const struct observed_pod *pod)
{
	counts->pods++;
	if (pod->role == POD_HEAD && is_better(pod, counts->head))
		counts->head = pod;
	if (pod->role != POD_WORKER || pod->deleting || pod->phase != POD_RUNNING)
		return;
	counts->running++;
	counts->ready += pod->ready == POD_READY_TRUE;
}

static void count_groups(struct status_counts *counts, const struct raycluster *cluster)
{
	for (size_t i = 0; i < cluster->worker_count; i++) {
		const struct ray_group *const group = cluster->workers[i];

		counts->wanted =
			clamp(counts->wanted + pods(group_replicas(cluster, group), group));
		counts->least = clamp(counts->least + pods(group_min(cluster, group), group));
		counts->most = clamp(counts->most + pods(group_max(cluster, group), group));
	}
}

static int64_t ready_of(const struct observed *seen, struct str group)
{
	int64_t ready = 0;

	for (size_t i = 0; i < seen->pod_count; i++) {
		const struct observed_pod *const pod = &seen->pods[i];

		ready += pod->ours && pod->role == POD_WORKER && !pod->deleting &&
			 pod->phase == POD_RUNNING && pod->ready == POD_READY_TRUE &&
			 str_eq(pod->group, group);
	}
	return ready;
}

/* Every group has its own number: too many of one do not make up for too few of another. */
static bool is_complete(const struct status_input *in, const struct observed_pod *head)
{
	const struct raycluster *const cluster = in->c->cluster;

	if (!status_head_is_ready(head) || head->deleting)
		return false;
	/* Nobody finds the head without: KubeRay makes no pods then. */
	if (status_head_service(in) == NULL)
		return false;
	for (size_t i = 0; i < cluster->worker_count; i++) {
		const struct ray_group *const group = cluster->workers[i];

		if (ready_of(in->seen, group->name.v) < pods(group_replicas(cluster, group), group))
			return false;
	}
	return true;
}

void status_count(const struct status_input *in, struct status_counts *out)
{
	*out = (struct status_counts){0};
	for (size_t i = 0; i < in->seen->pod_count; i++) {
		if (in->seen->pods[i].ours && in->seen->pods[i].role != POD_CLEANUP)
			count_pod(out, &in->seen->pods[i]);
	}
	if (in->c->cluster == NULL)
		return;
	count_groups(out, in->c->cluster);
	out->complete = is_complete(in, out->head);
}

/* --- the resources --- */

enum total { TOTAL_CPU, TOTAL_MEMORY, TOTAL_GPU, TOTAL_TPU, TOTALS };

static const char *const TOTAL_KEYS[TOTALS] = {
	"desiredCPU", "desiredMemory", "desiredGPU", "desiredTPU"};

static enum total total_of(struct str name)
{
	if (str_is(name, "cpu"))
		return TOTAL_CPU;
	if (str_is(name, "memory"))
		return TOTAL_MEMORY;
	if (str_is(name, "google.com/tpu"))
		return TOTAL_TPU;
	return gpu_is_key(name) ? TOTAL_GPU : TOTALS;
}

static bool has(const struct resource_list *list, struct str name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (str_eq(list->items[i].name, name))
			return true;
	}
	return false;
}

static void add_list(const struct resource_list *list, const struct resource_list *except,
	int64_t times, struct quantity sums[TOTALS])
{
	for (size_t i = 0; i < list->count; i++) {
		const enum total total = total_of(list->items[i].name);

		if (total != TOTALS && !(except && has(except, list->items[i].name)))
			sums[total] = quantity_add(
				sums[total], quantity_mul(list->items[i].quantity, times));
	}
}

/* What containers ask for; where one says only what it may have at most, that. */
static void add_group(const struct raycluster *cluster, const struct ray_group *group,
	struct quantity sums[TOTALS])
{
	const container_list *const containers = &group->template.spec.containers;
	const int64_t times = group->is_head ? 1 : pods(group_replicas(cluster, group), group);

	for (size_t i = 0; i < containers->count; i++) {
		const struct resource_requirements *const r = &containers->items[i].resources;

		add_list(&r->requests, NULL, times, sums);
		add_list(&r->limits, &r->requests, times, sums);
	}
}

static const struct {
	const char *key;
	size_t offset;
	enum status_haste haste;
} COUNTERS[] = {
	{"desiredWorkerReplicas", offsetof(struct status_counts, wanted), STATUS_BEGINS},
	{"minWorkerReplicas", offsetof(struct status_counts, least), STATUS_BEGINS},
	{"maxWorkerReplicas", offsetof(struct status_counts, most), STATUS_BEGINS},
	{"availableWorkerReplicas", offsetof(struct status_counts, running), STATUS_SOON},
	{"readyWorkerReplicas", offsetof(struct status_counts, ready), STATUS_SOON},
};

void status_put_totals(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts)
{
	const struct raycluster *const cluster = in->c->cluster;
	struct quantity sums[TOTALS] = {0};

	for (size_t i = 0; i < cluster->group_count; i++)
		add_group(cluster, cluster->groups[i], sums);
	for (size_t i = 0; i < TOTALS; i++)
		status_put(d, TOTAL_KEYS[i], json_edit_str(str_from(quantity_print(sums[i]).at)),
			STATUS_BEGINS);
	for (size_t i = 0; i < ARRAY_LEN(COUNTERS); i++)
		status_put(d, COUNTERS[i].key,
			json_edit_i64(*(const int64_t *)(const void *)((const char *)counts +
								       COUNTERS[i].offset)),
			COUNTERS[i].haste);
}
