#include "server/admission/admit.h"

#include "api/derived_names.h"
#include "server/admission/charge.h"
#include "server/admission/mutation.h"
#include "server/admission/preflight.h"
#include "server/admission/verdict.h"

/* Everything of one request; the stages fill it from top to bottom. */
struct review {
	const struct admit_input *in;
	struct admission_request request;
	struct mutation *result; /* NULL when it was not looked at */
	struct admission_answer answer;
	bool busy;
};

const char *admit_decision_name(enum admit_decision decision)
{
	static const char *const NAMES[] = {
		[ADMIT_ALLOWED] = "allowed",
		[ADMIT_DENIED] = "denied",
		[ADMIT_WOULD_DENY] = "would-deny",
		[ADMIT_PASSED] = "passed",
		[ADMIT_BUSY] = "busy",
	};

	return NAMES[decision];
}

static const char *operation_name(enum admission_operation operation)
{
	static const char *const NAMES[] = {
		[ADMISSION_CREATE] = "CREATE",
		[ADMISSION_UPDATE] = "UPDATE",
		[ADMISSION_DELETE] = "DELETE",
		[ADMISSION_CONNECT] = "CONNECT",
	};

	return NAMES[operation];
}

static bool is_being_deleted(const struct json_node *metadata)
{
	return json_present(json_get(metadata, "deletionTimestamp"));
}

/*
 * Only spec, labels and annotations are judged: finalizers, status and managed fields change
 * without us (the API server calls even where nothing changes at all). As text: an API server
 * writes what is equal alike, and what only looks different is judged, with nothing to find in it.
 */
static bool is_the_same(const struct json_node *is, const struct json_node *was, const char *key)
{
	return str_eq(json_raw(json_get(is, key)), json_raw(json_get(was, key)));
}

static bool changes_nothing_judged(const struct admission_request *request,
	const struct json_node *is, const struct json_node *was)
{
	return is_the_same(request->object, request->old_object, "spec") &&
	       is_the_same(is, was, "labels") && is_the_same(is, was, "annotations");
}

/* Requests that are let through without a look inside. */
static bool passes(const struct admission_request *request)
{
	if (request->operation != ADMISSION_CREATE && request->operation != ADMISSION_UPDATE)
		return true;
	if (request->subresource.len)
		return true;
	if (request->operation == ADMISSION_CREATE)
		return false;
	const struct json_node *const is = json_get(request->object, "metadata");
	const struct json_node *const was = json_get(request->old_object, "metadata");

	return is_being_deleted(is) || is_being_deleted(was) ||
	       changes_nothing_judged(request, is, was);
}

static void release(const struct review *r)
{
	const struct admission_request *const request = &r->request;
	const struct json_node *const meta = json_get(request->old_object, "metadata");
	struct str name = request->name;

	if (r->in->ledger == NULL || request->operation != ADMISSION_DELETE || request->dry_run ||
		r->in->phase != ADMIT_VALIDATE)
		return;
	if (name.len == 0) /* deletecollection gives no name */
		name = json_str(r->in->arena, json_get(meta, "name"));
	ledger_release(r->in->ledger, &(struct ledger_key){.group = request->group,
					      .kind = request->kind,
					      .namespace = request->namespace,
					      .name = name});
}

static bool will_deny(const struct review *r)
{
	return r->result->findings.errors && r->in->policy->enforcement == POLICY_DENY;
}

/* Before the quota: where the policy makes an error of it, nothing is reserved. */
static void look_at_cluster(struct review *r)
{
	struct mutation *const m = r->result;
	const size_t before = m->errors.count;
	const struct preflight_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.facts = r->in->facts,
		.namespace = r->request.namespace,
		.object = m->object,
		.old = r->request.operation == ADMISSION_UPDATE ? r->request.old_object : NULL,
	};

	preflight_run(&in, &m->errors);
	if (m->errors.count > before)
		mutation_settle(m);
}

/* Whether it is Ray's autoscaler of this cluster that asks, by the account which its head has. */
static bool asks_autoscaler(const struct review *r)
{
	const struct ray_object *const object = r->result->object;
	const struct raycluster *const cluster = object->cluster;
	struct arena *const arena = r->in->arena;

	if (r->request.operation != ADMISSION_UPDATE || object->kind != RAY_CLUSTER ||
		cluster == NULL || cluster->head == NULL || !raycluster_autoscales(cluster))
		return false;
	const struct str named = cluster->head->template.spec.service_account_name.v;
	const struct str account =
		derived_check_name(arena, named.len ? named : object->meta.name.v);

	return str_eq(
		r->request.username, arena_printf(arena, "system:serviceaccount:%.*s:%.*s",
					     STR_ARG(r->request.namespace), STR_ARG(account)));
}

