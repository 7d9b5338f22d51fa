#include "validators/rule.h"

#include <stdarg.h>

static struct field_fact fact_of(const struct rule_context *c, enum field_error_type type,
	enum field_severity at_most, struct field_reads reads)
{
	return (struct field_fact){
		.rule = c->rule->id, .type = type, .at_most = at_most, .reads = reads};
}

void rule_found(const struct rule_context *c, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...)
{
	const struct field_fact fact = fact_of(c, type, FIELD_SEVERITY_ERROR, reads);
	va_list args;

	va_start(args, format);
	field_add_args(c->errors, at, &fact, format, args);
	va_end(args);
}

/* NOLINTNEXTLINE(readability-function-size): rule_found() and one thing more. */
void rule_found_crd(const struct rule_context *c, bool crd, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...)
{
	struct field_fact fact = fact_of(c, type, FIELD_SEVERITY_ERROR, reads);
	va_list args;

	fact.crd = crd;
	va_start(args, format);
	field_add_args(c->errors, at, &fact, format, args);
	va_end(args);
}

void rule_warned(const struct rule_context *c, const struct field_path *at,
	enum field_error_type type, struct field_reads reads, const char *format, ...)
{
	const struct field_fact fact = fact_of(c, type, FIELD_SEVERITY_WARN, reads);
	va_list args;

	va_start(args, format);
	field_add_args(c->errors, at, &fact, format, args);
	va_end(args);
}

/* NOLINTNEXTLINE(readability-function-size): rule_found() and one thing more. */
void rule_found_at_most(const struct rule_context *c, enum field_severity at_most,
	const struct field_path *at, enum field_error_type type, struct field_reads reads,
	const char *format, ...)
{
	const struct field_fact fact = fact_of(c, type, at_most, reads);
	va_list args;

	va_start(args, format);
	field_add_args(c->errors, at, &fact, format, args);
	va_end(args);
}

bool rule_gate_is_open(const struct rule_context *c, const char *gate, enum field_severity *at_most)
{
	switch (policy_gate(c->policy, gate)) {
	case POLICY_GATE_ON:
		return true;
	case POLICY_GATE_OFF:
		*at_most = FIELD_SEVERITY_ERROR;
		return false;
	case POLICY_GATE_UNSAID:
		break;
	}
	*at_most = FIELD_SEVERITY_WARN;
	return false;
}

bool rule_cluster_gate_is_open(
	const struct rule_context *c, const char *gate, enum field_severity *at_most)
{
	return rule_is_ours(c) || rule_gate_is_open(c, gate, at_most);
}

const char *rule_gate_state(enum field_severity at_most)
{
	return at_most == FIELD_SEVERITY_ERROR ? "off" : "off by default";
}

const struct ray_group *rule_group_before(
	const struct rule_context *c, const struct ray_group *group)
{
	const struct raycluster *const old = c->old ? c->old->cluster : NULL;

	if (old == NULL)
		return NULL;
	if (group->is_head)
		return old->head;
	for (size_t i = 0; i < old->worker_count && i < c->cluster->worker_count; i++) {
		if (c->cluster->workers[i] == group &&
			str_eq(old->workers[i]->name.v, group->name.v))
			return old->workers[i];
	}
	return raycluster_worker(old, group->name.v);
}
