/*
 * tests/golden/plan/NAME: what `raygate plan -o yaml` prints of manifests/samples/NAME, for every
 * RayCluster; `make golden` writes them anew. Those of ray.io are the objects that KubeRay 1.7
 * creates of these samples, but for the script of wait-gcs-ready, which is our own.
 *
 * tests/golden/plan-raygate has the same where the policy's target is our own controller. Between
 * the two only what README lists may differ: level() takes that away.
 */
#include <criterion/criterion.h>

#include "base/yaml.h"
#include "server/children/children.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

static const struct ray_object *decode(struct arena *arena, const char *name)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	CLEANUP(buf_done) struct buf text = {0};
	struct field_errors errors;
	struct yaml_doc doc;
	struct err err;

	cr_assert(files_read(arena_printf(arena, "manifests/samples/%s", name).at, &text, &err),
		"%s", err.text);
	cr_assert(yaml_read(arena, arena_str(arena, buf_str(&text)), &LIMITS, &doc, &err), "%s: %s",
		name, err.text);
	field_errors_init(&errors, arena, doc.json.root);
	const struct schema_decoder decoder = {
		.arena = arena, .errors = &errors, .crd_defaults = true};

	return ray_object_decode(&decoder, RAY_CLUSTER,
		str_starts(str_from(name), "cluster.") ? DIALECT_LEGACY : DIALECT_MODERN,
		doc.json.root);
}

static struct json_edit *children(
	struct arena *arena, const char *name, const struct policy *policy)
{
	struct child_context c;
	uint64_t left_out;

	child_context_init(&c, arena, decode(arena, name), STR("default"), STR(""));
	c.policy = policy;
	return children_of(&c, 100, &left_out);
}

static void compare(const char *name, const struct json_edit *list, const char *folder)
{
	CLEANUP(buf_done) struct buf actual = {0};

	for (const struct json_edit *v = json_edit_first(list); v; v = json_edit_next(v)) {
		if (actual.len)
			buf_add_cstr(&actual, "---\n");
		json_edit_print_yaml(v, &actual);
	}
	golden_expect(buf_str(&actual), "tests/golden/%s/%s", folder, name);
}

/* --- the differences that README lists --- */

/* A member by its key, or an item of an array by its name. */
static struct json_edit *named(const struct json_edit *container, const char *name)
{
	struct json_edit *v = json_edit_first(container);

	if (json_edit_kind(container) == JSON_OBJECT)
		return json_edit_get(container, str_from(name));
	while (v && !str_is(json_edit_text(json_edit_get(v, STR("name"))), name))
		v = json_edit_next(v);
	return v;
}

static void drop(struct json_edit *container, const char *name)
{
	struct json_edit *const v = named(container, name);

	if (v == NULL)
		return;
	struct json_edit *taken = json_edit_take(container, v);

	json_edit_free(&taken);
}

/* Of the two pods each loses what may differ, as it is said to; the rest must be equal. */
static void level(struct json_edit *spec, bool kuberay)
{
	struct json_edit *const ray = json_edit_item(json_edit_get(spec, STR("containers")), 0);
	struct json_edit *const init = json_edit_get(spec, STR("initContainers"));
	struct json_edit *const startup = json_edit_get(ray, STR("startupProbe"));
	struct json_edit *const ready = json_edit_get(ray, STR("readinessProbe"));
	struct json_edit *const alive = json_edit_get(ray, STR("livenessProbe"));

	if (kuberay) {
		drop(init, "wait-gcs-ready");
		if (init && json_edit_count(init) == 0)
			json_edit_remove(spec, STR("initContainers"));
		return;
	}
	drop(json_edit_get(ray, STR("env")), "RAY_NUM_REDIS_GET_RETRIES");
	const struct str starts = json_edit_text(json_edit_get(startup, STR("failureThreshold")));

	/* Where the startup probe is ours, readiness does not wait. */
	if (str_is(starts, "1800") || str_is(starts, "630")) {
		cr_expect(str_is(
			json_edit_text(json_edit_get(ready, STR("initialDelaySeconds"))), "0"));
		json_edit_remove(ray, STR("startupProbe"));
		json_edit_set(ready, STR("initialDelaySeconds"), json_edit_i64(10));
	}
	/* A worker that nobody waits for long. */
	if (str_is(json_edit_text(json_edit_get(alive, STR("failureThreshold"))), "24")) {
		json_edit_set(alive, STR("failureThreshold"), json_edit_i64(120));
		json_edit_set(alive, STR("timeoutSeconds"), json_edit_i64(2));
	}
}

/* The Services that KubeRay does not label with the cluster's name. */
static void level_service(struct json_edit *meta)
{
	struct json_edit *const labels = json_edit_get(meta, STR("labels"));

	if (json_edit_get(labels, STR("ray.io/serve")) ||
		json_edit_get(labels, STR("ray.io/headless-worker-svc")))
		json_edit_remove(labels, STR("ray.io/cluster"));
}

static void level_all(struct json_edit *list, bool kuberay)
{
	for (struct json_edit *v = json_edit_first(list); v; v = json_edit_next(v)) {
		const struct str kind = json_edit_text(json_edit_get(v, STR("kind")));

		if (str_is(kind, "Pod"))
			level(json_edit_get(v, STR("spec")), kuberay);
		else if (str_is(kind, "Service"))
			level_service(json_edit_get(v, STR("metadata")));
	}
}

static void compare_both(struct arena *arena, const char *name, const struct policy *raygate)
{
	struct json_edit *theirs = children(arena, name, NULL);
	struct json_edit *ours = children(arena, name, raygate);

	compare(name, theirs, "plan");
	/* Those of cluster.ray.io are ours whatever runs the others. */
	if (!str_starts(str_from(name), "cluster."))
		compare(name, ours, "plan-raygate");
	level_all(theirs, true);
	level_all(ours, false);
	cr_expect(json_edit_equal(theirs, ours), "%s differs by more than is listed", name);
	json_edit_free(&theirs);
	json_edit_free(&ours);
}

Test(golden_plan, every_sample_has_its_objects)
{
	struct arena names, arena;
	size_t count = 0;

	arena_init(&names, 65536);
	arena_init(&arena, 65536);
	const struct files_list samples = files_in(&names, "manifests/samples");
	struct policy *raygate = policy_empty();

	raygate->target.controller = POLICY_CONTROLLER_RAYGATE;
	for (size_t i = 0; i < samples.count; i++) {
		const struct str name = str_from(samples.names[i]);

		if (!str_starts(name, "ray.io-") && !str_starts(name, "cluster.ray.io-"))
			continue;
		compare_both(&arena, samples.names[i], raygate);
		arena_reset(&arena);
		count++;
	}
	cr_expect_gt(count, 40u);
	policy_free(&raygate);
	arena_done(&arena);
	arena_done(&names);
}
