/*
 * What the controller's cache costs: bytes of memory for each RayCluster and each pod that a watch
 * has told of, for what was settled of a cluster where a quota holds and for what the ledger
 * charges it, and the time to take one in and to look at a cluster. The RayCluster is one that a
 * real API server sent, with the status that the controller gives it.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/controller/acceptance.h"
#include "tests/support/files.h"

enum { CLUSTERS = 10000, PODS = 4 };
enum { CLUSTER_GATE = 1024, CLUSTER_AIM = 256, POD_GATE = 400, POD_AIM = 144 };
enum { ACCEPTANCE_GATE = 512, ACCEPTANCE_AIM = 256, CHARGE_GATE = 448, CHARGE_AIM = 256 };

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 1 << 16};

#define UID "3b9c1b60-0a6e-4d0c-8c3a-%012x"

static const char STATUS[] =
	"\"status\":{\"availableWorkerReplicas\":3,\"conditions\":[{\"lastTransitionTime\":"
	"\"2026-11-29T19:53:05Z\",\"message\":\"\",\"reason\":\"HeadPodRunningAndReady\","
	"\"status\":"
	"\"True\",\"type\":\"HeadPodReady\"},{\"lastTransitionTime\":\"2026-11-29T19:53:05Z\","
	"\"message\":\"All Ray Pods are ready for the first time\",\"reason\":"
	"\"AllPodRunningAndReadyFirstTime\",\"status\":\"True\",\"type\":\"RayClusterProvisioned\"}"
	",{"
	"\"lastTransitionTime\":\"2026-11-29T19:53:05Z\",\"message\":\"of this size it is kept: "
	"headgroup=1, workers=3\",\"observedGeneration\":1,\"reason\":\"Accepted\",\"status\":"
	"\"True\",\"type\":\"Accepted\"}],\"desiredCPU\":\"8\",\"desiredGPU\":\"0\","
	"\"desiredMemory\":\"16Gi\",\"desiredTPU\":\"0\",\"desiredWorkerReplicas\":3,\"endpoints\":"
	"{"
	"\"client\":\"10001\",\"dashboard\":\"8265\",\"gcs-server\":\"6379\",\"metrics\":\"8080\","
	"\"serve\":\"8000\"},\"head\":{\"podIP\":\"10.0.%d.%d\",\"podName\":\"demo-%d-head-x7k2p\","
	"\"serviceIP\":\"10.96.%d.%d\",\"serviceName\":\"demo-%d-head-svc\"},\"lastUpdateTime\":"
	"\"2026-11-29T19:53:05Z\",\"maxWorkerReplicas\":8,\"minWorkerReplicas\":1,"
	"\"observedGeneration\":1,\"readyWorkerReplicas\":3,\"state\":\"ready\"}";

static void die(const char *what, const char *why)
{
	fprintf(stderr, "bench_cache: %s: %s\n", what, why);
	exit(2);
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double bytes_in_use(void)
{
	const struct mallinfo2 info = mallinfo2();

	return (double)(info.uordblks + info.hblkhd);
}

static void put(struct world *world, enum world_kind kind, struct arena *arena, struct str json)
{
	struct json_doc doc;
	struct err err;

	if (!json_read(arena, json, &LIMITS, &doc, &err))
		die("object", err.text);
	world_put(world, kind, DIALECT_MODERN, doc.root, arena);
}

/* The spec, text of a review's object. */
static struct str spec_of(struct arena *arena, const char *file)
{
	struct buf text = {0};
	struct json_doc doc;
	struct err err;

	if (!files_read(file, &text, &err) ||
		!json_read(arena, buf_str(&text), &LIMITS, &doc, &err))
		die("data", err.text);
	const struct json_node *const object = json_get(json_get(doc.root, "request"), "object");
	const struct str spec = arena_str(arena, json_raw(json_get(object, "spec")));

	buf_done(&text);
	return spec;
}

static void put_cluster(struct world *world, struct arena *arena, struct str spec, int i)
{
	const struct str status =
		arena_printf(arena, STATUS, i / 250, i % 250, i, i / 250, i % 250, i);

	put(world, WORLD_CLUSTERS, arena,
		arena_printf(arena,
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
			"\"creationTimestamp\":\"2026-11-29T19:52:%02dZ\",\"generation\":1,"
			"\"name\":"
			"\"demo-%d\",\"namespace\":\"team-%d\",\"resourceVersion\":\"%d\",\"uid\":"
			"\"" UID "\"},\"spec\":%.*s,%.*s}",
			i % 60, i, i % 100, 1000 + i, (unsigned)i, STR_ARG(spec), STR_ARG(status)));
}

static void put_pod(struct world *world, struct arena *arena, int i, int k)
{
	put(world, WORLD_PODS, arena,
		arena_printf(arena,
			"{\"metadata\":{\"creationTimestamp\":\"2026-11-29T19:53:01Z\",\"labels\":{"
			"\"ray.io/cluster\":\"demo-%d\",\"ray.io/node-type\":\"%s\","
			"\"ray.io/group\":\"%s\"},\"name\":\"demo-%d-%s-k7x%d\",\"namespace\":"
			"\"team-%d\",\"ownerReferences\":[{\"controller\":true,\"uid\":"
			"\"" UID "\"}],\"uid\":"
			"\"aaaabbbb-0a6e-4d0c-%04x-%012x\"},\"spec\":{\"nodeName\":\"node-%d\","
			"\"containers\":[{\"name\":\"ray\"}]},\"status\":{\"phase\":\"Running\","
			"\"podIP\":\"10.%d.%d.%d\",\"conditions\":[{\"type\":\"Ready\",\"status\":"
			"\"True\",\"lastTransitionTime\":\"2026-11-29T19:53:05Z\"}],"
			"\"containerStatuses\":[{\"name\":\"ray\",\"restartCount\":0,\"state\":{"
			"\"running\":{}}}]}}",
			i, k ? "worker" : "head", k ? "workers" : "headgroup", i,
			k ? "workers-worker" : "head", k, i % 100, (unsigned)i, (unsigned)k,
			(unsigned)i, i % 500, k, i / 250, i % 250));
}

