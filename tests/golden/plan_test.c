/*
 * tests/golden/plan/NAME: what `raygate plan -o yaml` prints of manifests/samples/NAME, for every
 * RayCluster of ray.io; `make golden` writes them anew. They are the objects that KubeRay 1.7
 * creates of these samples, but for the script of wait-gcs-ready, which is our own.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/yaml.h"
#include "server/controller/children.h"
#include "tests/support/files.h"

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

	return ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, doc.json.root);
}

static void print(struct arena *arena, const char *name, struct buf *out)
{
	struct child_context c;
	uint64_t left_out;

	child_context_init(&c, arena, decode(arena, name), STR("default"), STR(""));
	struct json_edit *children = children_of(&c, 100, &left_out);

	for (const struct json_edit *v = json_edit_first(children); v; v = json_edit_next(v)) {
		if (out->len)
			buf_add_cstr(out, "---\n");
		json_edit_print_yaml(v, out);
	}
	json_edit_free(&children);
}

static void compare(struct arena *arena, const char *name)
{
	CLEANUP(buf_done) struct buf actual = {0};
	CLEANUP(buf_done) struct buf expected = {0};
	const char *const path = arena_printf(arena, "tests/golden/plan/%s", name).at;
	struct err err;

	print(arena, name, &actual);
	if (getenv("GOLDEN")) {
		cr_assert(files_write(path, buf_str(&actual), &err), "%s", err.text);
		return;
	}
	cr_expect(files_read(path, &expected, &err), "%s", err.text);
	cr_expect(str_eq(buf_str(&expected), buf_str(&actual)), "%s: expected\n%.*sis\n%.*s", path,
		STR_ARG(buf_str(&expected)), STR_ARG(buf_str(&actual)));
}

Test(golden_plan, every_sample_has_its_objects)
{
	struct arena names, arena;
	size_t count = 0;

	arena_init(&names, 65536);
	arena_init(&arena, 65536);
	const struct files_list samples = files_in(&names, "manifests/samples");

	for (size_t i = 0; i < samples.count; i++) {
		if (!str_starts(str_from(samples.names[i]), "ray.io-"))
			continue;
		compare(&arena, samples.names[i]);
		arena_reset(&arena);
		count++;
	}
	cr_expect_gt(count, 40u);
	arena_done(&arena);
	arena_done(&names);
}
