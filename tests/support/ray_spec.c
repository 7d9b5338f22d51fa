#include "tests/support/ray_spec.h"

static const char CONTAINER[] =
	"{\"name\":\"ray\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{"
	"\"cpu\":\"1\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"1\",\"memory\":\"2Gi\"}}}";

static struct str modern_spec(struct arena *arena, int workers)
{
	return arena_printf(arena,
		"{\"rayVersion\":\"2.52.0\",\"headGroupSpec\":{\"rayStartParams\":{},\"template\":{"
		"\"spec\":{\"containers\":[%s]}}},\"workerGroupSpecs\":[{\"groupName\":\"workers\","
		"\"replicas\":%d,\"minReplicas\":0,\"maxReplicas\":1000,\"rayStartParams\":{},"
		"\"template\":{\"spec\":{\"containers\":[%s]}}}]}",
		CONTAINER, workers, CONTAINER);
}

static struct str pod_config(struct arena *arena, const char *name)
{
	return arena_printf(arena,
		"\"podConfig\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{"
		"\"generateName\":\"%s-\"},\"spec\":{\"containers\":[%s]}}",
		name, CONTAINER);
}

static struct str legacy_spec(struct arena *arena, int workers)
{
	const struct str head = pod_config(arena, "head");
	const struct str worker = pod_config(arena, "worker");

	return arena_printf(arena,
		"{\"maxWorkers\":1000,\"headPodType\":\"head\",\"podTypes\":[{\"name\":\"head\","
		"%s},{\"name\":\"workers\",\"minWorkers\":%d,\"maxWorkers\":1000,%s}]}",
		head.at, workers, worker.at);
}

struct str ray_spec(struct arena *arena, enum dialect dialect, int workers)
{
	return dialect == DIALECT_MODERN ? modern_spec(arena, workers)
					 : legacy_spec(arena, workers);
}
