/*
 * What a cluster had by right before the generation that is there, where the text of that is not
 * known: by its status, when another process led or nobody did; or else by what runs.
 */
#pragma once

#include "server/plan/accept.h"

/*
 * The size of what runs: the head first, also one that workers lack just now, and pods that are on
 * their way out, too. In the arena.
 */
size_t baseline_running(
	const struct observed *seen, struct arena *arena, const struct observed_size **out);

/* Whether its namespace has one: without, nobody ever asks what it is charged. */
bool baseline_has_quota(const struct observed *seen);

struct baseline {
	int64_t generation; /* that was accepted; 0: none ever was, and this runs */
	const struct observed_size *sizes;
	size_t size_count;
	/* The object as if it asked for this size; NULL where its spec cannot be read. */
	const struct json_node *old;
	/* What it is charged, where its namespace has a quota: by the status, and what came since.
	 */
	const struct ledger_amount *charge;
	size_t charge_count;
	/* So many of these, the first, are those of what was accepted; the others are those of what
	 * is there, of which nobody knows whether it is the same. */
	size_t charge_told;
};
/*
 * `recalled` is of accept_recall(), or NULL where the status says nothing: then it is false for one
 * that has no pods. In the arena.
 */
bool baseline_find(const struct observed *seen, struct arena *arena,
	const struct observed_verdict *recalled, struct baseline *out);
