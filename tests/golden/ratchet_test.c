/*
 * Installing the gate must freeze nothing that runs: every golden object, right or wrong, is taken
 * as the stored version, and a change that leaves its mistakes alone is admitted. What changes are
 * those that controllers and people make all day.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "api/patch.h"
#include "base/yaml.h"
#include "tests/support/files.h"
#include "tests/support/verdict.h"

#define FOLDER "tests/golden/rules"

/* JSON Patches. A step whose place the object does not have leaves the change out. */
static const struct {
	const char *name;
	const char *patch;
} CHANGES[] = {
	{"a label",
		"[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"touched\":\"yes\"}}]"},
	{"the autoscaler scales up",
		"[{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"RayCluster\"},"
		"{\"op\":\"add\",\"path\":\"/spec/workerGroupSpecs/0/"
		"replicas\",\"value\":REPLICAS}]"},
	{"the autoscaler scales down",
		"[{\"op\":\"test\",\"path\":\"/kind\",\"value\":\"RayCluster\"},"
		"{\"op\":\"add\",\"path\":\"/spec/workerGroupSpecs/0/replicas\",\"value\":MINIMUM},"
		"{\"op\":\"add\",\"path\":\"/spec/workerGroupSpecs/0/scaleStrategy\",\"value\":"
		"{\"workersToDelete\":[\"demo-small-worker-abcde\"]}}]"},
	{"a label of the head's pod",
		"[{\"op\":\"test\",\"path\":\"/apiVersion\",\"value\":\"ray.io/v1\"},"
		"{\"op\":\"add\",\"path\":\"CLUSTER/headGroupSpec/template/metadata/labels/"
		"touched\","
		"\"value\":\"yes\"}]"},
	{"a variable of the head's container",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/headGroupSpec/template/spec/containers/0/env/"
		"-\","
		"\"value\":{\"name\":\"TOUCHED\",\"value\":\"yes\"}}]"},
	{"a toleration of the first workers",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/workerGroupSpecs/0/template/spec/"
		"tolerations\","
		"\"value\":[{\"key\":\"touched\",\"operator\":\"Exists\"}]}]"},
	{"a toleration of the first podType",
		"[{\"op\":\"add\",\"path\":\"/spec/podTypes/0/podConfig/spec/tolerations\","
		"\"value\":[{\"key\":\"touched\",\"operator\":\"Exists\"}]}]"},
	{"a group moves to the end", "[{\"op\":\"move\",\"from\":\"CLUSTER/workerGroupSpecs/"
				     "0\",\"path\":\"CLUSTER/workerGroupSpecs/-\"}]"},
	{"a podType moves to the end",
		"[{\"op\":\"move\",\"from\":\"/spec/podTypes/0\",\"path\":\"/spec/podTypes/-\"}]"},
	{"a group is new",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/workerGroupSpecs/"
		"0\",\"value\":{\"groupName\":\"touched\",\"replicas\":1,\"minReplicas\":0,"
		"\"maxReplicas\":1,\"rayStartParams\":{},\"template\":{\"spec\":{\"containers\":[{"
		"\"name\":\"ray-worker\",\"image\":\"rayproject/"
		"ray:2.46.0\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}}}"
		"]"},
	{"a second container of the head",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/headGroupSpec/template/spec/containers/"
		"-\",\"value\":{\"name\":\"touched\",\"image\":\"busybox:1.36\",\"resources\":{"
		"\"limits\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}}}}]"},
	{"an init container of the first workers",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/workerGroupSpecs/0/template/spec/"
		"initContainers\",\"value\":[{\"name\":\"touched\",\"image\":\"busybox:1.36\","
		"\"resources\":{\"limits\":{\"cpu\":\"100m\",\"memory\":\"64Mi\"}}}]}]"},
	{"more memory for the head",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/headGroupSpec/template/spec/containers/0/"
		"resources\",\"value\":{\"limits\":{\"cpu\":\"8\",\"memory\":\"32Gi\"}}}]"},
	{"another image of the head",
		"[{\"op\":\"add\",\"path\":\"CLUSTER/headGroupSpec/template/spec/containers/0/"
		"image\",\"value\":\"registry.example.com/team/ray:touched\"}]"},
};

