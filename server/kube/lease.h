/*
 * One try to get, or to keep, a Lease of coordination.k8s.io/v1; the rules are client-go's
 * (tools/leaderelection). Clocks of others count for nothing: a lease has run out when we have seen
 * it unchanged for its own duration, by our monotonic clock. Nor is one free that somebody else
 * held and that was deleted: until he misses it he leads, and then makes it again.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "server/kube/client.h"
#include "server/kube/list.h"

struct kube_lease_options {
	struct kube_client *client;
	const char *namespace, *name;
	const char *identity; /* who we are: different for each process that ever was */
	int64_t duration;     /* ns; 0 is 15 s */
};

enum { KUBE_LEASE_HOLDER = 256 };

/* What is known of it. Start from {.options = …}; kube_lease_done() frees. */
struct kube_lease {
	struct kube_lease_options options;
	struct kube_stop *stop;         /* ends a try; or NULL for the client's own */
	char holder[KUBE_LEASE_HOLDER]; /* "" for nobody */
	struct buf object;              /* as the server said it last; empty when not known */
	struct buf spec;                /* of it */
	int64_t observed;               /* clock_now() when the spec was seen to change */
	int64_t runs;                   /* ns, the holder's own duration */
	int64_t transitions;
	int64_t gone_until; /* it is gone, and whoever held it may lead as long as this; or 0 */
};

void kube_lease_done(struct kube_lease *lease);

/*
 * True when we hold it now. False when somebody else does (err->code is ERR_CONFLICT), or when it
 * could not be asked within `patience`.
 */
MUST_CHECK bool kube_lease_try(struct kube_lease *lease, int64_t patience, struct err *err);
/* Gives it to whoever comes, if it is ours; looks first where that is not known. */
void kube_lease_release(struct kube_lease *lease, int64_t patience);
bool kube_lease_is_ours(const struct kube_lease *lease);
