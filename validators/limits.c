#include "validators/limits.h"

#include "validators/charged.h"
#include "validators/footprint_share.h"
#include "validators/resumed.h"
#include "validators/rules.h"
#include "validators/validate.h"

/* A kind of limit: what it bounds in messages, and what is measured, now and before. */
struct limit {
	const struct policy_amounts *amounts;
	const char *what;
	const struct ray_group *group; /* NULL: of the whole object */
	const struct field_path *at;
	const struct ray_object *object;  /* that is measured */
	const struct footprint *is, *was; /* `was` may be NULL */
	bool resumed; /* of what is suspended: as it will be; and `was` is what it is now */
};

static struct quantity amount_in(
	const struct rule_context *c, const struct footprint *footprint, struct str name)
{
	const struct footprint_line *const line =
		footprint ? footprint_find(footprint, name) : NULL;

	if (line == NULL)
		return (struct quantity){0};
	return footprint_column(line, charged_column(c->policy));
}

static bool exceeds(const struct rule_context *c, const struct policy_amounts *amounts,
	const struct footprint *footprint)
{
	for (size_t i = 0; i < amounts->count; i++) {
		if (quantity_cmp(amount_in(c, footprint, amounts->items[i].name),
			    amounts->items[i].hard) > 0)
			return true;
	}
	return false;
}

static bool is_of_pod(const struct rule_context *c, const struct limit *limit)
{
	return limit->amounts == &c->policy->pod_limits;
}

/* How much of it nobody wrote, and what the user can do. */
static struct str added_to(const struct rule_context *c, const struct limit *limit, struct str name)
{
	const struct footprint_share share = {
		.policy = c->policy,
		.object = limit->object,
		.group = limit->group,
		.one_pod = is_of_pod(c, limit),
		.name = name,
		.column = charged_column(c->policy),
	};

	return footprint_added(c->arena, &share);
}

static struct str way_out(const struct rule_context *c, const struct limit *limit, struct str name)
{
	return is_of_pod(c, limit)
		       ? STR("lower the resources of its containers")
		       : footprint_way_out(c->arena, c->cluster, name, charged_column(c->policy));
}

/* Once it is resumed; what it exceeds already has been told. */
static const char *words_before(const struct rule_context *c, const struct limit *limit)
{
	return limit->resumed ? resumed_words(c->policy, c->rule->id, true) : "";
}

/* An update that asks for no more than before is told, not refused. */
static void compare(const struct rule_context *c, const struct limit *limit)
{
	for (size_t i = 0; i < limit->amounts->count; i++) {
		const struct policy_amount *const allowed = &limit->amounts->items[i];
		const struct quantity asked = amount_in(c, limit->is, allowed->name);
		const struct quantity before = amount_in(c, limit->was, allowed->name);

		if (quantity_cmp(asked, allowed->hard) <= 0 ||
			(limit->resumed && quantity_cmp(before, allowed->hard) > 0))
			continue;
		const bool as_before = limit->was && quantity_cmp(asked, before) <= 0;
		const bool told = as_before || limit->resumed;
		const struct field_fact fact = {.rule = c->rule->id,
			.type = FIELD_FORBIDDEN,
			.at_most = told ? FIELD_SEVERITY_WARN : FIELD_SEVERITY_ERROR,
			.as_before = as_before};

		field_add(c->errors, limit->at, &fact,
			"%sthe policy limits %s to %.*s: %s, and this one comes to %s%.*s: %.*s, "
			"or have the policy's limit raised",
			words_before(c, limit), limit->what, STR_ARG(allowed->name),
			footprint_print(allowed->name, allowed->hard).at,
			footprint_print(allowed->name, asked).at,
			STR_ARG(added_to(c, limit, allowed->name)),
			STR_ARG(way_out(c, limit, allowed->name)));
	}
}

/* The group in the version before, decoded whole; NULL where there was none. */
static const struct ray_group *group_before(
	const struct rule_context *c, const struct ray_group *group)
{
	const struct ray_group *const shallow = rule_group_before(c, group);

	if (shallow == NULL)
		return NULL;
	struct field_errors ignored;
	const struct schema_decoder decoder = {.arena = c->arena,
		.errors = &ignored,
		.memory_max = c->arena->used + VALIDATE_DECODED_MAX};
	struct ray_group *const whole = arena_alloc(c->arena, sizeof(*whole));

	field_errors_init(&ignored, c->arena, NULL);
	*whole = *shallow;
	schema_decode(&decoder, &SCHEMA_POD_TEMPLATE, shallow->template.self.node,
		group_template_path(c->arena, c->old->cluster, shallow), &whole->template);
	return whole;
}

typedef void measure_fn(struct arena *arena, const struct policy *policy,
	const struct raycluster *cluster, const struct ray_group *group, struct footprint *out);

