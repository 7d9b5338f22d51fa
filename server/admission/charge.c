#include "server/admission/charge.h"

#include "validators/charged.h"
#include "validators/footprint_share.h"
#include "validators/limits.h"
#include "validators/resumed.h"
#include "validators/second_cluster.h"

static size_t charge_of(
	const struct charge_input *in, const struct ray_object *object, struct ledger_amount **out)
{
	struct charged *charged;
	const size_t count = charged_count(in->arena, in->policy, object, &charged);
	struct ledger_amount *const amounts = arena_array(in->arena, count, sizeof(*amounts));

	for (size_t i = 0; i < count; i++)
		amounts[i] = (struct ledger_amount){charged[i].name, charged[i].value};
	*out = amounts;
	return count;
}

static struct quantity amount_of(const struct ledger_amount *amounts, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(amounts[i].name, name))
			return amounts[i].value;
	}
	return (struct quantity){0};
}

/* What the version before was charged; nothing on CREATE. */
static size_t charge_before(const struct charge_input *in, struct ledger_amount **out)
{
	return in->old ? charge_of(in,
				 validate_decode(
					 in->arena, in->object->kind, in->object->dialect, in->old),
				 out)
		       : 0;
}

/*
 * The amounts of the quota that an update raises, or all of them on CREATE: one that asks for no
 * more of something is never over its quota, however full that is.
 */
static size_t raised(const struct policy_quota *quota, const struct ledger_claim *claim,
	const struct ledger_amount *before, size_t before_count, struct ledger_amount *out)
{
	size_t count = 0;

	for (size_t i = 0; i < quota->hard.count; i++) {
		const struct policy_amount *const hard = &quota->hard.items[i];
		const struct quantity was = amount_of(before, before_count, hard->name);
		const struct quantity is =
			amount_of(claim->charge, claim->charge_count, hard->name);

		if (before_count == 0 || quantity_cmp(is, was) > 0)
			out[count++] = (struct ledger_amount){hard->name, hard->hard};
	}
	return count;
}

/*
 * A RayJob, RayService or RayCronJob is compared with the quota, but only the RayClusters that it
 * becomes are charged: an update of it asks for all of the next one, in the place of those that are
 * there.
 */
static struct ledger_claim claim_of(const struct charge_input *in, const struct policy_quota *quota,
	const struct ledger_amount *before, size_t before_count)
{
	struct ledger_amount *const hard = arena_array(in->arena, quota->hard.count, sizeof(*hard));
	struct ledger_amount *charge = NULL;
	struct ledger_claim claim = {
		.key = {in->group, str_from(ray_kind_name(in->object->kind)), in->namespace,
			in->object->meta.name.v, in->uid},
		.hard = hard,
		.dry_run = in->dry_run || in->judge_only || in->object->kind != RAY_CLUSTER,
	};

	claim.charge_count = charge_of(in, in->object, &charge);
	claim.charge = charge;
	claim.hard_count = raised(quota, &claim, before, before_count, hard);
	claim.raises = claim.hard_count > 0;
	if (in->object->kind != RAY_CLUSTER && in->old)
		claim.owner = in->object->meta.name.v;
	return claim;
}

/* Whether being over quota refuses; the policy can make a warning of it, or nothing. */
static bool quota_refuses(const struct policy *policy)
{
	enum field_severity severity = FIELD_SEVERITY_ERROR;

	policy_severity(policy, STR(LIMITS_RULE_QUOTA), &severity);
	return policy->enforcement == POLICY_DENY && severity == FIELD_SEVERITY_ERROR;
}

static bool binds(const struct charge_input *in)
{
	return !in->withheld && quota_refuses(in->policy);
}

bool charge_may_refuse(const struct policy *policy)
{
	return policy->quota_count > 0 && quota_refuses(policy);
}

static struct ledger_result ask(const struct charge_input *in, const struct ledger_claim *claim)
{
	struct ledger_result result;
	struct ledger *alone = NULL;

