/* A group whose replicas are single pods. */
#include "server/plan/modern_parts.h"

bool modern_is_given_up(const struct ray_group *group, const struct observed_pod *pod)
{
	for (struct json_iter it = json_iter(group->scale_strategy.workers_to_delete.node);
		json_next_item(&it);) {
		if (json_str_is(it.value, pod->name))
			return true;
	}
	return false;
}

bool modern_picks_victims(const struct modern *m)
{
	return !raycluster_autoscales(m->c.cluster);
}

void modern_drop_ended(struct modern *m, struct group_need *need, struct pod_run *run)
{
	need->ended.items =
		arena_array(m->round->arena, run->count + 1, sizeof(const struct observed_pod *));
	for (size_t i = run->count; i-- > 0;) {
		const struct observed_pod *const pod = run->items[i];
		const bool failed = !pod->deleting && modern_pod_failed(pod);
		const int64_t rests = failed ? modern_pod_rests(pod, m->seen->now) : 0;

		if (rests)
			round_again(m->round, rests);
		if (rests || (!failed && !pod->deleting))
			continue;
		if (failed) {
			need->ended.items[need->ended.count++] = pod;
			modern_delete(m, pod, "DeletedWorkerPod", "it has ended");
		}
		modern_pods_drop(run, i);
	}
}

static void drop_lost(struct modern *m, const struct ray_group *group, struct pod_run *run)
{
	for (size_t i = run->count; i-- > 0;) {
		if (!modern_pod_lost(m, group, run->items[i]))
			continue;
		modern_delete(m, run->items[i], "DeletedWorkerPod", MODERN_LOST);
		modern_pods_drop(run, i);
	}
}

static void drop_given_up(struct modern *m, const struct ray_group *group, struct pod_run *run)
{
	for (size_t i = run->count; i-- > 0;) {
		if (!modern_is_given_up(group, run->items[i]))
			continue;
		modern_delete(m, run->items[i], "DeletedWorkerPod", "workersToDelete names it");
		modern_pods_drop(run, i);
	}
}

/* Two hosts of one replica; of single pods whose template has all of Ray's labels none are. */
static bool has_other_host(const struct pod_run *all, const struct observed_pod *pod)
{
	for (size_t i = 0; i < all->count; i++) {
		if (all->items[i]->host_index != pod->host_index &&
			modern_pods_belong(all->items[i], pod))
			return true;
	}
	return false;
}

/* Of a time when the group's replicas were of several hosts: these live and die together. */
static void drop_hosts(struct modern *m, struct str group, struct pod_run *run)
{
	const struct pod_run all = modern_pods_of(m, POD_WORKER, group);

	for (size_t i = run->count; m->seen->verdict.accepted && i-- > 0;) {
		if (!has_other_host(&all, run->items[i]))
			continue;
		modern_delete(m, run->items[i], "DeletedWorkerPod", MODERN_WIDER);
		modern_pods_drop(run, i);
	}
}

const char *modern_why_fewer(const struct ray_group *group)
{
	return group->suspend.v ? "the group is suspended" : "fewer workers are asked for";
}

/* The worst go first: what never came, what waits, what is not ready; of the rest the youngest. */
static void drop_surplus(
	struct modern *m, const struct ray_group *group, int64_t wanted, struct pod_run *run)
{
	modern_pods_sort(run);
	while ((int64_t)run->count > wanted)
		modern_delete(
			m, run->items[--run->count], "DeletedWorkerPod", modern_why_fewer(group));
}

void modern_settle_workers(struct modern *m, struct group_need *need)
{
	const struct ray_group *const group = need->group;
	const int64_t wanted = modern_pods_wanted(m, group);
	struct pod_run run = modern_pods_of(m, POD_WORKER, group->name.v);

	modern_drop_ended(m, need, &run);
	drop_given_up(m, group, &run);
	drop_lost(m, group, &run);
	drop_hosts(m, group->name.v, &run);
	if ((int64_t)run.count > wanted && (modern_picks_victims(m) || group->suspend.v))
		drop_surplus(m, group, wanted, &run);
	need->replicas = wanted > (int64_t)run.count ? wanted - (int64_t)run.count : 0;
}
