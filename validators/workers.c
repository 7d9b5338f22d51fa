/* How many workers: the numbers of each group, and of all groups together. */
#include "validators/rules.h"

enum {
	MANY_GROUPS =
		100, /* the autoscaler's and the API server's patience, not a limit of either */
};

static void bounds_are_not_negative(const struct rule_context *c, const struct ray_group *group)
{
	const struct dialect_words *const words = c->cluster->words;

	if (group->min.v < 0)
		rule_found(c, FIELD_CHILD(group->self.at, words->min), FIELD_INVALID,
			FIELD_READS(group->min.node), "must be 0 or more");
	if (group->max.v < 0)
		rule_found(c, FIELD_CHILD(group->self.at, words->max), FIELD_INVALID,
			FIELD_READS(group->max.node), "must be 0 or more");
}

/* By how many the least number of workers is more than the greatest; a negative one is RG0301's. */
static int64_t disorder(const struct raycluster *cluster, const struct ray_group *group)
{
	const int64_t max = group_max(cluster, group);

	return max >= 0 ? group_min(cluster, group) - max : 0;
}

/* What has become less is told, not refused, as what has stayed. */
static void bounds_are_in_order(const struct rule_context *c, const struct ray_group *group)
{
	const int64_t is = disorder(c->cluster, group);
	const struct ray_group *const before = rule_group_before(c, group);
	const bool as_before = before && is < disorder(c->old->cluster, before);
	const char *const most = c->cluster->words->max;
	const struct field_fact fact = {.rule = c->rule->id,
		.type = FIELD_INVALID,
		.at_most = FIELD_SEVERITY_ERROR,
		.as_before = as_before,
		.reads = FIELD_READS(group->min.node, group->max.node)};

	if (is > 0)
		field_add(c->errors, FIELD_CHILD(group->self.at, c->cluster->words->min), &fact,
			"must be at most %s (%lld): lower it, or raise %s", most,
			(long long)group_max(c->cluster, group), most);
}

/* An absent list of containers in a spec that is there is the decoder's finding. */
static void group_has_a_container(const struct rule_context *c, const struct ray_group *group)
{
	const struct pod_template *const template = &group->template;

	if (template->spec.containers.count)
		return;
	const struct json_node *const list = json_get(template->spec.self.node, "containers");
	const bool no_spec =
		template->self.node && !json_present(json_get(template->self.node, "spec"));
	const bool no_item = json_is(list, JSON_ARRAY) && json_count(list) == 0;

	if (no_spec || no_item)
		rule_found(c, FIELD_CHILD(FIELD_CHILD(template->self.at, "spec"), "containers"),
			FIELD_REQUIRED, FIELD_READS(no_item ? list : NULL),
			"%s needs a container: the first one runs Ray",
			group->is_head ? "the head" : "each worker group");
}

static void hosts_are_positive(const struct rule_context *c, const struct ray_group *group)
{
	if (group->hosts.node && group->hosts.v <= 0)
		rule_found(c, FIELD_CHILD(group->self.at, "numOfHosts"), FIELD_INVALID,
			FIELD_READS(group->hosts.node),
			"must be 1 or more: it is the number of pods that make one replica");
}

/*
 * Zero below the least is what the CRD's default looks like, and the autoscaler's first patch: it
 * says nothing.
 */
static void replicas_are_in_bounds(const struct rule_context *c, const struct ray_group *group)
{
	const struct dialect_words *const words = c->cluster->words;
	const int64_t min = group_min(c->cluster, group);
	const int64_t max = group_max(c->cluster, group);
	const int64_t replicas = group->replicas.v;
	const struct field_path *const at = FIELD_CHILD(group->self.at, "replicas");

	if (group->replicas.node == NULL || min < 0 || max < min)
		return;
	if (replicas < 0)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(group->replicas.node),
			"is below 0 and counts as %s (%lld)", words->min, (long long)min);
	else if (replicas && replicas < min)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(group->replicas.node, group->min.node),
			"is below %s and counts as %lld: raise it, or lower %s", words->min,
			(long long)min, words->min);
	else if (replicas > max)
		rule_found(c, at, FIELD_INVALID, FIELD_READS(group->replicas.node, group->max.node),
			"is above %s and counts as %lld: lower it, or raise %s", words->max,
			(long long)max, words->max);
}

/* So many that more of them make no difference; those of one group are fewer. */
#define COUNTLESS (INT64_MAX / 2)

static int64_t pods(int64_t replicas, const struct ray_group *group)
{
	const int64_t hosts = group_hosts(group);
	int64_t product;

	if (replicas <= 0 || hosts <= 0 || group->suspend.v)
		return 0;
	return __builtin_mul_overflow(replicas, hosts, &product) || product > COUNTLESS ? COUNTLESS
											: product;
}

