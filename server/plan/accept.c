#include "server/plan/accept.h"

#include "validators/charged.h"
#include "validators/limits.h"
#include "validators/validate.h"

/* One object under judgement; points into itself, so it stays where it is. */
struct judgement {
	const struct accept_input *in;
	struct validation validation;
	struct validate_old old_verdict;
	struct field_errors errors;
	struct findings findings;
	struct ray_object *object, *old;
};

static struct ray_object *decode(const struct accept_input *in, const struct json_node *root,
	struct field_errors *errors, bool shallow)
{
	const struct schema_decoder decoder = {
		.arena = in->arena,
		.errors = errors,
		.shallow = shallow,
		.memory_max = in->arena->used + VALIDATE_DECODED_MAX,
	};

	field_errors_init(errors, in->arena, in->root);
	return ray_object_decode(&decoder, in->object->kind, in->object->dialect, root);
}

static void run_rules(struct judgement *j)
{
	const struct accept_input *const in = j->in;
	const struct json_node *const old = in->old_is_size ? NULL : in->old;
	struct field_errors ignored;

	j->object = decode(in, in->root, &j->errors, false);
	j->old = old ? decode(in, old, &ignored, true) : NULL;
	j->validation = (struct validation){
		.arena = in->arena,
		.policy = in->policy,
		.namespace = j->object->meta.namespace.v,
		.object = j->object,
		.errors = &j->errors,
		.old = j->old,
		.old_node = old,
		.old_verdict = old ? &j->old_verdict : NULL,
	};
	validate_run(&j->validation);
	validate_settle(&j->validation, &j->findings);
}

static struct quantity used_of(const struct accept_input *in, struct str name)
{
	for (size_t i = 0; i < in->used_count; i++) {
		if (str_eq(in->used[i].name, name))
			return in->used[i].value;
	}
	return (struct quantity){0};
}

static size_t charge_of(
	const struct judgement *j, const struct json_node *root, struct charged **out)
{
	const struct ray_object *const object =
		root == j->in->root
			? j->object
			: validate_decode(j->in->arena, j->object->kind, j->object->dialect, root);

	return object->cluster ? charged_count(j->in->arena, j->in->policy, object, out) : 0;
}

/*
 * What was known to be charged counts, of the rest what the old generation comes to today; nothing
 * where that is not known.
 */
static size_t charge_before(const struct judgement *j, struct charged **out)
{
	const size_t count = j->in->old ? charge_of(j, j->in->old, out) : 0;

	for (size_t i = 0; i < count; i++) {
		if (j->in->old_is_unknown)
			(*out)[i].value = (struct quantity){0};
		for (size_t k = 0; k < j->in->was_count; k++) {
			if (str_eq((*out)[i].name, j->in->was[k].name))
				(*out)[i].value = j->in->was[k].value;
		}
	}
	return count;
}

/* Each amount that is more than before, and more than the others leave. */
static void compare(struct judgement *j, const struct charged *is, size_t count)
{
	const struct policy_quota *const quota =
		policy_quota(j->in->policy, j->validation.namespace);
	struct charged *was = NULL;
	const size_t was_count = charge_before(j, &was);

	for (size_t i = 0; quota && i < quota->hard.count; i++) {
		const struct policy_amount *const hard = &quota->hard.items[i];
		const struct charged_excess excess = {
			.policy = j->in->policy,
			.object = j->object,
			.namespace = j->validation.namespace,
			.name = hard->name,
			.hard = hard->hard,
			.used = used_of(j->in, hard->name),
			.asked = charged_of(is, count, hard->name),
		};
		const struct quantity before = charged_of(was, was_count, hard->name);

		if (quantity_cmp(excess.asked, before) > 0 &&
			quantity_cmp(quantity_add(excess.used, excess.asked), excess.hard) > 0)
			charged_report(j->in->arena, &excess, &j->errors);
	}
}

static const struct ledger_amount *amounts_of(
	struct arena *arena, const struct charged *is, size_t count)
{
	struct ledger_amount *const amounts = arena_array(arena, count + 1, sizeof(*amounts));

	for (size_t i = 0; i < count; i++)
		amounts[i] = (struct ledger_amount){is[i].name, is[i].value};
	return amounts;
}

static void put_charge(const struct judgement *j, const struct charged *is, size_t count,
	struct accept_result *out)
{
	out->charge = amounts_of(j->in->arena, is, count);
	out->charge_count = count;
}

size_t accept_charge(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, const struct ledger_amount **out)
{
	struct charged *is = NULL;
	const size_t count = object->cluster ? charged_count(arena, policy, object, &is) : 0;

	*out = amounts_of(arena, is, count);
	return count;
}

static void run_quota(struct judgement *j, struct accept_result *out)
{
	struct charged *is = NULL;
	const size_t before = j->errors.count;
	const size_t count = j->object->cluster ? charge_of(j, j->in->root, &is) : 0;

	put_charge(j, is, count, out);
	compare(j, is, count);
	if (j->errors.count > before)
		validate_settle(&j->validation, &j->findings);
}

