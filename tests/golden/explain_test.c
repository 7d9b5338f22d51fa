/*
 * tests/golden/explain/CASE/: cluster.yaml, a List as `kubectl get -o yaml` prints it; `now`, the
 * time at which it is looked at; logs/POD.CONTAINER and logs/POD.CONTAINER.previous; an optional
 * policy.yaml; an optional `unread`, a line "KIND: why" for each kind that may not be read. And
 * explain.txt: what `raygate explain` prints of the first RayCluster, or a line for each where
 * there are several. `make golden` writes them.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/yaml.h"
#include "server/explain/logs_wanted.h"
#include "server/explain/report.h"
#include "tests/support/files.h"

static const char *const FOLDER = "tests/golden/explain";

static bool read_file(struct arena *arena, const char *name, const char *file, struct str *out)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;
	const bool read =
		files_read(arena_printf(arena, "%s/%s/%s", FOLDER, name, file).at, &text, &err);

	*out = arena_str(arena, buf_str(&text));
	return read;
}

static struct policy *read_policy(struct arena *arena, const char *name)
{
	struct field_errors errors;
	struct str text;
	struct err err;

	if (!read_file(arena, name, "policy.yaml", &text))
		return policy_empty();
	field_errors_init(&errors, arena, NULL);
	struct policy *const policy = policy_decode(text, name, &errors, &err);

	cr_assert(policy, "%s: %s", name, err.text);
	return policy;
}

static void read_cluster(struct explain_input *in, const char *name)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 22, .depth = 100, .nodes = 200000, .expanded = 1000};
	struct yaml_doc doc;
	struct str text;
	struct err err;

	cr_assert(
		read_file(in->arena, name, "cluster.yaml", &text), "%s has no cluster.yaml", name);
	cr_assert(yaml_read(in->arena, text, &LIMITS, &doc, &err), "%s: %s", name, err.text);
	explain_add(in, doc.json.root);
	cr_assert_gt(in->of[EXPLAIN_CLUSTER].count, 0, "%s has no RayCluster", name);
}

static int64_t read_now(struct arena *arena, const char *name)
{
	struct str text;
	int64_t wall;

	cr_assert(read_file(arena, name, "now", &text), "%s has no time", name);
	cr_assert(clock_parse_rfc3339(str_trim(text), &wall), "%s: now is no time", name);
	return wall / CLOCK_SECOND;
}

/* All was read, but for what the case says. */
static void read_gaps(struct explain_input *in, const char *name)
{
	struct str text = {0};

	for (size_t kind = 0; kind < EXPLAIN_KINDS; kind++)
		in->of[kind].looked = true;
	read_file(in->arena, name, "unread", &text);
	while (text.len) {
		const size_t end = str_find(text, '\n');
		const struct str line = {text.at, end};
		const size_t colon = str_find(line, ':');
		const struct str kind = {line.at, colon};

		cr_assert_lt(colon + 2, line.len, "%s: no reason in '%.*s'", name, STR_ARG(line));
		for (size_t i = 0; i < EXPLAIN_KINDS; i++) {
			if (str_is(kind, EXPLAIN_KIND_ROWS[i].plural))
				in->of[i].looked = false;
		}
		explain_add_gap(
			in, arena_str(in->arena, kind).at, str_from_offset(line, colon + 2));
		text = str_from_offset(text, end < text.len ? end + 1 : end);
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
		const char *const file =
			arena_printf(in->arena, "logs/%.*s.%.*s%s", STR_ARG(wanted[i].pod),
				STR_ARG(wanted[i].container), wanted[i].previous ? ".previous" : "")
				.at;

		if (read_file(in->arena, name, file, &wanted[i].text))
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
		explain_report_text(verdicts[0], false, out);
	else
		explain_report_lines(verdicts, clusters->count, false, out);
	explain_report_gaps(in, false, out);
}

static void compare(struct arena *arena, const char *name, struct str actual)
{
	struct str expected;
	struct err err;

	if (getenv("GOLDEN")) {
		const char *const path = arena_printf(arena, "%s/%s/explain.txt", FOLDER, name).at;

		cr_assert(files_write(path, actual, &err), "%s", err.text);
		return;
	}
	cr_expect(read_file(arena, name, "explain.txt", &expected), "%s/explain.txt is missing",
		name);
	cr_expect(str_eq(expected, actual), "%s: expected\n%.*sis\n%.*s", name, STR_ARG(expected),
		STR_ARG(actual));
}

static void explain(struct arena *arena, const char *name)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct policy *policy = read_policy(arena, name);
	struct explain_input in = {.arena = arena, .policy = policy, .now = read_now(arena, name)};

	read_cluster(&in, name);
	read_gaps(&in, name);
	read_logs(&in, name);
	print(&in, &out);
	compare(arena, name, buf_str(&out));
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