static void check_group(const struct rule_context *c, const struct ray_group *group,
	measure_fn *measure, struct limit limit)
{
	struct footprint *const is = arena_alloc(c->arena, sizeof(*is));
	struct footprint *const was = arena_alloc(c->arena, sizeof(*was));

	measure(c->arena, c->policy, c->cluster, group, is);
	if (!exceeds(c, limit.amounts, is))
		return;
	const struct ray_group *const before = group_before(c, group);

	limit.is = is;
	if (before) {
		measure(c->arena, c->policy, c->old->cluster, before, was);
		limit.was = was;
	}
	compare(c, &limit);
}

static void check_resumed_group(
	const struct rule_context *c, const struct ray_group *group, struct limit limit)
{
	struct footprint is, was;

	limit.object = resumed_group(c->arena, c->object, group, &limit.group);
	if (limit.object == NULL)
		return;
	footprint_of_group(c->arena, c->policy, c->cluster, group, &was);
	footprint_of_group(c->arena, c->policy, limit.object->cluster, limit.group, &is);
	limit.is = &is;
	limit.was = &was;
	limit.resumed = true;
	compare(c, &limit);
}

static void pods_are_within_limits(const struct rule_context *c, const struct ray_group *group)
{
	const struct limit limit = {.amounts = &c->policy->pod_limits,
		.what = "a pod",
		.group = group,
		.at = group_template_path(c->arena, c->cluster, group),
		.object = c->object};

	if (limit.amounts->count)
		check_group(c, group, footprint_of_pod, limit);
}

static void groups_are_within_limits(const struct rule_context *c, const struct ray_group *group)
{
	const struct limit limit = {.amounts = &c->policy->group_limits,
		.what = "a worker group",
		.group = group,
		.at = group->self.at,
		.object = c->object};

	if (limit.amounts->count == 0)
		return;
	check_group(c, group, footprint_of_group, limit);
	check_resumed_group(c, group, limit);
}

/* What the whole object came to before; NULL on CREATE. */
static const struct footprint *object_before(const struct rule_context *c)
{
	if (c->old == NULL)
		return NULL;
	struct footprint *const was = arena_alloc(c->arena, sizeof(*was));

	footprint_count(c->arena, c->policy,
		validate_decode(c->arena, c->old->kind, c->old->dialect, c->old->self.node), was);
	return was;
}

static void check_resumed(
	const struct rule_context *c, const struct footprint *now, struct limit limit)
{
	struct footprint is;

	limit.object = resumed_object(c->arena, c->object);
	if (limit.object == NULL)
		return;
	footprint_count(c->arena, c->policy, limit.object, &is);
	limit.is = &is;
	limit.was = now;
	limit.resumed = true;
	compare(c, &limit);
}

static void cluster_is_within_limits(const struct rule_context *c, const struct raycluster *cluster)
{
	struct footprint is;
	struct limit limit = {.amounts = &c->policy->cluster_limits,
		.what = "a cluster",
		.at = cluster->self.at,
		.object = c->object,
		.is = &is};

	if (limit.amounts->count == 0)
		return;
	footprint_count(c->arena, c->policy, c->object, &is);
	if (exceeds(c, limit.amounts, &is)) {
		limit.was = object_before(c);
		compare(c, &limit);
	}
	check_resumed(c, &is, limit);
}

static const struct rule RULES[] = {
	RULE(LIMITS_RULE_QUOTA, "within-quota", ERROR, BOTH, "0.1", NULL,
		"What a cluster is charged fits into the quota of its namespace.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE(LIMITS_RULE_QUOTA_FULL, "quota-can-be-kept", ERROR, BOTH, "0.1", NULL,
		"The process keeps count of no more clusters than its bound.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE(LIMITS_RULE_QUOTA_MOST, "largest-size-within-quota", WARN, BOTH, "0.1", NULL,
		"Where the policy charges what a cluster has now, its largest size fits into the "
		"quota too.",
		RULE_CHECKED_BY_ENGINE, .policy = true),
	RULE("RG1411", "pod-within-limits", ERROR, BOTH, "0.1", NULL,
		"A pod, with what the controller adds to it, is within the policy's limits per "
		"pod.",
		RULE_CHECKS_GROUP(pods_are_within_limits), .policy = true, .compares = true),
	RULE("RG1412", "group-within-limits", ERROR, BOTH, "0.1", NULL,
		"A worker group at its largest is within the policy's limits per group.",
		RULE_CHECKS_WORKER(groups_are_within_limits), .policy = true, .compares = true),
	RULE("RG1413", "cluster-within-limits", ERROR, BOTH, "0.1", NULL,
		"A cluster at its largest is within the policy's limits per cluster.",
		RULE_CHECKS_CLUSTER(cluster_is_within_limits), .policy = true, .compares = true),
};

const struct rule_table RULES_LIMITS = RULE_TABLE(RULES);
