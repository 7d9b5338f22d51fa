/*
 * What a legacy container runs, run: by bash, with a `ray` that starts a process named raylet, or
 * does not. And what such a pod looks like where the user starts Ray himself.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/yaml.h"
#include "server/children/legacy_pod.h"
#include "tests/support/files.h"

#define SLEEP "command: [/bin/bash, -c, --], args: ['trap : TERM INT; sleep infinity & wait;']"

static struct json_edit *head_of(struct arena *arena, const char *container, const char *commands)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 10000, .expanded = 10000};
	struct field_errors errors;
	struct child_context c;
	struct yaml_doc doc;
	struct err err;
	const struct str text = arena_printf(arena,
		"metadata: {name: demo, namespace: ns}\n"
		"spec:\n"
		"  headPodType: h\n"
		"  podTypes:\n"
		"  - {name: h, podConfig: {metadata: {generateName: h-}, spec: {containers: "
		"[{%s}]}}}\n"
		"  headStartRayCommands: %s\n",
		container, commands);

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	field_errors_init(&errors, arena, doc.json.root);
	const struct schema_decoder decoder = {.arena = arena, .errors = &errors};

	child_context_init(&c, arena,
		ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_LEGACY, doc.json.root), STR(""),
		STR(""));
	return legacy_pod_of_head(&c);
}

static const struct json_edit *container_of(const struct json_edit *pod)
{
	return json_edit_item(json_edit_get(json_edit_get(pod, STR("spec")), STR("containers")), 0);
}

/*
 * A folder with a `ray` that starts Ray, or cannot. What stands for the raylet is named as the
 * folder: there may be others on this machine. Ray ends when whoever watches it has found it, and
 * sleeps until the next look.
 */
static const char *make_ray(struct arena *arena)
{
	char folder[] = "/tmp/raygate-test-XXXXXX";

	cr_assert_not_null(mkdtemp(folder));
	const char *const name = strrchr(folder, '/') + 1;
	const char *const command = arena_printf(arena,
		"cd %s && cp \"$(command -v sleep)\" %s && cat >ray <<'END' && chmod +x ray\n"
		"#!/bin/bash\n"
		"[ \"$1\" = start ] || exit 0\n"
		"[ -z \"$FAIL\" ] || exit 7\n"
		"setsid %s/%s 100 </dev/null >/dev/null 2>&1 &\n"
		"until read -r -d '' name </proc/$!/cmdline && [ \"$name\" = %s/%s ]; do :; done\n"
		"echo $! >raylet\n"
		"END\n"
		"cat >sleep <<'END' && chmod +x sleep\n"
		"#!/bin/bash\n"
		"kill -9 $(<raylet)\n"
		"END\n",
		folder, name, folder, name, folder, name)
					    .at;

	cr_assert_eq(system(command), 0);
	return arena_printf(arena, "%s", folder).at;
}

/* As Kubernetes does it, to which $$ is one $; with those variables. */
static int run(
	struct arena *arena, const char *folder, const char *env, const struct json_edit *pod)
{
	const struct json_edit *const container = container_of(pod);
	const struct str script =
		json_edit_text(json_edit_item(json_edit_get(container, STR("args")), 0));
	const char *const words = arena_printf(arena,
		"cd %s && cat >script <<'THE END'\n%.*s\nTHE END\n"
		"export PATH=%s:$PATH %s; exec timeout 20 /bin/bash -c -- "
		"\"$(sed 's/\\$\\$/$/g; s/raylet | gcs_server/%s/' script)\" 2>errors",
		folder, STR_ARG(script), folder, env, strrchr(folder, '/') + 1)
					  .at;

	cr_expect(str_contains(script, "in raylet | gcs_server)"));
	const int status = system(words);

	cr_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void expect_said(const char *folder, const char *words)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;
	char path[128];

	snprintf(path, sizeof(path), "%s/errors", folder);
	cr_assert(files_read_path(path, &text, &err), "%s", err.text);
	cr_expect(str_contains(buf_str(&text), words), "no \"%s\" in\n%.*s", words,
		STR_ARG(buf_str(&text)));
}

