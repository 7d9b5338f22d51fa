#include <criterion/criterion.h>
#include <stdio.h>

#include "server/children/legacy_pod.h"
#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"
#include "tests/support/ray_spec.h"

#define PODS     "/api/v1/namespaces/ns/pods"
#define SERVICES "/api/v1/namespaces/ns/services"
#define CLAIMS   "/api/v1/namespaces/ns/persistentvolumeclaims"

static const struct {
	const char *clusters, *cluster_label, *group_label, *head, *state, *ready;
} WORDS[] = {
	[DIALECT_MODERN] = {"/apis/ray.io/v1/namespaces/ns/rayclusters", "ray.io/cluster",
		"ray.io/group", "headgroup", "state", "ready"},
	[DIALECT_LEGACY] = {"/apis/cluster.ray.io/v1/namespaces/ns/rayclusters", LEGACY_CLUSTER,
		LEGACY_POD_TYPE, "head", "phase", "Running"},
};

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 1 << 16};

const char *controller_kit_path(
	const struct controller_kit *kit, struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", WORDS[kit->dialect].clusters, name).at;
}

const struct json_node *controller_kit_read(struct arena *arena, const char *text)
{
	struct json_doc doc;
	struct err err;

	cr_assert_not_null(text);
	cr_assert(json_read(arena, str_from(text), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

enum world_kind controller_kit_kind(const struct controller_kit *kit, const char *path)
{
	if (str_starts(str_from(path), PODS "/"))
		return WORLD_PODS;
	if (str_starts(str_from(path), SERVICES "/"))
		return WORLD_SERVICES;
	if (str_starts(str_from(path), CLAIMS "/"))
		return WORLD_CLAIMS;
	return str_starts(str_from(path), WORDS[kit->dialect].clusters) ? WORLD_CLUSTERS
									: WORLD_KINDS;
}

void controller_kit_apply(struct controller_kit *kit, const char *name, int workers)
{
	struct arena arena CLEANUP(arena_done);
	arena_init(&arena, 4096);
	const struct str spec = ray_spec(&arena, kit->dialect, workers);
	const struct str json = arena_printf(&arena,
		"{\"apiVersion\":\"%s/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":"
		"\"%s\",\"namespace\":\"ns\",\"generation\":1,\"uid\":\"uid-of-%s\","
		"\"creationTimestamp\":\"2027-01-15T08:00:00Z\"},\"spec\":%.*s}",
		DIALECT_WORDS[kit->dialect].group, name, name, STR_ARG(spec));

	fake_cluster_put(kit->cluster, controller_kit_path(kit, &arena, name), json.at);
}

const char *controller_kit_cluster(const struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 1024);
	return fake_cluster_get(kit->cluster, controller_kit_path(kit, &arena, name));
}

bool controller_kit_says(const struct controller_kit *kit, const char *name, const char *words)
{
	const char *const json = controller_kit_cluster(kit, name);

	return json && strstr(json, words);
}

/* Puts text in the place of some other that is in the object once. */
static void change(struct controller_kit *kit, const char *path, const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);
	const char *const json = fake_cluster_get(kit->cluster, path);
	const char *const at = json ? strstr(json, from) : NULL;

	arena_init(&arena, 4096);
	cr_assert_not_null(at, "%s is not in %s", from, json);
	fake_cluster_put(kit->cluster, path,
		arena_printf(&arena, "%.*s%s%s", (int)(at - json), json, to, at + strlen(from)).at);
}

static void next_generation(struct controller_kit *kit, const char *path)
{
	struct arena arena CLEANUP(arena_done);
	int64_t generation = 0;

	arena_init(&arena, 4096);
	json_i64(
		json_get(json_get(controller_kit_read(&arena, fake_cluster_get(kit->cluster, path)),
				 "metadata"),
			"generation"),
		&generation);
	change(kit, path, arena_printf(&arena, "\"generation\":%d", (int)generation).at,
		arena_printf(&arena, "\"generation\":%d", (int)generation + 1).at);
}

void controller_kit_suspend(struct controller_kit *kit, const char *name, bool suspended)
{
	static const char PLAIN[] = "\"spec\":{\"rayVersion\":";
	static const char SUSPENDED[] = "\"spec\":{\"suspend\":true,\"rayVersion\":";
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const char *const path = controller_kit_path(kit, &arena, name);

	change(kit, path, suspended ? PLAIN : SUSPENDED, suspended ? SUSPENDED : PLAIN);
	next_generation(kit, path);
}

void controller_kit_scale(struct controller_kit *kit, const char *name, int workers)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const char *const path = controller_kit_path(kit, &arena, name);
	const bool modern = kit->dialect == DIALECT_MODERN;
	const char *const field = modern ? "replicas" : "minWorkers";
	const struct json_node *const spec =
		json_get(controller_kit_read(&arena, fake_cluster_get(kit->cluster, path)), "spec");
	const struct json_node *const group =
		modern ? json_item(json_get(spec, "workerGroupSpecs"), 0)
		       : json_item(json_get(spec, "podTypes"), 1);
	int64_t had = 0;

	json_i64(json_get(group, field), &had);
	change(kit, path, arena_printf(&arena, "\"%s\":%d", field, (int)had).at,
		arena_printf(&arena, "\"%s\":%d", field, workers).at);
	next_generation(kit, path);
}

