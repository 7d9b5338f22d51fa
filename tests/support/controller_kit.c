#include "tests/support/controller_kit.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "api/derived_names.h"
#include "base/clock.h"
#include "server/children/legacy_pod.h"
#include "server/controller/deeds.h"
#include "server/plan/plan_legacy.h"
#include "server/plan/plan_modern.h"
#include "tests/support/ray_spec.h"
#include "tests/support/review.h"

enum { ROUNDS_MAX = 400, WRITES_MAX = 20000 };

#define PODS     "/api/v1/namespaces/ns/pods"
#define SERVICES "/api/v1/namespaces/ns/services"
#define CLAIMS   "/api/v1/namespaces/ns/persistentvolumeclaims"
#define NOW      (1800000000 * CLOCK_SECOND)

static const struct {
	const char *clusters, *cluster_label, *group_label, *head, *state, *ready;
} WORDS[] = {
	[DIALECT_MODERN] = {"/apis/ray.io/v1/namespaces/ns/rayclusters", "ray.io/cluster",
		"ray.io/group", "headgroup", "state", "ready"},
	[DIALECT_LEGACY] = {"/apis/cluster.ray.io/v1/namespaces/ns/rayclusters", LEGACY_CLUSTER,
		LEGACY_POD_TYPE, "head", "phase", "Running"},
};

static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 1 << 16};

struct controller_kit *controller_kit_new(const char *policy)
{
	return controller_kit_new_of(DIALECT_MODERN, policy);
}

struct controller_kit *controller_kit_new_of(enum dialect dialect, const char *policy)
{
	struct controller_kit *const kit = mem_alloc(sizeof(*kit));

	clock_hold(1000 * CLOCK_SECOND, NOW);
	kit->cluster = fake_cluster_new();
	kit->policy = policy ? review_policy(policy) : policy_empty();
	if (kit->policy->target.controller == POLICY_CONTROLLER_UNSAID)
		kit->policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	kit->dialect = dialect;
	kit->leads = true;
	return kit;
}

void controller_kit_free(struct controller_kit **pointer)
{
	struct controller_kit *const kit = *pointer;

	if (kit == NULL)
		return;
	controller_kit_kill(kit);
	fake_cluster_free(&kit->cluster);
	buf_done(&kit->events);
	policy_free(&kit->policy);
	clock_release();
	mem_free(pointer);
}

static const struct policy *policy(void *context)
{
	return ((struct controller_kit *)context)->policy;
}

static void policy_done(void *context, const struct policy *done)
{
	cr_assert_eq(done, policy(context));
}

static bool may(void *context, const struct world_key *key)
{
	const struct controller_kit *const kit = context;

	return kit->leads && key->dialect == kit->dialect;
}

/* Whether the five characters that are drawn begin there. */
static bool is_suffix(const char *at)
{
	static const char ALPHABET[] = DERIVED_ALPHABET;

	return *at == '-' && strspn(at + 1, ALPHABET) == DERIVED_SUFFIX_LEN;
}

static void tell_event(void *context, const struct kube_event *event)
{
	struct buf *const events = &((struct controller_kit *)context)->events;

	cr_assert_not_null(event->reason);
	buf_printf(events, "%s: ", event->reason);
	for (const char *at = event->message; *at; at++) {
		buf_add_char(events, *at);
		if (is_suffix(at)) {
			buf_add_char(events, '*');
			at += DERIVED_SUFFIX_LEN;
		}
	}
	buf_add_char(events, '\n');
}

static void did(
	void *context, const struct world_key *key, struct str uid, const struct deeds *deeds)
{
	deeds_tell(deeds, key, uid, tell_event, context);
}

static void ready(void *context, enum dialect dialect, int64_t seconds)
{
	struct controller_kit *const kit = context;

	cr_expect_eq(dialect, kit->dialect);
	kit->ready++;
	kit->ready_s = seconds;
}

static void changed(void *context, const struct world_key *key)
{
	struct controller_kit *const kit = context;

	if (kit->queue)
		workqueue_add(kit->queue, key);
}

