#include "server/kube/lease.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/clock.h"
#include "server/kube/election.h"
#include "tests/support/kube_kit.h"

#define LEASES "/apis/coordination.k8s.io/v1/namespaces/ns/leases"
#define GET    "GET " LEASES "/l"
#define PUT    "PUT " LEASES "/l?fieldManager=raygate"
#define POST   "POST " LEASES "?fieldManager=raygate"
#define STATUS(code, reason)                                                                       \
	"{\"kind\":\"Status\",\"message\":\"words\",\"reason\":\"" reason "\",\"code\":" #code "}"
#define LEASE(holder, version, seconds)                                                            \
	"{\"kind\":\"Lease\",\"metadata\":{\"name\":\"l\",\"resourceVersion\":\"" version          \
	"\",\"labels\":{\"keep\":\"me\"}},\"spec\":{\"holderIdentity\":\"" holder                  \
	"\",\"leaseDurationSeconds\":" #seconds ",\"leaseTransitions\":4,\"renewTime\":\"" version \
	"\"}}"

#define SECOND CLOCK_SECOND

/* The wall clock of these is nowhere near the holder's; only what is observed counts. */
static struct kube_lease lease_of(struct kube_kit *kit)
{
	clock_hold(1000 * SECOND, 0);
	return (struct kube_lease){
		.options = {
			.client = kit->client, .namespace = "ns", .name = "l", .identity = "us"}};
}

Test(kube_lease, a_lease_that_is_not_there_is_made, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = POST, .status = 201, .reply = LEASE("us", "1", 15),
			.body = "\"spec\":{\"holderIdentity\":\"us\",\"leaseDurationSeconds\":15,"
				"\"renewTime\":\"1970-01-01T00:00:00.000000Z\",\"acquireTime\":"
				"\"1970-01-01T00:00:00.000000Z\",\"leaseTransitions\":0}"),
		API_STEP(.expect = PUT, .body = "\"resourceVersion\":\"1\"",
			.reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT,
			.body = "\"holderIdentity\":\"\",\"leaseDurationSeconds\":1",
			.reply = LEASE("", "3", 1)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	cr_assert(kube_lease_is_ours(&lease));
	kube_lease_release(&lease, SECOND);
	cr_assert_not(kube_lease_is_ours(&lease));
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

Test(kube_lease, what_somebody_else_renews_is_his, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("them", "1", 20)),
		API_STEP(.expect = GET, .reply = LEASE("them", "2", 20)),
		API_STEP(.expect = GET, .reply = LEASE("them", "2", 20)),
		API_STEP(.expect = GET, .reply = LEASE("them", "2", 20)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "3", 15),
			.body = "\"labels\":{\"keep\":\"me\"}},\"spec\":{\"holderIdentity\":\"us\","
				"\"leaseDurationSeconds\":15,\"leaseTransitions\":5"),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_eq(kit->err.code, ERR_CONFLICT);
	cr_assert_str_eq(kit->err.text, "'l' is held by 'them'");
	/* However long ago: he has renewed it meanwhile. */
	clock_advance(100 * SECOND);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	/* His own 20 s count, not our 15. */
	clock_advance(20 * SECOND);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	clock_advance(SECOND);
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

Test(kube_lease, who_is_overtaken_does_not_hold_it, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .status = 409, .reply = STATUS(409, "Conflict")),
		API_STEP(.expect = GET, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "3", 15)),
		API_STEP(.expect = PUT, .status = 409, .reply = STATUS(409, "Conflict")),
		API_STEP(.expect = GET, .reply = LEASE("them", "9", 15)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_not(kube_lease_is_ours(&lease));
	/* Of a process before us that had our name: it is ours at once. */
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_str_eq(lease.holder, "them");
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

/* Whoever held it goes on until he misses it, and makes it again before anybody else may. */
Test(kube_lease, one_that_somebody_deleted_is_his_for_its_duration, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("them", "1", 20)),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = POST, .status = 201, .reply = LEASE("us", "9", 15)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	clock_advance(2 * SECOND);
	/* Since when is not known: from now on his own 20 s. */
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_eq(kit->err.code, ERR_CONFLICT);
	cr_assert_str_eq(kit->err.text, "'l' is gone, and was held by somebody else");
	clock_advance(20 * SECOND);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	clock_advance(1);
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

Test(kube_lease, one_that_was_free_before_it_was_deleted_is_made_at_once, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = POST, .status = 201, .reply = LEASE("us", "9", 15)),
		API_STEP(.expect = PUT, .status = 409, .reply = STATUS(409, "Conflict")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = POST, .status = 201, .reply = LEASE("us", "10", 15)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	/* So is our own, which somebody deleted. */
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

/* We have not seen his, and know that it was there. */
Test(kube_lease, one_that_somebody_took_and_lost_again_is_his_for_our_duration, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .status = 409, .reply = STATUS(409, "Conflict")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = POST, .status = 409, .reply = STATUS(409, "AlreadyExists")),
		API_STEP(.expect = GET, .status = 404, .reply = STATUS(404, "NotFound")),
		API_STEP(.expect = GET, .reply = LEASE("", "5", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "6", 15)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	clock_advance(15 * SECOND);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_str_eq(kit->err.text, "'l' is gone, and was held by somebody else");
	clock_advance(1);
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err), "it is there once more");
	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_str_eq(kit->err.text, "'l' is gone, and was held by somebody else");
	/* One that is there and nobody's is not waited for. */
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

Test(kube_lease, odd_leases_are_taken_as_free_or_held_for_our_own_time, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET,
			.reply = "{\"metadata\":{},\"spec\":{\"holderIdentity\":\"x\","
				 "\"leaseDurationSeconds\":99999999999}}"),
		API_STEP(.expect = GET, .reply = "{\"metadata\":{\"resourceVersion\":\"7\"}}"),
		API_STEP(.expect = PUT, .body = "\"resourceVersion\":\"7\"",
			.reply = LEASE("us", "8", 15)),
	};
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_lease lease = lease_of(kit);

	cr_assert_not(kube_lease_try(&lease, SECOND, &kit->err));
	cr_assert_eq(lease.runs, 15 * SECOND);
	cr_assert(kube_lease_try(&lease, SECOND, &kit->err), "%s", kit->err.text);
	kube_lease_done(&lease);
	kube_kit_free(&kit);
}

