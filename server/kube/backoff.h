/* How long to wait before the next try: longer each time, and never the same for two of us. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Start from the first two; the rest is zero. */
struct kube_backoff {
	int64_t first, most; /* ns */
	int64_t next;
};

/* Twice as long as the last time, up to `most`, with a jitter of up to a half more. */
int64_t kube_backoff_next(struct kube_backoff *backoff);
/* It went well: the next wait is the first again. */
void kube_backoff_reset(struct kube_backoff *backoff);

/*
 * The same for a server that is asked for ever. Where no connection comes about, a try costs
 * little, and it is known soon that it is back: a second is the longest wait. One that is back may
 * refuse a little while all that it is asked for, which counts from the first on; but not that of a
 * pair of servers of which one is away and the other refuses.
 */
struct kube_return {
	struct kube_backoff usual, away;
	int tries_away; /* in a row */
};
int64_t kube_return_next(struct kube_return *r, bool is_away);
void kube_return_reset(struct kube_return *r);

/* `base` and up to `percent` of it more, at random. */
int64_t kube_jitter(int64_t base, int percent);
