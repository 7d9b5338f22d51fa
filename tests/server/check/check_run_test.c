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
