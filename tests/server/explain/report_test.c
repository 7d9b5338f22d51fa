#include "server/explain/report.h"

#include <criterion/criterion.h>

/* A cluster that nobody looks at, and whose name a terminal must not obey. */
static const char CLUSTER[] =
	"{\"apiVersion\":\"ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{\"name\":\"demo\","
	"\"namespace\":\"team\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\"},\"spec\":{"
	"\"managedBy\":\"a\\u001b[2Jb\",\"headGroupSpec\":{\"template\":{\"spec\":{"
	"\"containers\":[{\"name\":\"ray\",\"image\":\"ray:1\"}]}}}}}";

struct fixture {
	struct arena arena;
	struct policy *policy;
	struct explain_input in;
	struct explain_verdict verdict;
	struct buf out;
};

static void begin(struct fixture *f)
{
	const struct json_limits limits = {.bytes = 4096, .depth = 20, .nodes = 200};
	struct json_doc doc;
	struct err err;

	*f = (struct fixture){.policy = policy_empty()};
	arena_init(&f->arena, 65536);
	cr_assert(json_read(&f->arena, str_from(CLUSTER), &limits, &doc, &err), "%s", err.text);
	f->in = (struct explain_input){
		.arena = &f->arena, .policy = f->policy, .now = INT64_C(1767229200)};
	explain_add(&f->in, doc.root);
	explain_add_gap(&f->in, "nodes", STR("it may not"));
	explain_diagnose(&f->in, doc.root, &f->verdict);
}

static void end(struct fixture *f)
{
	buf_done(&f->out);
	policy_free(&f->policy);
	arena_done(&f->arena);
}

Test(explain_report, words_of_others_do_not_reach_the_terminal)
{
	struct fixture f;

	begin(&f);
	explain_report_text(&f.verdict, false, 100, &f.out);
	cr_expect(
		str_contains(buf_str(&f.out), "left to a [2Jb"), "%.*s", STR_ARG(buf_str(&f.out)));
	cr_expect_not(str_contains(buf_str(&f.out), "\033"));
	end(&f);
}

Test(explain_report, colours_are_for_those_who_want_them)
{
	struct fixture f;

	begin(&f);
	explain_report_text(&f.verdict, true, 100, &f.out);
	cr_expect(str_contains(buf_str(&f.out), "\033[1;31m1. it is left"), "%.*s",
		STR_ARG(buf_str(&f.out)));
	end(&f);
}

Test(explain_report, json_has_all_of_it)
{
	const struct explain_verdict *verdict;
	struct fixture f;

	begin(&f);
	verdict = &f.verdict;
	struct json_edit *whole = explain_report_json(&f.in, &verdict, 1);
	const struct json_edit *const cluster =
		json_edit_item(json_edit_get(whole, STR("clusters")), 0);
	const struct json_edit *const finding =
		json_edit_item(json_edit_get(cluster, STR("findings")), 0);
	const struct json_edit *const gap = json_edit_item(json_edit_get(whole, STR("unread")), 0);

	cr_expect(str_is(json_edit_text(json_edit_get(cluster, STR("name"))), "demo"));
	cr_expect(str_is(json_edit_text(json_edit_get(cluster, STR("apiVersion"))), "ray.io/v1"));
	cr_expect_eq(json_edit_kind(json_edit_get(cluster, STR("asAsked"))), JSON_FALSE);
	cr_expect(str_is(json_edit_text(json_edit_get(finding, STR("grade"))), "wrong"));
	cr_expect_gt(json_edit_count(json_edit_get(finding, STR("advice"))), 0u);
	cr_expect(str_is(json_edit_text(json_edit_get(gap, STR("what"))), "nodes"));
	json_edit_free(&whole);
	end(&f);
}

Test(explain_report, two_of_one_name_are_told_apart)
{
	static const char NAMESAKE[] =
		"{\"apiVersion\":\"cluster.ray.io/v1\",\"kind\":\"RayCluster\",\"metadata\":{"
		"\"name\":\"demo\",\"namespace\":\"team\"},\"spec\":{}}";
	const struct json_limits limits = {.bytes = 4096, .depth = 20, .nodes = 200};
	struct explain_verdict other;
	struct json_doc doc;
	struct fixture f;
	struct err err;

	begin(&f);
	cr_assert(json_read(&f.arena, str_from(NAMESAKE), &limits, &doc, &err), "%s", err.text);
	explain_diagnose(&f.in, doc.root, &other);
	f.verdict.wrong = other.wrong;
	explain_report_lines(
		(const struct explain_verdict *const[]){&other, &f.verdict}, 2, false, &f.out);
	cr_expect(str_starts(buf_str(&f.out), "team/demo (ray.io)          0 of"), "%.*s",
		STR_ARG(buf_str(&f.out)));
	cr_expect(str_contains(buf_str(&f.out), "\nteam/demo (cluster.ray.io)  0 of"), "%.*s",
		STR_ARG(buf_str(&f.out)));
	f.out.len = 0;
	explain_report_lines((const struct explain_verdict *const[]){&f.verdict}, 1, false, &f.out);
	cr_expect(str_starts(buf_str(&f.out), "team/demo  0 of"), "%.*s", STR_ARG(buf_str(&f.out)));
	end(&f);
}

/* The rule's id and what to mend stand at the end of a verdict, and seen words may be long. */
Test(explain_report, a_narrow_screen_cuts_what_was_seen_and_no_verdict)
{
	enum { NARROW = 40 };
	struct fixture f;
	struct explain_finding *finding;
	struct str rest;

	begin(&f);
	struct explain_findings *const all = &f.verdict.findings;
	struct str words = STR("");

	for (size_t i = 0; i < 100; i++)
		words = arena_printf(&f.arena, "%.*s w\u00f6rter", STR_ARG(words));
	all->arena = &f.arena;
	all->count = 0;
	finding = explain_found(all, EXPLAIN_WRONG, "a headline");
	explain_shows(all, finding, "seen%.*s end-of-seen", STR_ARG(words));
	explain_tells(all, finding, "told%.*s (RG1401)", STR_ARG(words));
	explain_report_text(&f.verdict, false, NARROW, &f.out);
	rest = buf_str(&f.out);
	cr_expect(str_contains(rest, "(RG1401)\n"), "%.*s", STR_ARG(rest));
	cr_expect_not(str_contains(rest, "end-of-seen"), "%.*s", STR_ARG(rest));
	rest = str_from_offset(rest, str_find(rest, '\n') + 1);
	while (rest.len) {
		const struct str line = str_cut(&rest, '\n');
		size_t characters = 0;

		for (size_t i = 0; i < line.len; i++)
			characters += ((unsigned char)line.at[i] & 0xc0) != 0x80;
		/* the two of a mark that more was seen */
		cr_expect_leq(characters, NARROW + 2, "%.*s", STR_ARG(line));
	}
	end(&f);
}
