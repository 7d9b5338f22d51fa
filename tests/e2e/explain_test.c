/* `raygate explain` against a scripted API server: what it prints, and how it exits. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/api_server_kit.h"
#include "tests/support/certs_kit.h"
#include "tests/support/server_process.h"

#define META(name)                                                                                 \
	"\"metadata\":{\"name\":\"" name                                                           \
	"\",\"namespace\":\"team\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\""
#define CLUSTER(suspend)                                                                           \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\"," META(                             \
		"demo") "},\"spec\":{\"suspend\":" suspend                                         \
			",\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"   \
			"\"ray\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{"  \
			"\"cpu\":\"1\",\"memory\":\"4Gi\"}}}]}}}},\"status\":{\"state\":\"\"}}"
#define POD                                                                                        \
	"{" META("demo-head-x") ",\"labels\":{\"ray.io/cluster\":\"demo\",\"ray.io/node-type\":"   \
				"\"head\"}},\"spec\":{\"containers\":[{\"name\":\"ray\"}]},"       \
				"\"status\":{\"phase\":\"Running\",\"containerStatuses\":[{"       \
				"\"name\":\"ray\",\"restartCount\":2,\"state\":{\"waiting\":{"     \
				"\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{\"terminated\":" \
				"{\"exitCode\":1,\"reason\":\"Error\"}}}]}}"
#define LIST(items) "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[" items "]}"
#define CORE        "GET /api/v1/namespaces/team/"
#define AROUND                                                                                     \
	API_STEP(.expect = CORE "events?limit=500", .reply = LIST("")),                            \
		API_STEP(.expect = CORE "resourcequotas?limit=500", .reply = LIST("")),            \
		API_STEP(.expect = CORE "limitranges?limit=500", .reply = LIST("")),               \
		API_STEP(.expect = "GET /api/v1/nodes?limit=500", .status = 403,                   \
			.reply = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"message\":"         \
				 "\"not for you\",\"reason\":\"Forbidden\",\"code\":403}")
#define ONE  "GET /apis/ray.io/v1/namespaces/team/rayclusters/demo"
#define PODS CORE "pods?labelSelector=ray.io%2Fcluster%3Ddemo&limit=500"

/* Starts the script, runs the program with these words and a kubeconfig, and ends both. */
static struct program_run explain(
	const struct api_step *script, size_t count, const char *const *words)
{
	char *folder CLEANUP(kit_folder_done) = kit_folder();
	struct api_server *server = api_server_start(script, count, false);
	const char *arguments[8] = {"explain", "-n", "team", "--kubeconfig"};
	char config[512], path[256];
	size_t at = 5;

	snprintf(config, sizeof(config),
		"apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{name: c, context: "
		"{cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: \"%s\"}}]\nusers: "
		"[{name: u, user: {}}]\n",
		api_server_url(server));
	kit_write(folder, "config", config);
	snprintf(path, sizeof(path), "%s/config", folder);
	arguments[4] = path;
	while (*words)
		arguments[at++] = *words++;
	const struct program_run run = program_run(arguments);

	cr_expect_str_eq(api_server_complaint(server), "");
	api_server_stop(&server);
	return run;
}

Test(explain, a_cluster_in_trouble_is_explained_and_exits_with_1)
{
	static const struct api_step SCRIPT[] = {API_STEP(.expect = ONE, .reply = CLUSTER("false")),
		API_STEP(.expect = PODS, .reply = LIST(POD)), AROUND,
		API_STEP(.expect = CORE
			 "pods/demo-head-x/log?container=ray&tailLines=20&previous=true",
			.headers = "Content-Type: text/plain\r\n",
			.reply = "OSError: [Errno 98] Address already in use\n")};
	struct program_run run =
		explain(SCRIPT, ARRAY_LEN(SCRIPT), (const char *const[]){"demo", NULL});

	cr_expect_eq(run.exit_code, 1, "%s", run.error);
	cr_expect(strstr(run.out, "1. container ray of the head crashes: exit code 1"), "%s",
		run.out);
	cr_expect(strstr(run.out, "two processes want the same port"), "%s", run.out);
	cr_expect(strstr(run.out, "not looked at: nodes: not for you"), "%s", run.out);
	cr_expect_null(strchr(run.out, '\033'), "%s", run.out);
	program_run_done(&run);
}

Test(explain, one_that_is_as_asked_exits_with_0)
{
	static const struct api_step SCRIPT[] = {API_STEP(.expect = ONE, .reply = CLUSTER("true")),
		API_STEP(.expect = PODS, .reply = LIST("")), AROUND};
	struct program_run run =
		explain(SCRIPT, ARRAY_LEN(SCRIPT), (const char *const[]){"demo", "-ojson", NULL});

	cr_expect_eq(run.exit_code, 0, "%s", run.error);
	cr_expect(strstr(run.out, "\"asAsked\": true"), "%s", run.out);
	cr_expect(strstr(run.out, "\"what\": \"nodes\""), "%s", run.out);
	program_run_done(&run);
}

Test(explain, one_that_may_not_be_read_exits_with_3)
{
	static const struct api_step SCRIPT[] = {API_STEP(.expect = ONE, .status = 403,
		.reply = "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"message\":\"not for "
			 "you\",\"reason\":\"Forbidden\",\"code\":403}")};
	struct program_run run = explain(
		SCRIPT, ARRAY_LEN(SCRIPT), (const char *const[]){"rayclusters.ray.io/demo", NULL});

	cr_expect_eq(run.exit_code, 3);
	cr_expect(strstr(run.error, "not for you"), "%s", run.error);
	program_run_done(&run);
}

Test(explain, with_all_namespaces_each_cluster_has_a_line)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = "GET /apis/ray.io/v1/rayclusters?limit=500",
			.reply = LIST(
				CLUSTER("true") ",{\"metadata\":{\"name\":\"odd\",\"namespace\":"
						"\"other\"},\"spec\":{}}")),
		API_STEP(.expect = "GET /apis/cluster.ray.io/v1/rayclusters?limit=500",
			.status = 404,
			.reply = "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"code\":404}"),
		API_STEP(.expect = "GET /api/v1/pods?labelSelector=ray.io%2Fcluster&limit=500",
			.reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/pods?labelSelector=ray-cluster-name&limit=500",
			.reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/events?limit=500", .reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/resourcequotas?limit=500", .reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/limitranges?limit=500", .reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/nodes?limit=500", .reply = LIST("")),
		API_STEP(.expect = "GET /api/v1/services?limit=500", .reply = LIST("")),
		API_STEP(.expect = "GET /apis/discovery.k8s.io/v1/endpointslices?limit=500",
			.reply = LIST("")),
	};
	struct program_run run =
		explain(SCRIPT, ARRAY_LEN(SCRIPT), (const char *const[]){"-A", NULL});

	cr_expect_eq(run.exit_code, 1, "%s", run.error);
	cr_expect(strstr(run.out, "other/odd "), "%s", run.out);
	cr_expect(strstr(run.out, "team/demo "), "%s", run.out);
	cr_expect_lt(strstr(run.out, "other/odd "), strstr(run.out, "team/demo "), "%s", run.out);
	program_run_done(&run);
}

Test(explain, a_name_is_of_one_namespace)
{
	struct program_run run = program_run((const char *const[]){"explain", "demo", "-A", NULL});

	cr_expect_eq(run.exit_code, 2);
	cr_expect(strstr(run.error, "name its namespace, with -n"), "%s", run.error);
	program_run_done(&run);
}