/* What an election tells. */
struct seen {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	char words[200];
	bool trouble_too;
};

static void see(void *context, bool leads, const char *holder)
{
	struct seen *const seen = context;

	pthread_mutex_lock(&seen->mutex);
	const size_t len = strlen(seen->words);

	snprintf(seen->words + len, sizeof(seen->words) - len, "%s(%s) ", leads ? "leads" : "not",
		holder);
	pthread_cond_signal(&seen->more);
	pthread_mutex_unlock(&seen->mutex);
}

static void see_trouble(void *context, const struct err *err)
{
	const struct seen *const seen = context;

	if (seen->trouble_too)
		see(context, false, err ? "trouble" : "well");
}

static void await(struct seen *seen, const char *words)
{
	pthread_mutex_lock(&seen->mutex);
	while (strlen(seen->words) < strlen(words))
		pthread_cond_wait(&seen->more, &seen->mutex);
	cr_expect_str_eq(seen->words, words);
	pthread_mutex_unlock(&seen->mutex);
}

static struct kube_election *start_of(
	struct kube_kit *kit, struct seen *seen, int64_t renew_within, int64_t retry_every)
{
	const struct kube_election_options options = {
		.lease = {.client = kit->client, .namespace = "ns", .name = "l", .identity = "us"},
		.renew_within = renew_within,
		.retry_every = retry_every,
		.changed = see,
		.trouble = see_trouble,
		.context = seen,
	};
	struct kube_election *election = NULL;

	cr_assert(kube_election_start(&options, &election, &kit->err), "%s", kit->err.text);
	return election;
}

/* Tries come quickly, in real time. */
static struct kube_election *start(struct kube_kit *kit, struct seen *seen, int64_t renew_within)
{
	return start_of(kit, seen, renew_within, 10 * CLOCK_MILLISECOND);
}

#define SEEN                                                                                       \
	{                                                                                          \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, "", false                     \
	}

Test(kube_election, who_leads_renews_and_gives_it_away_at_the_end, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "3", 15)),
		/* The end comes while one is under way; who knows whether it was done? */
		API_STEP(.expect = PUT, .fault = API_FAULT_SILENT),
		API_STEP(.expect = GET, .reply = LEASE("us", "4", 15)),
		API_STEP(.expect = PUT, .body = "\"holderIdentity\":\"\"",
			.reply = LEASE("", "5", 1)),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_election *election = start(kit, &seen, 0);

	await(&seen, "leads(us) ");
	cr_assert(api_server_wait(kit->server, 4));
	cr_assert(kube_election_leads(election));
	kube_election_stop(&election);
	await(&seen, "leads(us) not() ");
	cr_assert(api_server_wait(kit->server, 6));
	kube_kit_free(&kit);
}

/* As a process that was stopped: its clock says so before its thread has done anything. */
Test(kube_election, who_is_late_knows_by_the_clock_that_he_leads_no_longer, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .reply = LEASE("", "3", 1)),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	clock_hold(1000 * SECOND, 0);
	struct kube_election *election = start_of(kit, &seen, 0, 1000 * SECOND);

	await(&seen, "leads(us) ");
	clock_advance(10 * SECOND - 1);
	cr_expect(kube_election_leads(election));
	clock_advance(1);
	cr_expect_not(kube_election_leads(election));
	await(&seen, "leads(us) ");
	kube_election_stop(&election);
	clock_release();
	kube_kit_free(&kit);
}

