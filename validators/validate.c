#include "validators/validate.h"

#include <stdlib.h>
#include <string.h>

#include "validators/plan.h"

static void run_on_object(const struct rule_context *c, const struct plan_row *row)
{
	row->check.object(c, c->object);
}

static void run_on_cluster(const struct rule_context *c, const struct plan_row *row)
{
	if (c->cluster)
		row->check.cluster(c, c->cluster);
}

static struct rule_groups groups_for(const struct rule_context *c, const struct plan_row *row)
{
	return row->by_pod || c->cluster == NULL
		       ? rule_groups(c)
		       : (struct rule_groups){c->cluster->groups, c->cluster->group_count};
}

static void run_on_groups(const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = groups_for(c, row);

	for (size_t i = 0; i < groups.count; i++)
		row->check.group(c, groups.items[i]);
}

static void run_on_workers(const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = groups_for(c, row);

	for (size_t i = c->cluster && c->cluster->head ? 1 : 0; i < groups.count; i++)
		row->check.group(c, groups.items[i]);
}

static inline void run_on_list(const struct rule_context *c, const struct plan_row *row,
	const struct rule_pod *pod, const container_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].self.node)
			row->check.pod_container(c, pod, &list->items[i]);
	}
}

static inline void run_on_pod(
	const struct rule_context *c, const struct plan_row *row, const struct rule_pod *pod)
{
	if (!pod->template->self.node)
		return;
	if (row->scope == RULE_POD) {
		row->check.pod(c, pod);
	} else {
		run_on_list(c, row, pod, &pod->template->spec.containers);
		run_on_list(c, row, pod, &pod->template->spec.init_containers);
	}
}

static void run_on_pods(const struct rule_context *c, const struct plan_row *row)
{
	const struct rule_groups groups = rule_groups(c);

	for (size_t i = 0; i < groups.count; i++)
		run_on_pod(c, row, &(struct rule_pod){&groups.items[i]->template, groups.items[i]});
	if (c->object->job)
		run_on_pod(c, row, &(struct rule_pod){&c->object->job->submitter_template, NULL});
}

static void run_on_update(const struct rule_context *c, const struct plan_row *row)
{
	if (c->old)
		row->check.update(c, c->old, c->object);
}

typedef void run_fn(const struct rule_context *c, const struct plan_row *row);

/* None of what the decoder and the engine report: no plan has those. */
static run_fn *const RUN[] = {
	[RULE_OBJECT] = run_on_object,
	[RULE_CLUSTER] = run_on_cluster,
	[RULE_GROUP] = run_on_groups,
	[RULE_WORKER] = run_on_workers,
	[RULE_POD] = run_on_pods,
	[RULE_POD_CONTAINER] = run_on_pods,
	[RULE_UPDATE] = run_on_update,
};

static inline void run_rule(const struct rule_context *c, const struct plan_row *row)
{
	RUN[row->scope](c, row);
}

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

static void run_rule_on_all(struct rule_context *c, const struct plan_row *row)
{
	if (c->cluster->shares)
		raycluster_unshare(c->arena, c->object->cluster);
	c->twins_too = true;
	run_rule(c, row);
}

/*
 * What finds nothing in a pod finds nothing in its twin, so twins are passed over, and templates
 * can be copies; only where the rule has found something of a group it runs again on all of them.
 */
