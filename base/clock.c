#include "base/clock.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

/* Set by tests alone; see clock_hold(). */
static atomic_bool hands_held;
static _Atomic int64_t held_now;
static _Atomic int64_t held_wall;
static _Atomic int64_t held_asleep; /* how long the machine was suspended */

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

int64_t clock_boot(void)
{
	return hands_held ? held_now + held_asleep : read_clock(CLOCK_BOOTTIME);
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

/* `unit` nanoseconds are one of the last of `digits` digits. */
static const char *as_text(int64_t wall, int64_t unit, int digits, char out[CLOCK_TEXT])
{
	const int64_t part = (wall % CLOCK_SECOND + CLOCK_SECOND) % CLOCK_SECOND;
	const time_t seconds = (wall - part) / CLOCK_SECOND;
	struct tm tm;
	char date[CLOCK_TEXT];

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, CLOCK_TEXT, "%.20s.%0*dZ", date, digits, (int)(part / unit));
	return out;
}

const char *clock_rfc3339(int64_t wall, char out[CLOCK_TEXT])
{
	return as_text(wall, CLOCK_MILLISECOND, 3, out);
}

const char *clock_rfc3339_micro(int64_t wall, char out[CLOCK_TEXT])
{
	return as_text(wall, CLOCK_MICROSECOND, 6, out);
}

/* Takes `count` digits, then `then` unless it is NUL, off the front. */
static bool take_number(struct str *text, size_t count, char then, int *out)
{
	*out = 0;
	if (text->len < count + (then != '\0'))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (text->at[i] < '0' || text->at[i] > '9')
			return false;
		*out = *out * 10 + (text->at[i] - '0');
	}
	if (then && text->at[count] != then)
		return false;
	*text = str_from_offset(*text, count + (then != '\0'));
	return true;
}

/* ".5" and the like; what is finer than a nanosecond is dropped. */
static bool take_fraction(struct str *text, int64_t *out)
{
	int64_t unit = CLOCK_SECOND / 10;
	size_t i = 1;

	*out = 0;
	if (text->len == 0 || text->at[0] != '.')
		return true;
	for (; i < text->len && text->at[i] >= '0' && text->at[i] <= '9'; i++, unit /= 10)
		*out += unit * (text->at[i] - '0');
	*text = str_from_offset(*text, i);
	return i > 1;
}

/* Seconds east of UTC. */
static bool take_offset(struct str text, int *out)
{
	int hours, minutes;

	*out = 0;
	if (str_is_nocase(text, "z"))
		return true;
	if (text.len == 0 || (text.at[0] != '+' && text.at[0] != '-'))
		return false;
	const int sign = text.at[0] == '-' ? -1 : 1;

	text = str_from_offset(text, 1);
	if (!take_number(&text, 2, ':', &hours) || !take_number(&text, 2, '\0', &minutes))
		return false;
	*out = sign * (hours * 3600 + minutes * 60);
	return text.len == 0 && hours < 24 && minutes < 60;
}

static bool take_date(struct str *text, struct tm *tm)
{
	if (!take_number(text, 4, '-', &tm->tm_year) || !take_number(text, 2, '-', &tm->tm_mon) ||
		!take_number(text, 2, '\0', &tm->tm_mday))
		return false;
	if (text->len == 0 || (text->at[0] != 'T' && text->at[0] != 't'))
		return false;
	*text = str_from_offset(*text, 1);
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return true;
}

static bool is_on_the_clock(const struct tm *tm)
{
	/* What int64 nanoseconds hold. */
	return tm->tm_year >= 1678 - 1900 && tm->tm_year <= 2261 - 1900 && tm->tm_mon < 12 &&
	       tm->tm_mon >= 0 && tm->tm_mday >= 1 && tm->tm_mday <= 31 && tm->tm_hour < 24 &&
	       tm->tm_min < 60 && tm->tm_sec < 60;
}

bool clock_parse_rfc3339(struct str text, int64_t *wall)
{
	struct tm tm = {0};
	int64_t fraction;
	int offset;

	if (!take_date(&text, &tm) || !take_number(&text, 2, ':', &tm.tm_hour) ||
		!take_number(&text, 2, ':', &tm.tm_min) ||
		!take_number(&text, 2, '\0', &tm.tm_sec) || !take_fraction(&text, &fraction) ||
		!take_offset(text, &offset) || !is_on_the_clock(&tm))
		return false;
	const int day = tm.tm_mday;
	const int64_t seconds = timegm(&tm);

	/* The 31st of a short month became the 1st of the next one. */
	if (tm.tm_mday != day)
		return false;
	*wall = (seconds - offset) * CLOCK_SECOND + fraction;
	return true;
}

void clock_hold(int64_t now, int64_t wall)
{
	held_now = now;
	held_wall = wall;
	held_asleep = 0;
	hands_held = true;
}

void clock_advance(int64_t nanoseconds)
{
	held_now += nanoseconds;
	held_wall += nanoseconds;
}

void clock_suspend(int64_t nanoseconds)
{
	held_asleep += nanoseconds;
	held_wall += nanoseconds;
}

void clock_release(void)
{
	hands_held = false;
}
