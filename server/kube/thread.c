#include "server/kube/thread.h"

#include <signal.h>

bool kube_thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const bool started = pthread_create(thread, NULL, run, context) == 0;

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (started)
		pthread_setname_np(*thread, name);
	return started;
}
