/* What clusters cost, worked out by hand. */
#include "validators/footprint.h"

#include <criterion/criterion.h>

#include "base/yaml.h"
#include "tests/support/review.h"

static struct arena arena;
static struct policy *policy;

static void start(void)
{
	arena_init(&arena, 65536);
	policy = policy_empty();
}

static void stop(void)
{
	policy_free(&policy);
	arena_done(&arena);
}

TestSuite(footprint, .init = start, .fini = stop);

static struct footprint count(const char *yaml)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	struct yaml_doc doc;
	struct err err;
	enum ray_kind kind;
	enum dialect dialect;
	struct field_errors errors;
	struct footprint out;

	cr_assert(yaml_read(&arena, str_from(yaml), &LIMITS, &doc, &err), "%s\n%s", err.text, yaml);
	cr_assert(ray_object_recognise(doc.json.root, &kind, &dialect));
	field_errors_init(&errors, &arena, doc.json.root);
	const struct ray_object *const object = ray_object_decode(
		&(struct schema_decoder){.arena = &arena, .errors = &errors, .crd_defaults = true},
		kind, dialect, doc.json.root);

	if (errors.count)
		cr_assert(false, "%.*s\n%s", STR_ARG(errors.items[0].message), yaml);
	footprint_count(&arena, policy, object, &out);
	return out;
}

/* "requests.cpu 1 2 3; pods 1 2 3" */
static struct str print(const struct footprint *f)
{
	CLEANUP(buf_done) struct buf out = {0};

	for (size_t i = 0; i < f->count; i++) {
		const struct footprint_line *const l = &f->lines[i];

		buf_printf(&out, "%s%.*s %s %s %s", i ? "; " : "", STR_ARG(l->name),
			footprint_print(l->name, l->least).at, footprint_print(l->name, l->now).at,
			footprint_print(l->name, l->most).at);
	}
	return arena_str(&arena, buf_str(&out));
}

#define LIMITS(cpu)     "resources: {limits: {cpu: '" cpu "'}}"
#define BOX(name, more) "{name: " name ", image: 'i', " more "}"
#define POD(cpu)        "{spec: {containers: [" BOX("r", LIMITS(cpu)) "]}}"
#define MODERN(kind)    "apiVersion: ray.io/v1\nkind: " kind "\nmetadata: {name: c}\nspec: "
#define CLUSTER(more, head, workers)                                                               \
	MODERN("RayCluster")                                                                       \
	"{" more "headGroupSpec: {template: " head "}, workerGroupSpecs: [" workers "]}"
#define GROUP(counts, template) "{groupName: w, " counts ", template: " template "}"
#define AUTOSCALED              "enableInTreeAutoscaling: true, "
#define HEAD(spec)              CLUSTER("", "{spec: " spec "}", "")
#define JOB(more)                                                                                  \
	MODERN("RayJob")                                                                           \
	"{entrypoint: e, " more "rayClusterSpec: {headGroupSpec: {template: " POD("1") "}}}"
#define CRON(more)                                                                                 \
	MODERN("RayCronJob")                                                                       \
	"{schedule: '* * * * *', " more                                                            \
	"jobTemplate: {entrypoint: e, rayClusterSpec: {headGroupSpec: {template: " POD("1") "}}}}"
#define LEGACY(max, types)                                                                         \
	"apiVersion: cluster.ray.io/v1\nkind: RayCluster\nmetadata: {name: c}\nspec: {" max        \
	"headPodType: h, podTypes: [" TYPE("h", "minWorkers: 0", "1") ", " types "]}"
#define TYPE(name, counts, cpu)                                                                    \
	"{name: " name ", " counts                                                                 \
	", podConfig: {apiVersion: v1, kind: Pod, metadata: {generateName: p-}, spec: "            \
	"{containers: [" BOX("r", LIMITS(cpu)) "]}}}"

