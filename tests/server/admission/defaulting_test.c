/* Defaults through the whole of an admission: what is added, recorded, given back, left alone. */
#include <criterion/criterion.h>

#include "api/patch.h"
#include "tests/support/review.h"
#include "validators/defaults.h"

static struct arena arena;
static struct policy *policy;

static const char POLICY[] =
	"{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"defaults\":{"
	"\"head\":{\"requests\":{\"cpu\":\"1\",\"memory\":\"2Gi\"},\"limits\":{\"memory\":\"2Gi\"}}"
	","
	"\"worker\":{\"requests\":{\"cpu\":\"2\"},\"limits\":{\"cpu\":\"2\",\"memory\":\"4Gi\"}}},"
	"\"profiles\":[{\"name\":\"all\",\"all\":{\"nodeSelector\":{\"zone\":\"a\"},"
	"\"tolerations\":[{\"key\":\"ray\",\"operator\":\"Exists\"}],"
	"\"env\":[{\"name\":\"TEAM\",\"value\":\"x\"}],\"labels\":{\"cost/center\":\"7\"},"
	"\"imagePullSecrets\":[{\"name\":\"pull\"}],\"priorityClassName\":\"normal\"}}]}";

static void start(void)
{
	arena_init(&arena, 65536);
	policy = review_policy(POLICY);
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(defaulting, .init = start, .fini = stop);

#define CLUSTER(head_spec, worker_spec)                                                            \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\","      \
	"\"namespace\":\"n\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":" head_spec      \
	"}},\"workerGroupSpecs\":[{\"groupName\":\"w\",\"minReplicas\":1,\"maxReplicas\":3,"       \
	"\"template\":{\"spec\":" worker_spec "}}]}}"

#define PLAIN_POD(name)                                                                            \
	"{\"containers\":[{\"name\":\"" name "\",\"image\":\"rayproject/ray:2.46.0\"}]}"
#define PLAIN CLUSTER(PLAIN_POD("h"), PLAIN_POD("w"))

static struct review_result mutate(struct str object, struct str old)
{
	struct review_result result;

	review_run(&arena,
		&(struct review_case){.phase = ADMIT_MUTATE,
			.object = object,
			.old = old,
			.namespace = STR("n"),
			.policy = policy},
		&result);
	cr_assert(result.allowed, "%.*s", STR_ARG(result.reply));
	return result;
}

static const struct json_node *read(struct str text)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 100000};
	struct json_doc doc;
	struct err err;

	cr_assert(
		json_read(&arena, text, &LIMITS, &doc, &err), "%s: %.*s", err.text, STR_ARG(text));
	return doc.root;
}

/* The value at a JSON path of plain names, as text; "" when it is absent. */
static struct str at(struct str object, const char *path)
{
	const struct json_node *node = read(object);
	struct str rest = str_from(path);

	while (node && rest.len) {
		const struct str step = str_cut(&rest, '.');
		int64_t index;

		node = str_to_i64(step, &index) ? json_item(node, (size_t)index)
						: json_get_str(node, step);
	}
	return node ? json_raw(node) : STR("");
}

#define HEAD   "spec.headGroupSpec.template.spec."
#define WORKER "spec.workerGroupSpecs.0.template.spec."

static void expect(struct str object, const char *path, const char *value)
{
	const struct str is = at(object, path);

	cr_expect(str_is(is, value), "%s is %.*s, not %s", path, STR_ARG(is), value);
}

static void expect_same(struct str is, struct str wanted, const char *what)
{
	cr_expect(json_equal(read(is), read(wanted)), "%s:\n%.*s\nwanted\n%.*s", what, STR_ARG(is),
		STR_ARG(wanted));
}

Test(defaulting, what_is_absent_is_added)
{
	const struct review_result r = mutate(STR(PLAIN), STR(""));

	expect(r.object, HEAD "containers.0.resources.requests.cpu", "\"1\"");
	expect(r.object, HEAD "containers.0.resources.limits.memory", "\"2Gi\"");
	expect(r.object, HEAD "containers.0.resources.limits.cpu", "");
	expect(r.object, WORKER "containers.0.resources.requests.cpu", "\"2\"");
	expect(r.object, WORKER "containers.0.resources.limits.memory", "\"4Gi\"");
	expect(r.object, WORKER "nodeSelector.zone", "\"a\"");
	expect(r.object, WORKER "tolerations.0.key", "\"ray\"");
	expect(r.object, WORKER "containers.0.env.0.name", "\"TEAM\"");
	expect(r.object, WORKER "priorityClassName", "\"normal\"");
	expect(r.object, WORKER "imagePullSecrets.0.name", "\"pull\"");
	expect(r.object, "spec.workerGroupSpecs.0.template.metadata.labels.cost/center", "\"7\"");
	expect(r.object, "spec.workerGroupSpecs.0.replicas", "1");
	expect(r.object, "spec.workerGroupSpecs.0.numOfHosts", "1");
	cr_assert(str_contains(r.object, DEFAULTS_ANNOTATION));
}

