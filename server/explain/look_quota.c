/*
 * Room in the namespace: ResourceQuotas against the pods that are still to come, and the quotas of
 * a policy against all clusters of the namespace.
 */
#include "server/admission/charge.h"
#include "server/explain/looks.h"
#include "validators/footprint.h"
#include "validators/limits.h"

/* NULL where there is no room for one more name. */
static struct footprint_line *line_for(struct footprint *sum, struct str name)
{
	for (size_t i = 0; i < sum->count; i++) {
		if (str_eq(sum->lines[i].name, name))
			return &sum->lines[i];
	}
	if (sum->count == FOOTPRINT_NAMES_MAX)
		return NULL;
	sum->lines[sum->count].name = name;
	return &sum->lines[sum->count++];
}

static int64_t lacking(int64_t wanted, int64_t there)
{
	return wanted > there ? wanted - there : 0;
}

/* `now` is what the group's missing pods need, `most` what all need that may still come. */
static void add_group(struct look *l, struct footprint *sum, const struct ray_group *group)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	const int64_t there = explain_there(l->s, group);
	const int64_t wanted = explain_wanted(l->s, group);
	const bool scales = raycluster_autoscales(cluster) && !group->is_head && wanted > 0;
	const int64_t most = scales ? group_max(cluster, group) * group_hosts(group) : wanted;
	struct footprint pod;

	footprint_of_pod(l->arena, l->s->in->policy, cluster, group, &pod);
	for (size_t i = 0; i < pod.count; i++) {
		const struct quantity one = pod.lines[i].now;
		struct footprint_line *const line = line_for(sum, pod.lines[i].name);

		if (line == NULL)
			continue;
		line->now = quantity_add(line->now, quantity_mul(one, lacking(wanted, there)));
		line->most = quantity_add(line->most, quantity_mul(one, lacking(most, there)));
	}
}

static struct footprint growth_of(struct look *l)
{
	const struct raycluster *const cluster = l->s->object->cluster;
	struct footprint sum = {
		.lines = arena_array(l->arena, FOOTPRINT_NAMES_MAX, sizeof(*sum.lines))};

	for (size_t i = 0; i < cluster->group_count; i++)
		add_group(l, &sum, cluster->groups[i]);
	return sum;
}

static bool fits(const struct facts_amount *amount, struct quantity more)
{
	return quantity_is_zero(more) ||
	       quantity_cmp(quantity_add(amount->used, more), amount->hard) <= 0;
}

static void show_amount(struct look *l, struct explain_finding *f,
	const struct facts_amount *amount, struct quantity more)
{
	explain_shows(l->found, f, "%.*s: %s of %s used, %s more are wanted", STR_ARG(amount->name),
		footprint_print(amount->name, amount->used).at,
		footprint_print(amount->name, amount->hard).at,
		quantity_is_unbounded(more) ? "boundlessly"
					    : footprint_print(amount->name, more).at);
}

static void compare(struct look *l, const struct facts_quota *quota, const struct footprint *growth)
{
	struct explain_finding *now = NULL, *later = NULL;

	for (size_t i = 0; i < quota->amount_count; i++) {
		const struct facts_amount *const amount = &quota->amounts[i];
		const struct footprint_line *const line = footprint_find(growth, amount->name);

		if (line == NULL || fits(amount, line->most))
			continue;
		if (!fits(amount, line->now)) {
			if (now == NULL)
				now = explain_found(l->found, EXPLAIN_WRONG,
					"ResourceQuota \"%.*s\" has no room for the pods that are "
					"missing",
					STR_ARG(quota->name));
			show_amount(l, now, amount, line->now);
			continue;
		}
		if (now)
			continue;
		if (later == NULL)
			later = explain_found(l->found, EXPLAIN_NOTE,
				"ResourceQuota \"%.*s\" has no room for all that the autoscaler "
				"may "
				"ask for",
				STR_ARG(quota->name));
		show_amount(l, later, amount, line->most);
	}
	explain_advises(l->found, now,
		"have the quota raised, or ask for less: who uses it: "
		"kubectl describe quota %.*s -n %.*s",
		STR_ARG(quota->name), LOOK_NAMESPACE(l));
	if (now)
		l->refused = true;
}

/* Quotas that count some pods alone are left to the API server's own words. */
void look_at_quotas(struct look *l)
{
	const struct facts_quota *quota;

	if (l->s->object->cluster == NULL || l->refused)
		return;
	const struct footprint growth = growth_of(l);

	for (size_t at = 0; (quota = facts_next_quota(l->facts, l->s->namespace, &at)) != NULL;) {
		if (quota->scope_count == 0)
			compare(l, quota, &growth);
	}
}

static bool is_other(const struct look *l, const struct json_node *cluster)
{
	return cluster != l->s->root &&
	       json_str_is(EXPLAIN_AT(cluster, "metadata", "namespace"), l->s->namespace);
}

static struct ledger *ledger_of_others(const struct look *l)
{
	const struct explain_objects *const all = &l->s->in->of[EXPLAIN_CLUSTER];
	struct ledger *const ledger = ledger_new_watched(all->count + 1);

	for (size_t i = 0; i < all->count; i++) {
		enum ray_kind kind;
		enum dialect dialect;

		if (is_other(l, all->items[i]) &&
			ray_object_recognise(all->items[i], &kind, &dialect))
			charge_see(l->arena, l->s->in->policy, ledger, dialect, all->items[i]);
	}
	ledger_set_known(ledger);
	return ledger;
}

/* What is exceeded only when the cluster is resumed keeps no pod away today. */
static void tell_policy_quota(struct look *l, const struct field_errors *errors)
{
	struct explain_finding *f = NULL;
	bool today = false;

	for (size_t i = 0; i < errors->count; i++) {
		if (!str_is(str_from(errors->items[i].rule), LIMITS_RULE_QUOTA))
			continue;
		today = errors->items[i].at_most == FIELD_SEVERITY_ERROR;
		if (f == NULL)
			f = explain_found(l->found,
				today && l->missing ? EXPLAIN_WRONG : EXPLAIN_NOTE,
				today ? "the policy's quota of namespace %.*s is exceeded"
				      : "the policy's quota of namespace %.*s has no room for what "
					"is suspended",
				LOOK_NAMESPACE(l));
		explain_tells(l->found, f, "%.*s (%s)", STR_ARG(look_sentence(&errors->items[i])),
			errors->items[i].rule);
	}
	l->refused = l->refused || (f && today && l->missing);
	explain_advises(
		l->found, f, "ask for less, delete a cluster, or have the policy's quota raised");
}

void look_at_policy_quota(struct look *l)
{
	struct field_errors errors;

	if (l->s->object->cluster == NULL ||
		policy_quota(l->s->in->policy, l->s->namespace) == NULL)
		return;
	field_errors_init(&errors, l->arena, l->s->root);
	struct ledger *ledger = ledger_of_others(l);
	const struct charge_input in = {
		.arena = l->arena,
		.policy = l->s->in->policy,
		.ledger = ledger,
		.group = str_from(DIALECT_WORDS[l->s->object->dialect].group),
		.namespace = l->s->namespace,
		.uid = l->s->uid,
		.object = l->s->object,
		.dry_run = true,
	};

	charge_reserve(&in, &errors);
	ledger_free(&ledger);
	tell_policy_quota(l, &errors);
}