static const struct ledger_amount CHARGE[] = {
	{STR_INIT("count/rayclusters"), {1, QUANTITY_DECIMAL}},
	{STR_INIT("limits.cpu"), {4, QUANTITY_DECIMAL}},
	{STR_INIT("limits.memory"), {4096, QUANTITY_BINARY}},
	{STR_INIT("pods"), {4, QUANTITY_DECIMAL}},
	{STR_INIT("requests.cpu"), {4, QUANTITY_DECIMAL}},
	{STR_INIT("requests.memory"), {4096, QUANTITY_BINARY}},
};

static void settle(struct world *world, struct arena *arena, int i)
{
	static const struct observed_size SIZES[] = {
		{STR_INIT("headgroup"), 1, 0},
		{STR_INIT("workers"), 3, 0},
	};
	const struct world_key key = {DIALECT_MODERN, arena_printf(arena, "team-%d", i % 100),
		arena_printf(arena, "demo-%d", i)};

	world_settle(world, &key, arena_printf(arena, UID, (unsigned)i),
		&(struct acceptance_settled){
			.generation = 1,
			.accepted = true,
			.reason = "Accepted",
			.sizes = SIZES,
			.size_count = ARRAY_LEN(SIZES),
			.charge = CHARGE,
			.charge_count = ARRAY_LEN(CHARGE),
		});
}

static bool tell(const char *what, double bytes, int gate, int aim)
{
	printf("cache, %s: %.0f bytes each (gate %d, aim %d)%s\n", what, bytes, gate, aim,
		bytes > gate ? "  TOO LARGE" : "");
	return bytes <= gate;
}

static double look_at_all(struct world *world, struct arena *arena)
{
	const double from = cpu_seconds();

	for (int i = 0; i < CLUSTERS; i++) {
		struct observed seen;
		struct acceptance_view view;

		arena_reset(arena);
		const struct world_key key = {DIALECT_MODERN,
			arena_printf(arena, "team-%d", i % 100), arena_printf(arena, "demo-%d", i)};

		if (!world_observe(world, &key, arena, &seen, &view) || seen.pod_count != PODS)
			die("look", "it is not there");
	}
	return cpu_seconds() - from;
}

static bool measure(const char *name, const char *file)
{
	struct world *world = world_new(&(struct world_options){NULL, NULL});
	struct arena arena, kept;

	arena_init(&arena, 1 << 18);
	arena_init(&kept, 1 << 16);
	const struct str spec = spec_of(&kept, file);
	const double from = cpu_seconds();
	const double empty = bytes_in_use();

	for (int i = 0; i < CLUSTERS; i++) {
		arena_reset(&arena);
		put_cluster(world, &arena, spec, i);
	}
	const double clusters = bytes_in_use();
	const double taken = cpu_seconds() - from;

	for (int i = 0; i < CLUSTERS * PODS; i++) {
		arena_reset(&arena);
		put_pod(world, &arena, i / PODS, i % PODS);
	}
	const double pods = bytes_in_use();
	for (int i = 0; i < CLUSTERS; i++) {
		arena_reset(&arena);
		settle(world, &arena, i);
	}
	const double settled = bytes_in_use();
	const double looked = look_at_all(world, &arena);

	printf("cache, %s: a spec of %zu bytes, %.0f us to take one in, %.0f us to look at one\n",
		name, spec.len, taken * 1e6 / CLUSTERS, looked * 1e6 / CLUSTERS);
	const bool small =
		tell("RayClusters", (clusters - empty) / CLUSTERS, CLUSTER_GATE, CLUSTER_AIM) &
		tell("pods", (pods - clusters) / (CLUSTERS * PODS), POD_GATE, POD_AIM) &
		tell("acceptances", (settled - pods) / CLUSTERS, ACCEPTANCE_GATE, ACCEPTANCE_AIM);

	world_free(&world);
	arena_done(&kept);
	arena_done(&arena);
	return small;
}

static bool measure_ledger(void)
{
	struct ledger *ledger = ledger_new_watched(CLUSTERS);
	struct arena arena;
	const double empty = bytes_in_use();

	arena_init(&arena, 1 << 12);
	for (int i = 0; i < CLUSTERS; i++) {
		arena_reset(&arena);
		const struct ledger_key key = {.group = STR("ray.io"),
			.kind = STR("RayCluster"),
			.namespace = arena_printf(&arena, "team-%d", i % 100),
			.name = arena_printf(&arena, "demo-%d", i)};

		ledger_see(ledger, &key, CHARGE, ARRAY_LEN(CHARGE));
	}
	const double full = bytes_in_use();

	ledger_free(&ledger);
	arena_done(&arena);
	return tell("charges", (full - empty) / CLUSTERS, CHARGE_GATE, CHARGE_AIM);
}

int main(void)
{
	return measure("real", "tests/bench/data/update-12k.json") & measure_ledger() ? 0 : 1;
}