static enum write_end perform_write(void *context, const struct write *write)
{
	return perform(&((struct controller_kit *)context)->performer, write);
}

static void withdrawn(void *context, const struct write *write)
{
	struct controller_kit *const kit = context;
	const struct world_outcome outcome = {.action = write->action,
		.child = write->child,
		.name = write->name,
		.group = write->group};

	world_write_withdrawn(kit->world, &write->key, write->uid, &outcome);
}

static void finished(
	void *context, const struct world_key *key, struct str uid, enum writers_end end)
{
	struct controller_kit *const kit = context;

	reconciler_finished(kit->reconciler, key, uid, end);
}

static const char *cluster_path(
	const struct controller_kit *kit, struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", WORDS[kit->dialect].clusters, name).at;
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

	fake_cluster_put(kit->cluster, cluster_path(kit, &arena, name), json.at);
}

static const struct json_node *read_json(struct arena *arena, const char *text)
{
	struct json_doc doc;
	struct err err;

	cr_assert_not_null(text);
	cr_assert(json_read(arena, str_from(text), &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
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
	json_i64(json_get(json_get(read_json(&arena, fake_cluster_get(kit->cluster, path)),
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
	const char *const path = cluster_path(kit, &arena, name);

	change(kit, path, suspended ? PLAIN : SUSPENDED, suspended ? SUSPENDED : PLAIN);
	next_generation(kit, path);
}

void controller_kit_scale(struct controller_kit *kit, const char *name, int workers)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	const char *const path = cluster_path(kit, &arena, name);
	const bool modern = kit->dialect == DIALECT_MODERN;
	const char *const field = modern ? "replicas" : "minWorkers";
	const struct json_node *const spec =
		json_get(read_json(&arena, fake_cluster_get(kit->cluster, path)), "spec");
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
	change(kit, cluster_path(kit, &arena, name),
		"\"rayVersion\":", "\"enableInTreeAutoscaling\":true,\"rayVersion\":");
}

void controller_kit_edit(
	struct controller_kit *kit, const char *name, const char *from, const char *to)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	change(kit, cluster_path(kit, &arena, name), from, to);
	next_generation(kit, cluster_path(kit, &arena, name));
}

void controller_kit_delete(struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 4096);
	fake_cluster_delete(kit->cluster, cluster_path(kit, &arena, name));
}

void controller_kit_begin(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	struct world_key *keys;

	arena_init(&arena, 4096);
	kit->client = fake_cluster_client(kit->cluster);
	kit->world = world_new(&(struct world_options){changed, kit});
	kit->performer = (struct performer){.client = kit->client, .world = kit->world};
	kit->writers = writers_new(&(struct writers_options){
		.perform = perform_write,
		.withdrawn = withdrawn,
		.finished = finished,
		.context = kit,
		.did = did,
	});
	controller_kit_tell(kit);
	kit->queue = workqueue_new(0);
	kit->reconciler = reconciler_new(&(struct reconciler_options){
		.world = kit->world,
		.queue = kit->queue,
		.writers = kit->writers,
		.plans = {[DIALECT_MODERN] = plan_modern, [DIALECT_LEGACY] = plan_legacy},
		.server = {.policy = policy,
			.policy_done = policy_done,
			.ready = ready,
			.context = kit},
		.may = may,
		.tell = tell_event,
		.context = kit,
	});
	const size_t keys_count = world_keys(kit->world, kit->dialect, &arena, &keys);

	for (size_t i = 0; i < keys_count; i++)
		reconciler_recall(kit->reconciler, &keys[i]);
	for (size_t i = 0; i < keys_count; i++)
		workqueue_add(kit->queue, &keys[i]);
}

void controller_kit_kill(struct controller_kit *kit)
{
	writers_free(&kit->writers);
	reconciler_free(&kit->reconciler);
	workqueue_free(&kit->queue);
	world_free(&kit->world);
	kube_client_free(&kit->client);
}

static enum world_kind kind_of(const struct controller_kit *kit, const char *path)
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

void controller_kit_tell(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	const char *json;
	const char *path;

	arena_init(&arena, 65536);
	for (enum world_kind kind = 0; kind < WORLD_KINDS; kind++) {
		world_listing(kit->world, kind, kit->dialect);
		for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));) {
			if (kind_of(kit, path) == kind)
				world_put(kit->world, kind, kit->dialect, read_json(&arena, json),
					&arena);
		}
		world_listed(kit->world, kind, kit->dialect);
	}
}

