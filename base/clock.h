/*
 * The time, in nanoseconds: a monotonic one to measure and wait with, and the wall's to show.
 *
 * A test can hold the hands: then both stand still until clock_advance(), and whoever waits for a
 * later time wakes when the hands get there. The hands belong to the whole process.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define CLOCK_MICROSECOND INT64_C(1000)
#define CLOCK_MILLISECOND INT64_C(1000000)
#define CLOCK_SECOND      INT64_C(1000000000)

/* Since some moment in the past; never goes back. */
int64_t clock_now(void);
/*
 * The same, but that it goes on while the machine is suspended: for what others count by their own
 * clocks. Nobody waits by it.
 */
int64_t clock_boot(void);
/* Since 1970-01-01T00:00:00Z; may jump when somebody sets the machine's clock. */
int64_t clock_wall(void);

/* Returns when clock_now() has reached `until`; at once when it has already. */
void clock_sleep_until(int64_t until);
/*
 * Waits on `cond`, made with the default attributes, until it is signalled or clock_now() reaches
 * `until`. False once that time is reached. Wakes without reason too: look at your condition again.
 */
bool clock_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until);

enum { CLOCK_TEXT = 32 };
/* RFC 3339 in UTC with milliseconds, 2026-01-02T03:04:05.678Z; returns `out`. Years 1 to 9999. */
const char *clock_rfc3339(int64_t wall, char out[CLOCK_TEXT]);
/* The same with microseconds, as Kubernetes' MicroTime: 2026-01-02T03:04:05.678901Z. */
const char *clock_rfc3339_micro(int64_t wall, char out[CLOCK_TEXT]);
/* Any RFC 3339 time, with or without a fraction and an offset. Years 1678 to 2261. */
bool clock_parse_rfc3339(struct str text, int64_t *wall);

void clock_hold(int64_t now, int64_t wall);
void clock_advance(int64_t nanoseconds);
/* As if the machine was suspended for so long: clock_now() stands still. */
void clock_suspend(int64_t nanoseconds);
/* Lets the hands go with the machine's time again. */
void clock_release(void);
