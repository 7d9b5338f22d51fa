/* Reports of hostile names are still what they say they are: XML, JSON, a URI. */
#include "server/check/report.h"

#include <criterion/criterion.h>

#include "server/check/check_run.h"
#include "server/config/policy.h"

static const struct {
	const char *file, *text;
	const char *junit, *sarif; /* what the reports contain */
} UNREADABLE[] = {
	{"a.yaml", "plain", "name=\"a.yaml\"", "\"uri\":\"a.yaml\""},
	{"<stdin>", "a < b && c > \"d\"", "message=\"a &lt; b &amp;&amp; c &gt; &quot;d&quot;\"",
		"\"uri\":\"%3Cstdin%3E\""},
	{"a\"/><evil b=\"", "x", "name=\"a&quot;/&gt;&lt;evil b=&quot;\"",
		"\"uri\":\"a%22/%3E%3Cevil%20b%3D%22\""},
	{"c:d 100%.yaml", "]]>", "message=\"]]&gt;\"", "\"uri\":\"c%3Ad%20100%25.yaml\""},
	{"tab\tline\nend\r", "x", "name=\"tab&#9;line&#10;end&#13;\"",
		"\"uri\":\"tab%09line%0Aend%0D\""},
	{"x", "bell\a, escape\x1b[31m, \xFF and \xEF\xBF\xBF",
		"message=\"bell\xEF\xBF\xBD, escape\xEF\xBF\xBD[31m, \xEF\xBF\xBD and \xEF\xBF\xBD",
		"escape\\u001b[31m, \xEF\xBF\xBD and"},
	{"s\xC3\xBC\xC3\x9F.yaml", "\xC3\xBC", "name=\"s\xC3\xBC\xC3\x9F.yaml\"",
		"\"uri\":\"s%C3%BC%C3%9F.yaml\""},
};

static void expect_report(size_t i, const char *format, const char *words)
{
	struct report report = {.format = report_format_find(str_from(format))};

	report_begin(&report);
	report_unreadable(&report, &(struct report_remark){.file = UNREADABLE[i].file,
					   .line = 1,
					   .column = 2,
					   .text = str_from(UNREADABLE[i].text)});
	report_end(&report);
	cr_expect(str_contains(buf_str(&report.out), words), "%s lacks %s: %.*s", format, words,
		STR_ARG(buf_str(&report.out)));
	report_done(&report);
}

Test(report, names_and_texts_cannot_break_out)
{
	for (size_t i = 0; i < ARRAY_LEN(UNREADABLE); i++) {
		expect_report(i, "junit", UNREADABLE[i].junit);
		expect_report(i, "sarif", UNREADABLE[i].sarif);
	}
}

static size_t count(struct str text, const char *word)
{
	const size_t length = strlen(word);
	size_t found = 0;

	for (size_t at = 0; at + length <= text.len; at++)
		found += memcmp(text.at + at, word, length) == 0;
	return found;
}

/* Two files with an object each, one of them refused, through one report. */
static void run_two(struct check_run *run, const char *format)
{
	static const char GOOD[] =
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a}\nspec:\n"
		"  headGroupSpec:\n    rayStartParams: {}\n    template:\n      spec:\n"
		"        containers:\n        - {name: r, image: rayproject/ray:2.52.0}\n";
	static const char BAD[] =
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: b}\nspec: {}\n";

	check_run_text(run, "good.yaml", str_from(GOOD));
	check_run_text(run, "bad.yaml", str_from(BAD));
	check_run_text(run, "bad.yaml", str_from(BAD));
	report_end(&run->report);
	cr_expect_eq(run->report.counts.refused, 2, "%s", format);
}

static void check_two(const char *format, bool quiet, struct buf *out)
{
	struct policy *policy = policy_empty();
	struct check_run run;

	check_run_init(&run, policy, report_format_find(str_from(format)));
	run.report.quiet = quiet;
	report_begin(&run.report);
	run_two(&run, format);
	buf_add(out, buf_str(&run.report.out));
	check_run_done(&run);
	policy_free(&policy);
}

Test(report, junit_has_a_suite_for_each_file_and_a_case_for_each_object)
{
	CLEANUP(buf_done) struct buf out = {0};

	check_two("junit", false, &out);
	cr_expect_eq(count(buf_str(&out), "<testsuite "), 2);
	cr_expect_eq(count(buf_str(&out), "</testsuite>"), 2);
	cr_expect_eq(count(buf_str(&out), "<testcase "), 3);
	cr_expect_eq(count(buf_str(&out), "<failure "), 2);
	cr_expect(str_contains(
		buf_str(&out), "name=\"bad.yaml\" file=\"bad.yaml\" tests=\"2\" failures=\"2\""));
	cr_expect(str_contains(buf_str(&out), "<system-out>"), "warnings are told");
	cr_expect_not(str_contains(buf_str(&out), " line=\""), "the schema has no such attribute");
}

Test(report, sarif_describes_a_rule_once)
{
	CLEANUP(buf_done) struct buf out = {0};

	check_two("sarif", true, &out);
	cr_expect_eq(count(buf_str(&out), "{\"id\":\"RG0103\""), 1);
	cr_expect_eq(count(buf_str(&out), "{\"ruleId\":\"RG0103\""), 2);
	cr_expect_not(
		str_contains(buf_str(&out), "warning"), "quiet: %.*s", STR_ARG(buf_str(&out)));
}
