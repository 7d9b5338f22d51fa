/*
 * tests/golden/plan/NAME: what `raygate plan -o yaml` prints of manifests/samples/NAME, for every
 * RayCluster; `make golden` writes them anew. tests/golden/plan-raygate has the same where the
 * policy's target is our own controller. Whether they are what KubeRay creates is for
 * kuberay_test.c.
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

static void compare_both(struct arena *arena, const char *name, const struct policy *raygate)
{
	struct json_edit *theirs = children(arena, name, NULL);
	struct json_edit *ours = children(arena, name, raygate);

	compare(name, theirs, "plan");
	/* Those of cluster.ray.io are ours whatever runs the others. */
	if (!str_starts(str_from(name), "cluster."))
		compare(name, ours, "plan-raygate");
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
