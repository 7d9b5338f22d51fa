/*
 * What our controller does not make is never passed over in silence: for every sample it is told at
 * apply (a warning of RG1801), in the condition "Supported", and in an Event.
 */
#include <criterion/criterion.h>
#include <string.h>

#include "base/yaml.h"
#include "server/plan/plan_modern.h"
#include "server/plan/status_modern.h"
#include "tests/support/files.h"
#include "tests/support/verdict.h"

/* The samples that ask for something that is not made, and the word for it. */
static const struct {
	const char *sample, *feature;
} EXPECTED[] = {
	{"ray.io-gang-scheduling.yaml", "gang scheduling"},
	{"ray.io-gcs-fault-tolerance-annotation.yaml", "cleaning of Redis"},
	{"ray.io-gcs-fault-tolerance-redis.yaml", "cleaning of Redis"},
	{"ray.io-history-server-gcs.yaml", "historyServerOptions"},
	{"ray.io-history-server.yaml", "historyServerOptions"},
	{"ray.io-ingress.yaml", "enableIngress"},
	{"ray.io-network-policy-egress.yaml", "networkPolicy"},
	{"ray.io-network-policy-ingress.yaml", "networkPolicy"},
	{"ray.io-network-policy.yaml", "networkPolicy"},
	{"ray.io-tls.yaml", "tlsOptions"},
	{"ray.io-upgrade-recreate.yaml", "upgradeStrategy Recreate"},
};

static const char *expected_of(const char *sample)
{
	for (size_t i = 0; i < ARRAY_LEN(EXPECTED); i++) {
		if (strcmp(sample, EXPECTED[i].sample) == 0)
			return EXPECTED[i].feature;
	}
	return NULL;
}

static struct str told_at_apply(struct arena *arena, struct str object, const struct policy *policy)
{
	const struct verdict_case it = {.object = object, .policy = policy};
	CLEANUP(buf_done) struct buf text = {0};
	struct findings findings;

	verdict_judge(arena, &it, &findings);
	for (size_t i = 0; i < findings.count; i++) {
		if (str_is(str_from(findings.items[i].rule->id), "RG1801"))
			buf_add(&text, findings.items[i].error->message);
	}
	return arena_str(arena, buf_str(&text));
}

/* The condition's message; "" where there is no condition, or it is not False. */
static struct str condition_of(const struct action *status)
{
	const struct json_edit *const conditions =
		json_edit_get(json_edit_get(status->body, STR("status")), STR("conditions"));

	for (const struct json_edit *v = json_edit_first(conditions); v; v = json_edit_next(v)) {
		if (str_is(json_edit_text(json_edit_get(v, STR("type"))), STATUS_SUPPORTED) &&
			str_is(json_edit_text(json_edit_get(v, STR("status"))), "False"))
			return json_edit_text(json_edit_get(v, STR("message")));
	}
	return STR("");
}

struct told {
	struct str condition, event;
};

static struct told told_by_controller(
	struct arena *arena, struct str text, const struct policy *policy)
{
	static const struct yaml_limits LIMITS = {
		.bytes = 1u << 20, .depth = 100, .nodes = 100000, .expanded = 100000};
	struct field_errors errors;
	struct yaml_doc doc;
	struct round round;
	struct err err;
	struct told told = {.condition = STR(""), .event = STR("")};

	cr_assert(yaml_read(arena, text, &LIMITS, &doc, &err), "%s", err.text);
	field_errors_init(&errors, arena, doc.json.root);
	const struct schema_decoder decoder = {
		.arena = arena, .errors = &errors, .crd_defaults = true};
	const struct observed seen = {
		.object = ray_object_decode(&decoder, RAY_CLUSTER, DIALECT_MODERN, doc.json.root),
		.root = doc.json.root,
		.generation = 1,
		.verdict = {.accepted = true, .reason = "Accepted"},
		.policy = policy,
		.random = {1},
	};

