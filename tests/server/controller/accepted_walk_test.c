/*
 * Walks of chance: updates past the gate that are refused or accepted, in whatever order with ends
 * of the process, lost pods, lost answers. At each halt all pods are lost once more: those that
 * come are of what was accepted last, and never of anything else.
 */
#include <criterion/criterion.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"
#include "tests/support/controller_kit.h"

enum { WALKS = 12, STEPS = 25, CPUS = 6, MILLI = 1000 };

/* Before what a worker has of resources, and nobody else. */
static const char *const BEFORE[] = {
	[DIALECT_MODERN] =
		"\"maxReplicas\":1000,\"rayStartParams\":{},\"template\":{\"spec\":{\"containers\":"
		"[{\"name\":\"ray\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":",
	[DIALECT_LEGACY] = "\"generateName\":\"worker-\"},\"spec\":{\"containers\":[{\"name\":"
			   "\"ray\",\"image\":\"rayproject/ray:2.52.0\",\"resources\":",
};

static const struct walk_case {
	enum dialect dialect;
	bool autoscales, faults;
} CASES[] = {
	{DIALECT_MODERN, false, false},
	{DIALECT_MODERN, false, true},
	{DIALECT_MODERN, true, true},
	{DIALECT_LEGACY, false, true},
};

struct walk {
	const struct walk_case *of;
	unsigned seed, dice;
	char cpu[16], accepted_cpu[16]; /* each is of one generation alone */
	int milli, accepted_milli;      /* the same as a number */
	int cpus, workers, accepted_workers;
	bool dead;      /* nobody leads */
	bool is_untold; /* the template, to whoever leads */
	bool is_missed; /* it came while nobody led, and was not accepted since */
	struct buf trail;
};

static struct controller_kit *kit;

static int roll(struct walk *w, int sides)
{
	w->dice = w->dice * 1103515245u + 12345u;
	return (int)(w->dice >> 16) % sides;
}

static bool says(const char *words)
{
	return controller_kit_says(kit, "a", words);
}

/* --- steps --- */

static const char *worker_with(struct arena *arena, const char *cpu)
{
	return arena_printf(arena,
		"%s{\"limits\":{\"cpu\":\"%s\",\"memory\":\"2Gi\"},\"requests\":{\"cpu\":\"%s\"",
		BEFORE[kit->dialect], cpu, cpu)
		.at;
}

static void set_cpu(struct walk *w, int milli)
{
	struct arena arena CLEANUP(arena_done);
	char next[16];

	arena_init(&arena, 4096);
	snprintf(next, sizeof(next), "%dm", milli + ++w->cpus);
	controller_kit_edit(kit, "a", worker_with(&arena, w->cpu), worker_with(&arena, next));
	snprintf(w->cpu, sizeof(w->cpu), "%s", next);
	w->milli = milli + w->cpus;
	w->is_untold = true;
	w->is_missed |= w->dead;
	buf_printf(&w->trail, "cpu %s; ", next);
}

static void ask_too_much(struct walk *w)
{
	set_cpu(w, 5500);
}

static void ask(struct walk *w)
{
	set_cpu(w, 300 * (1 + roll(w, 3)));
}

static void scale(struct walk *w)
{
	w->workers = 1 + roll(w, roll(w, 2) ? 3 : 12);
	controller_kit_scale(kit, "a", w->workers);
	buf_printf(&w->trail, "scale %d; ", w->workers);
}

static void kill_it(struct walk *w)
{
	for (int n = w->dead ? 0 : roll(w, 4); n > 0; n--)
		controller_kit_write(kit);
	if (!w->dead)
		controller_kit_kill(kit);
	w->dead = true;
	w->is_missed |= w->is_untold;
	buf_add_cstr(&w->trail, "kill; ");
}

static void lose_pods(struct walk *w)
{
	const char *path;

	for (size_t at = 0; fake_cluster_next(kit->cluster, &at, &path);) {
		if (strstr(path, "/pods/")) {
			fake_cluster_delete(kit->cluster, path);
			at = 0;
		}
	}
	buf_add_cstr(&w->trail, "lose pods; ");
}