/* clang-format off */
/* Of each case the CPU alone, in the order least, now, most, and the pods. */
static const struct {
	const char *name, *object, *requests, *pods;
} CASES[] = {
	{"a head alone", CLUSTER("", POD("2"), ""), "2 2 2", "1 1 1"},
	{"less than a thousandth is one", CLUSTER("", POD("0.5m"), ""), "1m 1m 1m", "1 1 1"},
	{"of each pod for itself",
		CLUSTER("", POD("2"), GROUP("replicas: 3", POD("300500u"))), "2903m 2903m 2903m",
		"4 4 4"},
	{"workers as many as wanted",
		CLUSTER("", POD("2"), GROUP("replicas: 3, maxReplicas: 5", POD("1"))), "5 5 5",
		"4 4 4"},
	{"more wanted than the most",
		CLUSTER("", POD("2"), GROUP("replicas: 9, maxReplicas: 5", POD("1"))), "7 7 7",
		"6 6 6"},
	{"less wanted than the least",
		CLUSTER("", POD("2"), GROUP("replicas: 0, minReplicas: 2", POD("1"))), "4 4 4",
		"3 3 3"},
	{"hosts of a replica",
		CLUSTER("", POD("2"), GROUP("replicas: 3, numOfHosts: 4", POD("1"))), "14 14 14",
		"13 13 13"},
	{"autoscaling: 500m for its container",
		CLUSTER(AUTOSCALED, POD("2"),
			GROUP("minReplicas: 1, replicas: 2, maxReplicas: 5", POD("1"))),
		"3500m 4500m 7500m", "2 3 6"},
	{"autoscaling without a most",
		CLUSTER(AUTOSCALED, POD("2"), GROUP("replicas: 2", POD("1"))),
		"2500m 4500m unbounded", "1 3 unbounded"},
	{"the autoscaler's own resources count whole",
		CLUSTER(AUTOSCALED "autoscalerOptions: {resources: {requests: {memory: 1Gi}}}, ",
			POD("2"), ""),
		"2 2 2", "1 1 1"},
	{"a suspended cluster",
		CLUSTER("suspend: true, ", POD("2"), GROUP("replicas: 3", POD("1"))), "0 0 0",
		"0 0 0"},
	{"a suspended group",
		CLUSTER("", POD("2"), GROUP("suspend: true, replicas: 3", POD("1"))), "2 2 2",
		"1 1 1"},
	{"wait-gcs-ready asks for more than a small worker: 200m",
		CLUSTER("", POD("1"), GROUP("replicas: 2", POD("100m"))), "1400m 1400m 1400m",
		"3 3 3"},
	{"an init container counts where it asks for more",
		HEAD("{initContainers: [" BOX("i", LIMITS("3")) "], containers: [" BOX(
			"r", LIMITS("1")) "," BOX("s", LIMITS("1")) "]}"),
		"3 3 3", "1 1 1"},
	{"and not where it asks for less",
		HEAD("{initContainers: [" BOX("i", LIMITS("1")) "], containers: [" BOX(
			"r", LIMITS("1")) "," BOX("s", LIMITS("1")) "]}"),
		"2 2 2", "1 1 1"},
	{"a sidecar among the init containers runs beside all",
		HEAD("{initContainers: [" BOX("a", "restartPolicy: Always, " LIMITS("1")) ", " BOX(
			"i", LIMITS("3")) "], containers: [" BOX("r", LIMITS("1")) "]}"),
		"4 4 4", "1 1 1"},
	{"an init container before it does not",
		HEAD("{initContainers: [" BOX("i", LIMITS("3")) ", " BOX("a",
			"restartPolicy: Always, " LIMITS("1")) "], containers: [" BOX(
			"r", LIMITS("1")) "]}"),
		"3 3 3", "1 1 1"},
	{"a sidecar alone counts once",
		HEAD("{initContainers: [" BOX("a", "restartPolicy: Always, " LIMITS(
			"3")) "], containers: [" BOX("r", LIMITS("1")) "]}"),
		"4 4 4", "1 1 1"},
	{"wait-gcs-ready starts beside a worker's sidecar",
		CLUSTER("", POD("1"), GROUP("replicas: 1", "{spec: {initContainers: [" BOX("a",
			"restartPolicy: Always, " LIMITS("1")) "], containers: [" BOX(
			"r", LIMITS("100m")) "]}}")),
		"2200m 2200m 2200m", "2 2 2"},
	{"wait-for-tls-ip-san asks for more than a small head: 50m",
		CLUSTER("tlsOptions: {enabled: true}, ", POD("10m"), ""), "50m 50m 50m", "1 1 1"},
	{"it starts before a sidecar does",
		CLUSTER("tlsOptions: {enabled: true}, ", "{spec: {initContainers: [" BOX("a",
			"restartPolicy: Always, " LIMITS("1")) "], containers: [" BOX(
			"r", LIMITS("10m")) "]}}", ""),
		"1010m 1010m 1010m", "1 1 1"},
	{"not where TLS is off", CLUSTER("tlsOptions: {enabled: false}, ", POD("10m"), ""),
		"10m 10m 10m", "1 1 1"},
	{"a history collector in each pod: 50m",
		CLUSTER("historyServerOptions: {collectorOptions: {image: c}}, ", POD("1"),
			GROUP("replicas: 2", POD("1"))),
		"3150m 3150m 3150m", "3 3 3"},
	{"its own resources count whole",
		CLUSTER("historyServerOptions: {collectorOptions: {image: c, " LIMITS("1") "}}, ",
			POD("1"), GROUP("replicas: 2", POD("1"))),
		"6 6 6", "3 3 3"},
	{"overhead comes on top",
		HEAD("{overhead: {cpu: 250m}, containers: [" BOX("r", LIMITS("1")) "]}"),
		"1250m 1250m 1250m", "1 1 1"},
	{"a request wins over the limit",
		HEAD("{containers: [" BOX(
			"r", "resources: {requests: {cpu: 1}, limits: {cpu: 4}}") "]}"),
		"1 1 1", "1 1 1"},
	{"the whole pod's request wins over its containers'",
		HEAD("{resources: {requests: {cpu: 3}}, containers: [" BOX(
			"r", "resources: {requests: {cpu: 1}}") "]}"),
		"3 3 3", "1 1 1"},
	{"the whole pod's limit is no request where containers ask",
		HEAD("{resources: {limits: {cpu: 8}}, containers: [" BOX(
			"r", "resources: {requests: {cpu: 1}}") "]}"),
		"1 1 1", "1 1 1"},
	{"it is one where they do not",
		HEAD("{resources: {limits: {cpu: 8}}, containers: [" BOX("r", "") "]}"), "8 8 8",
		"1 1 1"},
	{"a job's submitter: 500m in a pod of its own", JOB(""), "1500m 1500m 1500m", "2 2 2"},
	{"in the head's pod", JOB("submissionMode: SidecarMode, "), "1500m 1500m 1500m", "1 1 1"},
	{"none over HTTP", JOB("submissionMode: HTTPMode, "), "1 1 1", "1 1 1"},
	{"none by hand", JOB("submissionMode: InteractiveMode, "), "1 1 1", "1 1 1"},
	{"a submitter that was described, with all its containers",
		JOB("submitterPodTemplate: {spec: {restartPolicy: Never, containers: [" BOX("r",
			LIMITS("2")) ", " BOX("s", LIMITS("1")) "]}}, "),
		"4 4 4", "2 2 2"},
	{"a cluster that Kueue runs elsewhere",
		CLUSTER("managedBy: kueue.x-k8s.io/multikueue, ", POD("2"),
			GROUP("replicas: 3", POD("1"))),
		"0 0 0", "0 0 0"},
	{"one that KubeRay runs", CLUSTER("managedBy: ray.io/kuberay-operator, ", POD("2"), ""),
		"2 2 2", "1 1 1"},
	{"a job elsewhere", JOB("managedBy: kueue.x-k8s.io/multikueue, "), "0 0 0", "0 0 0"},
	{"a job on another's cluster", JOB("clusterSelector: {ray.io/cluster: x}, "), "0 0 0",
		"0 0 0"},
	{"a service elsewhere",
		MODERN("RayService") "{managedBy: kueue.x-k8s.io/multikueue, rayClusterConfig: "
				     "{headGroupSpec: {template: " POD("1") "}}}",
		"0 0 0", "0 0 0"},
	{"a suspended job", JOB("suspend: true, "), "0 0 0", "0 0 0"},
	{"a service",
		MODERN("RayService") "{rayClusterConfig: {headGroupSpec: {template: " POD("1") "}}}",
		"1 1 1", "1 1 1"},
	{"a suspended service",
		MODERN("RayService") "{suspend: true, rayClusterConfig: {headGroupSpec: {template: " POD(
			"1") "}}}",
		"0 0 0", "0 0 0"},
	{"a job on a schedule", CRON(""), "1500m 1500m 1500m", "2 2 2"},
	{"a suspended schedule", CRON("suspend: true, "), "0 0 0", "0 0 0"},
	{"a legacy cluster scales up to its types' most",
		LEGACY("maxWorkers: 9, ", TYPE("w", "minWorkers: 1, maxWorkers: 3", "1")), "2 2 4",
		"2 2 4"},
	{"but over all types to maxWorkers, the dearest first",
		LEGACY("maxWorkers: 3, ", TYPE("w", "maxWorkers: 2", "1") ", " TYPE(
			"x", "maxWorkers: 2", "4")),
		"1 1 10", "1 1 4"},
	{"which is 2 where nobody says", LEGACY("", TYPE("w", "maxWorkers: 5", "1")), "1 1 3",
		"1 1 3"},
};
/* clang-format on */

