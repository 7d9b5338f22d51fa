#include "validators/validate.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "validators/plan.h"
#include "validators/silence.h"
#include "validators/walk.h"

/* A context, and what the rules look at in it. */
struct run {
	const struct validation *v;
	struct rule_context c;
	bool as_written;      /* nothing but its row says whether a rule is off */
	bool twins;           /* there are any, to be passed over */
	struct walk distinct; /* twins aside, where there are any */
	struct walk all;      /* made when it is needed first */
	bool has_all;
};

static struct str path_text(const struct rule_context *c, const struct field_path *path)
{
	CLEANUP(buf_done) struct buf text = {0};

	field_path_print(path, &text);
	return arena_str(c->arena, buf_str(&text));
}

/* Of the modern head, or of the list of groups as a whole: no worker group has to do with it. */
static bool is_elsewhere(const struct rule_context *c, const struct field_error *error)
{
	const struct raycluster *const cluster = c->cluster;
	const struct field_path *const list = FIELD_CHILD(cluster->self.at, cluster->words->groups);

	if (cluster->dialect == DIALECT_MODERN && cluster->head &&
		str_starts(error->field, path_text(c, cluster->head->self.at).at))
		return true;
	return str_eq(error->field, path_text(c, list));
}

static bool all_elsewhere(const struct rule_context *c, const struct field_errors *before)
{
	if (c->errors->dropped != before->dropped)
		return false;
	for (size_t i = before->count; i < c->errors->count; i++) {
		if (!is_elsewhere(c, &c->errors->items[i]))
			return false;
	}
	return true;
}

static void run_rule_on_all(struct run *run, const struct plan_row *row)
{
	struct rule_context *const c = &run->c;

	if (c->cluster->shares) {
		raycluster_unshare(c->arena, c->object->cluster);
		run->distinct = walk_over(c);
	}
	c->twins_too = true;
	if (!run->has_all)
		run->all = walk_over(c);
	run->has_all = true;
	walk_by(&run->all, c, row);
	c->twins_too = false;
}

/*
 * What finds nothing in a pod finds nothing in its twin, so twins are passed over, and templates
 * can be copies; only where the rule has found something of a group it runs again on all of them.
 */
static NOINLINE void run_rule_on_twins(struct run *run, const struct plan_row *row)
{
	struct rule_context *const c = &run->c;
	const struct field_errors before = *c->errors;

	if (before.count >= before.limit) {
		run_rule_on_all(run, row);
		return;
	}
	walk_by(&run->distinct, c, row);
	if (all_elsewhere(c, &before))
		return;
	field_errors_forget(c->errors, &before);
	run_rule_on_all(run, row);
}

/* What the table and the policy make of a rule, before anything is known of a finding. */
static enum field_severity severity_of(const struct validation *v, const struct rule *rule)
{
	enum field_severity severity = rule->severity;

	if (rule->strict && v->strict)
		severity = FIELD_SEVERITY_ERROR;
	if (v->policy->severity_count)
		policy_severity(v->policy, str_from(rule->id), &severity);
	return severity;
}

static void run_row(struct run *run, const struct plan_row *row)
{
	if (!run->as_written && severity_of(run->v, row->rule) == FIELD_SEVERITY_OFF)
		return;
	run->c.rule = row->rule;
	if (run->twins)
		run_rule_on_twins(run, row);
	else
		walk_by(&run->distinct, &run->c, row);
}

static bool has_twins(const struct raycluster *cluster)
{
	return cluster && (cluster->shares || cluster->distinct_count < cluster->group_count);
}

/*
 * Which rules run, said in one place: those of the object's dialect, of which the object has a part
 * that they need, and which the policy has not turned off. Most pass over twins of groups.
 */
static void run_rules(const struct validation *v, const struct rule_context *context)
{
	struct run run = {
		.v = v,
		.c = *context,
		.as_written = v->policy->severity_count == 0 && !v->strict,
		.twins = !v->every_rule && has_twins(context->cluster),
	};
	const struct plan *const plan = plan_of(run.c.object->dialect);
	const struct plan_set due =
		plan_due(plan, v->every_rule ? UINT64_MAX : run.c.object->parts, !run.as_written);

	run.c.twins_too = !run.twins;
	run.distinct = walk_over(&run.c);
	for (size_t i = 0; i < PLAN_WORDS; i++) {
		const struct plan_row *const rows = &plan->rows[i * 64];

		for (uint64_t left = due.words[i]; left; left &= left - 1)
			run_row(&run, &rows[__builtin_ctzll(left)]);
	}
}

