#include "server/check/check_run.h"

#include <criterion/criterion.h>

#include "server/config/policy.h"

enum { GROUPS = 1000 };

/* A cluster on one line of 1.5 MB with an unknown field in each of its groups. */
static void add_long_line(struct buf *out)
{
	buf_add_cstr(out, "{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":"
			  "{\"name\":\"a\"},\"spec\":{\"workerGroupSpecs\":[");
	for (int i = 0; i < GROUPS; i++)
		buf_printf(out, "%s{\"groupName\":\"g-%d\",\"replicaz\":1,\"text\":\"%01400d\"}",
			i ? "," : "", i, 0);
	buf_add_cstr(out, "]}}");
}

enum { WIDE_GROUPS = 60, BAD_PORTS = 20 };

static void add_many_findings(struct buf *text)
{
	buf_add_cstr(text,
		"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":"
		"{\"name\":\"a\"},\"spec\":{\"headGroupSpec\":{\"template\":{\"spec\":"
		"{\"containers\":[{\"name\":\"h\",\"image\":\"i:1\",\"resources\":"
		"{\"limits\":{\"cpu\":1,\"memory\":\"4Gi\"}}}]}}},\"workerGroupSpecs\":[");
	for (int i = 0; i < WIDE_GROUPS; i++) {
		buf_printf(text,
			"%s{\"groupName\":\"g-%d\",\"replicas\":1,\"minReplicas\":0,"
			"\"maxReplicas\":2,\"template\":{\"spec\":{\"containers\":[{\"name\":\"w\","
			"\"image\":\"i:1\",\"resources\":{\"limits\":{\"cpu\":1,\"memory\":"
			"\"4Gi\"}},\"ports\":[",
			i ? "," : "", i);
		for (int j = 0; j < BAD_PORTS; j++)
			buf_printf(text, "%s{\"name\":\"p-%d\",\"containerPort\":%d}", j ? "," : "",
				j, 70000 + j);
		buf_add_cstr(text, "]}]}}}");
	}
	buf_add_cstr(text, "]}}");
}

static const struct {
	const char *format, *words;
} MORE[] = {
	{"text", "file: and 192 more of the same rules\n"},
	{"json", "],\"unlisted\":{\"errors\":192,\"warnings\":0}}"},
	{"sarif", "{\"ruleId\":\"unlisted\",\"level\":\"error\",\"message\":{\"text\":\"and 192 "
		  "more of the same rules\"},\"locations\":[{\"physicalLocation\":"
		  "{\"artifactLocation\":{\"uri\":\"file\"},\"region\":{\"startLine\":1,"},
	{"sarif", "{\"id\":\"unlisted\",\"name\":"},
	{"junit", "file: and 192 more of the same rules&#10;</failure>"},
	{"github",
		"::error file=file,line=1,col=1,title=unlisted::and 192 more of the same rules\n"},
};

/* Of a thousand findings and more only some are told, but all are counted. */
Test(check_run, findings_beyond_those_that_are_told_are_counted)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct policy *policy = policy_empty();

	add_many_findings(&text);
	for (size_t i = 0; i < ARRAY_LEN(MORE); i++) {
		struct check_run run;

		check_run_init(&run, policy, report_format_find(str_from(MORE[i].format)));
		report_begin(&run.report);
		check_run_text(&run, "file", buf_str(&text));
		report_end(&run.report);
		cr_expect_eq(run.report.counts.errors, (size_t)WIDE_GROUPS * BAD_PORTS, "%zu",
			run.report.counts.errors);
		cr_expect(str_contains(buf_str(&run.report.out), MORE[i].words), "%s",
			MORE[i].format);
		check_run_done(&run);
	}
	policy_free(&policy);
}

/* Counting each place from the line's start, and showing all of it, took a minute. */
Test(check_run, many_findings_in_one_long_line_cost_one_pass, .timeout = 30)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct policy *policy = policy_empty();
	struct check_run run;

	add_long_line(&text);
	check_run_init(&run, policy, report_format_find(STR("text")));
	check_run_text(&run, "file", buf_str(&text));
	cr_expect_geq(run.report.counts.errors, GROUPS, "%zu", run.report.counts.errors);
	check_run_done(&run);
	policy_free(&policy);
}

static const struct {
	const char *format;
	bool quiet;
	const char *words; /* NULL: nothing is said */
} NAMESAKES[] = {
	{"text", false,
		"file:5:16: note: this RayCluster is not judged: KubeRay's has apiVersion "
		"\"ray.io/v1\"\n"},
	{"text", true, NULL},
	{"github", false, "::notice file=file,line=5,col=16,title=not judged::this RayCluster"},
	{"json", false, NULL},
};

