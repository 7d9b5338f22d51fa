/*
 * What is wrong with the RayClusters of one dialect that are stored: those from before the gate,
 * and those that slipped in while no replica answered. Each is judged as a new one would be, by the
 * rules and limits of the policy, when a watch tells of it: once for each of its generations. How
 * many break a rule is a metric, and each that does, or breaks another one than before, a line in
 * the log. It is the same on every replica.
 *
 * One thread at a time: that which follows them.
 */
#pragma once

#include "api/policy.h"
#include "api/raycluster.h"
#include "base/json_read.h"
#include "base/metrics.h"

struct stored;

struct stored *stored_new(struct metrics *metrics, enum dialect dialect);
/* Takes NULL and nulls. */
void stored_free(struct stored **stored);

/* It is there, as it is now. */
void stored_see(struct stored *stored, const struct policy *policy, const struct json_node *object,
	struct arena *arena);
void stored_unsee(struct stored *stored, struct str namespace, struct str name);
/* All there are have been told once. */
void stored_told(struct stored *stored);
/* They are judged by another policy from now on, and will be told again. */
void stored_start_over(struct stored *stored);
