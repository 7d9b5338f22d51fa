/*
 * The engine alone, from a review's bytes to its answer's, without a network: CPU time a review of
 * about 12 KB, as the median of many short rounds of both webhooks in turn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "server/admission/admit.h"
#include "server/config/policy.h"
#include "tests/support/files.h"

enum { ROUNDS = 41, REVIEWS = 500 };

static const double GATE = 40, AIM = 20; /* microseconds */

struct engine {
	struct arena arena;
	struct str body;
	const struct policy *policy;
	struct ledger *ledger;
};

static void answer(struct engine *e, enum admit_phase phase)
{
	CLEANUP(buf_done) struct buf reply = {0};
	const struct admit_input in = {
		.phase = phase,
		.body = e->body,
		.arena = &e->arena,
		.policy = e->policy,
		.ledger = e->ledger,
	};
	struct admit_outcome outcome;
	struct err err;

	if (!admit(&in, &reply, &outcome, &err) || outcome.decision != ADMIT_ALLOWED) {
		fprintf(stderr, "bench_engine: the review is not admitted: %.*s\n",
			STR_ARG(buf_str(&reply)));
		exit(2);
	}
	arena_reset(&e->arena);
}

/* Microseconds of CPU a review. */
static double measure(struct engine *e, enum admit_phase phase)
{
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (int i = 0; i < REVIEWS; i++)
		answer(e, phase);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
	       1e3 / REVIEWS;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static bool report(const char *what, double *times)
{
	qsort(times, ROUNDS, sizeof(*times), by_value);
	const double median = times[ROUNDS / 2];

	printf("engine, %s of 12 KB: %.1f us CPU (min %.1f, max %.1f; gate %.0f, aim %.0f)%s\n",
		what, median, times[0], times[ROUNDS - 1], GATE, AIM,
		median > GATE ? "  TOO SLOW" : "");
	return median <= GATE;
}

static const char *const REVIEW = "tests/bench/data/update-12k.json";

int main(void)
{
	CLEANUP(buf_done) struct buf text = {0};
	struct engine e = {.ledger = ledger_new(100)};
	double mutate[ROUNDS], validate[ROUNDS];
	struct err err = {.text = ""};
	struct policy_store *store = policy_store_new(NULL, &err);

	if (store == NULL || !files_read(REVIEW, &text, &err)) {
		fprintf(stderr, "bench_engine: %s\n", err.text);
		return 2;
	}
	arena_init(&e.arena, 256 * 1024);
	e.body = buf_str(&text);
	e.policy = policy_store_acquire(store);
	for (int i = 0; i < ROUNDS; i++) {
		mutate[i] = measure(&e, ADMIT_MUTATE);
		validate[i] = measure(&e, ADMIT_VALIDATE);
	}
	policy_store_release(store, e.policy);
	policy_store_free(&store);
	ledger_free(&e.ledger);
	arena_done(&e.arena);
	const bool fast = report("mutate", mutate);

	return report("validate", validate) && fast ? 0 : 1;
}
