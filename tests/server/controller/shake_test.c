/*
 * A cluster is made while the API server fails, refuses and forgets to answer as chance has it, and
 * watches tell late. Afterwards there is peace: then there are as many workers as are wanted, and
 * each replica has an index of its own. At no time before are there more of them.
 *
 * Ray's autoscaler picks by name who goes, so that nobody else would delete one too many.
 */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/support/controller_kit.h"
#include "tests/support/controller_kit_parts.h"

enum {
	REPLICAS = 3,
	STEPS = 120,
	PEACE = 400,
	SEEDS = 6,
	HEAD_SEEDS = 12,
	INDEXES = 32,
	EVER = 500
};

static struct controller_kit *kit;
static uint64_t dice;

static unsigned draw(unsigned sides)
{
	dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(dice >> 33) % sides;
}

static void begin(int hosts, bool autoscales)
{
	static const char GROUP[] = "\"groupName\":\"workers\",";
	char wide[64];

	kit = controller_kit_new(NULL);
	controller_kit_apply(kit, "a", REPLICAS);
	snprintf(wide, sizeof(wide), "%s\"numOfHosts\":%d,", GROUP, hosts);
	controller_kit_edit(kit, "a", GROUP, wide);
	if (autoscales)
		controller_kit_autoscale(kit, "a");
	controller_kit_begin(kit);
}

static size_t workers(void)
{
	return controller_kit_pods(kit, "a", "workers");
}

/* A few seconds of trouble; the most workers there have been. */
static size_t shake(bool refuses)
{
	const unsigned what = draw(6);

	if (what == 0)
		fake_cluster_lose(kit->cluster, draw(3));
	else if (what == 1)
		fake_cluster_refuse(kit->cluster, "/pods", 500, "InternalError", 1 + draw(3));
	else if (what == 2 && refuses)
		fake_cluster_refuse(kit->cluster, "/pods", 403, "Forbidden", 1 + draw(2));
	else if (what == 3)
		controller_kit_tell(kit);
	else if (what == 4 && draw(4) == 0)
		controller_kit_run_pods(kit);
	for (unsigned i = draw(8); i > 0; i--)
		controller_kit_write(kit);
	clock_advance((1 + draw(4)) * CLOCK_SECOND);
	return workers();
}

static size_t rest(void)
{
	for (int i = 0; i < EVER && controller_kit_write(kit); i++)
		;
	const size_t now = workers();

	controller_kit_run_pods(kit);
	controller_kit_tell(kit);
	clock_advance(CLOCK_SECOND);
	return now;
}

/* How many workers have the index that most have. */
static int most_of_an_index(void)
{
	static const char LABEL[] = "replica-index\":\"";
	int of[INDEXES] = {0};
	int most = 0;
	const char *json, *path;

	for (size_t at = 0; (json = fake_cluster_next(kit->cluster, &at, &path)) != NULL;) {
		const char *const label =
			strstr(path, "/pods/a-workers") ? strstr(json, LABEL) : NULL;

		if (label == NULL)
			continue;
		int *const those = &of[strtoul(label + sizeof(LABEL) - 1, NULL, 10) % INDEXES];

		most = ++*those > most ? *those : most;
	}
	return most;
}

/* Of every other write the answer is lost, and watches tell late. */
static void lose_much(void)
{
	for (unsigned i = draw(8); i > 0; i--) {
		if (draw(2) == 0)
			fake_cluster_lose(kit->cluster, 0);
		controller_kit_write(kit);
	}
	if (draw(6) == 0)
		controller_kit_tell(kit);
	clock_advance((1 + draw(4)) * CLOCK_SECOND);
}

static void begin_a_head(enum dialect dialect, unsigned seed)
{
	const char *const group = dialect == DIALECT_LEGACY ? "head" : "headgroup";
	size_t most = 0;

	dice = seed;
	kit = controller_kit_new_of(dialect, NULL);
	controller_kit_apply(kit, "a", 1);
	controller_kit_begin(kit);
	for (int i = 0; i < STEPS + PEACE; i++) {
		if (i < STEPS)
			lose_much();
		else
			rest();
		const size_t heads = controller_kit_pods(kit, "a", group);

		most = heads > most ? heads : most;
	}
	cr_expect_eq(
		controller_kit_pods(kit, "a", group), 1u, "seed %u, dialect %d", seed, dialect);
	cr_expect_eq(most, 1u, "seed %u, dialect %d: up to %zu heads", seed, dialect, most);
	controller_kit_free(&kit);
}

Test(shake, there_is_never_a_second_head, .timeout = 300)
{
	for (unsigned seed = 0; seed < HEAD_SEEDS; seed++) {
		begin_a_head(DIALECT_MODERN, seed);
		begin_a_head(DIALECT_LEGACY, seed);
	}
}

static void live_through(int hosts, bool autoscales, bool refuses, unsigned seed)
{
	const size_t wanted = REPLICAS * (size_t)hosts;
	size_t most = 0;

	dice = seed;
	begin(hosts, autoscales);
	for (int i = 0; i < STEPS; i++) {
		const size_t now = shake(refuses);

		most = now > most ? now : most;
	}
	fake_cluster_refuse(kit->cluster, "/pods", 0, "", 0);
	for (int i = 0; i < PEACE; i++) {
		const size_t now = rest();

		most = now > most ? now : most;
	}
	cr_expect_eq(workers(), wanted, "seed %u, %d hosts, autoscaler %d, refusals %d: %zu", seed,
		hosts, autoscales, refuses, workers());
	/* A replica that is given up may leave hosts behind of which no watch has told yet. */
	cr_expect_leq(most, wanted + (size_t)hosts - 1,
		"seed %u, %d hosts, autoscaler %d, refusals %d: up to %zu", seed, hosts, autoscales,
		refuses, most);
	cr_expect_leq(most_of_an_index(), hosts,
		"seed %u, %d hosts, autoscaler %d, refusals %d: %d of one index", seed, hosts,
		autoscales, refuses, most_of_an_index());
	controller_kit_free(&kit);
}

Test(shake, there_are_never_too_many_workers, .timeout = 300)
{
	for (unsigned seed = 0; seed < SEEDS; seed++) {
		for (int hosts = 1; hosts <= 4; hosts *= 2) {
			for (int how = 0; how < 4; how++)
				live_through(hosts, how & 1, how & 2, seed);
		}
	}
}
