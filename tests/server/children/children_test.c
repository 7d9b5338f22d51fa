/*
 * What is made of a cluster: who makes it, and of one whose spec is of the wrong types everywhere:
 * less, and nothing falls.
 */
#include "server/children/children.h"

#include <criterion/criterion.h>
#include <string.h>

#include "base/attr.h"
#include "base/yaml.h"
#include "tests/support/files.h"

/* What may stand where something else belongs. */
static const char *const ODD[] = {
	"\"x\"", "1", "true", "[]", "{}", "[null]", "[\"x\"]", "[{}]", "{\"name\":[]}"};

static struct str sample(struct arena *arena, const char *name)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	CLEANUP(buf_done) struct buf text = {0};
	struct yaml_doc doc;
	struct err err;

	cr_assert(files_read(arena_printf(arena, "manifests/samples/%s", name).at, &text, &err),
		"%s", err.text);
	cr_assert(yaml_read(arena, arena_str(arena, buf_str(&text)), &LIMITS, &doc, &err), "%s: %s",
		name, err.text);
	return doc.json.text;
}

static void make(struct str json, enum dialect dialect, const struct policy *policy)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 100, .nodes = 100000};
	struct child_context c;
	struct field_errors errors;
	struct json_doc doc;
	struct arena arena;
	struct err err;
	uint64_t left_out;

	arena_init(&arena, 65536);
	cr_assert(
		json_read(&arena, json, &LIMITS, &doc, &err), "%s: %.*s", err.text, STR_ARG(json));
	field_errors_init(&errors, &arena, doc.root);
	const struct schema_decoder decoder = {
		.arena = &arena, .errors = &errors, .crd_defaults = true};
	const struct ray_object *const object =
		ray_object_decode(&decoder, RAY_CLUSTER, dialect, doc.root);

	if (object->cluster) {
		child_context_init(&c, &arena, object, STR("default"), STR(""));
		c.policy = policy;
		struct json_edit *made = children_of(&c, 10, &left_out);

		cr_expect_eq(json_edit_kind(made), JSON_ARRAY);
		json_edit_free(&made);
	}
	arena_done(&arena);
}

struct walk {
	struct str json;
	enum dialect dialect;
	const struct policy *policies[2];
	size_t made;
};

/* Each value below `node` gives way to each odd one, one at a time. */
static void spoil(struct walk *w, const struct json_node *node)
{
	const struct str raw = json_raw(node);
	const struct str before = {w->json.at, (size_t)(raw.at - w->json.at)};
	const struct str after = str_from_offset(w->json, before.len + raw.len);

	for (size_t i = 0; i < ARRAY_LEN(ODD); i++) {
		CLEANUP(buf_done) struct buf text = {0};

		buf_printf(&text, "%.*s%s%.*s", STR_ARG(before), ODD[i], STR_ARG(after));
		make(buf_str(&text), w->dialect, w->policies[w->made++ % 2]);
	}
	for (struct json_iter it = json_iter(node);
		node->kind == JSON_ARRAY && json_next_item(&it);)
		spoil(w, it.value);
	for (struct json_iter it = json_iter(node);
		node->kind == JSON_OBJECT && json_next_member(&it);)
		spoil(w, it.value);
}

static void spoil_sample(const char *name, const struct policy *raygate)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 100, .nodes = 100000};
	struct json_doc doc;
	struct arena arena;
	struct err err;

	arena_init(&arena, 65536);
	struct walk w = {.json = sample(&arena, name),
		.dialect = str_starts(str_from(name), "cluster.") ? DIALECT_LEGACY : DIALECT_MODERN,
		.policies = {NULL, raygate}};

	cr_assert(json_read(&arena, w.json, &LIMITS, &doc, &err), "%s: %s", name, err.text);
	spoil(&w, json_get(doc.root, "metadata"));
	spoil(&w, json_get(doc.root, "spec"));
	cr_expect_gt(w.made, 100u, "%s", name);
	arena_done(&arena);
}

Test(children, wrong_types_anywhere_in_a_cluster_are_borne)
{
	struct policy *raygate = policy_empty();
	struct arena arena;
	size_t count = 0;

	raygate->target.controller = POLICY_CONTROLLER_RAYGATE;
	arena_init(&arena, 65536);
	const struct files_list samples = files_in(&arena, "manifests/samples");

	for (size_t i = 0; i < samples.count; i++) {
		const struct str name = str_from(samples.names[i]);

		if (!str_starts(name, "ray.io-") && !str_starts(name, "cluster.ray.io-"))
			continue;
		spoil_sample(samples.names[i], raygate);
		count++;
	}
	cr_expect_gt(count, 40u);
	policy_free(&raygate);
	arena_done(&arena);
}

/*
 * What is made of a cluster with this label of its origin, whose spec and head have these members;
 * the caller frees it.
 */
static struct json_edit *made_of_origin(struct arena *arena, const char *origin,
	const char *spec_has, const char *head_has, const struct policy *policy)
{
	static const struct json_limits LIMITS = {.bytes = 65536, .depth = 20, .nodes = 1000};
	const struct str text = arena_printf(arena,
		"{\"metadata\":{\"name\":\"a\",\"labels\":{\"ray.io/originated-from-crd\":\"%s\"}},"
		"\"spec\":{%s\"headGroupSpec\":{%s\"template\":{\"spec\":{\"containers\":[{"
		"\"name\":"
		"\"r\"}]}}}}}",
		origin, spec_has, head_has);
	struct child_context c;
	struct field_errors errors;
	struct json_doc doc;
	struct err err;
	uint64_t left_out;

	cr_assert(json_read(arena, text, &LIMITS, &doc, &err), "%s: %s", err.text, text.at);
	field_errors_init(&errors, arena, doc.root);
	const struct schema_decoder decoder = {.arena = arena, .errors = &errors};

	child_context_init(&c, arena,
		ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, doc.root), STR("default"),
		STR(""));
	c.policy = policy;
	return children_of(&c, 10, &left_out);
}

