#include "server/plan/modern_parts.h"

#include <stdlib.h>

enum {
	/* What a kubelet may take beyond the pod's own grace; one that takes longer is gone. */
	LOST_AFTER_S = 30,
	REST_FIRST_S = 10, /* before the second replacement in a row; doubled for each after it */
	REST_MOST_S = 300,
	YOUNG_S = 600, /* what fails later than that did not fail in a row */
};

bool modern_pod_ends(struct modern *m, const struct observed_pod *pod)
{
	if (pod->phase == POD_FAILED || pod->phase == POD_SUCCEEDED)
		return false;
	if (pod->ends == 0)
		return true;
	const int64_t left = pod->ends + LOST_AFTER_S - m->seen->now;

	if (left > 0)
		round_again(m->round, left);
	return left > 0;
}

static bool is_of(const struct observed_pod *pod, enum pod_role role, struct str group)
{
	return pod->ours && pod->role == role && (role == POD_HEAD || str_eq(pod->group, group));
}

struct pod_run modern_pods_of(const struct modern *m, enum pod_role role, struct str group)
{
	const struct observed *const seen = m->seen;
	struct pod_run run = {0};

	for (size_t i = 0; i < seen->pod_count; i++)
		run.count += is_of(&seen->pods[i], role, group);
	run.items = arena_array(m->round->arena, run.count + 1, sizeof(*run.items));
	run.count = 0;
	for (size_t i = 0; i < seen->pod_count; i++) {
		if (is_of(&seen->pods[i], role, group))
			run.items[run.count++] = &seen->pods[i];
	}
	return run;
}

bool modern_pod_failed(const struct observed_pod *pod)
{
	return pod->phase == POD_FAILED || pod->phase == POD_SUCCEEDED ||
	       (pod->phase == POD_RUNNING && pod->ray_terminated && pod->restarts_never);
}

/*
 * When it ended the clock of its node says, when it was made the API server's. Where one of them is
 * ahead of ours, which is seen by a time to come, it is not waited until ours is there too: the
 * rest begins earlier, or anew at each look.
 */
int64_t modern_pod_rests(const struct observed_pod *pod, int64_t now)
{
	const bool told = pod->changed && pod->changed <= now;
	const int64_t from = told ? pod->changed : pod->created;
	const int64_t ended = from < now ? from : now;
	int64_t rest = pod->failed_before > 0 ? REST_FIRST_S : 0;

	for (int32_t i = 1; i < pod->failed_before && rest < REST_MOST_S; i++)
		rest *= 2;
	if (rest > REST_MOST_S)
		rest = REST_MOST_S;
	return ended + rest > now ? ended + rest - now : 0;
}

int32_t modern_pod_streak(const struct observed_pod *pod, int64_t now)
{
	const int64_t ended = pod->changed < now ? pod->changed : now;
	const int64_t lived = pod->changed ? ended - pod->created : 0;

	return lived > YOUNG_S ? 1 : pod->failed_before + 1;
}

bool modern_pods_belong(const struct observed_pod *a, const struct observed_pod *b)
{
	return a->replica_index == b->replica_index && b->replica_name.len &&
	       str_eq(a->replica_name, b->replica_name);
}

/* How much would be lost with it. */
static int worth(const struct observed_pod *pod)
{
	if (pod->uid.len == 0)
		return 0;
	if (pod->unschedulable)
		return 1;
	if (pod->phase != POD_RUNNING)
		return 2;
	return pod->ready == POD_READY_TRUE ? 4 : 3;
}

int modern_pod_order(const struct observed_pod *a, const struct observed_pod *b)
{
	if (worth(a) != worth(b))
		return worth(b) - worth(a);
	if (a->created != b->created)
		return a->created < b->created ? -1 : 1;
	return str_cmp(a->name, b->name);
}

static int by_order(const void *a, const void *b)
{
	return modern_pod_order(
		*(const struct observed_pod *const *)a, *(const struct observed_pod *const *)b);
}

void modern_pods_sort(struct pod_run *run)
{
	if (run->count > 1)
		qsort(run->items, run->count, sizeof(const struct observed_pod *), by_order);
}

void modern_pods_drop(struct pod_run *run, size_t index)
{
	for (size_t i = index; i + 1 < run->count; i++)
		run->items[i] = run->items[i + 1];
	run->count--;
}
