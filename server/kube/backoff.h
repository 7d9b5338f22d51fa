/* How long to wait before the next try: longer each time, and never the same for two of us. */
#pragma once

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

/* `base` and up to `percent` of it more, at random. */
int64_t kube_jitter(int64_t base, int percent);