/* A good item that is put in front of every list of items that have no name, or may have none. */
static const struct {
	const char *list;
	const char *item;
} INSERTED[] = {
	{"POD/metadata/finalizers", "\"example.com/touched\""},
	{"POD/spec/tolerations", "{\"key\":\"touched\",\"operator\":\"Exists\"}"},
	{"POD/spec/topologySpreadConstraints",
		"{\"maxSkew\":1,\"topologyKey\":\"touched\",\"whenUnsatisfiable\":"
		"\"ScheduleAnyway\",\"labelSelector\":{\"matchLabels\":{\"touched\":\"yes\"}}}"},
	{"POD/spec/dnsConfig/nameservers", "\"192.0.2.99\""},
	{"POD/spec/dnsConfig/searches", "\"touched.example.com\""},
	{"POD/spec/hostAliases", "{\"ip\":\"192.0.2.99\",\"hostnames\":[\"touched\"]}"},
	{"POD/spec/readinessGates", "{\"conditionType\":\"example.com/touched\"}"},
	{"POD/spec/schedulingGates", "{\"name\":\"example.com/touched\"}"},
	{"POD/spec/securityContext/sysctls", "{\"name\":\"net.touched\",\"value\":\"1\"}"},
	{"POD/spec/volumes", "{\"name\":\"touched\",\"emptyDir\":{}}"},
	{"POD/spec/containers/0/envFrom", "{\"configMapRef\":{\"name\":\"touched\"}}"},
	{"POD/spec/containers/0/env", "{\"name\":\"TOUCHED\",\"value\":\"yes\"}"},
	{"POD/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/"
	 "nodeSelectorTerms",
		"{\"matchExpressions\":[{\"key\":\"touched\",\"operator\":\"Exists\"}]}"},
	{"POD/spec/affinity/nodeAffinity/preferredDuringSchedulingIgnoredDuringExecution",
		"{\"weight\":1,\"preference\":{\"matchExpressions\":[{\"key\":\"touched\","
		"\"operator\":\"Exists\"}]}}"},
	{"POD/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution",
		"{\"topologyKey\":\"touched\",\"labelSelector\":{\"matchLabels\":{\"touched\":"
		"\"yes\"}}}"},
	{"CLUSTER/workerGroupSpecs/0/scaleStrategy/workersToDelete", "\"demo-touched\""},
};

static const char *const PODS[] = {
	"CLUSTER/headGroupSpec/template",
	"CLUSTER/workerGroupSpecs/0/template",
	"/spec/podTypes/0/podConfig",
};

/* What such a change makes worse, or what has no name by which it could be known again. */
static const struct {
	const char *rule;
	const char *why;
} MEANT[] = {
	{"RG0306", "there is one more"},
	{"RG0517", "the containers ask for more than before of the whole pod's"},
};

static bool is_meant(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(MEANT); i++) {
		if (str_contains(str_from(name), MEANT[i].rule))
			return true;
	}
	return false;
}

static const struct json_node *read_yaml(struct arena *arena, struct str text)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	return doc.json.root;
}

static const char *cluster_path(const struct json_node *root)
{
	const struct json_node *const kind = json_get(root, "kind");

	if (json_str_is(kind, STR("RayJob")))
		return "/spec/rayClusterSpec";
	if (json_str_is(kind, STR("RayService")))
		return "/spec/rayClusterConfig";
	return json_str_is(kind, STR("RayCronJob")) ? "/spec/jobTemplate/rayClusterSpec" : "/spec";
}

static int64_t number_at(const struct json_node *group, const char *name, int64_t fallback)
{
	int64_t value = fallback;

	if (!json_i64(json_get(group, name), &value) || value < 0)
		return fallback;
	return value;
}

/* The patch with its words filled in for this object, within the group's bounds. */
static struct str fill(struct arena *arena, const char *patch, const struct json_node *root)
{
	CLEANUP(buf_done) struct buf out = {0};
	const struct json_node *const group =
		json_item(json_get(json_get(root, "spec"), "workerGroupSpecs"), 0);
	const int64_t min = number_at(group, "minReplicas", 0);
	const int64_t max = number_at(group, "maxReplicas", min + 1);

	while (*patch) {
		const struct str rest = str_from(patch);

		if (str_starts(rest, "CLUSTER/")) {
			buf_add_cstr(&out, cluster_path(root));
			patch += sizeof("CLUSTER") - 1;
		} else if (str_starts(rest, "REPLICAS")) {
			buf_printf(&out, "%lld", (long long)(max > min ? min + 1 : min));
			patch += sizeof("REPLICAS") - 1;
		} else if (str_starts(rest, "MINIMUM")) {
			buf_printf(&out, "%lld", (long long)min);
			patch += sizeof("MINIMUM") - 1;
		} else {
			buf_add_char(&out, *patch++);
		}
	}
	return arena_str(arena, buf_str(&out));
}

