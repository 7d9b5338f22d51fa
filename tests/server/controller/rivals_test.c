#include "server/controller/rivals.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

/* An API server that lists these Leases, and of which no watch ever tells anything. */
static const char *kuberay, *ours;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static unsigned changes, lists, in_vain; /* KubeRay's was asked for while it was away */
static atomic_bool is_away, kuberay_is_away;
static bool hangs;       /* whoever lists KubeRay's waits for ever */
static const char *news; /* that a watch of ours is about to tell; NULL: nothing */

static void wait_a_moment(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += 20000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&more, &mutex, &until);
}

/* Tells the news once they are there; until the stop is asked for. */
static void be_a_watch(const struct kube_request *request, bool is_kuberay)
{
	while (!kube_stop_asked(request->stop)) {
		pthread_mutex_lock(&mutex);
		if (is_kuberay || news == NULL)
			wait_a_moment();
		const char *const line = is_kuberay ? NULL : news;

		news = line ? NULL : news;
		pthread_mutex_unlock(&mutex);
		if (line)
			request->piece(request->context, str_from(line));
	}
}

static void hang(const struct kube_request *request)
{
	pthread_mutex_lock(&mutex);
	while (hangs && !kube_stop_asked(request->stop))
		wait_a_moment();
	pthread_mutex_unlock(&mutex);
}

static bool fake_send(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	(void)self;
	const bool is_kuberay = strstr(request->path, "ray-operator-leader") != NULL;

	if (request->piece) {
		be_a_watch(request, is_kuberay);
		answer->fault = KUBE_FAULT_ENDED;
		return err_set(err, ERR_UNAVAILABLE, "ended");
	}
	pthread_mutex_lock(&mutex);
	lists++;
	in_vain += is_kuberay && kuberay_is_away;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
	if (is_kuberay)
		hang(request);
	if (is_away || (is_kuberay && kuberay_is_away)) {
		answer->fault = KUBE_FAULT_ENDED;
		return err_set(err, ERR_UNAVAILABLE, "away");
	}
	answer->status = 200;
	snprintf(answer->content_type, sizeof(answer->content_type), "application/json");
	buf_printf(&answer->body, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[%s]}",
		is_kuberay ? kuberay : ours);
	return true;
}

static void fake_free(struct kube_transport *self)
{
	(void)self;
}

static void changed(void *context)
{
	(void)context;
	pthread_mutex_lock(&mutex);
	changes++;
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
}

static struct kube_client *client;
static struct rivals *rivals;

/* Waits until the kind is known, and is met or not; true when it comes to that. */
static bool comes_to(enum rival rival, bool met)
{
	char who[RIVAL_NAME];
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&mutex);
	for (int late = 0; late == 0;) {
		pthread_mutex_unlock(&mutex);
		if (rivals_known(rivals, rival) && rivals_met(rivals, rival, who) == met)
			return true;
		pthread_mutex_lock(&mutex);
		if (changes == 0)
			late = pthread_cond_timedwait(&more, &mutex, &until);
		changes = 0;
	}
	pthread_mutex_unlock(&mutex);
	return false;
}

static unsigned lists_until_now(void)
{
	pthread_mutex_lock(&mutex);
	const unsigned count = lists;

	pthread_mutex_unlock(&mutex);
	return count;
}

/* Seconds pass until somebody lists. How many are needed, the two threads settle among them. */
static void pass_until_asked(void)
{
	const unsigned before = lists_until_now();
	const time_t patience = time(NULL) + 20;

	while (lists_until_now() == before) {
		clock_advance(CLOCK_SECOND);
		sched_yield();
		cr_assert_lt(time(NULL), patience, "nobody asks");
	}
}

/* What is listed from then on is asked for. */
static void wait_for_first_lists(void)
{
	const time_t patience = time(NULL) + 20;

	for (int i = 0; i < RIVALS; i++) {
		while (!rivals_known(rivals, (enum rival)i)) {
			sched_yield();
			cr_assert_lt(time(NULL), patience, "nobody lists");
		}
	}
}

static void begin(const char *kuberay_leases, const char *our_leases)
{
	static struct kube_transport fake = {fake_send, fake_free};
	struct err err;

	clock_hold(1000 * CLOCK_SECOND, 1800000000 * CLOCK_SECOND);
	kuberay = kuberay_leases;
	ours = our_leases;
	client = kube_client_new(&(struct kube_client_options){.transport = &fake});
	cr_assert(rivals_start(&(struct rivals_options){.client = client,
				       .namespace = "mine",
				       .lease = "raygate-controller",
				       .changed = changed},
		&rivals, &err));
	wait_for_first_lists();
}

static void end(void)
{
	rivals_stop(&rivals);
	kube_client_free(&client);
	clock_release();
}