Test(legacy_start, the_container_ends_as_ray_does)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const char *const folder = make_ray(&arena);
	struct json_edit *pod =
		head_of(&arena, "name: r, image: i, " SLEEP, "[ray stop, ray start --head]");

	cr_expect_eq(run(&arena, folder, "FAIL=", pod), 1);
	expect_said(folder, "Ray has ended");
	cr_expect_eq(run(&arena, folder, "FAIL=1", pod), 7);
	expect_said(folder, "ended with 7: ray start --head");
	json_edit_free(&pod);
	pod = head_of(&arena, "name: r, image: i, " SLEEP, "[\"echo 'it''s $((1 + 1))' >&2\"]");
	cr_expect_eq(run(&arena, folder, "FAIL=", pod), 1);
	expect_said(folder, "its $((1 + 1))");
	expect_said(folder, "Ray is not running after its start commands");
	json_edit_free(&pod);
	cr_expect_eq(system(arena_printf(&arena, "rm -r %s", folder).at), 0);
	arena_done(&arena);
}

/* What the pod's probe says while a program of that name runs, as which the folder's name stands.
 */
static int probe_says(
	struct arena *arena, const char *folder, const char *program, const struct json_edit *pod)
{
	const struct json_edit *const probe = json_edit_get(container_of(pod), STR("startupProbe"));
	const struct json_edit *const words =
		json_edit_get(json_edit_get(probe, STR("exec")), STR("command"));
	const struct str script = json_edit_text(json_edit_item(words, 2));
	const char *const own = strrchr(folder, '/') + 1;
	const char *const command = arena_printf(arena,
		"cd %s && cat >probe <<'THE END'\n%.*s\nTHE END\n"
		"cp \"$(command -v sleep)\" %s-%s; %s/%s-%s 20 & p=$!\n"
		"until [ \"$(tr '\\0' ' ' </proc/$p/cmdline)\" = \"%s/%s-%s 20 \" ]; do :; done\n"
		"cd %s; timeout 10 /bin/bash -c \"$(sed 's/raylet/%s-raylet/; "
		"s/gcs_server/%s-gcs_server/' probe)\"\n"
		"code=$?; kill $p; exit $code",
		folder, STR_ARG(script), own, program, folder, own, program, folder, own, program,
		folder, own, own)
					    .at;

	cr_expect(str_contains(script, "raylet"));
	const int status = system(command);

	cr_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

Test(legacy_start, a_node_is_ready_when_programs_beside_it_find_ray)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const char *const folder = make_ray(&arena);
	struct json_edit *pod = head_of(&arena, "name: r, image: i, " SLEEP, "[ray start --head]");

	cr_expect_eq(probe_says(&arena, folder, "gcs_server", pod), 1);
	cr_expect_eq(probe_says(&arena, folder, "raylet", pod), 0);
	json_edit_free(&pod);
	cr_expect_eq(system(arena_printf(&arena, "rm -r %s", folder).at), 0);
	arena_done(&arena);
}

static const char *env_of(struct arena *arena, const struct json_edit *container, const char *name)
{
	const struct json_edit *v = json_edit_first(json_edit_get(container, STR("env")));

	for (; v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("name"))), name))
			return arena_str(arena, json_edit_text(json_edit_get(v, STR("value")))).at;
	}
	return NULL;
}

/* clang-format off */
static const struct {
	const char *what, *container, *commands;
	bool wrapped;
	const char *left; /* in the environment */
} CONTAINERS[] = {
	{"the chart's", "name: r, " SLEEP, "[a, b]", true, NULL},
	{"without the last semicolon", "name: r, command: [bash, -c, 'trap : TERM INT; sleep infinity & wait']",
	 "[a]", true, NULL},
	{"with something in front", "name: r, command: [/bin/bash, -c, --], "
	 "args: ['touch x; trap : TERM INT; sleep infinity & wait;']", "[a]", true, NULL},
	{"nothing to start", "name: r, " SLEEP, "[]", false, NULL},
	{"another command", "name: r, command: [/start-ray.sh]", "[a, 'b $(c) $$ $d']", false, "a\nb $$(c) $$$ $d\n"},
	{"no command", "name: r", "[a]", false, "a\n"},
	{"another shell", "name: r, command: [/bin/sh, -c, 'trap : TERM INT; sleep infinity & wait;']", "[a]", false, "a\n"},
};
/* clang-format on */

