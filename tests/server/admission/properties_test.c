/*
 * What must hold of every object, tried on some thousand random ones: our patch never makes an
 * object worse, is complete at once, and survives the user's manifest being sent again.
 */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "api/patch.h"
#include "api/ray_object.h"
#include "tests/support/every_rule.h"
#include "tests/support/generate.h"
#include "tests/support/review.h"

enum { ROUNDS = 2000, MISTAKES = 25 };

/* One round's world. */
struct world {
	struct arena arena;
	struct policy *policy;
	uint64_t seed;
	struct str object; /* what the user sends */
};

static void world_start(struct world *w, uint64_t seed, unsigned mistakes)
{
	w->seed = seed;
	arena_init(&w->arena, 65536);
	w->policy = review_policy(generate_policy(&w->arena, seed).at);
	w->object = generate_object(&w->arena, seed, mistakes);
}

static void world_end(struct world *w)
{
	policy_free(&w->policy);
	arena_done(&w->arena);
}

static struct review_result review(
	struct world *w, enum admit_phase phase, struct str object, struct str old)
{
	struct review_result result;

	review_run(&w->arena,
		&(struct review_case){.phase = phase,
			.object = object,
			.old = old,
			.namespace = STR("team-a"),
			.policy = w->policy},
		&result);
	return result;
}

static const struct json_node *read(struct world *w, struct str text)
{
	static const struct json_limits LIMITS = {.bytes = 1 << 20, .depth = 64, .nodes = 100000};
	struct json_doc doc;
	struct err err;

	cr_assert(json_read(&w->arena, text, &LIMITS, &doc, &err), "seed %llu: %s",
		(unsigned long long)w->seed, err.text);
	return doc.root;
}

static struct str merged(struct world *w, struct str stored, struct str sent)
{
	CLEANUP(buf_done) struct buf text = {0};

	merge_patch_apply(&w->arena, read(w, stored), read(w, sent), &text);
	return arena_str(&w->arena, buf_str(&text));
}

static void expect_same(struct world *w, struct str is, struct str wanted, const char *what)
{
	cr_expect(json_equal(read(w, is), read(w, wanted)), "seed %llu, %s:\n%.*s\nwanted\n%.*s",
		(unsigned long long)w->seed, what, STR_ARG(is), STR_ARG(wanted));
}

Test(properties, generated_objects_without_mistakes_are_admitted)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, 0);
		const struct review_result mutated = review(&w, ADMIT_MUTATE, w.object, STR(""));
		const struct review_result judged =
			review(&w, ADMIT_VALIDATE, mutated.object, STR(""));

		cr_expect(mutated.allowed && judged.allowed, "seed %llu: %.*s\n%.*s",
			(unsigned long long)seed, STR_ARG(w.object), STR_ARG(judged.reply));
		world_end(&w);
	}
}

Test(properties, our_patch_never_adds_an_error)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, MISTAKES);
		const struct review_result before = review(&w, ADMIT_VALIDATE, w.object, STR(""));
		const struct review_result mutated = review(&w, ADMIT_MUTATE, w.object, STR(""));
		const struct review_result after =
			review(&w, ADMIT_VALIDATE, mutated.object, STR(""));

		cr_expect(after.outcome.errors <= before.outcome.errors, "seed %llu: %.*s\n%.*s",
			(unsigned long long)seed, STR_ARG(before.reply), STR_ARG(after.reply));
		world_end(&w);
	}
}

/* Another policy takes the place of the first. */
static void world_turns(struct world *w)
{
	policy_free(&w->policy);
	w->policy = review_policy(generate_policy(&w->arena, w->seed + ROUNDS).at);
}

Test(properties, a_second_call_has_nothing_to_add)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, seed % 2 ? MISTAKES : 0);
		const struct review_result once = review(&w, ADMIT_MUTATE, w.object, STR(""));
		const struct review_result twice = review(&w, ADMIT_MUTATE, once.object, STR(""));

		cr_expect(twice.patch.len == 0, "seed %llu: %.*s\nthen %.*s",
			(unsigned long long)seed, STR_ARG(once.patch), STR_ARG(twice.patch));
		world_end(&w);
	}
}

static bool is_same_kind(struct world *w, struct str a, struct str b)
{
	enum dialect dialects[2];
	enum ray_kind kinds[2];

	cr_assert(ray_object_recognise(read(w, a), &kinds[0], &dialects[0]));
	cr_assert(ray_object_recognise(read(w, b), &kinds[1], &dialects[1]));
	return kinds[0] == kinds[1] && dialects[0] == dialects[1];
}

/* An update too is mutated twice when another webhook has changed something in between. */
static void update_twice(struct world *w, struct str stored)
{
	const struct review_result once = review(w, ADMIT_MUTATE, w->object, stored);
	const struct review_result twice = review(w, ADMIT_MUTATE, once.object, stored);

	cr_expect(twice.patch.len == 0, "seed %llu: %.*s\nthen %.*s", (unsigned long long)w->seed,
		STR_ARG(once.patch), STR_ARG(twice.patch));
}

Test(properties, a_second_call_of_an_update_has_nothing_to_add)
{
	unsigned tried = 0;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, 0);
		const struct str old = generate_object(&w.arena, seed + ROUNDS, 0);
		const struct str stored = review(&w, ADMIT_MUTATE, old, STR("")).object;

		world_turns(&w);
		if (is_same_kind(&w, stored, w.object)) {
			update_twice(&w, stored);
			tried++;
		}
		world_end(&w);
	}
	cr_expect_gt(tried, ROUNDS / 10u, "%u", tried);
}