void controller_kit_autoscale(struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	change(kit, controller_kit_path(kit, &arena, name),
		"\"rayVersion\":", "\"enableInTreeAutoscaling\":true,\"rayVersion\":");
}

void controller_kit_edit(
	struct controller_kit *kit, const char *name, const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	change(kit, controller_kit_path(kit, &arena, name), from, to);
	next_generation(kit, controller_kit_path(kit, &arena, name));
}

void controller_kit_delete(struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	fake_cluster_delete(kit->cluster, controller_kit_path(kit, &arena, name));
}

void controller_kit_put_pod(
	struct controller_kit *kit, const char *name, const char *group, const char *owner)
{
	const char *const type = strcmp(group, "headgroup") == 0 ? "head" : "worker";
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const struct str owners = owner ? arena_printf(&arena,
						  ",\"ownerReferences\":[{\"controller\":true,"
						  "\"uid\":\"%s\"}]",
						  owner)
					: STR("");

	fake_cluster_put(kit->cluster, arena_printf(&arena, PODS "/%s", name).at,
		arena_printf(&arena,
			"{\"metadata\":{\"name\":\"%s\",\"namespace\":\"ns\",\"uid\":\"%s\","
			"\"labels\":{\"ray.io/cluster\":\"a\",\"ray.io/node-type\":\"%s\","
			"\"ray.io/group\":\"%s\"}%.*s},\"spec\":{}}",
			name, name, type, group, STR_ARG(owners))
			.at);
}

bool controller_kit_run_pods(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	const char *json;
	const char *path;
	bool any = false;

	arena_init(&arena, 4096);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));) {
		if (controller_kit_kind(kit, path) != WORLD_PODS || strstr(json, "\"phase\""))
			continue;
		const struct str running = arena_printf(&arena,
			"%.*s,\"status\":{\"phase\":\"Running\",\"podIP\":\"10.0.0.1\","
			"\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}",
			(int)strlen(json) - 1, json);

		fake_cluster_put(kit->cluster, path, running.at);
		any = true;
		at = 0;
	}
	return any;
}

/* In the first pod with this in its name. */
static void change_pod(
	struct controller_kit *kit, const char *part, const char *from, const char *to)
{
	const char *path;

	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path);) {
		if (controller_kit_kind(kit, path) == WORLD_PODS && strstr(path, part)) {
			change(kit, path, from, to);
			return;
		}
	}
	cr_assert_fail("there is no pod %s", part);
}