static void expect(
	const char *name, const struct footprint *f, const char *line, const char *wanted)
{
	const struct footprint_line *const l = footprint_find(f, str_from(line));
	const struct footprint_line zero = {.name = str_from(line)};
	const struct footprint_line *const is = l ? l : &zero;
	const struct str text = arena_printf(&arena, "%s %s %s",
		footprint_print(is->name, is->least).at, footprint_print(is->name, is->now).at,
		footprint_print(is->name, is->most).at);

	cr_expect(str_is(text, wanted), "%s: %s is %.*s, not %s (%.*s)", name, line, STR_ARG(text),
		wanted, STR_ARG(print(f)));
}

Test(footprint, is_what_comes_out_by_hand)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		const struct footprint f = count(CASES[i].object);

		expect(CASES[i].name, &f, "requests.cpu", CASES[i].requests);
		expect(CASES[i].name, &f, "pods", CASES[i].pods);
	}
}

/* Both numbers are the largest that a field can hold; the product is exact all the same. */
Test(footprint, the_largest_numbers_do_not_overflow)
{
	const struct footprint f = count(CLUSTER("", POD("1"),
		GROUP("replicas: 2147483647, numOfHosts: 2147483647", POD("9223372036854775807"))));

	cr_expect_gt(quantity_cmp(footprint_find(&f, STR("requests.cpu"))->most,
			     quantity_whole(INT64_MAX)),
		0);
	cr_expect_not(quantity_is_negative(footprint_find(&f, STR("pods"))->most));
}