Test(defaulting, each_part_of_a_profile_is_added_in_its_place_and_stays_for_the_next)
{
	static const struct {
		const char *part, *path, *value;
	} CASES[] = {
		{"'annotations':{'a':'b'}", "spec.headGroupSpec.template.metadata.annotations.a",
			"\"b\""},
		{"'env':[{'name':'A','value':'b'}]", HEAD "containers.0.env.0.value", "\"b\""},
		{"'imagePullSecrets':[{'name':'a'}]", HEAD "imagePullSecrets.0.name", "\"a\""},
		{"'labels':{'a':'b'}", "spec.headGroupSpec.template.metadata.labels.a", "\"b\""},
		{"'limits':{'cpu':'3'}", HEAD "containers.0.resources.limits.cpu", "\"3\""},
		{"'nodeSelector':{'a':'b'}", HEAD "nodeSelector.a", "\"b\""},
		{"'podSecurityContext':{'fsGroup':7}", HEAD "securityContext.fsGroup", "7"},
		{"'priorityClassName':'a'", HEAD "priorityClassName", "\"a\""},
		{"'requests':{'cpu':'3'}", HEAD "containers.0.resources.requests.cpu", "\"3\""},
		{"'runtimeClassName':'a'", HEAD "runtimeClassName", "\"a\""},
		{"'schedulerName':'a'", HEAD "schedulerName", "\"a\""},
		{"'securityContext':{'runAsUser':7}", HEAD "containers.0.securityContext.runAsUser",
			"7"},
		{"'serviceAccountName':'a'", HEAD "serviceAccountName", "\"a\""},
		{"'tolerations':[{'operator':'Exists'}]", HEAD "tolerations.0.operator",
			"\"Exists\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct str text = arena_printf(&arena,
			"{'apiVersion':'raygate.dev/v1','kind':'Policy','profiles':[{'name':'p',"
			"'all':{%s}}]}",
			CASES[i].part);

		policy_free(&policy);
		policy = review_policy(text.at);
		const struct review_result first = mutate(STR(PLAIN), STR(""));

		expect(first.object, CASES[i].path, CASES[i].value);
		/* the user sends his own again, under a policy that has nothing to add */
		policy_free(&policy);
		policy = review_policy("{'apiVersion':'raygate.dev/v1','kind':'Policy'}");
		expect_same(mutate(STR(PLAIN), first.object).object, first.object, CASES[i].part);
	}
}

Test(defaulting, what_the_user_wrote_stays)
{
	const struct review_result r = mutate(
		STR(CLUSTER(
			"{\"containers\":[{\"name\":\"h\",\"env\":[{\"name\":\"TEAM\",\"value\":"
			"\"mine\"}],\"resources\":{\"limits\":{\"memory\":\"8G\"}}}],"
			"\"nodeSelector\":{\"zone\":\"b\"},\"priorityClassName\":\"high\"}",
			PLAIN_POD("w"))),
		STR(""));

	expect(r.object, HEAD "containers.0.resources.limits.memory", "\"8G\"");
	expect(r.object, HEAD "containers.0.resources.requests.memory", "");
	expect(r.object, HEAD "containers.0.resources.requests.cpu", "\"1\"");
	expect(r.object, HEAD "containers.0.env.0.value", "\"mine\"");
	expect(r.object, HEAD "nodeSelector.zone", "\"b\"");
	expect(r.object, HEAD "priorityClassName", "\"high\"");
}

Test(defaulting, a_second_call_has_nothing_to_add)
{
	const struct review_result first = mutate(STR(PLAIN), STR(""));
	const struct review_result second = mutate(first.object, STR(""));

	cr_assert_eq(second.patch.len, 0u, "%.*s", STR_ARG(second.patch));
}