void controller_kit_fail_readiness(struct controller_kit *kit, const char *part)
{
	change_pod(kit, part, "\"Ready\",\"status\":\"True\"", "\"Ready\",\"status\":\"False\"");
}

void controller_kit_lose_node(struct controller_kit *kit, const char *part)
{
	change_pod(kit, part, "\"Ready\",\"status\":\"True\"",
		"\"ContainersReady\",\"status\":\"True\"},{\"type\":\"Ready\",\"status\":"
		"\"False\"");
}

void controller_kit_end_pod(struct controller_kit *kit, const char *part)
{
	change_pod(kit, part, "\"phase\":\"Running\"", "\"phase\":\"Failed\"");
}

void controller_kit_lose(struct controller_kit *kit, const char *part)
{
	const char *path;

	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path);) {
		if (strstr(path, part)) {
			fake_cluster_delete(kit->cluster, path);
			at = 0;
		}
	}
}

static bool is_of(
	const struct controller_kit *kit, const char *json, const char *name, const char *group)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	const struct json_node *const labels =
		json_get(json_get(controller_kit_read(&arena, json), "metadata"), "labels");

	return json_str_is(json_get(labels, WORDS[kit->dialect].cluster_label), str_from(name)) &&
	       (!group || json_str_is(json_get(labels, WORDS[kit->dialect].group_label),
				  str_from(group)));
}

static size_t count_of(
	const struct controller_kit *kit, enum world_kind kind, const char *name, const char *group)
{
	const char *json;
	const char *path;
	size_t count = 0;

	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));)
		count += controller_kit_kind(kit, path) == kind && is_of(kit, json, name, group);
	return count;
}

size_t controller_kit_pods(const struct controller_kit *kit, const char *name, const char *group)
{
	return count_of(kit, WORLD_PODS, name, group);
}

size_t controller_kit_pods_with_cpu(const struct controller_kit *kit, const char *cpu)
{
	char words[64];
	const char *json;
	const char *path;
	size_t pods = 0;

	snprintf(words, sizeof(words), "\"limits\":{\"cpu\":\"%s\"", cpu);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));)
		pods += controller_kit_kind(kit, path) == WORLD_PODS && strstr(json, words);
	return pods;
}

void controller_kit_expect_pods(const struct controller_kit *kit, const char *name, size_t pods)
{
	const size_t is = controller_kit_pods(kit, name, NULL);

	cr_expect_eq(is, pods, "%s has %zu, not %zu: %s", name, is, pods,
		controller_kit_cluster(kit, name));
}

size_t controller_kit_status_writes(const struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 1024);
	const struct str wanted =
		arena_printf(&arena, "%s/%s/status", WORDS[kit->dialect].clusters, name);
	const struct str log = fake_cluster_log(kit->cluster);
	size_t writes = 0;

	for (size_t i = 0; i + wanted.len <= log.len; i++)
		writes += memcmp(log.at + i, wanted.at, wanted.len) == 0;
	return writes;
}

void controller_kit_expect(struct controller_kit *kit, const char *name, size_t workers)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const struct json_node *const root =
		controller_kit_read(&arena, controller_kit_cluster(kit, name));
	const struct str state =
		json_str(&arena, json_get(json_get(root, "status"), WORDS[kit->dialect].state));
	const struct str log = fake_cluster_log(kit->cluster);

	cr_expect_eq(controller_kit_pods(kit, name, WORDS[kit->dialect].head), 1u, "%s:%.*s", name,
		STR_ARG(log));
	cr_expect_eq(
		controller_kit_pods(kit, name, "workers"), workers, "%s:%.*s", name, STR_ARG(log));
	cr_expect_eq(count_of(kit, WORLD_SERVICES, name, NULL), 1u, "%s:%.*s", name, STR_ARG(log));
	cr_expect(str_is(state, WORDS[kit->dialect].ready), "%s is '%.*s'", name, STR_ARG(state));
}
