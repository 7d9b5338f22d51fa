#include "server/kube/stop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

struct kube_stop {
	pthread_mutex_t mutex;
	pthread_cond_t asked_now;
	atomic_bool asked;
	int fd;
};

struct kube_stop *kube_stop_new(void)
{
	struct kube_stop *const stop = mem_alloc(sizeof(*stop));

	pthread_mutex_init(&stop->mutex, NULL);
	pthread_cond_init(&stop->asked_now, NULL);
	stop->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return stop;
}

void kube_stop_free(struct kube_stop **stop)
{
	if (*stop == NULL)
		return;
	if ((*stop)->fd >= 0)
		close((*stop)->fd);
	pthread_cond_destroy(&(*stop)->asked_now);
	pthread_mutex_destroy(&(*stop)->mutex);
	mem_free(stop);
}

void kube_stop_ask(struct kube_stop *stop)
{
	pthread_mutex_lock(&stop->mutex);
	atomic_store(&stop->asked, true);
	pthread_cond_broadcast(&stop->asked_now);
	pthread_mutex_unlock(&stop->mutex);
	if (stop->fd >= 0)
		eventfd_write(stop->fd, 1);
}

bool kube_stop_asked(const struct kube_stop *stop)
{
	return stop && atomic_load(&stop->asked);
}

bool kube_stop_wait(struct kube_stop *stop, int64_t until)
{
	if (stop == NULL) {
		clock_sleep_until(until);
		return true;
	}
	pthread_mutex_lock(&stop->mutex);
	while (!atomic_load(&stop->asked) && clock_now() < until)
		clock_wait(&stop->asked_now, &stop->mutex, until);
	pthread_mutex_unlock(&stop->mutex);
	return !kube_stop_asked(stop);
}

int kube_stop_fd(const struct kube_stop *stop)
{
	return stop ? stop->fd : -1;
}