#define LEASE(namespace, holder, acquired) LEASE_FOR("15", namespace, holder, acquired)
#define LEASE_FOR(seconds, namespace, holder, acquired)                                            \
	"{\"metadata\":{\"namespace\":\"" namespace "\",\"name\":\"l\",\"resourceVersion\":\"1\"}" \
						    ",\"spec\":{\"holderIdentity\":\"" holder      \
						    "\",\"leaseDurationSeconds\":" seconds         \
						    ",\"acquireTime\":\"" acquired "\"}}"
#define EARLY "2027-01-15T08:00:00.000000Z"
#define LATE  "2027-01-15T09:00:00.000000Z"

/* As long as it says, within bounds: nobody is kept away for years by one that is not renewed. */
static const struct {
	const char *leases;
	int64_t seconds;
} DURATIONS[] = {
	{LEASE_FOR("20", "ray-system", "kuberay", EARLY), 20},
	{LEASE_FOR("180", "ray-system", "kuberay", EARLY), 180},
	{LEASE_FOR("2147483647", "ray-system", "kuberay", EARLY), 180},
	{LEASE_FOR("9223372036854775807", "ray-system", "kuberay", EARLY), 180},
	{LEASE_FOR("0", "ray-system", "kuberay", EARLY), 15},
	{LEASE_FOR("-5", "ray-system", "kuberay", EARLY), 15},
	{LEASE_FOR("\"long\"", "ray-system", "kuberay", EARLY), 15},
};

Test(rivals, a_duration_is_believed_within_bounds)
{
	for (size_t i = 0; i < ARRAY_LEN(DURATIONS); i++) {
		begin(DURATIONS[i].leases, "");
		const int64_t from = clock_now();

		pass_until_asked();
		cr_expect_geq(clock_now() - from, DURATIONS[i].seconds * CLOCK_SECOND, "%zu", i);
		cr_expect(comes_to(RIVAL_KUBERAY, false), "%zu", i);
		end();
	}
}

Test(rivals, a_lease_counts_until_it_was_not_renewed_for_its_duration)
{
	begin(LEASE("ray-system", "kuberay", EARLY), "");
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	cr_expect(comes_to(RIVAL_RAYGATE, false));
	clock_advance(14 * CLOCK_SECOND);
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	clock_advance(CLOCK_SECOND);
	cr_expect(comes_to(RIVAL_KUBERAY, false));
	end();
}

/* A watch that tells nothing may be broken. */
Test(rivals, before_a_lease_is_taken_for_run_out_the_api_server_is_asked)
{
	begin(LEASE("ray-system", "kuberay", EARLY), "");
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	kuberay = LEASE("ray-system", "kuberay", LATE);
	pass_until_asked();
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	is_away = true;
	pass_until_asked();
	pass_until_asked();
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	is_away = false;
	const time_t patience = time(NULL) + 20;

	for (char who[RIVAL_NAME]; rivals_met(rivals, RIVAL_KUBERAY, who); sched_yield()) {
		clock_advance(CLOCK_SECOND);
		cr_assert_lt(time(NULL), patience, "its Lease never runs out");
	}
	end();
}

/* Of the one nobody can be asked; the other is another question. */
Test(rivals, what_cannot_be_asked_holds_up_no_other_question)
{
	begin(LEASE("ray-system", "kuberay", EARLY), LEASE("other", "b_1_controller", EARLY));
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	cr_expect(comes_to(RIVAL_RAYGATE, true));
	kuberay_is_away = true;
	char who[RIVAL_NAME];

	clock_advance(15 * CLOCK_SECOND);
	cr_expect(comes_to(RIVAL_RAYGATE, false));
	cr_expect(rivals_met(rivals, RIVAL_KUBERAY, who));
	end();
}

/* Until so many were asked for, and whether KubeRay's so often; no time passes. */
static void expect_asked(unsigned least, unsigned vain)
{
	const time_t patience = time(NULL) + 20;

	while (lists_until_now() < least) {
		sched_yield();
		cr_assert_lt(time(NULL), patience, "nobody asks");
	}
	pthread_mutex_lock(&mutex);
	cr_expect_eq(in_vain, vain);
	pthread_mutex_unlock(&mutex);
}

/* Each time that it may, the asker looks at KubeRay's first. */
Test(rivals, what_cannot_be_asked_is_asked_again_a_second_later)
{
	begin(LEASE("ray-system", "kuberay", EARLY),
		LEASE_FOR("15", "a", "b_1_controller", EARLY) "," LEASE_FOR(
			"16", "b", "b_1_controller", EARLY));
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	cr_expect(comes_to(RIVAL_RAYGATE, true));
	const unsigned before = lists_until_now();

	kuberay_is_away = true;
	clock_advance(15 * CLOCK_SECOND + CLOCK_SECOND / 2);
	expect_asked(before + 2, 1);
	clock_advance(CLOCK_SECOND / 2);
	cr_expect(comes_to(RIVAL_RAYGATE, false));
	expect_asked(before + 3, 1);
	clock_advance(CLOCK_SECOND / 2);
	expect_asked(before + 4, 2);
	end();
}