void controller_kit_tell_of(struct controller_kit *kit, const char *name)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	world_put(kit->world, WORLD_CLUSTERS, kit->dialect,
		read_json(&arena, fake_cluster_get(kit->cluster, cluster_path(kit, &arena, name))),
		&arena);
}

bool controller_kit_write(struct controller_kit *kit)
{
	while (reconciler_step(kit->reconciler))
		;
	cr_assert_lt(kit->writes++, WRITES_MAX, "it writes for ever");
	return writers_step(kit->writers);
}

bool controller_kit_run_pods(struct controller_kit *kit)
{
	struct arena arena CLEANUP(arena_done);
	const char *json;
	const char *path;
	bool any = false;

	arena_init(&arena, 4096);
	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));) {
		if (kind_of(kit, path) != WORLD_PODS || strstr(json, "\"phase\""))
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
		if (kind_of(kit, path) == WORLD_PODS && strstr(path, part)) {
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

void controller_kit_end_pod(struct controller_kit *kit, const char *part)
{
	change_pod(kit, part, "\"phase\":\"Running\"", "\"phase\":\"Failed\"");
}

void controller_kit_settle(struct controller_kit *kit)
{
	int quiet = 0;

	for (int round = 0; quiet < 4; round++) {
		bool any = false;

		cr_assert_lt(round, ROUNDS_MAX, "it never comes to rest: %.*s",
			STR_ARG(fake_cluster_log(kit->cluster)));
		while (controller_kit_write(kit))
			any = true;
		any = controller_kit_run_pods(kit) || any;
		controller_kit_tell(kit);
		quiet = any ? 0 : quiet + 1;
		clock_advance(20 * CLOCK_SECOND);
	}
}

static bool is_of(
	const struct controller_kit *kit, const char *json, const char *name, const char *group)
{
	struct arena arena CLEANUP(arena_done);

	arena_init(&arena, 65536);
	const struct json_node *const labels =
		json_get(json_get(read_json(&arena, json), "metadata"), "labels");

	return json_str_is(json_get(labels, WORDS[kit->dialect].cluster_label), str_from(name)) &&
	       (!group || json_str_is(json_get(labels, WORDS[kit->dialect].group_label),
				  str_from(group)));
}

static size_t count(
	const struct controller_kit *kit, enum world_kind kind, const char *name, const char *group)
{
	const char *json;
	const char *path;
	size_t count = 0;

	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path));)
		count += kind_of(kit, path) == kind && is_of(kit, json, name, group);
	return count;
}

size_t controller_kit_pods(const struct controller_kit *kit, const char *name, const char *group)
{
	return count(kit, WORLD_PODS, name, group);
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
		read_json(&arena, fake_cluster_get(kit->cluster, cluster_path(kit, &arena, name)));
	const struct str state =
		json_str(&arena, json_get(json_get(root, "status"), WORDS[kit->dialect].state));
	const struct str log = fake_cluster_log(kit->cluster);

	cr_expect_eq(controller_kit_pods(kit, name, WORDS[kit->dialect].head), 1u, "%s:%.*s", name,
		STR_ARG(log));
	cr_expect_eq(
		controller_kit_pods(kit, name, "workers"), workers, "%s:%.*s", name, STR_ARG(log));
	cr_expect_eq(count(kit, WORLD_SERVICES, name, NULL), 1u, "%s:%.*s", name, STR_ARG(log));
	cr_expect(str_is(state, WORDS[kit->dialect].ready), "%s is '%.*s'", name, STR_ARG(state));
}