/* Worker pods of the groups up to one of them. */
struct totals {
	int64_t least, now;
};

static void add_group(
	struct totals *sum, const struct raycluster *cluster, const struct ray_group *group)
{
	sum->least += pods(group_min(cluster, group), group);
	sum->now += pods(group_replicas(cluster, group), group);
	if (sum->least > COUNTLESS)
		sum->least = COUNTLESS;
	if (sum->now > COUNTLESS)
		sum->now = COUNTLESS;
}

static struct totals totals_of(const struct raycluster *cluster)
{
	struct totals out = {0};

	for (size_t i = 0; cluster && i < cluster->worker_count; i++)
		add_group(&out, cluster, cluster->workers[i]);
	return out;
}

/* At the first group with which there are too many. */
static void too_many_pods(
	const struct rule_context *c, const struct raycluster *cluster, bool least, bool as_before)
{
	const char *const member = least ? cluster->words->min : "replicas";
	const struct ray_group *group = NULL;
	struct totals sum = {0};

	for (size_t i = 0; (least ? sum.least : sum.now) <= INT32_MAX; i++) {
		group = cluster->workers[i];
		add_group(&sum, cluster, group);
	}
	const struct field_fact fact = {.rule = c->rule->id,
		.type = FIELD_INVALID,
		.at_most = as_before ? FIELD_SEVERITY_WARN : FIELD_SEVERITY_ERROR,
		.as_before = as_before,
		.reads = FIELD_READS(least ? group->min.node : group->replicas.node)};

	field_add(c->errors, FIELD_CHILD(group->self.at, member), &fact,
		"makes %lld worker pods in all, more than KubeRay can count (%d): lower %s, or "
		"numOfHosts",
		(long long)(least ? sum.least : sum.now), INT32_MAX, member);
}

/* What has not become more is told, not refused. */
static void totals_fit(const struct rule_context *c, const struct raycluster *cluster)
{
	const struct totals is = totals_of(cluster);
	const struct totals was = totals_of(c->old ? c->old->cluster : NULL);

	if (is.least > INT32_MAX && is.least > was.least)
		too_many_pods(c, cluster, true, false);
	else if (is.now > INT32_MAX && is.now > was.now)
		too_many_pods(c, cluster, false, false);
	else if (is.least > INT32_MAX || is.now > INT32_MAX)
		too_many_pods(c, cluster, is.least > INT32_MAX, true);
}

static void groups_are_few(const struct rule_context *c, const struct raycluster *cluster)
{
	if (cluster->worker_count > MANY_GROUPS)
		rule_found(c, FIELD_CHILD(cluster->self.at, cluster->words->groups), FIELD_TOO_MANY,
			FIELD_READS(cluster->worker_specs.node),
			"has %zu groups: with more than %d, one change touches them all and the "
			"object nears the size that the API server takes",
			cluster->worker_count, MANY_GROUPS);
}

static const struct rule RULES[] = {
	RULE("RG0301", "worker-bounds-not-negative", ERROR, BOTH, "0.1", "KubeRay's operator",
		"The least and greatest number of workers are not negative.",
		RULE_CHECKS_WORKER(bounds_are_not_negative)),
	RULE("RG0302", "worker-bounds-in-order", ERROR, BOTH, "0.1", "KubeRay's operator",
		"The least number of workers is at most the greatest.",
		RULE_CHECKS_WORKER(bounds_are_in_order)),
	RULE("RG0303", "group-has-a-container", ERROR, BOTH, "0.1", "KubeRay's operator",
		"The head and each worker group have a container.",
		RULE_CHECKS_GROUP(group_has_a_container), .by_pod = true),
	RULE("RG0304", "hosts-are-positive", ERROR, MODERN, "0.1", NULL,
		"A replica has at least one host.", RULE_CHECKS_WORKER(hosts_are_positive),
		.needs = PART(HOSTS)),
	RULE("RG0305", "replicas-in-bounds", WARN, MODERN, "0.1", NULL,
		"The number of replicas is between the least and the greatest; KubeRay clamps it.",
		RULE_CHECKS_WORKER(replicas_are_in_bounds)),
	RULE("RG0306", "worker-pods-can-be-counted", ERROR, MODERN, "0.1", NULL,
		"All worker pods together, as they are wanted and at least, fit an int32.",
		RULE_CHECKS_CLUSTER(totals_fit), .compares = true),
	RULE("RG0307", "worker-groups-are-few", WARN, MODERN, "0.1", NULL,
		"A cluster has at most 100 worker groups.", RULE_CHECKS_CLUSTER(groups_are_few)),
};

const struct rule_table RULES_WORKERS = RULE_TABLE(RULES);
