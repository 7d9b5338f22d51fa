#include "server/controller/status_pace.h"

#include <criterion/criterion.h>

#include "base/attr.h"
#include "base/clock.h"

enum { BEGIN_MS = 100 }; /* a clock that has just begun */

static int64_t at(int64_t ms)
{
	return (BEGIN_MS + ms) * CLOCK_MILLISECOND;
}

/* One look after the other at a status that may wait; what else there is to write. */
static const struct {
	const char *what;
	int64_t at_ms;
	bool behind, busy;
	int32_t calm_ms;
	int64_t until_ms;
	bool written; /* after the look */
} HOLDS[] = {
	{"kept behind the other writes of its round", 0, true, false, 500, 1000, false},
	{"and behind those of the next", 999, true, false, 500, 1000, false},
	{"the other wait begins when there are none", 999, false, false, 500, 1499, false},
	{"and goes on, however often it is looked at", 1498, false, false, 500, 1499, false},
	{"no longer", 1499, false, false, 500, 1499, false},
	{"longer, where others' writes queue up", 1500, false, true, 500, 6500, false},
	{"and still do", 6500, false, true, 500, 11500, false},
	{"and for some seconds after that", 11499, false, false, 500, 11500, false},
	{"and then no longer", 11500, false, false, 500, 11500, false},
	{"and never for ever", 25000, false, true, 500, 29999, false},
	{"busy as it may be", 29999, false, true, 500, 29999, false},
	{"behind its own writes longer too", 29999, true, true, 500, 5000, false},
	{"but a second is all", 30000, true, false, 500, 1000, true},
	{"what was written has ended both", 30600, false, false, 500, 31100, false},
	{"the other one, too", 30600, true, false, 500, 31600, true},
	{"one that does not wait", 30700, false, false, 0, 30700, false},
	{"busy behind its own writes", 40000, true, true, 0, 45000, false},
	{"counts when there are none", 41000, false, false, 500, 45000, true},
	{"and no more once one was written", 50000, false, false, 500, 50500, true},
	{"busy behind its own writes again", 60000, true, true, 0, 65000, false},
	{"counts from where the other wait begins", 61000, false, false, 500, 66000, false},
};

Test(status_pace, what_may_wait_does_so_and_not_for_ever)
{
	struct status_pace pace = {0};

	for (size_t i = 0; i < ARRAY_LEN(HOLDS); i++) {
		const struct status_hold hold = {
			HOLDS[i].behind, HOLDS[i].busy, HOLDS[i].calm_ms, 29000};
		const int64_t until = status_pace_hold(&pace, &hold, at(HOLDS[i].at_ms));
		int64_t due;

		cr_expect_eq(until, at(HOLDS[i].until_ms), "%zu: %s, until %lld", i, HOLDS[i].what,
			(long long)(until / CLOCK_MILLISECOND - BEGIN_MS));
		if (HOLDS[i].written)
			cr_expect(status_pace_take(&pace, i + 1, at(HOLDS[i].at_ms), &due));
	}
}

/* One after the other, too. */
static const struct {
	const char *what;
	int64_t at_ms;
	uint64_t gravity;
	bool may;
	int64_t due_ms;
} TAKES[] = {
	{"the first", 0, 0, true, 0},
	{"what is grave, at once", 0, 1, true, 0},
	{"the same again", 0, 1, false, 500},
	{"one that says nothing grave", 499, 0, false, 500},
	{"what is grave and new", 499, 2, true, 0},
	{"which counts from there", 998, 2, false, 999},
	{"half a second after it", 999, 0, true, 0},
	{"what was grave before the last one", 1000, 2, true, 0},
};

Test(status_pace, what_is_grave_is_written_at_once_and_the_rest_seldom)
{
	struct status_pace pace = {0};

	for (size_t i = 0; i < ARRAY_LEN(TAKES); i++) {
		int64_t due = 0;
		const bool may =
			status_pace_take(&pace, TAKES[i].gravity, at(TAKES[i].at_ms), &due);

		cr_expect_eq(may, TAKES[i].may, "%zu: %s", i, TAKES[i].what);
		if (!may)
			cr_expect_eq(due, at(TAKES[i].due_ms), "%zu: %s", i, TAKES[i].what);
	}
}