	if (in->ledger) {
		ledger_reserve(in->ledger, claim, &result);
		return result;
	}
	alone = ledger_new(1);
	ledger_reserve(alone, claim, &result);
	ledger_free(&alone);
	return result;
}

/*
 * What exceeds the quota and is admitted all the same is there, so it counts for others. Nor does
 * it wait until it is known what there is: then nothing is said.
 */
static struct ledger_result reserve(const struct charge_input *in, struct ledger_claim *claim)
{
	struct ledger_result result = ask(in, claim);

	if (binds(in) || (result.answer != LEDGER_EXCEEDED && result.answer != LEDGER_BUSY))
		return result;
	if (!claim->dry_run) {
		claim->raises = false;
		ask(in, claim);
	}
	if (result.answer == LEDGER_BUSY)
		result = (struct ledger_result){.answer = LEDGER_FITS};
	return result;
}

static struct field_fact fact_of(const char *rule)
{
	return (struct field_fact){
		.rule = rule, .type = FIELD_FORBIDDEN, .at_most = FIELD_SEVERITY_ERROR};
}

/* When an excess comes about. */
enum excess_when {
	EXCESS_NOW,
	EXCESS_RESUMED,  /* when what is suspended is resumed */
	EXCESS_UPGRADED, /* when the clusters of before and after an upgrade run both */
};

static void report_excess(const struct charge_input *in, const struct ledger_excess *e,
	enum excess_when when, struct field_errors *errors)
{
	const struct charged_excess excess = {
		.policy = in->policy,
		.object = in->object,
		.namespace = in->namespace,
		.name = e->name,
		.hard = e->hard,
		.used = e->used,
		.asked = e->asked,
		.withheld = in->withheld,
		.resumed = when == EXCESS_RESUMED,
		.upgraded = when == EXCESS_UPGRADED,
	};

	charged_report(in->arena, &excess, errors);
}

/* What a cluster comes to now and at its largest, where the quota has less than that. */
struct largest {
	const struct ray_object *object; /* resumed, if it is suspended */
	const struct policy_amount *hard;
	struct quantity now, most;
};

static void report_largest(
	const struct charge_input *in, const struct largest *it, struct field_errors *errors)
{
	const struct field_fact fact = fact_of(LIMITS_RULE_QUOTA_MOST);
	const struct raycluster *const cluster = it->object->cluster;
	const struct str name = it->hard->name;
	const struct footprint_share share = {
		.policy = in->policy,
		.object = it->object,
		.name = name,
		.column = FOOTPRINT_MOST,
	};

	field_add(errors, cluster->self.at, &fact,
		"at its largest it comes to %s of %.*s%.*s, now %s, and %.*s has %s in all; %.*s, "
		"or have the policy's quota raised",
		footprint_print(name, it->most).at, STR_ARG(name),
		STR_ARG(footprint_added(in->arena, &share)), footprint_print(name, it->now).at,
		STR_ARG(charged_namespace(in->arena, in->namespace)),
		footprint_print(name, it->hard->hard).at,
		STR_ARG(footprint_way_out(in->arena, cluster, name, FOOTPRINT_MOST)));
}

static struct quantity amount_in(
	const struct footprint *footprint, struct str name, enum footprint_column column)
{
	const struct footprint_line *const line = footprint_find(footprint, name);

	return line ? footprint_column(line, column) : (struct quantity){0};
}

/* Under `charge: now` a cluster may be admitted that can never grow to what it says. */
static void warn_of_largest(const struct charge_input *in, const struct policy_quota *quota,
	struct field_errors *errors)
{
	const struct ray_object *const resumed = resumed_object(in->arena, in->object);
	struct largest it = {.object = resumed ? resumed : in->object};
	struct footprint now, largest;

