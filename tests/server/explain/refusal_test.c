/* What the controller writes of refused writes is read as it was meant, one by one. */
#include "server/explain/refusal.h"

#include <criterion/criterion.h>

#include "server/plan/status_parts.h"

enum { VERBS = 5 };

static const char *const WORDS[VERBS] = {"", "delete", "adopt", "release", "patch"};
static const enum action_kind ACTIONS[VERBS] = {
	ACTION_CREATE, ACTION_DELETE_POD, ACTION_ADOPT, ACTION_RELEASE, ACTION_PATCH_SERVICE};

/* One of each kind and verb; the round asks for all of them again. */
static size_t fail_each(struct round *round, struct observed_failure *failures)
{
	size_t count = 0;

	for (size_t verb = 0; verb < VERBS; verb++) {
		for (size_t kind = 0; kind < CHILD_KINDS; kind++) {
			struct action *const action = round_add(round, ACTIONS[verb]);

			action->child = (enum child_kind)kind;
			action->name = STR("x");
			action->expected.group = STR("g");
			failures[count++] = (struct observed_failure){
				.what = STR("x"),
				.group = kind == CHILD_POD ? STR("g") : STR(""),
				.kind = str_from(CHILD_KIND_NAMES[kind]),
				.message = STR("pods \"x\" is forbidden: no; Pod yes, \"of\" "
					       "course: never"),
				.code = 403,
				.action = ACTIONS[verb],
			};
		}
	}
	return count;
}

static struct str message_of(struct arena *arena)
{
	const struct child_context c = {.arena = arena};
	struct observed_failure failures[VERBS * CHILD_KINDS];
	struct observed seen = {.failures = failures};
	const struct status_input in = {.seen = &seen, .c = &c};
	struct status_draft draft;
	struct round round;

	round_init(&round, arena);
	seen.failure_count = fail_each(&round, failures);
	status_draft_init(&draft, &round, NULL, 0);
	status_put_failures(&draft, &in);
	const struct str text = arena_str(arena,
		json_edit_text(json_edit_get(json_edit_first(draft.conditions), STR("message"))));

	json_edit_free(&draft.was);
	json_edit_free(&draft.patch);
	json_edit_free(&draft.conditions);
	round_done(&round);
	return text;
}

Test(refusal, each_of_a_list_is_read_by_itself)
{
	struct arena arena CLEANUP(arena_done);
	struct refusal r;

	arena_init(&arena, 65536);
	struct str rest = message_of(&arena);

	for (size_t verb = 0; verb < VERBS; verb++) {
		for (size_t kind = 0; kind < CHILD_KINDS; kind++) {
			cr_assert(refusal_next(&rest, &r));
			cr_expect(str_is(r.verb, WORDS[verb]), "%.*s", STR_ARG(r.text));
			cr_expect(str_is(r.kind, CHILD_KIND_NAMES[kind]), "%.*s", STR_ARG(r.text));
			const bool drawn = verb == 0 && kind == CHILD_POD;

			cr_expect(str_is(r.name, drawn ? "g" : "x"), "%.*s", STR_ARG(r.text));
			cr_expect_neq(str_contains(r.text, "is forbidden"), drawn, "%.*s",
				STR_ARG(r.text));
		}
	}
	cr_expect_not(refusal_next(&rest, &r), "%.*s", STR_ARG(r.text));
}

Test(refusal, what_is_no_list_is_one)
{
	struct str rest = STR("Failed to create it; Pod w: no; delete \"Pod\" x");
	struct refusal r;

	cr_assert(refusal_next(&rest, &r));
	cr_expect_eq(r.kind.len, 0u);
	cr_expect(refusal_is_of_pods(&r));
	cr_expect_not(refusal_next(&rest, &r));
}
