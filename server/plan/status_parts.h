/* What a status is made of, each in a file of its own. */
#pragma once

#include "server/plan/status_draft.h"
#include "server/plan/status_modern.h"

/* What is there of a cluster, and what its spec asks for; of pods that it owns alone. */
struct status_counts {
	const struct observed_pod *head; /* the best; NULL where there is none */
	int64_t pods;                    /* of any kind, also those that end */
	int64_t running, ready;          /* workers that are not being deleted */
	int64_t wanted, least, most;     /* workers, by the spec; within int32 */
	bool complete; /* the head, its Service and all workers are there, the pods ready */
};

void status_count(const struct status_input *in, struct status_counts *out);

/* --- status_totals.c --- */

/* desiredCPU and its like, and the replica counters. */
void status_put_totals(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts);

/* --- status_head.c: where the head is, and how it is --- */

/* What a node that nobody hears of said of it last does not count. Takes NULL. */
bool status_head_is_ready(const struct observed_pod *head);
/* NULL where there is none. */
const struct observed_service *status_head_service(const struct status_input *in);
void status_put_head(
	struct status_draft *d, const struct status_input *in, const struct status_counts *counts);

/* --- status_trouble.c: what does not go as it should --- */

/* That an earlier status was refused, which no status says; behind status_draft_finish(). */
void status_tell_refused(const struct status_input *in, struct round *round);
void status_put_failures(struct status_draft *d, const struct status_input *in);
void status_put_pending(struct status_draft *d, const struct status_input *in);
void status_put_accepted(struct status_draft *d, const struct status_input *in);
void status_put_supported(struct status_draft *d, const struct status_input *in);

/* --- status_withheld.c: pods that are missing and not made, since nobody knows of what --- */

void status_put_withheld(struct status_draft *d, const struct status_input *in);

/* --- modern_children.c --- */

/* The claim of its GCS, as a watch told of it; NULL where there is none. */
const struct observed_claim *modern_claim(
	const struct observed *seen, const struct child_context *c);