Test(legacy_start, only_a_container_that_sleeps_is_told_to_start_ray)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CONTAINERS); i++) {
		struct json_edit *pod =
			head_of(&arena, CONTAINERS[i].container, CONTAINERS[i].commands);
		const struct json_edit *const container = container_of(pod);
		const bool wrapped = json_edit_get(container, STR("startupProbe")) != NULL;
		const char *const left = env_of(&arena, container, "RAYGATE_START_COMMANDS");

		cr_expect_eq(wrapped, CONTAINERS[i].wrapped, "%s", CONTAINERS[i].what);
		cr_expect(CONTAINERS[i].left ? left && strcmp(left, CONTAINERS[i].left) == 0
					     : left == NULL,
			"%s: %s", CONTAINERS[i].what, left ? left : "nothing");
		json_edit_free(&pod);
	}
	arena_done(&arena);
}

/* What the script of a head runs, in its order. */
static const struct {
	const char *what, *container, *commands, *run;
} FIRST[] = {
	{"the chart's", "name: r, " SLEEP, "[ray stop, ray start --head]",
		"run 'ray start --head'\n"},
	{"nothing but it", "name: r, " SLEEP, "[' ray stop ', ray stop]", ""},
	{"behind another", "name: r, " SLEEP, "[a, ray stop, b]",
		"run 'a'\nrun 'ray stop'\nrun 'b'\n"},
	{"of several words", "name: r, " SLEEP, "[ray stop --force]", "run 'ray stop --force'\n"},
	{"behind what the container runs",
		"name: r, command: [/bin/bash, -c, --], "
		"args: ['a; trap : TERM INT; sleep infinity & wait;']",
		"[ray stop]", "run 'ray stop'\n"},
};

Test(legacy_start, what_cannot_run_yet_is_not_stopped)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(FIRST); i++) {
		struct json_edit *pod = head_of(&arena, FIRST[i].container, FIRST[i].commands);
		const struct str script = json_edit_text(
			json_edit_item(json_edit_get(container_of(pod), STR("args")), 0));
		const char *const expected = arena_printf(&arena,
			"  [ $code -eq 0 ] || { echo \"ended with $code: $1\" "
			">&2; exit $code; }\n}\n%sray=\n",
			FIRST[i].run)
						     .at;

		cr_expect(
			str_contains(script, expected), "%s: %.*s", FIRST[i].what, STR_ARG(script));
		json_edit_free(&pod);
	}
	arena_done(&arena);
}

/* As the operator of 2022 told Ray, mended. */
static const struct {
	const char *resources, *told;
} RESOURCES[] = {
	{"name: r", "{\"CPU\":0,\"GPU\":0}"},
	{"name: r, resources: {limits: {cpu: 1, memory: 1Gi}}",
		"{\"CPU\":1,\"GPU\":0,\"memory\":751619276}"},
	{"name: r, resources: {limits: {cpu: 500m, memory: 512Mi}}",
		"{\"CPU\":1,\"GPU\":0,\"memory\":375809638}"},
	{"name: r, resources: {limits: {cpu: '1.5', memory: 1G, nvidia.com/gpu: 2}}",
		"{\"CPU\":2,\"GPU\":2,\"memory\":700000000}"},
	{"name: r, resources: {requests: {cpu: 2, memory: 1Gi}}", "{\"CPU\":0,\"GPU\":0}"},
};

Test(legacy_start, ray_is_told_the_limits)
{
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(RESOURCES); i++) {
		struct json_edit *pod = head_of(&arena, RESOURCES[i].resources, "[a]");
		const char *const told =
			env_of(&arena, container_of(pod), "RAY_OVERRIDE_RESOURCES");

		cr_expect_str_eq(told, RESOURCES[i].told);
		json_edit_free(&pod);
	}
	arena_done(&arena);
}
