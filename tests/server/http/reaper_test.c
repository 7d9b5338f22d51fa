#include "server/http/reaper.h"

#include <sys/socket.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/str.h"

/* A watched socket and its other end. */
struct pair {
	struct http_watch watch;
	int other;
};

static void pair_open(struct pair *pair, struct http_reaper *reaper, int64_t deadline)
{
	int fds[2];

	cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	pair->other = fds[1];
	pair->watch.deadline = deadline;
	pair->watch.crowded = deadline / 10;
	http_reaper_add(reaper, &pair->watch, fds[0]);
}

static void pair_close(struct pair *pair, struct http_reaper *reaper)
{
	http_reaper_remove(reaper, &pair->watch);
	close(pair->watch.fd);
	close(pair->other);
}

static bool is_ended(const struct pair *pair)
{
	char byte;

	return recv(pair->other, &byte, 1, MSG_DONTWAIT) == 0;
}

Test(reaper, who_is_late_is_shut_down_once_and_the_others_stay)
{
	struct http_reaper reaper;
	struct pair pairs[3];
	long long reaped[HTTP_PHASE_COUNT];

	http_reaper_init(&reaper);
	for (int i = 0; i < 3; i++)
		pair_open(&pairs[i], &reaper, 100 * (i + 1));
	http_watch_set(&pairs[2].watch, HTTP_PHASE_WORK, HTTP_NO_DEADLINE);
	cr_assert_eq(http_reaper_count(&reaper), 3);
	cr_assert_eq(http_reaper_sweep(&reaper, 99, 0), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, 0), 1);
	cr_assert_eq(http_reaper_sweep(&reaper, 150, 0), 0);
	cr_assert(is_ended(&pairs[0]));
	cr_assert_not(is_ended(&pairs[1]));
	http_watch_set(&pairs[1].watch, HTTP_PHASE_BODY, 300);
	cr_assert_eq(http_reaper_sweep(&reaper, 299, 0), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, INT64_MAX, 0), 1);
	cr_assert_not(is_ended(&pairs[2]), "who works has no deadline");
	http_reaper_reaped(&reaper, reaped);
	cr_assert_eq(reaped[HTTP_PHASE_OPENING], 1);
	cr_assert_eq(reaped[HTTP_PHASE_BODY], 1);
	/* From the middle, the end and the beginning. */
	pair_close(&pairs[1], &reaper);
	pair_close(&pairs[0], &reaper);
	pair_close(&pairs[2], &reaper);
	cr_assert_eq(http_reaper_count(&reaper), 0);
	http_reaper_done(&reaper);
}

Test(reaper, who_has_left_is_ended_when_nothing_moves_any_more)
{
	struct http_reaper reaper;
	struct pair pair;
	char byte;

	http_reaper_init(&reaper);
	pair_open(&pair, &reaper, 1000);
	cr_assert_eq(send(pair.other, "x", 1, 0), 1);
	shutdown(pair.other, SHUT_WR);
	for (int64_t now = 0; now < 10; now++)
		http_reaper_sweep(&reaper, now, 0);
	cr_assert_not(is_ended(&pair), "there is a byte to read");
	cr_assert_eq(recv(pair.watch.fd, &byte, 1, 0), 1);
	http_reaper_sweep(&reaper, 10, 0);
	http_watch_set(&pair.watch, HTTP_PHASE_BODY, 2000);
	http_reaper_sweep(&reaper, 11, 0);
	cr_assert_not(is_ended(&pair), "it has moved since");
	http_watch_set(&pair.watch, HTTP_PHASE_REPLY, 3000);
	http_reaper_sweep(&reaper, 12, 0);
	http_reaper_sweep(&reaper, 13, 0);
	cr_assert_not(is_ended(&pair), "it may still read its answer");
	http_watch_set(&pair.watch, HTTP_PHASE_IDLE, 4000);
	http_reaper_sweep(&reaper, 14, 0);
	http_reaper_sweep(&reaper, 15, 0);
	cr_assert(is_ended(&pair));
	pair_close(&pair, &reaper);
	http_reaper_done(&reaper);
}