static void lose_an_answer(struct walk *w)
{
	fake_cluster_lose(kit->cluster, (size_t)roll(w, 5));
	buf_add_cstr(&w->trail, "lose an answer; ");
}

static void (*const STEP[])(struct walk *) = {
	ask_too_much, ask, ask, scale, scale, kill_it, lose_pods, lose_an_answer};

/* --- what must hold --- */

static void settle(struct walk *w)
{
	if (w->dead) {
		controller_kit_lead(kit);
	} else {
		controller_kit_tell(kit);
		controller_kit_settle(kit);
	}
	w->dead = w->is_untold = false;
}

static int count_workers(const char *cpu)
{
	char words[64];
	const char *path, *body;
	int count = 0;

	snprintf(words, sizeof(words), "\"limits\":{\"cpu\":\"%s\"", cpu);
	for (size_t at = 0; (body = fake_cluster_next(kit->cluster, &at, &path)) != NULL;)
		count += strstr(path, "/pods/") && strstr(path, "worker") && strstr(body, words);
	return count;
}

#define TOLD w->seed, buf_str(&w->trail).at, controller_kit_cluster(kit, "a")

static void expect_what_was_accepted(struct walk *w)
{
	const bool accepted = says("\"reason\":\"Accepted\"");
	const bool withheld = says("\"PodsWithheld\"");
	const int workers = count_workers(w->accepted_cpu);
	const int least = w->workers < w->accepted_workers ? w->workers : w->accepted_workers;
	const int head = w->of->autoscales ? MILLI + MILLI / 2 : MILLI;

	cr_expect_eq(controller_kit_pods(kit, "a", "workers"), (size_t)workers,
		"%u: of others than %s: %s%s", w->seed, w->accepted_cpu, buf_str(&w->trail).at,
		controller_kit_cluster(kit, "a"));
	cr_expect(!withheld || w->is_missed, "%u: withheld: %s%s", TOLD);
	/* More of the same may have come up, where it autoscales. */
	if (accepted || (!withheld && !w->of->autoscales))
		cr_expect_eq(workers, accepted ? w->workers : least, "%u: %s%s", TOLD);
	cr_expect_leq(head + workers * w->accepted_milli, CPUS * MILLI, "%u: %s%s", TOLD);
	cr_expect_not(says("\"ReplicaFailure\",\"status\":\"True\""), "%u: %s%s", TOLD);
}

static void halt(struct walk *w)
{
	settle(w);
	if (says("\"reason\":\"Accepted\"")) {
		snprintf(w->accepted_cpu, sizeof(w->accepted_cpu), "%s", w->cpu);
		w->accepted_milli = w->milli;
		w->accepted_workers = w->workers;
		w->is_missed = false;
	}
	lose_pods(w);
	settle(w);
	buf_add_cstr(&w->trail, says("\"reason\":\"Accepted\"") ? "(accepted) " : "(refused) ");
	expect_what_was_accepted(w);
}

static void walk(const struct walk_case *of, unsigned seed)
{
	struct walk w = {.of = of,
		.seed = seed,
		.dice = seed,
		.cpu = "1",
		.accepted_cpu = "1",
		.milli = MILLI,
		.accepted_milli = MILLI,
		.workers = 1,
		.accepted_workers = 1};
	const int steps = of->faults ? ARRAY_LEN(STEP) : ARRAY_LEN(STEP) - 1;

	kit = controller_kit_new_of(of->dialect, CONTROLLER_KIT_QUOTA("6", "charge: now\n"));
	controller_kit_apply(kit, "a", 1);
	if (of->autoscales)
		controller_kit_autoscale(kit, "a");
	controller_kit_lead(kit);
	for (int i = 0; i < STEPS; i++) {
		STEP[roll(&w, steps)](&w);
		if (roll(&w, 2))
			halt(&w);
	}
	controller_kit_free(&kit);
	buf_done(&w.trail);
}

Test(accepted_walk, whatever_comes_only_what_was_accepted_is_made)
{
	for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
		for (unsigned seed = 1; seed <= WALKS; seed++)
			walk(&CASES[i], seed);
	}
}