	round_init(&round, arena);
	plan_modern(&seen, &round);
	for (size_t i = 0; i < round.count; i++) {
		if (round.actions[i].kind == ACTION_STATUS)
			told.condition = arena_str(arena, condition_of(&round.actions[i]));
		else if (round.actions[i].kind == ACTION_EVENT)
			told.event = round.actions[i].message;
	}
	round_done(&round);
	return told;
}

static void expect_told(struct arena *arena, const char *sample, const struct policy *policy)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct err err;

	cr_assert(files_read(arena_printf(arena, "manifests/samples/%s", sample).at, &text, &err),
		"%s", err.text);
	const char *const feature = expected_of(sample);
	const struct str object = arena_str(arena, buf_str(&text));
	const struct str apply = told_at_apply(arena, object, policy);
	const struct told told = told_by_controller(arena, object, policy);

	if (feature == NULL) {
		cr_expect(apply.len + told.condition.len + told.event.len == 0, "%s: %s%s%s",
			sample, apply.at, told.condition.at, told.event.at);
		return;
	}
	cr_expect(str_contains(apply, feature), "%s at apply: %s", sample, apply.at);
	cr_expect(str_contains(told.condition, feature), "%s in the status: %s", sample,
		told.condition.at);
	cr_expect(str_contains(told.event, feature), "%s in an Event: %s", sample, told.event.at);
}

/* Labels of gang schedulers, each of which alone asks for something. */
static const struct {
	const char *label, *feature;
} LABELS[] = {
	{"ray.io/gang-scheduling-enabled", "gang scheduling"},
	{"ray.io/priority-class-name", "ray.io/priority-class-name"},
	{"volcano.sh/queue-name", "gang scheduling"},
	{"volcano.sh/network-topology-mode", "gang scheduling"},
	{"volcano.sh/network-topology-highest-tier-allowed", "gang scheduling"},
	{"yunikorn.apache.org/app-id", "gang scheduling"},
	{"yunikorn.apache.org/queue", "gang scheduling"},
	{"kai.scheduler/queue", "gang scheduling"},
};

static void look_at_label(struct arena *arena, size_t i, const struct policy *policy)
{
	const struct str object = arena_printf(arena,
		"apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: a, labels: {%s: x}}\n"
		"spec: {headGroupSpec: {template: {spec: {containers: [{name: r, image: i}]}}}}\n",
		LABELS[i].label);
	const struct str apply = told_at_apply(arena, object, policy);
	const struct told told = told_by_controller(arena, object, policy);

	cr_expect(str_contains(apply, LABELS[i].feature), "%s: %s", LABELS[i].label, apply.at);
	cr_expect(str_contains(told.condition, LABELS[i].feature), "%s: %s", LABELS[i].label,
		told.condition.at);
	cr_expect(str_contains(told.event, LABELS[i].feature), "%s: %s", LABELS[i].label,
		told.event.at);
}

static void look_at_samples(struct policy *policy)
{
	struct arena names, arena;
	size_t count = 0;

	arena_init(&names, 65536);
	arena_init(&arena, 65536);
	const struct files_list samples = files_in(&names, "manifests/samples");

	for (size_t i = 0; i < samples.count; i++) {
		if (!str_starts(str_from(samples.names[i]), "ray.io-") ||
			strcmp(samples.names[i], "ray.io-managed-by.yaml") == 0)
			continue;
		expect_told(&arena, samples.names[i], policy);
		arena_reset(&arena);
		count++;
	}
	cr_expect_gt(count, 40u);
	arena_done(&arena);
	arena_done(&names);
}

Test(golden_unsupported, is_told_wherever_a_sample_asks_for_it)
{
	struct policy *policy = policy_empty();

	policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	look_at_samples(policy);
	policy_free(&policy);
}

Test(golden_unsupported, is_told_of_each_label_alone)
{
	struct policy *policy = policy_empty();
	struct arena arena;

	arena_init(&arena, 65536);
	policy->target.controller = POLICY_CONTROLLER_RAYGATE;
	for (size_t i = 0; i < ARRAY_LEN(LABELS); i++)
		look_at_label(&arena, i, policy);
	arena_done(&arena);
	policy_free(&policy);
}
