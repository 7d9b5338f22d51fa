/* The looks of a diagnosis, a file for each family; only diagnose.c calls them. */
#pragma once

#include "server/explain/finding.h"
#include "server/explain/subject.h"
#include "server/facts/facts.h"

struct look {
	const struct explain_subject *s;
	struct explain_findings *found;
	struct arena *arena;
	struct facts *facts; /* quotas, limits and nodes of the input */
	/* What the preflight says of the object's groups: nodes too small, LimitRanges. */
	const struct field_errors *preflight;
	struct explain_finding *head; /* the first finding about the head, or NULL */
	int64_t missing;              /* pods that are not there, in all groups */
	bool refused;                 /* somebody told why they are missing */
	bool aside; /* nothing is wrong, and yet not all of it is what the spec asks for */
};

void look_at_deletion(struct look *l);
void look_at_owner(struct look *l);
void look_at_status(struct look *l);
void look_at_manager(struct look *l);
void look_at_spec(struct look *l);
void look_at_support(struct look *l);
void look_at_controller(struct look *l);
void look_at_suspension(struct look *l);
void look_at_absent_head(struct look *l);
void look_at_refusals(struct look *l);
void look_at_limits(struct look *l);
void look_at_missing(struct look *l);
void look_at_pods(struct look *l);
void look_at_service(struct look *l);
void look_at_quotas(struct look *l);
void look_at_policy_quota(struct look *l);
void look_at_templates(struct look *l);
void look_at_strays(struct look *l);
void look_at_autoscaler(struct look *l);
void look_at_account(struct look *l);

/* The object of that kind and name in the namespace of the cluster; NULL: there is none. */
const struct json_node *look_find(const struct look *l, enum explain_kind kind, struct str name);
/* The container of Ray's autoscaler; NULL where the head has none. */
const struct explain_container *look_find_autoscaler(const struct explain_pod *head);
/* What to do about a Service's name that somebody else has. */
void look_advise_service_taken(struct look *l, struct explain_finding *f, struct str name);

/* "-n NAMESPACE", for commands in advice. */
#define LOOK_NAMESPACE(l) STR_ARG((l)->s->namespace)
/* How people name a group: the head, group "workers". */
struct str look_group(struct arena *arena, const struct ray_group *group);
/* A field error without its type in front. */
struct str look_sentence(const struct field_error *error);
/* Adds who leads: the Leases of controllers, with when they were renewed. */
void look_show_leases(struct look *l, struct explain_finding *finding);
