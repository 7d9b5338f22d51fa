/*
 * tests/golden/explain/CASE/: cluster.yaml, a List as `kubectl get -o yaml` prints it; `now`, the
 * time at which it is looked at; logs/POD.CONTAINER and logs/POD.CONTAINER.previous; an optional
 * policy.yaml; an optional `unread`, a line "KIND: why" for each kind that may not be read. And
 * explain.txt: what `raygate explain` prints of the first RayCluster, or a line for each where
 * there are several. `make golden` writes them.
 */
#include <criterion/criterion.h>

#include "base/clock.h"
#include "base/yaml.h"
#include "server/explain/logs_wanted.h"
#include "server/explain/report.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"

#define FOLDER "tests/golden/explain"

static void read_cluster(struct explain_input *in, const char *name)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 22, .depth = 100, .nodes = 200000, .expanded = 1000};
	const struct str text = golden_need(in->arena, FOLDER "/%s/cluster.yaml", name);
	struct yaml_doc doc;
	struct err err;

	cr_assert(yaml_read(in->arena, text, &LIMITS, &doc, &err), "%s: %s", name, err.text);
	explain_add(in, doc.json.root);
	cr_assert_gt(in->of[EXPLAIN_CLUSTER].count, 0, "%s has no RayCluster", name);
}

static int64_t read_now(struct arena *arena, const char *name)
{
	const struct str text = golden_need(arena, FOLDER "/%s/now", name);
	int64_t wall;

	cr_assert(clock_parse_rfc3339(str_trim(text), &wall), "%s: now is no time", name);
	return wall / CLOCK_SECOND;
}

/* All was read, but for what the case says. */
static void read_gaps(struct explain_input *in, const char *name)
{
	struct str text = golden_read(in->arena, FOLDER "/%s/unread", name);

	for (size_t kind = 0; kind < EXPLAIN_KINDS; kind++)
		in->of[kind].looked = true;
	/* An account is a matter of its own, of cases that have a part of it. */
	for (size_t kind = EXPLAIN_ACCOUNT; kind <= EXPLAIN_BINDING; kind++)
		in->of[kind].looked = in->of[EXPLAIN_ROLE].count > 0;
	while (text.len) {
		const struct str line = str_cut(&text, '\n');
		const size_t colon = str_find(line, ':');
		const struct str kind = {line.at, colon};

		cr_assert_lt(colon + 2, line.len, "%s: no reason in '%.*s'", name, STR_ARG(line));
		for (size_t i = 0; i < EXPLAIN_KINDS; i++) {
			if (str_is(kind, EXPLAIN_KIND_ROWS[i].plural))
				in->of[i].looked = false;
		}
		explain_add_gap(
			in, arena_str(in->arena, kind).at, str_from_offset(line, colon + 2));
	}
}

/* Only those that the program would have asked for. */
static void read_logs(struct explain_input *in, const char *name)
{
	struct explain_log wanted[EXPLAIN_LOGS_MAX];
	struct explain_subject s;

	explain_subject_init(&s, in, in->of[EXPLAIN_CLUSTER].items[0]);
	const size_t count = explain_logs_wanted(&s, wanted);

	for (size_t i = 0; i < count; i++) {
		wanted[i].text = golden_read(in->arena, FOLDER "/%s/logs/%.*s.%.*s%s", name,
			STR_ARG(wanted[i].pod), STR_ARG(wanted[i].container),
			wanted[i].previous ? ".previous" : "");
		if (wanted[i].text.at)
			in->logs[in->log_count++] = wanted[i];
	}
}

static void print(struct explain_input *in, struct buf *out)
{
	const struct explain_objects *const clusters = &in->of[EXPLAIN_CLUSTER];
	const struct explain_verdict **const verdicts =
		arena_array(in->arena, clusters->count, sizeof(*verdicts));

	for (size_t i = 0; i < clusters->count; i++) {
		struct explain_verdict *const verdict = arena_alloc(in->arena, sizeof(*verdict));

		explain_diagnose(in, clusters->items[i], verdict);
		verdicts[i] = verdict;
	}
	if (clusters->count == 1)
		explain_report_text(verdicts[0], false, 100, out);
	else
		explain_report_lines(verdicts, clusters->count, false, out);
	explain_report_gaps(in, false, out);
}

static void explain(struct arena *arena, const char *name)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct policy *const given = golden_policy(arena, FOLDER "/%s/policy.yaml", name);
	struct policy *policy = given ? given : policy_empty();
	struct explain_input in = {.arena = arena, .policy = policy, .now = read_now(arena, name)};

	read_cluster(&in, name);
	read_gaps(&in, name);
	read_logs(&in, name);
	print(&in, &out);
	golden_expect(buf_str(&out), FOLDER "/%s/explain.txt", name);
	policy_free(&policy);
}

Test(golden_explain, every_case_is_explained_as_expected)
{
	struct arena names, arena;

	arena_init(&names, 65536);
	arena_init(&arena, 1u << 20);
	const struct files_list cases = files_in(&names, FOLDER);

	cr_assert_gt(cases.count, 0);
	for (size_t i = 0; i < cases.count; i++) {
		explain(&arena, cases.names[i]);
		arena_reset(&arena);
	}
	arena_done(&arena);
	arena_done(&names);
}
