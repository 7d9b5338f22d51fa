#include "server/admission/admit.h"

#include "api/patch.h"
#include "server/admission/charge.h"
#include "server/admission/verdict.h"
#include "validators/defaults.h"

/* Everything of one request; the stages fill it from top to bottom. */
struct review {
	const struct admit_input *in;
	struct admission_request request;
	struct ray_object *object, *old;
	struct field_errors errors, old_errors;
	struct findings findings;
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

static bool is_being_deleted(const struct json_node *object)
{
	return json_present(json_get(json_get(object, "metadata"), "deletionTimestamp"));
}

/*
 * Only spec, labels and annotations are judged: finalizers, status and managed fields change
 * without us (the API server calls even where nothing changes at all).
 */
static bool changes_nothing_judged(const struct admission_request *request)
{
	const struct json_node *const is = json_get(request->object, "metadata");
	const struct json_node *const was = json_get(request->old_object, "metadata");

	return json_equal(
		       json_get(request->object, "spec"), json_get(request->old_object, "spec")) &&
	       json_equal(json_get(is, "labels"), json_get(was, "labels")) &&
	       json_equal(json_get(is, "annotations"), json_get(was, "annotations"));
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
	return is_being_deleted(request->object) || is_being_deleted(request->old_object) ||
	       changes_nothing_judged(request);
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

static struct ray_object *decode(struct review *r, enum ray_kind kind, enum dialect dialect,
	const struct json_node *root, struct field_errors *errors)
{
	field_errors_init(errors, r->in->arena, root);
	const struct schema_decoder decoder = {.arena = r->in->arena, .errors = errors};

	return ray_object_decode(&decoder, kind, dialect, root);
}

/* What the API server will store if it takes the patch: that is what the rules judge. */
static bool patched_object(
	struct review *r, const struct patch *patch, enum ray_kind kind, enum dialect dialect)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct json_doc doc;
	struct err err;

	if (!patch_apply(r->in->arena, r->request.object, patch, &text, &err) ||
		!json_read(r->in->arena, arena_str(r->in->arena, buf_str(&text)), &ADMISSION_LIMITS,
			&doc, &err))
		return false;
	r->object = decode(r, kind, dialect, doc.root, &r->errors);
	return true;
}

/*
 * A patch that would not apply fails the whole request, even where the webhook is to be ignored.
 * It cannot happen by what defaults_apply() promises; if it did, the object goes on as it came.
 */
static void apply_defaults(struct review *r, enum ray_kind kind, enum dialect dialect)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct field_errors warnings;
	struct patch patch;

	field_errors_init(&warnings, r->in->arena, r->request.object);
	const struct defaults_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.namespace = r->request.namespace,
		.object = r->object,
		.old = r->old,
		.errors = &warnings,
	};

	defaults_apply(&in, &patch);
	if (patch.count && patched_object(r, &patch, kind, dialect)) {
		patch_print(&patch, &text);
		r->answer.patch = arena_str(r->in->arena, buf_str(&text));
	}
	field_errors_append(&r->errors, &warnings);
}

static bool will_deny(const struct review *r)
{
	return r->findings.errors && r->in->policy->enforcement == POLICY_DENY;
}

/* The quota is asked last: what is refused anyway must not hold a reservation. */
static void charge(struct review *r, const struct validation *v)
{
	const size_t before = r->errors.count;
	const struct charge_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.ledger = r->in->ledger,
		.group = r->request.group,
		.namespace = r->request.namespace,
		.object = r->object,
		.old = r->old,
		.dry_run = r->request.dry_run,
		.judge_only = will_deny(r),
	};

	r->busy = !charge_reserve(&in, &r->errors);
	if (r->errors.count > before)
		validate_settle(v, &r->findings);
}

static void judge(struct review *r)
{
	const struct validation v = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.namespace = r->request.namespace,
		.object = r->object,
		.errors = &r->errors,
		.old = r->old,
		.old_errors = &r->old_errors,
	};

	validate_run(&v);
	validate_settle(&v, &r->findings);
	if (r->in->phase == ADMIT_VALIDATE)
		charge(r, &v);
}

/*
 * /mutate denies what the CRD would refuse before /validate is asked, so that all findings come in
 * one answer; everything else is left to /validate, which sees what other webhooks made of it.
 */
static void answer(struct review *r)
{
	const struct verdict_input in = {
		.arena = r->in->arena,
		.policy = r->in->policy,
		.request = &r->request,
		.object = r->object,
		.findings = &r->findings,
		.may_deny = r->in->phase == ADMIT_VALIDATE || r->findings.crd,
	};
	const struct str patch = r->answer.patch;

	verdict_answer(&in, &r->answer);
	r->answer.patch = r->answer.allowed ? patch : (struct str){0};
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
	const char **const rules = arena_array(r->in->arena, r->findings.errors, sizeof(*rules));

	for (size_t i = 0; i < r->findings.errors; i++)
		rules[i] = r->findings.items[i].rule->id;
	out->rules = rules;
	out->errors = r->findings.errors;
	out->warnings = r->findings.warnings;
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
	if (r->object)
		note_rules(r, out);
}

static void run(struct review *r, enum ray_kind kind, enum dialect dialect)
{
	r->object = decode(r, kind, dialect, r->request.object, &r->errors);
	if (r->request.operation == ADMISSION_UPDATE)
		r->old = decode(r, kind, dialect, r->request.old_object, &r->old_errors);
	if (r->in->phase == ADMIT_MUTATE)
		apply_defaults(r, kind, dialect);
	judge(r);
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
