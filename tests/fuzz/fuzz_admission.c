/*
 * Any bytes as the body of a review, to both webhooks: no crash, and either a reason or an answer
 * that an API server takes. Our patch applies, needs no second one, and brings no new error. Rules
 * that are not run would find nothing, and where nothing is allowed the messages are all written.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/patch.h"
#include "server/admission/admit.h"
#include "tests/support/base64.h"
#include "tests/support/every_rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Fills whatever can be filled, and counts and limits whatever can be. */
static const char POLICY[] =
	"{apiVersion: raygate.dev/v1, kind: Policy,"
	" defaults: {head: {requests: {cpu: 1, memory: 2Gi}, limits: {cpu: 1, memory: 2Gi}},"
	"  worker: {requests: {cpu: 500m}, limits: {memory: 1Gi}}},"
	" limits: {pod: {requests.cpu: 64, requests.nvidia.com/gpu: 8}, group: {pods: 100},"
	"  cluster: {pods: 200, memory: 1Ti}},"
	" quotas: {'*': {cpu: 20, memory: 80Gi, pods: 40, count/rayclusters: 10}},"
	" profiles: [{name: all, all: {nodeSelector: {pool: ray}, tolerations: [{key: gpu}],"
	"  imagePullSecrets: [{name: pull}], priorityClassName: high, labels: {a: b},"
	"  annotations: {c: d}, env: [{name: E, value: v}], runtimeClassName: r,"
	"  securityContext: {allowPrivilegeEscalation: false},"
	"  podSecurityContext: {runAsNonRoot: true}}}]}";

/* Whatever an object asks for is too much. */
static const char NOTHING_ALLOWED[] =
	"{apiVersion: raygate.dev/v1, kind: Policy,"
	" limits: {pod: {cpu: 0, memory: 0, pods: 0}, group: {cpu: 0, memory: 0, pods: 0},"
	"  cluster: {cpu: 0, memory: 0, pods: 0}},"
	" quotas: {'*': {cpu: 0, memory: 0, pods: 0, count/rayclusters: 0}}}";

struct fuzz {
	struct arena arena;
	const struct policy *policy;
	struct ledger *ledger;
};

struct answer {
	bool given; /* false: a 4xx with a reason */
	bool allowed;
	struct str patch; /* JSON Patch, "" without one */
	struct admit_outcome outcome;
};

/* Holds in every build, NDEBUG or not, and says what was the matter. */
static void demand(bool holds, const char *what, struct str text)
{
	if (holds)
		return;
	fprintf(stderr, "%s:\n%.*s\n", what, STR_ARG(text));
	abort();
}

/* Read once, into `policy`. */
static const struct policy *policy_from(struct str text, struct policy **policy)
{
	struct field_errors errors;
	struct arena arena;
	struct err err;

	if (*policy)
		return *policy;
	arena_init(&arena, 4096);
	field_errors_init(&errors, &arena, NULL);
	*policy = policy_decode(text, "fuzz", &errors, &err);
	demand(*policy != NULL, err.text, text);
	arena_done(&arena);
	return *policy;
}

static const struct json_node *read(struct fuzz *f, struct str text)
{
	const struct json_limits limits = {
		.bytes = 64u << 20, .depth = 1000, .nodes = 10 * 1000 * 1000};
	struct json_doc doc;
	struct err err = {.text = ""};

	demand(json_read(&f->arena, text, &limits, &doc, &err), err.text, text);
	return doc.root;
}

static void check_reply(struct fuzz *f, struct str reply, struct answer *out)
{
	const struct json_node *const review = read(f, reply);
	const struct json_node *const response = json_get(review, "response");
	const struct json_node *const allowed = json_get(response, "allowed");
	const struct json_node *const message = json_get(json_get(response, "status"), "message");
	const struct json_node *const patch = json_get(response, "patch");

	demand(json_str_is(json_get(review, "kind"), STR("AdmissionReview")), "kind", reply);
	demand(json_str_is(json_get(review, "apiVersion"), STR("admission.k8s.io/v1")), "version",
		reply);
	demand(json_str_is(json_get(response, "uid"), out->outcome.uid), "uid", reply);
	out->allowed = json_is(allowed, JSON_TRUE);
	demand(out->allowed || json_is(allowed, JSON_FALSE), "no verdict", reply);
	demand(out->allowed || (json_str(&f->arena, message).len > 0 && patch == NULL),
		"a denial has a message and no patch", reply);
	if (patch) {
		demand(json_str_is(json_get(response, "patchType"), STR("JSONPatch")), "patchType",
			reply);
		out->patch = base64_decode(&f->arena, json_str(&f->arena, patch));
	}
}