/* Somebody else's kind may be called so: it is no mistake, but hardly ever what was meant. */
Test(check_run, a_kind_of_somebody_elses_that_is_called_as_ours_is_told)
{
	static const char FILE[] = "apiVersion: v1\nkind: List\nitems:\n"
				   "- {apiVersion: apps/v1, kind: Deployment}\n"
				   "- {apiVersion: ray.example.com/v1, kind: RayCluster}\n";
	struct policy *policy = policy_empty();

	for (size_t i = 0; i < ARRAY_LEN(NAMESAKES); i++) {
		struct check_run run;

		check_run_init(&run, policy, report_format_find(str_from(NAMESAKES[i].format)));
		run.report.quiet = NAMESAKES[i].quiet;
		check_run_text(&run, "file", str_from(FILE));
		const struct str out = buf_str(&run.report.out);

		cr_expect_eq(run.report.counts.others, 2u);
		cr_expect_eq(run.report.counts.errors + run.report.counts.warnings, 0u);
		if (NAMESAKES[i].words)
			cr_expect(str_starts(out, NAMESAKES[i].words), "%.*s", STR_ARG(out));
		else
			cr_expect_not(str_contains(out, "judged,"), "%.*s", STR_ARG(out));
		check_run_done(&run);
	}
	policy_free(&policy);
}

#define ONE_GROUP(name)                                                                            \
	"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"                    \
	"  headGroupSpec:\n    template: {spec: {containers: [{name: h, image: r}]}}\n"            \
	"  workerGroupSpecs:\n  - " name                                                           \
	": w\n    template: {spec: {containers: [{name: w, image: r}]}}\n"

static const struct {
	const char *text, *words;
} KEYS[] = {
	{ONE_GROUP("group_name"), "file:8:5: error: spec.workerGroupSpecs[0].group_name"},
	{ONE_GROUP("groupName: w\n    ray_start_params"), "file:9:5: error: "},
	{ONE_GROUP("groupName: a\n    suspend"), "file:9:14: error: "},
};

/* The caret is below what is wrong: a name that is misspelt, or a value. */
Test(check_run, of_a_misspelt_field_its_name_is_shown)
{
	struct policy *policy = policy_empty();

	for (size_t i = 0; i < ARRAY_LEN(KEYS); i++) {
		struct check_run run;

		check_run_init(&run, policy, report_format_find(STR("text")));
		check_run_text(&run, "file", str_from(KEYS[i].text));
		const struct str out = buf_str(&run.report.out);

		cr_expect(
			str_contains(out, KEYS[i].words), "%s: %.*s", KEYS[i].words, STR_ARG(out));
		check_run_done(&run);
	}
	policy_free(&policy);
}

#define CLUSTER_SPEC                                                                               \
	"spec: {headGroupSpec: {template: {spec: {containers: [{name: h, image: ray}]}}}}"

/* As kubectl fills in what the items of a typed list leave out, if they leave out both. */
Test(check_run, items_of_a_typed_list_are_of_its_kind)
{
	static const struct {
		const char *list, *item;
		size_t judged, errors;
	} CASES[] = {
		{"apiVersion: ray.io/v1\nkind: RayClusterList", "", 1, 0},
		{"apiVersion: ray.io/v1alpha1\nkind: RayClusterList", "", 1, 0},
		{"apiVersion: ray.io/v1\nkind: RayClusterList", "apiVersion: ray.io/v1, ", 1, 1},
		{"apiVersion: ray.io/v1\nkind: RayClusterList", "kind: RayCluster, ", 1, 1},
		{"apiVersion: v1\nkind: List", "", 0, 0},
		{"apiVersion: apps/v1\nkind: DeploymentList", "", 0, 0},
	};
	struct policy *policy = policy_empty();

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		CLEANUP(buf_done) struct buf text = {0};
		struct check_run run;

		buf_printf(&text, "%s\nitems:\n- {%smetadata: {name: a}, " CLUSTER_SPEC "}\n",
			CASES[i].list, CASES[i].item);
		check_run_init(&run, policy, report_format_find(STR("text")));
		check_run_text(&run, "file", buf_str(&text));
		cr_expect_eq(run.report.counts.objects, CASES[i].judged, "%.*s",
			STR_ARG(buf_str(&text)));
		cr_expect_eq(run.report.counts.errors, CASES[i].errors, "%.*s%.*s",
			STR_ARG(buf_str(&text)), STR_ARG(buf_str(&run.report.out)));
		check_run_done(&run);
	}
	policy_free(&policy);
}
