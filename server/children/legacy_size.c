#include "server/children/legacy_size.h"

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
