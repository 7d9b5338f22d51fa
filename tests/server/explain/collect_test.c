#include "server/explain/collect.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "server/explain/diagnose.h"
#include "tests/support/kube_kit.h"

#define META(name)                                                                                 \
	"\"metadata\":{\"name\":\"" name                                                           \
	"\",\"namespace\":\"team\",\"uid\":\"u\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\""
#define TEMPLATE                                                                                   \
	"\"template\":{\"spec\":{\"containers\":[{\"name\":\"ray\",\"image\":"                     \
	"\"rayproject/"                                                                            \
	"ray:2.52.0\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}"
#define CLUSTER                                                                                    \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\"," META(                             \
		"demo") "},\"spec\":{\"headGroupSpec\":{" TEMPLATE                                 \
			"}},\"status\":{\"state\":\"\"}}"
#define POD(state)                                                                                 \
	"{" META("demo-head-x") ",\"labels\":{\"ray.io/cluster\":\"demo\",\"ray.io/node-type\":"   \
				"\"head\"}},\"spec\":{\"containers\":[{\"name\":\"ray\"}]},"       \
				"\"status\":{\"phase\":\"Running\"," state "}}"
#define CRASHED                                                                                    \
	"\"containerStatuses\":[{\"name\":\"ray\",\"restartCount\":2,\"state\":{\"waiting\":{"     \
	"\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":{\"exitCode\":1,"         \
	"\"reason\":\"Error\"}}}]"
#define READY                                                                                      \
	"\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}],\"containerStatuses\":[{"       \
	"\"name\":\"ray\",\"ready\":true,\"state\":{\"running\":{}}}]"
#define LIST(items) "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[" items "]}"
#define STATUS(code, reason)                                                                       \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"" reason  \
	"\",\"reason\":\"" reason "\",\"code\":" #code "}"

#define MODERN          "/apis/ray.io/v1/namespaces/team/"
#define LEGACY          "/apis/cluster.ray.io/v1/namespaces/team/"
#define CORE            "/api/v1/namespaces/team/"
#define RBAC            "/apis/rbac.authorization.k8s.io/v1/namespaces/team/"
#define OF_PODS         CORE "pods?labelSelector=ray.io%2Fcluster%3Ddemo&limit=500"
#define GET(path, body) API_STEP(.expect = "GET " path, .reply = (body))
#define NOT_THERE(path)                                                                            \
	API_STEP(.expect = "GET " path, .status = 404, .reply = STATUS(404, "NotFound"))
#define FORBIDDEN(path)                                                                            \
	API_STEP(.expect = "GET " path, .status = 403, .reply = STATUS(403, "Forbidden"))

struct run {
	struct arena arena;
	struct policy *policy;
	struct explain_input in;
	struct explain_collect collect;
	const struct json_node *cluster;
	struct err err;
};

static void begin(struct run *run, struct kube_kit *kit)
{
	*run = (struct run){.policy = policy_empty()};
	arena_init(&run->arena, 65536);
	run->in = (struct explain_input){.arena = &run->arena, .policy = run->policy};
	explain_collect_init(&run->collect, kit->client, &run->in, "team");
}

static void end(struct run *run, struct kube_kit *kit)
{
	policy_free(&run->policy);
	arena_done(&run->arena);
	kube_kit_free(&kit);
}

static bool collect(struct run *run, const char *argument)
{
	return explain_collect_one(&run->collect, str_from(argument), &run->cluster, &run->err);
}

Test(explain_collect, a_crash_brings_the_log_of_the_run_before, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		GET(MODERN "rayclusters/demo", CLUSTER),
		GET(OF_PODS, LIST(POD(CRASHED))),
		GET(CORE "events?limit=500", LIST("")),
		GET(CORE "resourcequotas?limit=500", LIST("")),
		GET(CORE "limitranges?limit=500", LIST("")),
		GET("/api/v1/nodes?limit=500", LIST("")),
		API_STEP(.expect = "GET " CORE
				   "pods/demo-head-x/log?container=ray&tailLines=20&previous=true",
			.headers = "Content-Type: text/plain\r\n", .reply = "one\ntwo\n"),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_assert(collect(&run, "demo"), "%s", run.err.text);
	cr_expect_eq(run.in.log_count, 1u);
	cr_expect(str_is(run.in.logs[0].text, "one\ntwo\n"));
	cr_expect_eq(run.in.gap_count, 0u);
	cr_expect(run.in.of[EXPLAIN_NODE].looked);
	end(&run, kit);
}

Test(explain_collect, what_may_not_be_read_is_a_gap_and_the_rest_is_read, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		GET(MODERN "rayclusters/demo", CLUSTER),
		GET(OF_PODS, LIST(POD(READY))),
		FORBIDDEN(CORE "events?limit=500"),
		GET(CORE "resourcequotas?limit=500", LIST("")),
		FORBIDDEN(CORE "limitranges?limit=500"),
		FORBIDDEN("/api/v1/nodes?limit=500"),
		GET(CORE "services?fieldSelector=metadata.name%3Ddemo-head-svc&limit=500",
			LIST("{" META("demo-head-svc") ",\"ownerReferences\":[{\"uid\":\"u\"}]}}")),
		GET("/apis/discovery.k8s.io/v1/namespaces/team/endpointslices?labelSelector="
		    "kubernetes.io%2Fservice-name%3Ddemo-head-svc&limit=500",
			LIST("")),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct explain_verdict verdict;
	struct run run;

	begin(&run, kit);
	cr_assert(collect(&run, "raycluster/demo"), "%s", run.err.text);
	cr_assert_eq(run.in.gap_count, 3u);
	cr_expect(str_is(run.in.gaps[0].what, "events"));
	cr_expect(str_is(run.in.gaps[0].why, "Forbidden"), "%.*s", STR_ARG(run.in.gaps[0].why));
	cr_expect_not(run.in.of[EXPLAIN_NODE].looked);
	explain_diagnose(&run.in, run.cluster, &verdict);
	cr_assert_eq(verdict.wrong, 1u);
	cr_expect(str_contains(verdict.findings.items[0].headline, "leads nowhere"));
	end(&run, kit);
}

Test(explain_collect, of_an_autoscaler_its_account_is_read, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		GET(MODERN "rayclusters/demo",
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\"," META(
				"demo") "},\"spec\":{\"enableInTreeAutoscaling\":true,"
					"\"headGroupSpec\":{" TEMPLATE "}},\"status\":{\"state\":"
					"\"\"}}"),
		GET(OF_PODS, LIST(POD("\"x\":1"))),
		GET(CORE "events?limit=500", LIST("")),
		GET(CORE "resourcequotas?limit=500", LIST("")),
		GET(CORE "limitranges?limit=500", LIST("")),
		GET("/api/v1/nodes?limit=500", LIST("")),
		GET(CORE "serviceaccounts?fieldSelector=metadata.name%3Ddemo&limit=500", LIST("")),
		GET(RBAC "roles?fieldSelector=metadata.name%3Ddemo&limit=500",
			LIST("{" META("demo") "}}")),
		FORBIDDEN(RBAC "rolebindings?fieldSelector=metadata.name%3Ddemo&limit=500"),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_assert(collect(&run, "demo"), "%s", run.err.text);
	cr_expect(run.in.of[EXPLAIN_ACCOUNT].looked);
	cr_expect_eq(run.in.of[EXPLAIN_ACCOUNT].count, 0u);
	cr_expect_eq(run.in.of[EXPLAIN_ROLE].count, 1u);
	cr_expect_not(run.in.of[EXPLAIN_BINDING].looked);
	cr_assert_eq(run.in.gap_count, 1u);
	cr_expect(str_is(run.in.gaps[0].what, "rolebindings"));
	end(&run, kit);
}

Test(explain_collect, a_job_leads_to_its_cluster, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		GET(MODERN "rayjobs/train",
			"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayJob\"," META(
				"train") "},\"status\":{\"rayClusterName\":\"demo\"}}"),
		GET(MODERN "rayclusters/demo", CLUSTER),
		GET(OF_PODS, LIST("")),
		GET(CORE "events?limit=500", LIST("")),
		GET(CORE "resourcequotas?limit=500", LIST("")),
		GET(CORE "limitranges?limit=500", LIST("")),
		GET("/api/v1/nodes?limit=500", LIST("")),
		/* Nobody made the head: is there a controller? */
		GET("/apis/coordination.k8s.io/v1/leases?fieldSelector="
		    "metadata.name%3Dray-operator-leader&limit=500",
			LIST("")),
		GET("/apis/coordination.k8s.io/v1/leases?fieldSelector="
		    "metadata.name%3Draygate-controller&limit=500",
			LIST("{" META(
				"raygate-controller") "},\"spec\":{\"holderIdentity\":\"me\"}}")),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_assert(collect(&run, "rayjobs.ray.io/train"), "%s", run.err.text);
	cr_expect_eq(run.in.of[EXPLAIN_OWNER].count, 1u);
	cr_expect_eq(run.in.of[EXPLAIN_LEASE].count, 1u);
	end(&run, kit);
}

Test(explain_collect, a_name_is_tried_in_every_kind, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		NOT_THERE(MODERN "rayclusters/nobody"),
		NOT_THERE(LEGACY "rayclusters/nobody"),
		NOT_THERE(MODERN "rayjobs/nobody"),
		NOT_THERE(MODERN "rayservices/nobody"),
		NOT_THERE(LEGACY "rayclusters/nobody"),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_expect_not(collect(&run, "nobody"));
	cr_expect(
		strstr(run.err.text, "is called 'nobody' in namespace 'team'"), "%s", run.err.text);
	cr_expect_not(collect(&run, "rayclusters.cluster.ray.io/nobody"));
	cr_expect_eq(run.err.code, ERR_NOT_FOUND);
	cr_expect_not(collect(&run, "pod/nobody"));
	cr_expect(strstr(run.err.text, "no type that is explained"), "%s", run.err.text);
	end(&run, kit);
}

#define JOB(status)     "{\"kind\":\"RayJob\"," META("x") "},\"status\":{" status "}}"
#define SERVICE(status) "{\"kind\":\"RayService\"," META("x") "},\"status\":{" status "}}"

/* Made at the beginning of 2026. */
enum { MADE = 1767225600, SOON = MADE + 5, LATER = MADE + 60 };

static const struct {
	const char *type, *object;
	int64_t now;
	const char *words;
} WITHOUT[] = {
	{"rayjob", JOB(""), SOON, "it was made 5s ago: nobody has looked at it yet"},
	{"rayjob", JOB(""), LATER,
		"its status is empty: KubeRay, which runs rayjobs, is not here, or says why in an "
		"Event: kubectl describe rayjob x -n team"},
	{"rayjob", JOB("\"jobDeploymentStatus\":\"Waiting\""), SOON, "has no RayCluster: Waiting"},
	{"rayjob", JOB("\"jobDeploymentStatus\":\"Failed\",\"message\":\"no\""), LATER,
		"has no RayCluster: Failed: no"},
	{"rayservice",
		SERVICE("\"observedGeneration\":1,\"conditions\":[{\"type\":\"UpgradeInProgress\","
			"\"status\":\"False\",\"message\":\"none\"},{\"type\":\"Ready\",\"status\":"
			"\"False\",\"reason\":\"Initializing\",\"message\":\"it begins\"}]"),
		LATER, "has no RayCluster: Initializing: it begins"},
	{"rayservice", SERVICE("\"serviceStatus\":\"Stopped\""), LATER,
		"has no RayCluster: Stopped"},
	{"rayservice", SERVICE("\"observedGeneration\":1"), LATER,
		"has no RayCluster: it does not say why: kubectl describe rayservice x -n team"},
};

Test(explain_collect, one_without_a_cluster_says_why_in_its_own_words, .timeout = 60)
{
	for (size_t i = 0; i < ARRAY_LEN(WITHOUT); i++) {
		char path[128], argument[64];

		snprintf(path, sizeof(path), "GET " MODERN "%ss/x", WITHOUT[i].type);
		snprintf(argument, sizeof(argument), "%s/x", WITHOUT[i].type);
		const struct api_step script[] = {
			API_STEP(.expect = path, .reply = WITHOUT[i].object)};
		struct kube_kit *const kit = KUBE_KIT(script, false);
		struct run run;

		begin(&run, kit);
		run.in.now = WITHOUT[i].now;
		cr_expect_not(collect(&run, argument));
		cr_expect(strstr(run.err.text, WITHOUT[i].words), "%s", run.err.text);
		end(&run, kit);
	}
}

Test(explain_collect, a_server_that_says_no_to_the_cluster_ends_it, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		FORBIDDEN(MODERN "rayclusters/demo"),
		FORBIDDEN(LEGACY "rayclusters/demo"),
		FORBIDDEN(MODERN "rayjobs/demo"),
		FORBIDDEN(MODERN "rayservices/demo"),
		FORBIDDEN(MODERN "rayclusters/nobody"),
		NOT_THERE(LEGACY "rayclusters/nobody"),
		NOT_THERE(MODERN "rayjobs/nobody"),
		NOT_THERE(MODERN "rayservices/nobody"),
		FORBIDDEN(MODERN "rayclusters?limit=500"),
		FORBIDDEN(LEGACY "rayclusters?limit=500"),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_expect_not(collect(&run, "demo"));
	cr_expect_eq(run.err.code, ERR_FORBIDDEN);
	cr_expect_not(collect(&run, "nobody"));
	cr_expect_eq(run.err.code, ERR_NOT_FOUND);
	cr_expect_not(explain_collect_all(&run.collect, &run.err));
	end(&run, kit);
}

Test(explain_collect, all_of_a_namespace_are_read_at_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		GET(MODERN "rayclusters?limit=500", LIST(CLUSTER)),
		NOT_THERE(LEGACY "rayclusters?limit=500"),
		GET(CORE "pods?labelSelector=ray.io%2Fcluster&limit=500", LIST(POD(READY))),
		GET(CORE "pods?labelSelector=ray-cluster-name&limit=500", LIST("")),
		GET(CORE "events?limit=500", LIST("")),
		GET(CORE "resourcequotas?limit=500", LIST("")),
		GET(CORE "limitranges?limit=500", LIST("")),
		GET("/api/v1/nodes?limit=500", LIST("")),
		GET(CORE "services?limit=500", LIST("")),
		GET("/apis/discovery.k8s.io/v1/namespaces/team/endpointslices?limit=500", LIST("")),
	};
	struct kube_kit *const kit = KUBE_KIT(SCRIPT, false);
	struct run run;

	begin(&run, kit);
	cr_assert(explain_collect_all(&run.collect, &run.err), "%s", run.err.text);
	cr_expect_eq(run.in.of[EXPLAIN_CLUSTER].count, 1u);
	cr_expect_eq(run.in.of[EXPLAIN_POD].count, 1u);
	end(&run, kit);
}
