/*
 * What a request is charged against the quota of its namespace, and what that says to the user.
 */
#pragma once

#include "api/policy.h"
#include "server/quota/ledger.h"
#include "validators/validate.h"

struct charge_input {
	struct arena *arena;
	const struct policy *policy;
	struct ledger *ledger; /* NULL: the object is compared with the quota by itself */
	struct str group, namespace;
	struct str uid; /* of the request: tells objects apart that have no name yet */
	const struct ray_object *object;
	const struct json_node *old; /* UPDATE alone */
	bool dry_run;
	bool judge_only; /* the object is refused already: compare, reserve nothing */
	/* By Ray's autoscaler, which gives up after a few refusals, of a cluster that our own
	 * controller runs: it is admitted, and the controller makes what there is room for. */
	bool withheld;
};

/*
 * Compares the charge with the namespace's quota, reserves it where it fits, and adds to `errors`
 * what does not. False when it cannot be said now (429).
 */
bool charge_reserve(const struct charge_input *in, struct field_errors *errors);

/* Whether there is a quota that refuses what exceeds it. */
bool charge_may_refuse(const struct policy *policy);

/*
 * Tells a watched ledger of a RayCluster that is there: its charge by the policy in force. What has
 * no spec that can be read is charged nothing.
 */
void charge_see(struct arena *arena, const struct policy *policy, struct ledger *ledger,
	enum dialect dialect, const struct json_node *object);
