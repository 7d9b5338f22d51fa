/*
 * tests/golden/reviews/CASE/NN-x.json: AdmissionReviews, each sent to /mutate and then to
 * /validate, in the order of their names, to one process with one ledger; the policy is
 * policy.yaml, or the built-in one. The answers are in NN-x.mutate and NN-x.validate: the reply,
 * and below it the patch in clear. `make golden` writes them anew. The cases recorded-* were sent
 * by a real kube-apiserver 1.26.
 */
#include <criterion/criterion.h>

#include "server/config/policy.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/review.h"

struct golden_case {
	struct arena *arena;
	const char *name;
	struct policy *policy;
	struct ledger *ledger;
};

static struct policy *read_policy(const struct golden_case *c)
{
	struct policy *const own =
		golden_policy(c->arena, "tests/golden/reviews/%s/policy.yaml", c->name);

	return own ? own : review_policy(policy_builtin().at);
}

static struct str answer(const struct golden_case *c, struct str request, enum admit_phase phase)
{
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = phase,
		.body = request,
		.arena = c->arena,
		.policy = c->policy,
		.ledger = c->ledger,
	};
	struct admit_outcome outcome;
	struct err err;

	if (!admit(&in, &reply, &outcome, &err))
		return arena_printf(c->arena, "HTTP 400: %s\n", err.text);
	const struct str patch = review_patch_of(c->arena, buf_str(&reply));

	if (patch.len)
		buf_printf(&reply, "patch: %.*s\n", STR_ARG(patch));
	return arena_str(c->arena, buf_str(&reply));
}

static void check_answer(const struct golden_case *c, struct str path, enum admit_phase phase)
{
	const struct str is = answer(c, golden_need(c->arena, "%s", path.at), phase);

	golden_expect(is, "%.*s.%s", (int)(path.len - 5), path.at,
		phase == ADMIT_MUTATE ? "mutate" : "validate");
}

static void check_request(const struct golden_case *c, struct str file)
{
	const struct str path =
		arena_printf(c->arena, "tests/golden/reviews/%s/%.*s", c->name, STR_ARG(file));

	check_answer(c, path, ADMIT_MUTATE);
	check_answer(c, path, ADMIT_VALIDATE);
}

static void check_case(const char *name)
{
	struct arena arena;
	struct golden_case c = {.arena = &arena, .name = name, .ledger = ledger_new(100)};

	arena_init(&arena, 65536);
	c.policy = read_policy(&c);
	const struct files_list files =
		files_in(&arena, arena_printf(&arena, "tests/golden/reviews/%s", name).at);

	cr_expect(files.count > 0, "%s is empty", name);
	for (size_t i = 0; i < files.count; i++) {
		if (str_ends(str_from(files.names[i]), ".json"))
			check_request(&c, str_from(files.names[i]));
	}
	policy_free(&c.policy);
	ledger_free(&c.ledger);
	arena_done(&arena);
}

Test(golden_reviews, each_request_has_its_answer)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct files_list cases = files_in(&arena, "tests/golden/reviews");

	cr_assert(cases.count > 10);
	for (size_t i = 0; i < cases.count; i++)
		check_case(cases.names[i]);
	arena_done(&arena);
}
