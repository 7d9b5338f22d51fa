#include "server/check/inputs.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/str.h"
#include "tests/support/certs_kit.h"

/* A folder with a little of everything, and what is taken of it. */
static const char MAKE[] =
	"cd %s && mkdir -p sub/deep .hidden empty && touch b.yaml a.yml c.json "
	"README.md .x.yaml .hidden/d.yaml sub/e.yaml sub/deep/kustomization.yaml && "
	"mkfifo pipe.yaml && ln -s nowhere gone.yaml && ln -s ../sub sub/ring && "
	"ln -s b.yaml link.yaml && mkdir folder.yaml && mkdir built short && "
	"touch built/Kustomization built/kustomization built/Dockerfile short/kustomization.yml";

struct taken {
	bool recursive;
	const char *below;
	const char *paths[10]; /* below the folder */
	size_t passed_over;
	const char *kustomization;
};

static const struct taken TAKEN[] = {
	{false, "", {"a.yml", "b.yaml", "c.json", "gone.yaml", "link.yaml"}, 5, NULL},
	{true, "",
		{"a.yml", "b.yaml", "built/Kustomization", "c.json", "gone.yaml", "link.yaml",
			"short/kustomization.yml", "sub/deep/kustomization.yaml", "sub/e.yaml"},
		1, "built/Kustomization"},
	{false, "/built", {"Kustomization"}, 0, "Kustomization"},
	{false, "/short", {"kustomization.yml"}, 0, "kustomization.yml"},
	{false, "/sub", {"e.yaml"}, 2, NULL},
	{false, "/sub/deep", {"kustomization.yaml"}, 0, "kustomization.yaml"},
	/* What is named is taken, whatever it is: a pipe of a shell, too. */
	{false, "/pipe.yaml", {""}, 0, NULL},
	{false, "/README.md", {""}, 0, NULL},
	{false, "/nothing.yaml", {""}, 0, NULL},
	{false, "/sub/deep/kustomization.yaml", {""}, 0, ""},
};

static void expect_path(struct arena *arena, const char *path, const char *top, const char *below)
{
	const struct str want = arena_printf(arena, "%s%s%s", top, below[0] ? "/" : "", below);

	cr_expect(path && str_is(want, path), "%s, not %s", path ? path : "none", want.at);
}

static void expect_taken(const struct taken *c, const char *folder)
{
	struct arena arena CLEANUP(arena_done);
	struct inputs in = {.recursive = c->recursive};
	struct err err;
	size_t n = 0;

	arena_init(&arena, 4096);
	const char *const path = arena_printf(&arena, "%s%s", folder, c->below).at;

	cr_assert(inputs_add(&arena, &in, path, &err), "%s: %s", c->below, err.text);
	for (; n < ARRAY_LEN(c->paths) && c->paths[n]; n++)
		expect_path(&arena, n < in.count ? in.paths[n] : NULL, path, c->paths[n]);
	cr_expect_eq(in.count, n, "%s: %zu", c->below, in.count);
	cr_expect_eq(in.passed_over, c->passed_over, "%s: %zu", c->below, in.passed_over);
	if (c->kustomization)
		expect_path(&arena, in.kustomization, path, c->kustomization);
	else
		cr_expect_null(in.kustomization, "%s", c->below);
}

Test(inputs, of_a_folder_its_manifests_are_taken)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();

	kit_run(MAKE, folder);
	for (size_t i = 0; i < ARRAY_LEN(TAKEN); i++)
		expect_taken(&TAKEN[i], folder);
}