struct ray_object *validate_decode(
	struct arena *arena, enum ray_kind kind, enum dialect dialect, const struct json_node *root)
{
	struct field_errors ignored;
	const struct schema_decoder decoder = {.arena = arena,
		.errors = &ignored,
		.memory_max = arena->used + VALIDATE_DECODED_MAX};

	field_errors_init(&ignored, arena, root);
	return ray_object_decode(&decoder, kind, dialect, root);
}

void validate_run(const struct validation *v)
{
	const struct rule_context c = {
		.arena = v->arena,
		.errors = v->errors,
		.policy = v->policy,
		.object = v->object,
		.cluster = v->object->cluster,
		.old = v->old,
		.namespace = v->namespace,
	};

	run_rules(v, &c);
}

/* Everything that is wrong with the old object, by today's rules. */
static void judge_old(const struct validation *v, struct field_errors *errors)
{
	const struct schema_decoder decoder = {.arena = v->arena,
		.errors = errors,
		.crd_defaults = v->crd_defaults,
		.memory_max = v->arena->used + VALIDATE_DECODED_MAX};

	field_errors_init(errors, v->arena, v->old_node);
	const struct ray_object *const old =
		ray_object_decode(&decoder, v->object->kind, v->object->dialect, v->old_node);
	const struct rule_context c = {
		.arena = v->arena,
		.errors = errors,
		.policy = v->policy,
		.object = old,
		.cluster = old->cluster,
		.namespace = v->namespace,
	};

	run_rules(v, &c);
}

static struct field_prints prints_of(struct arena *arena, const struct field_errors *errors)
{
	struct field_prints prints = field_prints_for(arena, errors->count);

	for (size_t i = 0; i < errors->count; i++)
		field_prints_add(&prints, &errors->items[i]);
	field_prints_sort(&prints);
	return prints;
}

static void judge_old_once(const struct validation *v, struct validate_old *old)
{
	struct field_errors errors;

	if (old->judged)
		return;
	judge_old(v, &errors);
	*old = (struct validate_old){.judged = true, .prints = prints_of(v->arena, &errors)};
}

static enum field_severity settle_severity(const struct validation *v, const struct rule *rule,
	enum field_severity at_most, struct str silenced)
{
	enum field_severity severity = severity_of(v, rule);

	if (severity > at_most)
		severity = at_most;
	if (severity == FIELD_SEVERITY_WARN && silence_names(silenced, rule))
		severity = FIELD_SEVERITY_OFF;
	return severity;
}

/* Of two rules that find the same: what is refused by one is not let in by the other. */
static const struct rule *rule_of(const struct validation *v, const struct field_error *error)
{
	const struct rule *const rule = plan_rule_find(str_from(error->rule));

	if (error->or_rule == NULL)
		return rule;
	const struct rule *const other = plan_rule_find(str_from(error->or_rule));

	return severity_of(v, other) > severity_of(v, rule) ? other : rule;
}

/*
 * In the options of an autoscaler: while it is off they are put into no pod, so that nobody refuses
 * them but the CRD and KubeRay's own look at the spec.
 */
static bool is_autoscalers(
	const struct validation *v, const struct rule *rule, const struct field_error *error)
{
	const struct raycluster *const cluster = v->object->cluster;
	const struct json_node *const options = cluster ? cluster->autoscaler.self.node : NULL;

	return options && error->node > options && error->node < options + options->span &&
	       !error->crd && !rule->crd && !rule->strict &&
	       !(rule->upstream && str_contains(str_from(rule->upstream), "KubeRay's"));
}

static bool is_idle(
	const struct validation *v, const struct rule *rule, const struct field_error *error)
{
	return is_autoscalers(v, rule, error) && !raycluster_autoscales(v->object->cluster);
}

static struct finding settle(
	const struct validation *v, const struct field_error *error, struct str silenced)
{
	const struct rule *const rule = rule_of(v, error);
	const enum field_severity at_most =
		is_idle(v, rule, error) && error->at_most > FIELD_SEVERITY_WARN
			? FIELD_SEVERITY_WARN
			: error->at_most;
	const enum field_severity severity = settle_severity(v, rule, at_most, silenced);

	return (struct finding){.error = error,
		.rule = rule,
		.severity = severity,
		.was_there = error->as_before && severity_of(v, rule) == FIELD_SEVERITY_ERROR};
}