	if (in->policy->charge != POLICY_CHARGE_NOW)
		return;
	footprint_count(in->arena, in->policy, in->object, &now);
	footprint_count(in->arena, in->policy, it.object, &largest);
	for (size_t i = 0; i < quota->hard.count; i++) {
		it.hard = &quota->hard.items[i];
		it.now = amount_in(&now, it.hard->name, FOOTPRINT_NOW);
		it.most = amount_in(&largest, it.hard->name, FOOTPRINT_MOST);
		if (quantity_cmp(it.most, it.hard->hard) > 0)
			report_largest(in, &it, errors);
	}
}

static void report(const struct charge_input *in, const struct ledger_result *result,
	struct field_errors *errors)
{
	const struct field_fact full = fact_of(LIMITS_RULE_QUOTA_FULL);

	for (size_t i = 0; i < result->excess_count; i++)
		report_excess(in, &result->excess[i], EXCESS_NOW, errors);
	if (result->answer == LEDGER_FULL)
		field_add(errors, in->object->cluster->self.at, &full,
			"this process keeps count of no more clusters than the %zu it has, and "
			"%.*s has a "
			"quota: delete one that is not needed",
			ledger_count(in->ledger),
			STR_ARG(charged_namespace(in->arena, in->namespace)));
}

/* What is suspended costs nothing; that it will be too much when it is resumed is told today. */
static void warn_of_resumed(const struct charge_input *in, const struct policy_quota *quota,
	struct field_errors *errors)
{
	struct charge_input later = *in;
	struct ledger_amount *now;

	later.object = resumed_object(in->arena, in->object);
	if (later.object == NULL)
		return;
	const size_t now_count = charge_of(in, in->object, &now);

	later.judge_only = true;
	const struct ledger_claim claim = claim_of(&later, quota, now, now_count);
	const struct ledger_result result = ask(&later, &claim);

	for (size_t i = 0; i < result.excess_count; i++)
		report_excess(&later, &result.excess[i], EXCESS_RESUMED, errors);
}

/* KubeRay makes a second cluster beside the first, which ends when the second serves. */
static void warn_of_upgrade(const struct charge_input *in, const struct policy_quota *quota,
	struct field_errors *errors)
{
	if (in->old == NULL || !second_cluster_is_made(in->old, in->object))
		return;
	struct ledger_claim claim = claim_of(in, quota, NULL, 0);

	claim.owner = (struct str){"", 0};
	const struct ledger_result result = ask(in, &claim);

	for (size_t i = 0; i < result.excess_count; i++)
		report_excess(in, &result.excess[i], EXCESS_UPGRADED, errors);
}

bool charge_reserve(const struct charge_input *in, struct field_errors *errors)
{
	const struct policy_quota *const quota = policy_quota(in->policy, in->namespace);

	if (quota == NULL || quota->hard.count == 0 || in->object->cluster == NULL)
		return true;
	struct ledger_amount *before = NULL;
	const size_t before_count = charge_before(in, &before);
	struct ledger_claim claim = claim_of(in, quota, before, before_count);
	const struct ledger_result result = reserve(in, &claim);

	if (result.answer == LEDGER_BUSY)
		return false;
	report(in, &result, errors);
	if (result.answer == LEDGER_FITS) {
		warn_of_resumed(in, quota, errors);
		warn_of_upgrade(in, quota, errors);
	}
	warn_of_largest(in, quota, errors);
	return true;
}

void charge_see(struct arena *arena, const struct policy *policy, struct ledger *ledger,
	enum dialect dialect, const struct json_node *object)
{
	const struct charge_input in = {.arena = arena, .policy = policy};
	struct ledger_amount *charge;

	const struct ray_object *const seen = validate_decode(arena, RAY_CLUSTER, dialect, object);
	const struct ledger_key key = {
		.group = str_from(DIALECT_WORDS[dialect].group),
		.kind = STR("RayCluster"),
		.namespace = seen->meta.namespace.v,
		.name = seen->meta.name.v,
		.uid = seen->meta.uid.v,
	};

	const size_t count = charge_of(&in, seen, &charge);

	ledger_see(ledger, &key, charge, count);
}