Test(reaper, where_others_wait_who_was_never_heard_is_late_earlier)
{
	struct http_reaper reaper;
	struct pair silent, other, heard, idle;

	http_reaper_init(&reaper);
	pair_open(&silent, &reaper, 1000);
	pair_open(&other, &reaper, 1000);
	pair_open(&heard, &reaper, 1000);
	pair_open(&idle, &reaper, 1000);
	http_watch_heard(&heard.watch);
	http_watch_idle(&idle.watch, 1000, 900);
	cr_assert_eq(http_reaper_sweep(&reaper, 99, 1), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, 0), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, 1), 2);
	cr_assert(is_ended(&silent));
	cr_assert(is_ended(&other));
	cr_assert_eq(http_reaper_sweep(&reaper, 899, 9), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 1000, 0), 2);
	pair_close(&silent, &reaper);
	pair_close(&other, &reaper);
	pair_close(&heard, &reaper);
	pair_close(&idle, &reaper);
	http_reaper_done(&reaper);
}

enum { IDLERS = 6 };

/* In an order of their own; the one that has idled longest is the fourth. */
static void open_idlers(struct pair *pairs, struct http_reaper *reaper)
{
	static const int64_t CROWDED[IDLERS] = {30, 60, 20, 10, 50, 40};

	http_reaper_init(reaper);
	for (int i = 0; i < IDLERS; i++) {
		pair_open(&pairs[i], reaper, 1000);
		http_watch_idle(&pairs[i].watch, 1000, CROWDED[i]);
	}
}

static void close_idlers(struct pair *pairs, struct http_reaper *reaper)
{
	for (int i = 0; i < IDLERS; i++)
		pair_close(&pairs[i], reaper);
	http_reaper_done(reaper);
}

Test(reaper, who_has_idled_longest_gives_way_and_no_more_than_wait)
{
	struct http_reaper reaper;
	struct pair pairs[IDLERS];
	long long reaped[HTTP_PHASE_COUNT];

	open_idlers(pairs, &reaper);
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 0), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 9, IDLERS), 0, "nobody has idled long");
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 2), 2);
	cr_assert(is_ended(&pairs[3]));
	cr_assert(is_ended(&pairs[2]));
	cr_assert_not(is_ended(&pairs[0]));
	/* Their places are not free yet, and are those that were asked for. */
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 2), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 1), 0, "one more place than is asked for");
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 3), 1);
	cr_assert(is_ended(&pairs[0]));
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 100), 1, "the others have not idled long");
	cr_assert(is_ended(&pairs[5]));
	http_reaper_reaped(&reaper, reaped);
	cr_assert_eq(reaped[HTTP_PHASE_IDLE], 4);
	close_idlers(pairs, &reaper);
}

Test(reaper, who_has_asked_again_does_not_give_way)
{
	struct http_reaper reaper;
	struct pair pairs[IDLERS];

	open_idlers(pairs, &reaper);
	http_watch_set(&pairs[3].watch, HTTP_PHASE_HEADERS, 1000);
	/* Its request has arrived, and is not read yet. */
	cr_assert_eq(send(pairs[2].other, "P", 1, 0), 1);
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 1), 1);
	cr_assert(is_ended(&pairs[0]));
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 100), 1);
	cr_assert(is_ended(&pairs[5]));
	close_idlers(pairs, &reaper);
}

Test(reaper, who_is_late_makes_room_before_anybody_who_idles)
{
	struct http_reaper reaper;
	struct pair pairs[IDLERS];

	open_idlers(pairs, &reaper);
	http_watch_set(&pairs[1].watch, HTTP_PHASE_BODY, 45);
	cr_assert_eq(http_reaper_sweep(&reaper, 45, 2), 2);
	cr_assert(is_ended(&pairs[1]));
	cr_assert(is_ended(&pairs[3]));
	close_idlers(pairs, &reaper);
}
