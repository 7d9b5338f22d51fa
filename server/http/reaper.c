#include "server/http/reaper.h"

#include <assert.h>
#include <string.h>
#include <sys/socket.h>

void http_reaper_init(struct http_reaper *reaper)
{
	*reaper = (struct http_reaper){0};
	pthread_mutex_init(&reaper->lock, NULL);
}

void http_reaper_done(struct http_reaper *reaper)
{
	assert(reaper->first == NULL);
	pthread_mutex_destroy(&reaper->lock);
}

void http_reaper_add(struct http_reaper *reaper, struct http_watch *watch, int fd)
{
	watch->fd = fd;
	watch->reaped = false;
	watch->left_at = HTTP_NO_DEADLINE;
	atomic_store_explicit(&watch->phase, HTTP_PHASE_OPENING, memory_order_relaxed);
	pthread_mutex_lock(&reaper->lock);
	watch->before = NULL;
	watch->after = reaper->first;
	if (reaper->first)
		reaper->first->before = watch;
	reaper->first = watch;
	reaper->count++;
	pthread_mutex_unlock(&reaper->lock);
}

void http_reaper_remove(struct http_reaper *reaper, struct http_watch *watch)
{
	pthread_mutex_lock(&reaper->lock);
	if (watch->before)
		watch->before->after = watch->after;
	else
		reaper->first = watch->after;
	if (watch->after)
		watch->after->before = watch->before;
	reaper->count--;
	pthread_mutex_unlock(&reaper->lock);
}

void http_watch_set(struct http_watch *watch, enum http_phase phase, int64_t deadline)
{
	atomic_store_explicit(&watch->deadline, deadline, memory_order_relaxed);
	atomic_store_explicit(&watch->phase, (int)phase, memory_order_relaxed);
}

void http_watch_heard(struct http_watch *watch)
{
	atomic_store_explicit(&watch->phase, HTTP_PHASE_HEADERS, memory_order_relaxed);
}

/* The end of the stream, with nothing before it that is still to be read. */
static bool has_left(const struct http_watch *watch)
{
	char byte;

	return recv(watch->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

static void end(struct http_watch *watch)
{
	watch->reaped = true;
	shutdown(watch->fd, SHUT_RDWR);
}

static void sweep_left(struct http_watch *watch, int64_t deadline)
{
	if (!has_left(watch))
		return;
	if (watch->left_at == deadline)
		end(watch);
	watch->left_at = deadline;
}

static bool is_late(const struct http_watch *watch, int64_t deadline, int64_t now, bool crowded)
{
	const int phase = atomic_load_explicit(&watch->phase, memory_order_relaxed);

	return now >= deadline || (crowded && phase == HTTP_PHASE_OPENING && now >= watch->crowded);
}

size_t http_reaper_sweep(struct http_reaper *reaper, int64_t now, bool crowded)
{
	size_t late = 0;

	pthread_mutex_lock(&reaper->lock);
	for (struct http_watch *watch = reaper->first; watch; watch = watch->after) {
		const int64_t deadline =
			atomic_load_explicit(&watch->deadline, memory_order_relaxed);

		const int phase = atomic_load_explicit(&watch->phase, memory_order_relaxed);

		if (watch->reaped || deadline == HTTP_NO_DEADLINE)
			continue;
		if (!is_late(watch, deadline, now, crowded)) {
			if (phase != HTTP_PHASE_REPLY)
				sweep_left(watch, deadline);
			continue;
		}
		reaper->reaped[phase]++;
		end(watch);
		late++;
	}
	pthread_mutex_unlock(&reaper->lock);
	return late;
}

size_t http_reaper_count(struct http_reaper *reaper)
{
	pthread_mutex_lock(&reaper->lock);
	const size_t count = reaper->count;

	pthread_mutex_unlock(&reaper->lock);
	return count;
}

void http_reaper_reaped(struct http_reaper *reaper, long long out[HTTP_PHASE_COUNT])
{
	pthread_mutex_lock(&reaper->lock);
	memcpy(out, reaper->reaped, sizeof(reaper->reaped));
	pthread_mutex_unlock(&reaper->lock);
}
