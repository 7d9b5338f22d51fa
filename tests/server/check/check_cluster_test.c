#include "server/check/check_cluster.h"

#include <criterion/criterion.h>

#include "tests/support/kube_kit.h"

#define LIST(items)                                                                                \
	"{\"kind\":\"RayClusterList\",\"apiVersion\":\"ray.io/v1\",\"metadata\":{"                 \
	"\"resourceVersion\":\"7\"},\"items\":[" items "]}"
#define CLUSTER(name, min, max)                                                                    \
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"" name     \
	"\",\"namespace\":\"team\",\"managedFields\":[{\"manager\":\"m\"}]},\"spec\":{"            \
	"\"headGroupSpec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"h\",\"image\":"    \
	"\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"4Gi\"}}"  \
	"}]}}},\"workerGroupSpecs\":[{\"groupName\":\"w\",\"replicas\":" max                       \
	",\"minReplicas\":" min ",\"maxReplicas\":" max                                            \
	",\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\","                                \
	"\"image\":\"rayproject/ray:2.52.0\",\"resources\":{\"limits\":{\"cpu\":\"1\","            \
	"\"memory\":\"4Gi\"}}}]}}}]},\"status\":{\"state\":\"ready\"}}"
#define STATUS(code, reason)                                                                       \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":\"" reason  \
	"\",\"reason\":\"" reason "\",\"code\":" #code "}"

#define OF_TEAM(group, plural) "GET /apis/" group "/v1/namespaces/team/" plural "?limit=500"
#define OF_ALL(group, plural)  "GET /apis/" group "/v1/" plural "?limit=500"

static struct str judge_as(
	const char *format, struct kube_kit *kit, const char *namespace, struct check_run *check)
{
	struct policy *policy = policy_empty();

	check_run_init(check, policy, report_format_find(str_from(format)));
	report_begin(&check->report);
	check_cluster(check, kit->client, namespace);
	report_end(&check->report);
	policy_free(&policy);
	return buf_str(&check->report.out);
}

static struct str judge(struct kube_kit *kit, const char *namespace, struct check_run *check)
{
	return judge_as("text", kit, namespace, check);
}

Test(check_cluster, what_is_stored_is_judged_and_shown_as_yaml, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = OF_TEAM("ray.io", "rayclusters"),
			.reply = LIST(CLUSTER("good", "1", "2") "," CLUSTER("wrong", "3", "2"))),
		API_STEP(.expect = OF_TEAM("ray.io", "rayjobs"), .reply = LIST("")),
		API_STEP(.expect = OF_TEAM("ray.io", "rayservices"), .reply = LIST("")),
		API_STEP(.expect = OF_TEAM("ray.io", "raycronjobs"), .status = 404,
			.reply = STATUS(404, "NotFound")),
		API_STEP(.expect = OF_TEAM("cluster.ray.io", "rayclusters"), .status = 404,
			.reply = STATUS(404, "NotFound")),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct check_run check;
	const struct str text = judge(kit, "team", &check);

	cr_expect(str_contains(text, "team/RayCluster/wrong:"), "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "    minReplicas: 3\n"), "%.*s", STR_ARG(text));
	cr_expect_not(str_contains(text, "good"), "%.*s", STR_ARG(text));
	cr_expect_eq(check.report.counts.objects, 2u);
	cr_expect_eq(check.report.counts.refused, 1u);
	cr_expect_eq(check.report.counts.unreadable, 0u);
	check_run_done(&check);
	kube_kit_free(&kit);
}

Test(check_cluster, a_kind_that_may_not_be_read_is_told_and_the_others_are_judged, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = OF_ALL("ray.io", "rayclusters"),
			.reply = LIST(CLUSTER("wrong", "3", "2"))),
		API_STEP(.expect = OF_ALL("ray.io", "rayjobs"), .status = 403,
			.reply = STATUS(403, "Forbidden")),
		API_STEP(.expect = OF_ALL("ray.io", "rayservices"), .reply = LIST("")),
		API_STEP(.expect = OF_ALL("ray.io", "raycronjobs"), .reply = LIST("")),
		API_STEP(.expect = OF_ALL("cluster.ray.io", "rayclusters"), .status = 404,
			.reply = STATUS(404, "NotFound")),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct check_run check;
	const struct str text = judge(kit, NULL, &check);

	cr_expect(str_contains(text, "rayjobs.ray.io: error: "), "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "Forbidden"), "%.*s", STR_ARG(text));
	cr_expect_eq(check.report.counts.refused, 1u);
	cr_expect_eq(check.report.counts.unreadable, 1u);
	check_run_done(&check);
	kube_kit_free(&kit);
}

Test(check_cluster, a_cluster_that_does_not_answer_is_told_once_and_soon, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = OF_ALL("ray.io", "rayclusters"), .status = 503),
		API_STEP(.expect = OF_ALL("ray.io", "rayclusters"), .status = 503),
		API_STEP(.expect = OF_ALL("ray.io", "rayclusters"), .status = 503),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct check_run check;
	const struct str text = judge(kit, NULL, &check);

	cr_expect(str_contains(text, "rayclusters.ray.io: error: "), "%.*s", STR_ARG(text));
	cr_expect_eq(check.report.counts.unreadable, 1u);
	check_run_done(&check);
	kube_kit_free(&kit);
}

Test(check_cluster, a_suite_has_its_name_though_the_answer_is_gone, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = OF_ALL("ray.io", "rayclusters"), .reply = LIST("")),
		API_STEP(.expect = OF_ALL("ray.io", "rayjobs"), .status = 403,
			.reply = STATUS(403, "Forbidden")),
		API_STEP(.expect = OF_ALL("ray.io", "rayservices"), .reply = LIST("")),
		API_STEP(.expect = OF_ALL("ray.io", "raycronjobs"), .reply = LIST("")),
		API_STEP(.expect = OF_ALL("cluster.ray.io", "rayclusters"),
			.reply = LIST(CLUSTER("wrong", "3", "2"))),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct check_run check;
	const struct str text = judge_as("junit", kit, NULL, &check);

	cr_expect(str_contains(text, "<testsuite name=\"rayjobs.ray.io\""), "%.*s", STR_ARG(text));
	cr_expect(str_contains(text, "<testsuite name=\"team/RayCluster/wrong\""), "%.*s",
		STR_ARG(text));
	check_run_done(&check);
	kube_kit_free(&kit);
}