/* Waits until something was told since the count was taken. */
static bool is_told(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 20;
	pthread_mutex_lock(&mutex);
	while (changes == 0 && pthread_cond_timedwait(&more, &mutex, &until) == 0)
		;
	const bool told = changes > 0;

	pthread_mutex_unlock(&mutex);
	return told;
}

Test(rivals, news_do_not_wait_for_an_answer)
{
	begin(LEASE("ray-system", "kuberay", EARLY), LEASE("mine", "a_1_controller", LATE));
	cr_expect(comes_to(RIVAL_KUBERAY, true));
	cr_expect(comes_to(RIVAL_RAYGATE, false));
	hangs = true;
	kuberay = LEASE("ray-system", "kuberay", LATE);
	pass_until_asked();
	pthread_mutex_lock(&mutex);
	changes = 0;
	news = "{\"type\":\"ADDED\",\"object\":" LEASE("other", "b_1_controller", EARLY) "}\n";
	pthread_cond_broadcast(&more);
	pthread_mutex_unlock(&mutex);
	cr_expect(is_told());
	cr_expect(comes_to(RIVAL_RAYGATE, true));
	pthread_mutex_lock(&mutex);
	hangs = false;
	pthread_mutex_unlock(&mutex);
	end();
}

Test(rivals, a_lease_that_nobody_holds_is_no_rival)
{
	begin(LEASE("ray-system", "", EARLY), "");
	cr_expect(comes_to(RIVAL_KUBERAY, false));
	end();
}

static const struct {
	const char *name, *leases;
	bool met;
} OURS[] = {
	{"our own", LEASE("mine", "a_1_controller", EARLY), false},
	{"another, earlier",
		LEASE("mine", "a_1_controller", LATE) "," LEASE("other", "b_1_controller", EARLY),
		true},
	{"another, later",
		LEASE("mine", "a_1_controller", EARLY) "," LEASE("other", "b_1_controller", LATE),
		false},
	{"another at once, of a smaller name",
		LEASE("mine", "a_1_controller", EARLY) "," LEASE("a", "b_1_controller", EARLY),
		true},
	{"another at once, of a greater name",
		LEASE("mine", "a_1_controller", EARLY) "," LEASE("z", "b_1_controller", EARLY),
		false},
	{"another, and ours is not told yet", LEASE("other", "b_1_controller", LATE), true},
	{"one that admits only",
		LEASE("mine", "a_1_controller", LATE) "," LEASE("other", "b_1", EARLY), false},
	{"one that keeps its own namespace alone",
		LEASE("mine", "a_1_controller", LATE) "," LEASE(
			"other", "b_1_controller_of_other", EARLY),
		false},
};

Test(rivals, of_two_of_us_one_goes_on)
{
	for (size_t i = 0; i < ARRAY_LEN(OURS); i++) {
		begin("", OURS[i].leases);
		cr_expect(comes_to(RIVAL_RAYGATE, OURS[i].met), "%s", OURS[i].name);
		end();
	}
}

/* It cannot read our Lease. Until its own runs out, or is another's, what is there is not ours. */
Test(rivals, a_namespace_with_a_controller_of_its_own_is_left_to_it)
{
	begin("", LEASE("mine", "a_1_controller", EARLY) "," LEASE(
			  "team-a", "b_1_controller_of_team-a", LATE) "," LEASE("team-b", "c_1",
			  LATE) "," LEASE("team-c", "d_1_controller_of_team-d", LATE));
	cr_expect(comes_to(RIVAL_RAYGATE, false));
	const uint64_t kept = rivals_kept(rivals);

	cr_expect(rivals_keep(rivals, STR("team-a")));
	cr_expect_not(rivals_keep(rivals, STR("team")));
	cr_expect_not(rivals_keep(rivals, STR("team-b")));
	cr_expect_not(rivals_keep(rivals, STR("mine")));
	cr_expect_not(rivals_keep(rivals, STR("team-c")));
	cr_expect_not(rivals_keep(rivals, STR("team-d")), "whose Lease is in another namespace");
	cr_expect_neq(kept, 0u);
	pass_until_asked();
	const time_t patience = time(NULL) + 20;

	while (rivals_kept(rivals) == kept) {
		sched_yield();
		cr_assert_lt(time(NULL), patience, "it keeps its namespace");
	}
	cr_expect_not(rivals_keep(rivals, STR("team-a")));
	cr_expect_eq(rivals_kept(rivals), 0u);
	end();
}