/* The quota is asked last: what is refused anyway must not hold a reservation. */
static void charge(struct review *r)
{
	struct mutation *const m = r->result;
	const size_t before = m->errors.count;
	const struct charge_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.ledger = r->in->ledger,
		.group = r->request.group,
		.namespace = r->request.namespace,
		.uid = r->request.uid,
		.object = m->object,
		.old = r->request.operation == ADMISSION_UPDATE ? r->request.old_object : NULL,
		.dry_run = r->request.dry_run,
		.judge_only = will_deny(r),
		.withheld = r->in->policy->target.controller == POLICY_CONTROLLER_RAYGATE &&
			    asks_autoscaler(r),
	};

	r->busy = !charge_reserve(&in, &m->errors) && !in.judge_only;
	if (m->errors.count > before)
		mutation_settle(m);
}

/* /mutate denies before /validate is asked, so the quota has its say in the same answer. */
static bool denies_early(const struct review *r)
{
	return will_deny(r) && r->result->findings.crd;
}

static void judge(struct review *r, enum ray_kind kind, enum dialect dialect)
{
	const bool update = r->request.operation == ADMISSION_UPDATE;
	const struct mutation_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.namespace = r->request.namespace,
		.kind = kind,
		.dialect = dialect,
		.object = r->request.object,
		.old = update ? r->request.old_object : NULL,
		.defaults = r->in->phase == ADMIT_MUTATE,
	};

	r->result = mutation_run(&in);
	if (r->in->phase == ADMIT_VALIDATE || denies_early(r)) {
		look_at_cluster(r);
		charge(r);
	}
}

static struct str patch_text(struct review *r)
{
	CLEANUP(buf_done) struct buf text = {0};

	if (r->result->patch.count == 0 || !r->answer.allowed)
		return (struct str){0};
	patch_print(&r->result->patch, &text);
	return arena_str(r->in->arena, buf_str(&text));
}

/*
 * /mutate denies what the API server would refuse before /validate is asked, so that all findings
 * come in one answer; everything else is left to /validate, which sees what other webhooks made of
 * it.
 */
static void answer(struct review *r)
{
	const struct verdict_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.request = &r->request,
		.object = r->result->object,
		.findings = &r->result->findings,
		.may_deny = r->in->phase == ADMIT_VALIDATE || r->result->findings.crd,
	};

	verdict_answer(&in, &r->answer);
	r->answer.patch = patch_text(r);
}

static void answer_busy(struct review *r)
{
	r->answer = (struct admission_answer){
		.code = 429,
		.reason = "TooManyRequests",
		.message = STR("the quota of the namespace cannot be read just now: try again"),
		.details_name = r->request.name,
		.details_group = r->request.group,
		.details_kind = r->request.kind,
		.retry_after_seconds = 1,
	};
}

static void note_rules(const struct review *r, struct admit_outcome *out)
{
	const struct findings *const found = &r->result->findings;
	const char **const rules = arena_array(r->in->arena, found->errors, sizeof(*rules));

	for (size_t i = 0; i < found->errors; i++)
		rules[i] = found->items[i].rule->id;
	out->rules = rules;
	out->errors = found->errors;
	out->warnings = found->warnings;
}

static enum admit_decision decision_of(const struct review *r)
{
	if (r->busy)
		return ADMIT_BUSY;
	if (!r->answer.allowed)
		return ADMIT_DENIED;
	return r->answer.audit_count ? ADMIT_WOULD_DENY : ADMIT_ALLOWED;
}

static void note(const struct review *r, enum admit_decision decision, struct admit_outcome *out)
{
	*out = (struct admit_outcome){
		.decision = decision,
		.uid = r->request.uid,
		.namespace = r->request.namespace,
		.name = r->request.name,
		.kind = r->request.kind,
		.group = r->request.group,
		.username = r->request.username,
		.operation = operation_name(r->request.operation),
		.dry_run = r->request.dry_run,
		.patched = r->answer.patch.len > 0,
	};
	if (r->result)
		note_rules(r, out);
}

static void run(struct review *r, enum ray_kind kind, enum dialect dialect)
{
	judge(r, kind, dialect);
	if (r->busy)
		answer_busy(r);
	else
		answer(r);
}

bool admit(const struct admit_input *in, struct buf *reply, struct admit_outcome *outcome,
	struct err *err)
{
	struct review r = {.in = in};
	enum admit_decision decision = ADMIT_PASSED;
	enum ray_kind kind;
	enum dialect dialect;

	if (!admission_read(in->arena, in->body, &r.request, err))
		return false;
	if (passes(&r.request) ||
		!ray_kind_find(r.request.group, r.request.resource, &kind, &dialect)) {
		release(&r);
		r.answer.allowed = true;
	} else {
		run(&r, kind, dialect);
		decision = decision_of(&r);
	}
	admission_write(&r.request, &r.answer, reply);
	note(&r, decision, outcome);
	return true;
}
