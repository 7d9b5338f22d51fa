/* Many threads count, invent labels, print and log at once; nothing is lost or torn. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/attr.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/metrics.h"

enum { THREADS = 4, ROUNDS = 20000, SERIES = 8 };
enum { INVENTED, TOTAL, LATENCY };

static const struct metrics_row ROWS[] = {
	[INVENTED] = {METRICS_COUNTER, "invented_total", "Labels.", {"name"}, SERIES},
	[TOTAL] = {METRICS_COUNTER, "rounds_total", "Rounds.", {NULL}, 0},
	[LATENCY] = {METRICS_HISTOGRAM, "latency_seconds", "How long.", {NULL}, 0},
};

static void round_of(struct metrics *metrics, int i)
{
	CLEANUP(buf_done) struct buf text = {0};
	char name[16];

	snprintf(name, sizeof(name), "n%d", i % 100);
	metrics_count(metrics, INVENTED, METRICS_VALUES(str_from(name)));
	metrics_add(metrics_series(metrics, TOTAL, NULL), 1);
	metrics_observe(metrics_series(metrics, LATENCY, NULL), i * 1000);
	if (i % 1000 == 0) {
		metrics_print(metrics, &text);
		LOG(DEBUG, "a round", KV_INT("number", i), KV("name", name));
	}
}

static void *work(void *metrics)
{
	for (int i = 0; i < ROUNDS; i++)
		round_of(metrics, i);
	hash_process_key();
	return NULL;
}

int main(void)
{
	struct metrics *metrics = metrics_new(ROWS, ARRAY_LEN(ROWS));
	pthread_t threads[THREADS];
	CLEANUP(buf_done) struct buf text = {0};

	log_start(LOG_LEVEL_INFO, LOG_FORMAT_JSON);
	for (size_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, work, metrics);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	const int64_t total = metrics_value(metrics_series(metrics, TOTAL, NULL));
	const int64_t observed = metrics_value(metrics_series(metrics, LATENCY, NULL));

	metrics_print(metrics, &text);
	metrics_free(&metrics);
	if (total == THREADS * ROUNDS && observed == THREADS * ROUNDS)
		return EXIT_SUCCESS;
	fprintf(stderr, "%lld rounds counted, %lld observed\n", (long long)total,
		(long long)observed);
	return EXIT_FAILURE;
}