/* The changed object as JSON; empty where it has no such place. */
static struct str changed(struct arena *arena, const struct json_node *root, const char *text)
{
	static const struct json_limits LIMITS = {.bytes = 4096, .depth = 10, .nodes = 100};
	CLEANUP(buf_done) struct buf out = {0};
	struct json_doc doc;
	struct patch patch;
	struct err err;

	cr_assert(json_read(arena, fill(arena, text, root), &LIMITS, &doc, &err), "%s", err.text);
	cr_assert(patch_read(arena, doc.root, &patch, &err), "%s", err.text);
	if (!patch_apply(arena, root, &patch, &out, &err))
		return (struct str){0};
	return arena_str(arena, buf_str(&out));
}

/* A stored object, and what is tried with it. */
struct stored {
	struct arena *arena;
	const char *name;
	struct str text;
	const struct json_node *root;
	struct policy *policy;
	size_t tried;
};

static void try_change(struct stored *o, const char *change, const char *patch)
{
	CLEANUP(buf_done) struct buf text = {0};
	const struct verdict_case it = {
		.object = changed(o->arena, o->root, patch),
		.old = o->text,
		.policy = o->policy,
	};
	struct findings findings;

	if (it.object.len == 0)
		return;
	o->tried++;
	verdict_judge(o->arena, &it, &findings);
	verdict_print(&findings, &text);
	cr_expect_eq(
		findings.errors, 0u, "%s, %s:\n%.*s", o->name, change, STR_ARG(buf_str(&text)));
}

static void try_inserts(struct stored *o, const char *pod)
{
	for (size_t i = 0; i < ARRAY_LEN(INSERTED); i++) {
		const bool of_pod = str_starts(str_from(INSERTED[i].list), "POD");
		const char *const list = INSERTED[i].list + (of_pod ? strlen("POD") : 0);
		const struct str patch = arena_printf(o->arena,
			"[{\"op\":\"add\",\"path\":\"%s%s/0\",\"value\":%s}]", of_pod ? pod : "",
			list, INSERTED[i].item);

		try_change(o, list, patch.at);
	}
}

static size_t try_changes(struct arena *arena, const char *name, struct str text)
{
	struct stored o = {arena, name, text, read_yaml(arena, text), policy_empty(), 0};

	for (size_t i = 0; i < ARRAY_LEN(CHANGES); i++)
		try_change(&o, CHANGES[i].name, CHANGES[i].patch);
	for (size_t i = 0; i < ARRAY_LEN(PODS); i++)
		try_inserts(&o, PODS[i]);
	policy_free(&o.policy);
	return o.tried;
}

Test(ratchet, a_change_that_leaves_the_mistakes_is_admitted)
{
	static const char *const FILES[] = {"refused.yaml", "accepted.yaml"};
	struct arena names, arena;
	size_t tried = 0;

	arena_init(&names, 65536);
	arena_init(&arena, 65536);
	const struct files_list rules = files_in(&names, FOLDER);

	for (size_t i = 0; i < rules.count * ARRAY_LEN(FILES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct err err;
		const char *const name = arena_printf(
			&names, FOLDER "/%s/%s", rules.names[i / 2], FILES[i % ARRAY_LEN(FILES)])
						 .at;

		if (!is_meant(name) && files_read(name, &text, &err))
			tried += try_changes(&arena, name, buf_str(&text));
		arena_reset(&arena);
	}
	cr_expect_gt(tried, 1000u, "%zu", tried);
	arena_done(&arena);
	arena_done(&names);
}

#define TOLERATES(list)                                                                            \
	"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a, namespace: b}\n"             \
	"spec: {headGroupSpec: {rayStartParams: {}, template: {spec: {tolerations: [" list "],\n"  \
	"  containers: [{name: ray-head, image: \"rayproject/ray:2.46.0\"}]}}}}\n"
#define BAD "{operator: Exists, value: \"true\"}"

Test(ratchet, one_more_of_the_same_mistake_is_new)
{
	struct arena arena;
	struct policy *policy = policy_empty();
	struct findings findings;
	struct verdict_case it = {.old = STR(TOLERATES(BAD)), .policy = policy};

	arena_init(&arena, 65536);
	it.object = STR(TOLERATES("{operator: Exists}, " BAD));
	verdict_judge(&arena, &it, &findings);
	cr_expect_eq(findings.errors, 0u);
	it.object = STR(TOLERATES("{operator: Exists}, " BAD ", " BAD));
	verdict_judge(&arena, &it, &findings);
	cr_expect_eq(findings.errors, 2u);
	arena_done(&arena);
	policy_free(&policy);
}