Test(footprint, a_group_of_many_hosts_without_a_most_is_unbounded)
{
	const struct footprint f = count(CLUSTER(
		AUTOSCALED, POD("1"), GROUP("numOfHosts: 4, maxReplicas: 2147483647", POD("1"))));

	cr_expect(quantity_is_unbounded(footprint_find(&f, STR("pods"))->most));
}

/* Whole pods: every name that stands somewhere has its lines. */
/* clang-format off */
static const struct {
	const char *name, *spec, *lines;
} LINES[] = {
	{"a container without a limit adds nothing to limits",
		"{overhead: {memory: 1Gi}, containers: [" BOX("r",
			"resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 4}}") ", " BOX(
			"s", "resources: {requests: {cpu: 1}}") "]}",
		"requests.cpu 2 2 2; limits.cpu 4 4 4; requests.memory 2Gi 2Gi 2Gi; pods 1 1 1"},
	{"overhead raises a limit that is there",
		"{overhead: {cpu: 250m}, containers: [" BOX("r", LIMITS("1")) "]}",
		"requests.cpu 1250m 1250m 1250m; limits.cpu 1250m 1250m 1250m; pods 1 1 1"},
	{"overhead of what no container asks for is a request",
		"{overhead: {memory: 1Gi}, containers: [" BOX("r", "") "]}",
		"requests.memory 1Gi 1Gi 1Gi; pods 1 1 1"},
	{"the whole pod's limit wins over its containers'",
		"{resources: {limits: {cpu: 8}}, containers: [" BOX("r", LIMITS("4")) "]}",
		"requests.cpu 4 4 4; limits.cpu 8 8 8; pods 1 1 1"},
	{"what only the whole pod asks for",
		"{resources: {requests: {memory: 3Gi}}, containers: [" BOX("r", "") "]}",
		"requests.memory 3Gi 3Gi 3Gi; pods 1 1 1"},
	{"a request that is negative earns nothing",
		"{containers: [" BOX("r", LIMITS("2")) ", " BOX("s",
			"resources: {requests: {cpu: -1}}") "]}",
		"requests.cpu 2 2 2; limits.cpu 2 2 2; pods 1 1 1"},
	{"bytes and counts",
		"{containers: [" BOX("r", "resources: {limits: {ephemeral-storage: 1Ki, "
			"hugepages-2Mi: 2Mi, nvidia.com/gpu: 1024}}") "]}",
		"requests.ephemeral-storage 1Ki 1Ki 1Ki; limits.ephemeral-storage 1Ki 1Ki 1Ki; "
		"requests.hugepages-2Mi 2Mi 2Mi 2Mi; limits.hugepages-2Mi 2Mi 2Mi 2Mi; "
		"requests.nvidia.com/gpu 1024 1024 1024; limits.nvidia.com/gpu 1024 1024 1024; "
		"pods 1 1 1"},
};
/* clang-format on */