static struct answer ask(struct fuzz *f, enum admit_phase phase, struct str body)
{
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = phase,
		.body = body,
		.arena = &f->arena,
		.policy = f->policy,
		.ledger = f->ledger,
	};
	struct answer answer = {.given = false};
	struct err err;

	answer.given = admit(&in, &reply, &answer.outcome, &err);
	if (answer.given)
		check_reply(f, arena_str(&f->arena, buf_str(&reply)), &answer);
	else
		demand(reply.len == 0 && err.text[0], "a refusal has a reason", body);
	return answer;
}

/* The review with the patch applied to its object, as the API server goes on with it. */
static struct str patched(struct fuzz *f, struct str body, struct str patch_text)
{
	CLEANUP(buf_done) struct buf out = {0};
	struct admission_request request;
	struct patch patch;
	struct err err = {.text = ""};

	demand(admission_read(&f->arena, body, &request, &err), err.text, body);
	demand(patch_read(&f->arena, read(f, patch_text), &patch, &err), err.text, patch_text);
	const struct str object = json_raw(request.object);
	const size_t start = (size_t)(object.at - body.at);

	buf_add(&out, (struct str){body.at, start});
	demand(patch_apply(&f->arena, request.object, &patch, &out, &err), err.text, patch_text);
	buf_add(&out, str_from_offset(body, start + object.len));
	return arena_str(&f->arena, buf_str(&out));
}

/* A quota counts what the defaults add: it alone may be broken by them. */
static bool is_quota(const char *rule)
{
	return str_is(STR("RG1401"), rule);
}

static size_t count_of(const struct admit_outcome *outcome, const char *rule)
{
	size_t count = 0;

	for (size_t i = 0; i < outcome->errors; i++)
		count += str_eq(str_from(outcome->rules[i]), str_from(rule));
	return count;
}

static void check_patch(struct fuzz *f, struct str body, struct str patch)
{
	const struct str better = patched(f, body, patch);
	const struct answer again = ask(f, ADMIT_MUTATE, better);
	const struct answer before = ask(f, ADMIT_VALIDATE, body);
	const struct answer after = ask(f, ADMIT_VALIDATE, better);

	if (!again.given) /* our patch took it over a limit of the reader */
		return;
	demand(again.patch.len == 0, "the second patch is not empty", again.patch);
	for (size_t i = 0; i < after.outcome.errors; i++) {
		const char *const rule = after.outcome.rules[i];

		demand(is_quota(rule) ||
				count_of(&after.outcome, rule) <= count_of(&before.outcome, rule),
			"the patch brings an error of a rule", str_from(rule));
	}
}

/* Rules that are not run find nothing, whatever the object is. */
static void check_choice(struct fuzz *f, struct str body)
{
	struct admission_request request;
	struct err err;

	if (!admission_read(&f->arena, body, &request, &err))
		return;
	const struct every_rule_case it = {f->policy, request.object, request.old_object, false};
	const struct str differs = every_rule_difference(&f->arena, &it);

	demand(differs.len == 0, "found only by rules that are not run", differs);
}

/* A message is written of each amount, at whatever place the object has for it. */
static void check_exceeded(struct fuzz *f, struct str body)
{
	static struct policy *policy;

	f->policy = policy_from(STR(NOTHING_ALLOWED), &policy);
	ask(f, ADMIT_MUTATE, body);
	ask(f, ADMIT_VALIDATE, body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy *policy;
	const struct str body = {(const char *)data, size};
	struct fuzz f = {.policy = policy_from(STR(POLICY), &policy), .ledger = ledger_new(4)};

	arena_init(&f.arena, 65536);
	const struct answer mutated = ask(&f, ADMIT_MUTATE, body);
	const struct answer judged = ask(&f, ADMIT_VALIDATE, body);

	demand(mutated.given == judged.given, "one webhook reads what the other does not", body);
	if (mutated.patch.len)
		check_patch(&f, body, mutated.patch);
	check_choice(&f, body);
	check_exceeded(&f, body);
	arena_done(&f.arena);
	ledger_free(&f.ledger);
	return 0;
}
