/*
 * Leader election: one of all who use a Lease leads, the others wait. A thread of its own tries
 * every 2 s; who leads and cannot renew for 10 s leads no longer, 5 s before anybody else may.
 */
#pragma once

#include <stdbool.h>

#include "server/kube/lease.h"

struct kube_election_options {
	struct kube_lease_options lease;
	int64_t renew_within; /* ns; 0 is 10 s; less than the lease's duration */
	int64_t retry_every;  /* ns; 0 is 2 s */
	/*
	 * Called in the election's thread when we begin or cease to lead, and when somebody else
	 * does ("" is nobody). When it returns from `leads` being false, nothing must be written
	 * any more.
	 */
	void (*changed)(void *context, bool leads, const char *holder);
	/*
	 * A try failed otherwise than because somebody else leads; with NULL, the first one after
	 * it that did not. Or NULL.
	 */
	void (*trouble)(void *context, const struct err *err);
	void *context;
};

struct kube_election;

/* `*out` is there before anything is told. */
MUST_CHECK bool kube_election_start(
	const struct kube_election_options *options, struct kube_election **out, struct err *err);
/*
 * Ceases to lead, tells so, gives the Lease away (so before the client's own stop is asked). Takes
 * NULL and nulls.
 */
void kube_election_stop(struct kube_election **pointer);
/* Whether we lead at this very moment; any thread, also when the election's own is late. */
bool kube_election_leads(const struct kube_election *election);
