#include "server/kube/backoff.h"

#include <sys/random.h>

int64_t kube_jitter(int64_t base, int percent)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return base;
	return base + (int64_t)((double)base * percent / 100 * random / UINT32_MAX);
}

int64_t kube_backoff_next(struct kube_backoff *backoff)
{
	const int64_t now = backoff->next > backoff->first ? backoff->next : backoff->first;

	backoff->next = now < backoff->most / 2 ? now * 2 : backoff->most;
	return kube_jitter(now < backoff->most ? now : backoff->most, 50);
}

void kube_backoff_reset(struct kube_backoff *backoff)
{
	backoff->next = 0;
}

/* Away for so many tries, it is taken for another server when it is back. */
enum { GONE = 3 };

int64_t kube_return_next(struct kube_return *r, bool is_away)
{
	if (!is_away) {
		r->tries_away = 0;
		kube_backoff_reset(&r->away);
		return kube_backoff_next(&r->usual);
	}
	if (r->tries_away < GONE && ++r->tries_away == GONE)
		kube_backoff_reset(&r->usual);
	return kube_backoff_next(&r->away);
}

void kube_return_reset(struct kube_return *r)
{
	kube_backoff_reset(&r->usual);
	kube_backoff_reset(&r->away);
	r->tries_away = 0;
}