/* InvalidSpec as soon as one finding is not about the quota. */
static const char *reason_of(const struct findings *findings)
{
	for (size_t i = 0; i < findings->errors; i++) {
		if (!str_is(str_from(findings->items[i].rule->id), LIMITS_RULE_QUOTA))
			return "InvalidSpec";
	}
	return "QuotaExceeded";
}

static struct str message_of(struct arena *arena, const struct findings *findings)
{
	CLEANUP(buf_done) struct buf text = {0};

	for (size_t i = 0; i < findings->errors; i++) {
		const struct field_error *const e = findings->items[i].error;

		buf_printf(&text, "%s%.*s: %.*s (%s)", i ? "; " : "", STR_ARG(e->field),
			STR_ARG(e->message), e->rule);
	}
	return arena_str(arena, buf_str(&text));
}

/* The cluster as it is now asks for no more than before, or for what the others leave. */
static bool has_room(const struct judgement *j, const struct charged *was, size_t was_count)
{
	const struct policy_quota *const quota =
		policy_quota(j->in->policy, j->validation.namespace);
	struct charged *is;
	const size_t count = charged_count(j->in->arena, j->in->policy, j->object, &is);

	for (size_t i = 0; quota && i < quota->hard.count; i++) {
		const struct policy_amount *const hard = &quota->hard.items[i];
		const struct quantity asked = charged_of(is, count, hard->name);
		const struct quantity all = quantity_add(used_of(j->in, hard->name), asked);

		if (quantity_cmp(asked, charged_of(was, was_count, hard->name)) > 0 &&
			quantity_cmp(all, hard->hard) > 0)
			return false;
	}
	return true;
}

/* As far as there is room, to what is wanted. */
static void grow(const struct judgement *j, struct ray_group *group, int64_t wanted,
	const struct charged *was, size_t was_count)
{
	int64_t low = group->replicas.v;

	while (low < wanted) {
		const int64_t middle = low + (wanted - low + 1) / 2;

		group->replicas.v = (int32_t)middle;
		if (has_room(j, was, was_count))
			low = middle;
		else
			wanted = middle - 1;
	}
	group->replicas.v = (int32_t)low;
}

/*
 * Makes of a group what it was, or less where less is wanted; returns how many replicas it may grow
 * to. Where its greatest size is charged, that stays what was accepted: within it is room already.
 */
static int64_t shrink(
	const struct judgement *j, const struct raycluster *was, struct ray_group *group)
{
	struct raycluster *const cluster = j->object->cluster;
	const struct ray_group *const old = raycluster_worker(was, group->name.v);
	const int64_t before = old ? group_replicas(was, old) : 0;
	const int64_t max = old ? group_max(was, old) : 0;
	int64_t wanted = group_replicas(cluster, group);

	if (j->in->policy->charge == POLICY_CHARGE_MAXIMUM && group_max(cluster, group) > max) {
		group->max.v = (int32_t)max;
		group->max.node = group->max.node ? group->max.node : group->self.node;
		wanted = wanted < max ? wanted : max;
	}
	group->replicas.v = (int32_t)(before < wanted ? before : wanted);
	if (group->min.v > group->replicas.v)
		group->min.v = group->replicas.v;
	return wanted;
}

/*
 * Ray's autoscaler asks for all that is wanted at once, and would wait for ever: it gets what there
 * is room for, group by group. The object is ours alone, so its counts are changed in place.
 */
static void fit(struct judgement *j, struct accept_result *out)
{
	struct raycluster *const cluster = j->object->cluster;
	const struct ray_object *const old =
		validate_decode(j->in->arena, j->object->kind, j->object->dialect, j->in->old);
	int64_t *const wanted =
		arena_array(j->in->arena, cluster->worker_count + 1, sizeof(*wanted));
	struct charged *charge = NULL;

	if (old->cluster == NULL)
		return;
	const size_t count = charge_before(j, &charge);

	for (size_t i = 0; i < cluster->worker_count; i++)
		wanted[i] = shrink(j, old->cluster, cluster->workers[i]);
	if (!has_room(j, charge, count))
		return;
	for (size_t i = 0; i < cluster->worker_count; i++)
		grow(j, cluster->workers[i], wanted[i], charge, count);
	out->size_count = accept_sizes(j->in->arena, j->in->policy, cluster, &out->sizes);
	const size_t fits = charged_count(j->in->arena, j->in->policy, j->object, &charge);

	put_charge(j, charge, fits, out);
}

/* Nothing but the quota is in the way of what it grows to, and that is more of the same. */
static bool grows_too_far(const struct judgement *j, const struct accept_result *out)
{
	return str_is(str_from(out->reason), "QuotaExceeded") && j->in->old &&
	       j->in->is_only_larger && j->object->dialect == DIALECT_MODERN &&
	       raycluster_autoscales(j->object->cluster);
}

void accept_judge(const struct accept_input *in, struct accept_result *out)
{
	struct judgement j = {.in = in};

	*out = (struct accept_result){.accepted = true, .reason = "Accepted", .message = STR("")};
	run_rules(&j);
	run_quota(&j, out);
	if (j.findings.errors == 0 || in->policy->enforcement != POLICY_DENY)
		return;
	out->accepted = false;
	out->reason = reason_of(&j.findings);
	out->message = message_of(in->arena, &j.findings);
	if (grows_too_far(&j, out))
		fit(&j, out);
}
