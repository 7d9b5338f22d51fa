/*
 * What manifests/ shows to people: samples are admitted, reviews do what is said of them, policies
 * can be read. A sample that warns of anything but what its row says is a false alarm.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "server/admission/admit.h"
#include "tests/support/files.h"
#include "tests/support/golden.h"
#include "tests/support/verdict.h"
#include "validators/plan.h"

#define SAMPLES  "manifests/samples"
#define REVIEWS  "manifests/samples/reviews"
#define POLICIES "manifests/policies"

/* Warnings that a sample is about, or cannot do without. Nothing is said of feature gates here. */
static const struct {
	const char *sample;
	const char *rule;
} WARNINGS[] = {
	{"raycronjob-nightly.yaml", "RG1266"},
	{"raycronjob-suspended.yaml", "RG1266"},
	{"ray.io-defaulted.yaml", "RG0511"},
	{"ray.io-defaulted.yaml", "RG0513"},
	{"ray.io-gcs-fault-tolerance-claim.yaml", "RG0807"},
	{"ray.io-gcs-fault-tolerance-rocksdb.yaml", "RG0807"},
	{"ray.io-gcs-fault-tolerance-annotation.yaml", "RG1510"},
	{"ray.io-head-node-port.yaml", "RG1010"},
	{"ray.io-history-server-gcs.yaml", "RG0941"},
	{"ray.io-history-server.yaml", "RG0941"},
	{"ray.io-network-policy-egress.yaml", "RG0961"},
	{"ray.io-network-policy-ingress.yaml", "RG0961"},
	{"ray.io-network-policy.yaml", "RG0961"},
	{"ray.io-tls.yaml", "RG0921"},
};

static bool is_known_warning(const char *sample, const struct finding *finding)
{
	for (size_t i = 0; i < ARRAY_LEN(WARNINGS); i++) {
		if (strcmp(sample, WARNINGS[i].sample) == 0 &&
			strcmp(finding->rule->id, WARNINGS[i].rule) == 0)
			return true;
	}
	return false;
}

static void check_sample(const char *sample, const struct policy *policy)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct findings findings;
	struct arena arena;
	size_t unknown = 0;

	arena_init(&arena, 65536);
	const struct verdict_case it = {
		.object = golden_need(&arena, SAMPLES "/%s", sample), .policy = policy};

	verdict_judge(&arena, &it, &findings);
	verdict_print(&findings, &text);
	for (size_t i = findings.errors; i < findings.count; i++)
		unknown += !is_known_warning(sample, &findings.items[i]);
	cr_expect(
		findings.errors == 0 && unknown == 0, "%s:\n%.*s", sample, STR_ARG(buf_str(&text)));
	arena_done(&arena);
}

static bool ends_with(const char *name, const char *end)
{
	const size_t length = strlen(name), tail = strlen(end);

	return length >= tail && strcmp(name + length - tail, end) == 0;
}

Test(golden_samples, each_is_admitted_without_a_warning_that_it_does_not_mean)
{
	struct policy *policy = policy_empty();
	struct arena arena;
	size_t samples = 0;

	arena_init(&arena, 4096);
	const struct files_list files = files_in(&arena, SAMPLES);

	for (size_t i = 0; i < files.count; i++) {
		if (!ends_with(files.names[i], ".yaml"))
			continue;
		check_sample(files.names[i], policy);
		samples++;
	}
	cr_expect(samples > 60, "only %zu samples are found", samples);
	arena_done(&arena);
	policy_free(&policy);
}

Test(golden_samples, each_policy_can_be_read)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct files_list files = files_in(&arena, POLICIES);

	cr_expect(files.count >= 2);
	for (size_t i = 0; i < files.count; i++) {
		struct policy *policy = golden_policy(&arena, POLICIES "/%s", files.names[i]);

		for (size_t s = 0; s < policy->severity_count; s++)
			cr_expect(plan_rule_find(policy->severities[s].rule) != NULL,
				"%s: no rule %.*s", files.names[i],
				STR_ARG(policy->severities[s].rule));
		policy_free(&policy);
	}
	arena_done(&arena);
}

/* What server/serve/welcome.c promises of each. */
static const struct {
	const char *review;
	enum admit_phase phase;
	enum admit_decision decision;
	bool patched;
	const char *rules; /* that must be among the errors */
} REVIEW_CASES[] = {
	{"defaulted.json", ADMIT_MUTATE, ADMIT_ALLOWED, true, ""},
	{"refused.json", ADMIT_VALIDATE, ADMIT_DENIED, false, "RG0302 RG0308 RG0408 RG0630"},
	{"over-quota.json", ADMIT_VALIDATE, ADMIT_DENIED, false, "RG1401"},
};

static bool has_rule(const struct admit_outcome *outcome, struct str id)
{
	for (size_t i = 0; i < outcome->errors; i++) {
		if (str_is(id, outcome->rules[i]))
			return true;
	}
	return false;
}

static void check_review(struct arena *arena, size_t row, const struct policy *policy)
{
	CLEANUP(buf_done) struct buf reply = {0};
	struct ledger *ledger = ledger_new(10);
	const char *const name = REVIEW_CASES[row].review;
	const struct admit_input in = {
		.phase = REVIEW_CASES[row].phase,
		.body = golden_need(arena, REVIEWS "/%s", name),
		.arena = arena,
		.policy = policy,
		.ledger = ledger,
	};
	struct admit_outcome outcome;
	struct err err;

	cr_assert(admit(&in, &reply, &outcome, &err), "%s: %s", name, err.text);
	cr_expect(outcome.decision == REVIEW_CASES[row].decision, "%s: %.*s", name,
		STR_ARG(buf_str(&reply)));
	cr_expect(outcome.patched == REVIEW_CASES[row].patched, "%s: %.*s", name,
		STR_ARG(buf_str(&reply)));
	for (struct str rest = str_from(REVIEW_CASES[row].rules); rest.len >= 6;
		rest = str_from_offset(rest, rest.len > 6 ? 7 : 6))
		cr_expect(has_rule(&outcome, (struct str){rest.at, 6}), "%s: not %.6s: %.*s", name,
			rest.at, STR_ARG(buf_str(&reply)));
	ledger_free(&ledger);
}

Test(golden_samples, the_reviews_for_curl_do_what_is_said_of_them)
{
	struct arena arena;

	arena_init(&arena, 65536);
	struct policy *policy = golden_policy(&arena, POLICIES "/ray.yaml");

	for (size_t i = 0; i < ARRAY_LEN(REVIEW_CASES); i++)
		check_review(&arena, i, policy);
	policy_free(&policy);
	arena_done(&arena);
}

Test(golden_samples, the_readme_shows_the_policy_as_it_is)
{
	struct arena arena;

	arena_init(&arena, 65536);
	const struct str readme = golden_need(&arena, "README.md");
	const struct str policy = golden_need(&arena, POLICIES "/example.yaml");

	cr_expect(str_contains(readme, policy.at),
		"README.md differs from " POLICIES "/example.yaml");
	arena_done(&arena);
}