/* A list is full long before nothing but these would be wrong, so that they refuse nothing. */
static void count_unlisted(const struct validation *v, struct str silenced, struct findings *out)
{
	const size_t shares = v->errors->share_count;

	out->unlisted = shares ? arena_array(v->arena, shares, sizeof(*out->unlisted)) : NULL;
	for (size_t i = 0; i < shares; i++) {
		const struct field_share *const share = &v->errors->shares[i];
		const struct rule *const rule = plan_rule_find(str_from(share->rule));
		const enum field_severity severity =
			settle_severity(v, rule, share->at_most, silenced);

		if (share->taken <= FIELD_ERRORS_SHARE || severity == FIELD_SEVERITY_OFF ||
			(severity == FIELD_SEVERITY_ERROR && out->errors == 0))
			continue;
		const size_t count = share->taken - FIELD_ERRORS_SHARE;

		*(severity == FIELD_SEVERITY_ERROR ? &out->unlisted_errors
						   : &out->unlisted_warnings) += count;
		out->unlisted[out->unlisted_count++] = (struct unlisted){rule, severity, count};
	}
}

static bool has_error(const struct findings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].severity == FIELD_SEVERITY_ERROR)
			return true;
	}
	return false;
}

static void tolerate(struct finding *f)
{
	f->severity = FIELD_SEVERITY_WARN;
	f->was_there = true;
}

/* What an autoscaler that was off has not been asked for is none of the old object's mistakes. */
static bool is_woken(const struct validation *v, const struct finding *f)
{
	const struct raycluster *const before = v->old ? v->old->cluster : NULL;

	return before && !raycluster_autoscales(before) && is_autoscalers(v, f->rule, f->error);
}

static bool may_be_old(const struct validation *v, const struct finding *f)
{
	return f->severity == FIELD_SEVERITY_ERROR && !f->rule->compares && !is_woken(v, f);
}

/* Behind an item that an update puts in front of them, items without a name have new indices. */
static void tolerate_moved(
	const struct validation *v, const struct field_prints *old, struct findings *found)
{
	const struct field_prints now = prints_of(v->arena, v->errors);

	for (size_t i = 0; i < found->count; i++) {
		if (may_be_old(v, &found->items[i]) &&
			field_prints_have_moved(old, &now, found->items[i].error))
			tolerate(&found->items[i]);
	}
}

/*
 * The quota and the rules on transitions are not asked about the old object, so it has none of
 * what they find.
 */
static void ratchet(const struct validation *v, struct findings *found)
{
	struct validate_old mine = {.judged = false};
	struct validate_old *const old = v->old_verdict ? v->old_verdict : &mine;

	judge_old_once(v, old);
	for (size_t i = 0; i < found->count; i++) {
		struct finding *const f = &found->items[i];

		if (may_be_old(v, f) &&
			(f->error->as_before || field_prints_have(&old->prints, f->error)))
			tolerate(f);
	}
	if (old->prints.count && has_error(found))
		tolerate_moved(v, &old->prints, found);
}

/* Errors to the front, each kind in its order. */
static void put_errors_first(struct arena *arena, struct findings *found)
{
	struct finding *const sorted = arena_array(arena, found->count, sizeof(*sorted));
	size_t at = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].severity == FIELD_SEVERITY_ERROR) {
			found->crd |= found->items[i].rule->crd || found->items[i].error->crd;
			sorted[at++] = found->items[i];
		}
	}
	found->errors = at;
	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].severity == FIELD_SEVERITY_WARN)
			sorted[at++] = found->items[i];
	}
	found->warnings = at - found->errors;
	found->items = sorted;
}

/* Of what the object was to hear no more of and hears all the same. Adds warnings alone. */
static void tell_vain(const struct validation *v, struct str silenced, const struct findings *found)
{
	for (size_t i = 0; i < found->count; i++) {
		const struct finding *const f = &found->items[i];

		if (silence_names(silenced, f->rule) &&
			(f->severity == FIELD_SEVERITY_ERROR || f->was_there))
			silence_tell_vain(v->object, v->errors, f->rule, f->was_there);
	}
}

/* Those from `first` on. */
static void settle_all(
	const struct validation *v, struct str silenced, size_t first, struct findings *out)
{
	struct finding *const items =
		arena_array(v->arena, out->count + v->errors->count - first, sizeof(*items));

	for (size_t i = 0; i < out->count; i++)
		items[i] = out->items[i];
	out->items = items;
	for (size_t i = first; i < v->errors->count; i++) {
		const struct finding finding = settle(v, &v->errors->items[i], silenced);

		if (finding.severity != FIELD_SEVERITY_OFF)
			out->items[out->count++] = finding;
		else
			out->silenced++;
	}
}

void validate_settle(const struct validation *v, struct findings *out)
{
	const struct str silenced = silence_ids(v->object, v->arena);
	const size_t count = v->errors->count;

	*out = (struct findings){0};
	settle_all(v, silenced, 0, out);
	if (v->old && has_error(out))
		ratchet(v, out);
	if (silenced.len) {
		tell_vain(v, silenced, out);
		settle_all(v, silenced, count, out);
	}
	put_errors_first(v->arena, out);
	count_unlisted(v, silenced, out);
}
