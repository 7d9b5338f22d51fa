#include "validators/plan.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "validators/rules.h"

static const struct rule_table *const TABLES[] = {
	&RULES_SCHEMA,
	&RULES_KIND,
	&RULES_METADATA,
	&RULES_ANNOTATIONS,
	&RULES_SILENCE,
	&RULES_WORKERS,
	&RULES_GROUP_NAMES,
	&RULES_GROUP_OPTIONS,
	&RULES_RAY_RESOURCES,
	&RULES_START_PARAMS,
	&RULES_START_CONFLICTS,
	&RULES_START_PORTS,
	&RULES_RESOURCES,
	&RULES_NEEDS,
	&RULES_POD,
	&RULES_CLAIMS,
	&RULES_SCHEDULING,
	&RULES_RESERVED,
	&RULES_CONTAINER,
	&RULES_RESTART,
	&RULES_ENV,
	&RULES_PROBES,
	&RULES_SECURITY,
	&RULES_HOST,
	&RULES_VOLUMES,
	&RULES_VOLUME_SOURCES,
	&RULES_VOLUME_ADDRESSES,
	&RULES_MOUNTS,
	&RULES_AUTOSCALER,
	&RULES_FAULT_TOLERANCE,
	&RULES_REDIS,
	&RULES_AUTH,
	&RULES_TLS,
	&RULES_HISTORY,
	&RULES_NETWORK_POLICY,
	&RULES_ORIGIN,
	&RULES_SERVICE,
	&RULES_INGRESS,
	&RULES_LEGACY,
	&RULES_LEGACY_PORTS,
	&RULES_LEGACY_PRUNED,
	&RULES_LEGACY_RESOURCES,
	&RULES_LEGACY_TARGET,
	&RULES_RAYJOB,
	&RULES_RAYJOB_SUBMIT,
	&RULES_YAML_INSIDE,
	&RULES_RAYJOB_DELETION,
	&RULES_RAYSERVICE,
	&RULES_SERVE_SERVICE,
	&RULES_RAYCRONJOB,
	&RULES_UPDATE,
	&RULES_UPDATE_EFFECTS,
	&RULES_UPDATE_CHILDREN,
	&RULES_LIMITS,
	&RULES_ADVISORIES,
	&RULES_SURROUNDINGS,
	&RULES_DEFAULTS,
	&RULES_PREFLIGHT,
	&RULES_UNSUPPORTED,
};

/* Made on first use. */
static struct {
	struct plan of[DIALECTS];
	const struct rule *by_id[PLAN_ROWS_MAX];
	size_t rule_count;
} plans;

static int by_id(const void *a, const void *b)
{
	const struct rule *const *const x = a;
	const struct rule *const *const y = b;

	return strcmp((*x)->id, (*y)->id);
}

static void add_to(struct plan_set *set, size_t number)
{
	set->words[number / 64] |= UINT64_C(1) << number % 64;
}

static void add_row(struct plan *plan, const struct rule *rule)
{
	const size_t number = plan->count++;

	plan->rows[number] = (struct plan_row){
		.rule = rule,
		.check = rule->check,
		.scope = rule->scope,
		.by_pod = rule->by_pod,
	};
	if (rule->severity == FIELD_SEVERITY_OFF)
		add_to(&plan->off, number);
	for (unsigned part = 0; part < ARRAY_LEN(plan->by_part); part++) {
		if (rule->needs == 0 || rule->needs >> part & 1)
			add_to(&plan->by_part[part], number);
	}
}

static void add_rule(const struct rule *rule)
{
	const bool walked = rule->scope != RULE_BY_DECODER && rule->scope != RULE_BY_ENGINE;

	assert(plans.rule_count < PLAN_ROWS_MAX);
	plans.by_id[plans.rule_count++] = rule;
	for (unsigned dialect = 0; walked && dialect < DIALECTS; dialect++) {
		if ((unsigned)rule->dialects >> dialect & 1)
			add_row(&plans.of[dialect], rule);
	}
}

static void make_plans(void)
{
	for (size_t t = 0; t < ARRAY_LEN(TABLES); t++) {
		for (size_t i = 0; i < TABLES[t]->count; i++)
			add_rule(&TABLES[t]->rules[i]);
	}
	qsort(plans.by_id, plans.rule_count, sizeof(plans.by_id[0]), by_id);
}

static void need_plans(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_plans);
}

const struct plan *plan_of(enum dialect dialect)
{
	need_plans();
	return &plans.of[dialect];
}

static void join(struct plan_set *set, const struct plan_set *more)
{
	for (size_t i = 0; i < PLAN_WORDS; i++)
		set->words[i] |= more->words[i];
}

static void take_away(struct plan_set *set, const struct plan_set *less)
{
	for (size_t i = 0; i < PLAN_WORDS; i++)
		set->words[i] &= ~less->words[i];
}

struct plan_set plan_due(const struct plan *plan, uint64_t parts, bool off_too)
{
	struct plan_set due = {0};

	for (; parts; parts &= parts - 1)
		join(&due, &plan->by_part[__builtin_ctzll(parts)]);
	if (!off_too)
		take_away(&due, &plan->off);
	return due;
}

const struct rule_table *const *plan_tables(size_t *count)
{
	*count = ARRAY_LEN(TABLES);
	return TABLES;
}

static int id_to_rule(const void *id, const void *rule)
{
	return str_cmp(*(const struct str *)id, str_from((*(const struct rule *const *)rule)->id));
}

const struct rule *plan_rule_find(struct str id)
{
	need_plans();
	const struct rule *const *const found =
		bsearch(&id, plans.by_id, plans.rule_count, sizeof(plans.by_id[0]), id_to_rule);

	return found ? *found : NULL;
}