/* Others count while the machine is suspended: what was slept before the try does not matter. */
Test(kube_election, who_sleeps_is_late_too, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .reply = LEASE("", "3", 1)),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);

	clock_hold(1000 * SECOND, 0);
	clock_suspend(100 * SECOND);
	struct kube_election *election = start_of(kit, &seen, 0, 1000 * SECOND);

	await(&seen, "leads(us) ");
	clock_suspend(10 * SECOND - 1);
	cr_expect(kube_election_leads(election));
	clock_suspend(1);
	cr_expect_not(kube_election_leads(election));
	kube_election_stop(&election);
	clock_release();
	kube_kit_free(&kit);
}

/* An API server to which everything is well, and until when the first writes may take. */
static atomic_int writes_begun;
static int64_t deadlines[2];

static bool note_deadline(struct kube_transport *self, const struct kube_request *request,
	struct kube_answer *answer, struct err *err)
{
	const bool writes = strcmp(request->method, "GET") != 0;

	(void)self;
	(void)err;
	answer->status = 200;
	snprintf(answer->content_type, sizeof(answer->content_type), "application/json");
	buf_add_cstr(&answer->body, writes ? LEASE("us", "2", 15) : LEASE("", "1", 1));
	if (writes && writes_begun < (int)ARRAY_LEN(deadlines)) {
		deadlines[writes_begun] = request->deadline;
		writes_begun++;
	}
	return true;
}

static void free_nothing(struct kube_transport *self)
{
	(void)self;
}

/* A try is given up before somebody else may lead, whose clock went on. */
Test(kube_election, a_try_takes_no_longer_than_is_left_after_a_sleep, .timeout = 60)
{
	static struct kube_transport transport = {note_deadline, free_nothing};
	struct seen seen = SEEN;
	struct kube_kit kit = {
		.client = kube_client_new(&(struct kube_client_options){.transport = &transport})};

	clock_hold(1000 * SECOND, 0);
	struct kube_election *election = start_of(&kit, &seen, 10 * SECOND, 1);

	await(&seen, "leads(us) ");
	cr_expect_eq(deadlines[0], 1010 * SECOND);
	clock_suspend(5 * SECOND);
	/* Next to no time, and yet the time for another try. */
	for (; writes_begun < 2; sched_yield())
		clock_advance(1);
	cr_expect_lt(deadlines[1], 1006 * SECOND);
	kube_election_stop(&election);
	clock_release();
	kube_client_free(&kit.client);
}

Test(kube_election, who_cannot_renew_leads_no_longer, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .status = 500, .reply = STATUS(500, "InternalError")),
		API_STEP(.expect = GET, .status = 403, .reply = STATUS(403, "Forbidden"),
			.repeat = true),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	const int64_t within = 300 * CLOCK_MILLISECOND, from = clock_now();
	struct kube_election *election = start(kit, &seen, within);

	await(&seen, "leads(us) not() ");
	cr_assert_geq(clock_now() - from, within);
	cr_assert_not(kube_election_leads(election));
	kube_election_stop(&election);
	kube_kit_free(&kit);
}

Test(kube_election, a_renewal_that_hangs_does_not_hold_up_the_end_of_leading, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("", "1", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "2", 15)),
		API_STEP(.expect = PUT, .fault = API_FAULT_SILENT),
		API_STEP(.expect = GET, .reply = LEASE("them", "3", 15), .repeat = true),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, true);
	struct kube_election *election = start(kit, &seen, 3 * SECOND);

	await(&seen, "leads(us) not() not(them) ");
	kube_election_stop(&election);
	kube_kit_free(&kit);
}

Test(kube_election, who_waits_takes_over_and_tells_who_led, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("them", "1", 15)),
		API_STEP(.expect = GET, .reply = LEASE("", "2", 1)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "3", 15)),
		API_STEP(.expect = PUT, .reply = LEASE("us", "4", 15), .repeat = true),
	};
	struct seen seen = SEEN;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_election *election = start(kit, &seen, 0);

	await(&seen, "not(them) leads(us) ");
	kube_election_stop(&election);
	await(&seen, "not(them) leads(us) not() ");
	kube_kit_free(&kit);
}

Test(kube_election, a_trouble_that_is_over_is_told_though_nothing_changed, .timeout = 60)
{
	static const struct api_step SCRIPT[] = {
		API_STEP(.expect = GET, .reply = LEASE("them", "1", 15)),
		API_STEP(.expect = GET, .status = 403, .reply = STATUS(403, "Forbidden")),
		API_STEP(.expect = GET, .status = 403, .reply = STATUS(403, "Forbidden")),
		API_STEP(.expect = GET, .reply = LEASE("them", "2", 15), .repeat = true),
	};
	struct seen seen = SEEN;

	seen.trouble_too = true;
	struct kube_kit *kit = KUBE_KIT(SCRIPT, false);
	struct kube_election *election = start(kit, &seen, 0);

	await(&seen, "not(them) not(trouble) not(trouble) not(well) ");
	kube_election_stop(&election);
	kube_kit_free(&kit);
}