static void run_rule_on_twins(struct rule_context *c, const struct plan_row *row)
{
	const struct field_errors before = *c->errors;

	if (before.count >= before.limit) {
		run_rule_on_all(c, row);
		return;
	}
	c->twins_too = false;
	run_rule(c, row);
	if (all_elsewhere(c, &before))
		return;
	field_errors_forget(c->errors, &before);
	run_rule_on_all(c, row);
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

/* Whether a rule's row alone says if it is off. */
static bool is_as_written(const struct validation *v)
{
	return v->policy->severity_count == 0 && !v->strict;
}

/*
 * Which rules run, said in one place: those of the object's dialect, of which the object has a part
 * that they need, and which the policy has not turned off. Most pass over twins of groups.
 */
static void run_rules(const struct validation *v, struct rule_context *c)
{
	const struct plan_row *due[PLAN_ROWS_MAX];
	const size_t count = plan_due(
		plan_of(c->object->dialect), v->every_rule ? UINT64_MAX : c->object->parts, due);
	const bool as_written = is_as_written(v);
	const bool twins =
		c->cluster && !v->every_rule &&
		(c->cluster->shares || c->cluster->distinct_count < c->cluster->group_count);

	c->twins_too = !twins;
	for (size_t i = 0; i < count; i++) {
		const struct plan_row *const row = due[i];

		if (as_written ? row->off : severity_of(v, row->rule) == FIELD_SEVERITY_OFF)
			continue;
		c->rule = row->rule;
		if (twins)
			run_rule_on_twins(c, row);
		else
			run_rule(c, row);
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
	struct rule_context c = {
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
	struct rule_context c = {
		.arena = v->arena,
		.errors = errors,
		.policy = v->policy,
		.object = old,
		.cluster = old->cluster,
		.namespace = v->namespace,
	};

	run_rules(v, &c);
}

static void judge_old_once(const struct validation *v, struct validate_old *old)
{
	struct field_errors errors;

	if (old->judged)
		return;
	judge_old(v, &errors);
	*old = (struct validate_old){
		.judged = true,
		.prints = field_prints_for(v->arena, errors.count),
	};
	for (size_t i = 0; i < errors.count; i++)
		field_prints_add(&old->prints, &errors.items[i]);
	field_prints_sort(&old->prints);
}

/* A longer list names no rules of ours: it would be read once for each warning. */
enum { SILENCE_MAX = 16 * 1024 };

static bool is_silenced(struct str ids, const struct rule *rule)
{
	while (ids.len) {
		const size_t end = str_find(ids, ',');

		if (str_is(str_trim((struct str){ids.at, end}), rule->id))
			return true;
		ids = str_from_offset(ids, end < ids.len ? end + 1 : end);
	}
	return false;
}

static struct str silenced_rules(const struct validation *v)
{
	const struct str ids =
		ray_object_annotation(v->object, v->arena, VALIDATE_SILENCE_ANNOTATION);

	return ids.len <= SILENCE_MAX ? ids : (struct str){0};
}

static enum field_severity settle_severity(const struct validation *v, const struct rule *rule,
	enum field_severity at_most, struct str silenced)
{
	enum field_severity severity = severity_of(v, rule);

	if (severity > at_most)
		severity = at_most;
	if (severity == FIELD_SEVERITY_WARN && is_silenced(silenced, rule))
		severity = FIELD_SEVERITY_OFF;
	return severity;
}

static struct finding settle(
	const struct validation *v, const struct field_error *error, struct str silenced)
{
	const struct rule *const rule = plan_rule_find(str_from(error->rule));

	return (struct finding){.error = error,
		.rule = rule,
		.severity = settle_severity(v, rule, error->at_most, silenced)};
}

/* A list is full long before nothing but these would be wrong, so that they refuse nothing. */
static void count_unlisted(const struct validation *v, struct str silenced, struct findings *out)
{
	for (size_t i = 0; i < v->errors->share_count; i++) {
		const struct field_share *const share = &v->errors->shares[i];
		const struct rule *const rule = plan_rule_find(str_from(share->rule));
		const enum field_severity severity =
			settle_severity(v, rule, share->at_most, silenced);

		if (share->taken <= FIELD_ERRORS_SHARE)
			continue;
		if (severity == FIELD_SEVERITY_ERROR && out->errors)
			out->unlisted_errors += share->taken - FIELD_ERRORS_SHARE;
		else if (severity == FIELD_SEVERITY_WARN)
			out->unlisted_warnings += share->taken - FIELD_ERRORS_SHARE;
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

		if (f->severity == FIELD_SEVERITY_ERROR && !f->rule->compares &&
			field_prints_have(&old->prints, f->error)) {
			f->severity = FIELD_SEVERITY_WARN;
			f->was_there = true;
		}
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

/* Errors to the front, each kind in its order. */
static void put_errors_first(struct arena *arena, struct findings *found)
{
	struct finding *const sorted = arena_array(arena, found->count, sizeof(*sorted));
	size_t at = 0;

	for (size_t i = 0; i < found->count; i++) {
		if (found->items[i].severity == FIELD_SEVERITY_ERROR) {
			found->crd |= found->items[i].rule->crd;
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

void validate_settle(const struct validation *v, struct findings *out)
{
	const struct str silenced = silenced_rules(v);

	*out = (struct findings){
		.items = arena_array(v->arena, v->errors->count, sizeof(*out->items))};
	for (size_t i = 0; i < v->errors->count; i++) {
		const struct finding finding = settle(v, &v->errors->items[i], silenced);

		if (finding.severity != FIELD_SEVERITY_OFF)
			out->items[out->count++] = finding;
		else
			out->silenced++;
	}
	if (v->old && has_error(out))
		ratchet(v, out);
	put_errors_first(v->arena, out);
	count_unlisted(v, silenced, out);
}