static void expect_restored(struct world *w, struct str stored, const char *what)
{
	const struct str body = merged(w, stored, w->object);

	expect_same(w, review(w, ADMIT_MUTATE, w->object, stored).object, stored, what);
	expect_same(w, review(w, ADMIT_MUTATE, body, stored).object, stored, what);
}

/* As PUT and as a merge patch, while the policy is the same and when it is another one. */
Test(properties, the_manifest_sent_again_gives_the_stored_object)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, 0);
		const struct str stored = review(&w, ADMIT_MUTATE, w.object, STR("")).object;

		expect_restored(&w, stored, "the same policy");
		world_turns(&w);
		expect_restored(&w, stored, "another policy");
		world_end(&w);
	}
}

/* The first group has more workers than its manifest says anything of: false where it has none. */
static bool scale_up(struct world *w, struct str *stored)
{
	static const char UP[] = "[{\"op\":\"replace\",\"path\":\"/spec/workerGroupSpecs/0/"
				 "replicas\",\"value\":7}]";
	CLEANUP(buf_done) struct buf text = {0};
	const struct json_node *const group =
		json_item(json_get(json_get(read(w, w->object), "spec"), "workerGroupSpecs"), 0);
	struct patch patch;
	struct err err;

	cr_assert(patch_read(&w->arena, read(w, STR(UP)), &patch, &err), "%s", err.text);
	if (group == NULL || json_get(group, "replicas") ||
		!patch_apply(&w->arena, read(w, *stored), &patch, &text, &err))
		return false;
	*stored = arena_str(&w->arena, buf_str(&text));
	return true;
}

Test(properties, the_manifest_sent_again_leaves_what_the_autoscaler_did)
{
	unsigned scaled = 0;

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, 0);
		struct str stored = review(&w, ADMIT_MUTATE, w.object, STR("")).object;

		if (scale_up(&w, &stored)) {
			expect_restored(&w, stored, "scaled");
			scaled++;
		}
		world_end(&w);
	}
	cr_expect_gt(scaled, ROUNDS / 20u, "%u", scaled);
}

/* The list of groups, wherever the cluster's spec stands. */
static const struct json_node *list_of_groups(const struct json_node *node)
{
	const struct json_node *found = NULL;

	for (struct json_iter it = json_iter(node); !found && json_next_member(&it);)
		found = json_str_is(it.key, STR("workerGroupSpecs")) ||
					json_str_is(it.key, STR("podTypes"))
				? it.value
				: list_of_groups(it.value);
	return found;
}

/* The object with each of its groups three times, one behind the other. */
static struct str with_twins(struct world *w)
{
	const struct json_node *const list = list_of_groups(read(w, w->object));
	CLEANUP(buf_done) struct buf text = {0};

	if (!json_count(list))
		return w->object;
	const struct str raw = json_raw(list);

	buf_add(&text, (struct str){w->object.at, (size_t)(raw.at - w->object.at)});
	for (struct json_iter it = json_iter(list); json_next_item(&it);)
		for (int i = 0; i < 3; i++)
			buf_printf(&text, "%s%.*s", it.index || i ? "," : "[",
				STR_ARG(json_raw(it.value)));
	buf_add_char(&text, ']');
	buf_add(&text, str_from_offset(w->object, (size_t)(raw.at - w->object.at) + raw.len));
	return arena_str(&w->arena, buf_str(&text));
}

Test(properties, rules_that_are_not_run_would_find_nothing)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, seed % 3 == 0 ? MISTAKES : 4);
		const struct str old = generate_object(&w.arena, seed + 1, MISTAKES);
		const struct every_rule_case it = {
			.policy = w.policy,
			.object = read(&w, seed % 2 ? w.object : with_twins(&w)),
			.old = seed % 2 ? read(&w, old) : NULL,
			.crd_defaults = seed % 5 == 0,
		};
		const struct str differs = every_rule_difference(&w.arena, &it);

		cr_expect(differs.len == 0, "seed %llu: %.*s\n%.*s", (unsigned long long)seed,
			STR_ARG(differs), STR_ARG(w.object));
		world_end(&w);
	}
}

/* Nothing of the spec changes, a label does: what was wrong before is no reason to refuse now. */
Test(properties, an_update_that_leaves_the_mistakes_is_admitted)
{
	static const char LABEL[] = "{\"metadata\":{\"labels\":{\"touched\":\"yes\"}}}";

	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		struct world w;

		world_start(&w, seed, MISTAKES);
		const struct str touched = merged(&w, w.object, STR(LABEL));
		const struct review_result judged = review(&w, ADMIT_VALIDATE, touched, w.object);

		cr_expect(judged.allowed, "seed %llu: %.*s\n%.*s", (unsigned long long)seed,
			STR_ARG(w.object), STR_ARG(judged.reply));
		world_end(&w);
	}
}

Test(properties, a_dry_run_answers_the_same)
{
	for (uint64_t seed = 1; seed <= ROUNDS / 4; seed++) {
		struct world w;
		struct review_result dry;

		world_start(&w, seed, seed % 2 ? MISTAKES : 0);
		const struct review_result wet = review(&w, ADMIT_MUTATE, w.object, STR(""));

		review_run(&w.arena,
			&(struct review_case){.phase = ADMIT_MUTATE,
				.object = w.object,
				.namespace = STR("team-a"),
				.dry_run = true,
				.policy = w.policy},
			&dry);
		cr_expect(str_eq(dry.reply, wet.reply), "seed %llu", (unsigned long long)seed);
		world_end(&w);
	}
}
