/* How many pods of each podType there are to be. */
#include "server/controller/legacy_parts.h"

static int64_t minimum(const struct raycluster *cluster, const struct ray_group *type)
{
	const int64_t wanted = group_replicas(cluster, type);

	return wanted > 0 ? wanted : 0;
}

/* Minimums are met in the order of the spec, as far as spec.maxWorkers reaches. */
int64_t legacy_workers_wanted(const struct raycluster *cluster, const struct ray_group *type)
{
	int64_t left = raycluster_max_workers(cluster);

	for (size_t i = 0; i < cluster->worker_count && cluster->workers[i] != type; i++)
		left -= minimum(cluster, cluster->workers[i]);
	if (left <= 0)
		return 0;
	const int64_t wanted = minimum(cluster, type);

	return wanted < left ? wanted : left;
}

int64_t legacy_pods_wanted(const struct legacy *l, const struct ray_group *type)
{
	const struct observed_verdict *const verdict = &l->m.seen->verdict;
	const int64_t wanted = type->is_head ? 1 : legacy_workers_wanted(l->m.c.cluster, type);

	for (size_t i = 0; !verdict->accepted && i < verdict->size_count; i++) {
		if (str_eq(verdict->sizes[i].group, type->name.v))
			return wanted < verdict->sizes[i].pods ? wanted : verdict->sizes[i].pods;
	}
	return verdict->accepted ? wanted : 0;
}
