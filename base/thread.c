#include "base/thread.h"

#include <errno.h>
#include <signal.h>

bool thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *context)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int why = pthread_create(thread, NULL, run, context);

	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (why == 0)
		pthread_setname_np(*thread, name);
	errno = why;
	return why == 0;
}