Test(footprint, has_a_line_for_every_name)
{
	for (size_t i = 0; i < ARRAY_LEN(LINES); i++) {
		const struct footprint f = count(
			arena_printf(&arena, CLUSTER("", "{spec: %s}", ""), LINES[i].spec).at);

		cr_expect(str_is(print(&f), LINES[i].lines), "%s: %.*s", LINES[i].name,
			STR_ARG(print(&f)));
	}
}

/* 100 names, and at last the one that the policy bounds. */
Test(footprint, a_crowd_of_names_hides_none_that_is_bounded)
{
	CLEANUP(buf_done) struct buf names = {0};

	for (int i = 0; i < 100; i++)
		buf_printf(&names, "e.com/n%d: 1, ", i);
	const char *const object = arena_printf(&arena,
		CLUSTER("",
			"{spec: {containers: [{name: r, image: i, resources: {limits: {%.*s"
			"e.com/last: 7}}}]}}",
			""),
		STR_ARG(buf_str(&names)))
					   .at;
	const struct footprint free = count(object);

	cr_expect_null(footprint_find(&free, STR("requests.e.com/last")));
	policy_free(&policy);
	policy = review_policy("{apiVersion: raygate.dev/v1, kind: Policy, quotas: {'*': "
			       "{requests.e.com/last: 1}}}");
	const struct footprint bounded = count(object);
	const struct footprint_line *const last =
		footprint_find(&bounded, STR("requests.e.com/last"));

	cr_expect(last && quantity_cmp(last->now, quantity_whole(7)) == 0);
	cr_expect_eq(bounded.count, 2u * FOOTPRINT_NAMES_MAX + 1);
	cr_expect_not_null(footprint_find(&bounded, STR("requests.e.com/n0")));
}
