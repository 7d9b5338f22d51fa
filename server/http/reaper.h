/*
 * Connections and the time each of them has left. The HTTP library only sees idleness: a client
 * that sends a byte every three seconds would live for ever. So whoever is beyond its deadline is
 * shut down here, from another thread, which makes the library close it.
 *
 * A descriptor is shut down only while its watch is listed, and the lock is held meanwhile: a
 * number that the kernel has given to somebody else is never hit.
 */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum http_phase {
	HTTP_PHASE_OPENING, /* accepted; no line of a request was heard yet */
	HTTP_PHASE_IDLE,    /* between requests */
	HTTP_PHASE_HEADERS,
	HTTP_PHASE_BODY,
	HTTP_PHASE_WORK,  /* ours to end: no deadline */
	HTTP_PHASE_REPLY, /* the client reads */
	HTTP_PHASE_COUNT,
};

struct http_watch {
	int fd;
	atomic_int phase;
	_Atomic int64_t deadline; /* clock_now() */
	_Atomic int64_t crowded;  /* the one while it is opening or idle and others wait for room */
	bool reaped;
	int64_t left_at; /* the deadline it had when the client was first seen to be gone */
	struct http_watch *before, *after;
};

struct http_reaper {
	pthread_mutex_t lock;
	struct http_watch *first;
	size_t count;
	long long reaped[HTTP_PHASE_COUNT];
};

enum { HTTP_NO_DEADLINE = -1 }; /* while it is ours to move */

void http_reaper_init(struct http_reaper *reaper);
void http_reaper_done(struct http_reaper *reaper);
/*
 * `watch` is the caller's and stays listed until http_reaper_remove, which must precede close().
 * Its two deadlines are set by the caller; it is opening.
 */
void http_reaper_add(struct http_reaper *reaper, struct http_watch *watch, int fd);
void http_reaper_remove(struct http_reaper *reaper, struct http_watch *watch);
/* By the thread that serves the connection; takes no lock. */
void http_watch_set(struct http_watch *watch, enum http_phase phase, int64_t deadline);
/* An answer is out, and the next request may come. */
void http_watch_idle(struct http_watch *watch, int64_t deadline, int64_t crowded);
/* The first line of a request was heard: what it goes on with has the time that was left. */
void http_watch_heard(struct http_watch *watch);

/*
 * Shuts down whoever is late; returns how many. Also ends a client that has sent its last byte and
 * whose connection has not moved since the sweep before: the library may miss an end that arrives
 * together with data, and would keep the connection until its deadline.
 *
 * Where others wait for room (`waiting` of them), who was never heard is late earlier, so that
 * silence keeps nobody out; and so that one cheap request does not either, those who have idled
 * longest give way, as many as are still missing. A client may send a request in the very moment in
 * which its idle connection is closed, and a POST is not sent again: so this is only done in need,
 * never to one that was used within the last seconds, and not where a byte has arrived. What
 * remains is the time that a packet travels.
 */
size_t http_reaper_sweep(struct http_reaper *reaper, int64_t now, size_t waiting);
size_t http_reaper_count(struct http_reaper *reaper);
void http_reaper_reaped(struct http_reaper *reaper, long long out[HTTP_PHASE_COUNT]);
