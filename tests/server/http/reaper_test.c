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
	cr_assert_eq(http_reaper_sweep(&reaper, 99, false), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, false), 1);
	cr_assert_eq(http_reaper_sweep(&reaper, 150, false), 0);
	cr_assert(is_ended(&pairs[0]));
	cr_assert_not(is_ended(&pairs[1]));
	http_watch_set(&pairs[1].watch, HTTP_PHASE_BODY, 300);
	cr_assert_eq(http_reaper_sweep(&reaper, 299, false), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, INT64_MAX, false), 1);
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
		http_reaper_sweep(&reaper, now, false);
	cr_assert_not(is_ended(&pair), "there is a byte to read");
	cr_assert_eq(recv(pair.watch.fd, &byte, 1, 0), 1);
	http_reaper_sweep(&reaper, 10, false);
	http_watch_set(&pair.watch, HTTP_PHASE_BODY, 2000);
	http_reaper_sweep(&reaper, 11, false);
	cr_assert_not(is_ended(&pair), "it has moved since");
	http_watch_set(&pair.watch, HTTP_PHASE_REPLY, 3000);
	http_reaper_sweep(&reaper, 12, false);
	http_reaper_sweep(&reaper, 13, false);
	cr_assert_not(is_ended(&pair), "it may still read its answer");
	http_watch_set(&pair.watch, HTTP_PHASE_IDLE, 4000);
	http_reaper_sweep(&reaper, 14, false);
	http_reaper_sweep(&reaper, 15, false);
	cr_assert(is_ended(&pair));
	pair_close(&pair, &reaper);
	http_reaper_done(&reaper);
}

Test(reaper, where_there_is_no_room_who_was_never_heard_is_late_earlier)
{
	struct http_reaper reaper;
	struct pair silent, heard, idle;

	http_reaper_init(&reaper);
	pair_open(&silent, &reaper, 1000);
	pair_open(&heard, &reaper, 1000);
	pair_open(&idle, &reaper, 1000);
	http_watch_heard(&heard.watch);
	http_watch_set(&idle.watch, HTTP_PHASE_IDLE, 1000);
	cr_assert_eq(http_reaper_sweep(&reaper, 99, true), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, false), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 100, true), 1);
	cr_assert(is_ended(&silent));
	cr_assert_eq(http_reaper_sweep(&reaper, 999, true), 0);
	cr_assert_eq(http_reaper_sweep(&reaper, 1000, true), 2);
	pair_close(&silent, &reaper);
	pair_close(&heard, &reaper);
	pair_close(&idle, &reaper);
	http_reaper_done(&reaper);
}