Test(defaulting, the_manifest_sent_again_gives_the_stored_object)
{
	const struct review_result stored = mutate(STR(PLAIN), STR(""));
	CLEANUP(buf_done) struct buf merged = {0};

	expect_same(mutate(STR(PLAIN), stored.object).object, stored.object, "PUT");
	merge_patch_apply(&arena, read(stored.object), read(STR(PLAIN)), &merged);
	const struct str body = arena_str(&arena, buf_str(&merged));

	expect_same(mutate(body, stored.object).object, stored.object, "merge patch");
}

Test(defaulting, an_update_leaves_alone_what_was_admitted_without_defaults)
{
	const struct review_result r = mutate(
		STR(CLUSTER(
			"{\"containers\":[{\"name\":\"h\",\"image\":\"rayproject/ray:2.47.0\"}]}",
			PLAIN_POD("w"))),
		STR(PLAIN));

	cr_assert_eq(r.patch.len, 0u, "%.*s", STR_ARG(r.patch));
}

Test(defaulting, a_new_group_gets_todays_policy)
{
	const struct str with_two = STR(
		"{\"apiVersion\":\"ray.io/"
		"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\","
		"\"namespace\":\"n\"},\"spec\":{\"headGroupSpec\":{\"template\":{"
		"\"spec\":" PLAIN_POD(
			"h") "}},\"workerGroupSpecs\":[{\"groupName\":\"new\",\"minReplicas\":0,"
			     "\"maxReplicas\":1,\"template\":{\"spec\":" PLAIN_POD(
				     "w") "}},{"
					  "\"groupName\":\"w\",\"minReplicas\":1,\"maxReplicas\":3,"
					  "\"template\":{"
					  "\"spec\":" PLAIN_POD("w") "}}]}}");
	const struct review_result r = mutate(with_two, STR(PLAIN));

	expect(r.object, WORKER "containers.0.resources.requests.cpu", "\"2\"");
	expect(r.object, "spec.workerGroupSpecs.1.template.spec.containers.0.resources", "");
	expect_same(mutate(r.object, STR(PLAIN)).object, r.object, "called again");
	expect_same(mutate(with_two, r.object).object, r.object, "sent again");
}

Test(defaulting, a_value_taken_out_by_the_user_gets_todays_policy)
{
	const struct str mine = STR(CLUSTER("{\"containers\":[{\"name\":\"h\",\"image\":\"i\","
					    "\"resources\":{\"limits\":{\"memory\":\"8G\"}}}]}",
		PLAIN_POD("w")));
	const struct review_result r = mutate(STR(CLUSTER("{\"containers\":[{\"name\":\"h\","
							  "\"image\":\"i\"}]}",
						      PLAIN_POD("w"))),
		mine);

	expect(r.object, HEAD "containers.0.resources.limits.memory", "\"2Gi\"");
	expect(r.object, HEAD "containers.0.resources.requests.cpu", "");
}

Test(defaulting, a_recorded_value_survives_a_change_of_the_policy)
{
	const struct review_result stored = mutate(STR(PLAIN), STR(""));

	policy_free(&policy);
	policy =
		review_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\",\"defaults\":"
			      "{\"head\":{\"requests\":{\"cpu\":\"64\"}}}}");
	expect_same(mutate(STR(PLAIN), stored.object).object, stored.object, "sent again");
}

Test(defaulting, under_audit_only_what_is_recorded_is_given_back)
{
	const struct review_result stored = mutate(STR(PLAIN), STR(""));

	policy_free(&policy);
	policy = review_policy("{\"apiVersion\":\"raygate.dev/v1\",\"kind\":\"Policy\","
			       "\"enforcement\":\"audit\",\"defaults\":{\"head\":{\"requests\":{"
			       "\"cpu\":\"64\"}}}}");
	cr_assert_eq(mutate(STR(PLAIN), STR("")).patch.len, 0u);
	expect_same(mutate(STR(PLAIN), stored.object).object, stored.object, "sent again");
}

