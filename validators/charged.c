#include "validators/charged.h"

#include "validators/footprint_share.h"
#include "validators/limits.h"
#include "validators/resumed.h"

/* The measure of the policy. What does not autoscale costs the same by both. */
enum footprint_column charged_column(const struct policy *policy)
{
	return policy->charge == POLICY_CHARGE_NOW ? FOOTPRINT_NOW : FOOTPRINT_MOST;
}

size_t charged_count(struct arena *arena, const struct policy *policy,
	const struct ray_object *object, struct charged **out)
{
	struct footprint footprint;

	footprint_count(arena, policy, object, &footprint);
	struct charged *const amounts = arena_array(arena, footprint.count + 1, sizeof(*amounts));

	for (size_t i = 0; i < footprint.count; i++)
		amounts[i] = (struct charged){footprint.lines[i].name,
			footprint_column(&footprint.lines[i], charged_column(policy))};
	/* Of a job or service that runs elsewhere no RayCluster comes to be. */
	const bool comes = object->kind == RAY_CLUSTER || !ray_object_runs_elsewhere(object);

	amounts[footprint.count] =
		(struct charged){STR("count/rayclusters"), quantity_whole(comes ? 1 : 0)};
	*out = amounts;
	return footprint.count + 1;
}

struct quantity charged_of(const struct charged *amounts, size_t count, struct str name)
{
	for (size_t i = 0; i < count; i++) {
		if (str_eq(amounts[i].name, name))
			return amounts[i].value;
	}
	return (struct quantity){0};
}

/* The groups without a greatest number of workers: what makes a charge unbounded. */
static struct str unbounded_groups(struct arena *arena, const struct raycluster *cluster)
{
	CLEANUP(buf_done) struct buf names = {0};

	for (size_t i = 0; i < cluster->worker_count && i < 8; i++) {
		if (group_max(cluster, cluster->workers[i]) == INT32_MAX)
			buf_printf(&names, "%s\"%.*s\"", names.len ? ", " : "",
				STR_ARG(cluster->workers[i]->name.v));
	}
	return arena_str(arena, buf_str(&names));
}

struct str charged_namespace(struct arena *arena, struct str namespace)
{
	return namespace.len ? arena_printf(arena, "namespace \"%.*s\"", STR_ARG(namespace))
			     : STR("a namespace that the policy does not name (-n names one)");
}

/* Where others will have left by then it may fit. */
static const char *words_before(const struct charged_excess *e)
{
	if (e->upgraded)
		return "the upgrade makes a second cluster beside the first, which ";
	return e->resumed ? resumed_words(e->policy, LIMITS_RULE_QUOTA,
				    quantity_cmp(e->asked, e->hard) > 0)
			  : "";
}

static void report_unbounded(struct arena *arena, const struct charged_excess *e,
	const struct field_fact *fact, struct field_errors *errors)
{
	const struct raycluster *const cluster = e->object->cluster;

	field_add(errors, cluster->self.at, fact,
		"%sexceeds the quota of %.*s: %.*s is unbounded, %s of %s are used%s: set "
		"maxReplicas of worker group %.*s",
		words_before(e), STR_ARG(charged_namespace(arena, e->namespace)), STR_ARG(e->name),
		footprint_print(e->name, e->used).at, footprint_print(e->name, e->hard).at,
		e->upgraded ? "" : " by others", STR_ARG(unbounded_groups(arena, cluster)));
}

static struct str added_of(struct arena *arena, const struct charged_excess *e)
{
	const struct footprint_share share = {
		.policy = e->policy,
		.object = e->object,
		.name = e->name,
		.column = charged_column(e->policy),
	};

	return footprint_added(arena, &share);
}

void charged_report(
	struct arena *arena, const struct charged_excess *e, struct field_errors *errors)
{
	const struct field_fact fact = {.rule = LIMITS_RULE_QUOTA,
		.type = FIELD_FORBIDDEN,
		.at_most = e->withheld || e->resumed || e->upgraded ? FIELD_SEVERITY_WARN
								    : FIELD_SEVERITY_ERROR};
	const struct raycluster *const cluster = e->object->cluster;
	const bool most =
		e->policy->charge == POLICY_CHARGE_MAXIMUM && raycluster_autoscales(cluster);
	const struct quantity over = quantity_sub(quantity_add(e->used, e->asked), e->hard);

	if (quantity_is_unbounded(e->asked)) {
		report_unbounded(arena, e, &fact, errors);
		return;
	}
	field_add(errors, cluster->self.at, &fact,
		"%sexceeds the quota of %.*s: %.*s asks for %s%s%.*s, %s of %s are used%s: "
		"over by %s; %.*s, or have the policy's quota raised",
		words_before(e), STR_ARG(charged_namespace(arena, e->namespace)), STR_ARG(e->name),
		footprint_print(e->name, e->asked).at, most ? " at its largest" : "",
		STR_ARG(added_of(arena, e)), footprint_print(e->name, e->used).at,
		footprint_print(e->name, e->hard).at, e->upgraded ? "" : " by others",
		footprint_print(e->name, over).at,
		STR_ARG(footprint_way_out(arena, cluster, e->name, charged_column(e->policy))));
}
