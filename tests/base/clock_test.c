#include "base/clock.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(clock, time_is_written_in_utc_with_milliseconds)
{
	static const struct {
		int64_t wall;
		const char *text;
	} CASES[] = {
		{0,				  "1970-01-01T00:00:00.000Z"},
		{1,				  "1970-01-01T00:00:00.000Z"},
		{999999999,                          "1970-01-01T00:00:00.999Z"},
		{1709210096 * CLOCK_SECOND + 987654, "2024-02-29T12:34:56.000Z"},
		{-1,				 "1969-12-31T23:59:59.999Z"},
		{-CLOCK_SECOND,                      "1969-12-31T23:59:59.000Z"},
	};
	char text[CLOCK_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_str_eq(clock_rfc3339(CASES[i].wall, text), CASES[i].text);
}

Test(clock, free_hands_go_forward)
{
	const int64_t before = clock_now();

	clock_sleep_until(before + CLOCK_MILLISECOND);
	cr_assert_geq(clock_now(), before + CLOCK_MILLISECOND);
	cr_assert_gt(clock_wall(), 1700000000 * CLOCK_SECOND);
}

Test(clock, held_hands_stand_still_and_move_when_told)
{
	clock_hold(1000, 5000);
	cr_assert_eq(clock_now(), 1000);
	cr_assert_eq(clock_wall(), 5000);
	clock_advance(7);
	cr_assert_eq(clock_now(), 1007);
	cr_assert_eq(clock_wall(), 5007);
	clock_release();
	cr_assert_neq(clock_now(), 1007);
}

Test(clock, a_time_that_has_passed_is_not_waited_for, .timeout = 10)
{
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
	pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

	clock_sleep_until(INT64_MIN);
	pthread_mutex_lock(&mutex);
	cr_assert_not(clock_wait(&cond, &mutex, clock_now()));
	cr_assert_not(clock_wait(&cond, &mutex, -5));
	pthread_mutex_unlock(&mutex);
}

static void *sleep_an_hour(void *woken_at)
{
	clock_sleep_until(3600 * CLOCK_SECOND);
	*(int64_t *)woken_at = clock_now();
	return NULL;
}

Test(clock, who_sleeps_wakes_when_held_hands_get_there, .timeout = 10)
{
	int64_t woken_at = 0;
	pthread_t thread;

	clock_hold(0, 0);
	pthread_create(&thread, NULL, sleep_an_hour, &woken_at);
	clock_advance(3600 * CLOCK_SECOND);
	pthread_join(thread, NULL);
	cr_assert_eq(woken_at, 3600 * CLOCK_SECOND);
}

struct door {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool open;
	bool seen_open;
};

static void *wait_at(void *data)
{
	struct door *const door = data;

	pthread_mutex_lock(&door->mutex);
	while (!door->open && clock_wait(&door->cond, &door->mutex, 60 * CLOCK_SECOND))
		continue;
	door->seen_open = door->open;
	pthread_mutex_unlock(&door->mutex);
	return NULL;
}

static bool waiter_saw_it_open(bool open)
{
	struct door door = {
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.cond = PTHREAD_COND_INITIALIZER,
	};
	pthread_t thread;

	clock_hold(0, 0);
	pthread_create(&thread, NULL, wait_at, &door);
	if (open) {
		pthread_mutex_lock(&door.mutex);
		door.open = true;
		pthread_cond_signal(&door.cond);
		pthread_mutex_unlock(&door.mutex);
	} else {
		clock_advance(60 * CLOCK_SECOND);
	}
	pthread_join(thread, NULL);
	return door.seen_open;
}

Test(clock, a_wait_ends_by_signal_or_by_time, .timeout = 10)
{
	cr_assert(waiter_saw_it_open(true));
	cr_assert_not(waiter_saw_it_open(false));
}
