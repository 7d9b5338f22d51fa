/*
 * tests/golden/kuberay/facts/NAME.json: what KubeRay 1.7 creates of a RayCluster of
 * manifests/samples or of tests/golden/kuberay/manifests, written down by its own code (make.sh
 * there). What we plan of the same file is equal, field by field, but for the rows below; each has
 * its reason in README.
 */
#include <criterion/criterion.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/yaml.h"
#include "server/children/children.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/json_differ.h"

#define FOLDER "tests/golden/kuberay"

enum target {
	BOTH,    /* whoever's pods are planned … */
	RAYGATE, /* … or ours alone */
};

#define ABSENT ""
#define ANY    NULL

struct difference {
	const char *reason; /* README has these words */
	enum target of;
	const char *kind, *place; /* as fnmatch() has it; an object as a whole is at "" */
	const char *kuberay, *raygate;
};

#define ANNOTATIONS "| annotations of the head |"
#define WAIT        "| `wait-gcs-ready` of workers |"
#define READY       "| when a pod is ready |"
#define ENDED       "| a worker whose raylet has ended and whose container has not |"
#define SERVICES    "| Services for hosts and to serve |"
#define NO_TOKEN    "| `authOptions` without `mode: token` |"
#define NOT_YET     "It does not make yet: an Ingress, NetworkPolicies"

#define ANNOTATION "metadata/annotations/ray.io/"
#define INIT       "spec/initContainers/wait-gcs-ready"
#define RAY        "spec/containers/*/"
#define RETRIES    "{\"name\":\"RAY_NUM_REDIS_GET_RETRIES\",\"value\":\"200\"}"

static const struct difference DIFFERENCES[] = {
	{ANNOTATIONS, BOTH, "Pod", ANNOTATION "upgrade-strategy-recreate-hash", ANY, ABSENT},
	{ANNOTATIONS, BOTH, "Pod", ANNOTATION "kuberay-version", "\"v1.7.0\"", ABSENT},
	{WAIT, RAYGATE, "Pod", INIT, ANY, ABSENT},
	{WAIT, RAYGATE, "Pod", RAY "env/*", ABSENT, RETRIES},
	{"but for the words of the script", BOTH, "Pod", INIT "/args/0", "\"its script\"", ANY},
	{READY, RAYGATE, "Pod", RAY "startupProbe", ABSENT, ANY},
	{READY, RAYGATE, "Pod", RAY "readinessProbe/initialDelaySeconds", "10", "0"},
	{ENDED, RAYGATE, "Pod", RAY "livenessProbe/failureThreshold", "120", "24"},
	{ENDED, RAYGATE, "Pod", RAY "livenessProbe/timeoutSeconds", "2", "5"},
	{SERVICES, RAYGATE, "Service", "metadata/labels/ray.io/cluster", ABSENT, ANY},
	{NO_TOKEN, RAYGATE, "Secret", "", ANY, ABSENT},
	{NOT_YET, BOTH, "Ingress", "", ANY, ABSENT},
};

/* Which nobody can tell beforehand: what KubeRay draws, and the order in which Go walks a map. */
static const struct {
	const char *kind, *place;
} RANDOM[] = {
	{"Pod", "metadata/labels/ray.io/worker-group-replica-name"},
	{"Service", "spec/ports/order"},
};

struct comparison {
	const char *file, *object;
	const char *kind;
	enum target target;
	size_t *met; /* by row */
};

static bool is_value(const struct json_node *node, const char *pattern)
{
	return pattern == ANY ? node != NULL : str_is(json_raw(node), pattern);
}

static bool is_listed(const struct difference *row, const struct comparison *c, const char *place,
	const struct json_node *kuberay, const struct json_node *raygate)
{
	return (row->of == BOTH || row->of == c->target) && str_is(str_from(row->kind), c->kind) &&
	       fnmatch(row->place, place, 0) == 0 && is_value(kuberay, row->kuberay) &&
	       is_value(raygate, row->raygate);
}

static bool is_random(const struct comparison *c, const char *place)
{
	for (size_t i = 0; i < ARRAY_LEN(RANDOM); i++) {
		if (strcmp(RANDOM[i].kind, c->kind) == 0 && strcmp(RANDOM[i].place, place) == 0)
			return true;
	}
	return false;
}

static void differs(void *context, struct str place, const struct json_node *kuberay,
	const struct json_node *raygate)
{
	const struct comparison *const c = context;
	char at[512];

	snprintf(at, sizeof(at), "%.*s", STR_ARG(place));
	for (size_t i = 0; i < ARRAY_LEN(DIFFERENCES); i++) {
		if (is_listed(&DIFFERENCES[i], c, at, kuberay, raygate)) {
			c->met[i]++;
			return;
		}
	}
	cr_expect(is_random(c, at), "%s, %s, target %s: %s: KubeRay %.*s, we %.*s", c->file,
		c->object, c->target == RAYGATE ? "raygate" : "kuberay", at,
		STR_ARG(json_raw(kuberay)), STR_ARG(json_raw(raygate)));
}

/* --- what is compared --- */