Test(defaulting, the_record_of_the_body_is_overwritten_on_update)
{
	const struct review_result stored = mutate(STR(PLAIN), STR(""));
	const struct str forged = STR(
		"{\"apiVersion\":\"ray.io/"
		"v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\","
		"\"namespace\":\"n\",\"annotations\":{\"raygate.dev/defaulted\":\"{\\\"head\\\":{"
		"\\\"container\\\":\\\"h\\\",\\\"env\\\":[{\\\"name\\\":\\\"EVIL\\\"}]}}\"}},"
		"\"spec\":{"
		"\"headGroupSpec\":{\"template\":{\"spec\":" PLAIN_POD(
			"h") "}},\"workerGroupSpecs\":[{"
			     "\"groupName\":\"w\",\"minReplicas\":1,\"maxReplicas\":3,\"template\":"
			     "{\"spec\":" PLAIN_POD("w") "}}]}}");

	expect_same(mutate(forged, stored.object).object, stored.object, "forged");
	cr_expect(!str_contains(mutate(forged, STR(PLAIN)).object, "EVIL"));
}

Test(defaulting, replicas_that_the_body_leaves_out_keep_their_number)
{
	const struct review_result stored = mutate(STR(PLAIN), STR(""));
	CLEANUP(buf_done) struct buf scaled = {0};

	merge_patch_apply(&arena, read(stored.object),
		read(STR("{\"metadata\":{\"resourceVersion\":\"2\"}}")), &scaled);
	struct str text = arena_str(&arena, buf_str(&scaled));
	char *const number = memmem((char *)(uintptr_t)text.at, text.len, "\"replicas\":1", 12);

	cr_assert_not_null(number);
	number[11] = '3';
	expect(mutate(STR(PLAIN), text).object, "spec.workerGroupSpecs.0.replicas", "3");
}

Test(defaulting, a_group_name_that_stands_twice_is_left_alone)
{
	const struct review_result r = mutate(
		STR("{\"apiVersion\":\"ray.io/"
		    "v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"c\"},"
		    "\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":" PLAIN_POD(
			    "h") "}},"
				 "\"workerGroupSpecs\":[{\"groupName\":\"w\",\"template\":{"
				 "\"spec\":" PLAIN_POD("w") "}},"
							    "{\"groupName\":\"w\",\"template\":{"
							    "\"spec\":" PLAIN_POD("w") "}}]}}"),
		STR(""));

	expect(r.object, WORKER "containers.0.resources", "");
	expect(r.object, HEAD "containers.0.resources.requests.cpu", "\"1\"");
}

Test(defaulting, a_wrong_type_is_never_replaced)
{
	const struct review_result r =
		mutate(STR(CLUSTER("{\"containers\":[{\"name\":\"h\",\"image\":\"i\",\"resources\":"
				   "{\"requests\":{}"
				   ",\"limits\":null},\"env\":[]}],\"nodeSelector\":{}}",
			       PLAIN_POD("w"))),
			STR(""));

	expect(r.object, HEAD "containers.0.resources.requests.cpu", "\"1\"");
	expect(r.object, HEAD "containers.0.resources.limits.memory", "\"2Gi\"");
	expect(r.object, HEAD "nodeSelector.zone", "\"a\"");
}

Test(defaulting, the_child_of_a_job_keeps_what_it_holds)
{
	const struct str job =
		STR("{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayJob\",\"metadata\":{"
		    "\"name\":\"j\"},\"spec\":{\"entrypoint\":\"true\",\"rayClusterSpec\":{"
		    "\"headGroupSpec\":{\"template\":{\"spec\":" PLAIN_POD("h") "}}}}}");
	const struct review_result r = mutate(job, STR(""));

	expect(r.object,
		"spec.rayClusterSpec.headGroupSpec.template.spec.containers.0.resources."
		"requests.cpu",
		"\"1\"");
	expect_same(mutate(job, r.object).object, r.object, "sent again");
}

/* What the whole pod has is no room for a default of one container; the others are added. */
Test(defaulting, a_resource_of_the_whole_pod_is_not_added_to_a_container)
{
	static const char *const WHOLE[] = {"requests", "limits"};

	for (size_t i = 0; i < 2; i++) {
		const struct review_result r =
			mutate(arena_printf(&arena,
				       CLUSTER("{\"resources\":{\"%s\":{"
					       "\"cpu\":\"3\"}},\"containers\":[{"
					       "\"name\":\"h\"}]}",
					       PLAIN_POD("w")),
				       WHOLE[i]),
				STR(""));

		expect(r.object, HEAD "containers.0.resources.requests.cpu", "");
		expect(r.object, HEAD "containers.0.resources.limits.memory", "\"2Gi\"");
	}
}
