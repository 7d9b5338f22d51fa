#include "server/http/reaper.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

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

/* Who sees that it is idle sees since when. */
void http_watch_idle(struct http_watch *watch, int64_t deadline, int64_t crowded)
{
	atomic_store_explicit(&watch->crowded, crowded, memory_order_relaxed);
	atomic_store_explicit(&watch->deadline, deadline, memory_order_relaxed);
	atomic_store_explicit(&watch->phase, HTTP_PHASE_IDLE, memory_order_release);
}

void http_watch_heard(struct http_watch *watch)
{
	atomic_store_explicit(&watch->phase, HTTP_PHASE_HEADERS, memory_order_relaxed);
}

/* Whether a byte has arrived that is still to be read. */
static bool has_bytes(const struct http_watch *watch)
{
	char byte;

	return recv(watch->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
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

static enum http_phase phase_of(const struct http_watch *watch)
{
	return (enum http_phase)atomic_load_explicit(&watch->phase, memory_order_acquire);
}

static int64_t crowded_of(const struct http_watch *watch)
{
	return atomic_load_explicit(&watch->crowded, memory_order_relaxed);
}

/* Ends it if it is late; whether it was. */
static bool sweep_one(struct http_reaper *reaper, struct http_watch *watch, int64_t now, bool need)
{
	const int64_t deadline = atomic_load_explicit(&watch->deadline, memory_order_relaxed);
	const enum http_phase phase = phase_of(watch);

	if (deadline == HTTP_NO_DEADLINE)
		return false;
	if (now >= deadline || (need && phase == HTTP_PHASE_OPENING && now >= crowded_of(watch))) {
		reaper->reaped[phase]++;
		end(watch);
		return true;
	}
	if (phase != HTTP_PHASE_REPLY)
		sweep_left(watch, deadline);
	return false;
}

/* One that may give way, and since when: a copy, which stays while it is sorted. */
struct idler {
	int64_t crowded;
	struct http_watch *watch;
};

static int by_time(const void *a, const void *b)
{
	const int64_t x = ((const struct idler *)a)->crowded;
	const int64_t y = ((const struct idler *)b)->crowded;

	return (x > y) - (x < y);
}

static size_t list_idlers(const struct http_reaper *reaper, int64_t now, struct idler *out)
{
	size_t count = 0;

	for (struct http_watch *watch = reaper->first; watch; watch = watch->after) {
		const bool idles = !watch->reaped && phase_of(watch) == HTTP_PHASE_IDLE;
		const struct idler idler = {crowded_of(watch), watch};

		if (idles && now >= idler.crowded)
			out[count++] = idler;
	}
	return count;
}

/* Asked again just before it is ended, since it is another thread that hears the client. */
static bool still_idles(const struct idler *idler)
{
	return phase_of(idler->watch) == HTTP_PHASE_IDLE &&
	       crowded_of(idler->watch) == idler->crowded && !has_bytes(idler->watch);
}

static size_t end_longest_idle(struct http_reaper *reaper, int64_t now, size_t most)
{
	struct idler *const idlers = mem_alloc(reaper->count * sizeof(*idlers));
	const size_t count = list_idlers(reaper, now, idlers);
	size_t ended = 0;

	qsort(idlers, count, sizeof(*idlers), by_time);
	for (size_t i = 0; i < count && ended < most; i++) {
		if (!still_idles(&idlers[i]))
			continue;
		reaper->reaped[HTTP_PHASE_IDLE]++;
		end(idlers[i].watch);
		ended++;
	}
	free(idlers);
	return ended;
}

size_t http_reaper_sweep(struct http_reaper *reaper, int64_t now, size_t waiting)
{
	size_t late = 0;
	size_t ending = 0; /* before, and not closed yet */

	pthread_mutex_lock(&reaper->lock);
	for (struct http_watch *watch = reaper->first; watch; watch = watch->after) {
		if (watch->reaped)
			ending++;
		else if (sweep_one(reaper, watch, now, waiting > 0))
			late++;
	}
	if (late + ending < waiting)
		late += end_longest_idle(reaper, now, waiting - late - ending);
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