static const struct json_node *read_json(struct arena *arena, struct str text)
{
	static const struct json_limits LIMITS = {
		.bytes = 1u << 22, .depth = 100, .nodes = 1u << 20};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	return doc.root;
}

static const struct json_node *planned(
	struct arena *arena, struct str manifest, const struct policy *policy)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	CLEANUP(buf_done) struct buf text = {0};
	struct field_errors errors;
	struct child_context c;
	struct yaml_doc doc;
	uint64_t left_out;
	struct err err;

	cr_assert(yaml_read(arena, manifest, &LIMITS, &doc, &err), "%s", err.text);
	field_errors_init(&errors, arena, doc.json.root);
	const struct schema_decoder decoder = {
		.arena = arena, .errors = &errors, .crd_defaults = true};
	struct ray_object *const object =
		ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, doc.json.root);

	object->meta.uid.v = STR("u");
	child_context_init(&c, arena, object, STR("default"), STR(""));
	c.policy = policy;
	struct json_edit *list = children_of(&c, 100, &left_out);

	json_edit_print(list, &text);
	json_edit_free(&list);
	return read_json(arena, arena_str(arena, buf_str(&text)));
}

/* Its kind and its name, or what that begins with. */
static struct str label_of(struct arena *arena, const struct json_node *object)
{
	const struct json_node *const meta = json_get(object, "metadata");
	const struct str name = json_str(arena, json_get(meta, "name"));
	const struct str kind = json_str(arena, json_get(object, "kind"));

	return arena_printf(arena, "%.*s %.*s", STR_ARG(kind),
		STR_ARG(name.len ? name : json_str(arena, json_get(meta, "generateName"))));
}

/* The one of that label before which there are so many of it. */
static const struct json_node *find_object(
	struct arena *arena, const struct json_node *list, struct str label, size_t before)
{
	for (struct json_iter it = json_iter(list); json_next_item(&it);) {
		if (str_eq(label_of(arena, it.value), label) && before-- == 0)
			return it.value;
	}
	return NULL;
}

/* Each of the one with its like in the other; `again` is the other way round, where that has none.
 */
static void compare_objects(struct arena *arena, struct comparison *c, const struct json_node *of,
	const struct json_node *with, bool again)
{
	for (struct json_iter it = json_iter(of); json_next_item(&it);) {
		const struct str label = label_of(arena, it.value);
		size_t before = 0;

		while (find_object(arena, of, label, before) != it.value)
			before++;
		const struct json_node *const like = find_object(arena, with, label, before);

		c->object = label.at;
		c->kind = arena_str(arena, json_str(arena, json_get(it.value, "kind"))).at;
		if (again && like == NULL)
			differs(c, STR(""), NULL, it.value);
		else if (!again && like == NULL)
			differs(c, STR(""), it.value, NULL);
		else if (!again)
			json_differ(it.value, like, differs, c);
	}
}

static struct str manifest_of(struct arena *arena, struct str name)
{
	const struct str own = golden_read(arena, FOLDER "/manifests/%.*s.yaml", STR_ARG(name));

	return own.at ? own : golden_need(arena, "manifests/samples/%.*s.yaml", STR_ARG(name));
}

static void compare_file(const char *file, const struct policy *raygate, size_t *met)
{
	const struct policy *const policies[] = {[BOTH] = NULL, [RAYGATE] = raygate};
	const struct str name = {file, strlen(file) - strlen(".json")};
	struct arena arena;

	arena_init(&arena, 65536);
	const struct json_node *const facts =
		read_json(&arena, golden_need(&arena, FOLDER "/facts/%s", file));

	for (enum target target = BOTH; target <= RAYGATE; target++) {
		struct comparison c = {.file = file, .target = target, .met = met};
		const struct json_node *const plan =
			planned(&arena, manifest_of(&arena, name), policies[target]);

		compare_objects(&arena, &c, facts, plan, false);
		compare_objects(&arena, &c, plan, facts, true);
	}
	arena_done(&arena);
}

Test(golden_kuberay, all_that_is_planned_is_what_kuberay_makes_but_for_what_readme_lists)
{
	size_t met[ARRAY_LEN(DIFFERENCES)] = {0};
	struct policy *raygate = policy_empty();
	struct arena arena;

	raygate->target.controller = POLICY_CONTROLLER_RAYGATE;
	arena_init(&arena, 65536);
	const struct files_list facts = files_in(&arena, FOLDER "/facts");

	for (size_t i = 0; i < facts.count; i++)
		compare_file(facts.names[i], raygate, met);
	cr_expect_geq(facts.count, 68u);
	/* A row that nothing meets any more is none. */
	for (size_t i = 0; i < ARRAY_LEN(DIFFERENCES); i++)
		cr_expect_gt(met[i], 0u, "nothing differs by row %zu: %s", i, DIFFERENCES[i].place);
	policy_free(&raygate);
	arena_done(&arena);
}

Test(golden_kuberay, each_difference_has_its_reason_in_readme)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str readme = golden_need(&arena, "README.md");

	for (size_t i = 0; i < ARRAY_LEN(DIFFERENCES); i++)
		cr_expect(str_contains(readme, DIFFERENCES[i].reason), "README.md lacks: %s",
			DIFFERENCES[i].reason);
	arena_done(&arena);
}
