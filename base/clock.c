#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

/* Set by tests alone; see clock_hold(). */
static atomic_bool hands_held;
static _Atomic int64_t held_now;
static _Atomic int64_t held_wall;

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

static struct timespec as_timespec(int64_t ns)
{
	return (struct timespec){.tv_sec = ns / CLOCK_SECOND, .tv_nsec = ns % CLOCK_SECOND};
}

int64_t clock_now(void)
{
	return hands_held ? held_now : read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall(void)
{
	return hands_held ? held_wall : read_clock(CLOCK_REALTIME);
}

/*
 * The real time at which to look again: `until` itself, or soon when the hands are held, since
 * nobody tells those who wait that a test has moved them.
 */
static struct timespec next_look(int64_t until)
{
	if (!hands_held)
		return as_timespec(until > 0 ? until : 0);
	return as_timespec(read_clock(CLOCK_MONOTONIC) + CLOCK_MILLISECOND);
}

void clock_sleep_until(int64_t until)
{
	while (clock_now() < until) {
		const struct timespec look = next_look(until);

		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &look, NULL);
	}
}

bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until)
{
	const struct timespec look = next_look(until);

	pthread_cond_clockwait(cond, mutex, CLOCK_MONOTONIC, &look);
	return clock_now() < until;
}

const char *clock_rfc3339(int64_t wall, char out[CLOCK_TEXT])
{
	const int64_t part = (wall % CLOCK_SECOND + CLOCK_SECOND) % CLOCK_SECOND;
	const time_t seconds = (wall - part) / CLOCK_SECOND;
	struct tm tm;
	char date[CLOCK_TEXT];

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, CLOCK_TEXT, "%.20s.%03dZ", date, (int)(part / CLOCK_MILLISECOND));
	return out;
}

void clock_hold(int64_t now, int64_t wall)
{
	held_now = now;
	held_wall = wall;
	hands_held = true;
}

void clock_advance(int64_t nanoseconds)
{
	held_now += nanoseconds;
	held_wall += nanoseconds;
}

void clock_release(void)
{
	hands_held = false;
}