/* Patches are no objects, wherever they are; what they are applied to is one. */
Test(inputs, what_a_kustomization_names_as_its_patches_is_left_out)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);
	struct inputs in = {.recursive = true};
	struct err err;

	arena_init(&arena, 4096);
	kit_run("cd %s && mkdir base prod bad && touch base/a.yaml base/patch.yaml prod/a.yaml "
		"prod/b.yaml prod/c.yaml prod/d.yaml bad/a.yaml && ln -s c.yaml prod/c-link.yaml",
		folder);
	kit_write(folder, "base/kustomization.yaml", "resources: [a.yaml]\n");
	kit_write(folder, "bad/kustomization.yaml", "patches: [path: a.yaml\n");
	kit_write(folder, "prod/Kustomization",
		"resources: [../base, b.yaml]\n"
		"patches:\n"
		"- path: ./a.yaml\n"
		"- path: ../base/patch.yaml\n"
		"- patch: '[]'\n"
		"- path: nowhere.yaml\n"
		"- path: [b.yaml]\n"
		"patchesStrategicMerge: [c.yaml, \"kind: RayCluster\\n\"]\n"
		"patchesJson6902: [{path: d.yaml, target: {kind: RayCluster}}]\n");
	static const char *const LEFT[] = {"bad/a.yaml", "bad/kustomization.yaml", "base/a.yaml",
		"base/kustomization.yaml", "prod/Kustomization", "prod/b.yaml"};

	cr_assert(inputs_add(&arena, &in, folder, &err), "%s", err.text);
	for (size_t i = 0; i < ARRAY_LEN(LEFT); i++)
		expect_path(&arena, i < in.count ? in.paths[i] : NULL, folder, LEFT[i]);
	cr_expect_eq(in.count, ARRAY_LEN(LEFT), "%zu", in.count);
	cr_expect_eq(in.patches, 5u, "%zu", in.patches);
	/* Its patches are passed over, and the others have none. */
	expect_path(&arena, in.kustomization, folder, "prod/Kustomization");
	cr_expect_eq(in.kustomizations, 3u, "%zu", in.kustomizations);
}

Test(inputs, of_kustomizations_the_first_that_has_patches_is_told)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);
	struct inputs in = {.recursive = true};
	struct err err;

	arena_init(&arena, 4096);
	kit_run("cd %s && mkdir a b c && touch b/p.yaml c/p.yaml", folder);
	kit_write(folder, "a/kustomization.yaml", "resources: [../b]\n");
	kit_write(folder, "b/kustomization.yaml", "patches: [{path: p.yaml}]\n");
	kit_write(folder, "c/kustomization.yaml", "patches: [{path: p.yaml}]\n");
	cr_assert(inputs_add(&arena, &in, folder, &err), "%s", err.text);
	expect_path(&arena, in.kustomization, folder, "b/kustomization.yaml");
	cr_expect_eq(in.kustomizations, 3u, "%zu", in.kustomizations);
	cr_expect_eq(in.patches, 2u, "%zu", in.patches);
}

Test(inputs, a_folder_that_has_none_is_told)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct arena arena CLEANUP(arena_done);
	struct inputs in = {0};
	struct err err;

	arena_init(&arena, 4096);
	kit_run("touch %s/README.md", folder);
	cr_assert_not(inputs_add(&arena, &in, folder, &err));
	cr_assert_str_eq(err.text, "holds no *.yaml, *.yml or *.json");
	kit_run("mkdir %s/sub", folder);
	cr_assert_not(inputs_add(&arena, &in, folder, &err));
	cr_assert_str_eq(err.text, "holds no *.yaml, *.yml or *.json; -R looks into the folders "
				   "within it, too");
	cr_assert_eq(in.count, 0u);
}

/* By the same kustomization, or by another one. */
Test(inputs, a_patch_that_is_a_resource_as_well_is_judged)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct inputs in = {.recursive = true};
	struct arena arena;
	struct err err;

	kit_run("cd %s && mkdir a b && touch a/both.yaml a/patch.yaml b/base.yaml", folder);
	kit_write(folder, "a/kustomization.yaml",
		"resources: [both.yaml]\npatches: [{path: both.yaml}, {path: patch.yaml}, "
		"{path: ../b/base.yaml}]\n");
	kit_write(folder, "b/kustomization.yaml", "resources: [base.yaml]\n");
	arena_init(&arena, 4096);
	cr_assert(inputs_add(&arena, &in, folder, &err), "%s", err.text);
	cr_expect_eq(in.patches, 1u, "%zu", in.patches);
	cr_expect_eq(in.count, 4u, "%zu", in.count);
	cr_expect(str_ends(str_from(in.paths[0]), "a/both.yaml"), "%s", in.paths[0]);
	cr_expect(str_ends(str_from(in.paths[2]), "b/base.yaml"), "%s", in.paths[2]);
	arena_done(&arena);
}
