#include "server/kube/backoff.h"

#include <criterion/criterion.h>

#include "base/clock.h"

/* A wait of that long, with a jitter of up to a half more. */
static void expect_wait(int64_t wait, int64_t ms, const char *what)
{
	cr_expect_geq(wait, ms * CLOCK_MILLISECOND, "%s: %lld ns", what, (long long)wait);
	cr_expect_leq(wait, ms * CLOCK_MILLISECOND * 3 / 2, "%s: %lld ns", what, (long long)wait);
}

Test(kube_backoff, each_wait_is_twice_the_last_up_to_the_most)
{
	struct kube_backoff backoff = {
		.first = 100 * CLOCK_MILLISECOND, .most = 700 * CLOCK_MILLISECOND};
	static const int64_t WAITS[] = {100, 200, 400, 700, 700};

	for (size_t i = 0; i < sizeof(WAITS) / sizeof(*WAITS); i++)
		expect_wait(kube_backoff_next(&backoff), WAITS[i], "failing");
	kube_backoff_reset(&backoff);
	expect_wait(kube_backoff_next(&backoff), 100, "after a success");
}

/* 'a' nobody is reached, 'r' refused, 'w' well; the wait after it. */
static const struct {
	const char *what;
	char came;
	int64_t ms;
} RETURN[] = {
	{"refused", 'r', 500},
	{"and again", 'r', 1000},
	{"and again", 'r', 2000},
	{"away", 'a', 500},
	{"still", 'a', 1000},
	{"still, which is no reason to wait longer", 'a', 1000},
	{"for ever", 'a', 1000},
	{"back, and not ready to answer", 'r', 500},
	{"nor soon", 'r', 1000},
	{"nor later", 'r', 2000},
	{"away again", 'a', 500},
	{"and back, and well", 'w', 0},
	{"refused long after that", 'r', 500},
	{"away", 'a', 500},
	{"still", 'a', 1000},
	{"well", 'w', 0},
	{"away for the first time since", 'a', 500},
	{"well", 'w', 0},
	{"one of two refuses", 'r', 500},
	{"the other is away", 'a', 500},
	{"and so on", 'r', 1000},
	{"twice", 'a', 500},
	{"", 'a', 1000},
	{"which is no return", 'r', 2000},
	{"three times", 'a', 500},
	{"", 'a', 1000},
	{"", 'a', 1000},
	{"is one", 'r', 500},
};

Test(kube_backoff, a_server_that_is_away_is_asked_each_second)
{
	struct kube_return backoff = {
		.usual = {.first = CLOCK_SECOND / 2, .most = 30 * CLOCK_SECOND},
		.away = {.first = CLOCK_SECOND / 2, .most = CLOCK_SECOND},
	};

	for (size_t i = 0; i < sizeof(RETURN) / sizeof(*RETURN); i++) {
		if (RETURN[i].came == 'w')
			kube_return_reset(&backoff);
		else
			expect_wait(kube_return_next(&backoff, RETURN[i].came == 'a'), RETURN[i].ms,
				RETURN[i].what);
	}
}