static struct json_edit *made_of(struct arena *arena, const char *spec_has, const char *head_has,
	const struct policy *policy)
{
	return made_of_origin(arena, "", spec_has, head_has, policy);
}

static struct str kinds_of(struct arena *arena, const char *members, const struct policy *policy)
{
	CLEANUP(buf_done) struct buf kinds = {0};
	struct json_edit *made = made_of(arena, members, "", policy);

	for (const struct json_edit *v = json_edit_first(made); v; v = json_edit_next(v)) {
		buf_add(&kinds, json_edit_text(json_edit_get(v, STR("kind"))));
		buf_add_char(&kinds, ' ');
	}
	json_edit_free(&made);
	return arena_str(arena, buf_str(&kinds));
}

Test(children, a_secret_is_made_of_what_its_controller_would)
{
	static const struct {
		const char *members, *kuberay, *raygate;
	} CASES[] = {
		{"", "Service Pod ", "Service Pod "},
		{"\"authOptions\":{},", "Secret Service Pod ", "Service Pod "},
		{"\"authOptions\":{\"mode\":\"token\"},", "Secret Service Pod ",
			"Secret Service Pod "},
		{"\"authOptions\":{\"mode\":\"disabled\"},", "Service Pod ", "Service Pod "},
		{"\"authOptions\":{\"secretName\":\"s\"},", "Service Pod ", "Service Pod "},
		{"\"managedBy\":\"ray.io/kuberay-operator\",", "Service Pod ", "Service Pod "},
		{"\"managedBy\":\"kueue.x-k8s.io/multikueue\",", "", ""},
	};
	struct policy *raygate = policy_empty();
	struct arena arena;

	raygate->target.controller = POLICY_CONTROLLER_RAYGATE;
	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str theirs = kinds_of(&arena, CASES[i].members, NULL);
		const struct str ours = kinds_of(&arena, CASES[i].members, raygate);

		cr_expect(str_is(theirs, CASES[i].kuberay), "%s: KubeRay makes %.*s",
			CASES[i].members, STR_ARG(theirs));
		cr_expect(str_is(ours, CASES[i].raygate), "%s: Raygate makes %.*s",
			CASES[i].members, STR_ARG(ours));
	}
	arena_done(&arena);
	policy_free(&raygate);
}

Test(children, what_a_value_means_where_it_could_mean_two_things)
{
	static const struct {
		const char *what, *spec, *head, *has;
	} CASES[] = {
		{"a command of the sidecar's own",
			"\"enableInTreeAutoscaling\":true,\"autoscalerOptions\":{\"args\":[\"x\"]}"
			",",
			"", "\"args\":[\"x\"]"},
		{"an empty one is none, as KubeRay has it",
			"\"enableInTreeAutoscaling\":true,\"autoscalerOptions\":{\"args\":[]},", "",
			"\"args\":[\"ray kuberay-autoscaler"},
		{"a port of the agent's own", "",
			"\"rayStartParams\":{\"dashboard-agent-listen-port\":\"5000\"},",
			"http://localhost:5000/api/local_raylet_healthz"},
		{"the greatest that is a number to KubeRay", "",
			"\"rayStartParams\":{\"dashboard-agent-listen-port\":\"2147483647\"},",
			"http://localhost:2147483647/api/local_raylet_healthz"},
		{"a greater one is none", "",
			"\"rayStartParams\":{\"dashboard-agent-listen-port\":\"2147483648\"},",
			"http://localhost:52365/api/local_raylet_healthz"},
		{"the least", "",
			"\"rayStartParams\":{\"dashboard-agent-listen-port\":\"-2147483648\"},",
			"http://localhost:-2147483648/api/local_raylet_healthz"},
		{"a lesser one is none", "",
			"\"rayStartParams\":{\"dashboard-agent-listen-port\":\"-2147483649\"},",
			"http://localhost:52365/api/local_raylet_healthz"},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct arena arena CLEANUP(arena_done);

		arena_init(&arena, 65536);
		struct json_edit *made = made_of(&arena, CASES[i].spec, CASES[i].head, NULL);

		json_edit_print(made, &text);
		json_edit_free(&made);
		cr_expect(str_contains(buf_str(&text), CASES[i].has), "%s: no %s in\n%.*s",
			CASES[i].what, CASES[i].has, STR_ARG(buf_str(&text)));
	}
}

/* As KubeRay knows them: a RayCronJob's is one of a RayJob, or it is somebody's own label. */
Test(children, a_head_tells_ray_which_kind_it_is_of)
{
	static const struct {
		const char *label, *kind;
	} CASES[] = {
		{"RayJob", "RayJob"},
		{"RayService", "RayService"},
		{"RayCluster", "RayCluster"},
		{"RayCronJob", "RayCluster"},
		{"x", "RayCluster"},
		{"", "RayCluster"},
	};
	struct arena arena;

	arena_init(&arena, 65536);
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct json_edit *made = made_of_origin(&arena, CASES[i].label, "", "", NULL);

		json_edit_print(made, &text);
		cr_expect(str_contains(buf_str(&text),
				  arena_printf(&arena, ";kuberay_crd=%s\"", CASES[i].kind).at),
			"%s: %.*s", CASES[i].label, STR_ARG(buf_str(&text)));
		json_edit_free(&made);
	}
	arena_done(&arena);
}
