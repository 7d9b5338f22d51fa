#include "server/kube/election.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "server/kube/backoff.h"

#define RENEW_WITHIN     (10 * CLOCK_SECOND)
#define RETRY_EVERY      (2 * CLOCK_SECOND)
#define RELEASE_PATIENCE (3 * CLOCK_SECOND)

struct kube_election {
	struct kube_election_options options;
	pthread_t thread;
	struct kube_stop *stop;
	atomic_bool leads;
	_Atomic int64_t renewed; /* before the try that succeeded last, asleep or not */
	/* Of the thread alone. */
	struct kube_lease lease;
	char holder[KUBE_LEASE_HOLDER]; /* that was told */
	bool in_trouble;
};

bool kube_election_leads(const struct kube_election *election)
{
	return atomic_load(&election->leads) &&
	       clock_boot() - atomic_load(&election->renewed) < election->options.renew_within;
}

static void tell(struct kube_election *election, bool leads)
{
	if (atomic_load(&election->leads) == leads &&
		strcmp(election->holder, election->lease.holder) == 0)
		return;
	atomic_store(&election->leads, leads);
	snprintf(election->holder, sizeof(election->holder), "%s", election->lease.holder);
	election->options.changed(election->options.context, leads, election->holder);
}

/* How long a try may take: who leads must know in time that he does not. */
static int64_t patience_of(const struct kube_election *election)
{
	const int64_t within = election->options.renew_within;
	const int64_t left = atomic_load(&election->renewed) + within - clock_boot();

	if (!atomic_load(&election->leads))
		return within;
	return left > CLOCK_MILLISECOND ? left : CLOCK_MILLISECOND;
}

static void tell_trouble(struct kube_election *election, const struct err *err)
{
	if (election->options.trouble == NULL || kube_stop_asked(election->stop) ||
		(err == NULL && !election->in_trouble))
		return;
	election->in_trouble = err != NULL;
	election->options.trouble(election->options.context, err);
}

static void try_once(struct kube_election *election)
{
	const int64_t from = clock_boot();
	struct err err = {0};

	if (kube_lease_try(&election->lease, patience_of(election), &err)) {
		atomic_store(&election->renewed, from);
		tell(election, true);
		tell_trouble(election, NULL);
		return;
	}
	tell_trouble(election, err.code == ERR_CONFLICT ? NULL : &err);
	const bool somebody_else =
		election->lease.object.len && !kube_lease_is_ours(&election->lease);

	if (somebody_else || !kube_election_leads(election))
		tell(election, false);
}

static void *run(void *context)
{
	struct kube_election *const election = context;
	const int64_t retry = election->options.retry_every;

	for (;;) {
		try_once(election);
		/* Those who wait do not all try at once. */
		const int64_t wait =
			atomic_load(&election->leads) ? retry : kube_jitter(retry, 120);

		if (!kube_stop_wait(election->stop, clock_now() + wait))
			return NULL;
	}
}

bool kube_election_start(
	const struct kube_election_options *options, struct kube_election **out, struct err *err)
{
	struct kube_election *election = mem_alloc(sizeof(*election));

	election->options = *options;
	if (election->options.renew_within == 0)
		election->options.renew_within = RENEW_WITHIN;
	if (election->options.retry_every == 0)
		election->options.retry_every = RETRY_EVERY;
	election->lease.options = options->lease;
	election->stop = kube_stop_new();
	election->lease.stop = election->stop;
	*out = election; /* whoever is told that we lead may ask at once */
	if (!thread_start(&election->thread, "election", run, election)) {
		kube_stop_free(&election->stop);
		mem_free(out);
		return err_set(err, ERR_UNAVAILABLE, "leader election: no thread is to be had");
	}
	return true;
}

void kube_election_stop(struct kube_election **pointer)
{
	struct kube_election *const election = *pointer;

	if (election == NULL)
		return;
	kube_stop_ask(election->stop);
	pthread_join(election->thread, NULL);
	if (atomic_exchange(&election->leads, false))
		election->options.changed(election->options.context, false, "");
	election->lease.stop = NULL;
	kube_lease_release(&election->lease, RELEASE_PATIENCE);
	kube_lease_done(&election->lease);
	kube_stop_free(&election->stop);
	mem_free(pointer);
}
