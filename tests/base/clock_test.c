#include "base/clock.h"

#include <criterion/criterion.h>

#include "base/attr.h"

Test(clock, time_is_written_in_utc_with_milliseconds)
{
	static const struct {
		int64_t wall;
		const char *text;
	} CASES[] = {
		{0, "1970-01-01T00:00:00.000Z"},
		{1, "1970-01-01T00:00:00.000Z"},
		{999999999, "1970-01-01T00:00:00.999Z"},
		{1709210096 * CLOCK_SECOND + 987654, "2024-02-29T12:34:56.000Z"},
		{-1, "1969-12-31T23:59:59.999Z"},
		{-CLOCK_SECOND, "1969-12-31T23:59:59.000Z"},
	};
	char text[CLOCK_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++)
		cr_assert_str_eq(clock_rfc3339(CASES[i].wall, text), CASES[i].text);
}

Test(clock, a_time_in_text_is_read)
{
	static const struct {
		const char *text;
		int64_t wall;
	} CASES[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01T00:00:00.000000001Z", 1},
		{"1970-01-01t00:00:00.5z", CLOCK_SECOND / 2},
		{"2024-02-29T12:34:56Z", 1709210096 * CLOCK_SECOND},
		{"2024-02-29T14:34:56.000001+02:00", 1709210096 * CLOCK_SECOND + 1000},
		{"2024-02-29T03:04:56-09:30", 1709210096 * CLOCK_SECOND},
		{"1969-12-31T23:59:59.25Z", -CLOCK_SECOND * 3 / 4},
		{"2024-02-29T12:34:56.0000000019Z", 1709210096 * CLOCK_SECOND + 1},
	};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t wall = -7;

		cr_assert(clock_parse_rfc3339(str_from(CASES[i].text), &wall), "%s", CASES[i].text);
		cr_assert_eq(wall, CASES[i].wall, "%s", CASES[i].text);
	}
}

Test(clock, what_is_no_time_is_refused)
{
	static const char *const CASES[] = {"", "now", "2024-02-29", "2024-02-29T12:34:56",
		"2024-02-30T12:34:56Z", "2023-02-29T12:34:56Z", "2024-13-01T00:00:00Z",
		"2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-01T24:00:00Z",
		"2024-01-01T00:60:00Z", "2024-01-01T00:00:60Z", "2024-01-01T00:00:00.Z",
		"2024-01-01T00:00:00Z ", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00+0200",
		"2024-01-01T00:00:00+24:00", "1677-01-01T00:00:00Z", "2262-01-01T00:00:00Z",
		"2024-1-01T00:00:00Z", "+024-01-01T00:00:00Z"};

	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		int64_t wall;

		cr_assert_not(clock_parse_rfc3339(str_from(CASES[i]), &wall), "%s", CASES[i]);
	}
}

Test(clock, what_is_written_with_microseconds_is_read_back)
{
	const int64_t wall = 1709210096 * CLOCK_SECOND + 123456 * CLOCK_MICROSECOND;
	char text[CLOCK_TEXT];
	int64_t read = 0;

	cr_assert_str_eq(clock_rfc3339_micro(wall, text), "2024-02-29T12:34:56.123456Z");
	cr_assert(clock_parse_rfc3339(str_from(text), &read));
	cr_assert_eq(read, wall);
}

Test(clock, free_hands_go_forward)
{
	const int64_t before = clock_now();

	clock_sleep_until(before + CLOCK_MILLISECOND);
	cr_assert_geq(clock_now(), before + CLOCK_MILLISECOND);
	cr_assert_gt(clock_wall(), 1700000000 * CLOCK_SECOND);
	cr_assert_geq(clock_boot(), before);
}

Test(clock, held_hands_stand_still_and_move_when_told)
{
	clock_hold(1000, 5000);
	cr_assert_eq(clock_now(), 1000);
	cr_assert_eq(clock_wall(), 5000);
	cr_assert_eq(clock_boot(), 1000);
	clock_advance(7);
	cr_assert_eq(clock_now(), 1007);
	cr_assert_eq(clock_wall(), 5007);
	clock_suspend(20);
	cr_assert_eq(clock_now(), 1007);
	cr_assert_eq(clock_wall(), 5027);
	cr_assert_eq(clock_boot(), 1027);
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
